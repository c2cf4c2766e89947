-- name: windows
-- purpose: which days payroll is asked for: the usual ones, and every older month in which something still waits
with unfinished as (
    select document_id as batch_id, try_strptime(split_part(document_id, '-', 4), '%Y%m%d')::date as official_on
    from ledger.linked
    where kind = 'batch' and document_id not in (
        select document_id from ledger.standing where kind in ('effect', 'empty_batch') and posted_entry is not null
    )
),
waiting as (
    select coalesce(try_cast(found_at as date), try_cast(fields ->> 'booked_on' as date)) as on_day
    from ledger.decided
    left join ledger.standing using (kind, document_id)
    where kind in ('entry', 'title') and (
        action in ('hold', 'unknown') or coalesce(is_open, false)
        or (posted_entry is null and last_event in ('rejected', 'not_sent', 'unavailable'))
        or (fields ->> 'batch') in (select batch_id from unfinished)
    )
    union all
    select official_on from unfinished
),
older as (
    select distinct date_trunc('month', on_day)::date as since, last_day(on_day) as until
    from waiting
    where on_day between getvariable('today') - interval 30 year and getvariable('today') + interval 10 year
)
select getvariable('first_day')::date as since, getvariable('last_day')::date as until
union all
select if(since <= getvariable('last_day') and until > getvariable('last_day'), getvariable('last_day')::date + 1, since),
    if(until >= getvariable('first_day') and since < getvariable('first_day'), getvariable('first_day')::date - 1, until)
from older
where since < getvariable('first_day') or until > getvariable('last_day')

-- name: months
-- purpose: which months of which company the ERP's batches and entries are read for: those of the entries at hand and of
-- their official days, and of the batches that are not finished
select distinct company, date_trunc('month', on_day)::date as since, last_day(on_day) as until
from (
    select cod_emp as company, unnest([dat_lct, dat_lot]) as on_day from raw_senior_hcm.lancamentos
    union all
    select split_part(document_id, '-', 2), try_strptime(split_part(document_id, '-', 4), '%Y%m%d')::date
    from ledger.linked
    where kind = 'batch' and document_id not in (
        select document_id from ledger.standing where kind in ('effect', 'empty_batch') and posted_entry is not null
    )
)
where regexp_full_match(company, '\d{1,9}')
    and on_day between getvariable('today') - interval 30 year and getvariable('today') + interval 10 year

-- name: months_to_read
-- purpose: those months in order
select company, since, until from months order by all

-- name: lots_there
-- purpose: the ERP's batches that are ours, by the reference in their description
select concat_ws('/', cod_emp, cod_fil, num_lot) as target_id,
    upper(nullif(regexp_extract(des_lot, '(?i)HCM-\d+-\d+-\d{8}-\d+'), '')) as batch_id, num_lot, dat_lot, qtd_lct, des_lot,
    coalesce(sit_lot = getvariable('effected_status'), false) as is_effected
from raw_senior_erp.lotes
where num_lot is not null

-- name: lines_there
-- purpose: the ERP's entries in the batches that it has; where it does not show payroll's number of one, the ledger may
-- know it by the ERP's own
select lancamentos.* replace (coalesce(ide_uni, linked.document_id) as ide_uni), lots_there.batch_id,
    coalesce(is_effected, false) as is_effected
from raw_senior_erp.lancamentos
left join lots_there on lots_there.target_id = concat_ws('/', cod_emp, cod_fil, lancamentos.num_lot)
left join ledger.linked on linked.kind = 'entry' and linked.target_id = num_lct

