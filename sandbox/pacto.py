"""Pacto (a gym's ERP): keys with scopes, Spring pages, a call a second per route, errors under status 200."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Any

from sandbox import _pacto_data, _pacto_writes
from sandbox import _pacto_readings as readings
from sandbox._call import Answer, Call, Dialect, RefusedError, Route, System
from sandbox._limits import Windows
from sandbox._numbers import loads
from sandbox._pacto_words import (
    CREDENTIALS,
    CUSTOMERS,
    DEFAULT_PAGE,
    ENTRIES,
    KEYS,
    PARCELS,
    SUPPLIERS,
    malformed,
    nothing,
    page,
    rejected,
    too_many,
    unauthorised,
    unknown_route,
)
from sandbox._people import bare
from sandbox._table import Between, Condition, Equal, Row
from sandbox._world import BRASILIA, World

LARGEST_PAGE = 1000
DATE_FIELDS = ("inicioContrato", "fimContrato")
OBSERVED_ENTRY = (
    *("codigo", "descricao", "pessoa", "valor", "dataLancamento", "dataVencimento", "dataCompetencia"),
    *("tipoOperacao", "nrParcela", "conta"),
)
SHORT = ("codigo", "descricao", "contrato", "valor", "situacao")
SHORT_DATES = ("dataLancamento", "dataVencimento", "dataPagamento")
CHOICES: dict[str, tuple[str, ...]] = {
    **readings.CHOICES,
    "dates": ("ms", "iso", "br", "mixed"),
    "filters": ("honoured", "ignored"),
    "limit": ("429", "empty"),
    "empty_pages": ("on", "off"),
    "movconta": ("assumed", "observed"),
    "scope_500": (),  # a route pattern whose missing scope is answered with 500
}
DEFAULTS = {
    **readings.DEFAULTS,
    "dates": "ms",
    "filters": "honoured",
    "limit": "429",
    "empty_pages": "on",
    "movconta": "assumed",
    "scope_500": "/v1/banco",
}


def build(world: World) -> System:
    """Pacto in this world."""
    return Pacto(world).system


MIXED = ("ms", "iso", "br", "text")


class Pacto:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.tables, planted = _pacto_data.tables(world.seed, world.size)
        self.windows = Windows(world.pace, 1.0)
        self.middle_pages = 0
        quirks = dict(DEFAULTS)
        self.system = System(
            name="pacto",
            tables=self.tables,
            routes=self._routes(_pacto_writes.Writes(world, self.tables, quirks)),
            dialect=Dialect(
                page="page",
                first_page=0,
                rows="content",
                total="totalElements",
                page_echo="number",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=rejected,
                malformed=malformed,
                unknown_route=unknown_route,
                nothing=nothing,
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=quirks,
            choices=CHOICES,
            planted=planted,
        )

    def _routes(self, writes: _pacto_writes.Writes) -> list[Route]:
        master = [
            Route("GET", f"/v1/{name}", self._master(name), f"fin:cadastros:{name}:consultar")
            for name in ("planoconta", "centrocusto", "conta", "banco")
        ]
        return [
            *master,
            Route("GET", "/v1/movparcela", self.movparcela, PARCELS),
            Route("GET", "/v1/movconta", self.movconta, f"{ENTRIES}:consultar"),
            Route("POST", "/v1/movconta", writes.movconta, f"{ENTRIES}:incluir"),
            Route("GET", "/v1/fornecedor", self.fornecedor, f"{SUPPLIERS}:consultar"),
            Route("POST", "/v1/fornecedor", writes.fornecedor, f"{SUPPLIERS}:incluir"),
            Route("GET", "/parcelas/{person}", self.parcelas, PARCELS),
            Route("GET", "/clientes/simples", self.simples, CUSTOMERS),
            Route("GET", "/clientes/{matricula}/dados-pessoais", self.dados_pessoais, CUSTOMERS),
            Route("GET", "/v1/cliente/{customer}", self.cliente, CUSTOMERS),
            Route("GET", "/cadastro-cliente/consultar", self.consultar, CUSTOMERS),
            Route("POST", "/cliente/cadastrarCliente", writes.cliente, "adm:cadastros:clientes:incluir"),
        ]

    def guard(self, call: Call, route: Route) -> Answer | None:
        """Key, company, rate limit per route (GET and POST together, assumed), scope; in this order."""
        key = call.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if key not in KEYS:
            return unauthorised()
        company = call.headers.get("empresaid", "")
        if company != CREDENTIALS["empresa_id"]:
            problem = "inválido" if company else "obrigatório"
            return Answer({"erro": f"Header empresaId {problem}"}, 401)
        if not self.windows.take((key, route.pattern)):
            return nothing() if self.system.quirks["limit"] == "empty" else too_many()
        if route.scope not in KEYS[key]:
            if fnmatch(route.pattern, self.system.quirks["scope_500"]):
                return Answer({"status": 500, "message": "Problemas ao obter a secret"}, 500)
            return Answer({"erro": f"Acesso negado: escopo {route.scope} não concedido à chave"}, 403)
        return None

    # Lists

    def movparcela(self, call: Call) -> Answer:
        """Instalments by launch or change window (inclusive) and situation; assumed, route included."""
        filters = self._filters(call)
        conditions: list[Condition] = []
        if self.system.quirks["filters"] == "honoured":
            conditions = _windows(filters, ("dataLancamento", "dataAlteracao"))
            if isinstance(filters.get("situacao"), str):
                conditions.append(Equal("situacao", filters["situacao"]))
        sortable = (
            "codigo",
            "dataLancamento",
            "dataVencimento",
            "dataAlteracao",
            "dataPagamento",
            "situacao",
        )
        return self._page(call, "movparcela", conditions, self._expanded, sortable)

    def movconta(self, call: Call) -> Answer:
        """Financial entries. The launch window is assumed; every other filter is ignored, as observed."""
        conditions: list[Condition] = []
        if self.system.quirks["filters"] == "honoured":
            conditions = _windows(self._filters(call), ("dataLancamento",))
        sortable = ("codigo", "dataLancamento", "dataVencimento")
        return self._page(call, "movconta", conditions, self._entry, sortable)

    def fornecedor(self, call: Call) -> Answer:
        """Suppliers by tax id; assumed, route included."""
        document = bare(self._filters(call).get("cpfCnpj"))
        conditions: list[Condition] = []
        if document and self.system.quirks["filters"] == "honoured":
            conditions = [_HasDocument(document)]
        return self._page(call, "fornecedor", conditions, _supplier, ("codigo", "nome"))

    def parcelas(self, call: Call) -> Answer:
        """The instalments of one person, as the observed route gives them; unknown people have none."""
        number, size = self._asked(call)
        quirks = self.system.quirks
        rows = readings.listed(self.tables["movparcela"].lookup("pessoa", _integer(call.parts["person"])), quirks)
        fields = (*SHORT, *SHORT_DATES)
        kept = [readings.shown(self._dated({name: row.get(name) for name in fields}), quirks) for row in rows]
        answer = page(kept, number, size)
        return Answer({name: answer[name] for name in ("content", "totalElements", "totalPages", "last")})

    def simples(self, call: Call) -> Answer:
        """The roster. Middle pages sometimes come empty, as observed: here the first, then every fifth."""
        answer = self._page(call, "cliente", (), self._roster, ("codigo", "matricula"))
        number, last = answer.payload["number"], answer.payload["last"]
        if number > 0 and not last and self.system.quirks["empty_pages"] == "on":
            self.middle_pages += 1
            if self.middle_pages % 5 == 1:
                answer.payload["content"] = []
        return answer

    def consultar(self, call: Call) -> Answer:
        """Customers by document."""
        document = bare(self._filters(call).get("documento"))
        people = self.tables["pessoa"]
        rows = people.lookup("document", document) if document else list(people.rows.values())
        customers = [(person, customer) for person in rows for customer in self._customers_of(person["codigo"])]
        number, size = self._asked(call)
        return Answer(page([self._found(*pair) for pair in customers], number, size))

    # Single resources

    def dados_pessoais(self, call: Call) -> Answer:
        """Personal data by matricula, with or without leading zeros."""
        found = self.tables["cliente"].lookup("matricula", _integer(call.parts["matricula"]))
        if not found:
            return Answer({"content": None})
        person = self.tables["pessoa"].rows.get(found[0].get("pessoa"), {})
        content = {
            "codigoPessoa": found[0].get("pessoa"),
            "cpf": person.get("cpfCnpj"),
            "dataNascimento": person.get("dataNascimento"),
            "sexo": person.get("sexo"),
            "dataMatricula": found[0].get("dataMatricula"),
            "urlFoto": None,
            "categoria": found[0].get("categoria"),
        }
        return Answer({"content": self._dated(content)})

    def cliente(self, call: Call) -> Answer:
        """One customer by `codigoCliente`, which is neither the person's code nor the matricula."""
        customer = self.tables["cliente"].rows.get(_integer(call.parts["customer"]))
        if customer is None:
            return Answer({"content": None})
        person = self.tables["pessoa"].rows.get(customer.get("pessoa"), {})
        content = {
            "codigo": customer["codigo"],
            "matricula": padded(customer),
            "situacao": customer.get("situacao"),
            "categoria": customer.get("categoria"),
            "dataMatricula": customer.get("dataMatricula"),
            "pessoa": self._dated({**person, "fotoUrl": None}),
            "vinculos": [],
        }
        return Answer({"content": self._dated(content)})

    # Parts

    def _master(self, table: str) -> Callable[[Call], Answer]:
        return lambda call: self._page(call, table, (), dict, ("codigo", "descricao"))

    def _asked(self, call: Call) -> tuple[int, int]:
        number = _integer(call.query.get("page", "0"))
        size = _integer(call.query.get("size", str(DEFAULT_PAGE)))
        if number is None or size is None or number < 0 or size < 1:
            raise RefusedError(malformed())
        return number, min(size, LARGEST_PAGE, int(self.system.quirks["page_cap"]))

    def _filters(self, call: Call) -> Row:
        try:
            filters = loads(call.query.get("filters") or "{}")
        except (ValueError, RecursionError) as problem:
            raise RefusedError(malformed()) from problem
        return filters if isinstance(filters, dict) else {}

    def _page(
        self,
        call: Call,
        table: str,
        conditions: Iterable[Condition],
        shown: Callable[[Row], Row],
        sortable: tuple[str, ...],
    ) -> Answer:
        number, size = self._asked(call)
        by, _, direction = call.query.get("sort", "").partition(",")
        if by and by not in sortable:
            # The list of attributes is closed; what a wrong one is answered with is assumed.
            raise RefusedError(rejected(f"Atributo de ordenação inválido: {by}"))
        quirks = self.system.quirks
        rows = readings.listed(self.tables[table].select(list(conditions), by, direction.lower() == "desc"), quirks)
        kept = [readings.shown(self._dated(shown(row)), quirks) for row in rows[number * size : (number + 1) * size]]
        return Answer(page(rows, number, size, kept))

    def _brief(self, table: str, code: Any, fields: tuple[str, ...] = ("codigo", "descricao")) -> Any:
        row = self.tables[table].rows.get(code) if isinstance(code, int) else None
        return {name: row.get(name) for name in fields} if row else code

    def _expanded(self, row: Row) -> Row:
        # Stored rows hold codes; a planted row may hold the whole object, which goes out as it is.
        person = ("codigo", "nome", "cpfCnpj", "email", "telefone")
        return {
            **row,
            "pessoa": self._brief("pessoa", row.get("pessoa"), person),
            "planoConta": self._brief("planoconta", row.get("planoConta")),
            "centroCusto": self._brief("centrocusto", row.get("centroCusto")),
            "conta": self._brief("conta", row.get("conta")),
        }

    def _entry(self, row: Row) -> Row:
        shown = self._expanded(row)
        shown["pessoa"] = self._brief("pessoa", row.get("pessoa"), ("codigo", "nome"))
        if self.system.quirks["movconta"] == "observed":
            return {name: shown.get(name) for name in OBSERVED_ENTRY}
        return shown

    def _customers_of(self, person: int) -> list[Row]:
        return self.tables["cliente"].lookup("pessoa", person)

    def _roster(self, row: Row) -> Row:
        return {
            "codigoCliente": row["codigo"],
            "matricula": padded(row),
            "nome": self.tables["pessoa"].rows.get(row.get("pessoa"), {}).get("nome"),
            "situacao": row.get("situacao"),
            "inicioContrato": row.get("inicioContrato"),
            "fimContrato": row.get("fimContrato"),
            "categoria": row.get("categoria"),
        }

    def _found(self, person: Row, customer: Row) -> Row:
        shown = {
            "pessoa": person["codigo"],
            "cliente": customer["codigo"],
            "nome": person.get("nome"),
            "matricula": padded(customer),
            "urlFoto": None,
            "situacao": customer.get("situacao"),
            "cpf": person.get("cpfCnpj"),
            "telefone": person.get("telefone"),
            "email": person.get("email"),
            "dataNascimento": person.get("dataNascimento"),
        }
        return self._dated(shown)

    def _dated(self, row: Row) -> Row:
        """The row with its dates in the form that the quirk asks for; planted texts stay as they are."""
        form = self.system.quirks["dates"]
        if form == "ms":
            return row
        code = row.get("codigo")
        first = code if isinstance(code, int) else 0
        for place, (name, value) in enumerate(row.items(), first):
            if (name.startswith("data") or name in DATE_FIELDS) and isinstance(value, int):
                row[name] = _written(value, form if form != "mixed" else MIXED[place % len(MIXED)])
        return row


