"""Senior's HCM (Administração de Pessoal), as this project reads and writes it: all of it assumed.

Nothing public tells how payroll output is fetched, so this is a plain JSON contract behind one adapter: pages from 1,
basic authentication by a user of the payroll's own database, refusals as `{"erro": …}` with a 4xx status.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox import _senior_hcm_data as data
from sandbox._call import Answer, Call, Dialect, Handler, RefusedError, Route, System
from sandbox._numbers import is_amount
from sandbox._table import Between, Condition, Row
from sandbox._world import World, Write

CREDENTIALS: Row = {"user": "integracao-folha", "password": "senha-inventada-da-folha"}
CHOICES: dict[str, tuple[str, ...]] = {
    "pagina": ("1000", "7"),
    "ordem": ("de_entrada", "invertida"),
    "nulos": ("presentes", "ausentes"),
    "numeros": ("numeros", "textos", "com_virgula"),
    "rateio_de_um": ("lista", "registro"),
    "sim_ou_nao": ("booleano", "S_ou_N"),
    "datas": ("iso", "locais", "com_hora"),
}
WRITTEN = ("nulos", "numeros", "datas", "rateio_de_um", "sim_ou_nao")
"""The quirks about how a record is written."""
DAYS = frozenset({"datLct", "datLot", "datEmi", "datEnt", "vctOri", "datPgt"})
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TOLD = ("codEmp", "codFil", "codFor", "codTpt", "numTit", "seqMov", "datPgt", "vlrMov", "referencia")
MOVED = (
    *("referencia", "lancamento", "numEmp", "tipCol", "numCad", "codEve", "competencia", "valor", "destino"),
    "parcelas",
)


def build(world: World) -> System:
    """Senior's HCM in this world."""
    return SeniorHcm(world).system


def error(message: str, status: int = 422) -> Answer:
    """A refusal in one sentence."""
    return Answer({"erro": message}, status)


