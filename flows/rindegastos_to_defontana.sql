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
-- purpose: every approved expense with what its own fields say: document, supplier, number, cost center
with said as (
    select id,
        max({value: value, code: code}) filter (where name in (select folded(unnest(getvariable('document_type_fields'))))) as document,
        max(value) filter (where name in (select folded(unnest(getvariable('supplier_fields'))))) as supplier_rut,
        max(value) filter (where name in (select folded(unnest(getvariable('number_fields'))))) as document_number,
        max({value: value, code: code}) filter (where name in (select folded(unnest(getvariable('cost_center_fields'))))) as center
    from extra_fields
    where owner = 'expense' and coalesce(value, code) is not null
    group by id
)
select
    expenses.id as expense_id, report_id, issue_date as issued_on, supplier, category, category_code,
    folded(category) as category_key, note, coalesce(currency, 'CLP') as currency,
    coalesce(original_currency, currency, 'CLP') as original_currency, original_amount, exchange_rate, net, tax,
    coalesce(other_taxes, 0) as other_taxes, coalesce(retention, 0) as retention, total,
    round(total, 0)::decimal(18, 0) as pesos, integration_code, unreadable,
    coalesce(document.value, document.code) as document_type, document.code as document_code,
    folded(coalesce(document_type, '')) as document_key,
    nullif(regexp_replace(upper(supplier_rut), '[^0-9K]', '', 'g'), '') as supplier_rut,
    document_number as document_text, try_cast(regexp_replace(document_number, '\D', '', 'g') as bigint) as document_number,
    coalesce(center.value, center.code) as center_name, center.code as center_code, folded(center_name) as center_key,
    expenses.id || coalesce(' ' || category, '') as label
from raw_rindegastos.expenses
left join said using (id)
where status = 1

-- name: reports
-- purpose: every closed report, with the day of its voucher and how the books stand with it
with kinds as (
    select id, max(value) as settled_by
    from extra_fields
    where owner = 'report' and name in (select folded(unnest(getvariable('settlement_fields'))))
    group by id
),
tokens as (
    select distinct regexp_extract(comment, '#rg:(\d+)', 1) as id from raw_defontana.vouchers where comment like '%#rg:%'
)
select
    reports.id as document_id, title, report_number, settled_by, fund_name, close_date as closed_on, employee_name, employee_rut,
    folded(settled_by) as settlement_key, if(reports.fund_id = '0', null, reports.fund_id) as fund_id,
    case
        when settlement_key = 'reembolso' then 'reembolso'
        else coalesce('rendicion ' || settlement_key, 'fondo ' || if(reports.fund_id = '0', null, reports.fund_id), 'reembolso')
    end as settled_from,
    coalesce(reports.currency, 'CLP') as report_currency, report_total_approved as approved_total,
    round(report_total_approved, 0)::decimal(18, 0) as approved_pesos, nbr_approved_expenses as approved_expenses,
    unreadable as report_unreadable, integration_code as report_code, integrated is not null or integration_code is not null as is_marked,
    standing.posted_entry is not null as is_posted,
    tokens.id is not null as stands_in_books,
    coalesce(is_posted or stands_in_books, false) as is_done,
    sent.document_id is not null as was_sent, decided.amount as amount_before, decided.found_at as found_before,
    -- what was begun keeps its day, on which it is looked for; what a person has begun anew is dated anew
    if(sent.last_entry > coalesce(reopened.since, 0), (decided.found_at ->> 'voucher_on')::date, greatest(
        close_date, if(getvariable('closed_periods') = 'first_open', getvariable('open_from'), close_date)
    )) as voucher_on
from raw_rindegastos.reports
left join kinds using (id)
left join tokens using (id)
left join ledger.standing on standing.kind = 'voucher' and standing.document_id = reports.id
left join ledger.decided on decided.kind = 'voucher' and decided.document_id = reports.id
left join ledger.reopened on reopened.kind = 'voucher' and reopened.document_id = reports.id
left join (
    select document_id, max(entry) as last_entry from ledger.attempts
    where kind = 'voucher' and event = 'sending' group by document_id
) as sent on sent.document_id = reports.id
where status = 1

