-- name: chart
-- purpose: the chart of accounts: which lines take entries, and the apportionment that each has by default
select
    cod_emp as company, cta_red as account, coalesce(ana_sin = 'A' and sit_cta = 'A', false) as is_fit,
    from_json(rateio, '[{"codCcu":"VARCHAR","perRat":"VARCHAR"}]') as shares,
    if(unreadable is not null or ana_sin is null or sit_cta is null, 'conta ' || cta_red || ' ' || coalesce(unreadable, 'sem tipo ou situação'), null)
        as spoiled
from raw_senior_erp.contas

-- name: shares
-- purpose: every line of every apportionment (table "share_lines"), exact; amounts of which only the percent is given
-- land on the total to the cent, by the largest remainder, and what each was moved by is shown as its residue
with read as (
    select *,
        if(regexp_full_match(percent_text, '-?\d+(\.\d{1,4}0*)?'), try_cast(percent_text as decimal(9, 4)), null) as percent,
        if(regexp_full_match(amount_text, '-?\d+(\.\d{1,2}0*)?'), try_cast(amount_text as decimal(18, 2)), null)
            as given_amount,
        (percent_text is null or percent is not null) and (amount_text is null or given_amount is not null)
            as is_readable,
        wide(total) * percent as exact_cents
    from share_lines
),
grouped as (
    select *, floor(exact_cents) as whole_cents,
        bool_and(amount_text is null and percent is not null) over of_account as only_percents,
        sum(percent) over of_account = 100 as adds_up,
        (wide(total) * 100)::decimal(38, 0) - sum(whole_cents) over of_account as left_over,
        row_number() over (
            partition by document_id, account order by exact_cents - whole_cents desc, place
        ) as turn
    from read
    window of_account as (partition by document_id, account)
)
select
    document_id, company, place, account, center, percent, debit, credit, is_default, is_readable,
    case
        when not only_percents then given_amount
        when adds_up then try_cast((whole_cents + if(turn <= left_over, 1, 0)) * 0.01 as decimal(18, 2))
        else try_cast(round(exact_cents) * 0.01 as decimal(18, 2))
    end as amount,
    if(only_percents, amount - (exact_cents * 0.01)::decimal(38, 8), null) as residue,
    case account when debit then 'debit' when credit then 'credit' end as side,
    account is not null as has_account,
    account is null or (side is not null and chart.account is not null) as account_is_known,
    center is not null and centers.cod_ccu is not null and trim(center, '0') <> '' as center_is_known
from grouped
left join chart using (company, account)
left join raw_senior_erp.centros as centers on centers.cod_emp = company and centers.cod_ccu = center

-- name: shares_in_words
-- purpose: each document's apportionment as one text, in the words in which it is compared with what stands in the ERP
select document_id, string_agg(concat_ws(':', account, center, amount), ', ' order by account, center, amount) as shares
from shares
group by document_id

-- name: branches
-- purpose: branches with the rules that they set; what cannot be read of accounting or of payables
select *,
    if(regexp_matches(unreadable, '"(cod|ctb)'), 'filial ' || cod_emp || '/' || cod_fil || ' ' || unreadable, null)
        as spoiled_for_accounting,
    if(regexp_matches(unreadable, '"(cod|pag)'), 'filial ' || cod_emp || '/' || cod_fil || ' ' || unreadable, null)
        as spoiled_for_payables,
    -- greatest and least know no null: what is not given stays so
    if(ctb_qdl is null, null, least(greatest(ctb_qdl, -36500), 36500))::integer as days_ahead,
    if(pag_eev is null, null, least(greatest(pag_eev, 0), 36500))::integer as shortest_term
from raw_senior_erp.filiais

-- name: terms
-- purpose: what each supplier has agreed with each branch
select
    cod_for as supplier, terms.codEmp as company, terms.codFil as branch,
    nullif(try_cast(terms.perDsc as decimal(9, 4)), 0) as discount,
    nullif(try_cast(terms.pagMul as decimal(9, 4)), 0) as fine,
    nullif(try_cast(terms.pagJmm as decimal(9, 4)), 0) as interest, terms.pagTir as interest_type,
    if(
        list_bool_or([
            said is not null and try_cast(said as decimal(9, 4)) is null
            for said in [terms.perDsc, terms.pagMul, terms.pagJmm]
        ]),
        'definição do fornecedor ' || cod_for || ' ' || concat_ws(', ', terms.perDsc, terms.pagMul, terms.pagJmm), null
    ) as spoiled
