-- name: waiting
-- purpose: deals that the ledger still waits for, which Moskit is asked for by id, however long ago they were won;
-- in an order of its own each day, so that everybody's turn comes where there are too many for one run
select document_id
from ledger.decided
where kind = 'sale' and action <> 'ignore'
    and document_id not in (
        select document_id from ledger.standing where kind = 'sale' and posted_entry is not null
    )
order by hash(document_id || getvariable('today'))

-- name: deals
-- purpose: every deal read, once; the company wins over the contact
select
    id as document_id, coalesce(name, 'Negócio ' || id) as label, status, price as amount, closed_on,
    if(company_id is null, if(contact_id is null, null, 'contact'), 'company') as party_kind,
    coalesce(company_id, contact_id) as party_id, company_id, contact_id, record, unreadable,
    coalesce((unreadable ->> 'price') is not null, false) as price_is_spoiled,
    coalesce((unreadable ->> 'closeDate') is not null, false) as closing_is_spoiled,
    not price_is_spoiled and coalesce(amount = 0, true) as has_no_value,
    sent.document_id is not null as is_sent, decided.document_id is not null as is_known,
    not is_sent and status = 'WON' and not has_no_value and party_id is not null
        and (closed_on is null or closed_on >= getvariable('since') or is_known) as is_to_be_sent
from raw_moskit.deals
left join (
    select document_id from ledger.standing where kind = 'sale' and posted_entry is not null
) as sent on sent.document_id = id
left join (
    select document_id from ledger.decided where kind = 'sale' and action <> 'ignore'
) as decided on decided.document_id = id

-- name: wanted_parties
-- purpose: whose deals are to be sent: companies, and the contacts beside them for an e-mail that a company lacks
select
    coalesce(list(distinct company_id) filter (where company_id is not null), []),
    coalesce(list(distinct contact_id) filter (where contact_id is not null), [])
from deals
where is_to_be_sent

-- name: custom_values
-- purpose: what custom fields hold, as text; a number has lost the leading zeros of a CPF or CNPJ: they come back
with owners as (
    select 'deal' as owner, document_id as id, record from deals where is_to_be_sent
    union all
    select 'company', id, record from raw_moskit.companies
    union all
    select 'contact', id, record from raw_moskit.contacts
),
fields as (
    select owner, id, unnest(from_json(
        record -> '$.entityCustomFields', '[{"id": "VARCHAR", "textValue": "VARCHAR", "numericValue": "VARCHAR"}]'
    )) as field
    from owners
),
plain as (
    select owner, id, field.id as name, field."textValue" as written,
        regexp_replace(field."numericValue", '\.0+$', '') as counted
    from fields
)
select owner, id, name, coalesce(written, case
    when len(counted) between 9 and 10 then lpad(counted, 11, '0')
    when len(counted) between 12 and 13 then lpad(counted, 14, '0')
    else counted
end) as value
from plain

-- name: parties
-- purpose: for each deal to be sent, whom the sale is for: name, e-mail, and the CPF or CNPJ of the linked fields
with linked as (
    select unnest(getvariable('tax_id_fields')::text[]) as path,
        unnest(range(len(getvariable('tax_id_fields')::text[]))) as position,
        split_part(path, '.', 1) as owner, split_part(path, '.', 2) as name
),
held as (
    select 'company' as owner, id, 'cnpj' as name, tax_id as value from raw_moskit.companies
    union all
    select 'contact', id, 'cpf', tax_id from raw_moskit.contacts
    union all
    from custom_values
),
tax_ids as (
    select deals.document_id, arg_min(
        upper(regexp_replace(held.value, '[^0-9A-Za-z]', '', 'g')), linked.position
    ) as tax_id
    from deals
    join linked on linked.owner in ('deal', deals.party_kind)
    join held on held.owner = linked.owner and held.name = linked.name
        and held.id = if(linked.owner = 'deal', deals.document_id, deals.party_id)
    where nullif(held.value, '') is not null
    group by deals.document_id
)
select
    deals.document_id, deals.party_kind, deals.party_id,
    coalesce(company.id, contact.id) is not null as is_found,
    nfc_normalize(coalesce(company.name, contact.name)) as name, nullif(tax_ids.tax_id, '') as tax_id,
    coalesce(company.email, contact.email, beside.email) as any_email,
    if(len(any_email) <= 100, any_email, null) as email,
    coalesce(nullif(tax_ids.tax_id, ''), 'nome:' || nfc_normalize(coalesce(company.name, contact.name))) as identity
