-- name: last_whole_run
-- purpose: the day of the last run that saw all and came to its end: what has happened since is new, however long ago
select max(as_of)::date from ledger.runs where not dry_run and (summary::json ->> '$.kinds.receivable') is not null

-- name: receipts
-- purpose: every receipt once, as read by period or on the day of its launch, else as read person by person
select
    named(codigo, concat_ws('|', pessoa__codigo, valor, data_vencimento, descricao)) as document_id,
    descricao, pessoa__codigo as person_id, pessoa__nome as person_name,
    pessoa__cpf_cnpj as tax_id, coalesce(tax_id, 'nome:' || folded(person_name)) as payer,
    pessoa__email as email, pessoa__telefone as phone, contrato, valor as amount,
    valor_pago as shown_paid_amount, coalesce(valor_pago, valor) as paid_amount, situacao as status,
    data_lancamento as launched_on, data_vencimento as due_on, data_competencia as shown_accrued_on,
    coalesce(data_competencia, data_vencimento) as accrued_on, data_pagamento as paid_on,
    nfc_normalize(plano_conta__descricao) as shown_classification,
    nfc_normalize(coalesce(plano_conta__descricao, getvariable('default_classification'))) as classification,
    nfc_normalize(centro_custo__descricao) as shown_cost_center,
    nfc_normalize(coalesce(centro_custo__descricao, getvariable('default_cost_center'))) as cost_center,
    nfc_normalize(conta__descricao) as shown_account,
    nfc_normalize(coalesce(conta__descricao, getvariable('default_account'))) as account,
    unreadable, whole,
    -- what could not be read, apart from what nobody needs
    coalesce(list_filter(json_keys(unreadable), lambda field: not list_contains(
        ['pessoa.email', 'pessoa.telefone', 'contrato', 'nrParcela', 'descricao'], field
    )), []) as spoiled,
    list_contains(spoiled, 'valor') as amount_is_spoiled, list_contains(spoiled, 'valorPago') as paid_amount_is_spoiled,
    (unreadable ->> 'dataVencimento') is not null as due_date_is_spoiled,
    (unreadable ->> 'dataPagamento') is not null as payment_date_is_spoiled,
    'PACTO-' || getvariable('company') || '-' || document_id as reference,
    document_id in (
        select document_id from ledger.decided where kind = 'receivable' and action <> 'ignore'
    ) as is_known
from (
    select *, true as whole from raw_pacto.movparcela
    union all by name
    select *, true as whole from raw_pacto.movparcela_again
    union all by name
    select *, true as whole from raw_pacto.parcelas
    union all by name
    select *, false as whole from raw_pacto.parcelas_again
)
qualify row_number() over (partition by document_id order by whole desc, valor desc nulls last) = 1

-- name: waiting
-- purpose: receipts that are not at their end, or held on the way, and that this run has not read: on which day they were
-- launched, whose they are; in an order of its own each day, so that the turn of all comes where there are too many
with ends as (
    select split_part(document_id, '/', 1) as document_id,
        bool_or(kind = 'cancellation')
            or count(*) filter (where kind = 'settlement') > count(*) filter (where kind = 'reversal') as is_over
    from ledger.standing
    where posted_entry is not null and kind in ('settlement', 'reversal', 'cancellation')
    group by all
),
unsettled as (
    select distinct decided.record_id as document_id
    from ledger.decided
    left join ledger.standing using (kind, document_id)
    where decided.action in ('hold', 'unknown')
        or decided.action in ('create', 'update', 'find') and coalesce(last_event, '') not in ('posted', 'linked')
)
select receivable.document_id, try_cast(found_at ->> 'launched_on' as date) as launched_on,
    found_at ->> 'person' as person
from ledger.decided as receivable
left join ends using (document_id)
where receivable.kind = 'receivable'
    and (receivable.action <> 'ignore' and not coalesce(is_over, false) or document_id in (from unsettled))
    and document_id not in (select document_id from receipts)
