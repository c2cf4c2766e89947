-- name: waiting
-- purpose: deals that the ledger still waits for, which Moskit is asked for by id, however long ago they were won: all
-- but those that are over. What a filter leaves alone is read as long as the deal is of our time
select split_part(split_part(document_id, '/', 2), '@', 1) as deal_id
from ledger.decided
where kind in ('receivable', 'payable') and not is_nameless(document_id)
    and (action <> 'ignore' or because = 'Não está mais ganho no Moskit')
    and (kind, document_id) not in (
        select (kind, document_id) from ledger.standing
        where kind in ('receivable', 'payable') and posted_entry is not null
    )
group by deal_id

-- name: followed
-- purpose: deals for which something was created, which are asked for by id where they are not among the won ones any
-- more: those of late, and those of whom something was noticed; the first run of a day follows all
select distinct split_part(split_part(document_id, '/', 2), '@', 1) as deal_id
from ledger.standing
left join ledger.decided using (kind, document_id)
where kind in ('receivable', 'payable') and posted_entry is not null
    and not starts_with(coalesce(because, ''), 'Foi excluído no Moskit')
    and (last_as_of::date >= getvariable('read_since') or decided.action = 'notice')

-- name: wanted_parties
-- purpose: whose deals were read: companies and contacts, and what was sold
select
    coalesce(list(distinct company_id) filter (where company_id is not null), []),
    coalesce(list(distinct contact_id) filter (where contact_id is not null), []),
    coalesce((
        select list(distinct product.product.id) from (
            select unnest(from_json(
                if(json_valid(record), record -> '$.dealProducts', null), '[{"product": {"id": "VARCHAR"}}]'
            )) as product
            from raw_moskit.deals
        ) where product.product.id is not null
    ), [])
from raw_moskit.deals

-- name: field_names
-- purpose: custom fields by the name that people gave them
select id, name from raw_moskit.custom_fields where name is not null

-- name: product_names
-- purpose: products by name
select id, name from raw_moskit.products where name is not null

-- name: subjects
-- purpose: each deal with its company and contact, as templates see them; amounts and days exact
select
    deals.record, companies.record, contacts.record,
    {
        id: named(deals.id, deals.record), name: deals.name, status: deals.status, amount: deals.price, closed_on: closed_on,
        closed_at: strftime(closed_at at time zone 'UTC', '%Y%m%dT%H%M%SZ'), stage: stages.name, funnel: pipelines.name,
        funnel_id: stages.pipeline_id
    } as known
from raw_moskit.deals
left join raw_moskit.companies on companies.id = deals.company_id
left join raw_moskit.contacts on contacts.id = deals.contact_id
left join raw_moskit.stages on stages.id = deals.stage_id
left join raw_moskit.pipelines on pipelines.id = stages.pipeline_id
order by deals.id, deals.record

-- name: superseded
-- purpose: what was held back under a closing date that the deal no longer has waits for nobody any more; what was
-- created under one, of a deal that is not won any more, is told
insert into rendered
select rendered.* replace (
    old.document_id as document_id,
    coalesce(rendered.ignored_because, 'Vale agora outra data de fechamento deste negócio') as ignored_because
)
from rendered
join ledger.decided as old
    on old.kind = rendered.side and old.document_id <> rendered.document_id
    and regexp_replace(old.document_id, '@[^/]*', '') = regexp_replace(rendered.document_id, '@[^/]*', '')
left join ledger.standing
    on standing.kind = old.kind and standing.document_id = old.document_id and posted_entry is not null
where rendered.document_id like '%@%'
    and if(posted_entry is null, old.action = 'hold', not rendered.is_won)

-- name: captures
-- purpose: of actions that fire again: which were posted before, and each with the last run that had not seen it yet
with posted as (
    select distinct kind, regexp_replace(document_id, '@[^/]*', '') as fires
    from ledger.standing
    where document_id like '%@%' and (posted_entry is not null or is_open)
),
seen as (
    select rendered.side as kind, rendered.document_id, coalesce(min(runs.as_of), any_value(now_.as_of)) as first_seen
    from rendered
    cross join (select as_of from ledger.runs where run_id = getvariable('run_id')) as now_
    left join ledger.decisions on decisions.kind = rendered.side and decisions.document_id = rendered.document_id
    left join ledger.runs on runs.run_id = decisions.run_id
    where rendered.document_id like '%@%'
    group by rendered.side, rendered.document_id
),
finished as (
    select as_of from ledger.runs where not dry_run and (summary ->> '$.kinds') <> '{}'
)
select
    seen.kind, seen.document_id,
    try_strptime(regexp_extract(seen.document_id, '@([^/]*)', 1), '%Y%m%dT%H%M%SZ') at time zone 'UTC' as closed_at,
    (select max(as_of) from finished where as_of < first_seen) as read_before
