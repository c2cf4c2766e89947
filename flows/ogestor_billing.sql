-- name: priced_plans
-- purpose: the plans of each client with their monthly price; one without a price has none
select
    clientes.codigo as client_id, string_agg(plans.name, ' + ' order by plans.name) as plans,
    sum(planos.valor_mensal) as amount, count(*) as plans_held, count(planos.valor_mensal) as plans_priced
from raw_ogestor_panel.clientes
cross join (
    select codigo, unnest(record ->> '$.planos[*].codigo') as plan_id, unnest(record ->> '$.planos[*].nome') as name
    from raw_ogestor_panel.clientes
) as plans
left join raw_ogestor_panel.planos on planos.codigo = plans.plan_id and planos.ativo
where plans.codigo = clientes.codigo
group by clientes.codigo

-- name: dues
-- purpose: what each contract owes for the reference month, and when it is to be paid: what was issued keeps its dates,
-- and so does what the panel refused; an old month's are due after the newest day that the panel shows
with month as (
    select
        getvariable('today') as today, strftime(today, '%m') as month, strftime(today, '%Y') as year,
        make_date(year(today), month(today), getvariable('due_day')) as due_day,
        (greatest(today, (select max(criado_em)::date from raw_ogestor_panel.faturas))
            + getvariable('least_days_to_pay')::integer)::date as earliest
),
issued as (
    select cliente_id, ano_referencia, mes_referencia, min(lancamento) as issued_on, min(vencimento) as due_on
    from raw_ogestor_panel.faturas
    group by all
),
told as (
    select standing.document_id, posted_entry is not null as is_posted, attempts.fields ->> 'amount' as amount,
        (attempts.fields ->> 'issued_on')::date as issued_on, (attempts.fields ->> 'due_on')::date as due_on
    from ledger.standing
    join ledger.attempts on attempts.entry = coalesce(posted_entry, last_entry)
    where standing.kind = 'invoice' and (posted_entry is not null or last_event = 'rejected')
)
select
    'contratacao:' || contratacoes.codigo || '/' || year || '-' || month as document_id, contratacoes.codigo as contract_id,
    contratacoes.cliente_id as client_id, contratacoes.status as contract_status, clientes.codigo as known_client,
    nome as name, cpf_cnpj as tax_id, record ->> '$.emails[0]' as email,
    plans, priced_plans.amount, coalesce(plans_held, 0) as plans_held, coalesce(plans_priced, 0) as plans_priced,
    coalesce(issued.issued_on, told.issued_on, today) as issued_on,
    coalesce(issued.due_on, told.due_on, greatest(due_day, earliest)) as due_on, month, year,
    count(*) filter (where contratacoes.status = 'Ativo') over (partition by cpf_cnpj) as with_this_tax_id
from raw_ogestor_panel.contratacoes
cross join month
left join raw_ogestor_panel.clientes on clientes.codigo = contratacoes.cliente_id
left join priced_plans on priced_plans.client_id = contratacoes.cliente_id
left join issued
    on issued.cliente_id = contratacoes.cliente_id and ano_referencia = year and mes_referencia = month
left join told
    on told.document_id = 'contratacao:' || contratacoes.codigo || '/' || year || '-' || month
    and (is_posted or told.amount = priced_plans.amount::text)

-- name: facts
-- purpose: one row per contract that is active, one boolean per posting rule, named as the truth that must hold
select
    document_id,
    known_client is not null as client_is_known,
    known_client is null or name is not null as client_has_a_name,
    known_client is null or tax_id is not null as client_has_a_tax_id,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    tax_id is null or with_this_tax_id <= 1 as tax_id_is_of_one_client,
    known_client is null or email is not null as client_has_an_email,
    known_client is null or plans_held > 0 as client_has_a_plan,
    plans_held = plans_priced as every_plan_has_a_price,
    amount is null or amount > 0 as amount_is_positive,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id, plans, amount
from dues
where contract_status = 'Ativo'

-- name: mirror
-- purpose: the invoices of the reference month, by client; a cancelled one counts: it is not made again by itself
select
    'invoice' as kind, codigo as target_id, null::text as reference,
    concat_ws('|', cliente_id, ano_referencia, mes_referencia) as natural_key,
    to_json({amount: valor::text, issued_on: lancamento, due_on: vencimento})::text as fields,
    null::text as record, null::text as locked_because
from raw_ogestor_panel.faturas
where (ano_referencia, mes_referencia) in (select (year, month) from dues)

-- name: invoice
-- purpose: the invoice of every contract for the reference month; only active contracts are invoiced, and what waits
-- has no dates yet: they are those of the day on which it is made
with dated as (
    select * replace (if(may_be_made, issued_on, null) as issued_on, if(may_be_made, due_on, null) as due_on)
    from (
        select *, contract_status is not distinct from 'Ativo'
            and document_id not in (select document_id from breaches) as may_be_made
        from dues
    )
)
select
    document_id, document_id as record_id, 'cliente ' || client_id || ', ' || month || '/' || year as label,
    amount, 'BRL' as currency, concat_ws('|', client_id, year, month) as natural_key, true as mirrored,
    without_nulls({
        cliente_id: client_id::bigint,
        descricao: replace(replace(replace(
            getvariable('description'), '{month}', month), '{year}', year), '{plans}', coalesce(plans, '')),
        valor: amount::text, lancamento: issued_on, vencimento: due_on, mes_referencia: month, ano_referencia: year
    }) as payload,
    to_json({amount: amount::text, issued_on: issued_on, due_on: due_on})::text as fields,
    if(contract_status is distinct from 'Ativo', 'Contratação ' || coalesce(contract_status, 'sem status'), null)
        as ignored_because
from dated

-- name: registration
-- purpose: invoices that we made, from "Em Processamento" to "Aguardando Pagamento": those of the reference month,
-- and those of other months that still wait or were held; nothing is sent, so a run that only looks posts nothing
select
    made.document_id, made.document_id as record_id, 'fatura ' || made.target_id as label, valor as amount,
    'BRL' as currency, made.target_id, '{}' as payload, null::text as fields, false as mirrored,
    case
        when status is distinct from 'Em Processamento' then 'Registrada: ' || coalesce(status, 'sem situação')
        when not is_late then 'Em Processamento: o parceiro ainda registra a cobrança'
    end as ignored_because,
    if(status = 'Em Processamento' and is_late,
        'Em Processamento há mais de ' || getvariable('longest_processing_minutes')
            || ' minutos: veja no painel por que a cobrança não foi registrada', null
    ) as held_because
from links_now as made
join raw_ogestor_panel.faturas on faturas.codigo = made.target_id
cross join lateral (
    select coalesce(criado_em + to_minutes(getvariable('longest_processing_minutes')) < getvariable('as_of'), true) as is_late
)
where made.kind = 'invoice' and made.run_id is distinct from getvariable('run_id') and (
    status = 'Em Processamento'
    or (ano_referencia, mes_referencia) in (select (year, month) from dues)
    or made.document_id in (
        select document_id from ledger.decided
        where kind = 'registration' and (action = 'hold' or starts_with(because, 'Em Processamento'))
    )
)

-- name: control
-- purpose: what was read, straight from the staging area: every contract is a document, whatever becomes of it
select 'invoice' as kind, count(distinct codigo) as documents, (select sum(amount) from dues) as amount
from raw_ogestor_panel.contratacoes
