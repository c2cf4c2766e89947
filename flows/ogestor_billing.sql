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
left join raw_ogestor_panel.planos on planos.codigo = plans.plan_id and planos.ativo is distinct from false and planos.unreadable is null
where plans.codigo = clientes.codigo
group by clientes.codigo

-- name: contracts
-- purpose: the panel's contracts, once each, and how many active ones their client has; of a status that nobody knows
-- it is not known whether they are (documented: Em Teste, Ativo; assumed: Bloqueado, Cancelado)
select contract_id, cliente_id as client_id, status,
    case when plain_word(status) = 'ativo' then true when plain_word(status) in ('emteste', 'bloqueado', 'cancelado') then false end
        as is_active,
    count(*) filter (where is_active) over (partition by cliente_id) as of_this_client
from (
    select *, named(codigo, contratacoes::text) as contract_id from raw_ogestor_panel.contratacoes
    qualify row_number() over (partition by contract_id) = 1
)

-- name: asked
-- purpose: which contract is looked at for which month: each for the month of this run, and whatever months before were
-- not ended, however old they are
select contract_id, strftime(getvariable('today'), '%Y') as year, strftime(getvariable('today'), '%m') as month
from contracts
union
select
    regexp_extract(document_id, '^contratacao:(.+)/(\d{4})-(\d\d)$', 1), regexp_extract(document_id, '/(\d{4})-\d\d$', 1),
    regexp_extract(document_id, '-(\d\d)$', 1)
from waiting
where kind = 'invoice'

-- name: issued
-- purpose: the panel's invoices by client and reference month: those that live, and how many are of a state that nobody
-- knows. One whose month cannot be read may be of the months around its dates
select cliente_id, ano_referencia, mes_referencia,
    min(lancamento) filter (where state <> 'cancelled') as issued_on,
    min(vencimento) filter (where state <> 'cancelled') as due_on,
    count(*) filter (where state <> 'cancelled') as living, count(*) filter (where state = 'cancelled') as cancelled,
    string_agg(codigo || coalesce(' ' || status, ''), ', ' order by codigo) filter (where state is null) as of_unknown_state
from (select *, invoice_state(status) as state from raw_ogestor_panel.faturas)
group by all

-- name: dues
-- purpose: what each contract owes for a reference month, and when it is to be paid: what was issued keeps its dates,
-- and so does what the panel refused; an old month's are due after the newest day that the panel shows
with months as (
    select *, make_date(year::integer, month::integer, getvariable('due_day')) as due_day,
        (greatest(getvariable('today'), (select max(criado_em)::date from raw_ogestor_panel.faturas))
            + getvariable('least_days_to_pay')::integer)::date as earliest
    from asked
),
told as (
    select standing.document_id, posted_entry is not null as is_posted, attempts.fields ->> 'amount' as amount,
        (attempts.fields ->> 'issued_on')::date as issued_on, (attempts.fields ->> 'due_on')::date as due_on
    from ledger.standing
    join ledger.attempts on attempts.entry = coalesce(posted_entry, last_entry)
    where standing.kind = 'invoice' and (posted_entry is not null or last_event = 'rejected')
),
clients as (
    select codigo, any_value(nome) as nome, any_value(cpf_cnpj) as cpf_cnpj, any_value(record) as record
    from raw_ogestor_panel.clientes
    group by codigo
)
select
    'contratacao:' || contract_id || '/' || year || '-' || month as document_id, contract_id,
    contracts.contract_id is not null as is_there, contracts.client_id, contracts.status as contract_status,
    is_active, clients.codigo as known_client,
    nome as name, cpf_cnpj as tax_id, record ->> '$.emails[0]' as email,
    plans, priced_plans.amount, coalesce(plans_held, 0) as plans_held, coalesce(plans_priced, 0) as plans_priced,
    coalesce(issued.issued_on, told.issued_on, getvariable('today')) as issued_on,
    coalesce(issued.due_on, told.due_on, greatest(due_day, earliest)) as due_on, month, year,
    of_this_client, coalesce(living, 0) as living, coalesce(cancelled, 0) as cancelled, of_unknown_state,
    count(distinct contracts.client_id) filter (where is_active) over (partition by cpf_cnpj, year, month) as with_this_tax_id
from months
left join contracts using (contract_id)
left join clients on clients.codigo = contracts.client_id
left join priced_plans on priced_plans.client_id = contracts.client_id
left join issued
    on issued.cliente_id = contracts.client_id and ano_referencia = year and mes_referencia = month
left join told
    on told.document_id = 'contratacao:' || contract_id || '/' || year || '-' || month
    and (is_posted or told.amount = priced_plans.amount::text)