-- name: entries
-- purpose: every accounting entry of payroll, and the batch of its company, branch and official day: the one it was
-- posted in, else one that is not effected, not deleted and still there
with used_up as (
    select document_id as batch_id from ledger.standing
    where kind in ('effect', 'empty_batch') and posted_entry is not null
    union all
    select batch_id from lots_there where is_effected
    union all
    select document_id from ledger.linked
    join months on months.company = split_part(document_id, '-', 2)
        and try_strptime(split_part(document_id, '-', 4), '%Y%m%d')::date between months.since and months.until
    where kind = 'batch' and target_id not in (select target_id from lots_there)
),
turns as (
    select regexp_replace(batch_id, '-\d+$', '') as days_batches, max(try_cast(split_part(batch_id, '-', 5) as integer)) as turns
    from used_up
    where batch_id is not null
    group by all
),
posted as (
    select standing.document_id, (attempts.fields ->> 'batch') as batch_id, (attempts.fields ->> 'booked_on') as booked_on
    from ledger.standing
    join ledger.attempts on attempts.entry = standing.posted_entry
    where standing.kind = 'entry'
),
there as (
    select ide_uni as document_id, any_value(batch_id) as batch_id
    from lines_there
    where ide_uni is not null and concat_ws('/', cod_emp, cod_fil, num_lot) in (select target_id from lots_there)
    group by ide_uni
),
read as (
    select
        named(ide_uni, concat(lancamentos::text, row_number() over (partition by lancamentos::text))) as document_id,
        cod_emp as company, cod_fil as branch, dat_lct as booked_on,
        coalesce(dat_lot, dat_lct) as official_on, nullif(cta_deb, '0') as debit, nullif(cta_cre, '0') as credit,
        vlr_lct as amount, nullif(cod_hpd, '0') as history, cpl_lct as complement, doc_lct as document, rateio,
        unreadable, (unreadable ->> 'vlrLct') is not null as amount_is_spoiled,
        (unreadable ->> 'datLct') is not null as date_is_spoiled,
        concat_ws('-', 'HCM', company, branch, strftime(official_on, '%Y%m%d')) as days_batches
    from raw_senior_hcm.lancamentos
)
select
    read.*, coalesce(posted.batch_id, there.batch_id, days_batches || '-' || (1 + coalesce(turns.turns, 0))) as batch_id,
    posted.document_id is not null or there.document_id is not null as is_posted,
    posted.document_id is not null and there.document_id is null and coalesce(
        exists (
            from months where months.company = read.company
                and coalesce(try_cast(posted.booked_on as date), read.booked_on) between months.since and months.until
        ), false
    ) as is_missing
from read
left join turns using (days_batches)
left join posted using (document_id)
left join there using (document_id)

-- name: titles
-- purpose: every title of payroll, and the key that it has in the ERP
select
    'título ' || named(ide_tit, concat(titulos::text, row_number() over (partition by titulos::text))) as title_id,
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company,
    cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number, cod_tns as transaction,
    dat_emi as issued_on, dat_ent as entered_on, vct_ori as due_on, vlr_ori as amount, cod_moe as currency,
    per_dsc as discount, per_mul as fine, per_jrs as interest, tip_jrs as interest_type, obs_tcp as note, rateio, unreadable,
    coalesce((unreadable ->> 'vlrOri') is not null, false) as amount_is_spoiled,
    coalesce((unreadable ->> 'datEmi') is not null or (unreadable ->> 'datEnt') is not null
        or (unreadable ->> 'vctOri') is not null, false) as a_date_is_spoiled
from raw_senior_hcm.titulos

-- name: at_source
-- purpose: what payroll shows, for what it shows no more to be told
select 'entry' as kind, ide_uni as source_id from raw_senior_hcm.lancamentos
union all
select 'title', 'título ' || ide_tit from raw_senior_hcm.titulos
union all
select 'settlement', ide_bai from raw_senior_hcm.baixas

-- name: at_hand
-- purpose: what payroll has for each document that may wait
select 'entry' as kind, document_id as source_id from entries
union all
select unnest(['batch', 'effect']), batch_id from batches
union all
select 'title', title_id from titles
union all
select 'settlement', document_id from settlements where status is distinct from 'E'

-- name: still_there
-- purpose: of what payroll deleted, what stands in the ERP or cannot be seen there
select vanished.kind, source_id
from vanished
left join lines_there on vanished.kind = 'entry' and ide_uni = source_id
left join (
    select distinct concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key from raw_senior_erp.titulos
) as found on vanished.kind = 'title' and found.key = vanished.key
left join raw_senior_erp.fornecedores_lidos as read on vanished.kind = 'title' and recusa is null
    and read.cod_emp = split_part(vanished.key, '/', 1) and read.cod_fil = split_part(vanished.key, '/', 2)
    and read.cod_for = split_part(vanished.key, '/', 3)
