-- name: extra_fields
-- purpose: what the company's own fields say, by the name as people compare it
select owner, id, folded(field.Name) as name, nullif(trim(field.Value), '') as value, nullif(trim(field.Code), '') as code
from (
    select 'expense' as owner, id,
        unnest(from_json(extra_fields, '[{"Name":"VARCHAR","Value":"VARCHAR","Code":"VARCHAR"}]')) as field
    from raw_rindegastos.expenses
    union all
    select 'report', id, unnest(from_json(extra_fields, '[{"Name":"VARCHAR","Value":"VARCHAR","Code":"VARCHAR"}]'))
    from raw_rindegastos.reports
)

-- name: spent
-- purpose: every approved expense with what its own fields say: document, supplier, number, cost center. A number that
-- was typed as a sentence counts where it is the only one that can be meant: no date, no amount, no RUT
with said as (
    select id,
        max({value: value, code: code}) filter (where name in (select folded(unnest(getvariable('document_type_fields'))))) as document,
        max(value) filter (where name in (select folded(unnest(getvariable('supplier_fields'))))) as supplier_rut,
        max(value) filter (where name in (select folded(unnest(getvariable('number_fields'))))) as document_text,
        max({value: value, code: code}) filter (where name in (select folded(unnest(getvariable('cost_center_fields'))))) as center
    from extra_fields
    where owner = 'expense' and coalesce(value, code) is not null
    group by id
),
numbered as (
    select id, list_filter(list_distinct(list_transform(
        regexp_extract_all(
            regexp_replace(
                document_text,
                '\d{1,2}\.?\d{3}\.?\d{3}-[\dkK]|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b|\b\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})\b|\$\s*[\d.,]+|\b\d{1,2}:\d{2}(:\d{2})?\b',
                ' ', 'g'
            ),
            '\d{1,3}(?:\.\d{3})+\b|\d+'
        ),
        lambda figure: ltrim(replace(figure, '.', ''), '0')
    )), lambda figure: figure <> '') as numbers
    from said
)
select
    expenses.id as expense_id, report_id, issue_date as issued_on, supplier, coalesce(category, category_code) as category,
    folded(coalesce(category, category_code)) as category_key, folded(category_code) as category_code, note, currency,
    coalesce(original_currency, currency) as original_currency, original_amount, exchange_rate, net, tax,
    coalesce(other_taxes, 0) as other_taxes, coalesce(retention, 0) as retention, total,
    round(total, 0)::decimal(18, 0) as pesos, integration_code,
    array_to_string(list_transform(
        list_filter(json_keys(unreadable), lambda field: field <> 'IssueDate'),
        lambda field: field || ' «' || (unreadable ->> field) || '»'
    ), ', ') as unreadable, unreadable ->> 'IssueDate' as issued_text,
    coalesce(document.value, document.code) as document_type, folded(document.code) as document_code,
    folded(coalesce(document_type, '')) as document_key,
    nullif(ltrim(regexp_replace(upper(supplier_rut), '[^0-9K]', '', 'g'), '0'), '') as supplier_rut,
    document_text, if(len(numbers) = 1, try_cast(numbers[1] as bigint), null) as document_number,
    regexp_matches(document_text, '[1-9]') and document_number is null as number_is_unclear,
    coalesce(center.value, center.code) as center_name, folded(center.code) as center_code, folded(center_name) as center_key,
    coalesce(expenses.id, '?') || coalesce(' ' || category, '') as label
from raw_rindegastos.expenses
left join said using (id)
left join numbered using (id)
where status is distinct from 0 and status is distinct from 2

-- name: standing_vouchers
-- purpose: what the books hold with our token, by the report that it names
select regexp_extract(comment, '#rg:(\d+)', 1) as report_id, min(date) as voucher_date
from raw_defontana.vouchers
where comment like '%#rg:%'
group by all
having report_id <> ''

-- name: reports
-- purpose: every closed report, with the day of its voucher and how the books stand with it
with kinds as (
    select id, max(value) as settled_by
    from extra_fields
    where owner = 'report' and name in (select folded(unnest(getvariable('settlement_fields'))))
    group by id
),
begun as (
    select decided.document_id, found_at, posted_entry,
        (found_at -> 'receipts') is not null and action <> 'hold' as remembers
    from ledger.decided
    left join ledger.standing using (kind, document_id)
    where kind = 'voucher'
),
closed as (
    select *, named(id, concat_ws('|', title, report_number, close_date)) as document_id
    from raw_rindegastos.reports
    where status is distinct from 0
    qualify row_number() over (partition by document_id) = 1
)
select
    closed.document_id, title, report_number, settled_by, fund_name, close_date as closed_on, employee_name,
    nullif(ltrim(regexp_replace(upper(employee_rut), '[^0-9K]', '', 'g'), '0'), '') as employee_rut,
    if(closed.fund_id = '0', null, closed.fund_id) as own_fund_id,
    case
        when folded(settled_by) = 'reembolso' then 'reembolso'
        else coalesce('rendicion ' || folded(settled_by), 'fondo ' || own_fund_id, 'reembolso')
    end as settled_from,
    closed.currency as report_currency, report_total_approved as approved_total,
    if(currency = 'CLP', round(report_total_approved, 0), round(report_total_approved, 2))::decimal(18, 2) as approved_amount,
    nbr_approved_expenses as approved_expenses,
    array_to_string(list_transform(
        list_filter(json_keys(unreadable), lambda field: field <> 'CloseDate'),
        lambda field: field || ' «' || (unreadable ->> field) || '»'
    ), ', ') as report_unreadable,
    unreadable ->> 'CloseDate' as closed_text,
    integration_code as report_code, integrated is not null or integration_code is not null as is_marked,
    begun.posted_entry is not null as is_posted,
    coalesce(is_posted or standing_vouchers.report_id is not null, false) as is_done,
    exists (
        select 1 from ledger.attempts where kind = 'voucher' and event = 'sending' and attempts.document_id = closed.id
    ) as was_sent,
    coalesce(begun.remembers, false) as remembers, begun.found_at as found_before,
    -- what stands in the books keeps the day that it was given
    coalesce(if(is_done, coalesce(try_cast(begun.found_at ->> 'voucher_on' as date), voucher_date), null), greatest(
        close_date, if(getvariable('closed_periods') = 'first_open', getvariable('open_from'), close_date)
    )) as voucher_on
from closed
left join kinds using (id)
left join standing_vouchers on standing_vouchers.report_id = closed.id
left join begun on begun.document_id = closed.id

-- name: asked_again
-- purpose: reports whose voucher was begun and is not known to stand: they are read whatever their mark
select document_id from ledger.standing where kind = 'voucher' and posted_entry is null order by document_id

-- name: held
-- purpose: reports that wait for a person, who may have marked them meanwhile: then no list shows them any more
select document_id from ledger.decided
where kind = 'voucher' and action = 'hold' and not is_nameless(document_id)
order by document_id

-- name: waited
-- purpose: reports that wait since an earlier run and that Rindegastos does not show as closed any more, of which a list
-- would show every one that is not marked, and which were asked for by their id
select kind, document_id, label, currency, 'Ya no está cerrado en Rindegastos: fue reabierto o eliminado' as because
from ledger.decided
left join ledger.standing using (kind, document_id)
where kind = 'voucher' and (action = 'hold' or posted_entry is null and last_event = 'rejected')

-- name: to_remember
-- purpose: reports that are settled, by us or by others, and whose receipts the ledger does not hold: their expenses are
-- read once, so that a copy of one of their receipts is known
select distinct reports.id
from raw_rindegastos.reports
left join ledger.decided on decided.kind = 'voucher' and decided.document_id = reports.id
where reports.id is not null and status is distinct from 0
    and (integrated is not null or integration_code is not null or reports.id in (select report_id from standing_vouchers))
    and ((found_at -> 'receipts') is null or action = 'hold')
