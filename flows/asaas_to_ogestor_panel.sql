-- name: followed
-- purpose: what is not ended, and charges that were not paid when they were seen last: where the partner lists them no
-- longer, they were removed perhaps, however old their invoice is
select kind, document_id from waiting
union
select kind, document_id from ledger.decided
where kind = 'settlement' and action = 'ignore' and because = 'Ainda não foi paga'

-- name: unseen_charges
-- purpose: what the partner's listings did not show and must be asked for by its id, some of it in each run: what was
-- not ended, the charges of invoices that wait for their payment (removed perhaps), and plans of which parts are missing
select id, row_number() over (order by hash(id || getvariable('today'))) as turn
from (
    select id
    from (
        select document_id as id from followed where not is_nameless(document_id)
        union
        select cobranca_id from raw_ogestor_panel.faturas
        where invoice_state(status) = 'waiting' and vencimento >= getvariable('due_from')
    )
    where id is not null and id not in (select id from raw_asaas.payments where id is not null)
        and id not in (select installment from raw_asaas.payments where installment is not null)
    union
    select installment from raw_asaas.payments
    where installment is not null
    group by installment
    having count(distinct installment_number) < max(installment_number)
)
order by turn

-- name: charges
-- purpose: every charge once, with the family of its status and the invoice that it is of: by its reference, else as
-- the panel names its charge. A part of a plan of instalments is one of several that pay one invoice together
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
    select * replace (named(id, payments::text) as id) from raw_asaas.payments
    union all by name
    from raw_asaas.payments_one_by_one where id not in (select id from raw_asaas.payments where id is not null)
),
named as (
    select cobranca_id, min(codigo) as codigo from raw_ogestor_panel.faturas group by cobranca_id having count(*) = 1
)
select
    read_ones.*, coalesce(installment, id) as document_id, count(*) over (partition by coalesce(installment, id)) as parts,
    coalesce(
        nullif(regexp_extract(trim(external_reference), '^fatura: *([A-Za-z0-9_-]{1,40})$', 1), ''),
        by_charge.codigo, by_plan.codigo
    ) as invoice_id,
    if(coalesce(deleted, false), 'removed', family) as family,
    coalesce(client_payment_date, payment_date) as paid_on,
    if(family = 'refunded', greatest(coalesce(refunded, value), value), coalesce(refunded, 0))::decimal(18, 2) as given_back
from read_ones
left join families on families.status = upper(read_ones.status)
left join named as by_charge on by_charge.cobranca_id = read_ones.id
left join named as by_plan on by_plan.cobranca_id = read_ones.installment

-- name: unnamed
-- purpose: charges that were named by an event and do not say themselves of which invoice they are
select id from charges where invoice_id is null and not is_nameless(id)

-- name: units
-- purpose: what pays an invoice: a charge, or a plan of instalments, which is paid when all its parts are. The one that
-- counts for its invoice is what pays it still, what the panel was told of first
with gathered as (
    select
        document_id, min(invoice_id) as invoice_id, min(external_reference) as external_reference,
        string_agg(distinct status, ', ' order by status) as status, any_value(unreadable) as unreadable, count(*) as parts,
        count(*) filter (where family <> 'removed') as standing_parts,
        count(*) filter (where family in ('paid', 'disputed', 'refunded')) as paid_parts,
        count(*) filter (where family = 'disputed') as disputed_parts,
        count(*) filter (where family = 'refunded') as refunded_parts, count(*) - count(family) as unknown_parts,
        sum(value) as amount, sum(value) filter (where family in ('paid', 'disputed', 'refunded')) as paid_parts_amount,
        sum(value) filter (where family <> 'removed') as standing_amount,
        sum(given_back)::decimal(18, 2) as given_back, sum(net_value) filter (where family <> 'removed') as net_amount,
        max(due_date) as due_on, max(paid_on) as paid_on, if(count(credit_date) = standing_parts, max(credit_date), null) as credited_on,
        max(refunded_on) as refunded_on
    from charges
    group by document_id
),
judged as (
    select * exclude (given_back, standing_amount), coalesce(standing_amount, amount) as paid_amount,
        case
            when standing_parts = 0 and unknown_parts = 0 then 'removed'
            when unknown_parts > 0 then null
            when disputed_parts > 0 then 'disputed'
            when paid_parts = 0 then 'unpaid'
            when given_back >= paid_parts_amount and (given_back > 0 or refunded_parts > 0) then 'refunded'
            when paid_parts < standing_parts then 'paid in part'
            else 'paid'
        end as family,
        if(family = 'refunded', 0, given_back)::decimal(18, 2) as given_back
    from gathered
)
select
    judged.*, coalesce(family in ('paid', 'disputed', 'refunded'), false) as has_been_paid,
    invoice_id is null and len(list_filter(
        getvariable('charges_of_others')::text[], lambda pattern: coalesce(external_reference, '') glob pattern
    )) > 0 as is_of_others,
    settled.posted_entry is not null as is_settled_by_us, contested.posted_entry is not null as was_disputed,
    cancelled.posted_entry is not null as is_cancelled_by_us,
    judged.document_id in (select document_id from waiting) as is_waiting,
    count(*) filter (where family in ('paid', 'disputed')) over invoice as payments_of_invoice,
    bool_or(is_settled_by_us and family = 'refunded') over invoice as a_settled_one_went_back,
    row_number() over (invoice order by
        case when family in ('paid', 'disputed') then 1 when is_settled_by_us then 2 when family = 'refunded' then 3
            when family = 'paid in part' then 4 when family = 'unpaid' then 5 else 6 end,
        is_settled_by_us desc, paid_on nulls last, judged.document_id) = 1 as counts