left join movements_there as movement on vanished.kind = 'settlement' and settlement_id = source_id and stands
where case vanished.kind
    when 'entry' then ide_uni is not null
    when 'title' then found.key is not null or read.cod_for is null
    else settlement_id is not null
end
group by all

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
    translate(nullif(concat_ws('; ', spoiled_for_accounting, debit_line.spoiled, credit_line.spoiled,
        'histórico ' || history || ' ' || histories.unreadable), ''), '{"}', '') as spoiled_registers,
    entries.unreadable is null and coalesce(are_readable, true) as values_are_readable,
    spoiled_registers is null as registers_are_readable,
    branches.cod_fil is not null as branch_is_known,
    date_is_spoiled or spoiled_for_accounting is not null or branches.cod_fil is null
        or coalesce(booked_on between ctb_exi and ctb_exf, false)
        as date_is_within_exercise,
    erp_user.posts_outside_the_period or coalesce(booked_on >= ctb_pei, true)
        or not coalesce(booked_on between ctb_exi and ctb_exf, false) as date_is_not_before_period,
    erp_user.posts_outside_the_period or coalesce(booked_on <= ctb_pef, true)
        or not coalesce(booked_on between ctb_exi and ctb_exf, false) as date_is_not_after_period,
    not getvariable('days_ahead_checked') or coalesce(booked_on <= erp_user.today + days_ahead, true)
        as date_is_not_too_far_ahead,
    debit is not null or credit is not null as an_account_is_given,
    coalesce(debit <> credit, true) as accounts_differ,
    debit is null or coalesce(debit_line.is_fit, false) as debit_account_is_fit,
    credit is null or coalesce(credit_line.is_fit, false) as credit_account_is_fit,
    amount_is_spoiled or coalesce(amount > 0, false) as amount_is_given,
    coalesce(abs(amount) < 10000000000000, true) as amount_fits,
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
left join branches on branches.cod_emp = company and branches.cod_fil = branch
left join chart as debit_line on debit_line.company = entries.company and debit_line.account = debit
left join chart as credit_line on credit_line.company = entries.company and credit_line.account = credit
left join raw_senior_erp.historicos as histories on histories.cod_hpd = history

-- name: sound_entries
-- purpose: entries that break no rule
select document_id from entry_facts where columns(* exclude (document_id, unreadable_text, spoiled_registers))

-- name: batches
-- purpose: the batches that the entries at hand belong to, and those that the ledger opened and nothing belongs to now
with wanted as (
    -- entries whose official day payroll has moved are still of the batch they were posted in
    select batch_id, min(company) as company, min(branch) as branch,
        coalesce(try_strptime(regexp_extract(batch_id, '-(\d{8})-\d+$', 1), '%Y%m%d')::date, min(official_on)) as official_on,
        count(*) as entries,
        count(*) filter (where is_posted or sound_entries.document_id is not null) as postable,
        coalesce(sum(amount) filter (where is_posted or sound_entries.document_id is not null), 0) as amount
    from entries
    left join sound_entries using (document_id)
    where official_on is not null and company is not null and branch is not null
    group by batch_id
),
opened as (
    select linked.document_id as batch_id, linked.target_id, split_part(linked.document_id, '-', 2) as company,
        split_part(linked.document_id, '-', 3) as branch,
        try_strptime(split_part(linked.document_id, '-', 4), '%Y%m%d')::date as official_on
    from ledger.linked
    join lots_there using (target_id)
    where linked.kind = 'batch' and linked.document_id not in (
        select document_id from ledger.standing where kind in ('effect', 'empty_batch') and posted_entry is not null
    )
)
select
    batch_id, coalesce(wanted.company, opened.company) as company, coalesce(wanted.branch, opened.branch) as branch,
    coalesce(wanted.official_on, opened.official_on) as official_on, coalesce(wanted.entries, 0) as entries,
    coalesce(wanted.postable, 0) as postable, try_cast(coalesce(wanted.amount, 0) as decimal(18, 2)) as amount
from wanted
full join opened using (batch_id)

