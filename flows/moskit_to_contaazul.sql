-- name: waiting
-- purpose: deals that the ledger still waits for, which Moskit is asked for by id, however long ago they were won: all
-- but those that are over
select document_id
from ledger.decided
where kind = 'sale' and not is_nameless(document_id)
    and (action <> 'ignore' or because not in ('Ganho antes do período', 'Foi excluído no Moskit'))
    and document_id not in (
        select document_id from ledger.standing where kind = 'sale' and posted_entry is not null
    )

-- name: followed
-- purpose: deals whose sale was sent, which are asked for by id where they are not among the won ones any more: those of
-- late, and those of whom something was noticed; the first run of a day follows all
select document_id
from ledger.standing
left join ledger.decided using (kind, document_id)
where kind = 'sale' and posted_entry is not null
    and coalesce(because, '') <> 'Foi excluído no Moskit'
    and (last_as_of::date >= getvariable('read_since') or decided.action = 'notice')

-- name: deals
-- purpose: every deal read, once; the company wins over the contact
select
    named(id, concat(record, unreadable)) as document_id, id is not null as has_id,
    coalesce(name, 'Negócio ' || coalesce(id, 'sem id')) as label, status, price as amount, closed_on, created_on, responsible_id,
    if(company_id is null, if(contact_id is null, null, 'contact'), 'company') as party_kind,
    coalesce(company_id, contact_id) as party_id, company_id, contact_id,
    -- of a deal that Moskit did not give out nothing is known but its id
    coalesce(json_valid(record), false) and (id is null or (unreadable ->> 'id') is null) as is_readable,
    if(is_readable, record, '{}') as record, unreadable,
    coalesce((unreadable ->> 'price') is not null, false) as price_is_spoiled,
    coalesce((unreadable ->> 'closeDate') is not null, false) as closing_is_spoiled,
    coalesce(contains(unreadable, '"company.id"') or contains(unreadable, '"contact.id"'), false) as party_is_spoiled,
    coalesce(status in ('WON', 'OPEN', 'LOST', 'DELETED'), false) as status_is_known,
    is_readable and not price_is_spoiled and coalesce(amount = 0, true) as has_no_value,
    sent.key is not null as is_sent, sent.posted_amount,
    closed_on is null or closed_on >= getvariable('since') or decided.key is not null
        or coalesce(list_contains(getvariable('heard')::text[], id), false) as is_of_our_time,
    not is_sent and (status = 'WON' or not status_is_known) and not has_no_value
        and (party_id is not null or party_is_spoiled or not is_readable) and is_of_our_time as is_to_be_sent,
    is_to_be_sent and is_readable as is_judged
from raw_moskit.deals
left join (
    select document_id as key, posted_amount from ledger.standing where kind = 'sale' and posted_entry is not null
) as sent on sent.key = id
left join (
    select document_id as key from ledger.decided
    where kind = 'sale' and (action <> 'ignore' or because <> 'Ganho antes do período')
) as decided on decided.key = id

-- name: wanted_parties
-- purpose: whose deals are to be sent: companies, and the contacts beside them for an e-mail that a company lacks; what
-- was sold, and who sold it
select
    coalesce(list(distinct company_id) filter (where company_id is not null), []),
    coalesce(list(distinct contact_id) filter (where contact_id is not null), []),
    coalesce((select list(distinct product_id) from products_of_deals where product_id is not null), []),
    coalesce(list(distinct responsible_id) filter (where responsible_id is not null), [])
from deals
where is_to_be_sent

-- name: products_of_deals
-- purpose: the lines of what deals have sold, as they were written
select document_id, position, product.product.id as product_id, product.quantity as quantity, product.price as price
from (
    select document_id, unnest(products) as product, generate_subscripts(products, 1) as position
    from (
        select document_id, from_json(
            record -> '$.dealProducts', '[{"product": {"id": "VARCHAR"}, "quantity": "VARCHAR", "price": "VARCHAR"}]'
        ) as products
        from deals
    )
)

-- name: lines
-- purpose: those lines with exact numbers, in reais; a line that has none leaves them null
select
    sold.document_id, sold.position, products.name, units, cents,
    if(cents = trunc(cents) and units between 0.000001 and 1e6 and cents between 1 and 1e15,
        try(wide(units) * cents::decimal(18, 0) * 0.01), null) as total
