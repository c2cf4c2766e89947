"""Defontana: a login by query parameters, a bearer that expires, `success` in every body, pages from 0 and from 1.

Assumed, since the vendor's reference is not public: the chart (`GetAccountPlan`), the fields of `Purchase/List`,
every refusal's text, five calls a second. Only GET and POST exist (documented).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import _defontana_data as data
from sandbox._call import Answer, Call, Dialect, Handler, RefusedError, Route, System
from sandbox._defontana_writes import NEEDS, Writes, invalid, rejection
from sandbox._limits import Windows
from sandbox._table import Row
from sandbox._world import World

CALLS, SECONDS = 5, 1
DEFAULT_PAGE, LARGEST_PAGE = 100, 250
TOKEN_DAYS = 365  # observed: a year, and twelve
CREDENTIALS: Row = {
    "client": "20210512143344123001",
    "company": "20210512143344123002",
    "user": "INTEGRACION",
    "password": "clave-inventada",
}
CHOICES: dict[str, tuple[str, ...]] = {
    "list_comment": ("shown", "hidden"),
    "login": ("keeps", "replaces"),
    "refusals": ("200", "400"),
    "chart": ("shown", "missing"),
    "host": ("production", "replication"),
    "page_cap": (str(LARGEST_PAGE), "20"),
    "numbers": ("number", "text"),
    "days": ("moment", "zulu", "date"),
    "inserted": ("key", "number", "bare"),
    "absent": ("refused", "404", "empty"),
    "providers": ("everybody", "suppliers"),
    "ledger": ("number", "documentNumber", "padded"),
    "order": ("entry", "reversed"),
    "flags": ("S", "boolean"),
}
"""What other honest readings of the notes would answer; the first of each is what `DEFAULTS` takes."""
DEFAULTS = {name: choices[0] for name, choices in CHOICES.items()}
SANTIAGO = ZoneInfo("America/Santiago")
OPENS, CLOSES, SATURDAY = 8, 19, 5  # of the test host, Monday to Friday (documented)
OPEN = {"success": True, "message": "", "exceptionMessage": None}


def build(world: World) -> System:
    """Defontana in this world."""
    return Defontana(world).system


def unauthorised() -> Answer:
    """How an expired or missing token shows (observed: 401; the body is assumed)."""
    return Answer({"success": False, "message": "Unauthorized", "exceptionMessage": None}, 401)


def too_many() -> Answer:
    return Answer({"success": False, "message": "Too many requests", "exceptionMessage": None}, 429)


def closed() -> Answer:
    """The test host outside its hours (documented); status and body are assumed."""
    return Answer({"success": False, "message": "Service Unavailable", "exceptionMessage": None}, 503)


def unknown_route(call: Call) -> Answer:
    return Answer({"success": False, "message": f"No existe {call.path}", "exceptionMessage": None}, 404)


class Defontana:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables, planted = data.tables(world.seed, world.size)
        self.windows = Windows(CALLS * world.pace, SECONDS)
        self.quirks = dict(DEFAULTS)
        self.tokens: dict[str, datetime] = {}
        self.system = System(
            name="defontana",
            tables=self.tables,
            routes=self._routes(Writes(world, self.tables, self.quirks)),
            dialect=Dialect(
                page="Page",
                first_page=0,
                rows="items",
                total="totalItems",
                page_echo="page",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=rejection,
                malformed=lambda: invalid("body"),
                unknown_route=unknown_route,
                nothing=lambda: Answer({**OPEN, "totalItems": 0, "itemsPerPage": DEFAULT_PAGE, "items": []}),
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
        )

    def _routes(self, writes: Writes) -> list[Route]:
        books = "/api/Accounting"
        return [
            Route("GET", "/api/Auth", self.login),
            Route("GET", f"{books}/GetVoucherList", self.vouchers),
            Route("GET", f"{books}/GetVoucher", self.voucher),
            Route("GET", f"{books}/GetBusinessCenterPlan", self.centers),
            Route("GET", f"{books}/GetAccountPlan", self.accounts),
            Route("GET", f"{books}/GetAccountAnalisys", self.analysis),
            Route("GET", "/api/Purchase/List", self.purchases),
            Route("GET", "/api/PurchaseOrder/GetProviders", self.providers),
            Route("POST", f"{books}/InsertVoucher", self._refusing(writes.insert)),
            Route("POST", f"{books}/UpdateVoucher", self._refusing(writes.update)),
            Route("POST", "/api/PurchaseOrder/SaveProvider", self._refusing(writes.provider)),
        ]

    def _refusing(self, write: Handler) -> Handler:
        """Refusals under status 200 (observed), or under 400, which the quirk assumes."""

        def judged(call: Call) -> Answer:
            try:
                return write(call)
            except RefusedError as refusal:
                refusal.answer.status = max(refusal.answer.status, int(self.quirks["refusals"]))
                raise

        return judged

    def guard(self, call: Call, route: Route) -> Answer | None:
        """The host's hours, its limit (assumed), then the token; only the login works without one."""
        if self.quirks["host"] == "replication" and not _is_open(self.world.clock):
            return closed()
        if not self.windows.take("all"):
            return too_many()
        if route.pattern == "/api/Auth":
            return None
        expires = self.tokens.get(call.headers.get("authorization", "").removeprefix("Bearer "))
        return None if expires and self.world.clock < expires else unauthorised()

    def login(self, call: Call) -> Answer:
        """Credentials in the query; wrong ones are refused under status 200 (observed words)."""
        if any(call.query.get(name) != value for name, value in CREDENTIALS.items()):
            return rejection("Login failed")
        if self.quirks["login"] == "replaces":
            self.tokens.clear()
        token = f"eyJhbGciOiJIUzI1NiJ9.sandbox.{len(self.tokens) + 1}-{self.world.call_count}"
        self.tokens[token] = self.world.clock + timedelta(days=TOKEN_DAYS)
        call.query = dict.fromkeys(call.query, "…")  # what is remembered of a call holds no credential
        return Answer({**OPEN, "access_token": token})

    # Vouchers

    def vouchers(self, call: Call) -> Answer:
        """By type and date, pages from 0. Whether the comment stands in a list is unknown: see the quirk."""
        asked = _folded(call)
        low, high = asked.get("fromdate", ""), asked.get("todate", "9999")
        kind = asked.get("vouchertype")
        rows = self.tables["vouchers"].lookup("type", kind) if kind else list(self.tables["vouchers"].rows.values())
        found = [row for row in rows if low <= row["date"][:10] <= high]
        if self.quirks["order"] == "reversed":
            found.reverse()
        return self._page(Paging("items", "page", 0), asked, found, self._listed)

    def _listed(self, row: Row) -> Row:
        names = ("voucherType", "number", "fiscalYear", "date", "entryDate", "comment")
        shown = {name: row.get(name) for name in names}
        if self.quirks["list_comment"] == "hidden":
            del shown["comment"]
        return self._told(shown)

    def _told(self, row: Row) -> Row:
        """Numbers and days as the quirks have them."""
        told = dict(row)
        for name in ("number", "fiscalYear"):
            if self.quirks["numbers"] == "text" and name in told:
                told[name] = str(told[name])
        if self.quirks["days"] != "moment" and "date" in told:
            told["date"] = told["date"][:10] + ("T00:00:00.000Z" if self.quirks["days"] == "zulu" else "")
        return told

    def voucher(self, call: Call) -> Answer:
        """One voucher with its lines."""
        asked = _folded(call)
        key = "-".join(asked.get(name, "") for name in ("vouchertype", "fiscalyear", "number"))
        row = self.tables["vouchers"].rows.get(key)
        if row is None:
            raise RefusedError(self._absent(call))
        header = {name: row.get(name) for name in ("voucherType", "number", "fiscalYear", "date", "comment")}
        return Answer({**OPEN, "header": self._told(header), "detail": row["detail"]})

    def _absent(self, call: Call) -> Answer:
        """How a voucher that is not there is told of: unknown, so every way that was met elsewhere."""
        match self.quirks["absent"]:
            case "404":
                return unknown_route(call)
            case "empty":
                return Answer({**OPEN, "header": None, "detail": []})
        return rejection("El comprobante no existe")

    # Master data

    def centers(self, call: Call) -> Answer:  # noqa: ARG002
        """Business centers as a tree, three signs of the code a level (observed)."""
        tree = self._tree("centers", lambda code: _up(code, (3, 6, 9, 12, 15)), ())
        return Answer({**OPEN, "message": "Centros de negocio obtenidos correctamente", "centrosNegocios": tree})

    def accounts(self, call: Call) -> Answer:
        """The chart as a tree like the centers'; assumed."""
        if self.quirks["chart"] == "missing":
            return unknown_route(call)
        tree = self._tree("accounts", lambda code: _up(code, (1, 2, 5, 10)), tuple(NEEDS))
        return Answer({**OPEN, "cuentas": tree})

    def _tree(self, table: str, above: Any, hidden: tuple[str, ...]) -> list[Row]:
        rows = list(self.tables[table].rows.values())
        if self.quirks["flags"] == "boolean":
            rows = [{**row, **{name: row[name] == "S" for name in ("imputable", "activo")}} for row in rows]
        return _tree({row["code"]: row for row in rows}, above, hidden)

    def analysis(self, call: Call) -> Answer:
        """What a line on an account must carry; the name keeps the vendor's spelling."""
        row = self.tables["accounts"].rows.get(_folded(call).get("account", ""))
        if row is None:
            raise RefusedError(rejection("La cuenta no existe"))
        return Answer({**{name: row[name] for name in NEEDS}, **OPEN})

    def purchases(self, call: Call) -> Answer:
        """The purchase ledger by date, pages from 0; its fields are assumed."""
        asked = _folded(call)
        low, high = asked.get("startdate", ""), asked.get("finishdate", "9999")
        rows = [row for row in self.tables["purchases"].rows.values() if low <= row["date"][:10] <= high]
        return self._page(Paging("data", "page", 0), asked, [self._purchase(row) for row in rows])

    def _purchase(self, row: Row) -> Row:
        """A row of the ledger; the name of its number, and its form, are unknown."""
        shown = {name: value for name, value in row.items() if name != "key"}
        if self.quirks["ledger"] == "documentNumber":
            shown["documentNumber"] = shown.pop("number")
        elif self.quirks["ledger"] == "padded":
            shown["number"] = f"{shown['number']:010d}"
        return shown

    def providers(self, call: Call) -> Answer:
        """Providers by RUT with dots, or all; pages from 1."""
        asked = _folded(call)
        legal = asked.get("legalcode")
        rows = [
            row
            for row in self.tables["fichas"].rows.values()
            if (row["provider"] or self.quirks["providers"] == "everybody") and (not legal or row["fileId"] == legal)
        ]
        shown = [{"legalCode": row["fileId"], "name": row["name"]} for row in rows]
        return self._page(Paging("providersList", "pagenumber", 1), asked, shown)

    def _page(
        self, habit: Paging, asked: dict[str, str], rows: list[Row], shown: Callable[[Row], Row] = dict
    ) -> Answer:
        number = max(habit.first, _whole(asked.get(habit.page) or str(habit.first))) - habit.first
        size = min(max(1, _whole(asked.get("itemsperpage") or str(DEFAULT_PAGE))), int(self.quirks["page_cap"]))
        cut = [shown(row) for row in rows[number * size : (number + 1) * size]]
        total: Any = str(len(rows)) if self.quirks["numbers"] == "text" else len(rows)
        return Answer({**OPEN, "totalItems": total, "itemsPerPage": size, habit.rows: cut})