order by hash(coalesce(person, document_id) || getvariable('today'))

-- name: accrual_window
-- purpose: which accrual dates Kamino is read for: those of the receipts at hand, and a month more on either side, where
-- somebody who types the same by hand may put it
select coalesce(min(least(accrued_on, due_on)), getvariable('since')) - interval 1 month,
    coalesce(max(greatest(accrued_on, due_on)), getvariable('today')) + interval 1 month
from (
    select accrued_on, due_on from receipts where whole
    union all
    select (found_at ->> 'accrued_on')::date, null from ledger.decided
    where kind = 'receivable' and document_id in (select document_id from receipts where not whole)
)
where accrued_on between getvariable('today') - interval 10 year and getvariable('today') + interval 10 year
    and coalesce(due_on, accrued_on) between getvariable('today') - interval 10 year and getvariable('today') + interval 10 year

-- name: unread_receivables
-- purpose: receivables of the receipts at hand that lie outside of what was read, whatever became of their dates there
select linked.target_id
from receipts
join ledger.linked on linked.kind = 'receivable' and linked.document_id = receipts.document_id
left join ledger.decided on decided.kind = 'receivable' and decided.document_id = receipts.document_id
where linked.target_id not in (select id from raw_kamino.recebimentos where id is not null)
    and decided.action is distinct from 'gone'
order by hash(linked.target_id || getvariable('today'))

-- name: kamino_receivables
-- purpose: every receivable that was read, once; a reference of ours is ours wherever somebody wrote it
select distinct on (id)
    id, descri, coalesce(id_pessoa, pessoa__id) as person_id, vlr_venc as amount, dta_venc as due_on,
    dta_compet as accrued_on, sit_conta as status, dta_pagto as paid_on, vlr_pagto as paid_amount,
    upper(codigo_externo) as code, json_exists(record, '$.CodigoExterno') as shows_code,
    coalesce(code, nullif(regexp_extract(
        upper(concat_ws(' ', nro_doc, obs, descri)), '\bPACTO-' || getvariable('company') || '-\w+\b'
    ), '')) as reference,
    id_conciliacao_bancaria is not null or id_extrato_banco is not null as is_reconciled,
    (select string_agg(field || ': ' || (unreadable ->> field), ', ')
        from unnest(['VlrVenc', 'DtaVenc', 'SitConta', 'VlrPagto', 'DtaPagto']) as read(field)) as illegible,
    status in (getvariable('pending'), getvariable('paid'), getvariable('cancelled')) as is_in_a_known_state,
    record
from (
    from raw_kamino.recebimentos union all by name from raw_kamino.recebimentos_again
)
where id is not null

-- name: kamino_lines
-- purpose: the chart of accounts by description: classifications and current accounts are lines of one chart
select
    nfc_normalize(nome) as description, folded(nome) as loose,
    coalesce(grupo_conta_corrente, false) or id_conta_banco is not null as is_account,
    count(distinct id) filter (where coalesce(ativo, true)) as active, count(distinct id) as copies,
    min(id) filter (where coalesce(ativo, true)) as target_id, bool_or(unreadable is not null) as is_illegible
from raw_kamino.planoconta
group by all

-- name: kamino_cost_centers
-- purpose: active cost centers by description
select
    nfc_normalize(nome) as description, folded(nome) as loose,
    count(distinct id) as copies, min(id) as target_id, bool_or(unreadable is not null) as is_illegible
from raw_kamino.centrocusto
group by all

