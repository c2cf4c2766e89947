-- name: last_good_run
-- purpose: since when changes may have been missed: the moment of the last run that read everything to its end
select max(as_of)
from ledger.run_starts
join ledger.run_ends using (run_id)
where not dry_run and (starts_with(state, 'Posted') or starts_with(state, 'Nothing to post'))

-- name: unseen_invoices
-- purpose: invoices that were not ended and that the panel's listing did not show, whatever their age
select distinct document_id[8:] as invoice_id
from waiting
where kind <> 'customer' and starts_with(document_id, 'fatura:') and not is_nameless(document_id)
    and document_id[8:] not in (select codigo from raw_ogestor_panel.faturas where codigo is not null)
order by all

-- name: clients
-- purpose: the panel's clients as the ERP keeps them
select
    named(codigo, clientes::text) as client_id, 'revenda:' || client_id as document_id, nome as name, cpf_cnpj as tax_id, record,
    record ->> '$.emails[0]' as email, unreadable,
    list_sort(list_transform(record ->> '$.emails[*]', lambda each: lower(trim(each)))) as emails,
    count(*) over (partition by cpf_cnpj) as with_this_tax_id
from raw_ogestor_panel.clientes
qualify row_number() over (partition by client_id) = 1

-- name: invoices
-- purpose: the panel's invoices that changed lately or were not ended, with what is known of their client. Interest, fine
-- and discount that the panel does not show are not known
with found as (
    select *, named(codigo, faturas::text) as invoice_id from raw_ogestor_panel.faturas
    union all by name
    select *, codigo as invoice_id from raw_ogestor_panel.faturas_uma_a_uma where codigo not in (select codigo from raw_ogestor_panel.faturas where codigo is not null)
)
select
    found.invoice_id, 'fatura:' || found.invoice_id as document_id, found.cliente_id as client_id, descricao as description,
    valor as amount, lancamento as issued_on, vencimento as due_on, mes_referencia as month, ano_referencia as year,
    linha_digitavel as line, status, invoice_state(status) as state, coalesce(em_disputa, false) as is_disputed,
    valor_pago as paid_amount, juros as interest, multa as fine, desconto as discount,
    data_pagamento as paid_on, data_credito as credited_on,
    criado_em as entered_at, found.unreadable, clients.client_id is not null as is_of_a_client
from found
left join clients on clients.client_id = found.cliente_id
qualify row_number() over (partition by invoice_id) = 1

-- name: vanished
-- purpose: what was not ended and is not in the panel any more
select kind, document_id from waiting
where document_id not in (select document_id from invoices union all select document_id from clients)

-- name: read_from
-- purpose: since when the ERP is read: as far back as the oldest invoice that may stand there unknown to this ledger. One
-- that was looked for before is looked for again when nothing holds or ignores it any more
select min(entered_at)
from invoices
where document_id not in (select document_id from links_now where kind = 'receivable')
    and (
        document_id not in (select document_id from ledger.decided where kind = 'receivable')
        or not (
            document_id in (select document_id from ledger.decided where kind = 'receivable' and action = 'ignore')
            or document_id in (select document_id from breaches where len(kinds) = 0 or list_contains(kinds, 'receivable'))
            or 'revenda:' || client_id in (select document_id from breaches)
        )
    )

-- name: titles
-- purpose: for each invoice its receivable in the ERP, and how the ERP was read to hold it
select
    invoices.document_id, receivable.target_id as title_id, found.codigo is not null as is_found,
    situation(found.situacao) as situation, plan.action, plan.because,
    settled.posted_entry is not null as was_settled_by_us,
    -- its money went back before the ERP heard of the payment: there is nothing to undo there, only to cancel
    state = 'reversed' and getvariable('refunded_becomes') = 'Cancelado' and (
        cancelled.posted_entry is not null or coalesce(situation(found.situacao) = 'open', not was_settled_by_us)
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
    select * exclude (client_id, description, line, entered_at, is_disputed),
        false as is_client, amount + coalesce(interest, 0) + coalesce(fine, 0) - coalesce(discount, 0) as amount_due
    from invoices
)
select
    document_id,
    not is_client or not is_nameless(document_id) as client_has_a_code,
    not is_client or name is not null as client_has_a_name,
    not is_client or tax_id is not null as client_has_a_tax_id,
    tax_id is null or is_cpf_or_cnpj(tax_id) as tax_id_is_valid,
    not is_client or tax_id is null or with_this_tax_id = 1 as tax_id_is_of_one_client,
    not is_client or email is not null as client_has_an_email,
    is_client or unreadable is null as invoice_is_readable,
    is_client or is_of_a_client as client_is_known,
    is_client or amount is null or amount > 0 as amount_is_positive,
    is_client or due_on is not null or unreadable is not null as due_date_is_given,
    is_client or due_on is null or issued_on is null or due_on >= issued_on as due_date_is_not_before_issue,
    is_client or month is not null or unreadable is not null as month_is_given,
    is_client or year is not null or unreadable is not null as year_is_given,
    is_client or state is not null as status_is_known,
    is_client or state is distinct from 'paid' or paid_on is not null as payment_date_is_given,
    is_client or state is distinct from 'paid' or coalesce(paid_amount > 0, false) as paid_amount_is_positive,
    is_client or paid_on is null or paid_on <= getvariable('today') as payment_is_not_in_the_future,
    is_client or credited_on is null or paid_on is null or credited_on >= paid_on as credit_follows_payment,
    is_client or state is distinct from 'paid' or paid_amount is null or amount_due is null or case
        when paid_amount > amount_due then interest is null or fine is null
        when paid_amount < amount_due then discount is null
        else true
    end as payment_adds_up,
    left(tax_id, 3) || '…' || right(tax_id, 2) as masked_tax_id, translate(unreadable, '{"}', '') as unreadable_text, amount, status,
    paid_on, credited_on, due_on, paid_amount || ' ≠ ' || amount_due as sums
