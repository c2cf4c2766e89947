"""What is read from Rindegastos: reports, expenses, and what the company has configured there.

Documented: v1's calls and filters. Observed: shapes of v1 and v2, extra fields with stray spaces and blank codes, a
blank text for nothing, dates in UTC in v2. Unknown, so also learnt from the expenses: the bodies of categories and
fields. There is no "modified since": what is not integrated is asked for, and all of it read before anything is marked.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from dlt.sources import DltResource

from connections._errors import Missing, Unreadable
from connections._json import dump
from connections._pages import Page, Rows, every_page, rows_of, whole
from connections.rindegastos import Rindegastos
from sources._staging import resource
from sources._types import FREE_TEXT, Column, Table, day, digits, identifier, number, text

ZONE = ZoneInfo("America/Santiago")
MILLIONTH = Decimal("0.000001")
MOST = Decimal(10) ** 12
EVER = "1900-01-01"
TAXES_V2 = {"Tax": "tax", "TaxName": "taxName", "OtherTaxes": "otherTaxes", "Retention": "retention"}


def read_day(value: Any) -> date:
    """A date, or the day in Santiago of a moment in UTC (v2); raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    if "T" in value:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZONE).date()
    return date.fromisoformat(value.strip()[:10])


def read_amount(value: Any) -> Decimal:
    """An amount as Rindegastos keeps it: a float, here to a millionth, so that no peso is rounded before its time."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(value)
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) >= MOST:
        raise ValueError(value)
    return amount.quantize(MILLIONTH, ROUND_HALF_EVEN)


def _read_fields(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(value)
    return dump([{name: _text(each.get(name)) for name in ("Name", "Value", "Code")} for each in value]).decode()


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else "" if value is None else json.dumps(value)


def amount(name: str, *path: str, required: bool = False) -> Column:
    """An amount or a rate with up to six decimals."""
    return Column(name, path, pa.decimal128(18, 6), read_amount, required)


def extra_fields() -> Column:
    """The company's own fields, as a JSON list of name, value and code, spaces tidied."""
    return Column("extra_fields", ("ExtraFields",), pa.string(), _read_fields)


EXPENSES = Table(
    "expenses",
    (
        identifier("id", "Id", required=True),
        identifier("report_id", "ReportId"),
        number("status", "Status"),
        text("supplier", "Supplier", classified="name"),
        day("issue_date", "IssueDate", read=read_day, required=True),
        amount("original_amount", "OriginalAmount"),
        text("original_currency", "OriginalCurrency"),
        amount("exchange_rate", "ExchangeRate"),
        amount("net", "Net"),
        amount("tax", "Tax"),
        amount("other_taxes", "OtherTaxes"),
        amount("retention", "Retention"),
        amount("total", "Total", required=True),
        text("currency", "Currency"),
        text("category", "Category"),
        text("category_code", "CategoryCode"),
        text("note", "Note", classified=FREE_TEXT),
        text("integration_code", "IntegrationExternalCode"),
        extra_fields(),
    ),
)
REPORTS = Table(
    "reports",
    (
        identifier("id", "Id", required=True),
        text("title", "Title", classified=FREE_TEXT),
        identifier("report_number", "ReportNumber"),
        day("close_date", "CloseDate", read=read_day),
        number("status", "Status"),
        text("employee_name", "EmployeeName", classified="name"),
        digits("employee_rut", "EmployeeIdentification", classified="tax_id"),
        identifier("fund_id", "FundId"),
        text("fund_name", "FundName"),
        amount("report_total_approved", "ReportTotalApproved", required=True),
        text("currency", "Currency"),
        number("nbr_approved_expenses", "NbrApprovedExpenses"),
        text("integrated", "Integrated"),
        text("integration_code", "IntegrationExternalCode"),
        extra_fields(),
    ),
)
CATEGORIES = Table("categories", (text("name", "Name"), text("code", "Code")))
OPTIONS = Table("options", (text("value", "Value"), text("code", "Code"), text("field", "Field")))
FUNDS = Table("funds", (identifier("id", "Id", required=True), text("title", "Title"), text("code", "Code")))


def reports(rindegastos: Rindegastos, *, since: date, ids: Sequence[str]) -> list[DltResource]:
    """Closed reports not yet integrated, those closed since a day whatever their mark, and those asked for by id."""
    closed = {"Status": 1, "OrderBy": 3, "Order": "ASC", "TypeDateFilter": 1}
    windows = ({**closed, "Since": EVER, "IntegrationStatus": 0}, {**closed, "Since": since.isoformat()})

    def read() -> Iterator[Rows]:
        lists = (_every(rindegastos, "getExpenseReports", "ExpenseReports", window) for window in windows)
        yield from _once(lists, _one_by_one(rindegastos, "getExpenseReport", ids), _report_as_v1)

    return [resource(REPORTS, read)]


