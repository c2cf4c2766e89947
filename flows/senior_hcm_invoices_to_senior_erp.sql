-- name: invoices
-- purpose: every invoice that was launched, with what its definition says of it; one that is not to be told apart by
-- its title's key has one of its own
select
    named(launches.id, launches::text) as invoice_id, launches.competencia as month, definitions.descricao as description,
    definitions.id as definition_id, definitions.cod_emp as company, definitions.cod_fil as branch,
    definitions.cod_for as supplier, definitions.cod_tpt as title_type, launches.num_tit as number,
    definitions.cod_tns as transaction, launches.dat_emi as issued_on, launches.dat_ent as entered_on,
    coalesce(
        launches.vct_ori,
        launches.dat_ent + if(definitions.dias_vcto is null, null, least(greatest(definitions.dias_vcto, -3650), 3650))::integer
    ) as due_on,
    launches.vlr_ori as amount, definitions.cta_red as account, definitions.cod_ccu as center,
    definitions.cod_eve as event, definitions.destino as destination,
    coalesce(definitions.exige_total, true) as must_be_shared_whole,
    coalesce(launches.calculada, false) as is_calculated, launches.unreadable,
    concat_ws('/', company, branch, supplier, title_type, number) as wanted_key,
    number is null or supplier is null or count(*) over (partition by wanted_key) = 1 as is_told_apart,
    if(number is null or supplier is null or not is_told_apart, 'fatura ' || invoice_id, wanted_key) as key
from raw_senior_hcm.fatura_lancamentos as launches
left join raw_senior_hcm.fatura_definicoes as definitions on definitions.id = launches.definicao

-- name: employees
-- purpose: what each employee owes of each invoice
select
    named(id, fatura_colaboradores::text) as share_id, lancamento as invoice_id, num_emp as employer, tip_col as employee_type, num_cad as employee,
    valor as amount, coalesce(parcelas, 1) as instalments, least(greatest(coalesce(parcelas, 1), 1), 480)::integer as parts,
    unreadable
from raw_senior_hcm.fatura_colaboradores

-- name: titles
-- purpose: the title that each invoice is in the ERP, all on the definition's account and cost center
select
    'fatura ' || invoice_id as title_id, key, company, branch, supplier, title_type, number, transaction, issued_on, entered_on, due_on, amount,
    null::text as currency, null::bigint as discount, null::bigint as fine, null::bigint as interest,
    null::text as interest_type, 'FATURA ' || coalesce(description, '') || ' ' || coalesce(month, '') as note,
    unreadable, coalesce((unreadable ->> 'vlrOri') is not null, false) as amount_is_spoiled,
    coalesce((unreadable ->> 'datEmi') is not null or (unreadable ->> 'datEnt') is not null
        or (unreadable ->> 'vctOri') is not null, false) as a_date_is_spoiled
from invoices

-- name: share_lines
-- purpose: the apportionment of each title: one line
select 'fatura ' || invoice_id as document_id, invoices.company, null::text as debit, null::text as credit, invoices.amount as total,
    1 as place, nullif(account, '0') as account, center, '100.0000' as percent_text, null::text as amount_text,
    false as is_default
from invoices
where account is not null

-- name: at_source
-- purpose: what payroll shows, for what it shows no more to be told
select 'title' as kind, 'fatura ' || invoice_id as source_id from invoices
union all
select 'movement', 'fatura ' || share_id from employees

-- name: at_hand
-- purpose: what payroll has for each document that may wait
select 'title' as kind, title_id as source_id from titles
union all
select 'movement', 'fatura ' || share_id from employees

-- name: windows
-- purpose: every invoice that payroll has is read
select date '0001-01-01' as since, date '9999-12-31' as until

-- name: still_there
-- purpose: of what payroll deleted, what stands in the ERP and in the movements, or cannot be seen there
select vanished.kind, source_id
from vanished
left join (
    select distinct concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key from raw_senior_erp.titulos
) as found on vanished.kind = 'title' and found.key = vanished.key
left join raw_senior_erp.fornecedores_lidos as read on vanished.kind = 'title' and recusa is null
    and read.cod_emp = split_part(vanished.key, '/', 1) and read.cod_fil = split_part(vanished.key, '/', 2)
    and read.cod_for = split_part(vanished.key, '/', 3)
left join raw_senior_hcm.movimentos on vanished.kind = 'movement' and referencia = source_id
where case vanished.kind
    when 'title' then found.key is not null or read.cod_for is null
    else referencia is not null
end
group by all

-- name: titles_to_read
-- purpose: whose movements are read: the invoices' titles of which nothing is open in the ERP
select company, branch, supplier, title_type, number from closed_titles order by all

