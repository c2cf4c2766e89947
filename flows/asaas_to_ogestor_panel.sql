-- name: unseen_charges
-- purpose: charges of invoices that wait for their payment, which the partner's listings did not show: removed perhaps
select cobranca_id
from raw_ogestor_panel.faturas
where status = 'Aguardando Pagamento' and cobranca_id is not null and vencimento >= getvariable('due_from')
    and cobranca_id not in (select id from raw_asaas.payments)
order by hash(cobranca_id || getvariable('today'))

-- name: charges
-- purpose: every charge once, with the family of its status, and the one that counts for its invoice
with families as (
    from (values
        ('PENDING', 'unpaid'), ('OVERDUE', 'unpaid'), ('AWAITING_RISK_ANALYSIS', 'unpaid'), ('AUTHORIZED', 'unpaid'),
        ('DUNNING_REQUESTED', 'unpaid'), ('CONFIRMED', 'paid'), ('RECEIVED', 'paid'), ('RECEIVED_IN_CASH', 'paid'),
        ('DUNNING_RECEIVED', 'paid'), ('REFUND_REQUESTED', 'disputed'), ('REFUND_IN_PROGRESS', 'disputed'),
        ('CHARGEBACK_REQUESTED', 'disputed'), ('CHARGEBACK_DISPUTE', 'disputed'),
        ('AWAITING_CHARGEBACK_REVERSAL', 'disputed'), ('REFUNDED', 'refunded')
    ) as known(status, family)
),
read_ones as (
    from raw_asaas.payments
    union all by name
    from raw_asaas.payments_one_by_one where id not in (select id from raw_asaas.payments)
)
select
    id as document_id, nullif(regexp_extract(external_reference, '^fatura:(\d{1,18})$', 1), '') as invoice_id,
    external_reference, status,
    if(coalesce(deleted, false), 'removed', family) as family, family in ('paid', 'disputed', 'refunded') as has_been_paid,
    value as paid_amount, coalesce(original_value, value) as face_amount, net_value as net_amount, due_date as due_on,
    coalesce(client_payment_date, payment_date) as paid_on, credit_date as credited_on, fine__type, fine__value,
    try_cast(list_max(record ->> '$.refunds[*].effectiveDate')[:10] as date) as refunded_on,
    len(list_filter(
        json_extract_string(record, '$.refunds[*].status'),
        lambda done: done not in (
            'PENDING', 'AWAITING_CRITICAL_ACTION_AUTHORIZATION', 'AWAITING_CUSTOMER_EXTERNAL_AUTHORIZATION', 'CANCELLED'
        )
    )) > 0 as has_refunds, unreadable,
    count(*) filter (where family in ('paid', 'disputed')) over (partition by invoice_id) as payments_of_invoice,
    invoice_id is null or 1 = row_number() over (
        partition by invoice_id
        order by id in (select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null) desc,
            case family when 'paid' then 1 when 'disputed' then 1 when 'refunded' then 2 when 'unpaid' then 3 else 4 end,
            id
    ) as counts
from read_ones
left join families using (status)

-- name: unseen_invoices
-- purpose: invoices that the partner has news of and the panel's listing did not show, and that nobody has told yet;
-- the first turns are looked at in this run, and another day has others first
select invoice_id, row_number() over (order by hash(invoice_id || getvariable('today'))) as turn
from charges
where counts and (has_been_paid or family = 'removed') and invoice_id is not null
    and invoice_id not in (select codigo from raw_ogestor_panel.faturas)
    and document_id not in (
        select document_id from ledger.standing
        where posted_entry is not null
            and kind = case charges.family when 'refunded' then 'reversal' when 'removed' then 'cancellation'
                when 'disputed' then 'dispute' else 'settlement' end
    )
group by invoice_id
order by turn

