-- name: receipts
-- purpose: every receipt once, as read by period, else as read person by person
select
    codigo as document_id, descricao, pessoa__codigo as person_id, pessoa__nome as person_name,
    pessoa__cpf_cnpj as tax_id, pessoa__email as email, pessoa__telefone as phone, contrato, valor as amount,
    coalesce(valor_pago, valor) as paid_amount, situacao as status,
    data_lancamento as launched_on, data_vencimento as due_on,
    coalesce(data_competencia, data_vencimento) as accrued_on, data_pagamento as paid_on,
    nfc_normalize(coalesce(plano_conta__descricao, getvariable('default_classification'))) as classification,
    nfc_normalize(coalesce(centro_custo__descricao, getvariable('default_cost_center'))) as cost_center,
    nfc_normalize(coalesce(conta__descricao, getvariable('default_account'))) as account,
    unreadable, whole, (unreadable ->> 'valor') is not null as amount_is_spoiled,
    (unreadable ->> 'valorPago') is not null as paid_amount_is_spoiled,
    (unreadable ->> 'dataVencimento') is not null as due_date_is_spoiled,
    (unreadable ->> 'dataPagamento') is not null as payment_date_is_spoiled,
    document_id in (
        select document_id from ledger.decided where kind = 'receivable' and action <> 'ignore'
    ) as is_known
from (
    select *, true as whole from raw_pacto.movparcela
    union all by name
    select *, getvariable('by_person') as whole from raw_pacto.parcelas
)
qualify row_number() over (partition by codigo order by whole desc) = 1

-- name: unseen_people
-- purpose: whose receipts the ledger still waits for, open or held back, that this run has not read; in an order
-- of its own each day, so that everybody's turn comes where there are too many for one run
select (receivable.found_at ->> 'person') as person
from ledger.decided as receivable
left join ledger.decided as settlement
    on settlement.kind = 'settlement' and split_part(settlement.document_id, '/', 1) = receivable.document_id
left join ledger.decided as cancellation
    on cancellation.kind = 'cancellation' and cancellation.document_id = receivable.document_id
where receivable.kind = 'receivable' and receivable.action <> 'ignore'
    and coalesce(settlement.action, 'hold') in ('hold', 'ignore')
    and coalesce(cancellation.action, 'hold') in ('hold', 'ignore')
    and receivable.document_id not in (select document_id from receipts)
    and person is not null
group by person
order by hash(person || getvariable('today'))

-- name: accrual_window
-- purpose: which accrual dates Kamino is read for: those of the receipts at hand
select coalesce(min(accrued_on), getvariable('since')), coalesce(max(accrued_on), getvariable('today'))
from (
    select accrued_on from receipts where whole
    union all
    select (found_at ->> 'accrued_on')::date from ledger.decided
    where kind = 'receivable' and document_id in (select document_id from receipts where not whole)
)
where accrued_on between getvariable('today') - interval 10 year and getvariable('today') + interval 10 year

-- name: kamino_lines
-- purpose: the chart of accounts by description: classifications and current accounts are lines of one chart
select
    nfc_normalize(nome) as description, lower(strip_accents(nfc_normalize(nome))) as loose,
    coalesce(grupo_conta_corrente, false) or id_conta_banco is not null as is_account,
    count(*) filter (where ativo) as active, count(*) as copies, min(id) filter (where ativo) as target_id
from raw_kamino.planoconta
group by all

-- name: kamino_cost_centers
-- purpose: active cost centers by description
select
    nfc_normalize(nome) as description, lower(strip_accents(nfc_normalize(nome))) as loose,
    count(*) as copies, min(id) as target_id
from raw_kamino.centrocusto
group by all