class SeniorHcm:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.quirks = {name: choices[0] for name, choices in CHOICES.items()}
        self.tables, planted = data.tables(world.seed, world.size_name)
        self.system = System(
            name="senior_hcm",
            tables=self.tables,
            routes=self._routes(),
            dialect=Dialect(
                page="pagina",
                first_page=1,
                rows="registros",
                total="totalRegistros",
                page_echo="pagina",
                too_many=lambda: error("Limite de requisições excedido.", 429),
                unauthorised=lambda: error("Usuário ou senha inválidos.", 401),
                rejected=error,
                malformed=lambda: error("Requisição inválida.", 400),
                unknown_route=lambda call: error(f"Rota não encontrada: {call.path}", 404),
                nothing=lambda: Answer({"pagina": 1, "totalRegistros": 0, "totalPaginas": 0, "registros": []}),
            ),
            guard=_guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
        )

    def _routes(self) -> list[Route]:
        listed = {
            "/folha/lancamentos": self._listing("lancamento", "datLct"),
            "/folha/titulos": self._listing("titulo", "datEmi"),
            "/folha/baixas": self._listing("baixa"),
            "/folha/baixas-erp": self._listing("baixa_erp"),
            "/folha/movimentos": self._listing("movimento"),
            "/folha/ficha-financeira": self._listing("ficha_financeira"),
            "/faturas/definicoes": self._listing("fatura_definicao"),
            "/faturas/lancamentos": self._listing("fatura_lancamento"),
            "/faturas/colaboradores": self._listing("fatura_colaborador"),
        }
        return [
            *(Route("GET", path, handler) for path, handler in listed.items()),
            Route("POST", "/folha/baixas-erp", self.take_settlement),
            Route("POST", "/folha/baixas-erp/{id}/estorno", self.take_back),
            Route("POST", "/folha/movimentos", self.move),
        ]

    def take_settlement(self, call: Call) -> Answer:
        """A settlement that was made in the ERP, whole or partial."""
        body = _body(call)
        _require(is_amount(body.get("vlrMov")), "Valor da baixa inválido.")
        return self._insert(call, "baixa_erp", {**_of(body, TOLD), "situacao": "A"}, "create")

    def take_back(self, call: Call) -> Answer:
        """A settlement that was taken back in the ERP."""
        key = int(call.parts["id"]) if call.parts["id"].isdigit() else 0
        found = self.tables["baixa_erp"].rows.get(key)
        if found is None:
            raise RefusedError(error("Baixa não encontrada.", 404))
        row = {**found, "situacao": "E"}
        self.world.accept(call, Write("reverse", key, _body(call), [("baixa_erp", row)], found.get("referencia")))
        return Answer({"id": key})

    def move(self, call: Call) -> Answer:
        """An employee's share of an invoice into the variable (V) or the fixed (F) movement."""
        body = _body(call)
        _require(is_amount(body.get("valor")), "Valor do movimento inválido.")
        _require(body.get("destino") in ("V", "F"), "Destino do movimento inválido.")
        return self._insert(call, "movimento", _of(body, MOVED), "create")

    def _insert(self, call: Call, table: str, row: Row, verb: str) -> Answer:
        made = {"id": self.tables[table].next_id(), **row}
        self.world.accept(call, Write(verb, made["id"], row, [(table, made)], row.get("referencia")))
        return Answer({"id": made["id"]}, 201)

    def _listing(self, table: str, dated: str = "") -> Handler:
        def listed(call: Call) -> Answer:
            conditions: list[Condition] = []
            low, high = call.query.get("dataInicial"), call.query.get("dataFinal")
            if dated and (low or high):
                conditions.append(_or_no_date(dated, Between(dated, low, high)))
            rows = self.tables[table].select(conditions)
            return self._page(call, rows[::-1] if self.quirks["ordem"] == "invertida" else rows)

        return listed

    def _page(self, call: Call, rows: list[Row]) -> Answer:
        number, size = (_number(call.query.get(name), default) for name, default in (("pagina", 1), ("tamanho", 100)))
        size = min(size, int(self.quirks["pagina"]))
        page = rows[(number - 1) * size : number * size]
        if any(self.quirks[name] != CHOICES[name][0] for name in WRITTEN):
            page = [self._written(row) for row in page]
        pages = -(-len(rows) // size)
        return Answer({"pagina": number, "totalRegistros": len(rows), "totalPaginas": pages, "registros": page})

    def _written(self, value: Any, name: str = "") -> Any:
        """A value as the quirks have it: nulls left out, numbers as texts, days in another form, one row no list."""
        if isinstance(value, dict):
            kept = value if self.quirks["nulos"] == "presentes" else {n: v for n, v in value.items() if v is not None}
            return {inner: self._written(each, inner) for inner, each in kept.items()}
        if isinstance(value, list):
            rows = [self._written(each) for each in value]
            return rows[0] if len(rows) == 1 and self.quirks["rateio_de_um"] == "registro" else rows
        if isinstance(value, bool):
            return value if self.quirks["sim_ou_nao"] == "booleano" else "S" if value else "N"
        if isinstance(value, str) and name in DAYS and DAY.fullmatch(value):
            return _day(value, self.quirks["datas"])
        if self.quirks["numeros"] != "numeros" and isinstance(value, int | Decimal):
            return str(value).replace(".", "," if self.quirks["numeros"] == "com_virgula" else ".")
        return value


def _guard(call: Call, route: Route) -> Answer | None:
    del route
    wanted = base64.b64encode(f"{CREDENTIALS['user']}:{CREDENTIALS['password']}".encode()).decode()
    return None if call.headers.get("authorization") == f"Basic {wanted}" else error("Usuário ou senha inválidos.", 401)


def _day(iso: str, form: str) -> str:
    year, month, day = iso.split("-")
    return {"iso": iso, "locais": f"{day}/{month}/{year}", "com_hora": f"{iso}T00:00:00"}[form]


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise RefusedError(error("Requisição inválida.", 400))
    return max(1, int(text))


def _or_no_date(field: str, between: Callable[[Row], bool]) -> Condition:
    """What has no date lies in every window: it must reach whoever reads."""
    return lambda row: row.get(field) is None or between(row)


def _body(call: Call) -> Row:
    try:
        return call.document()
    except ValueError as problem:
        raise RefusedError(error("Requisição inválida.", 400)) from problem


def _of(body: Row, fields: tuple[str, ...]) -> Row:
    return {name: body.get(name) for name in fields}


def _require(holds: Any, message: str) -> None:
    if not holds:
        raise RefusedError(error(message))