-- name: batch_facts
-- purpose: one row per batch, one boolean per posting rule about batches
select
    batches.batch_id as document_id, null::text as unreadable_text, translate(spoiled_for_accounting, '{"}', '') as spoiled_registers,
    branches.cod_fil is null or spoiled_for_accounting is not null
        or coalesce(official_on between ctb_exi and ctb_exf, false) as date_is_within_exercise,
    spoiled_for_accounting is null as registers_are_readable,
    entries > 0 or coalesce(qtd_lct, 0) > 0 as batch_has_entries,
    entries = 0 or postable > 0 as batch_has_accepted_entries
from batches
left join branches on branches.cod_emp = company and branches.cod_fil = branch
left join ledger.linked on linked.kind = 'batch' and linked.document_id = batches.batch_id
left join lots_there using (target_id)

-- name: facts
-- purpose: one row per entry, title and batch; what is not about a document holds of it, what is and is unknown does not
select document_id, unreadable_text, spoiled_registers,
    coalesce(columns(* exclude (document_id, unreadable_text, spoiled_registers)), true)
from (
    select document_id, unreadable_text, spoiled_registers,
        coalesce(columns(* exclude (document_id, unreadable_text, spoiled_registers)), false)
    from entry_facts
    union all by name
    select document_id, unreadable_text, spoiled_registers,
        coalesce(columns(* exclude (document_id, unreadable_text, spoiled_registers)), false)
    from title_facts
    union all by name
    select document_id, unreadable_text, spoiled_registers,
        coalesce(columns(* exclude (document_id, unreadable_text, spoiled_registers)), false)
    from batch_facts
)

-- name: shares_there
-- purpose: the apportionment of every entry in the ERP, in the words in which ours is compared with it; none where the
-- ERP does not show it whole
select num_lct, string_agg(concat_ws(':', line.ctaRed, line.codCcu, try_cast(line.vlrRat as decimal(18, 2))), ', '
    order by line.ctaRed, line.codCcu, try_cast(line.vlrRat as decimal(18, 2))) as shares
from (
    select num_lct, unnest(from_json(rateio, '[{"ctaRed":"VARCHAR","codCcu":"VARCHAR","vlrRat":"VARCHAR"}]')) as line
    from raw_senior_erp.lancamentos
)
group by num_lct
having bool_and(coalesce(try_cast(line.vlrRat as decimal(18, 2)) <> 0, false))

-- name: entries_there
-- purpose: the ERP's entries beside payroll's. Only what the ERP shows is compared; texts that it cut, or wrote in
-- capitals or without accents, are the same texts
select num_lct, ide_uni, lines_there.batch_id, dat_lct, vlr_lct, nullif(cta_deb, '0') as debit, nullif(cta_cre, '0') as credit,
    nullif(cod_hpd, '0') as history,
    if(entries.document_id is null or shares_in_words.shares is not null, shares_there.shares, null) as shares,
    if(starts_with(folded(left(entries.complement, 250)), folded(cpl_lct)), left(entries.complement, 250), cpl_lct) as complement,
    if(starts_with(folded(entries.document), folded(doc_lct)), entries.document, doc_lct) as document
from lines_there
left join shares_there using (num_lct)
left join entries on entries.document_id = ide_uni
left join shares_in_words on shares_in_words.document_id = ide_uni

-- name: settlements
-- purpose: settlements that payroll decided, and the title that each is about
select
    named(ide_bai, concat(baixas::text, row_number() over (partition by baixas::text))) as document_id,
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company,
    cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number, dat_pgt as paid_on,
    vlr_mov as amount, nullif(vlr_jrs, 0) as interest, nullif(vlr_mul, 0) as fine, nullif(vlr_dsc, 0) as discount,
    situacao as status, unreadable, 'FOLHA [HCM:' || ide_bai || ']' as note
from raw_senior_hcm.baixas

-- name: settled_as
-- purpose: of each settlement that was posted, the title on which it was, whatever payroll says of it by now
select document_id, coalesce(nullif(regexp_extract(target_id, '^(.+) \[HCM:', 1), ''), settlements.key) as key
from ledger.linked
left join settlements using (document_id)
where kind = 'settlement'