from records

-- name: mirror
-- purpose: what the ERP holds: clients but the consumer, receivables and the state of each, bank slips by receivable.
-- What they do not show is taken to be as it was written last. A document number that is a single number is that number, whatever stands around
-- it; another one, or none, does not tell whose receivable it is
select
    'customer' as kind, codigo as target_id, codigo_externo as reference, [cpf_cnpj] as natural_key,
    without_nulls({
        name: compared_name(nome), tax_id: cpf_cnpj, emails: if(json_exists(record, '$.emails'), to_json(list_sort(list_transform(
            record ->> '$.emails[*]', lambda each: lower(trim(each))))), fields -> 'emails')
    }) as fields,
    null::text as record, ativo is distinct from false as lives, null::integer as stage,
    'cliente ' || codigo || coalesce(', ' || nome, '') as shown,
    if(ativo is distinct from false, null, 'O cliente está inativo no ERP; ative-o lá, ou tire dele a referência') as locked_because
from raw_ogestor_erp.clientes
left join last_written on last_written.kind = 'customer' and last_written.target_id = codigo
where folded(nome) is distinct from 'consumidor'
union all by name
select
    kinds.kind, codigo as target_id, codigo_externo as reference,
    if(kinds.kind = 'receivable', [
        cliente_id, valor::text, vencimento::text,
        case
            when situation(situacao) is null then null
            when len(regexp_extract_all(num_doc, '\d+')) = 1 then regexp_extract(num_doc, '0*(\d+)', 1)
        end
    ], null) as natural_key,
    if(kinds.kind = 'receivable',
        to_json({amount: valor::text, due_on: vencimento})::text,
        if(kinds.kind <> 'settlement', to_json({situation: coalesce(situation(situacao), situacao)})::text, without_nulls({
            situation: coalesce(situation(situacao), situacao),
            paid_on: coalesce(data_pagamento::text, fields ->> 'paid_on'),
            credited_on: coalesce(data_credito::text, fields ->> 'credited_on'),
            paid: coalesce(if(valor_pago > 0, valor_pago, null)::text, fields ->> 'paid')
        }))
    ) as fields,
    -- of a situation that nobody knows it is not known whether it lives: its key is not whole, so it holds its like
    coalesce(situation(situacao) in ('open', 'settled'), true) as lives,
    if(situation(situacao) = 'cancelled' and kinds.kind <> 'settlement', 5, null)::integer as stage,
    'lançamento ' || codigo || coalesce(', documento ' || num_doc, '') || coalesce(', ' || strftime(vencimento, '%d/%m/%Y'), '')
        || coalesce(', ' || money_text(valor, 'BRL'), '') as shown,
    case
        when situation(situacao) is null then 'A situação do lançamento no ERP não é conhecida: ' || coalesce(situacao, 'nenhuma')
        when kinds.kind = 'receivable' and situation(situacao) = 'cancelled'
            then 'O lançamento está ' || situacao || ' no ERP; reabra-o lá' || if(linked_target is null, ', ou tire dele a referência', '')
        when kinds.kind = 'receivable' and situation(situacao) <> 'open'
            then 'O lançamento já está ' || situacao || ' no ERP e não se altera mais por aqui; ajuste-o lá, ou desfaça a '
                || 'mudança no painel'
        when kinds.kind = 'settlement' and situation(situacao) = 'cancelled'
            then 'O lançamento está ' || situacao || ' no ERP; reabra-o lá'
        when kinds.kind = 'settlement' and situation(situacao) = 'settled' and (
            valor_pago is distinct from invoices.paid_amount or data_pagamento is distinct from invoices.paid_on
        ) and valor_pago is not null
            then 'O lançamento já está ' || situacao || ' no ERP, com ' || money_text(valor_pago, 'BRL')
                || coalesce(' em ' || strftime(data_pagamento, '%d/%m/%Y'), '') || ', e isso não se altera por aqui; deixe nele '
                || coalesce(money_text(invoices.paid_amount, 'BRL'), 'o valor pago')
                || coalesce(' em ' || strftime(invoices.paid_on, '%d/%m/%Y'), '')
    end as locked_because