from (
    select *, try_cast(quantity as decimal(18, 6)) as units, try_cast(price as decimal(24, 6)) as cents
    from products_of_deals
) as sold
left join raw_moskit.products on products.id = sold.product_id

-- name: gross
-- purpose: what the lines of a deal add up to, where every one of them can be read and comes to whole cents; what the
-- deal is worth less than that is the discount that was given
select deals.document_id, sum(total)::decimal(18, 2) as gross, gross - any_value(deals.amount) as discount
from lines
join deals using (document_id)
group by deals.document_id
having count(*) = count(total) and bool_and(total = total::decimal(18, 2)) and gross >= any_value(deals.amount)

-- name: custom_values
-- purpose: what custom fields hold, as text; a number has lost the leading zeros of a CPF or CNPJ: they come back
with owners as (
    select 'deal' as owner, document_id as id, record from deals where is_to_be_sent
    union all
    select 'company', id, if(json_valid(record), record, '{}') from raw_moskit.companies
    union all
    select 'contact', id, if(json_valid(record), record, '{}') from raw_moskit.contacts
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
    where nullif(regexp_replace(held.value, '[^0-9A-Za-z]', '', 'g'), '') is not null
    group by deals.document_id
)
select
    deals.document_id, deals.party_kind, deals.party_id,
    coalesce(company.id, contact.id) is not null as is_found,
    coalesce(json_valid(coalesce(company.record, contact.record)), company.id is null and contact.id is null) and coalesce(company.unreadable, contact.unreadable) is null
        as is_party_readable,
    nfc_normalize(coalesce(company.name, contact.name)) as name, tax_ids.tax_id as tax_id,
    coalesce(company.email, contact.email, beside.email) as email,
    coalesce(tax_ids.tax_id, 'nome:' || folded(coalesce(company.name, contact.name))) as identity
from deals
left join raw_moskit.companies as company on party_kind = 'company' and company.id = deals.party_id
left join raw_moskit.contacts as contact on party_kind = 'contact' and contact.id = deals.party_id
left join raw_moskit.contacts as beside on beside.id = deals.contact_id
left join tax_ids using (document_id)
where is_to_be_sent

-- name: to_be_paid
-- purpose: what payment terms are read from and parcels are made of
select document_id, record, amount, closed_on from deals

-- name: field_names
-- purpose: custom fields by the name that people gave them, and what their options are called
select id, name, if(json_valid(record), record, '{}') as record from raw_moskit.custom_fields

-- name: facts
-- purpose: one row per deal, one boolean per posting rule; what is not to be sent has nothing to prove
select
    document_id,
    has_id as deal_has_an_id,
    not is_to_be_sent or is_readable and coalesce(is_party_readable, true) as record_is_readable,
    not is_judged or status_is_known as status_is_known,
    not is_judged or not party_is_spoiled as party_is_readable,
    not is_judged or not price_is_spoiled as price_is_readable,
    not is_judged or price_is_spoiled or coalesce(amount > 0, false) as price_is_positive,
    not is_judged or closed_on is not null or closing_is_spoiled as closing_date_is_given,
    not closing_is_spoiled or not is_judged as closing_date_exists,
    not is_judged or party_is_spoiled or coalesce(is_found, false) as party_is_in_moskit,
    not is_judged or not coalesce(is_found, false) or name is not null as party_has_a_name,
    not is_judged or coalesce(len(name) <= 200, true) as party_name_fits,
    not is_judged or tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not is_judged or terms.unreadable is null as payment_terms_are_readable,
    translate(deals.unreadable, '{"}', '') as unreadable_text, amount, status, terms.unreadable as terms_text,
    if(deals.party_kind = 'company', 'empresa ', 'contato ') || deals.party_id as party_shown,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from deals
left join parties using (document_id)
left join terms using (document_id)