from judged
left join ledger.standing as settled on settled.kind = 'settlement' and settled.document_id = judged.document_id
left join ledger.standing as cancelled on cancelled.kind = 'cancellation' and cancelled.document_id = judged.document_id
left join ledger.standing as contested on contested.kind = 'dispute' and contested.document_id = judged.document_id
window invoice as (partition by coalesce(invoice_id, judged.document_id))

-- name: unseen_invoices
-- purpose: invoices that the panel's listing did not show and that somebody must look at: the partner has news of them
-- that nobody has told yet, or they are not ended; the first turns are looked at in this run, and another day has
-- others first
select invoice_id, row_number() over (order by hash(invoice_id || getvariable('today'))) as turn
from units
where counts and invoice_id is not null and invoice_id not in (select codigo from raw_ogestor_panel.faturas where codigo is not null)
    and (
        is_waiting or given_back > 0 or (family = 'unpaid' and (is_settled_by_us or is_cancelled_by_us))
        or ((has_been_paid or family = 'removed') and document_id not in (
            select document_id from ledger.standing
            where posted_entry is not null
                and kind = case units.family when 'refunded' then 'reversal' when 'removed' then 'cancellation'
                    when 'disputed' then 'dispute' else 'settlement' end
        ))
    )
group by invoice_id
order by turn

-- name: invoices
-- purpose: the panel's invoices at hand, with the state that their status means
select codigo as invoice_id, invoice_state(status) as state, * exclude (codigo) from raw_ogestor_panel.faturas
union all by name
select codigo as invoice_id, invoice_state(status) as state, * exclude (codigo) from raw_ogestor_panel.faturas_uma_a_uma
where codigo not in (select codigo from raw_ogestor_panel.faturas where codigo is not null)

-- name: split
-- purpose: what was paid beyond or below the face of each charge: a fixed fine or a percentage of the face, the rest is
-- interest; below it, what the charge's own discount for early payment allowed (a deadline on a weekend is Monday's).
-- Where the partner does not show the face of a single charge, it is the invoice's amount if the difference is explained
with priced as (
    select charges.*, if(parts = 1, valor, null) as invoice_amount,
        coalesce(original_value, if(parts = 1, valor, null), value) as base,
        coalesce(discount__limit, due_date - coalesce(discount__days, 0)::integer)::date as last_day,
        last_day + case dayofweek(last_day) when 6 then 2 when 0 then 1 else 0 end as last_day_to_pay,
        if(paid_on <= last_day_to_pay, case upper(discount__type)
            when 'FIXED' then discount__value
            when 'PERCENTAGE' then ceil(wide(base) * discount__value) / 100
        end, null)::decimal(18, 2) as discount_allowed
    from charges
    left join invoices using (invoice_id)
    where family <> 'removed'
),
faced as (
    select *, coalesce(discount_allowed, 0) as allowed,
        case
            when original_value is not null then original_value
            when invoice_amount is null or value = invoice_amount then value
            when value - interest_value = invoice_amount then invoice_amount
            when value < invoice_amount and value + allowed >= invoice_amount then invoice_amount
            else value
        end as face,
        greatest(value - face, 0)::decimal(18, 2) as excess, greatest(face - value, 0)::decimal(18, 2) as shortfall,
        least(excess, case coalesce(upper(fine__type), 'PERCENTAGE')
            when 'FIXED' then fine__value
            when 'PERCENTAGE' then round(wide(face) * fine__value / 100, 2)
        end)::decimal(18, 2) as fine_taken
    from priced
)
select document_id, sum(face)::decimal(18, 2) as face_amount, sum(excess)::decimal(18, 2) as excess,
    sum(shortfall)::decimal(18, 2) as shortfall, sum(greatest(shortfall - allowed, 0))::decimal(18, 2) as unexplained,
    coalesce(sum(fine_taken), 0)::decimal(18, 2) as fine