from raw_ogestor_erp.contas_receber
left join (
    select target_id as linked_target, document_id as linked_document from links_now where kind = 'receivable'
) as mine on linked_target = codigo
left join invoices on invoices.document_id = coalesce(linked_document, codigo_externo)
cross join (select unnest(['receivable', 'settlement', 'reversal', 'cancellation']) as kind) as kinds
left join last_written on last_written.kind = kinds.kind and last_written.target_id = codigo
union all by name
select 'bank_slip' as kind, codigo as target_id, null::text as reference, [conta_receber_id] as natural_key,
    without_nulls({line: coalesce(linha_digitavel, fields ->> 'line')}) as fields, null::text as record,
    coalesce(situation(situacao) in ('open', 'settled'), true) as lives, null::integer as stage,
    'boleto ' || codigo as shown, null::text as locked_because
from raw_ogestor_erp.boletos
left join last_written on last_written.kind = 'bank_slip' and last_written.target_id = codigo

-- name: customer
-- purpose: every client of the panel, as a client of the ERP
select
    document_id, document_id as record_id, 'cliente ' || client_id as label, 'BRL' as currency,
    document_id as reference, [tax_id] as natural_key, true as mirrored,
    without_nulls({
        codigo_externo: document_id, nome: name, fantasia: record ->> 'fantasia', cpf_cnpj: tax_id,
        emails: record -> '$.emails', fones: record -> '$.fones', cep: record ->> 'cep',
        logradouro: record ->> 'logradouro', numero: record ->> 'numero', bairro: record ->> 'bairro',
        cidade: record ->> 'cidade', uf: record ->> 'uf'
    }) as payload,
    without_nulls({name: compared_name(name), tax_id: tax_id, emails: to_json(emails)}) as fields,
    null::text as ignored_because
from clients
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'O cliente não existe mais no painel' as ignored_because
from vanished where kind = 'customer'

-- name: receivable
-- purpose: the receivable that each invoice wants, paid meanwhile or not
select
    invoices.document_id, invoices.document_id as record_id, invoices.document_id as reference,
    coalesce(description, invoices.document_id) as label, amount, 'BRL' as currency,
    if(customer.target_id is null, null, [
        customer.target_id, amount::text, due_on::text,
        coalesce(nullif(regexp_extract(invoice_id, '^0*(\d+)$', 1), ''), invoice_id)
    ]) as natural_key,
    without_nulls({
        codigo_externo: invoices.document_id, cliente_id: as_code(customer.target_id), descricao: description,
        num_doc: invoice_id, valor: amount::text, lancamento: issued_on, vencimento: due_on,
        conta_corrente_id: as_code(account.codigo), mes_referencia: month, ano_referencia: year
    }) as payload,
    to_json({amount: amount::text, due_on: due_on})::text as fields,
    coalesce(entered_at >= getvariable('erp_since'), false) as mirrored,
    if(state in ('cancelled', 'reversed'), status || ' antes de chegar ao ERP', null) as ignored_because,
    case
        when ignored_because is not null then null
        when account.codigo is null then 'A conta corrente ' || getvariable('account') || ' não existe no ERP'
        when customer.target_id is null then 'O cliente ainda não está no ERP' || coalesce(': ' || plan.because, '')
    end as held_because
from invoices
left join links_now as customer
    on customer.kind = 'customer' and customer.document_id = 'revenda:' || invoices.client_id
left join plan on plan.kind = 'customer' and plan.document_id = 'revenda:' || invoices.client_id
left join (
    select nome, min(codigo) as codigo from raw_ogestor_erp.contas_correntes group by nome
) as account on folded(account.nome) = folded(getvariable('account'))
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'receivable'

-- name: bank_slip
-- purpose: the slip of each invoice, listed under the account that records online receipts
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    if(title_id is null, null, [title_id]) as natural_key, document_id as reference,
    without_nulls({
        conta_receber_id: as_code(title_id), conta_corrente: getvariable('account'), linha_digitavel: line
    }) as payload,
    without_nulls({line: line}) as fields,
    coalesce(entered_at >= getvariable('erp_since'), false) as mirrored,
    if(title_id is null and action = 'ignore', because, null) as ignored_because,
    if(title_id is null and ignored_because is null,
        'O lançamento ainda não está no ERP' || coalesce(': ' || because, ''), null) as held_because
from invoices
join titles using (document_id)
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'bank_slip'