order by reports.id

-- name: unsure_marks
-- purpose: marks whose answer was lost, or that name a voucher which another has replaced: what carries them is read
-- by its id, for it may not be listed any more
select split_part(document_id, '/', 1) as what, split_part(document_id, '/', 2) as id
from ledger.standing
join ledger.decided using (kind, document_id)
left join ledger.linked as voucher on voucher.kind = 'voucher' and voucher.document_id = decided.record_id
left join ledger.attempts as marked on marked.entry = posted_entry
where standing.kind in ('mark', 'report_mark')
    and (last_event in ('sending', 'accepted', 'unknown') or (marked.fields ->> 'code') <> voucher.target_id)
order by document_id

-- name: known_vouchers
-- purpose: vouchers of ours that need not be asked for their comment
select distinct target_id from ledger.linked where kind = 'voucher'

-- name: vouchers_with_lines
-- purpose: the newest vouchers, posted in these last days, with lines to compare: people change them soon or never
select linked.target_id
from ledger.linked
join ledger.standing using (kind, document_id)
join ledger.attempts as posted on posted.entry = posted_entry
join ledger.run_starts on run_starts.run_id = posted.run_id
where kind = 'voucher' and (posted.fields ->> 'lines') is not null
    and run_starts.as_of::date >= getvariable('today') - getvariable('lines_days')::integer
group by linked.target_id
order by max(posted_entry) desc
limit 200

-- name: is_first
-- purpose: whether the ledger knows of no voucher yet: then what was settled before is looked at from further back
select count(*) = 0 from ledger.decided where kind = 'voucher'

-- name: voucher_window
-- purpose: which days Defontana's vouchers are read for: those of the reports at hand and of their vouchers, but for those
-- that were settled long ago; odd dates are left out, for a report of such a date is held. A month more, into which people
-- move vouchers
select least(getvariable('since'), min(closed_on)), (greatest(getvariable('today'), max(closed_on)) + interval 31 day)::date
from (
    select close_date as closed_on from raw_rindegastos.reports
    where integrated is null and integration_code is null or close_date >= getvariable('since')
    union all
    select try_cast(found_at ->> 'voucher_on' as date) from ledger.decided
    where kind = 'voucher' and action <> 'ignore' and document_id in (select id from raw_rindegastos.reports)
)
where closed_on between getvariable('today') - interval 3 year and getvariable('today') + interval 1 year

-- name: purchase_window
-- purpose: which days the purchase ledger is read for: those of the invoices that employees paid. Odd dates are left out,
-- but old ones of a report that was sent once are not odd
select min(issued_on), greatest(max(issued_on), getvariable('today'))
from spent
join reports on reports.document_id = report_id
where not is_done and issued_on <= getvariable('today') + interval 1 month
    and (was_sent or issued_on >= getvariable('today') - interval 3 year)

-- name: given
-- purpose: what people have filled in, of all tables that are matched by code and name
select place, folded(coalesce(description, code, '')) as key, folded(code) as code, description, target, credit_account, document_type,
    folded(state) as state, folded(state) is distinct from 'sugerida' as is_confirmed
from (
    select 'categories' as place, description, code, debit_account as target, credit_account, state from given_categories
    union all by name
    select 'invoice_categories' as place, description, code, debit_account as target, credit_account, state from given_invoice_categories
    union all by name
    select 'cost_centers' as place, description, code, business_center as target, state from given_cost_centers
    union all by name
    select 'document_types' as place, description, code, class as target, document_type, state from given_document_types
)
where coalesce(target, credit_account, document_type) is not null

-- name: named
-- purpose: what Rindegastos has configured, an expense shows, or people have mapped: categories, cost centers, documents.
-- A name that has one code only means that code also where an expense shows none; `place` is its row in the mapping
with shown as (
    select 'category' as what, coalesce(name, code) as name, code from raw_rindegastos.categories
    union all
    select 'category', category, category_code from spent
    union all
    select 'center', coalesce(value, code), code from raw_rindegastos.options
    where folded(field) in (select folded(unnest(getvariable('cost_center_fields'))))
    union all
    select 'center', center_name, center_code from spent
    union all
    select 'document', coalesce(document_type, ''), document_code from spent
    union all
    select
        case place when 'cost_centers' then 'center' when 'document_types' then 'document' else 'category' end,
        coalesce(description, code, ''), code
    from given
    where is_confirmed and (coalesce(description, code) is not null or place = 'document_types')
),
coded as (
    select what, folded(name) as key, name, folded(code) as folded_code, code,
        count(distinct folded(code)) over (partition by what, folded(name)) as codes_of_name,
        min(folded(code)) over (partition by what, folded(name)) as only_code
    from shown where name is not null
)
select what, key, coalesce(folded_code, if(codes_of_name = 1, only_code, null)) as code,
    concat_ws(' · ', what, key, coalesce(folded_code, if(codes_of_name = 1, only_code, null))) as place,
    min(name) as name, max(codes_of_name) as codes_of_name,
    coalesce(max(code) filter (where upper(code) = code), max(code)) as shown_code
from coded
group by all

-- name: matched
-- purpose: the row of a table that stands for a name: the one of its code and name, else of its code, else of its name.
-- Where the nearest rows say different things, none of them stands for it
with near as (
    select tables.place as mapping, named.place, given.*,
        case
            when given.code is not distinct from named.code and given.key = named.key then 1
            when given.code = named.code then 2
            when given.key = named.key and (named.code is null or given.code is null and codes_of_name = 1) then 3
        end as nearness
    from named
    join (values
        ('categories', 'category'), ('invoice_categories', 'category'), ('cost_centers', 'center'), ('document_types', 'document')
    ) as tables(place, what) using (what)
    join given on given.place = tables.place and (given.key = named.key or given.code = named.code)
),
nearest as (
    from near where nearness is not null
    qualify nearness = min(nearness) over (partition by mapping, place)
)
select mapping, place, count(distinct {target: target, credit: credit_account, type: document_type}) > 1 as is_ambiguous,
    if(is_ambiguous, null, any_value(target)) as target, if(is_ambiguous, null, any_value(credit_account)) as credit_account,
    if(is_ambiguous, null, any_value(document_type)) as document_type,
    bool_or(is_confirmed) as is_confirmed, any_value(state) as state
from nearest
group by mapping, place

-- name: chart
-- purpose: accounts by code, and, where it is one usable account's alone, by description; what cannot be read of one is
-- unknown, not "no"
select code, description, folded(description) as key, imputable and active as is_usable,
    coalesce(is_usable, false)
        and count(*) filter (where is_usable) over (partition by folded(description)) = 1 as is_unique,
    case
        when not imputable then 'no es imputable' when not active then 'está inactivo en Defontana'
        when is_usable is null then 'tiene su ficha ilegible en Defontana'
    end as problem
from (
    select code, any_value(description) as description, bool_and(imputable) as imputable, bool_and(activo) as active
    from raw_defontana.accounts where code is not null group by code
)

-- name: centers
-- purpose: business centers, in the same way
select code, description, folded(description) as key, imputable and active as is_usable,
    coalesce(is_usable, false)
        and count(*) filter (where is_usable) over (partition by folded(description)) = 1 as is_unique,
    case
        when not imputable then 'no es imputable' when not active then 'está inactivo en Defontana'
        when is_usable is null then 'tiene su ficha ilegible en Defontana'
    end as problem
from (
    select code, any_value(description) as description, bool_and(imputable) as imputable, bool_and(activo) as active
    from raw_defontana.centers where code is not null group by code
)

