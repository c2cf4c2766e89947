-- name: entries
-- purpose: every accounting entry of payroll, and the batch of its company, branch and official day: the one it was
-- posted in, else the one that is not effected yet
with effected as (
    select regexp_replace(document_id, '-\d+$', '') as days_batches, count(*) as turns
    from ledger.standing
    where kind = 'effect' and posted_entry is not null
    group by all
),
posted as (
    select standing.document_id, (attempts.fields ->> 'batch') as batch_id
    from ledger.standing
    join ledger.attempts on attempts.entry = standing.posted_entry
    where standing.kind = 'entry'
),
read as (
    select
        ide_uni as document_id, cod_emp as company, cod_fil as branch, dat_lct as booked_on,
        coalesce(dat_lot, dat_lct) as official_on, nullif(cta_deb, '0') as debit, nullif(cta_cre, '0') as credit,
        vlr_lct as amount, nullif(cod_hpd, '0') as history, cpl_lct as complement, doc_lct as document, rateio,
        unreadable, (unreadable ->> 'vlrLct') is not null as amount_is_spoiled,
        (unreadable ->> 'datLct') is not null as date_is_spoiled,
        concat_ws('-', 'HCM', company, branch, strftime(official_on, '%Y%m%d')) as days_batches
    from raw_senior_hcm.lancamentos
)
select
    read.*, coalesce(posted.batch_id, days_batches || '-' || (1 + coalesce(effected.turns, 0))) as batch_id,
    posted.document_id is not null as is_posted
from read
left join effected using (days_batches)
left join posted using (document_id)

-- name: titles
-- purpose: every title of payroll, and the key that it has in the ERP
select
    'título ' || ide_tit as title_id, concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company, cod_fil as branch,
    cod_for as supplier, cod_tpt as title_type, num_tit as number, cod_tns as transaction, dat_emi as issued_on,
    dat_ent as entered_on, vct_ori as due_on, vlr_ori as amount, cod_moe as currency, per_dsc as discount,
    per_mul as fine, per_jrs as interest, tip_jrs as interest_type, obs_tcp as note, rateio, unreadable,
    coalesce((unreadable ->> 'vlrOri') is not null, false) as amount_is_spoiled,
    coalesce((unreadable ->> 'datEmi') is not null or (unreadable ->> 'datEnt') is not null
        or (unreadable ->> 'vctOri') is not null, false) as a_date_is_spoiled
from raw_senior_hcm.titulos

-- name: share_lines
-- purpose: apportionments line by line: as payroll sent them; for an account without any, as the chart has it by default
with sent as (
    select document_id, company, debit, credit, amount as total, unnest(lines) as line,
        generate_subscripts(lines, 1) as place
    from (
        select *, from_json(
            rateio, '[{"ctaRed":"VARCHAR","codCcu":"VARCHAR","perRat":"VARCHAR","vlrRat":"VARCHAR"}]'
        ) as lines
        from (
            select document_id, company, debit, credit, amount, rateio from entries
            union all
            select title_id, company, null, null, amount, rateio from titles
        )
    )
),
sides as (
    select document_id, company, debit, credit, amount as total, unnest([debit, credit]) as account from entries
)
select document_id, company, debit, credit, total, place, nullif(line.ctaRed, '0') as account,
    line.codCcu as center, line.perRat as percent_text, line.vlrRat as amount_text, false as is_default
from sent
union all
select sides.document_id, sides.company, sides.debit, sides.credit, sides.total,
    generate_subscripts(chart.shares, 1), sides.account, unnest(chart.shares).codCcu, unnest(chart.shares).perRat,
    null, true
from sides
join chart using (company, account)
left join sent on sent.document_id = sides.document_id and sent.line.ctaRed = sides.account
where len(chart.shares) > 0 and sent.document_id is null