-- name: facts
-- purpose: one row per invoice, by the title that it is, with the rules of its shares
with shared as (
    select invoice_id, sum(amount) as amount, bool_and(coalesce(amount > 0 and instalments = parts, false)) as are_positive,
        bool_and(unreadable is null) as are_readable, bool_and(employee is not null) as are_somebodys
    from employees
    group by invoice_id
)
select
    title_facts.* exclude (title_percents_add_up, title_amounts_add_up),
    definition_id is not null as definition_is_known,
    number is not null as invoice_has_a_number,
    is_told_apart as invoice_is_told_apart,
    coalesce(destination in ('V', 'F'), false) and event is not null as movement_is_defined,
    coalesce(shared.are_readable and shared.are_positive and shared.are_somebodys, true) as shares_are_fit,
    coalesce(shared.amount = invoices.amount, shared.amount is null) or not must_be_shared_whole as shares_add_up,
    coalesce(shared.amount <= invoices.amount, shared.amount is null) as shares_do_not_exceed,
    shared.amount as shared_amount
from title_facts
join invoices on 'fatura ' || invoice_id = title_facts.document_id
left join shared using (invoice_id)

-- name: mirror
-- purpose: what stands already: titles in the ERP, employees' shares in the movements of payroll
select 'title' as kind, there_as as target_id, turn_id as reference, fields_there as fields, not is_dead as lives,
    'título ' || stands_as as shown
from titles_there
where is_covered and is_there and not is_of_another
union all by name
select 'removal' as kind, turn_id as target_id, turn_id as reference, true as lives
from titles_there
where is_covered and not is_there
union all by name
select 'movement' as kind, id as target_id, referencia as reference, to_json({amount: valor::text})::text as fields,
    true as lives, 'movimento ' || id as shown
from raw_senior_hcm.movimentos
where id is not null

-- name: movement
-- purpose: each employee's share of an invoice whose title stands in the ERP, into the variable or the fixed movement.
-- The shares of an invoice that is not ready wait as one: there is one thing to be done about them
with entered as (
    select title_turns.title_id
    from title_turns
    join links_now on links_now.kind = 'title' and links_now.document_id = title_turns.turn_id
),
shares as (
    select employees.*, invoices.*, 'fatura ' || share_id as document_id, 'fatura ' || employees.invoice_id as record_id,
        employees.amount as share, invoices.invoice_id as invoice, entered.title_id is not null as is_entered,
        exists (
            from plan where kind = 'title' and action = 'hold' and plan.document_id like 'fatura ' || employees.invoice_id || '@%'
        ) as title_is_held,
        entered.title_id is not null and not exists (
            from breaches where breaches.document_id = 'fatura ' || employees.invoice_id and list_contains(kinds, 'movement')
        ) or exists (
            from ledger.standing where kind = 'movement' and standing.document_id = 'fatura ' || share_id
        ) as stands_alone
    from employees
    left join invoices using (invoice_id)
    left join entered on entered.title_id = 'fatura ' || employees.invoice_id
)
select
    document_id, record_id, concat_ws(', ', 'fatura ' || number, 'matrícula ' || employee) as label, share as amount,
    'BRL' as currency, document_id as reference,
    to_json({
        referencia: document_id, lancamento: invoice, numEmp: employer, tipCol: employee_type, numCad: employee,
        codEve: event, competencia: month, valor: share, destino: destination, parcelas: instalments
    })::text as payload,
    to_json({amount: share::text})::text as fields, null as ignored_because,
    if(is_entered, null, 'O título da fatura ainda não está no ERP') as waits_because
from shares
where stands_alone
union all by name
select
    'fatura ' || invoice_id || ', colaboradores' as document_id, 'fatura ' || invoice_id as record_id,
    concat('fatura ', coalesce(any_value(number), invoice_id), ', ', count(*), ' colaborador(es)') as label,
    coalesce(sum(share), 0) as amount, 'BRL' as currency, '{}' as payload,
    if(bool_or(title_is_held), 'Seguem com o título da fatura, que está retido', null) as ignored_because,
    if(bool_or(invoice is null), 'Os colaboradores são de uma fatura que não existe', 'O título da fatura ainda não está no ERP')
        as waits_because
from shares
where not stands_alone
group by invoice_id
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'Não está mais na folha, e não foi lançado' as ignored_because, null as waits_because
from withdrawn
where kind = 'movement'
union all by name
select decided.document_id, decided.record_id, decided.label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'Cada colaborador tem o seu movimento' as ignored_because, null as waits_because
from ledger.decided
where kind = 'movement' and decided.document_id like 'fatura %, colaboradores' and decided.document_id not in (
    select 'fatura ' || invoice_id || ', colaboradores' from shares where not stands_alone
)