from seen
join posted on posted.kind = seen.kind and posted.fires = regexp_replace(seen.document_id, '@[^/]*', '')

-- name: entries
-- purpose: what each action of each automation wants for each deal, its fields read as what they are
select
    rendered.*, try_cast(valor as decimal(18, 2)) as amount, try_cast(valor as decimal(38, 9)) as exact,
    regexp_full_match(valor, '-?\d{1,16}(\.\d{1,2})?') as amount_is_plain,
    try_strptime(data_competencia, '%Y-%m-%d')::date as accrued_on,
    coalesce(try_strptime(data_vencimento, '%Y-%m-%d')::date, accrued_on + due_days) as due_on,
    if(amount_is_plain, amount, null) as told_amount,
    nullif(upper(regexp_replace(documento, '[^0-9A-Za-z]', '', 'g')), '') as written_tax_id,
    -- numeric fields of Moskit drop leading zeros
    case
        when regexp_full_match(written_tax_id, '\d{9,10}') then lpad(written_tax_id, 11, '0')
        when regexp_full_match(written_tax_id, '\d{12,13}') then lpad(written_tax_id, 14, '0')
        else written_tax_id
    end as tax_id,
    nfc_normalize(nome_cliente) as name,
    coalesce(tax_id, 'nome:' || folded(name) || '|' || tipo_cliente) as identity,
    '[moskit:' || rendered.document_id || ']' as reference,
    sent.document_id is not null as is_sent, sent.posted_amount,
    coalesce(capture.closed_at <= capture.read_before, false) as is_only_redated,
    is_sent or ignored_because is not null as is_left_alone
from rendered
left join (
    select kind, document_id, posted_amount from ledger.standing where posted_entry is not null
) as sent on sent.kind = rendered.side and sent.document_id = rendered.document_id
left join captures as capture on capture.kind = rendered.side and capture.document_id = rendered.document_id

-- name: to_be_parted
-- purpose: what parcels are made of
select side, document_id, parcels as terms, told_amount as amount, accrued_on, due_on from entries

-- name: due_window
-- purpose: which due dates of Conta Azul are read: those wanted, and a year and two around them where something is still
-- to be created, because people move them; months where nothing is
select
    (coalesce(min(first_due), getvariable('today')) - if(any_value(is_to_come), interval 1 year, interval 60 day))::date,
    (coalesce(max(last_due), getvariable('today')) + if(any_value(is_to_come), interval 2 year, interval 120 day))::date
from (
    select *, bool_or(not is_left_alone) over () as is_to_come
    from (
        select is_left_alone, list_min(list_transform(parts.parcels, lambda part: part.due_on)) as first_due,
            list_max(list_transform(parts.parcels, lambda part: part.due_on)) as last_due
        from entries
        left join parts using (side, document_id)
    )
)
where first_due is null
    or first_due between getvariable('today') - interval 10 year and getvariable('today') + interval 10 year

-- name: accounts
-- purpose: active accounts by id and by name
select said, count(*) as copies, min(id) as account_id, bool_or(tipo = 'RECEBA_FACIL_CARTAO') as receives_only
from (
    select *, unnest(list_distinct([folded(id), folded(nome)])) as said
    from raw_contaazul.contas_financeiras where coalesce(ativo, true)
)
where id is not null
group by said

-- name: categories
-- purpose: categories of either side by id and by name
select side, said, count(*) as copies, min(id) as category_id
from (
    select *, if(tipo = 'RECEITA', 'receivable', 'payable') as side, unnest(list_distinct([folded(id), folded(nome)])) as said
    from raw_contaazul.categorias
)
where id is not null
group by side, said