-- name: facts
-- purpose: one row per receipt, one boolean per posting rule, named as the truth that must hold
select
    receipts.document_id,
    not (amount_is_spoiled or paid_amount_is_spoiled) as amount_is_readable,
    amount_is_spoiled or coalesce(amount > 0, false) as amount_is_positive,
    len(list_filter(spoiled, lambda field: starts_with(field, 'data'))) = 0 as dates_exist,
    len(list_filter(spoiled, lambda field: not (starts_with(field, 'data') or starts_with(field, 'valor')))) = 0
        as record_is_readable,
    due_on is not null or due_date_is_spoiled as due_date_is_given,
    coalesce(status in ('EA', 'PG', 'CA', 'RG'), false) as status_is_known,
    not whole or person_name is not null as customer_has_a_name,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not whole or person_id is null or case count(distinct tax_id) filter (where is_cpf_or_cnpj(tax_id)) over same_person
        when 0 then count(distinct payer) over same_person <= 1
        when 1 then tax_id is not null
        else false
    end as customer_has_one_identity,
    not whole or tax_id is not null
        or count(distinct person_id) over (partition by payer, whole) <= 1 as customer_is_told_apart,
    not whole or classification is not null as classification_is_given,
    not (coalesce(line.is_illegible, false) or coalesce(center.is_illegible, false)) as registers_are_readable,
    classification is null or line.copies is not null or near_line.loose is not null as classification_exists,
    classification is null or line.copies is not null or near_line.loose is null as classification_is_spelled_alike,
    coalesce(line.active > 0 or line.is_illegible, true) as classification_is_active,
    coalesce(line.active <= 1, true) as classification_is_unique,
    cost_center is null or center.copies is not null or near_center.loose is not null as cost_center_exists,
    cost_center is null or center.copies is not null or near_center.loose is null as cost_center_is_spelled_alike,
    coalesce(center.copies = 1, true) as cost_center_is_unique,
    status is distinct from 'PG' or account is not null as account_is_given,
    not coalesce(bank.is_illegible, false) as account_is_readable,
    account is null or bank.copies is not null as account_exists,
    coalesce(bank.active = 1 or bank.is_illegible, true) as account_is_active_and_unique,
    status is distinct from 'PG' or paid_on is not null or payment_date_is_spoiled as payment_date_is_given,
    status is distinct from 'PG' or paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    status is distinct from 'PG' or coalesce(paid_amount > 0, amount_is_spoiled) as paid_amount_is_positive,
    not (coalesce(status in ('EA', 'PG'), false) and coalesce(is_cancelled_by_us, false)) as was_not_reopened_after_cancellation,
    translate(unreadable, '{"}', '') as unreadable_text, classification, cost_center, account, status, amount, paid_on,
    near_line.description as near_classification, near_center.description as near_cost_center,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from receipts
left join counterparts using (document_id)
left join kamino_lines as line on line.description = classification and not line.is_account
left join (
    select loose, min(description) as description from kamino_lines where not is_account group by loose
) as near_line on near_line.loose = folded(classification)
left join kamino_cost_centers as center on center.description = cost_center
left join (
    select loose, min(description) as description from kamino_cost_centers group by loose
) as near_center on near_center.loose = folded(cost_center)
left join kamino_lines as bank on bank.description = account and bank.is_account
window same_person as (partition by person_id, whole)

-- name: settled_by_hand
-- purpose: receivables of ours that somebody settled in Kamino while the receipt is open in Pacto
select coalesce(receivable_id, found.id) as receivable_id
from receipts
join counterparts using (document_id)
left join kamino_receivables as found on receivable_id is null and found.reference = receipts.reference
where receipts.status = 'EA' and coalesce(found_status, found.status) = getvariable('paid') and settlement_id not in (
    select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null
)

-- name: mirror
-- purpose: what Kamino holds: people by tax id or name; receivables, and the state that each of them is in
select distinct on (id) 'person' as kind, id as target_id, null::text as reference,
    [coalesce(cpfcnpj, 'nome:' || folded(nome))] as natural_key, null::text as fields, null::text as record,
    coalesce(ativo, true) as lives, null::integer as stage, concat_ws(' ', nome, '(ID ' || id || ')') as shown,
    null::text as locked_because