-- name: movements_there
-- purpose: the ERP's movements of the titles at hand; of those that are ours, which settlement they are; and whether
-- they stand or were taken back and stay listed
select
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company, cod_fil as branch,
    cod_for as supplier, cod_tpt as title_type, num_tit as number, seq_mov as sequence, dat_pgt as paid_on,
    vlr_mov as amount, vlr_jrs as interest, vlr_mul as fine, vlr_dsc as discount,
    nullif(regexp_extract(obs_mcp, '\[HCM:([^\]]+)\]', 1), '') as settlement_id,
    sit_reg is distinct from getvariable('reversed_status') as stands
from raw_senior_erp.baixas

-- name: mirror
-- purpose: what the ERP holds of payroll: batches, entries, effects, titles, settlements; and what it holds no more
select 'batch' as kind, target_id, batch_id as reference, null::text[] as natural_key, null::text as fields, true as lives,
    'lote ' || num_lot || ' de ' || strftime(dat_lot, '%d/%m/%Y') as shown
from lots_there
union all by name
select 'effect' as kind, target_id, batch_id as reference, true as lives from lots_there where is_effected
union all by name
select 'entry' as kind, num_lct as target_id, ide_uni as reference,
    [batch_id, vlr_lct::text, coalesce(debit, '0'), coalesce(credit, '0'), ide_uni] as natural_key, to_json({
        batch: batch_id, booked_on: dat_lct, debit: debit, credit: credit,
        amount: vlr_lct::text, history: history, complement: complement, document: document, shares: shares
    })::text as fields, true as lives, 'lançamento ' || num_lct || ' de ' || strftime(dat_lct, '%d/%m/%Y') as shown
from entries_there
where num_lct is not null
union all by name
select 'title' as kind, there_as as target_id, turn_id as reference, fields_there as fields, not is_dead as lives,
    'título ' || stands_as as shown
from titles_there
where is_covered and is_there and not is_of_another
union all by name
select 'removal' as kind, turn_id as target_id, turn_id as reference, true as lives
from titles_there
where is_covered and not is_there
union all by name
select 'settlement' as kind,
    coalesce(linked.target_id, if(settlement_id is null, key || '#' || sequence, key || ' [HCM:' || settlement_id || ']')) as target_id,
    settlement_id as reference, [key, paid_on::text, movements_there.amount::text] as natural_key,
    to_json({
        amount: movements_there.amount::text, paid_on: paid_on, interest: nullif(interest, 0)::text,
        fine: nullif(fine, 0)::text, discount: nullif(discount, 0)::text, reversed: if(stands, null, true)
    })::text as fields,
    stands as lives, 'baixa ' || sequence || ' do título ' || key || ' de ' || strftime(paid_on, '%d/%m/%Y') as shown,
    if(stands, null, 'A baixa foi estornada no ERP; estorne-a também na folha') as locked_because
from movements_there
left join ledger.linked on linked.kind = 'settlement' and linked.document_id = settlement_id
where sequence is not null or settlement_id is not null
qualify row_number() over (partition by coalesce(settlement_id, key || '#' || sequence) order by stands desc, sequence desc) = 1
union all by name
-- a settlement is gone where the ERP was asked for the movements of its title, and told them
select 'reversal' as kind, settled_as.document_id as target_id, settled_as.document_id as reference, true as lives
from settled_as
where document_id in (select document_id from settlements)
    and document_id not in (select settlement_id from movements_there where stands and settlement_id is not null)
    and key in (select concat_ws('/', company, branch, supplier, title_type, number) from titles_to_read)
    and key not in (select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) from raw_senior_erp.baixas_recusadas)

-- name: batch
-- purpose: the batch that each company, branch and official day with something to post wants
select
    batch_id as document_id, batch_id as record_id, 'lote de ' || strftime(official_on, '%d/%m/%Y') as label, amount,
    'BRL' as currency, null::text as fields, batch_id as reference,
    to_json({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), datLot: strftime(official_on, '%d/%m/%Y'),
        desLot: 'FOLHA ' || batch_id, oriLot: getvariable('origin'), tipLot: getvariable('batch_type'),
        totLot: amount::text
    })::text as payload
from batches
where entries > 0
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'A folha não tem mais lançamentos deste dia' as ignored_because
from withdrawn
where kind = 'batch'