-- name: facts
-- purpose: one row per action and deal, one boolean per posting rule; what is left alone or sent has nothing to prove,
-- and of a deal that Moskit did not give out nothing is known but its id
with read_deals as (
    select
        named(id, record) as id, any_value(closed_on) as closed_on, any_value(status) as status,
        translate(any_value(unreadable), '{"}', '') as unreadable_text,
        coalesce(bool_or((unreadable ->> 'closeDate') is not null), false) as closing_is_spoiled,
        bool_and(coalesce(json_valid(record), false) and (id is null or (unreadable ->> 'id') is null)) as is_readable
    from raw_moskit.deals group by all
),
wanted as (
    select entries.*, read_deals.* exclude (id), is_left_alone or not coalesce(is_readable, false) as is_excused
    from entries
    left join read_deals on read_deals.id = entries.deal_id
)
select
    document_id,
    is_left_alone or not is_nameless(deal_id) as deal_has_an_id,
    is_left_alone or is_readable as record_is_readable,
    is_excused or coalesce(status in ('WON', 'OPEN', 'LOST', 'DELETED'), false) as status_is_known,
    is_excused or unjudged_filter is null as filter_can_be_judged,
    is_excused or closed_on is not null or closing_is_spoiled as closing_date_is_given,
    is_excused or not closing_is_spoiled as closing_date_exists,
    is_excused or not is_only_redated as it_was_won_again,
    is_excused or empty_fields is null as every_field_is_filled,
    is_excused or valor is null or coalesce(amount_is_plain, false) as amount_is_readable,
    is_excused or not coalesce(amount_is_plain, false) or amount > 0 as amount_is_positive,
    is_excused or data_competencia is null or accrued_on is not null as accrual_date_exists,
    is_excused or data_vencimento is null
        or try_strptime(data_vencimento, '%Y-%m-%d') is not null as due_date_exists,
    is_excused or conta is null or account.account_id is not null as account_exists,
    is_excused or coalesce(account.copies = 1, true) as account_is_unique,
    is_excused or side = 'receivable' or not coalesce(account.receives_only, false) as account_may_pay,
    is_excused or categoria is null or category.category_id is not null as category_exists,
    is_excused or coalesce(category.copies = 1, true) as category_is_unique,
    is_excused or coalesce(tipo_cliente in ('Física', 'Jurídica', 'Estrangeira'), true) as client_kind_is_known,
    is_excused or coalesce(tipo_papel in ('Cliente', 'Fornecedor', 'Transportadora'), true) as role_is_known,
    is_excused or coalesce(len(name) <= 200, true) as client_name_fits,
    is_excused or tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    is_excused or tax_id is null or not is_cpf_or_cnpj(tax_id)
        or coalesce(tipo_cliente not in ('Física', 'Jurídica', 'Estrangeira'), true)
        or tipo_cliente = if(len(tax_id) = 11, 'Física', 'Jurídica') as tax_id_fits_client_kind,
    is_excused or parts.unreadable is null as parcels_are_readable,
    parts.unreadable as parcels_text, unjudged_filter, unreadable_text, status, empty_fields, valor, data_competencia, data_vencimento, conta, categoria, tipo_cliente, tipo_papel,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id
from wanted
left join parts using (side, document_id)
left join accounts as account on account.said = folded(conta)
left join categories as category on category.side = wanted.side and category.said = folded(categoria)

-- name: parties
-- purpose: the people of what may be created, once per CPF or CNPJ, or per folded name and kind; with the roles they
-- need. Active people count
with wanted as (
    select identity, any_value(tax_id) as tax_id, arg_min(name, document_id) as name,
        arg_min(tipo_cliente, document_id) as client_kind,
        arg_min(email, document_id) filter (
            where len(email) <= 100 and regexp_full_match(email, '[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+')
        ) as email,
        list_sort(list(distinct tipo_papel)) as roles, min(deal_id) as deal_id
    from entries
    where not is_left_alone and document_id not in (select document_id from breaches)
    group by identity
),
counted as (
    select wanted.identity,
        count(*) filter (where coalesce(ativo, true)) as people,
        min(id) filter (where coalesce(ativo, true)) as one,
        count(*) filter (where not ativo) as inactive
    from wanted
    join raw_contaazul.pessoas on pessoas.documento = wanted.tax_id or (
        wanted.tax_id is null and folded(pessoas.nome) = folded(wanted.name)
        and folded(pessoas.tipo_pessoa) = folded(wanted.client_kind)
    )
    where pessoas.id is not null
    group by wanted.identity
)
select
    wanted.*, sha256(identity)[:16] as document_id, coalesce(people, 0) as people, coalesce(inactive, 0) as inactive,
    if(people = 1, one, null) as target_id, [identity] as natural_key
from wanted
left join counted using (identity)