from (
    select cod_for, unnest(from_json(definicoes, '[{
        "codEmp":"VARCHAR","codFil":"VARCHAR","perDsc":"VARCHAR","pagMul":"VARCHAR","pagJmm":"VARCHAR","pagTir":"VARCHAR"
    }]')) as terms
    from raw_senior_erp.fornecedores
)

-- name: erp_user
-- purpose: what the user who connects may do, and which day it is there; a user whom the ERP does not show may do least
select
    coalesce((select any_value(data) from raw_senior_erp.hoje), getvariable('today')::date) as today,
    coalesce(bool_and(lan_for_lim = 'S'), false) as posts_outside_the_period,
    coalesce(bool_or(coalesce(vct_menor, 'S') <> 'N'), true) as keeps_the_shortest_term
from raw_senior_erp.usuarios
where folded(nom_usu) = folded(getvariable('erp_user'))

-- name: title_facts
-- purpose: one row per title (table "titles"), one boolean per posting rule; what cannot be read breaks one rule only
with terms_of as (
    select titles.*,
        coalesce(titles.discount, terms.discount, 0) as its_discount,
        coalesce(titles.fine, terms.fine, branches.pag_mul, 0) as its_fine,
        coalesce(titles.interest, terms.interest, branches.pag_jmm, 0) as its_interest,
        coalesce(titles.interest_type, terms.interest_type, branches.pag_tjr) as its_interest_type,
        branches.cod_fil is not null as branch_exists, branches.pag_pdi, branches.pag_pdf, branches.shortest_term,
        branches.pag_moe, branches.spoiled_for_payables, terms.spoiled as spoiled_terms
    from titles
    left join terms using (supplier, company, branch)
    left join branches on branches.cod_emp = company and branches.cod_fil = branch
),
apportioned as (
    select document_id, bool_and(center_is_known) as centers_are_known,
        bool_and(coalesce(amount > 0, false)) as amounts_are_given, bool_and(is_readable) as are_readable,
        coalesce(sum(percent), 0) as percents, coalesce(sum(amount), 0) as amounts
    from shares
    group by document_id
)
select
    title_id as document_id,
    translate(nullif(concat_ws('; ',
        spoiled_for_payables, spoiled_terms,
        if(suppliers.unreadable is not null or coalesce(sit_for, '') not in ('A', 'I') and suppliers.cod_for is not null,
            'fornecedor ' || supplier || ' situação ' || coalesce(sit_for, suppliers.unreadable, 'em branco'), null),
        if(transactions.unreadable is not null or coalesce(sit_tns, '') not in ('A', 'I') and transactions.cod_tns is not null,
            'transação ' || transaction || ' situação ' || coalesce(sit_tns, transactions.unreadable, 'em branco'), null),
        'tipo de título ' || title_type || ' ' || types.unreadable
    ), ''), '{"}', '') as spoiled_registers,
    not amount_is_spoiled and not a_date_is_spoiled and terms_of.unreadable is null and coalesce(are_readable, true)
        as values_are_readable,
    spoiled_registers is null as registers_are_readable,
    branch_exists as branch_is_known,
    suppliers.cod_for is not null as supplier_is_known,
    transactions.cod_tns is not null as transaction_is_known,
    types.cod_tpt is not null as title_type_is_known,
    number is not null and (a_date_is_spoiled or (issued_on is not null and entered_on is not null and due_on is not null))
        as title_is_complete,
    amount_is_spoiled or coalesce(amount > 0, false) as title_amount_is_positive,
    coalesce(abs(amount) < 10000000000000, true) as amount_fits,
    suppliers.cod_for is null or spoiled_registers is not null or coalesce(sit_for = 'A', false) as supplier_is_active,
    transactions.cod_tns is null or spoiled_registers is not null or coalesce(sit_tns = 'A', false)
        as transaction_is_active,
    transactions.cod_tns is null or coalesce(lis_mod in ('CPE', 'CPP'), false) as transaction_is_of_payables,
    transactions.cod_tns is null or types.cod_tpt is null or coalesce(
        (pag_som in ('D', 'O') and pag_dec in ('1', '3')) or (pag_som = 'C' and pag_dec in ('2', '4')), false
    ) as type_fits_transaction,
    coalesce(entered_on >= issued_on, true) as entry_is_not_before_issue,
    coalesce(entered_on between pag_pdi and pag_pdf, entered_on is null or not branch_exists or spoiled_for_payables is not null)
        or (getvariable('predicted_titles_exempt') and coalesce(lis_mod = 'CPP', false)) as entry_is_within_period,
    coalesce(issued_on <= erp_user.today, true) as issue_is_not_in_the_future,
    coalesce(due_on >= issued_on, true) as due_date_is_not_before_issue,
    not erp_user.keeps_the_shortest_term or coalesce(entered_on + coalesce(shortest_term, 0) <= due_on, true)
        as due_date_is_not_too_soon,
    pag_moe is not null or (currency is not null and getvariable('currency_of') = 'effective') or not branch_exists
        or spoiled_for_payables is not null as currency_is_defined,
    its_discount between 0 and 100 as discount_is_fit,
    its_fine between 0 and 100 as fine_is_fit,
    its_interest between 0 and 100 as interest_is_fit,
    its_interest <= 0 or coalesce(its_interest_type in ('S', 'C'), false) as interest_type_is_defined,
    coalesce(centers_are_known, true) as title_centers_are_given,
    coalesce(amounts_are_given, true) as title_share_amounts_are_given,
    coalesce(percents = 100, true) as title_percents_add_up,
    coalesce(amounts = amount, amounts is null or amount is null) as title_amounts_add_up,
    translate(terms_of.unreadable, '{"}', '') as unreadable_text