-- name: entry
-- purpose: the entry that payroll wants in the ERP, its apportionment in it
with lots as (
    select batches.batch_id, lot.target_id, try_cast(split_part(lot.target_id, '/', 3) as bigint) as number, plan.because
    from batches
    left join links_now as lot on lot.kind = 'batch' and lot.document_id = batches.batch_id
    left join plan on plan.kind = 'batch' and plan.document_id = batches.batch_id
),
lines as (
    select document_id, to_json(list({
        codCcu: center, ctaRed: try_cast(account as bigint), perRat: percent::text, vlrRat: amount::text
    } order by is_default, place)) as rateio
    from shares
    group by document_id
)
select
    entries.document_id, entries.document_id as record_id, booked_on::text as found_at,
    coalesce(entries.complement, entries.document, 'lançamento') as label, amount, 'BRL' as currency,
    entries.document_id as reference,
    [entries.batch_id, amount::text, coalesce(entries.debit, '0'), coalesce(entries.credit, '0'), entries.document_id] as natural_key,
    joined(without_nulls({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), numLot: lots.number,
        datLct: strftime(booked_on, '%d/%m/%Y'),
        ctaDeb: try_cast(entries.debit as bigint), ctaCre: try_cast(entries.credit as bigint), vlrLct: amount::text,
        codHpd: try_cast(entries.history as bigint),
        cplLct: left(entries.complement, 250), docLct: entries.document, oriLct: getvariable('origin'), ideUni: entries.document_id
    }), if(lines.rateio is null, '{}', '{"rateio":' || lines.rateio::text || '}')) as payload,
    to_json({
        batch: entries.batch_id, booked_on: booked_on, debit: entries.debit, credit: entries.credit, amount: amount::text,
        history: entries.history,
        complement: if(there.num_lct is not null and there.complement is null, null, left(entries.complement, 250)),
        document: if(there.num_lct is not null and there.document is null, null, entries.document),
        shares: if(there.num_lct is not null and there.shares is null, null, shares_in_words.shares)
    })::text as fields,
    if(lots.target_id is null, 'O lote ainda não está no ERP' || coalesce(': ' || lots.because, ''), null)
        as waits_because,
    if(is_missing, 'Não está mais no ERP, onde já tinha sido lançado; nada foi lançado de novo', null) as noticed_because
from entries
left join lots using (batch_id)
left join lines using (document_id)
left join shares_in_words using (document_id)
left join entries_there as there on there.ide_uni = entries.document_id
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'Não está mais na folha, e não foi lançado' as ignored_because
from withdrawn
where kind = 'entry'

-- name: effect
-- purpose: batches are effected when the ERP has accepted every entry that payroll has for them, and holds no other. A
-- rule that is broken after an entry was posted holds nothing
with held as (
    select batch_id, count(*) as entries
    from entries
    where is_missing or document_id not in (select document_id from links_now where kind = 'entry')
        or document_id in (
            select document_id from plan where kind = 'entry' and action in ('hold', 'drift', 'gone', 'unknown')
        )
    group by batch_id
),
strange as (
    select batch_id, count(*) as entries
    from lines_there
    where batch_id is not null and not is_effected and (ide_uni is null or ide_uni not in (select document_id from entries))
    group by batch_id
)
select
    batch_id as document_id, batch_id as record_id,
    'efetivação do lote de ' || strftime(official_on, '%d/%m/%Y') as label, amount, 'BRL' as currency, null::text as fields,
    lot.target_id, batch_id as reference,
    to_json({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint),
        numLot: try_cast(split_part(lot.target_id, '/', 3) as bigint), datLot: strftime(official_on, '%d/%m/%Y')
    })::text as payload,
    if(effected.document_id is null, nullif(concat_ws('; ',
        if(held.entries > 0, held.entries || ' lançamento(s) do lote ainda não foram aceitos como a folha os tem', null),
        if(strange.entries > 0, strange.entries || ' lançamento(s) do lote no ERP não estão na folha', null)
    ), ''), null) as held_because,
    if(lot.target_id is null, 'O lote ainda não está no ERP', null) as waits_because,
    if(batches.entries = 0 and strange.entries is null, 'Este lote não possui lançamentos', null) as ignored_because
