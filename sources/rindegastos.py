"""What is read from Rindegastos: reports, expenses, and what the company has configured there.

Documented: v1's calls and filters. Observed: shapes of v1 and v2, extra fields with stray spaces and blank codes, a
blank text for nothing, dates in UTC in v2. Unknown, so also learnt from the expenses: the bodies of categories and
fields. There is no "modified since": what is not integrated is asked for, and all of it read before anything is marked.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from dlt.sources import DltResource

from connections._errors import Unreadable
from connections._json import dump
from connections._pages import Rows, every_page, rows_of
from connections.rindegastos import EVER, Rindegastos
from sources._staging import resource
from sources._types import FREE_TEXT, Column, Table, day, digits, identifier, text

ZONE = ZoneInfo("America/Santiago")
MILLIONTH = Decimal("0.000001")
MOST, MOST_RATE = Decimal(10) ** 12, Decimal(10) ** 9
PLAIN = re.compile(r"-?\d{1,15}(\.(\d{1,2}|\d{4,6}))?")
TAXES_V2 = {"Tax": "tax", "TaxName": "taxName", "OtherTaxes": "otherTaxes", "Retention": "retention"}


def read_day(value: Any) -> date:
    """A date; of a moment with a zone, its day in Santiago; raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    said = value.strip()
    if len(said) > len("2026-11-10") and (moment := datetime.fromisoformat(said)).tzinfo:
        return moment.astimezone(ZONE).date()
    return date.fromisoformat(said[:10])


def read_amount(value: Any) -> Decimal:
    """An amount as Rindegastos keeps it: a float, here to a millionth, so that no peso is rounded before its time.

    A text counts where it can only be a plain number: three digits after a dot may be thousands.
    """
    return _read_number(value, MOST)


def read_rate(value: Any) -> Decimal:
    """A rate: as an amount, and so small that it can be multiplied by the largest one."""
    return _read_number(value, MOST_RATE)


def _read_number(value: Any, most: Decimal) -> Decimal:
    if isinstance(value, str) and PLAIN.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(value)
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) >= most:
        raise ValueError(value)
    return amount.quantize(MILLIONTH, ROUND_HALF_EVEN)


def read_whole(value: Any) -> int:
    """A whole number, as a number or as a text."""
    number = read_amount(value)
    if number != int(number):
        raise ValueError(value)
    return int(number)


