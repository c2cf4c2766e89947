-- name: titles
-- purpose: the titles of payroll that the ERP may have settled: those of the obligations and those of invoices
select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) as key, cod_emp as company, cod_fil as branch,
    cod_for as supplier, num_tit as number
from raw_senior_hcm.titulos
where num_tit is not null
union
select concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, launches.num_tit), cod_emp, cod_fil, cod_for,
    launches.num_tit
from raw_senior_hcm.fatura_lancamentos as launches
join raw_senior_hcm.fatura_definicoes as definitions on definitions.id = launches.definicao
where launches.num_tit is not null

-- name: movements
-- purpose: every movement of those titles in the ERP; those that payroll itself had decided say so in their note
select
    concat_ws('/', cod_emp, cod_fil, cod_for, cod_tpt, num_tit) || '#' || seq_mov as document_id,
    cod_emp as company, cod_fil as branch, cod_for as supplier, cod_tpt as title_type, num_tit as number,
    seq_mov as sequence, dat_pgt as paid_on, vlr_mov as amount, unreadable,
    nullif(regexp_extract(obs_mcp, '\[HCM:([^\]]+)\]', 1), '') as settlement_id
from raw_senior_erp.baixas

-- name: told
-- purpose: the settlements that payroll was told of
select id, referencia as reference, situacao = 'A' as stands, dat_pgt as paid_on, vlr_mov as amount, num_tit as number
from raw_senior_hcm.baixas_erp

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
select 'settlement' as kind, id as target_id, reference,
    to_json({amount: amount::text, paid_on: paid_on})::text as fields
from told
union all
select 'reversal', id, id, null from told where not stands

-- name: settlement
-- purpose: settlements made in the ERP, whole and partial, each for payroll to know once
select
    document_id, document_id as record_id, 'baixa do título ' || number as label, amount, 'BRL' as currency,
    document_id as reference, true as mirrored,
    to_json({
        referencia: document_id, codEmp: company::bigint, codFil: branch::bigint, codFor: supplier::bigint,
        codTpt: title_type, numTit: number, seqMov: sequence::bigint, datPgt: paid_on, vlrMov: amount
    })::text as payload,
    to_json({amount: amount::text, paid_on: paid_on})::text as fields,
    if(settlement_id is not null, 'Baixa decidida na própria folha', null) as ignored_because
from movements

-- name: reversal
-- purpose: settlements that payroll was told of and that no longer stand in the ERP
select
    told.id as document_id, told.reference as record_id, 'estorno da baixa do título ' || told.number as label,
    told.amount, 'BRL' as currency, told.id as reference, true as mirrored, null::text as fields,
    to_json({id: told.id})::text as payload
from told
where stands and reference is not null and reference not in (select document_id from movements)
    and split_part(reference, '#', 1) in (select key from titles)

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

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'settlement' as kind, count(*) as documents, sum(vlr_mov) as amount from raw_senior_erp.baixas