from batches
left join links_now as lot on lot.kind = 'batch' and lot.document_id = batch_id
left join held using (batch_id)
left join strange using (batch_id)
left join ledger.standing as effected
    on effected.kind = 'effect' and effected.document_id = batch_id and effected.posted_entry is not null
where batches.entries > 0 or strange.entries > 0
    or batch_id in (select document_id from ledger.decided where kind = 'effect' and action <> 'ignore')
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'A folha não tem mais lançamentos deste dia' as ignored_because
from withdrawn
where kind = 'effect'

-- name: empty_batch
-- purpose: batches of ours that the ERP still has open, that hold nothing there, and that payroll has nothing for:
-- deleted; that a batch has no entries is then only a warning (C11)
select
    batches.batch_id as document_id, batches.batch_id as record_id, 'lote vazio de ' || strftime(official_on, '%d/%m/%Y') as label,
    0 as amount, 'BRL' as currency, null::text as fields, batches.batch_id as reference, lots_there.target_id,
    to_json({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), numLot: try_cast(num_lot as bigint),
        datLot: strftime(official_on, '%d/%m/%Y')
    })::text as payload
from batches
join ledger.linked on linked.kind = 'batch' and linked.document_id = batches.batch_id
join lots_there on lots_there.target_id = linked.target_id
where entries = 0 and not is_effected and coalesce(qtd_lct, 1) = 0

-- name: reversal
-- purpose: settlements of ours that payroll took back: reversed in the ERP too
with refused as (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, any_value(recusa) as because
    from raw_senior_erp.baixas_recusadas
    group by all
)
select
    settlements.document_id, settlements.document_id as record_id, 'estorno da baixa do título ' || number as label,
    settlements.amount, 'BRL' as currency, null::text as fields, settlements.document_id as reference,
    to_json({
        codEmp: try_cast(there.company as bigint), codFil: try_cast(there.branch as bigint),
        codFor: try_cast(there.supplier as bigint), codTpt: there.title_type, numTit: there.number,
        seqMov: coalesce(try_cast(there.sequence as bigint), 0)
    })::text as payload,
    if(there is null, 'A baixa não foi encontrada no ERP' || coalesce(': ' || refused.because, ''), null) as held_because
from settlements
left join (
    -- by the title on which it stands there, whatever payroll says of it by now
    select settlement_id, arg_max({
        company: company, branch: branch, supplier: supplier, title_type: title_type, number: number, sequence: sequence
    }, try_cast(sequence as bigint)) as there
    from movements_there
    where stands
    group by settlement_id
) as movement on movement.settlement_id = settlements.document_id
left join settled_as on settled_as.document_id = settlements.document_id
left join refused on refused.key = coalesce(settled_as.key, settlements.key)
where status = 'E' and (there is not null
    or settlements.document_id in (select document_id from links_now where kind = 'settlement'))