from terms_of
cross join erp_user
left join apportioned on apportioned.document_id = title_id
left join raw_senior_erp.fornecedores as suppliers on suppliers.cod_for = supplier
left join raw_senior_erp.transacoes as transactions on transactions.cod_emp = company and transactions.cod_tns = transaction
left join raw_senior_erp.tipos as types on types.cod_tpt = title_type

-- name: sound_titles
-- purpose: titles that break no rule of titles
select document_id from title_facts where columns(* exclude (document_id, unreadable_text, spoiled_registers))

-- name: titles_posted
-- purpose: every title that the ledger knows as entered, by its latest turn: what was posted of it, and what it is
-- called by where the ERP has it; each deletion begins a turn
with removed as (
    select regexp_replace(document_id, '@\d+$', '') as title_id, count(*) as times
    from ledger.standing
    where kind = 'removal' and posted_entry is not null
    group by title_id
),
entered as (
    select regexp_replace(standing.document_id, '@\d+$', '') as title_id, standing.document_id as turn_id,
        attempts.fields, standing.posted_amount, linked.target_id
    from ledger.standing
    join ledger.attempts on attempts.entry = standing.posted_entry
    left join ledger.linked on linked.kind = 'title' and linked.document_id = standing.document_id
    where standing.kind = 'title'
)
select title_id, 1 + coalesce(times, 0) as turn, entered.turn_id as posted_turn, entered.fields as posted_fields,
    entered.posted_amount, entered.target_id as posted_target
from (select title_id from removed union select title_id from entered) as known
left join removed using (title_id)
left join entered on entered.turn_id = known.title_id || '@' || (1 + coalesce(times, 0))

-- name: closed_titles
-- purpose: titles at hand that the ERP shows, and shows nothing open of: their movements say whether they were paid
select distinct cod_emp as company, cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number,
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key
from raw_senior_erp.titulos
where key in (select key from titles union all select posted_fields ->> 'key' from titles_posted join titles using (title_id))
    and key not in (
        select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) from raw_senior_erp.titulos_abertos
        where vlr_abe is distinct from 0
    )