-- name: mapping_categories
-- purpose: which accounts a category's boletas and vouchers go to
select *, debit_account is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.place as key, named.name as description, named.shown_code as code,
        named.name || if(codes_of_name > 1, ' (' || coalesce(shown_code, 'sin código') || ')', '') as shown,
        coalesce(matched.is_ambiguous, named.code is null and codes_of_name > 1) as is_ambiguous,
        coalesce(
            if(is_given, matched.target, null), by_code.code, matched.target, if(coalesce(matched.is_ambiguous, named.code is null and codes_of_name > 1), null, by_name.code)
        ) as debit_account,
        if(is_confirmed or getvariable('accepts'), matched.credit_account, null) as credit_account,
        case
            when is_given then 'confirmada' when by_code.code is not null then 'por código'
            when coalesce(matched.target, by_name.code) is not null and not coalesce(matched.is_ambiguous, named.code is null and codes_of_name > 1) then 'sugerida' else 'falta'
        end as state
    from named
    left join matched on matched.mapping = 'categories' and matched.place = named.place
    left join chart as by_code on folded(by_code.code) = named.code
    left join chart as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            matched.target is not null and is_confirmed
                and not (matched.state = folded('por código') and matched.target is not distinct from by_code.code), false
        ) as is_given
    ) as said
    where what = 'category'
)

-- name: mapping_invoice_categories
-- purpose: which accounts a category's invoices go to; where invoices are cancelled, Proveedores unless said otherwise
select *, state <> 'falta' and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.place as key, named.name as description, named.shown_code as code,
        named.name || if(codes_of_name > 1, ' (' || coalesce(shown_code, 'sin código') || ')', '') as shown,
        coalesce(matched.is_ambiguous, false) as is_ambiguous,
        case
            when is_given then matched.target
            when getvariable('invoices') = 'register' then coalesce(
                by_code.code, matched.target, if(coalesce(matched.is_ambiguous, false), null, by_name.code)
            )
        end as debit_account,
        if(is_confirmed or getvariable('accepts'), matched.credit_account, null) as credit_account,
        case
            when is_given then 'confirmada'
            when getvariable('invoices') = 'cancel' then if(coalesce(matched.is_ambiguous, false), 'falta', 'según cuentas')
            when by_code.code is not null then 'por código'
            when coalesce(matched.target, by_name.code) is not null and not coalesce(matched.is_ambiguous, false) then 'sugerida' else 'falta'
        end as state
    from named
    left join matched on matched.mapping = 'invoice_categories' and matched.place = named.place
    left join chart as by_code on folded(by_code.code) = named.code
    left join chart as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            matched.target is not null and is_confirmed
                and not (matched.state = folded('por código') and matched.target is not distinct from by_code.code), false
        ) as is_given
    ) as said
    where what = 'category'
)

-- name: mapping_cost_centers
-- purpose: which business center a cost center is
select *, business_center is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.place as key, named.name as description, named.shown_code as code,
        named.name || if(codes_of_name > 1, ' (' || coalesce(shown_code, 'sin código') || ')', '') as shown,
        coalesce(matched.is_ambiguous, named.code is null and codes_of_name > 1) as is_ambiguous,
        coalesce(
            if(is_given, matched.target, null), by_code.code, matched.target, if(coalesce(matched.is_ambiguous, named.code is null and codes_of_name > 1), null, by_name.code)
        ) as business_center,
        case
            when is_given then 'confirmada' when by_code.code is not null then 'por código'
            when business_center is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join matched on matched.mapping = 'cost_centers' and matched.place = named.place
    left join centers as by_code on folded(by_code.code) = named.code
    left join centers as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            matched.target is not null and is_confirmed
                and not (matched.state = folded('por código') and matched.target is not distinct from by_code.code), false
        ) as is_given
    ) as said
    where what = 'center'
)

-- name: mapping_document_types
-- purpose: what kind of document each type is, and what Defontana calls it; the codes are those of the SII
with known as (
    from (values
        ('33', 'factura afecta', 'FCAELECT'), ('30', 'factura afecta', 'FCAELECT'), ('34', 'factura exenta', 'FCEELECT'),
        ('32', 'factura exenta', 'FCEELECT'), ('39', 'boleta', 'BOLETA'), ('35', 'boleta', 'BOLETA'),
        ('38', 'boleta', 'BOLETA'), ('41', 'boleta', 'BOLETA'), ('BHE', 'honorarios', 'BHE')
    ) as types(code, class, document_type)
),
hinted as (
    select place, case
        when key = '' or contains(key, 'comprobante') then 'comprobante'
        when contains(key, 'honorarios') then 'honorarios'
        when contains(key, 'nota de ') or contains(key, 'factura de compra') then null
        when contains(key, 'factura') and contains(key, 'exenta') then 'factura exenta'
        when contains(key, 'factura') then 'factura afecta'
        when contains(key, 'boleta') then 'boleta'
    end as class
    from named where what = 'document'
)
select *, class is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.place as key, named.name as description, named.shown_code as code,
        named.name || if(codes_of_name > 1, ' (' || coalesce(shown_code, 'sin código') || ')', '') as shown,
        coalesce(matched.is_ambiguous, false) as is_ambiguous,
        case when is_given then folded(matched.target) when coalesce(matched.is_ambiguous, false) then null else coalesce(known.class, hinted.class) end
            as class,
        coalesce(matched.document_type, known.document_type, of_class.document_type) as document_type,
        case
            when is_given then 'confirmada' when coalesce(matched.is_ambiguous, false) then 'falta'
            when known.code is not null or named.place = 'document · ' then 'por código'
            when hinted.class is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join hinted on hinted.place = named.place
    left join matched on matched.mapping = 'document_types' and matched.place = named.place
    left join known on known.code = upper(named.code)
    cross join lateral (
        select coalesce(
            folded(matched.target) in ('boleta', 'comprobante', 'factura afecta', 'factura exenta', 'honorarios') and is_confirmed, false
        ) as is_given
    ) as said
    left join (select class, min(document_type) as document_type from known group by class) as of_class
        on of_class.class = if(is_given, folded(matched.target), hinted.class)
    where what = 'document'
)

-- name: mapping_accounts
-- purpose: the accounts that have a part of their own, and what employees spend from: kinds of report, funds
with known as (
    from (values
        ('proveedores', 'Proveedores nacionales'), ('honorarios', 'Honorarios por pagar'),
        ('iva', 'IVA crédito fiscal'), ('retencion', 'Retención honorarios'), ('otros impuestos', 'Otros impuestos'),
        ('redondeo', 'Diferencia de redondeo'), ('reembolso', 'Reembolsos al personal')
    ) as parts(code, description)
    union
    select settled_from, min(settled_by) from reports where settled_from like 'rendicion %' group by settled_from
    union
    select 'fondo ' || id, any_value(title) from raw_rindegastos.funds where id is not null group by id
),
wanted as (
    from known
    union all
    select folded(code), any_value(description) from given_accounts
    where code is not null and account is not null and folded(state) is distinct from 'sugerida'
        and folded(code) not in (select code from known)
    group by folded(code)
)
select *, account is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        wanted.code as key, wanted.description, wanted.code,
        coalesce(given.account, by_name.code) as account,
        case
            when is_given then 'confirmada' when coalesce(given.account, by_name.code) is not null then 'sugerida' else 'falta'
        end as state
    from wanted
    left join given_accounts as given on folded(given.code) = wanted.code
    left join chart as by_name on by_name.key = folded(wanted.description) and by_name.is_unique
    cross join lateral (
        select coalesce(given.account is not null and folded(given.state) is distinct from 'sugerida', false) as is_given
    ) as said
)