-- name: facts
-- purpose: one row per receipt, one boolean per posting rule, named as the truth that must hold
select
    receipts.document_id,
    not (amount_is_spoiled or paid_amount_is_spoiled) as amount_is_readable,
    amount_is_spoiled or coalesce(amount > 0, false) as amount_is_positive,
    unreadable is null or amount_is_spoiled or paid_amount_is_spoiled as dates_exist,
    due_on is not null or due_date_is_spoiled as due_date_is_given,
    coalesce(status in ('EA', 'PG', 'CA', 'RG'), false) as status_is_known,
    not whole or person_name is not null as customer_has_a_name,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not whole or count(distinct coalesce(tax_id, person_name)) over (partition by person_id, whole) <= 1
        as customer_has_one_identity,
    not whole or tax_id is not null
        or count(distinct person_id) over (partition by tax_id, person_name, whole) <= 1 as customer_is_told_apart,
    not whole or classification is not null as classification_is_given,
    classification is null or line.copies is not null or near_line.loose is not null as classification_exists,
    classification is null or line.copies is not null or near_line.loose is null as classification_is_spelled_alike,
    coalesce(line.active > 0, true) as classification_is_active,
    coalesce(line.active <= 1, true) as classification_is_unique,
    cost_center is null or center.copies is not null or near_center.loose is not null as cost_center_exists,
    cost_center is null or center.copies is not null or near_center.loose is null as cost_center_is_spelled_alike,
    coalesce(center.copies = 1, true) as cost_center_is_unique,
    status is distinct from 'PG' or account is not null as account_is_given,
    account is null or bank.copies is not null as account_exists,
    coalesce(bank.active = 1, true) as account_is_active_and_unique,
    status is distinct from 'PG' or paid_on is not null or payment_date_is_spoiled as payment_date_is_given,
    status is distinct from 'PG' or paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    status is distinct from 'PG' or coalesce(paid_amount > 0, amount_is_spoiled) as paid_amount_is_positive,
    not (
        coalesce(status in ('EA', 'PG'), false)
        and receipts.document_id in (
            select document_id from ledger.standing where kind = 'cancellation' and posted_entry is not null
        )
        and coalesce(counterparts.found_status, getvariable('cancelled')) = getvariable('cancelled')
    ) as was_not_reopened_after_cancellation,
    translate(unreadable, '{"}', '') as unreadable_text, classification, cost_center, account, status, amount, paid_on,
    near_line.description as near_classification, near_center.description as near_cost_center,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from receipts
left join counterparts using (document_id)
left join kamino_lines as line on line.description = classification and not line.is_account
left join (
    select loose, min(description) as description from kamino_lines where not is_account group by loose
) as near_line on near_line.loose = lower(strip_accents(classification))
left join kamino_cost_centers as center on center.description = cost_center
left join (
    select loose, min(description) as description from kamino_cost_centers group by loose
) as near_center on near_center.loose = lower(strip_accents(cost_center))
left join kamino_lines as bank on bank.description = account and bank.is_account

-- name: settled_by_hand
-- purpose: receivables of ours that somebody settled in Kamino while the receipt is open in Pacto
select receivable_id
from receipts
join counterparts using (document_id)
where status = 'EA' and found_status = getvariable('paid') and settlement_id not in (
    select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null
)

-- name: mirror
-- purpose: what Kamino holds: people by tax id or name; receivables, and the state that each of them is in
select distinct on (id) 'person' as kind, id as target_id, null::text as reference, coalesce(cpfcnpj, 'nome:' || nome) as natural_key,
    null::text as fields, null::text as record, null::text as locked_because
from raw_kamino.pessoa
union all by name
select
    kind, id as target_id, codigo_externo as reference,
    if(
        kind = 'receivable' and codigo_externo is null and sit_conta is distinct from getvariable('cancelled'),
        concat_ws('|', id_pessoa, vlr_venc, dta_venc, descri), null
    ) as natural_key,
    if(kind = 'receivable',
        to_json({
            amount: vlr_venc::text, due_on: dta_venc,
            is_cancelled: sit_conta is not distinct from getvariable('cancelled'),
            is_settled_by_hand: receivable_id is not null
        })::text,
        to_json({
            status: sit_conta,
            paid_on: if(sit_conta = getvariable('paid'), dta_pagto, null),
            paid_amount: if(sit_conta = getvariable('paid'), vlr_pagto::text, null)
        })::text
    ) as fields,
    record,
    case
        when id_conciliacao_bancaria is not null or id_extrato_banco is not null
            then 'Já conciliado na Kamino: o ajuste é feito lá'
        when sit_conta = getvariable('cancelled') and kind <> 'cancellation'
            then 'Cancelado na Kamino à mão: reabra lá, se for o caso'
        when receivable_id is not null
            then 'Baixado na Kamino à mão e em aberto na Pacto: estorne a baixa lá, ou receba na Pacto'
    end as locked_because
from raw_kamino.recebimentos
left join settled_by_hand on receivable_id = id
cross join (select unnest(['receivable', 'reversal', 'settlement', 'cancellation']) as kind)

