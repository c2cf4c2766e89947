-- name: last_whole_run
-- purpose: the day of the last run that saw all and came to its end: what has happened since is new, however long ago
select max(as_of)::date from ledger.runs where not dry_run and (summary::json ->> '$.kinds.payment') is not null

-- name: payables
-- purpose: every payable read, once, with the beneficiary that Pacto will know it by
select
    named(id, record) as document_id, id is not null as has_an_id,
    pessoa__id as person_id, pessoa__nome_exibicao as person_name, pessoa__cpfcnpj as tax_id,
    pessoa__email_principal as email, pessoa__telefone_principal as phone,
    coalesce(pessoa__cpfcnpj, 'nome:' || folded(pessoa__nome_exibicao)) as beneficiary,
    valor_vencimento as amount, coalesce(valor_pagamento, valor_vencimento) as paid_amount,
    data_vencimento as due_on, data_pagamento as paid_on, coalesce(data_competencia, data_vencimento) as accrued_on,
    coalesce(data_hora_inclusao, least(data_vencimento, data_pagamento)) as entered_on,
    situacao is not distinct from getvariable('paid') as is_paid,
    simb_moeda as currency_sign, coalesce(simb_moeda, 'R$') <> 'R$' as is_foreign,
    nfc_normalize(conta_classificacao__nome) as classification,
    nfc_normalize(nome_centro_custo) as cost_center, nfc_normalize(nome_conta_pagto) as account,
    coalesce(obs, concat_ws(' NF ', conta_classificacao__nome, nro_nota_fiscal), 'Pagamento ' || document_id) as description,
    codigo_externo, json_exists(record, '$.CodigoExterno') as shows_reference,
    -- the entry of Pacto that the payable names, in whatever form
    if(codigo_externo ilike '%PACTO%', nullif(regexp_extract(codigo_externo, '(\d+)\D*$', 1), ''), null) as named_entry,
    record, unreadable,
    -- what could not be read, apart from what nobody needs
    coalesce(list_filter(json_keys(unreadable), lambda field: not list_contains(
        ['Pessoa.EmailPrincipal', 'Pessoa.TelefonePrincipal', 'NroNotaFiscal', 'Obs', 'ContaClassificacao.ID'], field
    )), []) as spoiled,
    list_has_any(spoiled, ['ValorVencimento', 'ValorPagamento']) as amount_is_spoiled,
    list_contains(spoiled, 'DataPagamento') as payment_date_is_spoiled,
    document_id in (
        select document_id from ledger.decided where kind = 'payment' and action <> 'ignore'
    ) as is_known,
    document_id in (
        select document_id from ledger.standing where kind = 'payment' and posted_entry is not null
    ) as is_posted,
    document_id in (
        select document_id from ledger.linked
        join raw_pacto.movconta on movconta.codigo = linked.target_id and coalesce(tipo_operacao, '1') = '1'
        where kind = 'payment'
    ) as stands_in_pacto
from (
    from raw_kamino.pagamentos union all by name from raw_kamino.pagamentos_again
)
qualify row_number() over (partition by document_id order by valor_vencimento desc nulls last) = 1

-- name: entries
-- purpose: Pacto's expenses, once each. One is ours by its external code, by our mark in its texts, or because a payable
-- names it
select distinct on (codigo)
    codigo, pessoa__codigo, valor, data_vencimento, descricao,
    coalesce(
        'KAMINO-' || nullif(regexp_extract(
            upper(concat_ws(' ', codigo_externo, observacao, descricao)), '\bKAMINO\s*[:-]\s*(\w+)', 1
        ), ''),
        codigo_externo, 'KAMINO-' || naming.document_id
    ) as reference
from raw_pacto.movconta
left join (
    select named_entry, min(document_id) as document_id from payables where named_entry is not null
    group by named_entry having count(*) = 1
) as naming on naming.named_entry = codigo
where coalesce(tipo_operacao, '1') = '1' and codigo is not null

-- name: waiting
-- purpose: payables that wait for something and that this run has not read, and when they were due; in an order of its
-- own each day, so that the turn of all comes where there are too many
select record_id, max(try_cast(found_at ->> 'due_on' as date)) as due_on
from ledger.decided
left join ledger.standing using (kind, document_id)
where kind in ('payment', 'reference')
    and (decided.action in ('hold', 'unknown')
        or decided.action in ('create', 'update', 'find') and coalesce(last_event, '') not in ('posted', 'linked'))
    and record_id not in (select id from raw_kamino.pagamentos where id is not null)