from raw_kamino.pessoa
where id is not null
union all by name
select
    kind, id as target_id, reference,
    if(kind = 'receivable' and reference is null, [person_id, due_on::text, amount::text], null) as natural_key,
    case kind
        when 'receivable' then to_json({
            amount: amount::text, due_on: due_on,
            is_cancelled: status is not distinct from getvariable('cancelled'),
            is_settled_by_hand: receivable_id is not null
        })::text
        when 'reference' then to_json({reference: code})::text
        else to_json({
            status: try_cast(status as integer),
            paid_on: if(status = getvariable('paid'), paid_on, null),
            paid_amount: if(status = getvariable('paid'), paid_amount::text, null)
        })::text
    end as fields,
    record, coalesce(status in (getvariable('pending'), getvariable('paid')), false) as lives,
    if(kind = 'reversal' and status = getvariable('cancelled'), 5, null) as stage,
    concat_ws(', ', 'vence ' || strftime(due_on, '%d/%m/%Y'), money_text(amount, 'BRL'), descri, 'ID ' || id) as shown,
    case
        when is_reconciled then 'Já conciliado na Kamino: o ajuste é feito lá'
        when illegible is not null then 'O recebimento não se lê na Kamino (' || illegible || '); corrija-o lá'
        when status = getvariable('cancelled') and kind not in ('cancellation', 'reference')
            then 'Cancelado na Kamino à mão: reabra lá, se for o caso'
        when receivable_id is not null and kind <> 'reference'
            then 'Baixado na Kamino à mão e em aberto na Pacto: estorne a baixa lá, ou receba na Pacto'
    end as locked_because
from kamino_receivables
left join settled_by_hand on receivable_id = id
cross join (select unnest(['receivable', 'reversal', 'settlement', 'cancellation', 'reference']) as kind)

-- name: payers
-- purpose: whoever pays, once per tax id, or per name where there is none: under the code by which the ledger knows
-- that person of Kamino already, else under the lowest of the person's codes, whichever of them this run has seen;
-- what has no code, or shares it with somebody else, gets one of its own
with people as (
    select
        payer, tax_id, min_by(person_id, (len(person_id), person_id)) as code,
        arg_min(person_name, document_id) as name, arg_min(email, document_id) as email,
        arg_min(phone, document_id) as phone
    from receipts
    where whole and payer is not null
    group by all
),
known as (
    select coalesce(cpfcnpj, 'nome:' || folded(nome)) as payer, min(linked.document_id) as document_id
    from raw_kamino.pessoa
    join ledger.linked on linked.kind = 'person' and linked.target_id = pessoa.id
    group by all
)
select payer, tax_id, name, email, phone, code, coalesce(known.document_id, code) as wanted_id,
    if(row_number() over (partition by wanted_id order by known.document_id, payer) = 1, wanted_id, null) as own_id,
    coalesce(own_id, left(md5(payer), 12)) as document_id
from people
left join known using (payer)

-- name: person
-- purpose: the customers of receipts that may be posted; who is inactive in Kamino lends no name, and is not created twice
with wanted as (
    select distinct payer
    from receipts
    where whole and status in ('EA', 'PG') and (coalesce(launched_on >= getvariable('since'), true) or is_known)
        and document_id not in (
            select document_id from breaches
            where len(kinds) = 0 or list_contains(kinds, 'person') or list_contains(kinds, 'receivable')
        )
),
registered as (
    select coalesce(cpfcnpj, 'nome:' || folded(nome)) as payer, folded(nome) as name, id, coalesce(ativo, true) as is_active
    from raw_kamino.pessoa
),
namesakes as (
    select name, count(distinct id) as people, min(payer) as natural_key from registered where is_active group by name
),
inactive as (
    select payer from registered group by payer having not bool_or(is_active)
),
-- nobody waits for these: what was posted for them stays with them
done as (
    select payers.document_id
    from wanted
    join payers using (payer)
    join ledger.linked as customer on customer.kind = 'person' and customer.document_id = payers.document_id
    join raw_kamino.pessoa on pessoa.id = customer.target_id and not pessoa.ativo
    join receipts using (payer)
    left join ledger.linked as receivable
        on receivable.kind = 'receivable' and receivable.document_id = receipts.document_id
    group by payers.document_id
    having count(*) = count(receivable.target_id)
)
select
    document_id, concat(payers.name, ' (código ' || code || ' na Pacto)') as label, 'BRL' as currency,
    [if(tax_id is null, coalesce(namesakes.natural_key, payer), payer)] as natural_key,
    without_nulls({
        Nome: payers.name, CPFCNPJ: tax_id, Email: email, Celular: phone, Cliente: true
    }) as payload,
    null::text as fields, true as mirrored,
    case
        when tax_id is null and namesakes.people > 1
            then 'Cliente sem CPF/CNPJ, e há ' || namesakes.people || ' pessoas com este nome na Kamino; ponha o CPF/CNPJ na Pacto'
        when payer in (from inactive) and namesakes.people is null
            then 'O cliente está inativo na Kamino; reative o cadastro lá'
        when payer in (from inactive) and tax_id is not null
            then 'O cliente está inativo na Kamino; reative o cadastro lá'
    end as held_because