from deals
left join raw_moskit.companies as company on party_kind = 'company' and company.id = deals.party_id
left join raw_moskit.contacts as contact on party_kind = 'contact' and contact.id = deals.party_id
left join raw_moskit.contacts as beside on beside.id = deals.contact_id
left join tax_ids using (document_id)
where is_to_be_sent

-- name: sale_window
-- purpose: which days of Conta Azul are read: those of the deals at hand, and a month around, for re-dated sales
select
    (coalesce(min(closed_on), getvariable('since')) - interval 30 day)::date,
    (greatest(coalesce(max(closed_on), getvariable('today')), getvariable('today')) + interval 30 day)::date
from deals
where closed_on between getvariable('today') - interval 10 year and getvariable('today') + interval 1 year

-- name: sales_alike
-- purpose: sales that may be those of deals still to be sent: same day, same amount, linked to no deal yet; their
-- notes tell
select distinct vendas.id
from raw_contaazul.vendas
join deals on deals.is_to_be_sent and deals.closed_on = vendas.data and deals.amount = vendas.total
where vendas.id not in (select target_id from ledger.linked where kind = 'sale')
order by vendas.id

-- name: facts
-- purpose: one row per deal, one boolean per posting rule; what is not to be sent has nothing to prove
select
    document_id,
    not is_to_be_sent or not price_is_spoiled as price_is_readable,
    not is_to_be_sent or price_is_spoiled or coalesce(amount > 0, false) as price_is_positive,
    not is_to_be_sent or closed_on is not null or closing_is_spoiled as closing_date_is_given,
    not closing_is_spoiled or not is_to_be_sent as closing_date_exists,
    not is_to_be_sent or coalesce(is_found, false) as party_is_in_moskit,
    not is_to_be_sent or not coalesce(is_found, false) or name is not null as party_has_a_name,
    not is_to_be_sent or coalesce(len(name) <= 200, true) as party_name_fits,
    not is_to_be_sent or tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    translate(unreadable, '{"}', '') as unreadable_text, amount,
    if(deals.party_kind = 'company', 'empresa ', 'contato ') || deals.party_id as party_shown,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from deals
left join parties using (document_id)

-- name: payers
-- purpose: the clients of deals that may be sent, once per CPF or CNPJ, or per exact name where none is linked
with payers as (
    select
        identity, any_value(tax_id) as tax_id, arg_min(name, document_id) as name,
        arg_min(email, document_id) as email, arg_min(party_kind, document_id) as party_kind,
        arg_min(if(party_kind = 'company', 'empresa ', 'contato ') || party_id, document_id) as label
    from parties
    where document_id not in (select document_id from breaches)
    group by identity
),
known as (
    select documento as tax_id, null as name, count(*) as people, min(id) as id
    from raw_contaazul.pessoas where documento is not null group by documento
    union all
    select null, nfc_normalize(nome), count(*), min(id) from raw_contaazul.pessoas group by nfc_normalize(nome)
)
select
    payers.*, sha256(identity)[:16] as document_id, coalesce(known.people, 0) as people,
    if(known.people = 1, known.id, null) as target_id, identity as natural_key
from payers
left join known on known.tax_id = payers.tax_id or (payers.tax_id is null and known.name = payers.name)

-- name: mirror
-- purpose: what Conta Azul holds: people and whether they are clients, the service, sales with what their notes say
select
    'person' as kind, id as target_id, null::text as reference,
    coalesce(documento, 'nome:' || nfc_normalize(nome)) as natural_key, null::text as fields, null::text as record,
    null::text as locked_because
from raw_contaazul.pessoas
union all by name
select 'role' as kind, id as target_id,
    to_json({is_client: coalesce(list_contains(string_split(perfis, ','), 'CLIENTE'), false)})::text as fields
from raw_contaazul.pessoas
union all by name
select 'service' as kind, id as target_id, descricao as natural_key
from raw_contaazul.servicos
where status is distinct from 'INATIVO'
union all by name
select
    'sale' as kind, id as target_id,
    'moskit:' || nullif(regexp_extract(observacoes, '\[moskit:(\d+)\]', 1), '') as reference,
    if(situacao__nome is distinct from 'CANCELADO', concat_ws('|', cliente__id, data, total), null) as natural_key
from raw_contaazul.vendas
left join raw_contaazul.observacoes using (id)