-- name: asked_again
-- purpose: reports whose voucher was begun and is not known to stand: they are read whatever their mark
select document_id from ledger.standing where kind = 'voucher' and posted_entry is null order by document_id

-- name: unsure_marks
-- purpose: marks whose answer was lost, or that name a voucher which another has replaced: what carries them is read
-- by its id, for it may not be listed any more
select split_part(document_id, '/', 1) as what, split_part(document_id, '/', 2) as id
from ledger.standing
join ledger.decided using (kind, document_id)
left join ledger.linked as voucher on voucher.kind = 'voucher' and voucher.document_id = decided.record_id
left join ledger.attempts as marked on marked.entry = posted_entry
where standing.kind in ('mark', 'report_mark')
    and (last_event in ('sending', 'unknown') or (marked.fields ->> 'code') <> voucher.target_id)
order by document_id

-- name: known_vouchers
-- purpose: vouchers of ours that need not be asked for their comment
select distinct target_id from ledger.linked where kind = 'voucher'

-- name: voucher_window
-- purpose: which days Defontana's vouchers are read for: those of the reports at hand, odd dates left out; the day of
-- a voucher that a person asks to look for counts whatever it is
select least(getvariable('since'), min(closed_on)), greatest(getvariable('today'), max(closed_on))
from (
    select close_date as closed_on, false as is_asked_for from raw_rindegastos.reports
    union all
    select (found_at ->> 'voucher_on')::date, standing.last_event = 'reopened'
    from ledger.decided
    join ledger.standing using (kind, document_id)
    where kind = 'voucher' and document_id in (select id from raw_rindegastos.reports)
)
where is_asked_for or closed_on between getvariable('today') - interval 3 year and getvariable('today') + interval 1 year

-- name: purchase_window
-- purpose: which days the purchase ledger is read for: those of the invoices that employees paid, odd dates left out
select min(issued_on), greatest(max(issued_on), getvariable('today'))
from spent
where issued_on between getvariable('today') - interval 3 year and getvariable('today') + interval 1 month
    or report_id in (select document_id from ledger.standing where kind = 'voucher' and last_event = 'reopened')

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

-- name: chart
-- purpose: accounts by code, and, where it is one usable account's alone, by description
select code, description, folded(description) as key, imputable = 'S' and activo = 'S' as is_usable,
    is_usable and count(*) filter (where is_usable) over (partition by folded(description)) = 1 as is_unique
from (
    select code, any_value(description) as description, any_value(imputable) as imputable, any_value(activo) as activo
    from raw_defontana.accounts group by code
)

-- name: centers
-- purpose: business centers, in the same way
select code, description, folded(description) as key, imputable = 'S' and activo = 'S' as is_usable,
    is_usable and count(*) filter (where is_usable) over (partition by folded(description)) = 1 as is_unique
from (
    select code, any_value(description) as description, any_value(imputable) as imputable, any_value(activo) as activo
    from raw_defontana.centers group by code
)

-- name: named
-- purpose: what Rindegastos has configured, an expense shows, or people have mapped: categories, cost centers, documents
select what, folded(name) as key, min(name) as name, max(code) as code
from (
    select 'category' as what, name, code from raw_rindegastos.categories
    union all
    select 'category', category, category_code from spent
    union all
    select 'center', value, code from raw_rindegastos.options
    where folded(field) in (select folded(unnest(getvariable('cost_center_fields'))))
    union all
    select 'center', center_name, center_code from spent
    union all
    select 'document', coalesce(document_type, ''), document_code from spent
    union all
    select 'category', description, null from given_categories
    where coalesce(debit_account, credit_account) is not null and folded(state) is distinct from 'sugerida'
    union all
    select 'category', description, null from given_invoice_categories
    where coalesce(debit_account, credit_account) is not null and folded(state) is distinct from 'sugerida'
    union all
    select 'center', description, null from given_cost_centers
    where business_center is not null and folded(state) is distinct from 'sugerida'
    union all
    select 'document', coalesce(description, ''), null from given_document_types
    where class is not null and folded(state) is distinct from 'sugerida'
)
where name is not null
group by all