-- name: invoices
-- purpose: the panel's invoices at hand
select codigo as invoice_id, * exclude (codigo) from raw_ogestor_panel.faturas
union all by name
select codigo as invoice_id, * exclude (codigo) from raw_ogestor_panel.faturas_uma_a_uma
where codigo not in (select codigo from raw_ogestor_panel.faturas)

-- name: payments
-- purpose: each charge with its invoice, and what was paid beyond or below the face: fine first, the rest is interest;
-- a day of credit that the panel knows already is not taken back by older news
with split as (
    select *, greatest(paid_amount - face_amount, 0)::decimal(18, 2) as excess,
        greatest(face_amount - paid_amount, 0)::decimal(18, 2) as shortfall
    from charges
)
select
    split.* exclude (credited_on), coalesce(credited_on, invoices.data_credito) as credited_on,
    invoices.invoice_id is not null as is_at_hand, invoices.status as invoice_status,
    invoices.valor as invoice_amount, invoices.em_disputa,
    if(fine__type = 'PERCENTAGE', least(excess, round(face_amount * fine__value / 100, 2)), excess)::decimal(18, 2) as fine,
    (excess - fine)::decimal(18, 2) as interest,
    unseen_invoices.turn > getvariable('most_single_reads') as waits_for_its_turn,
    is_at_hand or coalesce(waits_for_its_turn, false) or settled.posted_entry is not null
        or cancelled.posted_entry is not null as invoice_is_known,
    if(waits_for_its_turn, 'A fatura ainda não foi consultada no painel; uma das próximas execuções a consulta', null)
        as waits_because,
    not counts and family in ('paid', 'disputed') and payments_of_invoice = 1 as is_paid_after_a_refund,
    settled.posted_entry is not null as is_settled_by_us, contested.posted_entry is not null as was_disputed
from split
left join invoices using (invoice_id)
left join unseen_invoices using (invoice_id)
left join ledger.standing as settled on settled.kind = 'settlement' and settled.document_id = split.document_id
left join ledger.standing as cancelled on cancelled.kind = 'cancellation' and cancelled.document_id = split.document_id
left join ledger.standing as contested on contested.kind = 'dispute' and contested.document_id = split.document_id

-- name: facts
-- purpose: one row per charge that has news, one boolean per posting rule, named as the truth that must hold
select
    document_id,
    unreadable is null as charge_is_readable,
    family is not null as status_is_known,
    invoice_id is not null as reference_names_an_invoice,
    invoice_id is null or invoice_is_known as invoice_exists,
    payments_of_invoice <= 1 as is_paid_once,
    not has_been_paid or paid_on is not null as payment_date_is_given,
    paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    not has_been_paid or coalesce(paid_amount > 0, unreadable is not null) as paid_amount_is_positive,
    not has_been_paid or face_amount is null or invoice_amount is null or face_amount = invoice_amount
        as charge_is_of_the_invoices_amount,
    not has_been_paid or shortfall is null or shortfall = 0 or getvariable('short_payment') = 'discount'
        as amount_is_paid_in_full,
    not has_refunds or family = 'refunded' as is_not_refunded_in_part,
    credited_on is null or paid_on is null or credited_on >= paid_on as credit_follows_payment,
    not (family = 'unpaid' and is_settled_by_us) as payment_was_not_undone,
    not has_been_paid or coalesce(invoice_status, '') <> 'Em Processamento' as invoice_is_registered,
    not (has_been_paid and coalesce(invoice_status, '') = 'Cancelada') as invoice_is_not_cancelled,
    not (coalesce(family in ('paid', 'disputed'), false) and coalesce(invoice_status, '') = 'Estornada')
        as invoice_is_not_reversed,
    unreadable as unreadable_text, status, external_reference, paid_on, credited_on, paid_amount,
    face_amount || ' ≠ ' || invoice_amount as amounts, paid_amount || ' < ' || face_amount as shortfall_text
from payments
where counts and (family is null or family <> 'unpaid' or is_settled_by_us or unreadable is not null)