-- name: dead_titles
-- purpose: closed titles that no movement closed: cancelled there, whatever the ERP still lists of them. Of one whose
-- movements it does not tell nobody knows
select distinct key
from closed_titles
left join (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, any_value(sit_tit) as status
    from raw_senior_erp.titulos_abertos
    group by all
) as shown using (key)
where coalesce(status not like 'L%', true)
    and key not in (select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) from raw_senior_erp.baixas_recusadas)
    and key not in (
        select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) from raw_senior_erp.baixas
        where sit_reg is distinct from getvariable('reversed_status') and num_tit is not null
    )

-- name: titles_there
-- purpose: what the ERP holds of the titles at hand, beside what payroll wants. Only what the ERP shows of a title is
-- compared, and only what payroll says of it; an apportionment only while nothing of the title was paid. What stands
-- there is of one title only: of the one that was posted so, or, where payroll has that one no more, of its successor
with former as (
    select posted_fields ->> 'key' as key, titles_posted.title_id, vanished.source_id is not null as has_vanished,
        coalesce(try_cast(regexp_extract(posted_target, '@(\d+)$', 1) as integer), 1) as last_turn
    from titles_posted
    left join vanished on vanished.kind = 'title' and vanished.source_id = titles_posted.title_id
    where posted_turn is not null and titles_posted.title_id not in (select title_id from titles)
),
succeeded as (
    select key, max(last_turn) as last_turn, bool_and(has_vanished) as have_vanished
    from former
    group by key
),
wanted as (
    select titles.*, shares_in_words.shares, coalesce(turn, 1) as turn, titles.title_id || '@' || coalesce(turn, 1) as turn_id,
        posted_turn is not null as was_posted, posted_fields,
        coalesce(posted_fields ->> 'key', titles.key) as stands_as,
        coalesce(posted_target, stands_as || '@' || (coalesce(turn, 1) + coalesce(succeeded.last_turn, 0))) as there_as,
        titles.number is not null and not was_posted and (
            count(*) over (partition by stands_as) > 1 or not coalesce(succeeded.have_vanished, true)
        ) as is_of_another
    from titles
    left join titles_posted using (title_id)
    left join shares_in_words on shares_in_words.document_id = titles.title_id
    left join succeeded on succeeded.key = titles.key
),
found as (
    select titulos.*, concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key from raw_senior_erp.titulos
),
still_open as (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, vlr_abe, unreadable, list_transform(
        from_json(rateios, '[{"ctaRed":"VARCHAR","codCcu":"VARCHAR","vlrRat":"VARCHAR"}]'),
        lambda line: {account: nullif(line.ctaRed, '0'), center: line.codCcu, amount: nullif(try_cast(line.vlrRat as decimal(18, 2)), 0)}
    ) as lines
    from raw_senior_erp.titulos_abertos
),
compared as (
    select wanted.*, read.cod_for is not null and read.recusa is null as is_covered, read.recusa as refused,
        found.key is not null as is_there, found.vlr_ori as amount_there, found.key in (from dead_titles) as is_dead,
        if(still_open.unreadable is null, coalesce(still_open.vlr_abe, 0), null) as open_amount,
        found.vlr_ori is distinct from still_open.vlr_abe as was_touched,
        {
            amount: found.vlr_ori::text, issued_on: found.dat_emi::text, entered_on: found.dat_ent::text,
            due_on: found.vct_ori::text, transaction: found.cod_tns, discount: found.per_dsc::text,
            fine: found.per_mul::text, interest: found.per_jrs::text, interest_type: found.tip_jrs,
            shares: if(
                was_touched or len(lines) = 0 or list_bool_or(list_transform(lines, lambda line:
                    line.account is null or line.center is null or line.amount is null)),
                null,
                array_to_string(list_sort(list_transform(lines, lambda line:
                    concat_ws(':', line.account, line.center, line.amount))), ', ')
            )
        } as there,
        {
            amount: wanted.amount::text, issued_on: wanted.issued_on::text, entered_on: wanted.entered_on::text,
            due_on: wanted.due_on::text, transaction: wanted.transaction,
            discount: try_cast(wanted.discount as decimal(9, 4))::text, fine: try_cast(wanted.fine as decimal(9, 4))::text,
            interest: try_cast(wanted.interest as decimal(9, 4))::text, interest_type: wanted.interest_type,
            shares: array_to_string(list_sort(string_split(wanted.shares, ', ')), ', ')
        } as ours
    from wanted
    left join raw_senior_erp.fornecedores_lidos as read
        on read.cod_emp = split_part(stands_as, '/', 1) and read.cod_fil = split_part(stands_as, '/', 2)
        and read.cod_for = split_part(stands_as, '/', 3)
    left join found on found.key = stands_as
    left join still_open on still_open.key = stands_as
)
select
    title_id, key, stands_as, turn, turn_id, was_posted, there_as, is_covered, refused, is_there, amount_there,
    is_of_another, coalesce(is_dead, false) as is_dead, open_amount, was_touched,
    to_json({
        key: stands_as, amount: if(ours.amount is null, null, there.amount),
        issued_on: if(ours.issued_on is null, null, there.issued_on),
        entered_on: if(ours.entered_on is null, null, there.entered_on),
        due_on: if(ours.due_on is null, null, there.due_on),
        transaction: if(ours.transaction is null, null, there.transaction),
        discount: if(ours.discount is null, null, there.discount), fine: if(ours.fine is null, null, there.fine),
        interest: if(ours.interest is null, null, there.interest),
        interest_type: if(ours.interest_type is null, null, there.interest_type),
        shares: if(ours.shares is null, null, there.shares)
    })::text as fields_there,
    to_json({
        key: key, amount: ours.amount,
        issued_on: if(is_there and there.issued_on is null, null, ours.issued_on),
        entered_on: if(is_there and there.entered_on is null, null, ours.entered_on),
        due_on: if(is_there and there.due_on is null, null, ours.due_on),
        transaction: if(is_there and there.transaction is null, null, ours.transaction),
        discount: if(is_there and there.discount is null, null, ours.discount),
        fine: if(is_there and there.fine is null, null, ours.fine),
        interest: if(is_there and there.interest is null, null, ours.interest),
        interest_type: if(is_there and there.interest_type is null, null, ours.interest_type),
        shares: if(is_there and there.shares is null, null, ours.shares)
    })::text as fields,
    -- somebody changed it in the ERP: what was posted is known, what stands there is known, and they differ
    was_posted and list_bool_or([
        coalesce((posted_fields ->> name) <> (fields_there ->> name), false)
        for name in ['amount', 'issued_on', 'entered_on', 'due_on', 'transaction', 'discount', 'fine', 'interest',
            'interest_type', 'shares']
    ]) as was_edited,
    nullif(concat_ws(', ',
        if(there.amount <> ours.amount, 'valor no ERP ' || money_text(amount_there, 'BRL') || ' e na folha '
            || money_text(try_cast(ours.amount as decimal(18, 2)), 'BRL'), null),
        if(there.due_on <> ours.due_on, 'vencimento no ERP ' || strftime(there.due_on::date, '%d/%m/%Y') || ' e na folha '
            || strftime(ours.due_on::date, '%d/%m/%Y'), null),
        if(there.issued_on <> ours.issued_on or there.entered_on <> ours.entered_on, 'emissão ou entrada', null),
        if(there.transaction <> ours.transaction, 'transação no ERP ' || there.transaction || ' e na folha ' || ours.transaction, null),
        if(there.discount <> ours.discount or there.fine <> ours.fine or there.interest <> ours.interest
            or there.interest_type <> ours.interest_type, 'desconto, multa ou juros', null),
        if(there.shares <> ours.shares, 'rateio', null)
    ), '') as differences