class _HasDocument:
    """A supplier with this bare tax id; equal documents are one question for the memory of selections."""

    def __init__(self, document: str) -> None:
        self.document = document

    def __call__(self, row: Row) -> bool:
        return bare(row.get("cpfCnpj")) == self.document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _HasDocument) and other.document == self.document

    def __hash__(self) -> int:
        return hash(self.document)


def _supplier(row: Row) -> Row:
    person = row.get("pessoa")
    return {**row, "pessoa": {"codigo": person} if isinstance(person, int) else person}


def padded(customer: Row) -> str:
    """The matricula as most routes show it: six digits."""
    return str(customer.get("matricula")).zfill(6)


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 19 else None


def _bound(value: Any) -> int | None:
    if isinstance(value, str):
        return _integer(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _windows(filters: Row, fields: tuple[str, ...]) -> list[Condition]:
    found: list[Condition] = []
    for name in fields:
        low, high = _bound(filters.get(f"{name}Inicio")), _bound(filters.get(f"{name}Fim"))
        if low is not None or high is not None:
            found.append(Between(name, low, high))
    return found


def _written(value: int, form: str) -> int | str:
    if form == "iso":
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if form == "br":
        return datetime.fromtimestamp(value / 1000, BRASILIA).strftime("%d/%m/%Y")
    return str(value) if form == "text" else value