-- name: settlement
-- purpose: settlements that payroll decided: posted once their title is in the ERP, the earlier ones first, as far as
-- what is open of the title goes; one that is more than that stops no other
with on_the_way as (
    select titles.key, if(titles_there.was_posted and titles_there.is_covered, 0, titles.amount) as amount
    from titles
    join titles_there using (title_id)
    join title_turns using (title_id)
    join links_now on links_now.kind = 'title' and links_now.document_id = title_turns.turn_id
),
found as (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key from raw_senior_erp.titulos
),
still_open as (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, vlr_abe from raw_senior_erp.titulos_abertos
),
taken_back as (
    select key, sum(movements_there.amount) as amount
    from movements_there
    join ledger.standing on standing.kind = 'reversal' and standing.document_id = settlement_id and posted_entry is not null
    where stands
    group by key
),
open_amounts as (
    select distinct settlements.key, found.key is not null or on_the_way.key is not null as is_there,
        if(found.key is not null, coalesce(vlr_abe, 0), on_the_way.amount) + coalesce(taken_back.amount, 0) as open_amount
    from settlements
    left join on_the_way using (key)
    left join found using (key)
    left join still_open using (key)
    left join taken_back using (key)
),
waiting as (
    select document_id, sum(if(amount > open_amount, 0, amount)) over (partition by key order by paid_on, document_id) as up_to_here
    from settlements
    left join open_amounts using (key)
    where status = 'A' and amount > 0
        and document_id not in (select document_id from links_now where kind = 'settlement')
        and document_id not in (select settlement_id from movements_there where stands and settlement_id is not null)
),
refused as (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, any_value(recusa) as because
    from raw_senior_erp.baixas_recusadas
    group by all
)
select
    settlements.document_id, settlements.document_id as record_id, 'baixa do título ' || number as label,
    settlements.amount, 'BRL' as currency, settlements.document_id as reference,
    [key, paid_on::text, settlements.amount::text] as natural_key, refused.key is null as mirrored,
    without_nulls({
        codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint), datBai: strftime(paid_on, '%d/%m/%Y'),
        tnsBai: getvariable('settlement_transaction'), codFor: try_cast(supplier as bigint), codTpt: title_type,
        numTit: number, numInt: settlements.document_id, obsMcp: note, vlrBai: replace(settlements.amount::text, '.', ','),
        vlrJrs: interest::text, vlrMul: fine::text, vlrDsc: discount::text
    }) as payload,
    to_json({
        amount: settlements.amount::text, paid_on: paid_on, interest: interest::text, fine: fine::text,
        discount: discount::text, reversed: null::boolean
    })::text as fields,
    case
        when unreadable is not null then 'Valor ou data da baixa ilegível: ' || translate(unreadable, '{"}', '')
        when settlements.amount is null or settlements.amount <= 0 or paid_on is null then 'A baixa não tem valor ou data'
        when status is distinct from 'A' then 'A situação da baixa na folha não é conhecida: ' || coalesce(status, 'em branco')
        when refused.key is not null then 'O ERP não mostra as baixas do título ' || number || ': ' || refused.because
        when not is_there then 'O título ' || number || ' ainda não está no ERP'
        when waiting.up_to_here > open_amount or settlements.amount > open_amount and waiting.document_id is not null
            then 'A baixa de ' || money_text(settlements.amount, 'BRL') || if(settlements.amount > open_amount,
                ' é maior que o', ', com as anteriores, não cabe no') || ' valor em aberto do título '
                || number || ', ' || money_text(open_amount, 'BRL')
    end as held_because
from settlements
left join open_amounts using (key)
left join refused using (key)
left join waiting using (document_id)
where status is distinct from 'E'
union all by name
select document_id, record_id, label, 0 as amount, 'BRL' as currency, '{}' as payload,
    'Não está mais na folha, ou foi estornada nela, e não foi lançada' as ignored_because
from withdrawn
where kind = 'settlement'

-- name: suppliers_to_read
-- purpose: whose titles are read, those that payroll settles or deleted included: company, branch, supplier
select distinct company, branch, supplier
from (
    select company, branch, supplier from titles
    union all
    select company, branch, supplier from settlements
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

-- name: titles_to_read
-- purpose: whose movements are read: the titles that payroll settles, where the ERP shows them; those of which nothing is
-- open there; and those on which a settlement was posted, whether the ERP still lists them or not
select distinct company, branch, supplier, title_type, number
from (
    select cod_emp as company, cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number
    from raw_senior_erp.titulos
    where concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) in (select key from settlements)
    union all
    select company, branch, supplier, title_type, number from closed_titles
    union all
    select unnest(regexp_extract(
        key, '^(\d{1,9})/(\d{1,9})/(\d{1,9})/([^/]*)/(.+)$', ['company', 'branch', 'supplier', 'title_type', 'number']
    ))
    from settled_as
    where regexp_full_match(key, '\d{1,9}/\d{1,9}/\d{1,9}/[^/]*/.+')
        and document_id not in (
            select document_id from ledger.standing where kind = 'reversal' and posted_entry is not null
        )
)
order by all

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'entry' as kind, count(*) + (select count(*) from withdrawn where kind = 'entry') as documents, sum(vlr_lct) as amount
from raw_senior_hcm.lancamentos
union all
select 'title', count(*) + (select count(*) from withdrawn where kind = 'title'), sum(vlr_ori) from raw_senior_hcm.titulos
