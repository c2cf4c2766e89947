-- name: last_good_run
-- purpose: since when changes may have been missed: the moment of the last run that read everything to its end
select max(as_of)
from ledger.run_starts
join ledger.run_ends using (run_id)
where not dry_run and (starts_with(state, 'Posted') or starts_with(state, 'Nothing to post'))

-- name: clients
-- purpose: the panel's clients as the ERP keeps them
select
    codigo as client_id, 'revenda:' || codigo as document_id, nome as name, cpf_cnpj as tax_id, record,
    record ->> '$.emails[0]' as email, unreadable,
    count(*) over (partition by cpf_cnpj) as with_this_tax_id
from raw_ogestor_panel.clientes

-- name: invoices
-- purpose: the panel's invoices that changed lately, with what is known of their client
select
    codigo as invoice_id, 'fatura:' || codigo as document_id, faturas.cliente_id as client_id, descricao as description,
    valor as amount, lancamento as issued_on, vencimento as due_on, mes_referencia as month, ano_referencia as year,
    linha_digitavel as line, status, coalesce(em_disputa, false) as is_disputed,
    valor_pago as paid_amount, coalesce(juros, 0) as interest, coalesce(multa, 0) as fine,
    coalesce(desconto, 0) as discount, data_pagamento as paid_on, data_credito as credited_on,
    criado_em as entered_at, faturas.unreadable, clients.client_id is not null as is_of_a_client,
    status in ('Paga', 'Estornada') as was_paid, status = 'Cancelada' as is_cancelled
from raw_ogestor_panel.faturas
left join clients on clients.client_id = faturas.cliente_id

-- name: titles
-- purpose: for each invoice its receivable in the ERP, and how the ERP was read to hold it
select
    invoices.document_id, receivable.target_id as title_id, found.codigo is not null as is_found,
    found.situacao as situation, plan.action, plan.because,
    settled.posted_entry is not null as was_settled_by_us,
    -- its money went back before the ERP heard of the payment: there is nothing to undo there, only to cancel
    status = 'Estornada' and getvariable('refunded_becomes') = 'Cancelado' and (
        cancelled.posted_entry is not null or coalesce(found.situacao = 'Aberto', not was_settled_by_us)
    ) as is_cancelled_instead
from invoices
left join links_now as receivable on receivable.kind = 'receivable' and receivable.document_id = invoices.document_id
left join plan on plan.kind = 'receivable' and plan.document_id = invoices.document_id
left join raw_ogestor_erp.contas_receber as found on found.codigo = receivable.target_id
left join ledger.standing as settled
    on settled.kind = 'settlement' and settled.document_id = invoices.document_id
left join ledger.standing as cancelled
    on cancelled.kind = 'cancellation' and cancelled.document_id = invoices.document_id

-- name: facts
-- purpose: one row per client and per invoice, one boolean per posting rule, named as the truth that must hold
with records as (
    select document_id, true as is_client, name, tax_id, email, with_this_tax_id, unreadable from clients
    union all by name
    select * exclude (client_id, description, line, interest, fine, discount, entered_at, is_disputed),
        false as is_client, amount + interest + fine - discount as amount_due
    from invoices
)
select
    document_id,
    not is_client or name is not null as client_has_a_name,
    not is_client or tax_id is not null as client_has_a_tax_id,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not is_client or tax_id is null or with_this_tax_id = 1 as tax_id_is_of_one_client,
    not is_client or email is not null as client_has_an_email,
    is_client or unreadable is null as invoice_is_readable,
    is_client or is_of_a_client as client_is_known,
    is_client or amount is null or amount > 0 as amount_is_positive,
    is_client or due_on is null or issued_on is null or due_on >= issued_on as due_date_is_not_before_issue,
    is_client or coalesce(regexp_full_match(month, '0[1-9]|1[0-2]'), false) as month_has_two_digits,
    is_client or coalesce(regexp_full_match(year, '\d{4}'), false) as year_has_four_digits,
    is_client or coalesce(
        status in ('Em Processamento', 'Aguardando Pagamento', 'Paga', 'Estornada', 'Cancelada'), false
    ) as status_is_known,
    is_client or status is distinct from 'Paga' or paid_on is not null as payment_date_is_given,
    is_client or status is distinct from 'Paga' or coalesce(paid_amount > 0, false) as paid_amount_is_positive,
    is_client or paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    is_client or credited_on is null or paid_on is null or credited_on >= paid_on as credit_follows_payment,
    is_client or status is distinct from 'Paga' or paid_amount is null or paid_amount = amount_due
        as payment_adds_up,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id, unreadable as unreadable_text, amount, status,
    paid_on, credited_on, due_on, month, year, paid_amount || ' ≠ ' || amount_due as sums