-- name: mapping_categories
-- purpose: which accounts a category's boletas and vouchers go to
select *, debit_account is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.key, named.name as description, named.code,
        coalesce(if(is_given, given.debit_account, null), by_code.code, given.debit_account, by_name.code) as debit_account,
        given.credit_account,
        case
            when is_given then 'confirmada' when by_code.code is not null then 'por código'
            when coalesce(given.debit_account, by_name.code) is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join given_categories as given on folded(given.description) = named.key
    left join chart as by_code on by_code.code = named.code
    left join chart as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            given.debit_account is not null and folded(given.state) is distinct from 'sugerida'
                and not (folded(given.state) = folded('por código') and given.debit_account is not distinct from by_code.code), false
        ) as is_given
    ) as said
    where what = 'category'
)

-- name: mapping_invoice_categories
-- purpose: which accounts a category's invoices go to; where invoices are cancelled, Proveedores unless said otherwise
select *, state <> 'falta' and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.key, named.name as description, named.code,
        case
            when is_given then given.debit_account
            when getvariable('invoices') = 'register' then coalesce(by_code.code, given.debit_account, by_name.code)
        end as debit_account,
        given.credit_account,
        case
            when is_given then 'confirmada' when getvariable('invoices') = 'cancel' then 'según cuentas'
            when by_code.code is not null then 'por código'
            when coalesce(given.debit_account, by_name.code) is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join given_invoice_categories as given on folded(given.description) = named.key
    left join chart as by_code on by_code.code = named.code
    left join chart as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            given.debit_account is not null and folded(given.state) is distinct from 'sugerida'
                and not (folded(given.state) = folded('por código') and given.debit_account is not distinct from by_code.code), false
        ) as is_given
    ) as said
    where what = 'category'
)