@dataclass(frozen=True, slots=True)
class Paging:
    """A list's own habits: the name of its rows and of its page parameter, and the number of its first page."""

    rows: str
    page: str
    first: int


def _is_open(moment: datetime) -> bool:
    local = moment.astimezone(SANTIAGO)
    return local.weekday() < SATURDAY and OPENS <= local.hour < CLOSES


def _folded(call: Call) -> dict[str, str]:
    """Parameter names count whatever their case (observed)."""
    return {name.casefold(): value for name, value in call.query.items()}


def _up(code: str, levels: tuple[int, ...]) -> list[str]:
    """The codes above a code, nearest first."""
    return [code[:keep].ljust(len(code), "0") for keep in reversed(levels) if code[:keep].ljust(len(code), "0") != code]


def _tree(rows: dict[str, Row], above: Any, hidden: tuple[str, ...]) -> list[Row]:
    shown: dict[str, Row] = {
        code: {**{name: value for name, value in row.items() if name not in hidden}, "descendientes": None}
        for code, row in rows.items()
    }
    roots = []
    for code, row in shown.items():
        parent = next((shown[up] for up in above(code) if up in shown), None)
        if parent is None:
            roots.append(row)
        else:
            parent["descendientes"] = [*(parent["descendientes"] or ()), row]
    return roots


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise RefusedError(invalid("Page"))
    return int(text)