-- name: instalments
-- purpose: what each employee owes of each invoice in each month: equal parts, to the cent, half a cent up
select
    invoice_id, employer, employee_type, employee, event, amount as launched,
    coalesce(strftime(try_strptime(month, '%Y-%m') + to_months(part::integer - 1), '%Y-%m'), month) as month,
    part, (((2 * cents * part + parts) // (2 * parts) - (2 * cents * (part - 1) + parts) // (2 * parts)) * 0.01)
        ::decimal(18, 2) as due
from (
    select employees.*, invoices.event, invoices.month, (wide(employees.amount) * 100)::hugeint as cents,
        unnest(generate_series(1, parts)) as part
    from employees
    join invoices using (invoice_id)
)

-- name: discounts
-- purpose: what payroll discounted, given to the instalments that wait for it: payroll tells the event and not the
-- invoice, so the oldest is served first and the last one has what is too much; what waits for none is of no invoice
with discounted as (
    select competencia as month, num_emp as employer, tip_col as employee_type, num_cad as employee,
        cod_eve as event, sum(valor) as amount
    from raw_senior_hcm.ficha_financeira
    where (cod_eve, competencia) in (select (event, month) from instalments)
    group by all
),
in_turn as (
    select *, sum(due) over so_far - due as due_before, row_number() over so_far = count(*) over of_one as is_last
    from instalments
    window of_one as (partition by month, employer, employee_type, employee, event),
        so_far as (of_one order by part desc, invoice_id rows unbounded preceding)
)
select
    in_turn.invoice_id, month, employer, employee_type, employee, event,
    if(invoice_id is null, amount, greatest(
        if(is_last, amount - due_before, least(due, amount - due_before)), 0
    ))::decimal(18, 2) as amount
from discounted
left join in_turn using (month, employer, employee_type, employee, event)

-- name: conciliacao_faturas
-- purpose: per employee and invoice what was launched, what payroll discounted, the difference, and the state
with launched as (
    select invoice_id, employer, employee_type, employee, sum(amount) as amount
    from employees
    group by all
),
discounted as (
    select invoice_id, employer, employee_type, employee, if(invoice_id is null, month, null) as lone_month,
        sum(amount) as amount
    from discounts
    group by all
)
select
    coalesce(launched.invoice_id, discounted.invoice_id) as fatura, invoices.number as titulo,
    invoices.description as descricao, coalesce(invoices.month, discounted.lone_month) as competencia,
    employer as empresa, employee_type as tipo_colaborador, employee as matricula,
    coalesce(launched.amount, 0)::decimal(18, 2) as lancado,
    coalesce(discounted.amount, 0)::decimal(18, 2) as descontado, (lancado - descontado)::decimal(18, 2) as diferenca,
    case
        when launched.invoice_id is null then 'NÃO LANÇADO'
        when not is_calculated then 'AGUARDA CÁLCULO'
        when descontado = lancado then 'CONCILIADO'
        when descontado = 0 then 'NÃO DESCONTADO'
        when descontado < lancado then 'PARCIAL'
        else 'EXCEDENTE'
    end as situacao
from launched
join invoices using (invoice_id)
full join discounted using (invoice_id, employer, employee_type, employee)
order by all

-- name: totais_faturas
-- purpose: per invoice the sums of its employees against the value of its title
with totals as (
    select fatura, sum(lancado) as lancado, sum(descontado) as descontado, bool_and(situacao = 'CONCILIADO') as is_whole
    from conciliacao_faturas
    group by fatura
)
select
    invoice_id as fatura, number as titulo, description as descricao, month as competencia,
    amount as valor_do_titulo, coalesce(lancado, 0)::decimal(18, 2) as total_lancado,
    coalesce(descontado, 0)::decimal(18, 2) as total_descontado,
    (amount - total_lancado)::decimal(18, 2) as titulo_menos_lancado,
    (amount - total_descontado)::decimal(18, 2) as titulo_menos_descontado,
    if(coalesce(is_whole, false) and amount = total_descontado, 'CONCILIADA', 'EM ABERTO') as situacao
from invoices
left join totals on fatura = invoice_id
order by fatura

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'movement' as kind, (select count(*) from documents where kind = 'movement') as documents, sum(valor) as amount
from raw_senior_hcm.fatura_colaboradores
union all
select 'title', count(*) + (select count(*) from withdrawn where kind = 'title'), sum(vlr_ori)
from raw_senior_hcm.fatura_lancamentos