group by record_id
order by hash(record_id || getvariable('today'))

-- name: pacto_descriptions
-- purpose: Pacto's chart of expenses, cost centers and accounts by description
select
    what, nfc_normalize(descricao) as description, folded(descricao) as loose,
    count(distinct codigo) filter (where coalesce(ativo, true)) as active, count(distinct codigo) as copies,
    min(try_cast(codigo as bigint)) filter (where coalesce(ativo, true)) as target_id,
    bool_or(unreadable is not null) as is_illegible
from (
    select 'classification' as what, codigo, descricao, ativo, unreadable from raw_pacto.planoconta
    where tipo is distinct from 'RECEITA'
    union all
    select 'cost_center', codigo, descricao, ativo, unreadable from raw_pacto.centrocusto
    union all
    select 'account', codigo, descricao, ativo, unreadable from raw_pacto.conta
)
group by all

-- name: facts
-- purpose: one row per payable, one boolean per posting rule; what is not paid has nothing to prove yet
with near as (
    select what, loose, min(description) as description from pacto_descriptions group by what, loose
)
select
    payables.document_id,
    not is_paid or not amount_is_spoiled as amount_is_readable,
    not is_paid or amount_is_spoiled or coalesce(amount > 0 and paid_amount > 0, false) as amount_is_positive,
    not is_paid or len(list_filter(spoiled, lambda field: starts_with(field, 'Data'))) = 0 as dates_exist,
    len(list_filter(spoiled, lambda field: not (starts_with(field, 'Data') or starts_with(field, 'Valor')))) = 0
        as record_is_readable,
    not is_paid or paid_on is not null or payment_date_is_spoiled as payment_date_is_given,
    not is_paid or paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    not is_paid or not is_foreign or exists (from entries where reference = 'KAMINO-' || payables.document_id)
        as currency_is_real,
    not is_paid or person_name is not null as beneficiary_has_a_name,
    not is_paid or tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not is_paid or person_id is null or case count(distinct tax_id) filter (where is_cpf_or_cnpj(tax_id)) over same_person
        when 0 then count(distinct beneficiary) over same_person <= 1
        when 1 then tax_id is not null
        else false
    end as beneficiary_has_one_identity,
    not is_paid or tax_id is not null
        or count(distinct person_id) over (partition by beneficiary, is_paid) <= 1 as beneficiary_is_told_apart,
    not is_paid or classification is not null as classification_is_given,
    not is_paid or not (
        coalesce(line.is_illegible, false) or coalesce(center.is_illegible, false) or coalesce(bank.is_illegible, false)
    ) as registers_are_readable,
    not is_paid or classification is null or line.copies is not null or near_line.loose is not null
        as classification_exists,
    not is_paid or classification is null or line.copies is not null or near_line.loose is null
        as classification_is_spelled_alike,
    not is_paid or coalesce(line.active > 0 or line.is_illegible, true) as classification_is_active,
    not is_paid or coalesce(line.active <= 1, true) as classification_is_unique,
    not is_paid or cost_center is null or center.copies is not null as cost_center_exists,
    not is_paid or coalesce(center.active = 1 or center.is_illegible, true) as cost_center_is_active_and_unique,
    not is_paid or account is not null as account_is_given,
    not is_paid or account is null or bank.copies is not null as account_exists,
    not is_paid or coalesce(bank.active = 1 or bank.is_illegible, true) as account_is_active_and_unique,
    is_paid or not is_posted or not stands_in_pacto as was_not_reopened_after_posting,
    translate(unreadable, '{"}', '') as unreadable_text, amount, paid_amount, currency_sign, paid_on, classification, cost_center, account,
    near_line.description as near_classification,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from payables
left join pacto_descriptions as line on line.what = 'classification' and line.description = classification
left join near as near_line
    on near_line.what = 'classification' and near_line.loose = folded(classification)
left join pacto_descriptions as center on center.what = 'cost_center' and center.description = cost_center
left join pacto_descriptions as bank on bank.what = 'account' and bank.description = account
window same_person as (partition by person_id, is_paid)