from records

-- name: mirror
-- purpose: what the ERP holds: clients but the consumer, receivables and the state of each, bank slips by receivable
select
    'customer' as kind, codigo as target_id, codigo_externo as reference, cpf_cnpj as natural_key,
    to_json({name: nome, tax_id: cpf_cnpj, emails: record -> '$.emails'})::text as fields, null::text as locked_because
from raw_ogestor_erp.clientes
where nome is distinct from 'CONSUMIDOR'
union all by name
select
    kind, codigo as target_id, codigo_externo as reference,
    if(kind = 'receivable', concat_ws('|', cliente_id, valor, vencimento), null) as natural_key,
    if(kind = 'receivable',
        to_json({amount: valor::text, due_on: vencimento})::text,
        to_json({
            situation: situacao, paid_on: data_pagamento, credited_on: data_credito,
            paid: if(situacao = 'Pago/Liquidado', valor_pago::text, null)
        })::text
    ) as fields,
    if(kind = 'receivable' and situacao <> 'Aberto',
        'O lançamento já está ' || situacao || ' no ERP e não pode mais ser alterado', null
    ) as locked_because
from raw_ogestor_erp.contas_receber
cross join (select unnest(['receivable', 'settlement', 'reversal', 'cancellation']) as kind)
union all by name
select 'bank_slip' as kind, codigo as target_id, conta_receber_id as natural_key,
    to_json({line: linha_digitavel})::text as fields
from raw_ogestor_erp.boletos

-- name: customer
-- purpose: every client of the panel, as a client of the ERP
select
    document_id, document_id as record_id, 'cliente ' || client_id as label, 'BRL' as currency,
    document_id as reference, tax_id as natural_key, true as mirrored,
    without_nulls({
        codigo_externo: document_id, nome: name, fantasia: record ->> 'fantasia', cpf_cnpj: tax_id,
        emails: record -> '$.emails', fones: record -> '$.fones', cep: record ->> 'cep',
        logradouro: record ->> 'logradouro', numero: record ->> 'numero', bairro: record ->> 'bairro',
        cidade: record ->> 'cidade', uf: record ->> 'uf'
    }) as payload,
    to_json({name: name, tax_id: tax_id, emails: record -> '$.emails'})::text as fields
from clients

-- name: receivable
-- purpose: the receivable that each invoice wants, paid meanwhile or not
select
    invoices.document_id, invoices.document_id as record_id, invoices.document_id as reference,
    coalesce(description, invoices.document_id) as label, amount, 'BRL' as currency,
    concat_ws('|', customer.target_id, amount, due_on) as natural_key,
    without_nulls({
        codigo_externo: invoices.document_id, cliente_id: customer.target_id::bigint, descricao: description,
        num_doc: invoice_id, valor: amount::text, lancamento: issued_on, vencimento: due_on,
        conta_corrente_id: account.codigo::bigint, mes_referencia: month, ano_referencia: year
    }) as payload,
    to_json({amount: amount::text, due_on: due_on})::text as fields,
    entered_at >= getvariable('since') as mirrored,
    if(status in ('Cancelada', 'Estornada') and known.posted_entry is null and there.codigo_externo is null,
        status || ' antes de chegar ao ERP', null) as ignored_because,
    case
        when ignored_because is not null then null
        when account.codigo is null then 'A conta corrente ' || getvariable('account') || ' não existe no ERP'
        when customer.target_id is null then 'O cliente ainda não está no ERP' || coalesce(': ' || plan.because, '')
    end as held_because
from invoices
left join links_now as customer
    on customer.kind = 'customer' and customer.document_id = 'revenda:' || invoices.client_id
