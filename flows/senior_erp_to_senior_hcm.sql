-- name: titles
-- purpose: the titles of payroll that the ERP may have settled: those of the obligations and those of invoices; and those
-- that payroll was told of, whatever it shows of them today
select key, split_part(key, '/', 1) as company, split_part(key, '/', 2) as branch, split_part(key, '/', 3) as supplier,
    split_part(key, '/', 4) as title_type, any_value(number) as number
from (
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, num_tit as number
    from raw_senior_hcm.titulos
    where num_tit is not null
    union all
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, launches.num_tit), launches.num_tit
    from raw_senior_hcm.fatura_lancamentos as launches
    join raw_senior_hcm.fatura_definicoes as definitions on definitions.id = launches.definicao
    where launches.num_tit is not null
    union all
    select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit), num_tit
    from raw_senior_hcm.baixas_erp
    where num_tit is not null
)
group by key

-- name: titles_to_read
-- purpose: whose movements are read: all of those titles, in lots
select company, branch, supplier, title_type, number
from titles
where regexp_full_match(company, '\d{1,9}') and regexp_full_match(branch, '\d{1,9}') and regexp_full_match(supplier, '\d{1,9}')
    and key = concat_ws('/', company, branch, supplier, title_type, number)
order by all

-- name: untold
-- purpose: titles whose movements the ERP did not tell, and why
select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, any_value(recusa) as because
from raw_senior_erp.baixas_recusadas
group by all

-- name: told
-- purpose: the settlements that payroll was told of; a reference may carry the how-manieth telling it is
select id, referencia as reference, regexp_replace(referencia, '@\d+$', '') as movement_id, situacao as status,
    coalesce(situacao = 'A', false) as stands, dat_pgt as paid_on, vlr_mov as amount, num_tit as number,
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key
from raw_senior_hcm.baixas_erp
where id is not null

-- name: replaced
-- purpose: what payroll was told and has as it was told, and what is another payment in the ERP by now: a movement was
-- taken back there, and its number given again
select told.id
from told
join ledger.standing on standing.kind = 'settlement' and standing.document_id = told.reference
join ledger.attempts as posted on posted.entry = standing.posted_entry
join raw_senior_erp.baixas on concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) || '#' || seq_mov = movement_id
    and sit_reg is distinct from getvariable('reversed_status')
where told.stands and (posted.fields ->> 'amount') = told.amount::text and (posted.fields ->> 'paid_on') = told.paid_on::text
    and (vlr_mov <> told.amount or dat_pgt <> told.paid_on)

-- name: movements
-- purpose: every movement of those titles in the ERP; those that payroll itself had decided say so in their note. One
-- whose number was told, and taken back since, is told anew: the ERP may give a number twice
select
    named(concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) || '#' || seq_mov, baixas::text) as movement_id,
    movement_id || if(taken_back.times > 0, '@' || (1 + taken_back.times), '') as document_id,
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key,
    cod_emp as company, cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number,
    seq_mov as sequence, dat_pgt as paid_on, vlr_mov as amount, unreadable,
    nullif(regexp_extract(obs_mcp, '\[HCM:([^\]]+)\]', 1), '') as settlement_id,
    sit_reg is distinct from getvariable('reversed_status') as stands, coalesce(told_times, 0) as told_times
from raw_senior_erp.baixas
left join (
    select movement_id as taken_back_id,
        count(*) filter (where status = 'E' or id in (select id from replaced)) as times, count(*) as told_times
    from told
    group by all
) as taken_back on taken_back_id = concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) || '#' || seq_mov
qualify row_number() over (partition by document_id order by stands desc) = 1