-- name: mirror
-- purpose: what stands already: Pacto's suppliers and expenses, and the references on Kamino's payables
select
    'supplier' as kind, pessoa__codigo as target_id, null::text as reference,
    [coalesce(cpf_cnpj, 'nome:' || folded(nome))] as natural_key, null::text as fields, null::text as record,
    coalesce(ativo, true) as lives, concat_ws(' ', nome, '(código ' || codigo || ')') as shown
from raw_pacto.fornecedor
where pessoa__codigo is not null
qualify row_number() over (partition by pessoa__codigo order by coalesce(ativo, true) desc) = 1
union all by name
select
    'payment' as kind, codigo as target_id, reference,
    if(reference is null, [pessoa__codigo, data_vencimento::text, valor::text], null) as natural_key,
    to_json({amount: valor::text, due_on: data_vencimento, is_paid: true})::text as fields, true as lives,
    concat_ws(', ', 'vence ' || strftime(data_vencimento, '%d/%m/%Y'), money_text(valor, 'BRL'), descricao, 'código ' || codigo)
        as shown
from entries
union all by name
select 'reference' as kind, document_id as target_id, to_json({reference: codigo_externo})::text as fields,
    record, true as lives
from payables
where shows_reference and has_an_id

-- name: payees
-- purpose: whoever is paid, once per tax id, or per name where there is none: under the code by which the ledger knows
-- that supplier of Pacto already, else under the lowest of the person's codes, whichever of them this run has seen;
-- what has no code, or shares it with somebody else, gets one of its own
with people as (
    select
        beneficiary, min_by(person_id, (len(person_id), person_id)) as code, any_value(tax_id) as tax_id,
        arg_min(person_name, document_id) as name, arg_min(email, document_id) as email,
        arg_min(phone, document_id) as phone
    from payables
    where beneficiary is not null
    group by beneficiary
),
known as (
    select coalesce(cpf_cnpj, 'nome:' || folded(nome)) as beneficiary, min(linked.document_id) as document_id
    from raw_pacto.fornecedor
    join ledger.linked on linked.kind = 'supplier' and linked.target_id = fornecedor.pessoa__codigo
    group by all
)
select beneficiary, tax_id, name, email, phone, code, coalesce(known.document_id, code) as wanted_id,
    if(row_number() over (partition by wanted_id order by known.document_id, beneficiary) = 1, wanted_id, null) as own_id,
    coalesce(own_id, left(md5(beneficiary), 12)) as document_id
from people
left join known using (beneficiary)

-- name: supplier
-- purpose: the beneficiaries of payments that may be registered
with wanted as (
    select distinct beneficiary
    from payables
    where is_paid and not is_foreign and (paid_on >= getvariable('since') or is_known)
        and document_id not in (
            select document_id from breaches where len(kinds) = 0 or list_contains(kinds, 'supplier')
        )
),
registered as (
    select coalesce(cpf_cnpj, 'nome:' || folded(nome)) as beneficiary, bool_or(coalesce(ativo, true)) as is_active,
        bool_or(pessoa__codigo is not null) as has_a_person
    from raw_pacto.fornecedor
    group by all
),
-- nobody waits for these: what was posted for them stays with them
done as (
    select payees.document_id
    from wanted
    join payees using (beneficiary)
    join ledger.linked as supplier on supplier.kind = 'supplier' and supplier.document_id = payees.document_id
    join raw_pacto.fornecedor on fornecedor.pessoa__codigo = supplier.target_id and not fornecedor.ativo
    join payables using (beneficiary)
    left join ledger.linked as payment
        on payment.kind = 'payment' and payment.document_id = payables.document_id
    group by payees.document_id
    having count(*) = count(payment.target_id)
)
select
    document_id, concat(name, ' (ID ' || code || ' na Kamino)') as label, 'BRL' as currency, [beneficiary] as natural_key,
    null::text as fields, true as mirrored,
    without_nulls({
        empresa: getvariable('company'), nome: name, nomeFantasia: name,
        tipoPessoa: if(len(tax_id) = 11, 'FISICA', 'JURIDICA'), cpfCnpj: tax_id, email: email, telefone: phone
    }) as payload,
    case
        when not is_active then 'O fornecedor está inativo na Pacto; reative o cadastro lá'
        when not has_a_person then 'O fornecedor está na Pacto, que não mostra o código da pessoa; confira o cadastro lá'
    end as held_because