def _read_fields(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(value)
    return dump([{name: _text(each.get(name)) for name in ("Name", "Value", "Code")} for each in value]).decode()


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else "" if value is None else dump(value).decode()


def amount(name: str, *path: str) -> Column:
    """An amount with up to six decimals."""
    return Column(name, path, pa.decimal128(18, 6), read_amount)


def rate(name: str, *path: str) -> Column:
    """A rate that amounts are multiplied by."""
    return Column(name, path, pa.decimal128(18, 6), read_rate)


def whole(name: str, *path: str) -> Column:
    """A whole number."""
    return Column(name, path, pa.int64(), read_whole)


def extra_fields() -> Column:
    """The company's own fields, as a JSON list of name, value and code, spaces tidied."""
    return Column("extra_fields", ("ExtraFields",), pa.string(), _read_fields)


EXPENSES = Table(
    "expenses",
    (
        identifier("id", "Id"),
        identifier("report_id", "ReportId"),
        whole("status", "Status"),
        text("supplier", "Supplier", classified="name"),
        day("issue_date", "IssueDate", read=read_day),
        amount("original_amount", "OriginalAmount"),
        text("original_currency", "OriginalCurrency"),
        rate("exchange_rate", "ExchangeRate"),
        amount("net", "Net"),
        amount("tax", "Tax"),
        amount("other_taxes", "OtherTaxes"),
        amount("retention", "Retention"),
        amount("total", "Total"),
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
        identifier("id", "Id"),
        text("title", "Title", classified=FREE_TEXT),
        identifier("report_number", "ReportNumber"),
        day("close_date", "CloseDate", read=read_day),
        whole("status", "Status"),
        text("employee_name", "EmployeeName", classified="name"),
        digits("employee_rut", "EmployeeIdentification", classified="tax_id"),
        identifier("fund_id", "FundId"),
        text("fund_name", "FundName"),
        amount("report_total_approved", "ReportTotalApproved"),
        text("currency", "Currency"),
        whole("nbr_approved_expenses", "NbrApprovedExpenses"),
        text("integrated", "Integrated"),
        text("integration_code", "IntegrationExternalCode"),
        extra_fields(),
    ),
)
CATEGORIES = Table("categories", (text("name", "Name"), text("code", "Code")))
OPTIONS = Table("options", (text("value", "Value"), text("code", "Code"), text("field", "Field")))
FUNDS = Table("funds", (identifier("id", "Id"), text("title", "Title"), text("code", "Code")))


def reports(rindegastos: Rindegastos, *, since: date, ids: Sequence[str]) -> list[DltResource]:
    """Closed reports not yet integrated, those closed since a day whatever their mark, and those asked for by id."""
    closed = {"Status": 1, "OrderBy": 3, "Order": "ASC", "TypeDateFilter": 1}
    windows = ({**closed, "Since": EVER, "IntegrationStatus": 0}, {**closed, "Since": since.isoformat()})

    def read() -> Iterator[Rows]:
        lists = (_every(rindegastos, "getExpenseReports", "ExpenseReports", window) for window in windows)
        yield from _once(lists, partial(_by_id, rindegastos, "getExpenseReport"), ids, report_as_v1)

    return [resource(REPORTS, read)]


def expenses(rindegastos: Rindegastos, *, of_reports: Sequence[str], ids: Sequence[str]) -> list[DltResource]:
    """Approved expenses not yet integrated, all approved ones of some reports, and those asked for by id."""
    approved = {"Status": 1, "Since": EVER, "OrderBy": 2, "Order": "ASC"}
    windows = [{**approved, "IntegrationStatus": 0}, *({**approved, "ReportId": report} for report in of_reports)]

    def read() -> Iterator[Rows]:
        lists = (_every(rindegastos, "getExpenses", "Expenses", window) for window in windows)
        yield from _once(lists, partial(_by_id, rindegastos, "getExpense"), ids, expense_as_v1)

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


def _once(
    lists: Iterable[Iterator[Rows]], single: Callable[[str], Iterator[Rows]], ids: Sequence[str], normal: Any
) -> Iterator[Rows]:
    """Each record once, the first time that a list shows it, as v1 would show it; by its id what no list shows."""
    known: set[bytes] = set()
    singles = (single(each) for each in ids if dump(each) not in known)
    for pages in chain(lists, singles):
        for rows in pages:
            fresh = [row for row in rows if _key(row) not in known]
            known.update(_key(row) for row in fresh)
            yield [normal(row) for row in fresh]


def _by_id(rindegastos: Rindegastos, call: str, wanted: str) -> Iterator[Rows]:
    """A record by its id. One that is refused was deleted there, or cannot be read: nothing is known of it."""
    try:
        body = rindegastos.wait(rindegastos.read, rindegastos.path(call), {"Id": wanted})
    except Unreadable:
        return
    rows = rows_of(body.get("ExpenseReports", body) if isinstance(body, dict) else None, call)
    yield [row for row in rows if str(row.get("Id")) == wanted]


def _every(rindegastos: Rindegastos, call: str, name: str, asked: dict[str, Any]) -> Iterator[Rows]:
    return every_page(
        rindegastos,
        rindegastos.pages(call, name, asked),
        first=1,
        key=lambda row: row.get("Id"),
        what=f"Rindegastos {call}",
    )


def _key(row: dict[str, Any]) -> bytes:
    """The id, 7 and "7" being one; of a record without one, the whole of it."""
    return dump(str(row["Id"]) if isinstance(row.get("Id"), int | str) else row)


def expense_as_v1(row: dict[str, Any]) -> dict[str, Any]:
    taxes = row.get("Taxes")
    if isinstance(taxes, dict):
        row = {**row, **{name: taxes.get(inner) for name, inner in TAXES_V2.items()}}
    return _without_blanks(row)


def report_as_v1(row: dict[str, Any]) -> dict[str, Any]:
    """v2 has the employee in an object, moments in UTC, a flag of its own, and another name for a count."""
    who = row.get("Employee")
    if isinstance(who, dict):
        row = {**row, "EmployeeName": who.get("Name"), "EmployeeIdentification": who.get("Identification")}
    if "ClosedDate" in row:
        row = {**row, "CloseDate": _in_utc(row["ClosedDate"]), "Integrated": row.get("IsIntegrated")}
    approved = row.get("NbrApprovedExpenses", row.get("NumberApprovedExpenses"))
    flag = str(row.get("Integrated") or "").strip().casefold() not in ("", "0", "false", "no")
    return _without_blanks({**row, "NbrApprovedExpenses": approved, "Integrated": "true" if flag else None})


def _in_utc(said: Any) -> Any:
    """A moment of v2 with its zone, which the vendor need not write."""
    try:
        moment = datetime.fromisoformat(str(said).strip())
    except ValueError:
        return said
    return (
        (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
        if len(str(said)) > len("2026-11-10")
        else said
    )


def _without_blanks(row: dict[str, Any]) -> dict[str, Any]:
    """v1 writes a blank text where there is nothing."""
    return {name: None if value == "" else value for name, value in row.items()}