from compared

-- name: removal
-- purpose: titles that stand in the ERP with other values than payroll's, untouched: deleted, to be entered anew. One
-- that somebody changed in the ERP only where what is changed there is to be written over
select
    turn_id as document_id, title_id as record_id, 'título ' || number || ' com os valores antigos' as label,
    coalesce(amount_there, titles.amount) as amount, 'BRL' as currency, turn_id as reference,
    turn_id as target_id,
    to_json({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), codFor: try_cast(supplier as bigint),
        codTpt: title_type, numTit: number
    })::text as payload,
    to_json({old_amount: amount_there::text, new_amount: titles.amount::text})::text as fields
from titles
join titles_there using (title_id)
where (
    is_covered and is_there and not was_touched and amount_there is not null and stands_as = titles.key and not is_of_another
    and differences is not null and title_id in (select document_id from sound_titles)
    and if(was_posted, not was_edited or getvariable('on_drift') = 'overwrite', amount_there <> titles.amount)
) or turn_id in (select document_id from ledger.standing where kind = 'removal' and is_open)

-- name: title_turns
-- purpose: the how-manieth entry of a title is due: one more than was deleted, what a dry run would delete included;
-- and whether one is still to be deleted first
with deleted as (
    select document_id from ledger.standing where kind = 'removal' and posted_entry is not null
    union
    select document_id from plan where kind = 'removal' and action in ('create', 'link') and getvariable('dry_run')
)
select title_id, if(deleted.document_id is null, turn_id, title_id || '@' || (turn + 1)) as turn_id,
    if(plan.document_id is not null and deleted.document_id is null,
        'Os valores antigos ainda não foram excluídos do ERP' || coalesce(': ' || plan.because, ''), null) as waits_because