left join plan on plan.kind = 'customer' and plan.document_id = 'revenda:' || invoices.client_id
left join ledger.standing as known on known.kind = 'receivable' and known.document_id = invoices.document_id
left join raw_ogestor_erp.contas_correntes as account on account.nome = getvariable('account')
left join (select distinct codigo_externo from raw_ogestor_erp.contas_receber) as there
    on there.codigo_externo = invoices.document_id

-- name: bank_slip
-- purpose: the slip of each invoice, listed under the account that records online receipts
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    title_id as natural_key, document_id as reference,
    without_nulls({
        conta_receber_id: title_id::bigint, conta_corrente: getvariable('account'), linha_digitavel: line
    }) as payload,
    to_json({line: line})::text as fields,
    entered_at >= getvariable('since') as mirrored,
    if(title_id is null and action = 'ignore', because, null) as ignored_because,
    if(title_id is null and ignored_because is null,
        'O lançamento ainda não está no ERP' || coalesce(': ' || because, ''), null) as held_because
from invoices
join titles using (document_id)

-- name: settlement
-- purpose: invoices that were paid: settled with dates, amount, interest, fine and discount
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, paid_amount as amount,
    'BRL' as currency, document_id as reference, title_id as target_id,
    without_nulls({
        valor: paid_amount::text, data_pagamento: paid_on, data_credito: credited_on,
        juros: nullif(interest, 0)::text, multa: nullif(fine, 0)::text, desconto: nullif(discount, 0)::text
    }) as payload,
    to_json({
        situation: 'Pago/Liquidado', paid_on: paid_on, credited_on: credited_on, paid: paid_amount::text
    })::text as fields,
    is_found as mirrored,
    case
        when status <> 'Paga' then 'Não está mais paga no painel'
        when title_id is null and action = 'ignore' then because
    end as ignored_because,
    if(title_id is null and ignored_because is null,
        'O lançamento ainda não está no ERP' || coalesce(': ' || because, ''), null) as held_because
from invoices
join titles using (document_id)
where status = 'Paga' or document_id in (
    select document_id from ledger.decided where kind = 'settlement' and action = 'hold'
)

-- name: reversal
-- purpose: invoices whose money went back: the settlement in the ERP is undone
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    document_id as reference, title_id as target_id,
    to_json({situacao: getvariable('refunded_becomes')})::text as payload,
    to_json({
        situation: getvariable('refunded_becomes'), paid_on: null::date, credited_on: null::date, paid: null::text
    })::text as fields,
    is_found as mirrored,
    case
        when title_id is null then coalesce(because, 'Nunca foi lançada no ERP')
        when is_cancelled_instead then 'Devolvida antes da baixa no ERP: o lançamento é cancelado'
    end as ignored_because
from invoices
join titles using (document_id)
where status = 'Estornada'

-- name: cancellation
-- purpose: invoices cancelled in the panel, or refunded before they were settled in the ERP: cancelled there,
-- where they had been entered
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    document_id as reference, title_id as target_id, '{}' as payload,
    to_json({
        situation: 'Cancelado', paid_on: null::date, credited_on: null::date, paid: null::text
    })::text as fields,
    is_found as mirrored,
    if(title_id is null, coalesce(because, 'Nunca foi lançada no ERP'), null) as ignored_because,
    if(title_id is not null and situation = 'Pago/Liquidado',
        'Cancelada no painel e liquidada no ERP: estorne lá antes', null) as held_because
from invoices
join titles using (document_id)
where is_cancelled or (is_cancelled_instead and title_id is not null)

-- name: dispute
-- purpose: payments that their payer contests: nothing is changed, a person must follow them
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, paid_amount as amount,
    'BRL' as currency, title_id as target_id, '{}' as payload, null::text as fields, false as mirrored,
    if(is_disputed, null, 'A contestação terminou') as ignored_because,
    if(is_disputed,
        'Pagamento contestado no parceiro: acompanhe lá; o lançamento fica liquidado até a decisão', null
    ) as held_because
from invoices
join titles using (document_id)
where is_disputed or document_id in (select document_id from ledger.decided where kind = 'dispute')

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'receivable' as kind, count(*) as documents, sum(amount) as amount
from (select any_value(valor) as amount from raw_ogestor_panel.faturas group by codigo)