from faced
group by document_id

-- name: payments
-- purpose: each unit with its invoice, and what of it the invoice keeps; a day of credit that the panel knows already is
-- not taken back by older news
select
    units.* exclude (credited_on), coalesce(credited_on, invoices.data_credito) as credited_on,
    invoices.invoice_id is not null as is_at_hand, invoices.status as invoice_status, state as invoice_state,
    invoices.valor as invoice_amount, invoices.valor_pago as told_amount, invoices.data_pagamento as told_on,
    invoices.em_disputa, coalesce(face_amount, paid_amount) as face_amount,
    (paid_amount - given_back)::decimal(18, 2) as kept_amount,
    coalesce(fine, 0) as fine, (coalesce(excess, 0) - coalesce(fine, 0))::decimal(18, 2) as interest,
    (coalesce(shortfall, 0) + given_back)::decimal(18, 2) as discount,
    coalesce(unexplained, 0) as unexplained,
    unseen_invoices.turn > getvariable('most_single_reads') as waits_for_its_turn,
    is_at_hand or coalesce(waits_for_its_turn, false) or is_settled_by_us or is_cancelled_by_us as invoice_is_known,
    if(waits_for_its_turn, 'A fatura ainda não foi consultada no painel; uma das próximas execuções a consulta', null)
        as waits_because,
    coalesce(state = 'paid' and told_amount = kept_amount, false) as panel_agrees,
    if(invoice_id is not null and counts, null, 'Não vale mais para a fatura') as counts_no_more
from units
left join split using (document_id)
left join invoices using (invoice_id)
left join unseen_invoices using (invoice_id)

-- name: vanished
-- purpose: what was not ended and is not at the partner any more
select kind, document_id from followed
where getvariable('reads_all') and document_id not in (select document_id from units)
    and document_id in (select id from unseen_charges where turn <= getvariable('most_single_reads'))

-- name: facts
-- purpose: one row per unit that has news, one boolean per posting rule, named as the truth that must hold
select
    document_id,
    unreadable is null as charge_is_readable,
    family is not null as status_is_known,
    invoice_id is not null as reference_names_an_invoice,
    invoice_id is null or invoice_is_known as invoice_exists,
    not has_been_paid or paid_on is not null as payment_date_is_given,
    paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    not has_been_paid or coalesce(paid_amount > 0, unreadable is not null) as paid_amount_is_positive,
    not has_been_paid or panel_agrees or invoice_amount is null or face_amount is null or face_amount = invoice_amount
        as charge_is_of_the_invoices_amount,
    not has_been_paid or panel_agrees or unexplained = 0
        or list_contains(getvariable('discounts_accepted')::text[], document_id) as amount_is_paid_in_full,
    given_back = 0 or panel_agrees or invoice_state is distinct from 'paid' as what_was_given_back_is_told,
    credited_on is null or paid_on is null or credited_on >= paid_on as credit_follows_payment,
    not (family in ('unpaid', 'paid in part') and is_settled_by_us and coalesce(invoice_state not in ('reversed', 'cancelled'), true))
        as payment_was_not_undone,
    not has_been_paid or invoice_state is distinct from 'processing' as invoice_is_registered,
    not is_at_hand or invoice_state is not null as invoice_status_is_known,
    not (coalesce(family in ('paid', 'disputed'), false) and invoice_state is not distinct from 'cancelled') as invoice_is_not_cancelled,
    not (coalesce(family in ('paid', 'disputed'), false) and invoice_state is not distinct from 'reversed')
        as invoice_is_not_reversed,
    not (coalesce(family in ('unpaid', 'paid in part'), false) and invoice_state is not distinct from 'cancelled')
        as cancelled_is_not_charged,
    translate(unreadable, '{"}', '') as unreadable_text, status, invoice_status, external_reference,
    coalesce(nullif(external_reference, ''), 'sem referência: ""') as reference_text, paid_on, credited_on, paid_amount,
    face_amount || ' ≠ ' || invoice_amount as amounts, kept_amount || ' de ' || paid_amount as kept_text,
    paid_amount || ' < ' || face_amount || ', ' || document_id as shortfall_text