from wanted
join payers using (payer)
left join namesakes on namesakes.name = folded(payers.name)
where document_id not in (from done)

-- name: receivable
-- purpose: the receivable that each receipt wants, whether or not it was received meanwhile. What Pacto does not show is
-- filled where Kamino has nothing, and written over nothing
with customers as (
    select payers.payer, customer.target_id, plan.because
    from payers
    left join links_now as customer on customer.kind = 'person' and customer.document_id = payers.document_id
    left join plan on plan.kind = 'person' and plan.document_id = payers.document_id
),
-- whom a receivable was posted for, it is left with, whoever the customer is by now
posted_for as (
    select receipts.document_id, arg_max(customer.target_id, customer.entry) as target_id
    from receipts
    join payers using (payer)
    join (
        select document_id, max(entry) as entry
        from ledger.links
        join ledger.linked using (kind, document_id, target_id)
        where kind = 'receivable'
        group by document_id
    ) as receivable on receivable.document_id = receipts.document_id
    join ledger.links as customer
        on customer.kind = 'person' and customer.document_id = payers.document_id and customer.entry < receivable.entry
    group by receipts.document_id
),
doubtful as (
    select person_id, due_on, amount, min(coalesce(status, 'sem situação')) as status
    from kamino_receivables
    where reference is null and is_in_a_known_state is not true
    group by all
)
select
    document_id, document_id as record_id,
    to_json({person: receipts.person_id, accrued_on: accrued_on, launched_on: launched_on})::text as found_at,
    coalesce(descricao, 'Recebimento ' || document_id) as label, receipts.amount, 'BRL' as currency, reference,
    [customers.target_id, receipts.due_on::text, receipts.amount::text] as natural_key,
    joined(without_nulls({
        IDPessoa: try_cast(coalesce(posted_for.target_id, customers.target_id) as bigint), Descri: descricao,
        VlrVenc: receipts.amount, VlrBruto: receipts.amount, DtaVenc: receipts.due_on, DtaCompet: shown_accrued_on, IDMoeda: 1,
        IDPlanoContaOrigem: if(shown_classification is null, null, line.target_id),
        IDCentroCusto: if(shown_cost_center is null, null, try_cast(center.target_id as bigint)),
        CodigoExterno: reference, GerarCobranca: false
    }), '{"where_empty":' || without_nulls({
        Descri: 'Recebimento ' || document_id, DtaCompet: accrued_on,
        IDPlanoContaOrigem: line.target_id, IDCentroCusto: try_cast(center.target_id as bigint)
    }) || '}') as payload,
    to_json({
        amount: receipts.amount::text, due_on: receipts.due_on, is_cancelled: coalesce(is_cancelled_by_us, false),
        is_settled_by_hand: false
    })::text as fields,
    accrued_on between getvariable('accrued_from') and getvariable('accrued_to') as mirrored,
    case
        when receipts.status = 'CA' then 'Cancelado na Pacto'
        when receipts.status = 'RG' then 'Renegociado na Pacto: as novas parcelas o substituem'
        when launched_on < getvariable('since') and not is_known then 'Lançado antes do período'
    end as ignored_because,
    if(doubtful.status is null, null,
        'Há na Kamino um recebimento igual em situação que não se conhece (' || doubtful.status
        || '); identifique-o lá com a referência ' || reference || ', ou apague-o'
    ) as held_because,
    if(coalesce(posted_for.target_id, customers.target_id) is null and ignored_because is null,
        coalesce('O cliente está retido: ' || customers.because, 'O cliente ainda não está na Kamino'), null
    ) as waits_because,
    if(receipts.status in ('EA', 'PG') and is_cancelled_by_us,
        'O recebimento voltou a valer na Pacto depois de cancelado na Kamino; reabra-o lá', null
    ) as noticed_because