-- name: mapping_chart
-- purpose: the chart of accounts, to copy codes from
select code, any_value(description) as description, if(bool_and(imputable), 'S', 'N') as imputable,
    if(bool_and(activo), 'S', 'N') as active
from raw_defontana.accounts where code is not null group by code order by code

-- name: mapping_centers
-- purpose: the business centers, to copy codes from
select code, any_value(description) as description, if(bool_and(imputable), 'S', 'N') as imputable,
    if(bool_and(activo), 'S', 'N') as active
from raw_defontana.centers where code is not null group by code order by code

-- name: mapped_accounts
-- purpose: the accounts of the chart that the mapping names: each is asked what its entries must carry
select distinct account
from (
    select debit_account as account from mapping_categories
    union all select credit_account from mapping_categories
    union all select debit_account from mapping_invoice_categories
    union all select credit_account from mapping_invoice_categories
    union all select account from mapping_accounts
)
where account in (select code from raw_defontana.accounts)
order by account

-- name: analyses
-- purpose: what an entry on each account must carry; what could not be read of it is unknown, not "no"
select *, list_count([
    uses_center, uses_file, uses_document, uses_classifier_1, uses_classifier_2, uses_currency, uses_bank
]) = 7 as is_readable
from raw_defontana.analyses

-- name: all_expenses
-- purpose: every expense of a closed report, with its class, its accounts and its center
with parts as (
    select
        max(account) filter (where key = 'proveedores') as suppliers,
        max(account) filter (where key = 'honorarios') as fees,
        max(account) filter (where key = 'reembolso') as refunds
    from mapping_accounts where counts
),
single as (
    select what, key, any_value(code) as code from named where codes_of_name = 1 group by what, key
),
placed as (
    select spent.*,
        concat_ws(' · ', 'category', spent.category_key, coalesce(spent.category_code, category.code)) as category_place,
        if(spent.center_key is null, null, concat_ws(' · ', 'center', spent.center_key, coalesce(spent.center_code, center.code)))
            as center_place,
        concat_ws(' · ', 'document', spent.document_key, coalesce(spent.document_code, document.code)) as document_place
    from spent
    left join single as category on category.what = 'category' and category.key = spent.category_key
    left join single as center on center.what = 'center' and center.key = spent.center_key
    left join single as document on document.what = 'document' and document.key = spent.document_key
)
select
    placed.*, original_currency <> currency as is_foreign,
    if(document.counts, document.class, null) as class,
    coalesce(class in ('factura afecta', 'factura exenta'), false) as is_invoice,
    coalesce(class = 'honorarios', false) as is_fee,
    is_invoice or is_fee as is_registered,
    document.document_type as defontana_type, document.is_ambiguous as document_is_ambiguous,
    case
        when is_registered and invoice.debit_account is not null then if(invoice.counts, invoice.debit_account, null)
        when is_invoice and getvariable('invoices') = 'cancel' and not invoice.is_ambiguous then parts.suppliers
        when is_fee and getvariable('invoices') = 'cancel' and not invoice.is_ambiguous then parts.fees
        when not is_registered and voucher.counts then voucher.debit_account
    end as debit_account,
    coalesce(if(is_registered, invoice.is_ambiguous, voucher.is_ambiguous), false) as category_is_ambiguous,
    coalesce(
        settled.account, fund.account, if(is_registered, invoice.credit_account, voucher.credit_account),
        if(reports.settled_from = 'reembolso', parts.refunds, null)
    ) as credit_account,
    if(target.counts, target.business_center, null) as business_center, coalesce(target.is_ambiguous, false) as center_is_ambiguous,
    reports.employee_rut, reports.is_done
from placed
join reports on reports.document_id = placed.report_id
cross join parts
left join mapping_document_types as document on document.key = document_place
left join mapping_categories as voucher on voucher.key = category_place
left join mapping_invoice_categories as invoice on invoice.key = category_place
left join mapping_cost_centers as target on target.key = center_place
left join mapping_accounts as settled
    on settled.counts and reports.settled_by is not null and settled.key = reports.settled_from
left join mapping_accounts as fund on fund.counts and fund.key = 'fondo ' || reports.own_fund_id

-- name: expenses
-- purpose: those of reports that are still to be posted
from all_expenses where not is_done

-- name: receipts
-- purpose: every receipt with a supplier and a number, by a digest that names nobody: those at hand, and those of reports
-- that were settled before
with remembered as (
    select document_id, unnest(from_json(found_at -> 'receipts', '["JSON"]')) as receipt
    from ledger.decided
    left join ledger.standing using (kind, document_id)
    where kind = 'voucher' and action <> 'hold' and (posted_entry is not null or action = 'ignore')
)
select report_id, expense_id,
    'gasto ' || expense_id || ' (informe ' || report_id || if(reports.is_done or is_marked, ', ya contabilizado)', ')') as shown,
    sha256(concat_ws('|', supplier_rut, class, coalesce(document_number::text, folded(document_text))))[:16] as digest
from all_expenses as expenses
join reports on reports.document_id = report_id
where supplier_rut is not null and class is not null and (document_number is not null or number_is_unclear)
    and not ((reports.is_done or is_marked) and remembers)
union all
select document_id, receipt ->> 'expense', 'gasto ' || (receipt ->> 'expense') || ' (informe ' || document_id || ', ya contabilizado)',
    receipt ->> 'digest'
from remembered
where document_id not in (select document_id from reports where not ((is_done or is_marked) and remembers))

-- name: entries
-- purpose: the lines of each voucher: what was spent, what is owed to whom, and the pesos that rounding leaves over
with parts as (
    select
        max(account) filter (where key = 'iva') as vat_account, max(account) filter (where key = 'retencion') as retention_account,
        max(account) filter (where key = 'otros impuestos') as other_account,
        max(account) filter (where key = 'redondeo') as rounding_account
    from mapping_accounts where counts
),
registers as (
    select expenses.*, getvariable('invoices') = 'register' as registers,
        if(registers and class = 'factura afecta', round(tax, 0), 0)::decimal(18, 0) as vat_pesos,
        if(registers and class = 'factura afecta' and parts.other_account is not null, round(other_taxes, 0), 0)::decimal(18, 0)
            as other_pesos,
        if(registers and is_fee, round(retention, 0), 0)::decimal(18, 0) as retained_pesos
    from expenses
    cross join parts
),
debits as (
    select report_id, 1 as part, expense_id, debit_account as account, pesos + retained_pesos - vat_pesos - other_pesos as amount,
        coalesce(note, category) as comment, supplier_rut as rut, defontana_type, document_number, issued_on,
        business_center, original_currency, exchange_rate
    from registers
    union all by name
    select report_id, 2 as part, expense_id, parts.vat_account as account, vat_pesos as amount, 'IVA ' || coalesce(document_text, '') as comment,
        supplier_rut as rut, defontana_type, document_number, issued_on, business_center
    from registers cross join parts where vat_pesos > 0
    union all by name
    select report_id, 3 as part, expense_id, parts.other_account as account, other_pesos as amount, 'Otros impuestos' as comment,
        supplier_rut as rut, defontana_type, document_number, issued_on, business_center
    from registers cross join parts where other_pesos > 0
),
credits as (
    select report_id, 4 as part, expense_id, parts.retention_account as account, -retained_pesos as amount,
        'Retención honorarios ' || coalesce(document_text, '') as comment, supplier_rut as rut, defontana_type,
        document_number, issued_on, business_center
    from registers cross join parts where retained_pesos > 0
    union all by name
    select report_id, 5 as part, null as expense_id, credit_account as account, -round(sum(total), 0)::decimal(18, 0) as amount,
        'Informe ' || any_value(report_number) as comment, any_value(reports.employee_rut) as rut
    from expenses join reports on reports.document_id = report_id
    group by report_id, credit_account
),
lines as (
    from debits union all by name from credits
)
from lines
where amount <> 0
union all by name
select report_id, 6 as part, any_value(parts.rounding_account) as account, -sum(amount) as amount, 'Diferencia de redondeo' as comment
from lines cross join parts
group by report_id
having sum(amount) <> 0