from payments
where counts and not is_of_others and (
    family is null or family <> 'unpaid' or is_settled_by_us or unreadable is not null
    or invoice_state is not distinct from 'cancelled'
)

-- name: mirror
-- purpose: what the panel says of its invoices; what it does not show is taken to be as it was written last. A payment
-- that was told cannot be told again otherwise
select
    kinds.kind, invoices.invoice_id as target_id, null::text as reference, null::text[] as natural_key,
    case kinds.kind
        when 'settlement' then without_nulls({
            settled: coalesce(state = 'paid', false), paid: coalesce(valor_pago::text, fields ->> 'paid'),
            paid_on: coalesce(data_pagamento::text, fields ->> 'paid_on'),
            credited_on: coalesce(data_credito::text, fields ->> 'credited_on')
        })
        when 'dispute' then to_json({disputed: coalesce(invoices.em_disputa, (fields ->> 'disputed')::boolean)})::text
        when 'reversal' then to_json({reversed: state = 'reversed'})::text
        else to_json({cancelled: state = 'cancelled'})::text
    end as fields,
    null::text as record, coalesce(state in ('processing', 'waiting', 'paid'), true) as lives,
    case state when 'processing' then 1 when 'waiting' then 1 when 'paid' then 2 when 'reversed' then 4
        when 'cancelled' then 5 end as stage,
    'fatura ' || invoices.invoice_id || ', ' || strftime(vencimento, '%d/%m/%Y') || ', ' || money_text(valor, 'BRL') as shown,
    case
        when kinds.kind = 'settlement' and state in ('reversed', 'cancelled')
            then 'A fatura está ' || invoices.status || ' no painel'
        when kinds.kind = 'settlement' and state = 'paid' and counting.family is distinct from 'refunded'
            and (told_amount is distinct from kept_amount or (told_on is distinct from paid_on and told_on is not null))
            then 'A fatura já está paga no painel, com ' || coalesce(money_text(told_amount, 'BRL'), 'valor que não se lê')
                || coalesce(' em ' || strftime(told_on, '%d/%m/%Y'), '') || ', e isso não se altera por aqui; deixe nela '
                || money_text(kept_amount, 'BRL') || coalesce(' em ' || strftime(paid_on, '%d/%m/%Y'), '')
    end as locked_because
from invoices
left join payments as counting on counting.invoice_id = invoices.invoice_id and counts
cross join (select unnest(['settlement', 'dispute', 'reversal', 'cancellation']) as kind) as kinds
left join last_written on last_written.kind = kinds.kind and last_written.target_id = invoices.invoice_id

-- name: settlement
-- purpose: every unit: paid ones settle their invoice; what is known later (the day of credit) is told later
select
    document_id, document_id as record_id, 'fatura ' || coalesce(invoice_id, '?') as label,
    amount, 'BRL' as currency, invoice_id as target_id,
    without_nulls({
        cobranca_id: document_id, valor_pago: kept_amount::text, juros: nullif(interest, 0)::text,
        multa: nullif(fine, 0)::text, desconto: nullif(discount, 0)::text,
        valor_liquido: if(given_back = 0, net_amount, null)::text, data_pagamento: paid_on, data_credito: credited_on
    }) as payload,
    without_nulls({
        settled: true, paid: kept_amount::text, paid_on: paid_on::text, credited_on: credited_on::text
    }) as fields,
    is_at_hand as mirrored, if(family = 'refunded', 2, null) as stage, waits_because,
    case
        when is_of_others then 'Cobrança de outro sistema'
        when not counts and family in ('paid', 'disputed') then null
        when not counts then 'Outra cobrança vale para esta fatura'
        when family = 'unpaid' and not is_settled_by_us and unreadable is null and invoice_state is distinct from 'cancelled'
            then if(due_on < getvariable('due_from'), 'Não foi paga, e venceu há muito tempo', 'Ainda não foi paga')
        when family = 'unpaid' and invoice_state = 'reversed' then 'O recebimento foi desfeito, e a fatura está estornada'
        when family = 'removed' then 'Cobrança removida no parceiro'
        when family = 'refunded' and invoice_state = 'paid' then 'Devolvida no parceiro: a fatura, paga no painel, é estornada'
        when a_settled_one_went_back and not is_settled_by_us and panel_agrees
            then 'A fatura já está paga no painel: este pagamento ficou no lugar do que foi devolvido'
    end as ignored_because,
    case
        when is_of_others then null
        when not counts and family in ('paid', 'disputed')
            then 'A fatura foi paga mais de uma vez no parceiro; devolva um dos pagamentos'
        when family = 'paid in part' then 'Pagas ' || paid_parts || ' de ' || standing_parts || ' parcelas ('
            || coalesce(paid_parts_amount, 0) || ' de ' || paid_amount || '); a fatura é baixada quando todas estiverem pagas'
    end as held_because