-- name: entry_facts
-- purpose: one row per entry, one boolean per posting rule; what cannot be read breaks one rule only
with apportioned as (
    select document_id, bool_and(is_readable) as are_readable, bool_and(has_account) as have_accounts,
        bool_and(account_is_known) as accounts_are_known, bool_and(center_is_known) as centers_are_known,
        bool_and(coalesce(percent > 0 and percent <= 100, false)) as percents_are_fit,
        bool_and(coalesce(amount > 0, false)) as amounts_are_given,
        sum(percent) filter (where side = 'debit') as debit_percents,
        sum(percent) filter (where side = 'credit') as credit_percents,
        sum(amount) filter (where side = 'debit') as debit_amounts,
        sum(amount) filter (where side = 'credit') as credit_amounts
    from shares
    group by document_id
)
select
    entries.document_id,
    entries.unreadable is null and coalesce(are_readable, true) as values_are_readable,
    branches.cod_fil is not null as branch_is_known,
    date_is_spoiled or branches.cod_fil is null or coalesce(booked_on between ctb_exi and ctb_exf, false)
        as date_is_within_exercise,
    erp_user.posts_outside_the_period or coalesce(booked_on >= ctb_pei, true)
        or not coalesce(booked_on between ctb_exi and ctb_exf, false) as date_is_not_before_period,
    erp_user.posts_outside_the_period or coalesce(booked_on <= ctb_pef, true)
        or not coalesce(booked_on between ctb_exi and ctb_exf, false) as date_is_not_after_period,
    not getvariable('days_ahead_checked') or coalesce(booked_on <= erp_user.today + ctb_qdl::integer, true)
        as date_is_not_too_far_ahead,
    debit is not null or credit is not null as an_account_is_given,
    coalesce(debit <> credit, true) as accounts_differ,
    debit is null or coalesce(debit_line.is_fit, false) as debit_account_is_fit,
    credit is null or coalesce(credit_line.is_fit, false) as credit_account_is_fit,
    amount_is_spoiled or coalesce(amount > 0, false) as amount_is_given,
    history is null or coalesce(histories.tip_hpd = 'N', false) as history_is_fit,
    complement is not null or (history is not null and getvariable('complement') = 'without_history')
        as complement_is_given,
    coalesce(have_accounts, true) as share_accounts_are_given,
    coalesce(accounts_are_known, true) as share_accounts_are_known,
    coalesce(centers_are_known, true) as share_centers_are_given,
    coalesce(percents_are_fit, true) as share_percents_are_fit,
    coalesce(amounts_are_given, true) as share_amounts_are_given,
    coalesce(debit_percents = 100, debit_amounts is null) as debit_percents_add_up,
    coalesce(credit_percents = 100, credit_amounts is null) as credit_percents_add_up,
    coalesce(debit_amounts = amount, debit_amounts is null) as debit_amounts_add_up,
    coalesce(credit_amounts = amount, credit_amounts is null) as credit_amounts_add_up,
    case getvariable('official_date')
        when 'same_month' then coalesce(date_trunc('month', booked_on) = date_trunc('month', official_on), true)
        when 'not_before' then coalesce(booked_on >= official_on, true)
        else coalesce(booked_on = official_on, true)
    end as date_is_official,
    translate(entries.unreadable, '{"}', '') as unreadable_text
from entries
cross join erp_user
left join apportioned using (document_id)
left join raw_senior_erp.filiais as branches on branches.cod_emp = company and branches.cod_fil = branch
left join chart as debit_line on debit_line.company = entries.company and debit_line.account = debit
left join chart as credit_line on credit_line.company = entries.company and credit_line.account = credit
left join raw_senior_erp.historicos as histories on histories.cod_hpd = history

-- name: sound_entries
-- purpose: entries that break no rule
select document_id from entry_facts where columns(* exclude (document_id, unreadable_text))

-- name: sound_titles
-- purpose: titles that break no rule
select document_id from title_facts where columns(* exclude (document_id, unreadable_text))

-- name: batches
-- purpose: the batches that the entries at hand belong to, and those that the ledger opened and nothing belongs to now
with wanted as (
    select batch_id, company, branch, official_on, count(*) as entries,
        count(*) filter (where is_posted or sound_entries.document_id is not null) as postable,
        coalesce(sum(amount) filter (where is_posted or sound_entries.document_id is not null), 0) as amount
    from entries
    left join sound_entries using (document_id)
    where official_on is not null and company is not null and branch is not null
    group by batch_id, company, branch, official_on
),
opened as (
    select linked.document_id as batch_id, linked.target_id, split_part(linked.document_id, '-', 2) as company,
        split_part(linked.document_id, '-', 3) as branch,
        strptime(split_part(linked.document_id, '-', 4), '%Y%m%d')::date as official_on
    from ledger.linked
    join raw_senior_erp.lotes on linked.target_id = concat_ws('/', cod_emp, cod_fil, num_lot)
    where linked.kind = 'batch' and linked.document_id not in (
        select document_id from ledger.standing where kind = 'effect' and posted_entry is not null
    )
)
select
    batch_id, coalesce(wanted.company, opened.company) as company, coalesce(wanted.branch, opened.branch) as branch,
    coalesce(wanted.official_on, opened.official_on) as official_on, coalesce(wanted.entries, 0) as entries,
    coalesce(wanted.postable, 0) as postable, coalesce(wanted.amount, 0) as amount
