-- name: chart
-- purpose: the chart of accounts: which lines take entries, and the apportionment that each has by default
select
    cod_emp as company, cta_red as account, ana_sin = 'A' and sit_cta = 'A' as is_fit,
    from_json(rateio, '[{"codCcu":"VARCHAR","perRat":"VARCHAR"}]') as shares
from raw_senior_erp.contas

-- name: shares
-- purpose: every line of every apportionment (table "share_lines"), exact; amounts of which only the percent is given
-- land on the total to the cent, by the largest remainder, and what each was moved by is shown as its residue
with read as (
    select *,
        if(regexp_full_match(percent_text, '-?\d+(\.\d{1,4}0*)?'), percent_text::decimal(9, 4), null) as percent,
        if(regexp_full_match(amount_text, '-?\d+(\.\d{1,2}0*)?'), amount_text::decimal(18, 2), null) as given_amount,
        (percent_text is null or percent is not null) and (amount_text is null or given_amount is not null)
            as is_readable,
        total::decimal(18, 2) * percent as exact_cents
    from share_lines
),
grouped as (
    select *, floor(exact_cents) as whole_cents,
        bool_and(amount_text is null and percent is not null) over of_account as only_percents,
        sum(percent) over of_account = 100 as adds_up,
        (total * 100)::decimal(27, 0) - sum(whole_cents) over of_account as left_over,
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
        when adds_up then ((whole_cents + if(turn <= left_over, 1, 0)) * 0.01)::decimal(18, 2)
        else (round(exact_cents) * 0.01)::decimal(18, 2)
    end as amount,
    if(only_percents, amount - (exact_cents * 0.01)::decimal(18, 8), null) as residue,
    case account when debit then 'debit' when credit then 'credit' end as side,
    account is not null as has_account,
    account is null or (side is not null and chart.account is not null) as account_is_known,
    center is not null and centers.cod_ccu is not null and trim(center, '0') <> '' as center_is_known
from grouped
left join chart using (company, account)
left join raw_senior_erp.centros as centers on centers.cod_emp = company and centers.cod_ccu = center

-- name: terms
-- purpose: what each supplier has agreed with each branch
select
    cod_for as supplier, terms.codEmp as company, terms.codFil as branch,
    nullif(try_cast(terms.perDsc as decimal(9, 4)), 0) as discount,
    nullif(try_cast(terms.pagMul as decimal(9, 4)), 0) as fine,
    nullif(try_cast(terms.pagJmm as decimal(9, 4)), 0) as interest, terms.pagTir as interest_type
from (
    select cod_for, unnest(from_json(definicoes, '[{
        "codEmp":"VARCHAR","codFil":"VARCHAR","perDsc":"VARCHAR","pagMul":"VARCHAR","pagJmm":"VARCHAR","pagTir":"VARCHAR"
    }]')) as terms
    from raw_senior_erp.fornecedores
)

-- name: erp_user
-- purpose: what the user who connects may do, and which day it is there; a user whom the ERP does not show may do least
select
    coalesce((select data from raw_senior_erp.hoje), getvariable('today')::date) as today,
    coalesce((select lan_for_lim from raw_senior_erp.usuarios where nom_usu = getvariable('erp_user')), 'N') = 'S'
        as posts_outside_the_period,
    coalesce((select vct_menor from raw_senior_erp.usuarios where nom_usu = getvariable('erp_user')), 'S') = 'S'
        as keeps_the_shortest_term

-- name: title_facts
-- purpose: one row per title (table "titles"), one boolean per posting rule; what cannot be read breaks one rule only
with terms_of as (
    select titles.*,
        coalesce(titles.discount, terms.discount, 0) as its_discount,
        coalesce(titles.fine, terms.fine, branches.pag_mul, 0) as its_fine,
        coalesce(titles.interest, terms.interest, branches.pag_jmm, 0) as its_interest,
        coalesce(titles.interest_type, terms.interest_type, branches.pag_tjr) as its_interest_type,
        branches.cod_fil is not null as branch_exists, branches.pag_pdi, branches.pag_pdf, branches.pag_eev,
        branches.pag_moe
    from titles
    left join terms using (supplier, company, branch)
    left join raw_senior_erp.filiais as branches on branches.cod_emp = company and branches.cod_fil = branch
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
    not amount_is_spoiled and not a_date_is_spoiled and terms_of.unreadable is null and coalesce(are_readable, true)
        as values_are_readable,
    branch_exists as branch_is_known,
    suppliers.cod_for is not null as supplier_is_known,
    transactions.cod_tns is not null as transaction_is_known,
    types.cod_tpt is not null as title_type_is_known,
    number is not null and (a_date_is_spoiled or (issued_on is not null and entered_on is not null and due_on is not null))
        as title_is_complete,
    amount_is_spoiled or coalesce(amount > 0, false) as title_amount_is_positive,
    coalesce(sit_for, '') <> 'I' as supplier_is_active,
    coalesce(sit_tns, '') <> 'I' as transaction_is_active,
    coalesce(lis_mod in ('CPE', 'CPP'), true) as transaction_is_of_payables,
    coalesce(
        (pag_som in ('D', 'O') and pag_dec in ('1', '3')) or (pag_som = 'C' and pag_dec in ('2', '4')), pag_som is null or pag_dec is null
    ) as type_fits_transaction,
    coalesce(entered_on >= issued_on, true) as entry_is_not_before_issue,
    coalesce(entered_on between pag_pdi and pag_pdf, entered_on is null or not branch_exists)
        or (getvariable('predicted_titles_exempt') and coalesce(lis_mod = 'CPP', false)) as entry_is_within_period,
    coalesce(issued_on <= erp_user.today, true) as issue_is_not_in_the_future,
    coalesce(due_on >= issued_on, true) as due_date_is_not_before_issue,
    not erp_user.keeps_the_shortest_term or coalesce(entered_on + coalesce(pag_eev, 0)::integer <= due_on, true)
        as due_date_is_not_too_soon,
    pag_moe is not null or (currency is not null and getvariable('currency_of') = 'effective') or not branch_exists
        as currency_is_defined,
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

-- name: titles_there
-- purpose: what the ERP holds of the titles at hand: value, what is open of it, and how often it was deleted by us
with removed as (
    select regexp_replace(document_id, '@\d+$', '') as title_id, count(*) as times
    from ledger.standing
    where kind = 'removal' and posted_entry is not null
    group by title_id
),
posted as (
    select standing.document_id as turn_id, (attempts.fields ->> 'amount') as amount, (attempts.fields ->> 'key') as key
    from ledger.standing
    join ledger.attempts on attempts.entry = standing.posted_entry
    where standing.kind = 'title'
)
select
    titles.title_id, titles.key, 1 + coalesce(removed.times, 0) as turn, titles.title_id || '@' || turn as turn_id,
    found.num_tit is not null as is_there, found.vlr_ori as amount, coalesce(still_open.vlr_abe, 0) as open_amount,
    found.vlr_ori is distinct from still_open.vlr_abe as was_touched, posted.amount as posted_amount,
    posted.key as posted_key
from titles
left join removed using (title_id)
left join posted on posted.turn_id = titles.title_id || '@' || (1 + coalesce(removed.times, 0))
left join raw_senior_erp.titulos as found
    on concat_ws('/', found.cod_emp, found.cod_fil, found.cod_for, found.cod_tpt, found.num_tit) = titles.key
left join raw_senior_erp.titulos_abertos as still_open
    on concat_ws('/', still_open.cod_emp, still_open.cod_fil, still_open.cod_for, still_open.cod_tpt, still_open.num_tit)
        = titles.key

-- name: removal
-- purpose: titles that stand in the ERP with another value than payroll's, untouched: deleted, to be entered anew
select
    turn_id as document_id, title_id as record_id, 'título ' || number || ' com o valor antigo' as label,
    coalesce(titles_there.amount, titles.amount) as amount, 'BRL' as currency, turn_id as reference,
    turn_id as target_id,
    to_json({
        codEmp: company::bigint, codFil: branch::bigint, codFor: supplier::bigint, codTpt: title_type, numTit: number
    })::text as payload,
    to_json({old_amount: titles_there.amount::text, new_amount: titles.amount::text})::text as fields,
    null::boolean as mirrored
from titles
join titles_there using (title_id)
where (
    is_there and not was_touched and titles_there.amount is distinct from titles.amount
    and coalesce(posted_amount, titles_there.amount::text) = titles_there.amount::text
    and title_id in (select document_id from sound_titles)
) or turn_id in (
    select document_id from ledger.standing where kind = 'removal' and last_event in ('sending', 'unknown')
)

-- name: title_turns
-- purpose: the how-manieth entry of a title is due: one more than was deleted, what a dry run would delete included
select title_id, title_id || '@' || (turn + count(plan.document_id)) as turn_id
from titles_there
left join plan on plan.kind = 'removal' and plan.document_id = titles_there.turn_id
    and plan.action in ('create', 'find', 'link')
    and (getvariable('dry_run') or plan.document_id in (
        select document_id from ledger.standing where kind = 'removal' and posted_entry is not null
    ))
group by title_id, turn

-- name: title
-- purpose: the title that payroll wants in the ERP, its apportionment in it; touched with another value it is held
with lines as (
    select document_id, to_json(list({
        codCcu: center, ctaRed: account::bigint, perRat: percent::text, vlrRat: amount::text
    } order by place)) as rateio
    from shares
    group by document_id
)
select
    title_turns.turn_id as document_id, title_id as record_id, concat_ws(' · ', note, 'título ' || number) as label,
    titles.amount, 'BRL' as currency, title_turns.turn_id as reference,
    joined(without_nulls({
        codEmp: company::bigint, codFil: branch::bigint, codFor: supplier::bigint, codTpt: title_type, numTit: number,
        codTns: transaction, codMoe: titles.currency, datEmi: strftime(issued_on, '%d/%m/%Y'),
        datEnt: strftime(entered_on, '%d/%m/%Y'), vctOri: strftime(due_on, '%d/%m/%Y'), obsTcp: left(note, 250),
        perDsc: discount, perMul: fine, perJrs: interest, tipJrs: interest_type, vlrOri: titles.amount::text
    }), if(lines.rateio is null, '{}', '{"rateio":' || lines.rateio::text || '}')) as payload,
    to_json({key: titles.key, amount: titles.amount::text})::text as fields, true as mirrored,
    case
        when posted_key <> titles.key
            then 'Já foi lançado no ERP como ' || posted_key || ', e a folha agora diz ' || titles.key
        when is_there and was_touched and titles_there.amount is distinct from titles.amount
            then 'Título já movimentado: no ERP está com ' || titles_there.amount || ', dos quais ' || open_amount
                || ' em aberto, e a folha agora diz ' || titles.amount
    end as held_because
from titles
join titles_there using (title_id)
join title_turns using (title_id)
left join lines on lines.document_id = title_id

-- name: suppliers_to_read
-- purpose: whose titles are read: company, branch, supplier
select distinct company, branch, supplier from titles
where regexp_full_match(company, '\d+') and regexp_full_match(branch, '\d+') and regexp_full_match(supplier, '\d+')
order by all

-- name: titles_to_read
-- purpose: whose movements are read: the titles that stand in the ERP
select distinct cod_emp, cod_fil, cod_for, cod_tpt, num_tit
from raw_senior_erp.titulos
join titles on concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) = titles.key
order by all
