"""Rindegastos: one bearer per company, v1 and v2 over the same data, named lists with `Records`, PUT marks.

Assumed, since nothing is public: two calls a second; page size 20 when not asked; v1's error bodies; the bodies of
categories, fields and taxes. Funds are only read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import _rindegastos_data as data
from sandbox._call import Answer, Call, Dialect, Handler, RefusedError, Route, System
from sandbox._limits import Windows
from sandbox._rindegastos_writes import Writes, bad, error
from sandbox._table import Row
from sandbox._world import World

ZONE, UTC = ZoneInfo("America/Santiago"), ZoneInfo("UTC")
CALLS, SECONDS = 2, 1
DEFAULT_PAGE, LARGEST_PAGE = 20, 100
CREDENTIALS: Row = {
    "token": "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyX2lkIjo2NCwiY29tcGFueV9pZCI6MX0.aW52ZW50ZWQtZm9yLXRoZS1zYW5kYm94",
}
CHOICES: dict[str, tuple[str, ...]] = {
    "categories": ("shown", "missing"),
    "page_cap": (str(LARGEST_PAGE), "30"),
    "numbers": ("number", "text"),
    "codes": ("shown", "blank"),
    "moments": ("utc", "naive"),
    "order": ("asked", "reversed"),
    "marked": ("message", "nothing"),
    "refusals": ("200", "400"),
    "integrated": ("flag", "text"),
}
"""What other honest readings of the notes would answer; the first of each is what `DEFAULTS` takes."""
DEFAULTS = {name: choices[0] for name, choices in CHOICES.items()}
COUNTED = ("Status", "NbrApprovedExpenses", "Total", "ReportTotalApproved", "Net", "Tax", "OriginalAmount")
COLLECTIONS = {
    "expenses": ("Expenses", "Expenses"),
    "reports": ("ExpenseReports", "Reports"),
    "funds": ("Funds", "Funds"),
}
ONLY_V1 = (
    *("SendDate", "CloseDate", "EmployeeId", "EmployeeName", "EmployeeIdentification", "NbrExpenses"),
    "Integrated",
)
SORTS = {
    "expenses": {"1": "IssueDate", "2": "Id", "3": "Id"},
    "reports": {"1": "CloseDate", "2": "SendDate", "3": "Id"},
}


def build(world: World) -> System:
    """Rindegastos in this world."""
    return Rindegastos(world).system


def unauthorised() -> Answer:
    return error(401, "Unauthorized", "Unauthorized")


def too_many() -> Answer:
    return error(429, "ThrottlerException: Too Many Requests", "Too Many Requests")


def unknown_route(call: Call) -> Answer:
    return error(404, f"Cannot {call.method} {call.path}", "Not Found")


class Rindegastos:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.tables, planted = data.tables(world.seed, world.size)
        self.windows = Windows(CALLS * world.pace, SECONDS)
        self.quirks = dict(DEFAULTS)
        self.system = System(
            name="rindegastos",
            tables=self.tables,
            routes=self._routes(Writes(world, self.tables, self.quirks)),
            dialect=Dialect(
                page="Page",
                first_page=1,
                rows="Expenses",
                total="TotalRecords",
                page_echo="Page",
                totals_in="Records",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=lambda message: error(400, [message], "Bad Request", under=200),
                malformed=lambda: error(400, ["malformed"], "Bad Request"),
                unknown_route=unknown_route,
                nothing=lambda: Answer({"Records": _records(0, "Expenses", 0, 1, 0), "Expenses": []}),
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
        )

    def _routes(self, writes: Writes) -> list[Route]:
        both: list[tuple[str, str, Handler]] = [
            ("GET", "getExpenses", self._list("expenses")),
            ("GET", "getExpense", self._one("expenses")),
            ("GET", "getExpenseReports", self._list("reports")),
            ("GET", "getExpenseReport", self._one("reports")),
            ("GET", "getFunds", self._list("funds")),
            ("GET", "getFund", self._one("funds")),
            ("GET", "getUsers", self._master("users", "Users")),
            ("GET", "getUser", self.user),
            ("GET", "getExpensePolicies", self._master("policies", "Policies")),
            ("GET", "getExpensePolicy", self._one("policies")),
            ("GET", "getExpensePolicyCategories", self.categories),
            ("GET", "getExpensePolicyExpenseFields", self.fields),
            ("GET", "getExpensePolicyTaxes", self.taxes),
            ("PUT", "setExpenseIntegration", writes.mark("expenses")),
            ("PUT", "setExpenseReportIntegration", writes.mark("reports")),
            ("POST", "setExpenseReportIntegration", writes.mark("reports")),
            ("PUT", "setExpenseReportCustomStatus", writes.custom_status),
        ]
        routes = [
            Route(method, f"/{version}/{name}", handler) for version in ("v1", "v2") for method, name, handler in both
        ]
        return [
            *routes,
            Route("PUT", "/v2/setExpenseIntegrationBulk", writes.mark_many("expenses", "Expenses")),
            Route("PUT", "/v2/setExpenseReportIntegrationBulk", writes.mark_many("reports", "ExpenseReports")),
            Route("PUT", "/v2/setFundIntegrationBulk", writes.mark_many("funds", "Funds")),
        ]

    def guard(self, call: Call, route: Route) -> Answer | None:  # noqa: ARG002
        """The limit of the token first (assumed), then the token."""
        token = call.headers.get("authorization", "")
        if not self.windows.take(token):
            return too_many()
        return None if token == f"Bearer {CREDENTIALS['token']}" else unauthorised()

    # Lists

    def _list(self, table: str) -> Handler:
        def listed(call: Call) -> Answer:
            tests = self._asked(table, call)
            rows = [row for row in self.tables[table].rows.values() if all(passes(row) for passes in tests)]
            sort = SORTS.get(table, {}).get(call.query.get("OrderBy", "1"))
            if sort:
                rows.sort(key=lambda row: (str(row.get(sort, "")), row["Id"]))
            if (call.query.get("Order", "").upper() == "DESC") != (self.quirks["order"] == "reversed"):
                rows.reverse()
            name, count = COLLECTIONS[table]
            return self._page(call, table, rows, name, count)

        return listed

    def _asked(self, table: str, call: Call) -> list[Callable[[Row], bool]]:
        """The filters. `Since` of an expense is its issue date (observed); of a report its close date, or its send
        date under `TypeDateFilter` 2: an open report has no close date and never matches the first."""
        asked, tests = call.query, []
        day = "IssueDate"
        if table == "reports":
            day = "SendDate" if asked.get("TypeDateFilter") == "2" else "CloseDate"
        for name, low in (("Since", True), ("Until", False)):
            if bound := asked.get(name):
                tests.append(_bounded(day, _day(bound), low=low))
        equal = {"Status": "Status", "ReportId": "ReportId", "UserId": "UserId", "Currency": "Currency"}
        policy = {"ExpensePolicyId": "ExpensePolicyId" if table == "expenses" else "PolicyId"}
        for name, column in {**equal, **policy, "IntegrationCode": "IntegrationExternalCode"}.items():
            if (value := asked.get(name, "")) != "":
                tests.append(_equal(column, value))
        if (state := asked.get("IntegrationStatus", "")) != "" and table != "funds":
            tests.append(lambda row: _is_integrated(row) == (state == "1"))
        return tests

    def _page(self, call: Call, table: str, rows: list[Row], name: str, count: str) -> Answer:
        number = max(1, _whole(call.query.get("Page") or "1"))
        size = min(max(1, _whole(call.query.get("ResultsPerPage") or str(DEFAULT_PAGE))), int(self.quirks["page_cap"]))
        shown = [self._shown(call, table, row) for row in rows[(number - 1) * size : number * size]]
        pages = -(-len(rows) // size)
        if call.path.startswith("/v2"):
            records = {"TotalRecords": len(rows), "Page": number, "Pages": pages, "ResponseMessage": "OK"}
        else:
            records = _records(len(rows), count, len(shown), number, pages)
        if self.quirks["numbers"] == "text":
            records = {key: str(value) for key, value in records.items()}
        return Answer({"Records": records, name: shown})

    def _one(self, table: str) -> Handler:
        def found(call: Call) -> Answer:
            row = self.tables[table].rows.get(_whole(call.query.get("Id", "")))
            if row is None:
                raise RefusedError(error(404, f"{table} not found", "Not Found"))
            shown = self._shown(call, table, row)
            wrapped = table == "reports" and call.path.startswith("/v2")
            return Answer({"ExpenseReports": shown} if wrapped else shown)

        return found

    def _shown(self, call: Call, table: str, row: Row) -> Row:
        row = self._told(row)
        if call.path.startswith("/v1"):
            return row
        shown = {"expenses": _expense_v2, "reports": _report_v2}.get(table, lambda other: other)(row)
        if self.quirks["moments"] == "naive":
            shown = {name: _naive(value) if name.endswith("dDate") else value for name, value in shown.items()}
        return shown

    def _told(self, row: Row) -> Row:
        """Numbers, codes and flags as the quirks have them."""
        told = dict(row)
        if self.quirks["numbers"] == "text":
            told |= {name: str(told[name]) for name in COUNTED if isinstance(told.get(name), int)}
        if self.quirks["codes"] == "blank" and isinstance(told.get("ExtraFields"), list):
            told["ExtraFields"] = [{**each, "Code": ""} for each in told["ExtraFields"] if isinstance(each, dict)]
        if self.quirks["integrated"] == "text" and told.get("Integrated") is True:
            told["Integrated"] = "true"
        return told

    # Master data

    def _master(self, table: str, name: str) -> Handler:
        return lambda call: self._page(call, table, list(self.tables[table].rows.values()), name, name)

    def user(self, call: Call) -> Answer:
        """By id or by e-mail; an unknown e-mail gives a body with `Id` 0 (observed)."""
        if email := call.query.get("Email"):
            users = [row for row in self.tables["users"].rows.values() if row["Email"] == email]
            return Answer(users[0] if users else {"Id": 0})
        return self._one("users")(call)

    def categories(self, call: Call) -> Answer:
        """The categories of a policy; the body is assumed, so a quirk takes the route away."""
        if self.quirks["categories"] == "missing":
            return unknown_route(call)
        return Answer({"Categories": [_without(row, "IdPolicy") for row in self._of_policy(call, "categories")]})

    def fields(self, call: Call) -> Answer:
        """The expense fields of a policy; assumed like the categories."""
        if self.quirks["categories"] == "missing":
            return unknown_route(call)
        options = [{"Value": row["Value"], "Code": row["Code"]} for row in self._of_policy(call, "options")]
        field = {"Id": 77, "Name": "Centro de costo", "Type": "list", "Required": True, "Options": options}
        return Answer({"Fields": [field]})

    def taxes(self, call: Call) -> Answer:
        """Assumed."""
        self._of_policy(call, "categories")
        return Answer({"Taxes": [{"Id": 5, "Name": "IVA", "Percentage": 19}]})

    def _of_policy(self, call: Call, table: str) -> list[Row]:
        policy = _whole(call.query.get("IdPolicy", ""))
        return [row for row in self.tables[table].rows.values() if row.get("IdPolicy") == policy]


def _is_integrated(row: Row) -> bool:
    return bool(row.get("IntegrationExternalCode") or row.get("Integrated"))


def _records(total: int, count: str, shown: int, page: int, pages: int) -> Row:
    return {"TotalRecords": total, count: shown, "Page": page, "Pages": pages}


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}


def _expense_v2(row: Row) -> Row:
    """Taxes in an object in camelCase, the percentage a text; a flag; extra fields with ids, some of them text."""
    shown = {key: value for key, value in row.items() if key not in ("Tax", "TaxName", "OtherTaxes", "Retention")}
    fields = row.get("ExtraFields")
    return {
        **shown,
        "Taxes": {
            "taxPercentage": "19.00" if row.get("Tax") else "0.00",
            "taxName": row.get("TaxName"),
            "taxAmount": row.get("Tax"),
            "tax": row.get("Tax"),
            "otherTaxes": row.get("OtherTaxes"),
            "retention": row.get("Retention"),
        },
        "IsIntegrated": bool(row.get("IntegrationExternalCode")),
        "ExtraFields": [{"Id": str(n) if n % 2 else n, **each} for n, each in enumerate(fields)]
        if isinstance(fields, list)
        else fields,
    }


def _report_v2(row: Row) -> Row:
    """Moments in UTC, null when open; the employee in an object; the flag a number."""
    return {
        **{key: value for key, value in row.items() if key not in ONLY_V1},
        "SentDate": _moment(row.get("SendDate")),
        "ClosedDate": _moment(row.get("CloseDate")),
        "Employee": {
            "Id": row.get("EmployeeId"),
            "Name": row.get("EmployeeName"),
            "Email": "",
            "Identification": row.get("EmployeeIdentification"),
            "Department": "",
        },
        "NumberExpenses": row.get("NbrExpenses"),
        "IsIntegrated": 1 if row.get("Integrated") else 0,
    }


def _moment(day: Any) -> str | None:
    """Late in the evening in Santiago, so that the day in UTC is another."""
    if not day:
        return None
    try:
        moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZONE) + timedelta(hours=23, minutes=10)
    except (TypeError, ValueError):
        return str(day)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _naive(moment: Any) -> Any:
    """A moment in UTC that does not say so, as many databases write it."""
    return moment[:19].replace("T", " ") if isinstance(moment, str) else moment


def _bounded(column: str, bound: str, *, low: bool) -> Callable[[Row], bool]:
    def passes(row: Row) -> bool:
        value = str(row.get(column) or "")
        return bool(value) and (value >= bound if low else value[:10] <= bound)

    return passes


def _equal(column: str, value: str) -> Callable[[Row], bool]:
    return lambda row: str(row.get(column)) == value


def _day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise bad("Since and Until must be dates such as 2026-09-30")
    return text


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise bad(f"'{text[:20]}' must be an integer")
    return int(text)