-- name: payers
-- purpose: the clients of deals that may be sent, once per CPF or CNPJ, or per folded name where none is linked; active
-- people count. Of several of one name the one of the right kind is meant, where it is the only one
with wanted as (
    select
        identity, any_value(tax_id) as tax_id, arg_min(name, document_id) as name,
        arg_min(email, document_id) as email, arg_min(party_kind, document_id) as party_kind,
        arg_min(if(party_kind = 'company', 'empresa ', 'contato ') || party_id, document_id) as label,
        if(coalesce(len(any_value(tax_id)) = 11, arg_min(party_kind, document_id) = 'contact'), 'Física', 'Jurídica')
            as client_kind
    from parties
    where document_id not in (select document_id from breaches)
    group by identity
),
known as (
    select wanted.identity, pessoas.id, coalesce(ativo, true) as is_active,
        folded(pessoas.tipo_pessoa) is not distinct from folded(client_kind) as is_of_that_kind
    from wanted
    join raw_contaazul.pessoas on pessoas.documento = wanted.tax_id
        or (wanted.tax_id is null and folded(pessoas.nome) = folded(wanted.name))
    where pessoas.id is not null
),
counted as (
    select identity,
        count(*) filter (where is_active) as people, min(id) filter (where is_active) as one,
        count(*) filter (where is_active and is_of_that_kind) as alike,
        min(id) filter (where is_active and is_of_that_kind) as one_alike,
        count(*) filter (where not is_active) as inactive
    from known group by identity
)
select
    wanted.*, sha256(identity)[:16] as document_id, coalesce(inactive, 0) as inactive,
    if(alike = 1 and tax_id is null, 1, coalesce(people, 0)) as people,
    case when people = 1 then one when alike = 1 and tax_id is null then one_alike end as target_id,
    [identity] as natural_key
from wanted
left join counted using (identity)

-- name: clients
-- purpose: all in Conta Azul who may be the client of a deal to be sent, active or not, with the day before which no
-- sale can be that deal's
select id, if(bool_or(created_on is null), null, min(created_on) - interval 2 day) as since
from (
    select pessoas.id, deals.created_on
    from deals
    join parties using (document_id)
    join payers using (identity)
    join raw_contaazul.pessoas on pessoas.documento = payers.tax_id or folded(pessoas.nome) = folded(payers.name)
    union all
    select linked.target_id, deals.created_on
    from deals
    join parties using (document_id)
    join payers using (identity)
    join ledger.linked on linked.kind = 'person' and linked.document_id = payers.document_id
)
where id is not null
group by id
order by id

-- name: sale_window
-- purpose: which days of Conta Azul are read: those of the deals at hand, and a month around, for re-dated sales
select
    (coalesce(min(closed_on), getvariable('since')) - interval 30 day)::date,
    (greatest(coalesce(max(closed_on), getvariable('today')), getvariable('today')) + interval 30 day)::date
from deals
where closed_on between getvariable('today') - interval 10 year and getvariable('today') + interval 1 year

-- name: sold_by_name
-- purpose: what is looked for among Conta Azul's services: the one that sales consist of, and what deals have sold
select list(distinct text) from (
    select getvariable('service_name') as text
    union all
    select name from lines where name is not null
)

-- name: sales_alike
-- purpose: sales that may be those of deals still to be sent: of the same client, not older than the deal, or of the
-- same day and amount; linked to no deal yet, and their notes not known: those are asked for one by one
select distinct vendas.id
from raw_contaazul.vendas
left join clients on clients.id = vendas.cliente__id
left join deals on deals.is_to_be_sent and deals.closed_on = vendas.data and deals.amount = vendas.total
where vendas.id not in (select target_id from ledger.linked where kind = 'sale')
    and vendas.id is not null and vendas.observacoes is null
    and (
        deals.document_id is not null
        or clients.id is not null and coalesce(vendas.criado_em >= clients.since, true)
    )
order by vendas.id

-- name: mirror
-- purpose: what Conta Azul holds: people and whether they are clients, the service, sales with what their notes say.
-- A sale is one in these situations only; one whose situation nobody knows may be one
select
    'person' as kind, id as target_id, null::text as reference,
    [coalesce(documento, 'nome:' || folded(nome))] as natural_key, null::text as fields, null::text as record,
    coalesce(ativo, true) as lives, concat_ws(', ', nome, lower(tipo_pessoa)) as shown, null::text as locked_because
from raw_contaazul.pessoas
where id is not null
union all by name
select 'role' as kind, id as target_id, true as lives,
    to_json({is_client: coalesce(list_contains(string_split(perfis, ','), 'CLIENTE'), false)})::text as fields
from raw_contaazul.pessoas
where id is not null
union all by name
select
    'service' as kind, id as target_id, [folded(descricao)] as natural_key, status is distinct from 'INATIVO' as lives,
    descricao as shown