from wanted
join payees using (beneficiary)
left join registered using (beneficiary)
where document_id not in (from done)

-- name: payment
-- purpose: the paid expense that each payment wants in Pacto; dates as milliseconds at midnight in São Paulo
with suppliers as (
    select payees.beneficiary, supplier.target_id, plan.because
    from payees
    left join links_now as supplier on supplier.kind = 'supplier' and supplier.document_id = payees.document_id
    left join plan on plan.kind = 'supplier' and plan.document_id = payees.document_id
)
select
    document_id, document_id as record_id, to_json({due_on: due_on})::text as found_at,
    payables.description as label, paid_amount as amount, 'BRL' as currency, 'KAMINO-' || document_id as reference,
    [suppliers.target_id, due_on::text, payables.amount::text] as natural_key, true as mirrored,
    without_nulls({
        empresa: getvariable('company'), tipoOperacao: 1,
        descricao: left(payables.description, 200) || ' [KAMINO:' || document_id || ']',
        pessoa: try_cast(suppliers.target_id as bigint), valor: payables.amount,
        dataLancamento: epoch_ms(entered_on::timestamp at time zone 'America/Sao_Paulo'),
        dataVencimento: epoch_ms(due_on::timestamp at time zone 'America/Sao_Paulo'),
        dataCompetencia: epoch_ms(accrued_on::timestamp at time zone 'America/Sao_Paulo'),
        dataQuitacao: epoch_ms(paid_on::timestamp at time zone 'America/Sao_Paulo'),
        valorPago: paid_amount, nrParcela: 1, planoConta: line.target_id, centroCusto: center.target_id,
        conta: bank.target_id, observacao: '[KAMINO:' || document_id || ']', codigoExterno: 'KAMINO-' || document_id
    }) as payload,
    to_json({amount: payables.amount::text, due_on: due_on, is_paid: is_paid})::text as fields,
    case
        when not is_paid and not is_posted then 'Ainda não foi pago na Kamino'
        when not is_paid and not stands_in_pacto then 'Deixou de estar pago na Kamino, e na Pacto já foi estornado'
        when is_paid and paid_on < getvariable('since') and not is_known then 'Pago antes do período'
        when is_paid and is_foreign and registered.reference is not null then 'Não está em reais, e na Pacto já foi registrado à mão'
    end as ignored_because,
    if(suppliers.target_id is null and ignored_because is null,
        coalesce('O beneficiário está retido: ' || suppliers.because, 'O beneficiário ainda não está na Pacto'), null
    ) as waits_because
from payables
left join suppliers using (beneficiary)
left join (
    select distinct reference from entries
) as registered on registered.reference = 'KAMINO-' || document_id
left join pacto_descriptions as line on line.what = 'classification' and line.description = classification
left join pacto_descriptions as center on center.what = 'cost_center' and center.description = cost_center
left join pacto_descriptions as bank on bank.what = 'account' and bank.description = account

-- name: reference
-- purpose: the id that Pacto gave each payment, for Kamino to keep; one that names that entry in another form stays
with wanted as (
    select payables.*, 'PACTO-' || getvariable('company') || '-' || payment.target_id as reference,
        coalesce(regexp_extract(codigo_externo, '(\d+)\D*$', 1) = payment.target_id, false) as is_named
    from payables
    join links_now as payment on payment.kind = 'payment' and payment.document_id = payables.document_id
)
select
    document_id, document_id as record_id, to_json({due_on: due_on})::text as found_at, description as label,
    paid_amount as amount, 'BRL' as currency, document_id as target_id,
    to_json({CodigoExterno: reference})::text as payload,
    to_json({reference: if(is_named, codigo_externo, reference)})::text as fields,
    record as base, shows_reference as mirrored,
    if(
        not is_named and codigo_externo is not null and document_id not in (
            select document_id from ledger.standing where kind = 'reference' and posted_entry is not null
        ),
        'O pagamento já tem outra referência na Kamino: ' || codigo_externo, null
    ) as held_because
from wanted

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'payment' as kind, count(*) as documents, sum(amount) as amount
from (
    select arg_max(coalesce(valor_pagamento, valor_vencimento), coalesce(valor_vencimento, -1)) as amount
    from (
        from raw_kamino.pagamentos union all by name from raw_kamino.pagamentos_again
    )
    group by coalesce(id, md5(record))
)