from wanted
full join opened using (batch_id)

-- name: batch_facts
-- purpose: one row per batch, one boolean per posting rule about batches
select
    batch_id as document_id, null::text as unreadable_text,
    branches.cod_fil is null or coalesce(official_on between ctb_exi and ctb_exf, false)
        as date_is_within_exercise,
    entries > 0 or coalesce(lots.qtd_lct, 0) > 0 as batch_has_entries,
    entries = 0 or postable > 0 as batch_has_accepted_entries
from batches
left join raw_senior_erp.filiais as branches on branches.cod_emp = company and branches.cod_fil = branch
left join ledger.linked on linked.kind = 'batch' and linked.document_id = batch_id
left join raw_senior_erp.lotes as lots on linked.target_id = concat_ws('/', lots.cod_emp, lots.cod_fil, lots.num_lot)

-- name: facts
-- purpose: one row per entry, title and batch; what is not about a document holds of it, what is and is unknown does not
select document_id, unreadable_text, coalesce(columns(* exclude (document_id, unreadable_text)), true)
from (
    select document_id, unreadable_text, coalesce(columns(* exclude (document_id, unreadable_text)), false)
    from entry_facts
    union all by name
    select document_id, unreadable_text, coalesce(columns(* exclude (document_id, unreadable_text)), false)
    from title_facts
    union all by name
    select document_id, unreadable_text, coalesce(columns(* exclude (document_id, unreadable_text)), false)
    from batch_facts
)

-- name: lots_there
-- purpose: the ERP's batches that are ours, by the reference in their description
select concat_ws('/', cod_emp, cod_fil, num_lot) as target_id,
    nullif(regexp_extract(des_lot, 'HCM-\d+-\d+-\d{8}-\d+'), '') as batch_id, num_lot, sit_lot = '2' as is_effected
from raw_senior_erp.lotes

-- name: shares_there
-- purpose: the apportionment of every entry in the ERP, in the words in which ours is compared with it
select num_lct, string_agg(concat_ws(':', line.ctaRed, line.codCcu, line.vlrRat::decimal(18, 2)), ', '
    order by line.ctaRed, line.codCcu, line.vlrRat::decimal(18, 2)) as shares
from (
    select num_lct, unnest(from_json(rateio, '[{"ctaRed":"VARCHAR","codCcu":"VARCHAR","vlrRat":"VARCHAR"}]')) as line
    from raw_senior_erp.lancamentos
)
group by num_lct

-- name: settlements
-- purpose: settlements that payroll decided, and the title that each is about
select
    ide_bai as document_id, concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company,
    cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number, dat_pgt as paid_on,
    vlr_mov as amount, situacao as status, unreadable, 'FOLHA [HCM:' || ide_bai || ']' as note
from raw_senior_hcm.baixas

-- name: movements_there
-- purpose: the ERP's movements of the titles at hand; of those that are ours, which settlement they are
select
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, seq_mov as sequence, dat_pgt as paid_on,
    vlr_mov as amount, nullif(regexp_extract(obs_mcp, '\[HCM:([^\]]+)\]', 1), '') as settlement_id
from raw_senior_erp.baixas

-- name: mirror
-- purpose: what the ERP holds of payroll: batches, entries, effects, titles, settlements; and what it holds no more
select 'batch' as kind, target_id, batch_id as reference, null::text as fields from lots_there
union all
select 'effect', target_id, batch_id, null from lots_there where is_effected
union all
select 'entry', num_lct, ide_uni, to_json({
    batch: batch_id, booked_on: dat_lct, debit: nullif(cta_deb, '0'), credit: nullif(cta_cre, '0'),
    amount: vlr_lct::text, history: nullif(cod_hpd, '0'), complement: cpl_lct, document: doc_lct, shares: shares
})::text
from raw_senior_erp.lancamentos
left join shares_there using (num_lct)
left join lots_there on target_id = concat_ws('/', cod_emp, cod_fil, lancamentos.num_lot)
union all
select 'title', turn_id, turn_id, to_json({key: key, amount: amount::text})::text from titles_there where is_there
union all
select 'removal', turn_id, turn_id, null from titles_there where not is_there
union all
select 'settlement', coalesce(settlement_id, key || '#' || sequence), settlement_id,
    to_json({amount: amount::text, paid_on: paid_on})::text