-- name: settlement
-- purpose: invoices that were paid: settled with dates, amount, interest, fine and discount. One that is not paid, and
-- whose receivable was settled or cancelled in the ERP, waits for a person who says which of both is right
select
    document_id, document_id as record_id, coalesce(description, document_id) as label,
    if(is_astray, amount, paid_amount) as amount,
    'BRL' as currency, document_id as reference, title_id as target_id,
    without_nulls({
        valor: paid_amount::text, data_pagamento: paid_on, data_credito: credited_on,
        juros: nullif(interest, 0)::text, multa: nullif(fine, 0)::text, desconto: nullif(discount, 0)::text
    }) as payload,
    without_nulls({
        situation: 'settled', paid_on: paid_on::text, credited_on: credited_on::text, paid: paid_amount::text
    }) as fields,
    is_found as mirrored,
    case
        when is_astray then null
        when state is distinct from 'paid' then 'Não está paga no painel'
        when title_id is null and action = 'ignore' then because
    end as ignored_because,
    case
        when is_astray and situation = 'settled' then 'Liquidado no ERP, e a fatura está ' || status
            || ' no painel; estorne o lançamento no ERP, ou registre o pagamento na fatura, no painel'
        when is_astray then 'Cancelado no ERP, e a fatura está ' || status
            || ' no painel; reabra o lançamento no ERP, ou cancele a fatura no painel'
        when title_id is null and ignored_because is null
            then 'O lançamento ainda não está no ERP' || coalesce(': ' || because, '')
    end as held_because
from invoices
join titles using (document_id)
cross join lateral (
    select coalesce(state in ('processing', 'waiting') and situation in ('settled', 'cancelled'), false) as is_astray
)
where state = 'paid' or is_astray or document_id in (select document_id from waiting where kind = 'settlement')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'settlement'

-- name: reversal
-- purpose: invoices whose money went back: the settlement in the ERP is undone
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    document_id as reference, title_id as target_id,
    to_json({situacao: getvariable('refunded_becomes')})::text as payload,
    to_json({situation: situation(getvariable('refunded_becomes'))})::text as fields,
    is_found as mirrored, 4 as stage,
    case
        when state is distinct from 'reversed' then 'Não está mais estornada no painel'
        when title_id is null then coalesce(because, 'Nunca foi lançada no ERP')
        when is_cancelled_instead then 'Devolvida antes da baixa no ERP: o lançamento é cancelado'
    end as ignored_because
from invoices
join titles using (document_id)
where state = 'reversed' or document_id in (select document_id from waiting where kind = 'reversal')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'reversal'

-- name: cancellation
-- purpose: invoices cancelled in the panel, or refunded before they were settled in the ERP: cancelled there,
-- where they had been entered
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, amount, 'BRL' as currency,
    document_id as reference, title_id as target_id, '{}' as payload,
    to_json({situation: 'cancelled'})::text as fields,
    is_found as mirrored, 5 as stage,
    case
        when state is distinct from 'cancelled' and not is_cancelled_instead then 'Não está mais cancelada no painel'
        when title_id is null then coalesce(because, 'Nunca foi lançada no ERP')
    end as ignored_because,
    if(title_id is not null and situation = 'settled',
        'Cancelada no painel e liquidada no ERP: estorne lá antes', null) as held_because
from invoices
join titles using (document_id)
where state = 'cancelled' or (is_cancelled_instead and title_id is not null)
    or document_id in (select document_id from waiting where kind = 'cancellation')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'cancellation'

-- name: dispute
-- purpose: payments that their payer contests: nothing is changed, a person must follow them
select
    document_id, document_id as record_id, coalesce(description, document_id) as label, paid_amount as amount,
    'BRL' as currency, title_id as target_id, '{}' as payload, 'never' as fields, false as mirrored,
    if(is_disputed, null, 'A contestação terminou') as ignored_because,
    if(is_disputed,
        'Pagamento contestado no parceiro: acompanhe lá; o lançamento fica liquidado até a decisão', null
    ) as held_because
from invoices
join titles using (document_id)
where is_disputed or document_id in (select document_id from ledger.decided where kind = 'dispute')
union all by name
select document_id, document_id as record_id, document_id as label, 'BRL' as currency, '{}' as payload,
    'A fatura não existe mais no painel' as ignored_because
from vanished where kind = 'dispute'

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'receivable' as kind,
    count(*) + (select count(*) from vanished where kind = 'receivable') as documents, sum(amount) as amount
from (
    select any_value(valor) as amount
    from (
        select named(codigo, faturas::text) as codigo, valor from raw_ogestor_panel.faturas
        union all
        select codigo, valor from raw_ogestor_panel.faturas_uma_a_uma
        where codigo not in (select codigo from raw_ogestor_panel.faturas where codigo is not null)
    )
    group by codigo
)