-- name: payers
-- purpose: whoever pays, once per tax id, or per name where there is none: under the code by which the ledger knows
-- that person of Kamino already, else under the lowest of the person's codes, whichever of them this run has seen;
-- what has no code, or shares it with somebody else, gets one of its own
with people as (
    select
        coalesce(tax_id, 'nome:' || person_name) as payer, tax_id, min_by(person_id, (len(person_id), person_id)) as code,
        arg_min(person_name, document_id) as name, arg_min(email, document_id) as email,
        arg_min(phone, document_id) as phone
    from receipts
    where whole and payer is not null
    group by all
),
known as (
    select coalesce(cpfcnpj, 'nome:' || nome) as payer, min(linked.document_id) as document_id
    from raw_kamino.pessoa
    join ledger.linked on linked.kind = 'person' and linked.target_id = pessoa.id
    group by all
)
select payer, tax_id, name, email, phone, coalesce(known.document_id, code) as wanted_id,
    if(row_number() over (partition by wanted_id order by known.document_id, payer) = 1, wanted_id, null) as own_id,
    coalesce(own_id, left(md5(payer), 12)) as document_id
from people
left join known using (payer)

-- name: person
-- purpose: the customers of receipts that may be posted
with wanted as (
    select distinct coalesce(tax_id, 'nome:' || person_name) as payer
    from receipts
    where whole and status in ('EA', 'PG') and (launched_on >= getvariable('since') or is_known)
        and document_id not in (
            select document_id from breaches
            where len(kinds) = 0 or list_contains(kinds, 'person') or list_contains(kinds, 'receivable')
        )
),
namesakes as (
    select nome as name, count(*) as people, min(coalesce(cpfcnpj, 'nome:' || nome)) as natural_key
    from raw_kamino.pessoa
    group by nome
)
select
    document_id, 'cliente ' || document_id as label, 'BRL' as currency,
    if(tax_id is null, coalesce(namesakes.natural_key, payer), payer) as natural_key,
    without_nulls({
        Nome: payers.name, CPFCNPJ: tax_id, Email: email, Celular: phone, Cliente: true
    }) as payload,
    null::text as fields, true as mirrored,
    if(tax_id is null and namesakes.people > 1,
        'Cliente sem CPF/CNPJ, e há ' || namesakes.people || ' pessoas com este nome na Kamino', null
    ) as held_because
from wanted
join payers using (payer)
left join namesakes using (name)

-- name: receivable
-- purpose: the receivable that each receipt wants, whether or not it was received meanwhile
with customers as (
    select payers.payer, customer.target_id, plan.because
    from payers
    left join links_now as customer on customer.kind = 'person' and customer.document_id = payers.document_id
    left join plan on plan.kind = 'person' and plan.document_id = payers.document_id
)
select
    document_id, document_id as record_id,
    to_json({person: person_id, accrued_on: accrued_on})::text as found_at,
    coalesce(descricao, 'Recebimento ' || document_id) as label, amount, 'BRL' as currency,
    'PACTO-' || getvariable('company') || '-' || document_id as reference,
    concat_ws('|', customers.target_id, amount, due_on, descricao) as natural_key,
    without_nulls({
        IDPessoa: customers.target_id::bigint, Descri: coalesce(descricao, 'Recebimento ' || document_id),
        VlrVenc: amount, VlrBruto: amount, DtaVenc: due_on, DtaCompet: accrued_on, IDMoeda: 1,
        IDPlanoContaOrigem: line.target_id, IDCentroCusto: center.target_id::bigint,
        CodigoExterno: reference, GerarCobranca: false
    }) as payload,
    to_json({amount: amount::text, due_on: due_on, is_cancelled: false, is_settled_by_hand: false})::text as fields,
    accrued_on between getvariable('accrued_from') and getvariable('accrued_to') as mirrored,
    case
        when status = 'CA' then 'Cancelado na Pacto'
        when status = 'RG' then 'Renegociado na Pacto: as novas parcelas o substituem'
        when launched_on < getvariable('since') and not is_known then 'Lançado antes do período'
    end as ignored_because,
    if(customers.target_id is null and ignored_because is null,
        coalesce('O cliente está retido: ' || customers.because, 'O cliente ainda não está na Kamino'), null
    ) as waits_because