-- name: facts
-- purpose: one row per report still to be posted, one boolean per posting rule; each names the expenses that break it
with registered as (
    select ltrim(legal_code, '0') as legal_code, try_cast(regexp_replace(number, '\D', '', 'g') as bigint) as number,
        list_sort(list(distinct {type: document_type, total: total})) as documents
    from raw_defontana.purchases
    group by all
    having number is not null
),
ledger_reads as (
    select count(*) = 0 or count(legal_code) > 0 and count(number) > 0 as has_numbers from raw_defontana.purchases
),
files as (
    select distinct ltrim(legal_code, '0') as rut from raw_defontana.providers where legal_code is not null
),
employees as (
    select coalesce(bool_or(employee_rut in (from files)), false) as are_listed from reports
),
accepted as (
    select distinct found_at ->> 'employee' as digest
    from ledger.decided join ledger.standing using (kind, document_id)
    where kind = 'voucher' and posted_entry is not null
),
distinct_receipts as (
    select distinct document_id from ledger.attempts where kind = 'voucher' and verb = 'distinct'
),
filed as (
    select digest, count(*) as times, string_agg(shown, ' y ' order by shown) as together
    from receipts
    group by digest
),
lawful as (
    select split_part(said, ' ', 1)::integer as year, split_part(said, ' ', 2)::decimal(9, 6) as rate
    from (select unnest(getvariable('retention_rates')) as said)
),
judged as (
    select
        expenses.*,
        regexp_full_match(coalesce(expenses.expense_id, ''), '\d{1,18}') as has_number_id,
        coalesce(expenses.unreadable, '') = '' as reads_amounts,
        issued_on is not null as has_date,
        coalesce(total > 0, not reads_amounts) as is_positive,
        is_foreign or currency is distinct from 'CLP' or total is null or total = pesos as is_whole,
        coalesce(expenses.currency = 'CLP', false) as is_in_pesos,
        not coalesce(is_foreign, false) or coalesce(abs(wide(original_amount) * exchange_rate - total) <= 1, false) as exchange_agrees,
        class is not null as has_class,
        not is_registered or supplier_rut is not null as has_supplier,
        not (is_registered or coalesce(analysis.uses_file, false)) or supplier_rut is null or is_rut(supplier_rut) as supplier_is_valid,
        not is_registered or coalesce(document_number > 0, number_is_unclear, false) as has_number,
        not (is_registered or coalesce(analysis.uses_document, false)) or not coalesce(number_is_unclear, false) as number_is_clear,
        debit_account is not null or class is null as has_account,
        credit_account is not null as has_credit,
        (debit_account is null or coalesce(debit.is_usable, false)) and (credit_account is null or coalesce(credit.is_usable, false))
            as accounts_are_usable,
        concat_ws(', ', debit_account || ' ' || if(debit.code is null, 'no existe', debit.problem),
            credit_account || ' ' || if(credit.code is null, 'no existe', credit.problem)) as account_problems,
        concat(business_center, ' ', if(target.code is null, 'no existe', target.problem)) as center_problem,
        (coalesce(debit.is_usable, false) = false or coalesce(analysis.is_readable, false))
            and (coalesce(credit.is_usable, false) = false or coalesce(owed.is_readable, false)) as analyses_are_readable,
        not coalesce(analysis.uses_center, false) or center_key is not null as has_center,
        center_key is null or not coalesce(analysis.uses_center, false) or business_center is not null as center_is_mapped,
        not coalesce(analysis.uses_center, false) or business_center is null or coalesce(target.is_usable, false)
            as center_is_usable,
        not (
            coalesce(analysis.uses_classifier_1 or analysis.uses_classifier_2 or analysis.uses_bank, false)
            or coalesce(owed.uses_classifier_1 or owed.uses_classifier_2 or owed.uses_bank or owed.uses_document, false)
            or (coalesce(analysis.uses_file, false) and supplier_rut is null and not is_registered)
            or (coalesce(analysis.uses_document, false) and document_number is null and not is_registered)
        ) as analyses_can_be_given,
        class is distinct from 'factura afecta' or getvariable('invoices') = 'cancel' or coalesce(
            abs(wide(net) + tax + other_taxes - total) <= 1 and abs(round(wide(net) * 0.19, 0) - tax) <= 1, false
        ) as taxes_add_up,
        class is distinct from 'factura exenta' or coalesce(tax, 0) = 0 as exempt_has_no_vat,
        not is_fee or issued_on is null or lawful.rate is not null as rate_is_known,
        not is_fee or lawful.rate is null or coalesce(abs(round((wide(total) + retention) * lawful.rate, 0) - retention) <= 1, false)
            as retention_is_lawful,
        not is_invoice or not getvariable('wants_registered') or getvariable('invoices') = 'register'
            or registered.number is not null or document_number is null or supplier_rut is null or not ledger_reads.has_numbers
            as is_in_ledger,
        not is_invoice or not getvariable('wants_registered') or getvariable('invoices') = 'register' or ledger_reads.has_numbers
            as ledger_is_readable,
        -- less than its total may be paid: an employee pays a part; more than it, or another document, never
        not is_invoice or getvariable('invoices') = 'register' or registered.number is null or 1 = len(list_filter(
            registered.documents,
            lambda each: coalesce(each.type = defontana_type, true) and coalesce(wide(each.total) + 1 >= pesos, true)
        )) as is_of_the_ledger,
        array_to_string([concat_ws(' ', each.type, in_pesos(each.total)) for each in registered.documents], ', ')
            as in_ledger,
        not coalesce((getvariable('invoices') = 'cancel' and is_registered or analysis.uses_file) and is_rut(supplier_rut), false)
            or supplier_rut in (from files) as supplier_has_file,
        not coalesce(owed.uses_file and is_rut(employee_rut), false) or not getvariable('checks_employees') or not employees.are_listed
            or employee_rut in (from files) or sha256(employee_rut)[:16] in (from accepted) as employee_has_file,
        coalesce(filed.times, 1) = 1 or expenses.report_id in (from distinct_receipts) as is_filed_once, filed.together,
        lawful.rate
    from expenses
    left join chart as debit on debit.code = debit_account
    left join chart as credit on credit.code = credit_account
    left join centers as target on target.code = business_center
    cross join ledger_reads
    cross join employees
    left join analyses as analysis on analysis.account = debit_account
    left join analyses as owed on owed.account = credit_account
    left join registered on registered.legal_code = supplier_rut and registered.number = document_number
    left join receipts as receipt on receipt.expense_id = expenses.expense_id
    left join filed using (digest)
    left join lawful on lawful.year = year(issued_on)
),
told as (
    select
        report_id as document_id, count(*) as expenses, sum(total) as total,
        bool_and(has_number_id) as ids_are_numbers, listed(label, not has_number_id) as odd_ids,
        bool_and(reads_amounts) as amounts_are_readable,
        listed(label || ': ' || unreadable, not reads_amounts) as unreadable_text,
        bool_and(has_date) as expense_dates_exist, listed(label || coalesce(' «' || issued_text || '»', ''), not has_date) as undated,
        bool_and(is_positive) as amounts_are_positive, listed(label || ': ' || in_pesos(total), not is_positive) as not_positive,
        bool_and(is_whole) as pesos_have_no_decimals, listed(label || ': ' || in_pesos(total), not is_whole) as fractional,
        bool_and(is_in_pesos) as expenses_are_in_pesos,
        listed(label || ': ' || coalesce(currency, 'sin moneda'), not is_in_pesos) as not_in_pesos,
        bool_and(exchange_agrees) as exchange_agrees, listed(label, not exchange_agrees) as badly_exchanged,
        bool_and(has_class) as document_type_is_known,
        listed(label || ': ' || coalesce(document_type, '') || if(coalesce(document_is_ambiguous, false), ', que tiene varios códigos', ''), not has_class)
            as unknown_documents,
        bool_and(has_supplier) as supplier_is_given, listed(label, not has_supplier) as without_supplier,
        bool_and(supplier_is_valid) as supplier_rut_is_valid, listed(label, not supplier_is_valid) as bad_suppliers,
        bool_and(coalesce(has_number, false)) as document_number_is_given, listed(label, has_number is not true) as without_number,
        bool_and(number_is_clear) as document_number_is_clear, listed(label || ': «' || document_text || '»', not number_is_clear) as unclear_numbers,
        bool_and(has_account or is_registered) as category_is_mapped,
        listed(category || if(category_is_ambiguous, ': hay varias con ese nombre, y el gasto no trae su código', ''), not has_account and not is_registered)
            as unmapped_categories,
        bool_and(has_account or not is_registered) as invoice_category_is_mapped,
        listed(category || if(category_is_ambiguous, ': hay varias con ese nombre, y el gasto no trae su código', ''), not has_account and is_registered)
            as unmapped_invoices,
        bool_and(has_credit) as settlement_is_mapped,
        bool_and(accounts_are_usable) as accounts_receive_postings,
        listed(category || ': ' || account_problems, not accounts_are_usable) as unusable_accounts,
        bool_and(analyses_are_readable) as analyses_are_readable,
        listed(concat_ws(' ', debit_account, credit_account), not analyses_are_readable) as unread_analyses,
        bool_and(has_center) as cost_center_is_given, listed(label, not has_center) as without_center,
        bool_and(center_is_mapped) as cost_center_is_mapped, listed(center_name || if(center_is_ambiguous, ': hay varios con ese nombre, y el gasto no trae su código', ''), not center_is_mapped) as unmapped_centers,
        bool_and(center_is_usable) as business_center_receives_postings,
        listed(center_name || ': ' || center_problem, not center_is_usable) as unusable_centers,
        bool_and(analyses_can_be_given) as analyses_can_be_given,
        listed(category || ': ' || debit_account, not analyses_can_be_given) as impossible_analyses,
        bool_and(taxes_add_up) as invoice_taxes_add_up, listed(label, not taxes_add_up) as bad_taxes,
        bool_and(exempt_has_no_vat) as exempt_documents_carry_no_vat, listed(label, not exempt_has_no_vat) as bad_exempt,
        bool_and(rate_is_known) as retention_rate_is_known, listed(year(issued_on)::text, not rate_is_known) as years_without_rate,
        bool_and(retention_is_lawful) as retention_follows_the_law,
        listed(label || ': ' || coalesce(replace((rate * 100)::decimal(9, 2)::text, '.', ','), '?') || ' %', not retention_is_lawful) as bad_retention,
        bool_and(ledger_is_readable) as purchase_ledger_is_readable,
        bool_and(is_in_ledger) as invoice_is_registered, listed(label || ' N° ' || document_text, not is_in_ledger) as unregistered,
        bool_and(is_of_the_ledger) as invoice_is_the_registered_one,
        listed(label || ' N° ' || document_text || ', ' || coalesce(defontana_type || ' ', '') || in_pesos(total) || '; en el registro: ' || in_ledger, not is_of_the_ledger) as other_invoices,
        bool_and(employee_has_file) as employee_has_a_file,
        bool_and(supplier_has_file) as supplier_has_a_file,
        listed(supplier, not supplier_has_file) as suppliers_without_file,
        bool_and(is_filed_once) as receipt_is_filed_once, string_agg(distinct together, '; ' order by together) filter (where not is_filed_once) as filed_twice
    from judged
    group by report_id
),
rounding as (
    select report_id as document_id, bool_or(chart.is_usable is not true) filter (where part = 6) as rounding_is_lost,
        bool_or(chart.is_usable is not true) filter (where part in (2, 3, 4)) as taxes_are_lost
    from entries left join chart on chart.code = account
    group by report_id
)
select
    reports.document_id,
    regexp_full_match(reports.document_id, '\d{1,18}') and coalesce(told.ids_are_numbers, true) as ids_are_numbers,
    coalesce(report_unreadable, '') = '' and approved_total is not null and coalesce(told.amounts_are_readable, true)
        as amounts_are_readable,
    closed_on is not null and coalesce(told.expense_dates_exist, true) as dates_exist,
    coalesce(closed_on <= getvariable('today'), true) as close_date_is_not_in_the_future,
    was_sent or coalesce(closed_on >= getvariable('today') - interval 3 year, true) as close_date_is_within_reach,
    coalesce(voucher_on >= getvariable('open_from'), true) as period_is_open,
    coalesce(report_currency = 'CLP', false) as report_is_in_pesos,
    employee_rut is not null as employee_rut_is_given,
    employee_rut is null or is_rut(employee_rut) as employee_rut_is_valid,
    coalesce(told.expenses > 0 and coalesce(approved_expenses, told.expenses) = told.expenses, false) as every_expense_was_read,
    not coalesce(told.amounts_are_readable, true) or approved_total is null
        or coalesce(abs(told.total - approved_total) < 0.01, false) as total_is_the_sum,
    coalesce(told.amounts_are_positive, true) as amounts_are_positive,
    coalesce(told.pesos_have_no_decimals, true) as pesos_have_no_decimals,
    not report_is_in_pesos or coalesce(told.expenses_are_in_pesos, true) as expenses_are_in_pesos,
    coalesce(told.exchange_agrees, true) as exchange_agrees,
    coalesce(told.document_type_is_known, true) as document_type_is_known,
    coalesce(told.supplier_is_given, true) as supplier_is_given,
    coalesce(told.supplier_rut_is_valid, true) as supplier_rut_is_valid,
    coalesce(told.document_number_is_given, true) as document_number_is_given,
    coalesce(told.document_number_is_clear, true) as document_number_is_clear,
    coalesce(told.category_is_mapped, true) as category_is_mapped,
    coalesce(told.invoice_category_is_mapped, true) as invoice_category_is_mapped,
    coalesce(told.settlement_is_mapped, true) as settlement_is_mapped,
    coalesce(told.accounts_receive_postings, true) as accounts_receive_postings,
    coalesce(told.analyses_are_readable, true) as analyses_are_readable,
    coalesce(told.cost_center_is_given, true) as cost_center_is_given,
    coalesce(told.cost_center_is_mapped, true) as cost_center_is_mapped,
    coalesce(told.business_center_receives_postings, true) as business_center_receives_postings,
    coalesce(told.analyses_can_be_given, true) as analyses_can_be_given,
    not coalesce(rounding.taxes_are_lost, false) as tax_accounts_are_mapped,
    not coalesce(rounding.rounding_is_lost, false) as rounding_account_is_mapped,
    coalesce(told.invoice_taxes_add_up, true) as invoice_taxes_add_up,
    coalesce(told.exempt_documents_carry_no_vat, true) as exempt_documents_carry_no_vat,
    coalesce(told.retention_rate_is_known, true) as retention_rate_is_known,
    coalesce(told.retention_follows_the_law, true) as retention_follows_the_law,
    coalesce(told.purchase_ledger_is_readable, true) as purchase_ledger_is_readable,
    coalesce(told.invoice_is_registered, true) as invoice_is_registered,
    coalesce(told.invoice_is_the_registered_one, true) as invoice_is_the_registered_one,
    coalesce(told.employee_has_a_file, true) as employee_has_a_file,
    coalesce(told.supplier_has_a_file, true) as supplier_has_a_file,
    coalesce(told.receipt_is_filed_once, true) as receipt_is_filed_once,
    coalesce(nullif(concat_ws('; ', report_unreadable, told.unreadable_text), ''), if(approved_total is null, 'ReportTotalApproved', null)) as unreadable_text,
    coalesce(told.odd_ids, reports.document_id) as odd_ids, told.unclear_numbers, told.unread_analyses, told.years_without_rate,
    concat_ws(', ', if(closed_on is null, 'cierre «' || coalesce(closed_text, '') || '»', null), told.undated) as undated,
    closed_on, voucher_on,
    report_currency as currency, left(employee_rut, 2) || '…' || right(employee_rut, 1) as masked_rut,
    concat(coalesce(told.expenses, 0), ' de ', coalesce(approved_expenses::text, '?')) as expenses_read,
    in_pesos(coalesce(told.total, 0)) as sum_of_expenses, told.not_positive, told.fractional, told.not_in_pesos,
    told.badly_exchanged, told.unknown_documents, told.without_supplier, told.bad_suppliers, told.without_number,
    told.unmapped_categories, told.unmapped_invoices, coalesce(settled_by, fund_name, settled_from) as settled_by,
    told.unusable_accounts, told.without_center, told.unmapped_centers, told.unusable_centers, told.impossible_analyses,
    told.bad_taxes, told.bad_exempt, told.bad_retention, told.unregistered, told.other_invoices, told.suppliers_without_file, told.filed_twice
