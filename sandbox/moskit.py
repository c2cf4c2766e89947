"""Moskit (CRM): one key, bare arrays with their paging in headers, unknown parameters ignored, money in cents."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from sandbox import _moskit_data as data
from sandbox._call import Answer, Call, Dialect, RefusedError, Route, System
from sandbox._limits import Windows
from sandbox._moskit_hooks import Events
from sandbox._moskit_search import Condition, NotSearchable, condition
from sandbox._moskit_writes import Writes
from sandbox._numbers import loads
from sandbox._table import Row
from sandbox._world import World

CALLS_A_SECOND, CALLS_A_MINUTE = 6, 240
DEFAULT_QUANTITY, LARGEST_QUANTITY = 10, 50
CREDENTIALS: Row = {
    "api_key": "6c1f2b7e-0d43-4f6b-9a4e-2f7d1c5b8e90",
    # Which field holds the CPF or CNPJ is what an administrator links on the integration's page.
    "tax_id_fields": ["company.cnpj", "contact.cpf"],
}
FIELDS_OF_A_TITLE: Row = {
    "data_competencia": "{{ deal.closed_on }}",
    "valor": "{{ deal.price | money }}",
    "observacao": "Negócio {{ deal.id }}, {{ deal.funnel }}",
    "descricao": "{{ deal.name }}",
    "conta": "Conta Corrente Exemplo",
    "categoria": "Vendas de Serviços",
    "nome_cliente": "{{ company.name or contact.name }}",
    "tipo_cliente": "{{ 'Jurídica' if company.name else 'Física' }}",
    "tipo_papel": "Cliente",
    "documento": "{{ company.cnpj or contact.cpf }}",
}
COMMISSION: Row = {
    **FIELDS_OF_A_TITLE,
    "valor": "{{ (deal.price / 10) | cents }}",
    "descricao": "Comissão de {{ deal.name }}",
    "categoria": "Comissões",
    "nome_cliente": "Parceira Exemplo Ltda",
    "tipo_cliente": "Jurídica",
    "tipo_papel": "Fornecedor",
    "documento": "",
}
REHEARSAL: dict[str, Row] = {
    "moskit_to_contaazul_financeiro": {
        "automations": [
            {
                "id": "parcerias",
                "title": "Parceria ganha",
                "starts_on": "2026-11-01",
                "funnels": [52_051],
                "actions": [
                    {"create": "receivable", "due_days": 30, "fields": FIELDS_OF_A_TITLE},
                    {"create": "payable", "due_days": 45, "fields": COMMISSION},
                ],
            }
        ]
    }
}
SEARCHED = ("deals", "companies", "contacts", "users")
LISTED = (*SEARCHED, "pipelines", "stages", "customFields", "products")
FIELDS = {
    "deals": ("id", "name", "dateCreated", "stage", "status", "closeDate", "price", "responsible"),
    "companies": ("id", "name", "dateCreated", "cnpj"),
    "contacts": ("id", "name", "dateCreated", "cpf"),
    "users": ("id", "name"),
}
PROVEN = ("dateCreated", "stage", "name")
CHOICES: dict[str, tuple[str, ...]] = {
    "searchable": ("all", "proven"),  # whether status, closeDate and id can be searched by is assumed
    "cursor": ("honoured", "stuck"),  # a token that repeats for ever, as clients have met it
    "quantity": ("clamped", "refused"),  # what more than 50 does is not known
    "headers": ("moskit", "ollow"),  # the names before and after the brand changed
    "total": ("right", "wrong"),
    "stale_ms": (),  # how long a record just changed is still given as it was
    "webhooks": ("once", "twice"),  # that an event may come twice was observed
}
DEFAULTS = {
    "searchable": "all",
    "cursor": "honoured",
    "quantity": "clamped",
    "headers": "moskit",
    "total": "right",
    "stale_ms": "0",
    "webhooks": "once",
}


def build(world: World) -> System:
    """Moskit in this world."""
    return Moskit(world).system


def unauthorised() -> Answer:
    """A wrong or missing key; status and body are assumed."""
    return Answer({"message": "Unauthorized"}, 401)


def too_many() -> Answer:
    """The 429; the headers were read by clients, the body is assumed."""
    return Answer({"message": "Too Many Requests"}, 429, headers={"Retry-After": "1", "RateLimit-Reset": "1"})


def rejected(message: str, field: str = "") -> Answer:
    """A validation error: the status was observed, the body is assumed."""
    return Answer({"message": message, "errors": [{"field": field, "message": message}]}, 422)


def malformed() -> Answer:
    """A request that cannot be read; assumed."""
    return Answer({"message": "Malformed request"}, 400)


def not_found() -> Answer:
    """No such record or route; the body is assumed."""
    return Answer({"message": "Not Found"}, 404)


class Moskit:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.tables, planted = data.tables(world.seed, world.size)
        self.quirks = dict(DEFAULTS)
        self.second = Windows(CALLS_A_SECOND * world.pace, 1)
        self.minute = Windows(CALLS_A_MINUTE * world.pace, 60)
        self.before: dict[tuple[str, Any], tuple[float, Row]] = {}
        self.events = Events(world)
        self.system = System(
            name="moskit",
            tables=self.tables,
            routes=self._routes(Writes(world, self.tables, self.replaced)),
            dialect=Dialect(
                page="start",
                first_page=0,
                rows="",
                total="",
                page_echo="",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=rejected,
                malformed=malformed,
                unknown_route=lambda call: not_found(),  # noqa: ARG005
                nothing=lambda: Answer([]),
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
            rehearsal=REHEARSAL,
            tick=self.events.tick,
        )

    def _routes(self, writes: Writes) -> list[Route]:
        # No route manages webhooks: that was observed to be a 404.
        routes = [Route("GET", f"/{table}/search", self._fields(table)) for table in FIELDS]
        routes += [Route("POST", f"/{table}/search", self._search(table)) for table in SEARCHED]
        for table in LISTED:
            routes.append(Route("GET", f"/{table}", self._list(table)))
            routes.append(Route("GET", f"/{table}/{{key}}", self._one(table)))
        for table in ("deals", "companies", "contacts"):
            routes.append(Route("POST", f"/{table}", writes.create(table)))
            routes.append(Route("PUT", f"/{table}/{{key}}", writes.replace(table)))
        return routes

    def guard(self, call: Call, route: Route) -> Answer | None:  # noqa: ARG002
        """The key first, then both limits."""
        key = call.headers.get("apikey", "")
        if key != CREDENTIALS["api_key"]:
            return unauthorised()
        if not (self.second.take(key) and self.minute.take(key)):
            return too_many()
        return None

    def replaced(self, table: str, old: Row, new: Row) -> None:
        """Keeps the record as it was, which readers may get for a while, and tells of a deal's new status."""
        self.before[table, old["id"]] = (time.monotonic(), old)
        if table == "deals" and old["status"] != new["status"]:
            self.events.status_changed(old, new)

    # Reading

    def _one(self, table: str) -> Callable[[Call], Answer]:
        def one(call: Call) -> Answer:
            key = call.parts["key"]
            row = self.tables[table].rows.get(int(key) if key.isdigit() else key)
            return Answer(self._seen(table, row)) if row else not_found()

        return one

    def _list(self, table: str) -> Callable[[Call], Answer]:
        return lambda call: self._page(call, table, [])

    def _fields(self, table: str) -> Callable[[Call], Answer]:
        return lambda call: Answer([{"field": name} for name in sorted(self._searchable(table))])  # noqa: ARG005

    def _search(self, table: str) -> Callable[[Call], Answer]:
        def search(call: Call) -> Answer:
            try:
                asked = loads(call.body)
                if not isinstance(asked, list):
                    raise RefusedError(malformed())
                conditions = [condition(each, self._searchable(table)) for each in asked]
            except ValueError as problem:
                raise RefusedError(malformed()) from problem
            except NotSearchable as no:
                raise RefusedError(rejected(str(no), no.field)) from no
            return self._page(call, table, conditions)

        return search

    def _searchable(self, table: str) -> frozenset[str]:
        fields = FIELDS[table]
        return frozenset(fields if self.quirks["searchable"] == "all" else set(fields) & set(PROVEN))

    def _seen(self, table: str, row: Row) -> Row:
        stale = float(self.quirks["stale_ms"]) / 1000
        changed, old = self.before.get((table, row["id"]), (0.0, row))
        return old if stale and time.monotonic() - changed < stale else row

    def _page(self, call: Call, table: str, conditions: list[Condition]) -> Answer:
        """A bare array; what it is a page of stands in headers. `page`, `limit`, `offset` and the like are ignored."""
        asked = call.query
        rows = [self._seen(table, row) for row in self.tables[table].select()]
        rows = [row for row in rows if all(holds(row) for holds in conditions)]
        if sort := asked.get("sort"):
            descending = asked.get("order", "ASC").upper() == "DESC"
            rows = sorted(rows, key=lambda row: str(row.get(sort) or ""), reverse=descending)
        start, quantity = self._start(call), self._quantity(call)
        page = rows[start : start + quantity]
        name = "X-Ollow-Listing" if self.quirks["headers"] == "ollow" else "X-Moskit-Listing"
        total = len(rows) if self.quirks["total"] == "right" else len(rows) * 6 + 25
        headers = {f"{name}-Total": str(total), f"{name}-Present": str(len(page))}
        if start + quantity < len(rows):
            following = start if self.quirks["cursor"] == "stuck" and start else start + quantity
            headers[f"{name}-Next-Page-Token"] = base64.urlsafe_b64encode(f"{table}:{following}".encode()).decode()
        return Answer(page, headers=headers)

    def _start(self, call: Call) -> int:
        token = call.query.get("nextPageToken")
        if token:
            try:
                return int(base64.urlsafe_b64decode(token).decode().rpartition(":")[2])
            except ValueError as problem:
                raise RefusedError(malformed()) from problem
        return max(0, _whole(call.query.get("start"), 0))

    def _quantity(self, call: Call) -> int:
        quantity = _whole(call.query.get("quantity"), DEFAULT_QUANTITY)
        if quantity > LARGEST_QUANTITY and self.quirks["quantity"] == "refused":
            raise RefusedError(rejected("quantity must be between 1 and 50", "quantity"))
        return min(max(1, quantity), LARGEST_QUANTITY)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else otherwise