-- name: decided_by_payroll
-- purpose: which movements are payroll's own decisions, and of which nobody can say so. One says it in its note, where
-- payroll has that settlement and no other movement says the same; one without a note, of which payroll was not told,
-- is the settlement of the same title, day and amount that has no movement of its own
with of_payroll as (
    select ide_bai as settlement_id, concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, dat_pgt as paid_on,
        vlr_mov as amount, situacao as status
    from raw_senior_hcm.baixas
    where ide_bai is not null
),
named_by_notes as (
    select settlement_id, count(*) as movements from movements
    where stands and settlement_id is not null
    group by settlement_id
),
without_movement as (
    select key, paid_on, amount, count(*) as settlements, string_agg(settlement_id, ', ' order by settlement_id) as ids
    from of_payroll
    where status = 'A' and settlement_id not in (select settlement_id from named_by_notes)
    group by all
),
without_note as (
    select document_id, key, paid_on, amount, count(*) over (partition by key, paid_on, amount) as movements
    from movements
    where stands and settlement_id is null and told_times = 0
)
select document_id, coalesce(named_by_notes.movements, 1) = 1 and settlement_id in (select settlement_id from of_payroll) as is_its_own,
    if(coalesce(named_by_notes.movements, 1) > 1, 'Mais de uma baixa do ERP diz na observação [HCM:' || settlement_id || ']',
        'A baixa diz na observação [HCM:' || settlement_id || '], que a folha não tem') as because
from movements
left join named_by_notes using (settlement_id)
where settlement_id is not null
union all
select document_id, movements <= settlements,
    'O ERP tem mais baixas iguais do que a folha, que decidiu ' || ids || '; não se sabe qual delas é a da folha'
from without_note
join without_movement using (key, paid_on, amount)

-- name: facts
-- purpose: one row per movement, one boolean per posting rule
select
    document_id,
    unreadable is null as values_are_readable,
    unreadable is not null or coalesce(amount > 0, false) as amount_is_positive,
    unreadable is not null or paid_on is not null as payment_date_is_given,
    translate(unreadable, '{"}', '') as unreadable_text, amount
from movements

-- name: mirror
-- purpose: what payroll was told already, and which of it was taken back
select 'settlement' as kind, id as target_id, reference, to_json({amount: amount::text, paid_on: paid_on})::text as fields,
    stands as lives, 'baixa ' || id || ' do título ' || number || ' de ' || strftime(paid_on, '%d/%m/%Y') as shown
from told
union all by name
select 'reversal' as kind, id as target_id, id as reference, true as lives from told where status = 'E'

-- name: settlement
-- purpose: settlements made in the ERP, whole and partial, each for payroll to know once
select
    document_id, document_id as record_id, 'baixa do título ' || number as label, amount, 'BRL' as currency,
    document_id as reference,
    to_json({
        referencia: document_id, codEmp: try_cast(company as bigint), codFil: try_cast(branch as bigint),
        codFor: try_cast(supplier as bigint), codTpt: title_type, numTit: number, seqMov: try_cast(sequence as bigint),
        datPgt: paid_on, vlrMov: amount
    })::text as payload,
    to_json({amount: amount::text, paid_on: paid_on})::text as fields,
    case
        when is_its_own then 'Baixa decidida na própria folha'
        when not stands then 'Baixa estornada no ERP'
    end as ignored_because,
    if(is_its_own, null, decided_by_payroll.because) as held_because
from movements
left join decided_by_payroll using (document_id)

-- name: reversal
-- purpose: settlements that payroll was told of and that no longer stand in the ERP, gone from its list, listed as
-- reversed, or with another payment under their number; where the ERP would not tell, nobody knows
select
    told.id as document_id, coalesce(told.reference, told.id) as record_id,
    'estorno da baixa do título ' || told.number as label, told.amount, 'BRL' as currency, null::text as fields, told.id as reference,
    to_json({id: told.id})::text as payload,
    'O ERP não mostra as baixas do título ' || told.number || ': ' || untold.because as held_because
from told
left join untold using (key)
where told.stands and told.reference is not null
    and (told.movement_id not in (select movement_id from movements where stands) or told.id in (select id from replaced))
    and (told.movement_id in (select movement_id from movements) or untold.key is null)
    and told.key in (select concat_ws('/', company, branch, supplier, title_type, number) from titles)

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'settlement' as kind, count(*) as documents, sum(vlr_mov) as amount from raw_senior_erp.baixas