from reports
left join told using (document_id)
left join rounding using (document_id)
where not is_done and not (is_marked and not was_sent)
    and coalesce(approved_expenses, 1) > 0 and coalesce(closed_on >= getvariable('start_on'), true)

-- name: mirror
-- purpose: what stands already: vouchers with our token, and the marks of expenses and reports. Of a voucher, what was not
-- read in this run counts as it was posted: nobody knows more
with written as (
    select target_id, if(count(*) = count(account) and count(*) = count(debit) and count(*) = count(credit), array_to_string(list_sort(list(
        concat_ws(' ', account, (debit - credit)::decimal(18, 2), nullif(center, ''),
            nullif(regexp_replace(upper(file), '[^0-9K]', '', 'g'), ''), nullif(ltrim(document_number, '0'), ''))
    )), '; '), null) as lines
    from raw_defontana.voucher_lines
    group by target_id
),
before as (
    select linked.target_id, any_value(posted.fields) as fields
    from ledger.linked
    join ledger.standing using (kind, document_id)
    join ledger.attempts as posted on posted.entry = posted_entry
    where kind = 'voucher'
    group by linked.target_id
),
vouchers as (
    select concat_ws('-', voucher_type, fiscal_year, number) as target_id, any_value(date) as date, any_value(comment) as comment,
        any_value(voucher_type) || ' ' || any_value(number) || ' del ' || strftime(any_value(date), '%d-%m-%Y') as shown
    from raw_defontana.vouchers
    where voucher_type is not null and fiscal_year is not null and number is not null
    group by voucher_type, fiscal_year, number
)
select
    'voucher' as kind, target_id, nullif(regexp_extract(comment, '#rg:(\d+)', 1), '') as reference,
    null::text[] as natural_key,
    to_json({
        date: coalesce(date, try_cast(before.fields ->> 'date' as date)),
        comment: coalesce(left(folded(comment), 60), before.fields ->> 'comment'),
        lines: if(before.fields is not null and (before.fields ->> 'lines') is null, null, coalesce(written.lines, before.fields ->> 'lines'))
    })::text as fields,
    null::text as record, true as lives, null::integer as stage, shown, null::text as locked_because