-- name: facts
-- purpose: one row per contract that is active, or may be, one boolean per posting rule, named as the truth that must hold
select
    document_id,
    not is_nameless(document_id) as contract_has_a_code,
    is_active is not null as contract_status_is_known,
    known_client is not null as client_is_known,
    known_client is null or name is not null as client_has_a_name,
    known_client is null or tax_id is not null as client_has_a_tax_id,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    of_this_client <= 1 as client_has_one_contract,
    tax_id is null or with_this_tax_id <= 1 or getvariable('same_tax_id') = 'bill' as tax_id_is_of_one_client,
    known_client is null or email is not null as client_has_an_email,
    known_client is null or plans_held > 0 as client_has_a_plan,
    plans_held = plans_priced as every_plan_has_a_price,
    amount is null or amount > 0 as amount_is_positive,
    of_unknown_state is null as states_of_the_month_are_known,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id, plans, amount, of_unknown_state, contract_status
from dues
where is_there and is_active is distinct from false

-- name: mirror
-- purpose: the invoices of the months that are looked at, by client, and those around them whose month cannot be read
select
    'invoice' as kind, codigo as target_id, null::text as reference,
    [cliente_id, ano_referencia, mes_referencia] as natural_key,
    to_json({amount: valor::text, issued_on: lancamento, due_on: vencimento})::text as fields,
    null::text as record, coalesce(invoice_state(status) in ('processing', 'waiting', 'paid', 'reversed'), false) as lives,
    null::integer as stage,
    'fatura ' || codigo || coalesce(', ' || strftime(vencimento, '%d/%m/%Y'), '') || coalesce(', ' || money_text(valor, 'BRL'), '') as shown,
    null::text as locked_because
from raw_ogestor_panel.faturas
where (ano_referencia, mes_referencia) in (select (year, month) from asked)
    or ((ano_referencia is null or mes_referencia is null) and coalesce(lancamento, vencimento, getvariable('today'))
        >= (select min(make_date(year::integer, month::integer, 1)) from asked) - 62)

-- name: invoice
-- purpose: the invoice of every contract for a reference month; only active contracts are invoiced, and what waits has
-- no dates yet: they are those of the day on which it is made. A month whose invoice was cancelled is not invoiced again
-- by itself
with dated as (
    select * replace (if(may_be_made, issued_on, null) as issued_on, if(may_be_made, due_on, null) as due_on)
    from (
        select *, coalesce(is_active, false) and document_id not in (select document_id from breaches) as may_be_made
        from dues
    )
)
select
    document_id, document_id as record_id, 'cliente ' || coalesce(client_id, '?') || ', ' || month || '/' || year as label,
    amount, 'BRL' as currency, if(client_id is null, null, [client_id, year, month]) as natural_key, true as mirrored,
    without_nulls({
        cliente_id: as_code(client_id),
        descricao: replace(replace(replace(
            getvariable('description'), '{month}', month), '{year}', year), '{plans}', coalesce(plans, '')),
        valor: amount::text, lancamento: issued_on, vencimento: due_on, mes_referencia: month, ano_referencia: year
    }) as payload,
    to_json({amount: amount::text, issued_on: issued_on, due_on: due_on})::text as fields,
    case
        when not is_there then 'A contratação não existe mais no painel'
        when not is_active then 'Contratação ' || contract_status
        when living = 0 and cancelled > 0 and of_unknown_state is null then 'A fatura deste mês foi cancelada no painel'
    end as ignored_because
from dated

-- name: registration
-- purpose: invoices that we made, from "Em Processamento" to "Aguardando Pagamento": those of the months that are looked
-- at, and those of other months that still wait or were held; nothing is sent, so a run that only looks posts nothing
select
    made.document_id, made.document_id as record_id, 'fatura ' || made.target_id as label, valor as amount,
    'BRL' as currency, made.target_id, '{}' as payload, null::text as fields, false as mirrored,
    case
        when codigo is null then 'A fatura não existe mais no painel'
        when state is distinct from 'processing' then 'Registrada: ' || coalesce(status, 'sem situação')
        when not is_late then 'Em Processamento: o parceiro ainda registra a cobrança'
    end as ignored_because,
    if(state = 'processing' and is_late,
        'Em Processamento há mais de ' || getvariable('longest_processing_minutes')
            || ' minutos: veja no painel por que a cobrança não foi registrada', null
    ) as held_because
from links_now as made
left join (select *, invoice_state(status) as state from raw_ogestor_panel.faturas) as faturas
    on faturas.codigo = made.target_id
cross join lateral (
    select coalesce(criado_em + to_minutes(getvariable('longest_processing_minutes')) < getvariable('as_of'), true) as is_late
)
where made.kind = 'invoice' and made.run_id is distinct from getvariable('run_id') and (
    state = 'processing'
    or (ano_referencia, mes_referencia) in (select (year, month) from asked)
    or made.document_id in (
        select document_id from ledger.decided
        where kind = 'registration' and (action = 'hold' or starts_with(because, 'Em Processamento'))
    )
)

-- name: control
-- purpose: what was read, straight from the staging area: every contract is a document, whatever becomes of it, and so
-- is every month that was not ended
select 'invoice' as kind, (select count(*) from contracts) + (
    select count(*) from asked
    where year || '-' || month <> strftime(getvariable('today'), '%Y-%m')
        or contract_id not in (select contract_id from contracts)
) as documents, (select sum(amount) from dues) as amount