-- name: mapping_cost_centers
-- purpose: which business center a cost center is
select *, business_center is not null and (state <> 'sugerida' or getvariable('accepts')) as counts
from (
    select
        named.key, named.name as description, named.code,
        coalesce(if(is_given, given.business_center, null), by_code.code, given.business_center, by_name.code) as business_center,
        case
            when is_given then 'confirmada' when by_code.code is not null then 'por código'
            when coalesce(given.business_center, by_name.code) is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join given_cost_centers as given on folded(given.description) = named.key
    left join centers as by_code on by_code.code = named.code
    left join centers as by_name on by_name.key = named.key and by_name.is_unique
    cross join lateral (
        select coalesce(
            given.business_center is not null and folded(given.state) is distinct from 'sugerida'
                and not (folded(given.state) = folded('por código') and given.business_center is not distinct from by_code.code), false
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
    select key, case
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
        named.key, named.name as description, named.code,
        coalesce(if(is_given, lower(given.class), null), known.class, hinted.class) as class,
        coalesce(given.document_type, known.document_type, of_class.document_type) as document_type,
        case
            when is_given then 'confirmada' when known.code is not null or named.key = '' then 'por código'
            when hinted.class is not null then 'sugerida' else 'falta'
        end as state
    from named
    left join hinted on hinted.key = named.key
    left join given_document_types as given on folded(coalesce(given.description, '')) = named.key
    left join known on known.code = upper(named.code)
    left join (select class, min(document_type) as document_type from known group by class) as of_class
        on of_class.class = hinted.class
    cross join lateral (
        select coalesce(
            folded(given.class) in ('boleta', 'comprobante', 'factura afecta', 'factura exenta', 'honorarios')
                and folded(given.state) is distinct from 'sugerida', false
        ) as is_given
    ) as said
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
    select distinct 'rendicion ' || settlement_key, min(value) over (partition by settlement_key)
    from reports join extra_fields as field on field.owner = 'report' and field.id = document_id
        and folded(field.value) = settlement_key
    where settlement_key <> 'reembolso'
    union
    select 'fondo ' || id, title from raw_rindegastos.funds
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
select code, any_value(description) as description, any_value(imputable) as imputable, any_value(activo) as active
from raw_defontana.accounts group by code order by code

-- name: mapping_centers
-- purpose: the business centers, to copy codes from
select code, any_value(description) as description, any_value(imputable) as imputable, any_value(activo) as active
from raw_defontana.centers group by code order by code

-- name: expenses
-- purpose: every expense of a report still to be posted, with its class, its accounts and its center
with parts as (
    select
        max(account) filter (where key = 'proveedores') as suppliers,
        max(account) filter (where key = 'honorarios') as fees,
        max(account) filter (where key = 'reembolso') as refunds
    from mapping_accounts where counts
)
select
    spent.*, spent.original_currency <> spent.currency as is_foreign,
    if(document.counts, document.class, null) as class,
    coalesce(class in ('factura afecta', 'factura exenta'), false) as is_invoice,
    coalesce(class = 'honorarios', false) as is_fee,
    is_invoice or is_fee as is_registered,
    document.document_type as defontana_type,
    case
        when is_registered and invoice.debit_account is not null then if(invoice.counts, invoice.debit_account, null)
        when is_invoice and getvariable('invoices') = 'cancel' then parts.suppliers
        when is_fee and getvariable('invoices') = 'cancel' then parts.fees
        when not is_registered and voucher.counts then voucher.debit_account
    end as debit_account,
    coalesce(
        settled.account, fund.account, if(is_registered, invoice.credit_account, voucher.credit_account),
        if(reports.settled_from = 'reembolso', parts.refunds, null)
    ) as credit_account,
    if(target.counts, target.business_center, null) as business_center
from spent
join reports on reports.document_id = spent.report_id and not reports.is_done
cross join parts
left join mapping_document_types as document on document.key = spent.document_key
left join mapping_categories as voucher on voucher.key = spent.category_key
left join mapping_invoice_categories as invoice on invoice.key = spent.category_key
left join mapping_cost_centers as target on target.key = spent.center_key
left join mapping_accounts as settled on settled.counts and settled.key = 'rendicion ' || reports.settlement_key
left join mapping_accounts as fund on fund.counts and fund.key = 'fondo ' || reports.fund_id

-- name: receipts
-- purpose: every receipt with a supplier and a number, by a digest that names nobody: those at hand, those posted before
select report_id, expense_id, 'gasto ' || expense_id || ' (informe ' || report_id || ')' as shown,
    sha256(concat_ws('|', supplier_rut, class, document_number))[:16] as digest
from expenses
where supplier_rut is not null and class is not null and document_number > 0
union all
select document_id, receipt ->> 'expense', 'gasto ' || (receipt ->> 'expense') || ' (informe ' || document_id || ', ya contabilizado)',
    receipt ->> 'digest'
from (
    select document_id, unnest(from_json(found_at -> 'receipts', '["JSON"]')) as receipt
    from ledger.decided
    join ledger.standing using (kind, document_id)
    where kind = 'voucher' and posted_entry is not null
)
where document_id not in (select report_id from expenses)

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
        'Informe ' || any_value(report_number) as comment, any_value(employee_rut) as rut
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
    select legal_code, number, list_sort(list(distinct {type: document_type, total: total})) as documents
    from raw_defontana.purchases
    group by legal_code, number
),
filed as (
    select digest, count(*) as times, string_agg(shown, ' y ' order by shown) as together
    from receipts
    group by digest
),
lawful as (
    from (values (2023, 0.13), (2024, 0.1375), (2025, 0.145), (2026, 0.1525), (2027, 0.16), (2028, 0.17)) as rates(year, rate)
),
judged as (
    select
        expenses.*,
        expenses.unreadable is null or json_keys(expenses.unreadable) = ['IssueDate'] as reads_amounts,
        issued_on is not null as has_date,
        coalesce(total > 0, not reads_amounts) as is_positive,
        is_foreign or total is null or total = pesos as is_whole,
        expenses.currency = 'CLP' as is_in_pesos,
        not is_foreign or coalesce(abs(original_amount * exchange_rate - total) <= 1, false) as exchange_agrees,
        class is not null as has_class,
        not is_registered or supplier_rut is not null as has_supplier,
        not (is_registered or coalesce(analysis.uses_file, false)) or supplier_rut is null or is_rut(supplier_rut) as supplier_is_valid,
        not is_registered or document_number > 0 as has_number,
        debit_account is not null or class is null as has_account,
        credit_account is not null as has_credit,
        debit.is_usable is not false and credit.is_usable is not false and (debit_account is null or debit.code is not null)
            and (credit_account is null or credit.code is not null) as accounts_are_usable,
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
            abs(net + tax + other_taxes - total) <= 1 and abs(round(net * 0.19, 0) - tax) <= 1, false
        ) as taxes_add_up,
        class is distinct from 'factura exenta' or coalesce(tax, 0) = 0 as exempt_has_no_vat,
        not is_fee or coalesce(abs(round((total + retention) * lawful.rate, 0) - retention) <= 1, false)
            as retention_is_lawful,
        not is_invoice or not getvariable('wants_registered') or getvariable('invoices') = 'register'
            or registered.number is not null or document_number is null or supplier_rut is null as is_in_ledger,
        -- less than its total may be paid: an employee pays a part; more than it, or another document, never
        not is_invoice or getvariable('invoices') = 'register' or registered.number is null or 1 = len(list_filter(
            registered.documents,
            lambda each: coalesce(each.type = defontana_type, true) and coalesce(each.total + 1 >= pesos, true)
        )) as is_of_the_ledger,
        array_to_string([concat_ws(' ', each.type, in_pesos(each.total)) for each in registered.documents], ', ')
            as in_ledger,
        not coalesce((getvariable('invoices') = 'cancel' and is_registered or analysis.uses_file) and is_rut(supplier_rut), false)
            or supplier_rut in (select legal_code from raw_defontana.providers) as supplier_has_file,
        filed.times is null or filed.times = 1 as is_filed_once, filed.together,
        lawful.rate
    from expenses
    left join chart as debit on debit.code = debit_account
    left join chart as credit on credit.code = credit_account
    left join centers as target on target.code = business_center
    left join raw_defontana.analyses as analysis on analysis.account = debit_account
    left join raw_defontana.analyses as owed on owed.account = credit_account
    left join registered on registered.legal_code = supplier_rut and registered.number = document_number::text
    left join receipts as receipt on receipt.expense_id = expenses.expense_id
    left join filed using (digest)
    left join lawful on lawful.year = year(issued_on)
),
told as (
    select
        report_id as document_id, count(*) as expenses, sum(total) as total,
        bool_and(reads_amounts) as amounts_are_readable,
        listed(label || ': ' || unreadable, unreadable is not null) as unreadable_text,
        bool_and(has_date) as expense_dates_exist, listed(label, not has_date) as undated,
        bool_and(is_positive) as amounts_are_positive, listed(label || ': ' || in_pesos(total), not is_positive) as not_positive,
        bool_and(is_whole) as pesos_have_no_decimals, listed(label || ': ' || in_pesos(total), not is_whole) as fractional,
        bool_and(is_in_pesos) as expenses_are_in_pesos, listed(label || ': ' || currency, not is_in_pesos) as not_in_pesos,
        bool_and(exchange_agrees) as exchange_agrees, listed(label, not exchange_agrees) as badly_exchanged,
        bool_and(has_class) as document_type_is_known,
        listed(label || ': ' || coalesce(document_type, ''), not has_class) as unknown_documents,
        bool_and(has_supplier) as supplier_is_given, listed(label, not has_supplier) as without_supplier,
        bool_and(supplier_is_valid) as supplier_rut_is_valid, listed(label, not supplier_is_valid) as bad_suppliers,
        bool_and(coalesce(has_number, false)) as document_number_is_given, listed(label, has_number is not true) as without_number,
        bool_and(has_account or is_registered) as category_is_mapped,
        listed(category, not has_account and not is_registered) as unmapped_categories,
        bool_and(has_account or not is_registered) as invoice_category_is_mapped,
        listed(category, not has_account and is_registered) as unmapped_invoices,
        bool_and(has_credit) as settlement_is_mapped,
        bool_and(accounts_are_usable) as accounts_receive_postings,
        listed(category || ': ' || concat_ws(' ', debit_account, credit_account), not accounts_are_usable) as unusable_accounts,
        bool_and(has_center) as cost_center_is_given, listed(label, not has_center) as without_center,
        bool_and(center_is_mapped) as cost_center_is_mapped, listed(center_name, not center_is_mapped) as unmapped_centers,
        bool_and(center_is_usable) as business_center_receives_postings,
        listed(center_name || ': ' || business_center, not center_is_usable) as unusable_centers,
        bool_and(analyses_can_be_given) as analyses_can_be_given,
        listed(category || ': ' || debit_account, not analyses_can_be_given) as impossible_analyses,
        bool_and(taxes_add_up) as invoice_taxes_add_up, listed(label, not taxes_add_up) as bad_taxes,
        bool_and(exempt_has_no_vat) as exempt_documents_carry_no_vat, listed(label, not exempt_has_no_vat) as bad_exempt,
        bool_and(retention_is_lawful) as retention_follows_the_law,
        listed(label || ': ' || coalesce(replace((rate * 100)::decimal(9, 2)::text, '.', ','), '?') || ' %', not retention_is_lawful) as bad_retention,
        bool_and(is_in_ledger) as invoice_is_registered, listed(label || ' N° ' || document_text, not is_in_ledger) as unregistered,
        bool_and(is_of_the_ledger) as invoice_is_the_registered_one,
        listed(label || ' N° ' || document_text || ', ' || coalesce(defontana_type || ' ', '') || in_pesos(total) || '; en el registro: ' || in_ledger, not is_of_the_ledger) as other_invoices,
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
    reports.is_done or coalesce((report_unreadable ->> 'ReportTotalApproved') is null, true)
        and coalesce(told.amounts_are_readable, true) as amounts_are_readable,
    reports.is_done or closed_on is not null and coalesce(told.expense_dates_exist, true) as dates_exist,
    reports.is_done or coalesce(closed_on <= getvariable('today'), true) as close_date_is_not_in_the_future,
    reports.is_done or coalesce(voucher_on >= getvariable('open_from'), true) as period_is_open,
    reports.is_done or report_currency = 'CLP' as report_is_in_pesos,
    reports.is_done or employee_rut is not null as employee_rut_is_given,
    reports.is_done or employee_rut is null or is_rut(employee_rut) as employee_rut_is_valid,
    reports.is_done or approved_expenses is null or approved_expenses = coalesce(told.expenses, 0) as every_expense_was_read,
    reports.is_done or not coalesce(told.amounts_are_readable, true) or approved_total is null
        or coalesce(abs(told.total - approved_total) < 0.01, false) as total_is_the_sum,
    coalesce(told.amounts_are_positive, true) as amounts_are_positive,
    coalesce(told.pesos_have_no_decimals, true) as pesos_have_no_decimals,
    coalesce(told.expenses_are_in_pesos, true) as expenses_are_in_pesos,
    coalesce(told.exchange_agrees, true) as exchange_agrees,
    coalesce(told.document_type_is_known, true) as document_type_is_known,
    coalesce(told.supplier_is_given, true) as supplier_is_given,
    coalesce(told.supplier_rut_is_valid, true) as supplier_rut_is_valid,
    coalesce(told.document_number_is_given, true) as document_number_is_given,
    coalesce(told.category_is_mapped, true) as category_is_mapped,
    coalesce(told.invoice_category_is_mapped, true) as invoice_category_is_mapped,
    coalesce(told.settlement_is_mapped, true) as settlement_is_mapped,
    coalesce(told.accounts_receive_postings, true) as accounts_receive_postings,
    coalesce(told.cost_center_is_given, true) as cost_center_is_given,
    coalesce(told.cost_center_is_mapped, true) as cost_center_is_mapped,
    coalesce(told.business_center_receives_postings, true) as business_center_receives_postings,
    coalesce(told.analyses_can_be_given, true) as analyses_can_be_given,
    not coalesce(rounding.taxes_are_lost, false) as tax_accounts_are_mapped,
    not coalesce(rounding.rounding_is_lost, false) as rounding_account_is_mapped,
    coalesce(told.invoice_taxes_add_up, true) as invoice_taxes_add_up,
    coalesce(told.exempt_documents_carry_no_vat, true) as exempt_documents_carry_no_vat,
    coalesce(told.retention_follows_the_law, true) as retention_follows_the_law,
    coalesce(told.invoice_is_registered, true) as invoice_is_registered,
    coalesce(told.invoice_is_the_registered_one, true) as invoice_is_the_registered_one,
    coalesce(told.supplier_has_a_file, true) as supplier_has_a_file,
    coalesce(told.receipt_is_filed_once, true) as receipt_is_filed_once,
    not reports.is_posted or amount_before is null or amount_before = approved_pesos as was_not_changed_after_posting,
    coalesce(report_unreadable, told.unreadable_text) as unreadable_text, told.undated, closed_on, voucher_on,
    report_currency as currency, left(employee_rut, 2) || '…' || right(employee_rut, 1) as masked_rut,
    coalesce(told.expenses, 0) || ' de ' || approved_expenses as expenses_read,
    in_pesos(coalesce(told.total, 0)) as sum_of_expenses, told.not_positive, told.fractional, told.not_in_pesos,
    told.badly_exchanged, told.unknown_documents, told.without_supplier, told.bad_suppliers, told.without_number,
    told.unmapped_categories, told.unmapped_invoices, coalesce(settled_by, fund_name, settled_from) as settled_by,
    told.unusable_accounts, told.without_center, told.unmapped_centers, told.unusable_centers, told.impossible_analyses,
    told.bad_taxes, told.bad_exempt, told.bad_retention, told.unregistered, told.other_invoices, told.suppliers_without_file, told.filed_twice,
    in_pesos(amount_before) as amount_before
from reports
left join told using (document_id)
left join rounding using (document_id)
where reports.is_done or not (reports.is_marked and not was_sent)
    and coalesce(approved_expenses, 1) > 0 and coalesce(closed_on >= getvariable('start_on'), true)

-- name: mirror
-- purpose: what stands already: vouchers with our token, and the marks of expenses and reports
select
    'voucher' as kind, concat_ws('-', voucher_type, fiscal_year, number) as target_id,
    nullif(regexp_extract(any_value(comment), '#rg:(\d+)', 1), '') as reference, null::text as natural_key,
    null::text as fields, null::text as record, null::text as locked_because
from raw_defontana.vouchers
group by voucher_type, fiscal_year, number
union all by name
select 'mark' as kind, 'expense/' || id as target_id, to_json({code: integration_code})::text as fields
from raw_rindegastos.expenses
union all by name
select 'report_mark' as kind, 'report/' || id as target_id, to_json({code: integration_code})::text as fields
from raw_rindegastos.reports

-- name: voucher
-- purpose: the voucher that each report wants: our token in its comment, every line with what its account asks for
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
            referenceExchangeRate: if(analysis.uses_currency, coalesce(exchange_rate, 1), 0)::decimal(18, 4),
            movementTypeId: '', movementSeries: '', movementNumber: '', accountAmountRate: 0, ctaCreditOrDebitAmount: 0
        } order by part = 6, amount < 0, part, expense_id::bigint, account) as detail
    from entries
    left join raw_defontana.analyses as analysis using (account)
    group by entries.report_id
)
select
    document_id, document_id as record_id,
    if(is_done, found_before, to_json({voucher_on: voucher_on, receipts: filed.receipts})::text) as found_at,
    'Informe ' || coalesce(report_number, document_id) || coalesce(': ' || title, '') as label,
    approved_pesos::decimal(18, 2) as amount, report_currency as currency, document_id as reference, null::text as fields,
    to_json({
        header: {
            fiscalYear: year(voucher_on), number: 0, voucherType: getvariable('voucher_type'),
            date: strftime(voucher_on, '%Y-%m-%dT00:00:00.000Z'),
            comment: left(concat_ws(' ', 'RG', report_number, employee_name), 200) || ' #rg:' || document_id
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
            select document_id from ledger.attempts where kind = 'voucher' and event in ('requested', 'reopened')
        ), 'Espera que una persona pida centralizarlo', null
    ) as held_because
from reports
left join lines on lines.report_id = document_id
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
        Id: expense_id::bigint, IntegrationStatus: 1, IntegrationCode: voucher, IntegrationDate: voucher_on || ' 00:00:00'
    })::text as payload,
    to_json({code: voucher})::text as fields, true as mirrored,
    if(
        integration_code <> voucher and 'expense/' || expense_id not in (
            select document_id from ledger.standing where kind = 'mark' and posted_entry is not null
        ), 'El gasto ya está integrado en Rindegastos con otro código: ' || integration_code, null
    ) as held_because