from vouchers
left join written using (target_id)
left join before using (target_id)
union all by name
select 'mark' as kind, 'expense/' || id as target_id, to_json({code: any_value(integration_code)})::text as fields, true as lives
from raw_rindegastos.expenses where id is not null group by id
union all by name
select 'report_mark' as kind, 'report/' || id as target_id, to_json({code: any_value(integration_code)})::text as fields, true as lives
from raw_rindegastos.reports where id is not null group by id

-- name: voucher
-- purpose: the voucher that each report wants: our token in its comment, every line with what its account asks for. Of a
-- report that stands in the books, what is compared is what was posted, or what stands there
with lines as (
    select
        entries.report_id,
        list({
            accountCode: account, debit: if(amount > 0, amount, 0), credit: if(amount < 0, -amount, 0),
            secondaryDebit: 0, secondaryCredit: 0, exchangeRate: 0, comment: left(coalesce(entries.comment, ''), 200),
            fileId: if(analysis.uses_file, dotted_rut(rut), ''),
            documentType: if(analysis.uses_document, coalesce(defontana_type, ''), ''), documentSeries: '',
            documentNumber: if(analysis.uses_document, coalesce(document_number, 0), 0),
            documentExpirationDate: if(analysis.uses_document, strftime(issued_on, '%Y-%m-%dT00:00:00.000Z'), null),
            bussinessCenterId: if(analysis.uses_center, coalesce(business_center, ''), ''),
            classifier1Id: '', classifier2Id: '',
            referenceCurrencyId: if(analysis.uses_currency, coalesce(original_currency, 'CLP'), ''),
            referenceExchangeRate: if(analysis.uses_currency, to_json(coalesce(exchange_rate, 1)::decimal(18, 4)), to_json(0)),
            movementTypeId: '', movementSeries: '', movementNumber: '', accountAmountRate: 0, ctaCreditOrDebitAmount: 0
        } order by part = 6, amount < 0, part, try_cast(expense_id as bigint), expense_id, account) as detail,
        array_to_string(list_sort(list(concat_ws(' ', account, amount::decimal(18, 2),
            if(analysis.uses_center, business_center, null), if(analysis.uses_file, rut, null),
            if(analysis.uses_document, nullif(document_number, 0), null)
        ))), '; ') as compared
    from entries
    left join analyses as analysis using (account)
    group by entries.report_id
),
before as (
    select standing.document_id, posted.fields
    from ledger.standing
    join ledger.attempts as posted on posted.entry = posted_entry
    where standing.kind = 'voucher'
),
in_books as (
    select reference, any_value(fields) as fields from mirror where kind = 'voucher' and reference is not null group by reference
),
commented as (
    select document_id, left(concat_ws(' ', 'RG', report_number, employee_name), 200) || ' #rg:' || document_id as comment
    from reports
)
select
    document_id, document_id as record_id,
    if((is_done or is_marked) and remembers, found_before, to_json({
        voucher_on: voucher_on, employee: sha256(employee_rut)[:16], receipts: coalesce(filed.receipts, [])
    })::text) as found_at,
    'Informe ' || coalesce(report_number, document_id) || coalesce(': ' || title, '') as label,
    approved_amount as amount, report_currency as currency, document_id as reference,
    if(
        is_done, coalesce(before.fields, in_books.fields),
        to_json({date: voucher_on, comment: left(folded(comment), 60), lines: lines.compared})::text
    ) as fields,
    to_json({
        header: {
            fiscalYear: year(voucher_on), number: 0, voucherType: getvariable('voucher_type'),
            date: strftime(voucher_on, '%Y-%m-%dT00:00:00.000Z'), comment: comment
        },
        detail: lines.detail, automaticFoliation: true
    })::text as payload,
    voucher_on between getvariable('vouchers_from') and getvariable('vouchers_to') as mirrored,
    case
        when is_done then null
        when is_marked and not was_sent then 'Ya estaba integrado en Rindegastos' || coalesce(' con el código ' || report_code, '')
        when approved_expenses = 0 then 'No tiene gastos aprobados'
        when closed_on < getvariable('start_on') then 'Cerrado antes de la fecha de inicio'
    end as ignored_because,
    if(
        ignored_because is null and not is_done and getvariable('on_request') and document_id not in (
            select document_id from ledger.attempts
            where kind = 'voucher' and event in ('requested', 'retry', 'reopened') and verb <> 'distinct'
        ), 'Espera que una persona pida centralizarlo', null
    ) as held_because