-- name: service
-- purpose: the service that sales consist of, wanted where there is something to send and the tenant named none
select
    'venda' as document_id, getvariable('service_name') as label, 'BRL' as currency,
    getvariable('service_name') as natural_key, null::text as fields, false as mirrored,
    to_json({descricao: getvariable('service_name'), status: 'ATIVO', tipo_servico: 'PRESTADO'})::text as payload
from (select count(*) as payers from payers)
where payers > 0 and getvariable('service_id') is null

-- name: person
-- purpose: each client, found by CPF or CNPJ where that is linked, else by exact name; made where it is missing
select
    document_id, label, 'BRL' as currency, target_id, natural_key, null::text as fields, false as mirrored,
    without_nulls({
        nome: name,
        tipo_pessoa: if(coalesce(len(tax_id) = 11, party_kind = 'contact'), 'Física', 'Jurídica'),
        cpf: if(len(tax_id) = 11, regexp_replace(tax_id, '^(...)(...)(...)(..)$', '\1.\2.\3-\4'), null),
        cnpj: if(len(tax_id) = 14, regexp_replace(tax_id, '^(..)(...)(...)(....)(..)$', '\1.\2.\3/\4-\5'), null),
        email: email, perfis: [{tipo_perfil: 'Cliente'}], observacao: 'Origem do cadastro: Moskit'
    }) as payload,
    if(tax_id is null and people > 1, 'Há ' || people || ' pessoas com este nome no Conta Azul, e nenhum CPF/CNPJ '
        || 'vinculado que diga qual é', null) as held_because,
    -- created beside each other they would be two of one name, and nobody could tell them apart from then on
    if(tax_id is null and people = 0 and name in (select name from payers where tax_id is not null and people = 0),
        'Um cliente de mesmo nome, com CPF/CNPJ, é criado nesta execução; a próxima o procura pelo nome', null
    ) as waits_because
from payers

-- name: role
-- purpose: clients whom Conta Azul knew in another role only, as suppliers say: they become clients too
select
    payers.document_id, payers.label, 'BRL' as currency, client.target_id, true as mirrored,
    to_json({perfis: [{tipo_perfil: 'Cliente'}]})::text as payload, to_json({is_client: true})::text as fields
from payers
join links_now as client on client.kind = 'person' and client.document_id = payers.document_id
join raw_contaazul.pessoas on pessoas.id = client.target_id
where not coalesce(list_contains(string_split(perfis, ','), 'CLIENTE'), false)

-- name: sale
-- purpose: the pending sale that each won deal wants, dated as it was closed, with our reference in its notes
with clients as (
    select payers.identity, client.target_id, plan.because
    from payers
    left join links_now as client on client.kind = 'person' and client.document_id = payers.document_id
    left join plan on plan.kind = 'person' and plan.document_id = payers.document_id
),
services as (
    select coalesce(getvariable('service_id'), (
        select target_id from links_now where kind = 'service' and document_id = 'venda'
    )) as service_id
)
select
    deals.document_id, deals.document_id as record_id, label, amount, 'BRL' as currency,
    'moskit:' || deals.document_id as reference,
    if(is_to_be_sent, concat_ws('|', clients.target_id, closed_on, amount), null) as natural_key,
    is_sent as mirrored, null::text as fields,
    without_nulls({
        id_cliente: clients.target_id, situacao: 'EM_ANDAMENTO', data_venda: closed_on,
        observacoes: 'Negócio ' || deals.document_id || ' do Moskit [moskit:' || deals.document_id || ']',
        itens: [{id: service_id, descricao: left(label, 200), quantidade: 1, valor: amount}],
        condicao_pagamento: {
            opcao_condicao_pagamento: 'À vista', parcelas: [{data_vencimento: closed_on, valor: amount}]
        }
    }) as payload,
    case
        when is_sent then null
        when status is distinct from 'WON' then 'Não está mais ganho no Moskit'
        when has_no_value then 'Ganho sem valor: não é enviado'
        when deals.party_id is null then 'Ganho sem contato e sem empresa: não é enviado'
        when not is_to_be_sent then 'Ganho antes do período'
    end as ignored_because,
    if(is_to_be_sent and clients.target_id is null,
        'O cliente ainda não está no Conta Azul' || coalesce(': ' || clients.because, ''), null
    ) as waits_because
from deals
cross join services
left join parties using (document_id)
left join clients using (identity)

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'sale' as kind, count(*) as documents, sum(amount) as amount
from (select any_value(price) as amount from raw_moskit.deals group by id)