from spent
join posted on posted.document_id = spent.report_id

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
    'Informe ' || coalesce(report_number, document_id) as label, approved_pesos::decimal(18, 2) as amount,
    report_currency as currency, 'report/' || document_id as target_id,
    to_json({
        Id: document_id::bigint, IntegrationStatus: 1, IntegrationCode: voucher, IntegrationDate: voucher_on || ' 00:00:00'
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
-- purpose: what was read, straight from the staging area: the bridge must add up to it
select 'voucher' as kind, count(*) as documents, sum(round(amount, 0))::decimal(18, 2) as amount
from (select any_value(report_total_approved) as amount from raw_rindegastos.reports where status = 1 group by id)

-- name: obstacles
-- purpose: what each missing row of the mapping holds back: everything that waits for it, and what waits for it alone
with missing as (
    select distinct report_id, 'mapping_categories' as place, category_key as key, category as name
    from expenses
    where class is not null and debit_account is null and not is_registered
    union all
    select distinct report_id, if(getvariable('invoices') = 'cancel', 'mapping_accounts', 'mapping_invoice_categories'),
        case when getvariable('invoices') = 'register' then category_key when is_fee then 'honorarios' else 'proveedores' end,
        case when getvariable('invoices') = 'register' then category when is_fee then 'Honorarios por pagar' else 'Proveedores' end
    from expenses
    where debit_account is null and is_registered
    union all
    select distinct report_id, 'mapping_cost_centers', center_key, center_name
    from expenses
    join raw_defontana.analyses as analysis on analysis.account = debit_account
    where analysis.uses_center and center_key is not null and business_center is null
    union all
    select distinct report_id, 'mapping_document_types', document_key, coalesce(document_type, '')
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
    select report_id, count(*) as expenses, any_value(approved_pesos) as amount
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
    select 'mapping_categories' as place, description as name, unnest([debit_account, credit_account]) as target, false as is_center
    from mapping_categories
    union all
    select 'mapping_invoice_categories', description, unnest([debit_account, credit_account]), false from mapping_invoice_categories
    union all
    select 'mapping_accounts', description, account, false from mapping_accounts
    union all
    select 'mapping_cost_centers', description, business_center, true from mapping_cost_centers
),
lines as (
    select false as is_center, code, imputable, activo from raw_defontana.accounts
    union all
    select true, code, imputable, activo from raw_defontana.centers
)
select
    place, name, target,
    case
        when lines.code is null then 'no existe en Defontana' when imputable <> 'S' then 'no es imputable'
        else 'está inactivo en Defontana'
    end as problem
from targets
left join lines on lines.is_center = targets.is_center and lines.code = target
where target is not null and (lines.code is null or imputable <> 'S' or activo <> 'S')