-- name: mirror
-- purpose: what Conta Azul holds: people and their roles, receivables and payables with our reference where they have
-- it. Lists show parcels: of an event of ours the one due first stands for all, unless there are more than it has. A
-- title is one in these situations only; one whose situation nobody knows may be one
with titles_there as (
    select side, id, pessoa__id, data_vencimento, total, as_word(coalesce(status_traduzido, status)) as situation,
        '[moskit:' || nullif(regexp_extract(descricao, '(?i)moskit:\s*([a-z][a-z0-9_]*/[^\s\]/]+/\d+)', 1), '') || ']'
            as reference
    from (
        select 'receivable' as side, * from raw_contaazul.contas_a_receber
        union all
        select 'payable', * from raw_contaazul.contas_a_pagar
    )
    where id is not null
),
judged as (
    select *, coalesce(situation not in ('CANCELADO', 'CANCELED', 'CANCELLED', 'RENEGOCIADO', 'RENEGOTIATED'), true) as lives
    from titles_there
),
placed as (
    select judged.*, coalesce(len(parts.parcels), 1) as parcels_of_event,
        row_number() over (partition by judged.side, judged.reference, lives order by data_vencimento, id) as place,
        count(*) over (partition by judged.side, judged.reference, lives) as parcels_there
    from judged
    left join (
        select entries.side, reference, parts.parcels from entries join parts using (side, document_id)
    ) as parts on parts.side = judged.side and parts.reference = judged.reference
)
select
    'person' as kind, id as target_id, null::text as reference,
    [coalesce(documento, 'nome:' || folded(nome))] as natural_key, null::text as fields,
    null::text as record, coalesce(ativo, true) as lives, concat_ws(', ', nome, lower(tipo_pessoa)) as shown,
    null::text as locked_because
from raw_contaazul.pessoas
where id is not null
union all by name
select 'role' as kind, id as target_id, true as lives, to_json({roles: perfis})::text as fields
from raw_contaazul.pessoas
where id is not null
union all by name
select side as kind, id as target_id, reference,
    [pessoa__id, data_vencimento::text, total::text, if(situation in (
        'EM_ABERTO', 'RECEBIDO', 'RECEBIDO_PARCIAL', 'ATRASADO', 'PERDIDO', 'PAGO', 'PAGO_PARCIAL', 'QUITADO', 'PENDENTE',
        'OPEN', 'PENDING', 'ACQUITTED', 'OVERDUE', 'PARTIALLY_ACQUITTED', 'PARTIAL', 'LOST'
    ), 'título', null)] as natural_key,
    lives, concat('vencimento ', strftime(data_vencimento, '%d/%m/%Y'), ', ', money_text(total, 'BRL')) as shown
from placed
where reference is null or place = 1 or lives and parcels_there > parcels_of_event

-- name: person
-- purpose: each client or supplier, found by CPF or CNPJ where one is mapped, else by folded name and kind; else made
select
    document_id, 'parte do negócio ' || deal_id as label, 'BRL' as currency, target_id, natural_key,
    null::text as fields, false as mirrored,
    without_nulls({
        nome: name, tipo_pessoa: client_kind,
        cpf: if(len(tax_id) = 11, regexp_replace(tax_id, '^(...)(...)(...)(..)$', '\1.\2.\3-\4'), null),
        cnpj: if(len(tax_id) = 14, regexp_replace(tax_id, '^(..)(...)(...)(....)(..)$', '\1.\2.\3/\4-\5'), null),
        email: email,
        perfis: list_transform(roles, lambda role: {tipo_perfil: role}), observacao: 'Origem do cadastro: Moskit'
    }) as payload,
    case
        when tax_id is null and people > 1 then 'Há ' || people || ' pessoas ativas com este nome e tipo no Conta Azul; '
            || 'inative as que não valem, ou preencha o campo Documento na automação'
        when people = 0 and inactive > 0 then 'O cadastro desta pessoa está inativo no Conta Azul; ative-o lá'
    end as held_because,
    -- created beside each other they would be two of one name, and nobody could tell them apart from then on
    if(tax_id is null and people = 0 and (folded(name), client_kind) in (
        select (folded(name), client_kind) from parties where tax_id is not null and people = 0
    ), 'Uma pessoa de mesmo nome e tipo, com CPF/CNPJ, é criada nesta execução; a próxima a procura pelo nome', null)
        as waits_because
from parties

-- name: role
-- purpose: known people who lack a role that they need now
select
    parties.document_id, 'parte do negócio ' || deal_id as label, 'BRL' as currency, known.target_id, true as mirrored,
    to_json({perfis: list_transform(roles, lambda role: {tipo_perfil: role})})::text as payload,
    to_json({roles: array_to_string(list_sort(list_distinct(list_concat(
        string_split(perfis, ','), list_transform(roles, lambda role: upper(role))
    ))), ',')})::text as fields