from raw_contaazul.servicos
where id is not null
union all by name
select
    'sale' as kind, vendas.id as target_id,
    '[moskit:' || nullif(regexp_extract(
        coalesce(vendas.observacoes, notes.observacoes), '(?i)moskit:\s*([\w-]+)', 1
    ), '') || ']' as reference,
    [cliente__id, data::text, total::text, if(situation in (
        'EM_ANDAMENTO', 'APROVADO', 'APROVADA', 'FATURADO', 'FATURADA', 'VENDA', 'IN_PROCESS', 'WAITING_APPROVED', 'APPROVED'
    ), 'venda', null)]
        as natural_key,
    coalesce(situation not in (
        'CANCELADO', 'CANCELADA', 'CANCELED', 'CANCELLED', 'ORCAMENTO', 'ORCAMENTO_ACEITO', 'ORCAMENTO_RECUSADO',
        'EM_ORCAMENTO', 'CONTRATO'
    ), true)
        and coalesce(not starts_with(as_word(tipo), 'ORCAMENTO'), true) as lives,
    concat_ws(' ', 'venda nº', coalesce(numero::text, '?'), 'de', strftime(data, '%d/%m/%Y') || ',', money_text(total, 'BRL'))
        as shown,
    if(lives, null, 'A venda nº ' || coalesce(numero::text, '?') || ', com a nossa referência, não vale mais no Conta Azul '
        || '(' || coalesce(situation, '?') || '); reabra-a lá, ou tire a referência das observações dela') as locked_because
from (select *, as_word(situacao__nome) as situation from raw_contaazul.vendas) as vendas
left join raw_contaazul.observacoes as notes on notes.id = vendas.id
where vendas.id is not null

-- name: service
-- purpose: the service that sales consist of, wanted where there is something to send and the tenant named none
select
    'venda' as document_id, getvariable('service_name') as label, 'BRL' as currency,
    [folded(getvariable('service_name'))] as natural_key, null::text as fields, false as mirrored,
    to_json({descricao: getvariable('service_name'), status: 'ATIVO', tipo_servico: 'PRESTADO'})::text as payload
from (select count(*) as payers from payers)
where payers > 0 and getvariable('service_id') is null