from movements_there
union all
select 'reversal', settlements.document_id, settlements.document_id, null
from settlements
left join movements_there on movements_there.settlement_id = settlements.document_id
where movements_there.settlement_id is null

-- name: batch
-- purpose: the batch that each company, branch and official day with something to post wants
select
    batch_id as document_id, batch_id as record_id, 'lote de ' || strftime(official_on, '%d/%m/%Y') as label, amount,
    'BRL' as currency, batch_id as reference, true as mirrored, null::text as fields,
    to_json({
        codEmp: company::bigint, codFil: branch::bigint, datLot: strftime(official_on, '%d/%m/%Y'),
        desLot: 'FOLHA ' || batch_id, oriLot: getvariable('origin'), tipLot: getvariable('batch_type'),
        totLot: amount::text
    })::text as payload
from batches
where entries > 0

-- name: entry
-- purpose: the entry that payroll wants in the ERP, its apportionment in it
with lots as (
    select batches.batch_id, lot.target_id, split_part(lot.target_id, '/', 3)::bigint as number, plan.because
    from batches
    left join links_now as lot on lot.kind = 'batch' and lot.document_id = batches.batch_id
    left join plan on plan.kind = 'batch' and plan.document_id = batches.batch_id
),
lines as (
    select document_id, to_json(list({
        codCcu: center, ctaRed: account::bigint, perRat: percent::text, vlrRat: amount::text
    } order by is_default, place)) as rateio,
        string_agg(concat_ws(':', account, center, amount), ', ' order by account, center, amount) as shares
    from shares
    group by document_id
)
select
    entries.document_id, entries.document_id as record_id,
    coalesce(complement, document, 'lançamento') as label, amount, 'BRL' as currency,
    entries.document_id as reference, booked_on between getvariable('since') and getvariable('until') as mirrored,
    joined(without_nulls({
        codEmp: company::bigint, codFil: branch::bigint, numLot: lots.number, datLct: strftime(booked_on, '%d/%m/%Y'),
        ctaDeb: debit::bigint, ctaCre: credit::bigint, vlrLct: amount::text, codHpd: history::bigint,
        cplLct: left(complement, 250), docLct: document, oriLct: getvariable('origin'), ideUni: entries.document_id
    }), if(lines.rateio is null, '{}', '{"rateio":' || lines.rateio::text || '}')) as payload,
    to_json({
        batch: batch_id, booked_on: booked_on, debit: debit, credit: credit, amount: amount::text, history: history,
        complement: left(complement, 250), document: document, shares: lines.shares
    })::text as fields,
    if(lots.target_id is null, 'O lote ainda não está no ERP' || coalesce(': ' || lots.because, ''), null)
        as waits_because
from entries
left join lots using (batch_id)
left join lines using (document_id)

-- name: effect
-- purpose: batches are effected when the ERP has accepted every entry that payroll has for them, and holds no other
with held as (
    select batch_id, count(*) as entries
    from entries
    where document_id not in (select document_id from links_now where kind = 'entry')
        or document_id in (select document_id from plan where kind = 'entry' and action in ('hold', 'drift'))
    group by batch_id
),
strange as (
    select batch_id, count(*) as entries
    from raw_senior_erp.lancamentos
    join lots_there on target_id = concat_ws('/', cod_emp, cod_fil, lancamentos.num_lot)
    where not is_effected and (ide_uni is null or ide_uni not in (select document_id from entries))
    group by batch_id
)
select
    batch_id as document_id, batch_id as record_id,
    'efetivação do lote de ' || strftime(official_on, '%d/%m/%Y') as label, amount, 'BRL' as currency,
    lot.target_id, true as mirrored, null::text as fields, batch_id as reference,
    to_json({
        codEmp: company::bigint, codFil: branch::bigint, numLot: split_part(lot.target_id, '/', 3)::bigint,
        datLot: strftime(official_on, '%d/%m/%Y')
    })::text as payload,
    if(effected.document_id is null, nullif(concat_ws('; ',
        if(held.entries > 0, held.entries || ' lançamento(s) do lote ainda não foram aceitos como a folha os tem', null),
        if(strange.entries > 0, strange.entries || ' lançamento(s) do lote no ERP não estão na folha', null)
    ), ''), null) as held_because,
    if(lot.target_id is null, 'O lote ainda não está no ERP', null) as waits_because