from parties
join links_now as known on known.kind = 'person' and known.document_id = parties.document_id
join raw_contaazul.pessoas on pessoas.id = known.target_id
where not list_has_all(string_split(coalesce(perfis, ''), ','), list_transform(roles, lambda role: upper(role)))

-- name: titles
-- purpose: the receivable or payable that each action wants; our reference ends the description of each of its parcels
with known as (
    select parties.identity, person.target_id, plan.because
    from parties
    left join links_now as person on person.kind = 'person' and person.document_id = parties.document_id
    left join plan on plan.kind = 'person' and plan.document_id = parties.document_id
),
deals as (
    select id as deal_id, any_value(status) as status from raw_moskit.deals group by id
),
-- what was posted and no parcel of which is valid any more; what was renegotiated goes on as another title
invalid as (
    select record.kind as side, link.document_id, parcels.situation,
        not starts_with(as_word(parcels.situation), 'RENEGO') as is_cancelled
    from mirror as record
    join ledger.linked as link using (kind, target_id)
    join (
        select id, coalesce(status_traduzido, status) as situation from raw_contaazul.contas_a_receber
        union all
        select id, coalesce(status_traduzido, status) from raw_contaazul.contas_a_pagar
    ) as parcels on parcels.id = record.target_id
    where not record.lives and not exists (
        from mirror as other
        where other.kind = record.kind and other.reference = record.reference and other.lives
    )
)
select
    entries.side, entries.document_id, entries.document_id as record_id,
    automation || ': ' || coalesce(descricao, deal_id) as label,
    coalesce(told_amount, posted_amount) as amount, 'BRL' as currency, entries.reference,
    if(is_left_alone or known.target_id is null, null,
        [known.target_id, parts.parcels[1].due_on::text, parts.parcels[1].amount::text, 'título']) as natural_key,
    is_sent as mirrored, null::text as fields,
    without_nulls({
        descricao: descricao || ' ' || entries.reference, data_competencia: accrued_on, valor: amount,
        observacao: observacao, conta_financeira: account.account_id,
        id_cliente: if(entries.side = 'receivable', known.target_id, null),
        id_fornecedor: if(entries.side = 'payable', known.target_id, null), contato: known.target_id,
        referencia_externa: entries.document_id,
        rateio: [{id_categoria: category.category_id, valor: amount}],
        condicao_pagamento: {parcelas: list_transform(parts.parcels, lambda part: {
            descricao: descricao
                || if(len(parts.parcels) > 1, ' (' || part.number || '/' || len(parts.parcels) || ')', '')
                || ' ' || entries.reference,
            data_vencimento: part.due_on, nota: '', conta_financeira: account.account_id,
            detalhe_valor: {
                valor_bruto: part.amount, valor_liquido: part.amount, multa: 0, juros: 0, desconto: 0, taxa: 0
            }
        })}
    }) as payload,
    if(is_sent, null, ignored_because) as ignored_because,
    if(not is_left_alone and known.target_id is null,
        'O cliente ou fornecedor ainda não está no Conta Azul' || coalesce(': ' || known.because, ''), null
    ) as waits_because,
    if(is_sent, case deals.status
        when 'DELETED' then 'Foi excluído no Moskit depois de lançado'
        when 'LOST' then 'Foi perdido no Moskit depois de lançado'
        when 'OPEN' then 'Deixou de estar ganho no Moskit depois de lançado'
        when 'WON' then if(is_cancelled, 'Continua ganho no Moskit', null)
    end || coalesce('; no Conta Azul o lançamento não vale mais (' || there.situation || '), e não é feito de novo',
        ': o lançamento fica como foi feito, com ' || coalesce(money_text(posted_amount, 'BRL'), '?')), null)
        as noticed_because
from entries
left join deals using (deal_id)
left join known using (identity)
left join parts using (side, document_id)
left join accounts as account on account.said = folded(conta)
left join categories as category on category.side = entries.side and category.said = folded(categoria)
left join invalid as there on there.side = entries.side and there.document_id = entries.document_id

-- name: receivable
-- purpose: the receivables among them
select * exclude (side) from titles where side = 'receivable'

-- name: payable
-- purpose: the payables among them
select * exclude (side) from titles where side = 'payable'

-- name: control
-- purpose: each action of each automation, once per deal read: the bridge must add up to it
select side as kind, count(*) as documents, sum(coalesce(told_amount, posted_amount)) as amount
from entries
where deal_id in (select named(id, record) from raw_moskit.deals)
group by side