from payments
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A cobrança não existe mais no parceiro' as ignored_because
from vanished where kind = 'settlement'

-- name: dispute
-- purpose: payments that are contested, or no longer are: the invoice stays paid and says so
select
    payments.document_id, payments.document_id as record_id, 'fatura ' || coalesce(invoice_id, '?') as label, amount, 'BRL' as currency,
    invoice_id as target_id, to_json({em_disputa: family = 'disputed'})::text as payload,
    to_json({disputed: family = 'disputed'})::text as fields, is_at_hand as mirrored,
    coalesce(waits_because, if(settlement.action = 'hold', 'A fatura ainda não foi baixada: ' || because, null)) as waits_because,
    coalesce(counts_no_more, if(family = 'disputed' or (was_disputed and family = 'paid'), null,
        'Não é mais contestada no parceiro: ' || coalesce(status, '?'))) as ignored_because
from payments
left join plan as settlement on settlement.kind = 'settlement' and settlement.document_id = payments.document_id
where counts_no_more is null and (family = 'disputed' or (was_disputed and family = 'paid'))
    or payments.document_id in (select document_id from waiting where kind = 'dispute')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A cobrança não existe mais no parceiro' as ignored_because
from vanished where kind = 'dispute'

-- name: reversal
-- purpose: payments that went back in whole: the settlement of the invoice is undone
select
    payments.document_id, payments.document_id as record_id, 'fatura ' || coalesce(invoice_id, '?') as label, amount, 'BRL' as currency,
    invoice_id as target_id, to_json({data_estorno: coalesce(refunded_on, paid_on)})::text as payload,
    to_json({reversed: true})::text as fields, is_at_hand as mirrored, 4 as stage,
    coalesce(waits_because, if(settlement.action = 'hold', 'A fatura ainda não foi baixada: ' || because, null)) as waits_because,
    coalesce(counts_no_more, if(family = 'refunded', null, 'Não está mais devolvida no parceiro: ' || coalesce(status, '?')))
        as ignored_because
from payments
left join plan as settlement on settlement.kind = 'settlement' and settlement.document_id = payments.document_id
where counts_no_more is null and family = 'refunded'
    or payments.document_id in (select document_id from waiting where kind = 'reversal')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A cobrança não existe mais no parceiro' as ignored_because
from vanished where kind = 'reversal'

-- name: cancellation
-- purpose: charges removed at the partner: their invoice is cancelled, unless it was paid otherwise
select
    document_id, document_id as record_id, 'fatura ' || coalesce(invoice_id, '?') as label, amount, 'BRL' as currency,
    invoice_id as target_id, '{}' as payload, to_json({cancelled: true})::text as fields, is_at_hand as mirrored,
    5 as stage, waits_because,
    case
        when counts_no_more is not null then counts_no_more
        when family is distinct from 'removed' then 'Não está mais removida no parceiro: ' || coalesce(status, '?')
        when invoice_state = 'reversed' then 'A fatura está estornada no painel'
        when invoice_state = 'paid' and not is_settled_by_us then 'A fatura foi paga por outro meio, e a cobrança removida'
    end as ignored_because,
    if(invoice_state = 'paid' and is_settled_by_us,
        'A cobrança foi removida no parceiro depois da baixa; estorne a fatura no painel', null
    ) as held_because
from payments
where counts_no_more is null and family = 'removed'
    or document_id in (select document_id from waiting where kind = 'cancellation')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A cobrança não existe mais no parceiro' as ignored_because
from vanished where kind = 'cancellation'

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'settlement' as kind,
    count(distinct coalesce(installment, id)) + (select count(*) from vanished where kind = 'settlement') as documents,
    sum(value) as amount
from (
    select id, any_value(installment) as installment, any_value(value) as value
    from (
        select named(id, payments::text) as id, installment, value from raw_asaas.payments
        union all
        select id, installment, value from raw_asaas.payments_one_by_one
        where id not in (select id from raw_asaas.payments where id is not null)
    )
    group by id
)