def expenses(rindegastos: Rindegastos, *, of_reports: Sequence[str], ids: Sequence[str]) -> list[DltResource]:
    """Approved expenses not yet integrated, all approved ones of some reports, and those asked for by id."""
    approved = {"Status": 1, "Since": EVER, "OrderBy": 2, "Order": "ASC"}
    windows = [{**approved, "IntegrationStatus": 0}, *({**approved, "ReportId": report} for report in of_reports)]

    def read() -> Iterator[Rows]:
        lists = (_every(rindegastos, "getExpenses", "Expenses", window) for window in windows)
        yield from _once(lists, _one_by_one(rindegastos, "getExpense", ids), _expense_as_v1)

    return [resource(EXPENSES, read)]


def configuration(rindegastos: Rindegastos) -> list[DltResource]:
    """Funds, categories, and the choices of the expenses' own fields, policy by policy; empty where not served."""
    return [
        resource(FUNDS, lambda: _every(rindegastos, "getFunds", "Funds", {"OrderBy": 1})),
        resource(CATEGORIES, lambda: _of_policies(rindegastos, "getExpensePolicyCategories", "Categories")),
        resource(OPTIONS, lambda: _options(rindegastos)),
    ]


def _options(rindegastos: Rindegastos) -> Iterator[Rows]:
    for fields in _of_policies(rindegastos, "getExpensePolicyExpenseFields", "Fields"):
        for field in fields:
            yield [
                {**each, "Field": field.get("Name")} for each in field.get("Options") or () if isinstance(each, dict)
            ]


def _of_policies(rindegastos: Rindegastos, call: str, name: str) -> Iterator[Rows]:
    for policies in _every(rindegastos, "getExpensePolicies", "Policies", {}):
        for policy in policies:
            try:
                body = rindegastos.wait(rindegastos.read, rindegastos.path(call), {"IdPolicy": policy.get("Id")})
                yield rows_of(body.get(name) if isinstance(body, dict) else None, call)
            except Unreadable:  # nobody has published this answer: what the expenses show must do
                return


def _once(lists: Iterable[Iterator[Rows]], singles: Iterator[Rows], normal: Any) -> Iterator[Rows]:
    """Each record once, the first time that a list shows it, as v1 would show it."""
    known: set[Any] = set()
    for pages in (*lists, singles):
        for rows in pages:
            fresh = [row for row in rows if row.get("Id") not in known]
            known.update(row.get("Id") for row in fresh)
            yield [normal(row) for row in fresh]


def _one_by_one(rindegastos: Rindegastos, call: str, ids: Sequence[str]) -> Iterator[Rows]:
    for each in ids:
        try:
            body = rindegastos.wait(rindegastos.read, rindegastos.path(call), {"Id": each})
        except Missing:  # deleted there since we knew of it: nothing is to be posted or marked any more
            continue
        yield rows_of(body.get("ExpenseReports", body) if isinstance(body, dict) else None, call)


def _every(rindegastos: Rindegastos, call: str, name: str, asked: dict[str, Any]) -> Iterator[Rows]:
    what = f"Rindegastos {call}"

    async def fetch(number_: int) -> Page:
        params = {**asked, "ResultsPerPage": rindegastos.settings.page_size, "Page": number_}
        body = await rindegastos.read(rindegastos.path(call), params)
        records = body.get("Records") if isinstance(body, dict) else None
        if not isinstance(records, dict) or "TotalRecords" not in records:
            raise Unreadable(f"{what}: la página {number_} vino sin totales")
        return Page(
            rows_of(body.get(name), what),
            records.get("Page"),
            whole(records["TotalRecords"], what),
            whole(records.get("Pages"), what),
        )

    return every_page(rindegastos, fetch, first=1, key=lambda row: row.get("Id"), what=what)


def _expense_as_v1(row: dict[str, Any]) -> dict[str, Any]:
    taxes = row.get("Taxes")
    if isinstance(taxes, dict):
        row = {**row, **{name: taxes.get(inner) for name, inner in TAXES_V2.items()}}
    return _without_blanks(row)


def _report_as_v1(row: dict[str, Any]) -> dict[str, Any]:
    who = row.get("Employee")
    if isinstance(who, dict):
        row = {**row, "EmployeeName": who.get("Name"), "EmployeeIdentification": who.get("Identification")}
    if "ClosedDate" in row:
        row = {**row, "CloseDate": row["ClosedDate"], "Integrated": row.get("IsIntegrated")}
    flag = row.get("Integrated")
    return _without_blanks({**row, "Integrated": "true" if flag and str(flag).lower() not in ("0", "false") else None})


def _without_blanks(row: dict[str, Any]) -> dict[str, Any]:
    """v1 writes a blank text where there is nothing."""
    return {name: None if value == "" else value for name, value in row.items()}