from titles_there
left join plan on plan.kind = 'removal' and plan.document_id = titles_there.turn_id
left join deleted on deleted.document_id = titles_there.turn_id

-- name: title
-- purpose: the title that payroll wants in the ERP, its apportionment in it; touched with other values it is held
with lines as (
    select document_id, to_json(list({
        codCcu: center, ctaRed: try_cast(account as bigint), perRat: percent::text, vlrRat: amount::text
    } order by place)) as rateio
    from shares
    group by document_id
)
select
    title_turns.turn_id as document_id, title_id as record_id, concat_ws(' · ', note, 'título ' || number) as label,
    titles.amount, 'BRL' as currency, title_turns.turn_id as reference, issued_on::text as found_at,
    joined(without_nulls({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), codFor: try_cast(supplier as bigint),
        codTpt: title_type, numTit: number,
        codTns: transaction, codMoe: titles.currency, datEmi: strftime(issued_on, '%d/%m/%Y'),
        datEnt: strftime(entered_on, '%d/%m/%Y'), vctOri: strftime(due_on, '%d/%m/%Y'), obsTcp: left(note, 250),
        perDsc: discount, perMul: fine, perJrs: interest, tipJrs: interest_type, vlrOri: titles.amount::text
    }), if(lines.rateio is null, '{}', '{"rateio":' || lines.rateio::text || '}')) as payload,
    titles_there.fields, is_covered as mirrored,
    case
        when refused is not null and supplier in (select cod_for from raw_senior_erp.fornecedores)
            then 'O ERP não mostra os títulos do fornecedor ' || supplier || ': ' || refused
        when stands_as <> titles.key then 'Já foi lançado no ERP como ' || stands_as || ', e a folha agora diz ' || titles.key
        when is_of_another then 'Mais de um título da folha tem a chave ' || stands_as || '; só um pode ser o do ERP'
        when is_there and amount_there is null then 'O valor do título no ERP não pôde ser lido'
        when is_dead and (not was_posted or differences is not null) and title_turns.turn_id = titles_there.turn_id
            then 'O título ' || stands_as || ' está no ERP sem valor em aberto e sem baixa: foi cancelado lá, ou espera aprovação; libere-o ou exclua-o lá'
        when is_there and was_touched and differences is not null and title_turns.turn_id = titles_there.turn_id
            then 'Título já movimentado, com ' || coalesce(money_text(open_amount, 'BRL'), 'valor ilegível')
                || ' em aberto no ERP; diferem: ' || differences
    end as held_because,
    waits_because,
    if(was_posted and is_dead, 'Está no ERP sem valor em aberto e sem baixa: foi cancelado lá, ou espera aprovação', null) as noticed_because
from titles
join titles_there using (title_id)
join title_turns using (title_id)
left join lines on lines.document_id = title_id
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'Não está mais na folha, e não foi lançado' as ignored_because
from withdrawn
where kind = 'title'

-- name: posted_before
-- purpose: what the ledger knows as standing in the target, with the day by which payroll was asked for it
select 'title' as kind, title_id as source_id, posted_fields ->> 'issued_on' as on_day, posted_amount as amount,
    posted_fields ->> 'key' as key