from receipts
left join customers on customers.payer = coalesce(tax_id, 'nome:' || person_name)
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
-- purpose: for each receipt its receivable in Kamino, its content in this run, and how Kamino was read to hold it
select
    receipts.document_id, turns.turn, turns.settlement_id, receivable.target_id as receivable_id,
    receivable.run_id is not distinct from getvariable('run_id') as is_new,
    content.payload, found.sit_conta as found_status, found.id is not null as is_found, plan.action, plan.because
from receipts
join turns using (document_id)
left join links_now as receivable on receivable.kind = 'receivable' and receivable.document_id = receipts.document_id
left join documents as content on content.kind = 'receivable' and content.document_id = receipts.document_id
left join plan on plan.kind = 'receivable' and plan.document_id = receipts.document_id
left join raw_kamino.recebimentos as found on found.id = receivable.target_id

-- name: reversal
-- purpose: receipts settled in Kamino by us that are no longer received in Pacto: the settlement is taken back
select
    document_id || '/' || turn as document_id, document_id as record_id,
    coalesce(descricao, 'Recebimento ' || document_id) as label, amount, 'BRL' as currency,
    receivable_id as target_id,
    joined(coalesce(payload, '{}'), without_nulls({SitConta: getvariable('pending')})) as payload,
    to_json({status: getvariable('pending'), paid_on: null::date, paid_amount: null::text})::text as fields,
    is_found as mirrored
from receipts
join counterparts using (document_id)
where status is distinct from 'PG' and receivable_id is not null
    and settlement_id in (
        select document_id from ledger.standing where kind = 'settlement' and posted_entry is not null
    )

-- name: settlement
-- purpose: receipts received in Pacto: settled in Kamino with date, amount and account
select
    settlement_id as document_id, document_id as record_id,
    coalesce(descricao, 'Recebimento ' || document_id) as label, paid_amount as amount, 'BRL' as currency,
    'PACTO-' || getvariable('company') || '-' || document_id as reference, receivable_id as target_id,
    joined(coalesce(payload, '{}'), without_nulls({
        SitConta: getvariable('paid'), DtaPagto: paid_on, VlrPagto: paid_amount, IDPlanoContaPagto: bank.target_id
    })) as payload,
    to_json({status: getvariable('paid'), paid_on: paid_on, paid_amount: paid_amount::text})::text as fields,
    is_found as mirrored,
    if(receivable_id is null and action = 'ignore', counterparts.because, null) as ignored_because,
    case
        when ignored_because is not null then null
        when receivable_id is null then 'O recebimento ainda não está na Kamino' || coalesce(': ' || counterparts.because, '')
        when not is_found and not is_new then 'O recebimento não foi encontrado na Kamino no período lido'
    end as waits_because
from receipts
join counterparts using (document_id)
left join kamino_lines as bank on bank.description = account and bank.is_account
where status = 'PG'

-- name: cancellation
-- purpose: receipts cancelled or renegotiated in Pacto: cancelled in Kamino, where they had been posted
select
    document_id, document_id as record_id, coalesce(descricao, 'Recebimento ' || document_id) as label, amount,
    'BRL' as currency, 'PACTO-' || getvariable('company') || '-' || document_id as reference, receivable_id as target_id,
    to_json({SitConta: getvariable('cancelled')})::text as payload,
    to_json({status: getvariable('cancelled'), paid_on: null::date, paid_amount: null::text})::text as fields,
    is_found as mirrored,
    if(receivable_id is null, 'Nunca foi lançado na Kamino', null) as ignored_because,
    case
        when receivable_id is null then null
        when not is_found and not is_new then 'O recebimento não foi encontrado na Kamino no período lido'
        when found_status = getvariable('paid') and not exists (
            from ledger.standing where kind = 'settlement' and posted_entry is not null
                and split_part(standing.document_id, '/', 1) = receipts.document_id
        ) then 'Baixado na Kamino à mão: estorne a baixa lá antes do cancelamento'
    end as held_because
from receipts
join counterparts using (document_id)
where status in ('CA', 'RG')

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'receivable' as kind, count(*) as documents, sum(amount) as amount
from (
    select any_value(valor) as amount
    from (
        select codigo, valor from raw_pacto.movparcela
        union all
        select codigo, valor from raw_pacto.parcelas where getvariable('by_person')
    )
    group by codigo
)