-- name: mirror
-- purpose: what the panel says of its invoices
select
    kind, invoice_id as target_id, null::text as reference, null::text as natural_key,
    case kind
        when 'settlement' then to_json({
            paid: valor_pago::text, paid_on: data_pagamento, credited_on: data_credito
        })::text
        when 'dispute' then to_json({disputed: coalesce(em_disputa, false)})::text
        when 'reversal' then to_json({reversed: status = 'Estornada'})::text
        else to_json({cancelled: status = 'Cancelada'})::text
    end as fields,
    null::text as record, null::text as locked_because
from invoices
cross join (select unnest(['settlement', 'dispute', 'reversal', 'cancellation']) as kind)

-- name: settlement
-- purpose: every charge: paid ones settle their invoice; what is known later (the day of credit) is told later
select
    document_id, document_id as record_id, 'fatura ' || coalesce(invoice_id, '?') as label,
    paid_amount as amount, 'BRL' as currency, invoice_id as target_id,
    without_nulls({
        cobranca_id: document_id, valor_pago: paid_amount::text, juros: nullif(interest, 0)::text,
        multa: nullif(fine, 0)::text, desconto: nullif(shortfall, 0)::text, valor_liquido: net_amount::text,
        data_pagamento: paid_on, data_credito: credited_on
    }) as payload,
    to_json({paid: paid_amount::text, paid_on: paid_on, credited_on: credited_on})::text as fields,
    is_at_hand as mirrored, waits_because,
    case
        when is_paid_after_a_refund then null
        when not counts then 'Outra cobrança vale para esta fatura'
        when family = 'unpaid' and not is_settled_by_us and unreadable is null then 'Ainda não foi paga'
        when family = 'removed' then 'Cobrança removida no parceiro'
    end as ignored_because,
    if(is_paid_after_a_refund,
        'O pagamento anterior desta fatura foi devolvido e ela foi paga de novo; devolva o valor ou faça outra fatura', null
    ) as held_because
from payments

-- name: dispute
-- purpose: payments that are contested, or no longer are: the invoice stays paid and says so
select
    document_id, document_id as record_id, 'fatura ' || invoice_id as label, paid_amount as amount, 'BRL' as currency,
    invoice_id as target_id, to_json({em_disputa: family = 'disputed'})::text as payload,
    to_json({disputed: family = 'disputed'})::text as fields, is_at_hand as mirrored, waits_because
from payments
where counts and invoice_id is not null and (family = 'disputed' or (was_disputed and family = 'paid'))

-- name: reversal
-- purpose: payments that went back in whole: the settlement of the invoice is undone
select
    document_id, document_id as record_id, 'fatura ' || invoice_id as label, paid_amount as amount, 'BRL' as currency,
    invoice_id as target_id, to_json({data_estorno: coalesce(refunded_on, paid_on)})::text as payload,
    to_json({reversed: true})::text as fields, is_at_hand as mirrored, waits_because
from payments
where counts and invoice_id is not null and family = 'refunded'

-- name: cancellation
-- purpose: charges removed at the partner: their invoice is cancelled, unless it was paid otherwise
select
    document_id, document_id as record_id, 'fatura ' || invoice_id as label, face_amount as amount, 'BRL' as currency,
    invoice_id as target_id, '{}' as payload, to_json({cancelled: true})::text as fields, is_at_hand as mirrored,
    waits_because,
    if(invoice_status in ('Paga', 'Estornada'),
        'A cobrança foi removida no parceiro, mas a fatura está ' || invoice_status || ' no painel', null
    ) as held_because
from payments
where counts and invoice_id is not null and family = 'removed'

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'settlement' as kind, count(*) as documents, sum(value) as amount
from (
    select id, any_value(value) as value
    from (select id, value from raw_asaas.payments union all select id, value from raw_asaas.payments_one_by_one)
    group by id
)