from titles_posted
where posted_turn is not null
union all
select standing.kind, standing.document_id, attempts.fields ->> 'booked_on', standing.posted_amount,
    regexp_extract(linked.target_id, '^(.+) \[HCM:', 1)
from ledger.standing
join ledger.attempts on attempts.entry = standing.posted_entry
left join ledger.linked on linked.kind = standing.kind and linked.document_id = standing.document_id
where standing.kind in ('entry', 'settlement', 'movement') and standing.document_id not in (
    select document_id from ledger.standing where kind = 'reversal' and posted_entry is not null
)

-- name: vanished
-- purpose: what was posted and payroll no longer shows (table "at_source": what it shows), where its day was read
-- (table "windows")
select *
from posted_before
anti join at_source using (kind, source_id)
where kind in ('settlement', 'movement')
    or exists (from windows where try_cast(on_day as date) between windows.since and windows.until)

-- name: withdrawn
-- purpose: what waited, was never posted, and payroll shows no more (table "at_hand": what it shows), where its day was
-- read: it waits no longer
select kind, document_id, record_id, label, coalesce(
        try_cast(found_at as date),
        if(kind in ('batch', 'effect'), try_strptime(split_part(document_id, '-', 4), '%Y%m%d')::date, null)
    ) as on_day
from ledger.decided
left join ledger.standing using (kind, document_id)
anti join at_hand on at_hand.kind = decided.kind
    and source_id = if(decided.kind = 'title', regexp_replace(decided.document_id, '@\d+$', ''), decided.document_id)
where decided.kind in ('batch', 'entry', 'effect', 'title', 'settlement', 'movement')
    and decided.document_id not like 'fatura %, colaboradores' and posted_entry is null and not coalesce(is_open, false)
    and (action = 'hold' or action <> 'ignore' and last_event = 'rejected')
    and (on_day is null or exists (from windows where on_day between windows.since and windows.until))

-- name: deleted
-- purpose: what payroll deleted after it was posted: told until it is gone from the target too (table "still_there":
-- what stands there, or cannot be seen), or is back in payroll
select
    case kind when 'entry' then 'lançamento ' when 'settlement' then 'baixa ' when 'movement' then 'movimento ' else '' end
        || source_id as document_id,
    document_id as record_id, document_id || ', excluído na folha' as label, amount, 'BRL' as currency, null::text as fields, '{}' as payload,
    case
        when has_successor then 'A folha o tem de novo, com outra identificação'
        when still_there.kind is null then 'Excluído também onde tinha sido lançado'
    end as ignored_because,
    if(still_there.kind is null or has_successor, null,
        'Foi excluído na folha depois de lançado; exclua-o também onde foi lançado, ou restaure-o na folha') as held_because
from (select *, kind = 'title' and coalesce(key in (select key from titles), false) as has_successor from vanished) as vanished
left join still_there using (kind, source_id)
union all by name
select document_id, document_id as record_id, label, amount, currency, '{}' as payload,
    'Está de novo na folha' as ignored_because
from ledger.decided
where kind = 'deleted' and action = 'hold' and document_id not in (
    select case kind when 'entry' then 'lançamento ' when 'settlement' then 'baixa ' when 'movement' then 'movimento ' else '' end
        || source_id
    from vanished
)

-- name: suppliers_to_read
-- purpose: whose titles are read: company, branch, supplier; of titles at hand and of those that payroll deleted
select distinct company, branch, supplier
from (
    select company, branch, supplier from titles
    union all
    select split_part(key, '/', 1), split_part(key, '/', 2), split_part(key, '/', 3) from vanished where kind = 'title'
    union all
    select split_part(posted_fields ->> 'key', '/', 1), split_part(posted_fields ->> 'key', '/', 2),
        split_part(posted_fields ->> 'key', '/', 3)
    from titles_posted
    join titles using (title_id)
)
where regexp_full_match(company, '\d{1,9}') and regexp_full_match(branch, '\d{1,9}') and regexp_full_match(supplier, '\d{1,9}')
order by all