from batches
left join links_now as lot on lot.kind = 'batch' and lot.document_id = batch_id
left join held using (batch_id)
left join strange using (batch_id)
left join ledger.standing as effected
    on effected.kind = 'effect' and effected.document_id = batch_id and effected.posted_entry is not null

-- name: settlement
-- purpose: settlements that payroll decided: posted once their title is in the ERP
select
    document_id, document_id as record_id, 'baixa do título ' || number as label, amount, 'BRL' as currency,
    document_id as reference, true as mirrored,
    to_json({
        codEmp: company::bigint, codFil: branch::bigint, datBai: strftime(paid_on, '%d/%m/%Y'),
        tnsBai: getvariable('settlement_transaction'), codFor: supplier::bigint, codTpt: title_type, numTit: number,
        numInt: document_id, obsMcp: note, vlrBai: replace(amount::text, '.', ',')
    })::text as payload,
    to_json({amount: amount::text, paid_on: paid_on})::text as fields,
    case
        when unreadable is not null then 'Valor ou data da baixa ilegível: ' || translate(unreadable, '{"}', '')
        when amount is null or amount <= 0 or paid_on is null then 'A baixa não tem valor ou data'
        when key not in (
            select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) from raw_senior_erp.titulos
            union all
            select titles.key
            from titles
            join title_turns using (title_id)
            join links_now on links_now.kind = 'title' and links_now.document_id = title_turns.turn_id
        ) then 'O título ' || number || ' ainda não está no ERP'
    end as held_because
from settlements
where status = 'A'

-- name: reversal
-- purpose: settlements of ours that payroll took back: reversed in the ERP too
select
    settlements.document_id, settlements.document_id as record_id, 'estorno da baixa do título ' || number as label,
    settlements.amount, 'BRL' as currency, settlements.document_id as reference, true as mirrored,
    to_json({
        codEmp: company::bigint, codFil: branch::bigint, codFor: supplier::bigint, codTpt: title_type, numTit: number,
        seqMov: sequence::bigint
    })::text as payload,
    null::text as fields
from settlements
left join movements_there on movements_there.settlement_id = settlements.document_id
where status = 'E' and settlements.document_id in (select document_id from links_now where kind = 'settlement')

-- name: suppliers_to_read
-- purpose: whose titles are read, those that payroll settles included: company, branch, supplier
select distinct company, branch, supplier
from (
    select company, branch, supplier from titles
    union all
    select company, branch, supplier from settlements
)
where regexp_full_match(company, '\d+') and regexp_full_match(branch, '\d+') and regexp_full_match(supplier, '\d+')
order by all

-- name: titles_to_read
-- purpose: whose movements are read: the titles that stand in the ERP
select distinct cod_emp, cod_fil, cod_for, cod_tpt, num_tit
from raw_senior_erp.titulos
where concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) in (
    select key from titles
    union all
    select key from settlements
)
order by all

-- name: window
-- purpose: which days the ERP's batches and entries are read for: those of the entries at hand, and of the batches that
-- are not effected yet
select coalesce(min(on_day), getvariable('today')), coalesce(max(on_day), getvariable('today')),
    coalesce(list(distinct company) filter (where regexp_full_match(company, '\d+')), ['1'])
from (
    select unnest([booked_on, official_on]) as on_day, company from entries
    union all
    select strptime(split_part(document_id, '-', 4), '%Y%m%d')::date, split_part(document_id, '-', 2)
    from ledger.linked
    where kind = 'batch' and document_id not in (
        select document_id from ledger.standing where kind = 'effect' and posted_entry is not null
    )
)
where on_day between getvariable('today') - interval 3 year and getvariable('today') + interval 3 year

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'entry' as kind, count(*) as documents, sum(vlr_lct) as amount from raw_senior_hcm.lancamentos
union all
select 'title', count(*), sum(vlr_ori) from raw_senior_hcm.titulos