from receipts
join counterparts using (document_id)
left join customers using (payer)
left join posted_for using (document_id)
left join doubtful on doubtful.person_id = customers.target_id and doubtful.due_on = receipts.due_on
    and doubtful.amount = receipts.amount
left join kamino_lines as line on line.description = classification and not line.is_account
left join kamino_cost_centers as center on center.description = cost_center
where whole

-- name: turns
-- purpose: the how-manieth settlement of a receipt is due: one more than was taken back
select receipts.document_id, 1 + count(standing.document_id) as turn,
    receipts.document_id || if(turn > 1, '/' || turn, '') as settlement_id
from receipts
left join ledger.standing on standing.kind = 'reversal' and standing.posted_entry is not null
    and split_part(standing.document_id, '/', 1) = receipts.document_id
group by receipts.document_id

-- name: counterparts
-- purpose: for each receipt its receivable in Kamino, and how Kamino was read to hold it
select
    receipts.document_id, turns.turn, turns.settlement_id, receivable.target_id as receivable_id,
    receivable.run_id is not distinct from getvariable('run_id') as is_new,
    found.status as found_status, found.id is not null as is_found, found.paid_on as found_paid_on,
    found.paid_amount as found_paid_amount, found.code as found_code, found.shows_code,
    plan.action, plan.because,
    coalesce(found.status = getvariable('cancelled'), found.id is null) and cancellation.document_id is not null
        as is_cancelled_by_us
from receipts
join turns using (document_id)
left join links_now as receivable on receivable.kind = 'receivable' and receivable.document_id = receipts.document_id
left join plan on plan.kind = 'receivable' and plan.document_id = receipts.document_id
left join kamino_receivables as found on found.id = receivable.target_id
left join ledger.standing as cancellation on cancellation.kind = 'cancellation'
    and cancellation.document_id = receipts.document_id and cancellation.posted_entry is not null

-- name: reversal
-- purpose: receipts settled in Kamino by us that are no longer received in Pacto: the settlement is taken back; one that
-- is cancelled there already is past it
select
    document_id || '/' || turn as document_id, document_id as record_id,
    coalesce(descricao, 'Recebimento ' || document_id) as label, amount, 'BRL' as currency, reference,
    receivable_id as target_id,
    to_json({SitConta: getvariable('pending')::integer})::text as payload,
    to_json({status: getvariable('pending')::integer, paid_on: null::date, paid_amount: null::text})::text as fields,
    is_found as mirrored, 1 as stage
from receipts
join counterparts using (document_id)
where status is distinct from 'PG' and receivable_id is not null
    and settlement_id in (
        select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null
    )