-- name: person
-- purpose: each client, found by CPF or CNPJ where that is linked, else by folded name; made where it is missing
select
    document_id, label, 'BRL' as currency, target_id, natural_key, null::text as fields, false as mirrored,
    without_nulls({
        nome: name, tipo_pessoa: client_kind,
        cpf: if(len(tax_id) = 11, regexp_replace(tax_id, '^(...)(...)(...)(..)$', '\1.\2.\3-\4'), null),
        cnpj: if(len(tax_id) = 14, regexp_replace(tax_id, '^(..)(...)(...)(....)(..)$', '\1.\2.\3/\4-\5'), null),
        email: email, perfis: [{tipo_perfil: 'Cliente'}], observacao: 'Origem do cadastro: Moskit'
    }) as payload,
    case
        when tax_id is null and people > 1 then 'Há ' || people || ' pessoas ativas com este nome no Conta Azul, e '
            || 'nenhum CPF/CNPJ vinculado que diga qual é; inative as que não valem, ou vincule o CPF/CNPJ'
        when people = 0 and inactive > 0 then 'O cadastro desta pessoa está inativo no Conta Azul; ative-o lá'
    end as held_because,
    -- created beside each other they would be two of one name, and nobody could tell them apart from then on
    if(tax_id is null and people = 0
        and folded(name) in (select folded(name) from payers where tax_id is not null and people = 0),
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

-- name: items
-- purpose: what each sale consists of: the lines of the deal where they explain its value, each as Conta Azul's service
-- or product of that name, else as the service of all sales; otherwise one line with the value of the deal
with sold as (
    select folded(descricao) as said, min(id) as id, count(*) as copies
    from (
        select descricao, id from raw_contaazul.servicos where status is distinct from 'INATIVO'
        union all
        select nome, id from raw_contaazul.produtos where status is distinct from 'INATIVO'
    )
    where id is not null
    group by folded(descricao)
),
services as (
    select coalesce(getvariable('service_id'), (
        select target_id from links_now where kind = 'service' and document_id = 'venda'
    )) as service_id
),
told as (
    select lines.document_id, lines.position, coalesce(sold.id, service_id) as id,
        coalesce(lines.name, 'Negócio ' || lines.document_id) as descricao,
        rtrim(rtrim(units::text, '0'), '.')::json as quantidade, (cents / 100)::decimal(18, 2) as valor
    from lines
    join gross using (document_id)
    cross join services
    left join sold on sold.copies = 1 and sold.said = folded(lines.name)
    where getvariable('with_products')
    union all
    select document_id, 1, service_id, label, '1'::json, amount
    from deals
    cross join services
    where not getvariable('with_products') or document_id not in (select document_id from gross)
)
select document_id, list(
    {id: id, descricao: left(descricao, 200), quantidade: quantidade, valor: valor} order by position
) as itens
from told
group by document_id

-- name: sale
-- purpose: the pending sale that each won deal wants, dated as it was closed, with our reference in its notes
with clients as (
    select payers.identity, client.target_id, plan.because
    from payers
    left join links_now as client on client.kind = 'person' and client.document_id = payers.document_id
    left join plan on plan.kind = 'person' and plan.document_id = payers.document_id
),
sellers as (
    select users.id as responsible_id, min(vendedores.id) as id_vendedor
    from raw_moskit.users
    join raw_contaazul.vendedores on folded(vendedores.nome) = folded(users.name)
    where vendedores.id is not null
    group by users.id
    having count(distinct vendedores.id) = 1
)
select
    deals.document_id, deals.document_id as record_id, label, amount, 'BRL' as currency,
    '[moskit:' || deals.document_id || ']' as reference,
    if(is_to_be_sent and clients.target_id is not null, [clients.target_id, closed_on::text, amount::text, 'venda'], null)
        as natural_key,
    is_sent as mirrored, null::text as fields,
    without_nulls({
        id_cliente: clients.target_id, situacao: 'EM_ANDAMENTO', data_venda: closed_on, id_vendedor: id_vendedor,
        observacoes: 'Negócio ' || deals.document_id || ' do Moskit [moskit:' || deals.document_id || ']',
        itens: items.itens,
        composicao_de_valor: if(getvariable('with_products') and discount > 0,
            {desconto: {tipo: 'VALOR', valor: discount}}, null),
        condicao_pagamento: {opcao_condicao_pagamento: terms.option, parcelas: terms.parcels}
    }) as payload,
    case
        when is_sent then null
        when status = 'DELETED' then 'Foi excluído no Moskit'
        when status_is_known and status <> 'WON' then 'Não está mais ganho no Moskit'
        when has_no_value then 'Ganho sem valor: não é enviado'
        when deals.party_id is null and not party_is_spoiled and is_readable then 'Ganho sem contato e sem empresa: não é enviado'
        when not is_to_be_sent then 'Ganho antes do período'
    end as ignored_because,
    if(is_to_be_sent and clients.target_id is null,
        'O cliente ainda não está no Conta Azul' || coalesce(': ' || clients.because, ''), null
    ) as waits_because,
    case
        when not is_sent then null
        when status = 'DELETED' then 'Foi excluído no Moskit depois de enviado' || stays
        when status = 'LOST' then 'Foi perdido no Moskit depois de enviado' || stays
        when status = 'OPEN' then 'Deixou de estar ganho no Moskit depois de enviado' || stays
        when not is_valid_there then 'Continua ganho no Moskit' || stays
        when total_there <> amount and coalesce(discount, 0) = 0 then
            'Está com ' || money_text(total_there, 'BRL') || ' no Conta Azul e com ' || money_text(amount, 'BRL')
            || ' no Moskit; a venda fica como está'
    end as noticed_because
from (
    select deals.*, standing_there.total as total_there, coalesce(record.lives, true) as is_valid_there,
        if(is_valid_there, concat(
            ': a venda fica como foi enviada, com ', coalesce(money_text(posted_amount, 'BRL'), '?'),
            if(amount is distinct from posted_amount, '; no Moskit, ' || coalesce(money_text(amount, 'BRL'), 'sem valor'), '')
        ), concat(
            '; no Conta Azul a venda nº ', coalesce(standing_there.numero::text, '?'), ' não vale mais (',
            standing_there.situacao__nome, '), e não é enviada de novo'
        )) as stays
    from deals
    left join ledger.linked as link on link.kind = 'sale' and link.document_id = deals.document_id
    left join raw_contaazul.vendas as standing_there on standing_there.id = link.target_id
    left join mirror as record on record.kind = 'sale' and record.target_id = link.target_id
) as deals
left join parties using (document_id)
left join clients using (identity)
left join terms using (document_id)
left join items using (document_id)
left join gross using (document_id)
left join sellers using (responsible_id)

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'sale' as kind, count(*) as documents, sum(amount) as amount
from (select any_value(price) as amount from raw_moskit.deals group by coalesce(id, concat(record, unreadable)))