from reports
join commented using (document_id)
left join lines on lines.report_id = document_id
left join before using (document_id)
left join in_books on in_books.reference = document_id
left join (
    select report_id, list({expense: expense_id, digest: digest} order by expense_id) as receipts
    from receipts group by report_id
) as filed on filed.report_id = document_id

-- name: posted
-- purpose: the reports that stand in the books, with the key of their voucher
select reports.*, voucher.target_id as voucher
from reports
join links_now as voucher on voucher.kind = 'voucher' and voucher.document_id = reports.document_id

-- name: mark
-- purpose: every approved expense of a report in the books carries the voucher's key
select
    'expense/' || expense_id as document_id, posted.document_id as record_id, 'Gasto ' || expense_id as label,
    spent.pesos::decimal(18, 2) as amount, spent.currency, 'expense/' || expense_id as target_id,
    to_json({
        Id: if(try_cast(expense_id as bigint) is null, to_json(expense_id), to_json(try_cast(expense_id as bigint))),
        IntegrationStatus: 1, IntegrationCode: voucher, IntegrationDate: voucher_on || ' 00:00:00'
    })::text as payload,
    to_json({code: voucher})::text as fields, true as mirrored,
    if(
        integration_code <> voucher and 'expense/' || expense_id not in (
            select document_id from ledger.standing where kind = 'mark' and posted_entry is not null
        ), 'El gasto ya está integrado en Rindegastos con otro código: ' || integration_code, null
    ) as held_because
from spent
join posted on posted.document_id = spent.report_id
where expense_id is not null

-- name: report_mark
-- purpose: then the report itself, once all its expenses carry the key
with waiting as (
    select record_id as document_id, count(*) as expenses
    from documents
    left join ledger.standing using (kind, document_id)
    where kind = 'mark' and (posted_entry is null or last_event not in ('posted', 'linked')) and not getvariable('dry_run')
    group by record_id
)
select
    'report/' || document_id as document_id, document_id as record_id,
    'Informe ' || coalesce(report_number, document_id) as label, approved_amount as amount,
    report_currency as currency, 'report/' || document_id as target_id,
    to_json({
        Id: if(try_cast(document_id as bigint) is null, to_json(document_id), to_json(try_cast(document_id as bigint))),
        IntegrationStatus: 1, IntegrationCode: voucher, IntegrationDate: voucher_on || ' 00:00:00'
    })::text as payload,
    to_json({code: voucher})::text as fields, true as mirrored,
    case
        when waiting.expenses > 0 then 'Espera la marca de ' || waiting.expenses || ' de sus gastos'
        when report_code <> voucher and 'report/' || document_id not in (
            select document_id from ledger.standing where kind = 'report_mark' and posted_entry is not null
        ) then 'El informe ya está integrado en Rindegastos con otro código: ' || report_code
    end as held_because
from posted
left join waiting using (document_id)

-- name: control
-- purpose: what was read, straight from the staging area: the bridge must add up to it, what waits no more besides
select 'voucher' as kind, count(*) + (
    select count(*) from documents where kind = 'voucher' and document_id not in (select document_id from reports)
) as documents, sum(amount)::decimal(18, 2) as amount
from (
    select any_value(if(currency = 'CLP', round(report_total_approved, 0), round(report_total_approved, 2))) as amount
    from raw_rindegastos.reports where status is distinct from 0
    group by coalesce(id, sha256(concat_ws('|', title, report_number, close_date))[:8])
)

-- name: obstacles
-- purpose: what each missing row of the mapping holds back: everything that waits for it, and what waits for it alone
with missing as (
    select distinct report_id, 'mapping_categories' as place, category_place as key, category as name
    from expenses
    where class is not null and debit_account is null and not is_registered
    union all
    select distinct report_id, if(getvariable('invoices') = 'cancel' and not category_is_ambiguous, 'mapping_accounts', 'mapping_invoice_categories'),
        case
            when getvariable('invoices') = 'register' or category_is_ambiguous then category_place
            when is_fee then 'honorarios' else 'proveedores'
        end,
        case
            when getvariable('invoices') = 'register' or category_is_ambiguous then category
            when is_fee then 'Honorarios por pagar' else 'Proveedores'
        end
    from expenses
    where debit_account is null and is_registered
    union all
    select distinct report_id, 'mapping_cost_centers', center_place, center_name
    from expenses
    join analyses as analysis on analysis.account = debit_account
    where analysis.uses_center and center_key is not null and business_center is null
    union all
    select distinct report_id, 'mapping_document_types', document_place, coalesce(document_type, '')
    from expenses
    where class is null
    union all
    select distinct report_id, 'mapping_accounts', settled_from, coalesce(settled_by, fund_name, 'Reembolsos al personal')
    from expenses
    join reports on reports.document_id = report_id
    where credit_account is null
),
alone as (
    select report_id, count(*) = 1 and report_id not in (
        select document_id from breaches where fact not in (
            'category_is_mapped', 'invoice_category_is_mapped', 'cost_center_is_mapped', 'document_type_is_known',
            'settlement_is_mapped'
        )
    ) as is_alone
    from missing group by report_id
),
sizes as (
    select report_id, count(*) as expenses, any_value(approved_amount) as amount
    from expenses join reports on reports.document_id = report_id
    group by report_id
)
select
    place, key, any_value(name) as name, count(*) as reports, sum(sizes.expenses) as expenses, sum(amount) as amount,
    coalesce(sum(sizes.expenses) filter (where is_alone), 0) as freed_expenses,
    count(*) filter (where is_alone) as freed_reports, coalesce(sum(amount) filter (where is_alone), 0) as freed_amount
from missing
join alone using (report_id)
join sizes using (report_id)
group by place, key
order by amount desc

-- name: misdirected
-- purpose: rows of the mapping that point to what does not exist, is not imputable, or is inactive
with targets as (
    select 'mapping_categories' as place, shown as name, unnest([debit_account, credit_account]) as target, false as is_center
    from mapping_categories
    union all
    select 'mapping_invoice_categories', shown, unnest([debit_account, credit_account]), false from mapping_invoice_categories
    union all
    select 'mapping_accounts', description, account, false from mapping_accounts
    union all
    select 'mapping_cost_centers', shown, business_center, true from mapping_cost_centers
),
lines as (
    select false as is_center, code, is_usable, problem from chart
    union all
    select true, code, is_usable, problem from centers
)
select place, name, target, coalesce(problem, 'no existe en Defontana') as problem
from targets
left join lines on lines.is_center = targets.is_center and lines.code = target
where target is not null and is_usable is not true

-- name: advice
-- purpose: what finance should see to before it matters: a year is coming whose rate of retention nobody has given
select 'No hay tasa de retención de honorarios para ' || coming || '; agréguela en retention_rates, como "' || coming || ' 0.17"' as sentence
from (select year(getvariable('today')) + 1 as coming)
where not list_bool_or(list_transform(getvariable('retention_rates'), lambda said: starts_with(said, coming::text)))