-- name: settlement
-- purpose: receipts received in Pacto: settled in Kamino with date, amount and account. What either side does not show
-- is taken as it stands in Kamino
select
    settlement_id as document_id, document_id as record_id,
    coalesce(descricao, 'Recebimento ' || document_id) as label, receipts.paid_amount as amount, 'BRL' as currency,
    reference, receivable_id as target_id,
    joined(without_nulls({
        SitConta: getvariable('paid')::integer, DtaPagto: receipts.paid_on, VlrPagto: shown_paid_amount,
        IDPlanoContaPagto: if(shown_account is null, null, bank.target_id)
    }), '{"where_empty":' || without_nulls({
        VlrPagto: receipts.paid_amount, IDPlanoContaPagto: bank.target_id
    }) || '}') as payload,
    to_json({
        status: getvariable('paid')::integer,
        paid_on: if(found_status = getvariable('paid') and found_paid_on is null, null, receipts.paid_on),
        paid_amount: if(
            found_status = getvariable('paid') and (found_paid_amount is null or shown_paid_amount is null),
            found_paid_amount, receipts.paid_amount
        )::text
    })::text as fields,
    is_found as mirrored,
    if(receivable_id is null and action = 'ignore', counterparts.because, null) as ignored_because,
    case
        when ignored_because is not null then null
        when receivable_id is null and counterparts.because is not null
            then 'O recebimento está retido: ' || counterparts.because
        when receivable_id is null then 'O recebimento ainda não está na Kamino'
        when not is_found and not is_new then 'O recebimento não foi encontrado na Kamino'
    end as waits_because
from receipts
join counterparts using (document_id)
left join kamino_lines as bank on bank.description = account and bank.is_account
where status = 'PG'

-- name: received_already
-- purpose: receipts that are received before they are in Kamino, where no rule holds their settlement back
select reference, payload
from settlement
where document_id = record_id and target_id is null and ignored_because is null and record_id not in (
    select document_id from breaches where len(kinds) = 0 or list_contains(kinds, 'settlement')
)

-- name: cancellation
-- purpose: receipts cancelled or renegotiated in Pacto: cancelled in Kamino, where they had been posted
select
    document_id, document_id as record_id, coalesce(descricao, 'Recebimento ' || document_id) as label, amount,
    'BRL' as currency, reference, receivable_id as target_id,
    to_json({SitConta: getvariable('cancelled')::integer})::text as payload,
    to_json({status: getvariable('cancelled')::integer, paid_on: null::date, paid_amount: null::text})::text as fields,
    is_found as mirrored,
    case
        when receivable_id is null and action = 'hold' then null
        when receivable_id is null then 'Não está na Kamino'
        when not is_found and not is_new and asked_by_id.id is not null then 'Não está mais na Kamino'
    end as ignored_because,
    case
        when ignored_because is not null then null
        when receivable_id is null then 'O recebimento está retido: ' || counterparts.because
        when not is_found and not is_new then 'O recebimento não foi encontrado na Kamino'
        when found_status is distinct from getvariable('paid') then null
        when settlement_id in (
            select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null
        ) then 'A baixa ainda não foi estornada na Kamino'
        when turn = 1 then 'Baixado na Kamino à mão: estorne a baixa lá antes do cancelamento'
    end as held_because
from receipts
join counterparts using (document_id)
left join asked_by_id on asked_by_id.id = receivable_id
where status in ('CA', 'RG')

-- name: reference
-- purpose: our reference, for receivables that were typed by hand and that no kind before this one has written in this
-- run: a ledger that is lost finds them by it
select
    document_id, document_id as record_id, coalesce(descricao, 'Recebimento ' || document_id) as label, 'BRL' as currency,
    reference, receivable_id as target_id, to_json({CodigoExterno: reference})::text as payload,
    to_json({reference: reference})::text as fields, true as mirrored
from receipts
join counterparts using (document_id)
where is_found and shows_code
    and (found_code is null or document_id in (
        select document_id from ledger.standing where kind = 'reference' and posted_entry is not null
    ))
    and receivable_id not in (select target_id from plan where action in ('create', 'update') and target_id is not null)

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'receivable' as kind, count(*) as documents, sum(amount) as amount
from (
    select max(valor) as amount
    from (
        from raw_pacto.movparcela
        union all by name
        from raw_pacto.movparcela_again
        union all by name
        from raw_pacto.parcelas
    )
    group by coalesce(codigo, md5(concat_ws('|', pessoa__codigo, valor, data_vencimento, descricao)))
)
