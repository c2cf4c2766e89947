"""Kamino (finance): five headers, 20 calls a minute for all routes, pages from 1, errors under status 200."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sandbox import _kamino_data as data
from sandbox import _kamino_readings as readings
from sandbox._call import Answer, Call, Dialect, RefusedError, Route, System
from sandbox._kamino_writes import Writes
from sandbox._limits import Windows
from sandbox._people import bare
from sandbox._table import Between, Condition, Equal, Row
from sandbox._world import World

CALLS, SECONDS = 20, 60
DEFAULT_PAGE, LARGEST_PAGE = 20, 100
MOVEMENTS_OF_PAYABLES = 5_000_000  # whether a movement has its title's id is unknown: here it never has
INVENTED_HASH = "c2FuZGJveC1vbmx5LWludmVudGVkLWhhc2gtZm9yLXRoZS1zdGFuZC1pbi1vZi1rYW1pbm8tbm90LWEtcmVhbC1zZWNyZXQt"
CREDENTIALS: Row = {
    "app": "5d1c0c7e-6d3b-4f1a-9a55-0f4b2f9f7a10",
    "cn": "Academia1234",
    "id_usr": "17",
    "usr": "b3a0a3d4-2f6e-4c0f-8f5e-6a1d9d1c2e44",
    "hash": INVENTED_HASH + "LTAwMDE=",
    "without_permission": {
        "app": "5d1c0c7e-6d3b-4f1a-9a55-0f4b2f9f7a10",
        "cn": "Academia1234",
        "id_usr": "18",
        "usr": "0e7f7e0a-93f4-4a39-8a3f-3f1f5a5f9b77",
        "hash": INVENTED_HASH + "LTAwMDI=",
    },
}
HEADERS = {"app": "app", "cn": "cn", "idusr": "id_usr", "usr": "usr", "hash": "hash"}
CHOICES: dict[str, tuple[str, ...]] = {
    "update": ("replace", "partial"),
    "filters": ("honoured", "ignored"),
    "rejections": ("200", "400"),
    "external_code": ("shown", "hidden"),
    **readings.CHOICES,
}
DEFAULTS = {
    **readings.DEFAULTS,
    "update": "replace",
    "filters": "honoured",
    "rejections": "200",
    "external_code": "shown",
}
SITUATIONS = {1: "Pendente", 2: "Paga", 3: "Cancelada", 4: "Agendada"}
EMBEDDED = ("ID", "NomeExibicao", "CPFCNPJ")


def build(world: World) -> System:
    """Kamino in this world."""
    return Kamino(world).system


def unauthorised() -> Answer:
    """Wrong or missing keys; the body is assumed."""
    return Answer({"message": "Credenciais inválidas."}, 401)


def too_many() -> Answer:
    """The 429; its headers were read by clients, its body is assumed."""
    return Answer({"message": "Limite de requisições excedido."}, 429, headers={"RateLimit-Remaining": "0"})


def malformed() -> Answer:
    """A request that cannot be read; assumed."""
    return Answer({"Sucesso": False, "Mensagem": "Requisição inválida."}, 400)


def unknown_route(call: Call) -> Answer:
    """No such route; assumed."""
    return Answer({"Sucesso": False, "Mensagem": f"Rota não encontrada: {call.path}"}, 404)


def nothing() -> Answer:
    """An empty page."""
    return Answer({"PaginaAtual": 1, "TamanhoPagina": DEFAULT_PAGE, "TotalLinhas": 0, "TotalPaginas": 0, "Dados": []})


class Kamino:
    """The handlers, around the tables."""

    def __init__(self, world: World) -> None:
        self.tables, planted = data.tables(world.seed, world.size)
        self.windows = Windows(CALLS * world.pace, SECONDS)
        self.quirks = dict(DEFAULTS)
        writes = Writes(world, self.tables, self.quirks)
        self.system = System(
            name="kamino",
            tables=self.tables,
            routes=self._routes(writes),
            dialect=Dialect(
                page="_pagina",
                first_page=1,
                rows="Dados",
                total="TotalLinhas",
                page_echo="PaginaAtual",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=writes.rejection,
                malformed=malformed,
                unknown_route=unknown_route,
                nothing=nothing,
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
        )

    def _routes(self, writes: Writes) -> list[Route]:
        finance = "/api/financeiro"
        return [
            Route("GET", "/api/pessoa/lista/paginada", self.people_page),
            Route("GET", "/api/pessoa/lista", self.people),
            Route("POST", "/api/pessoa/grava", writes.person),
            Route("GET", f"{finance}/recebimentos/paginada", self.receivables),
            Route("POST", f"{finance}/recebimento", writes.receivable),
            Route("GET", f"{finance}/pagamento/lista/paginada", self.payables),
            Route("POST", f"{finance}/pagamento", writes.payable),
            Route("GET", f"{finance}/movimentoFinanceiro/lista", self.movements),
            Route("GET", f"{finance}/planoconta/lista", self.plan),
            Route(
                "GET",
                f"{finance}/centrocusto/lista",
                self._master("centrocusto", ("ID", "Nome", "NomeExibicao")),
            ),
            Route("GET", f"{finance}/unidadenegocio/lista", self._master("unidadenegocio", ("ID", "Nome"))),
            Route(
                "GET",
                f"{finance}/contabanco/lista",
                self._master("contabanco", ("ID", "Nome", "IDPlanoConta")),
            ),
        ]

    def guard(self, call: Call, route: Route) -> Answer | None:  # noqa: ARG002
        """The limit of the CN first, so that every answer carries its headers; then keys, then permission."""
        company = call.headers.get("cn", "")
        let_in = self.windows.take(company)
        call.answer_headers = {
            "RateLimit-Limit": str(self.windows.allowed),
            "RateLimit-Remaining": str(self.windows.remaining(company)),
            "RateLimit-Reset": str(self.windows.reset(company)),
        }
        if not let_in:
            return too_many()
        given = {name: call.headers.get(header, "") for header, name in HEADERS.items()}
        if given == CREDENTIALS["without_permission"]:
            return Answer({"message": "Usuário sem permissão para esta funcionalidade."}, 403)
        return None if all(given[name] == CREDENTIALS[name] for name in given) else unauthorised()

    # People

    def people_page(self, call: Call) -> Answer:
        """People by tax id (digits), part of the name, id, active or not; in pages."""
        return self._page(call, self._people(call), self._person)

    def people(self, call: Call) -> Answer:
        """All people as a bare array."""
        rows = readings.listed(self._people(call), self.quirks)
        return Answer([readings.shown(self._person(row), self.quirks) for row in rows])

    def _people(self, call: Call) -> list[Row]:
        people, asked = self.tables["pessoa"], call.query
        document = bare(asked.get("CPFCNPJ"))
        rows = people.lookup("document", document) if document else people.select()
        if asked.get("ID"):
            rows = [row for row in rows if str(row["ID"]) == asked["ID"]]
        if asked.get("NomeContem"):
            part = asked["NomeContem"].casefold()
            rows = [row for row in rows if part in str(row.get("Nome")).casefold()]
        if self.quirks["inactive"] == "left_out":
            return [row for row in rows if row.get("Ativo")]
        return _active(call, rows)

    def _person(self, row: Row) -> Row:
        return {
            **row,
            "EmailPrincipal": str(row.get("Email") or "").split(",")[0] or None,
            "TelefonePrincipal": row.get("Telefone") or row.get("Celular"),
        }

    # Titles

    def receivables(self, call: Call) -> Answer:
        """Receivables: the accrual window was observed; the other windows and the equalities are assumed."""
        days = {"Compet": "DtaCompet"}
        assumed = {"Venc": "DtaVenc", "Pagto": "DtaPagto", "Inclusao": "DataHoraInclusao"}
        rows = self._titles(call, "recebimento", "SitConta", {**days, **self._if_honoured(assumed)})
        return self._page(call, rows, self._receivable)

    def payables(self, call: Call) -> Answer:
        """Payables: the due window was observed; the other windows and the equalities are assumed."""
        days = {"Venc": "DataVencimento"}
        assumed = {"Pagto": "DataPagamento", "Inclusao": "DataHoraInclusao"}
        rows = self._titles(call, "pagamento", "Situacao", {**days, **self._if_honoured(assumed)})
        return self._page(call, rows, self._payable)

    def movements(self, call: Call) -> Answer:
        """Realised movements of one current account in a period, as a bare array."""
        account = call.query.get("IDPlanoContaAtivo", "")
        rows = []
        for title, paid in self._paid(call, "pagamento", "Situacao", "DataPagamento", account):
            rows.append(self._movement(title, paid, "ValorPagamento", outgoing=True))
        for title, paid in self._paid(call, "recebimento", "SitConta", "DtaPagto", account):
            rows.append(self._movement(title, paid, "VlrPagto", outgoing=False))
        return Answer(rows)

    def _if_honoured(self, windows: dict[str, str]) -> dict[str, str]:
        return windows if self.quirks["filters"] == "honoured" else {}

    def _titles(self, call: Call, table: str, situation: str, windows: dict[str, str]) -> list[Row]:
        conditions: list[Condition] = []
        for name, column in windows.items():
            low, high = _day(call, f"{name}De"), _day(call, f"{name}Ate")
            if low or high:
                conditions.append(Between(column, low, high))
        asked = call.query
        if self.quirks["filters"] == "ignored":
            return self.tables[table].select(conditions)
        for name, column in (("IDPessoa", "IDPessoa"), ("ID", "ID"), ("Situacao", situation)):
            if asked.get(name):
                conditions.append(Equal(column, _number(asked[name])))
        if asked.get("CodigoExterno"):
            found = self.tables[table].lookup("CodigoExterno", asked["CodigoExterno"])
            return [row for row in found if all(passes(row) for passes in conditions)]
        return self.tables[table].select(conditions)

    def _receivable(self, row: Row) -> Row:
        person = self._known("pessoa", row.get("IDPessoa"))
        origin = self._known("planoconta", row.get("IDPlanoContaOrigem"))
        paid_into = self._known("planoconta", row.get("IDPlanoContaPagto"))
        shown = {
            "ID": row["ID"],
            "Pessoa": self._embedded(person, with_city=True),
            "DescricaoSituacao": _situation(row.get("SitConta")),
            "_DataVencimento": _twin(row.get("DtaVenc")),
            "_DataPagamento": _twin(row.get("DtaPagto")),
            "_DataCompetencia": _twin(row.get("DtaCompet")),
            "NomePessoa": person.get("Nome"),
            "CPFCNPJ": person.get("CPFCNPJ"),
            "NomeCentroCusto": self._known("centrocusto", row.get("IDCentroCusto")).get("Nome"),
            "NomeContaOrigem": origin.get("Nome"),
            "NomeContaDestino": paid_into.get("Nome"),
            "NomeTipoReceb": "Boleto Kamino" if row.get("GerarCobranca") else None,
            "SimbMoeda": "R$",
            "DataVencAtual": row.get("DtaVenc"),
            "LinkBoleto": None,
            "LinhaDigitavelBoleto": None,
            "IDContaReceberOrigem": None,
            **row,
        }
        return self._coded(shown)

    def _payable(self, row: Row) -> Row:
        key = row.get("IDContaClassificacao")
        paid_from = self._known("planoconta", row.get("IDPlanoContaPagto"))
        shown = {
            "ID": row["ID"],
            "Pessoa": self._embedded(self._known("pessoa", row.get("IDPessoa"))),
            "ContaClassificacao": {"ID": key, "Nome": self._known("planoconta", key).get("Nome")} if key else None,
            "_DataVencimento": _twin(row.get("DataVencimento")),
            "_DataPagamento": _twin(row.get("DataPagamento")),
            "_DataCompetencia": _twin(row.get("DataCompetencia")),
            "NomeCentroCusto": self._known("centrocusto", row.get("IDCentroCusto")).get("Nome"),
            "NomeContaPagto": paid_from.get("Nome"),
            **row,
        }
        # The list was never seen with the person's id beside the person.
        shown.pop("IDPessoa", None)
        return self._coded(shown)

    def _coded(self, shown: Row) -> Row:
        if self.quirks["external_code"] == "hidden":
            shown.pop("CodigoExterno", None)
        return shown

    def _paid(self, call: Call, table: str, situation: str, column: str, account: str) -> list[tuple[Row, str]]:
        conditions: list[Condition] = [Equal(situation, data.PAID), Equal("IDPlanoContaPagto", account)]
        low, high = _day(call, "PeriodoDe"), _day(call, "PeriodoAte")
        conditions.append(Between(column, low or "0000-00-00", high))
        return [(row, row[column]) for row in self.tables[table].select(conditions)]

    def _movement(self, title: Row, paid: str, amount: str, *, outgoing: bool) -> Row:
        person = self._known("pessoa", title.get("IDPessoa"))
        account, other = (
            title["IDPlanoContaPagto"],
            title.get("IDContaClassificacao" if outgoing else "IDPlanoContaOrigem"),
        )
        origin, target = (account, other) if outgoing else (other, account)
        return {
            "ID": title["ID"] + (MOVEMENTS_OF_PAYABLES if outgoing else 2 * MOVEMENTS_OF_PAYABLES),
            "Data": paid,
            "DataPagamento": paid,
            "ValorRealizado": title.get(amount),
            "IDContaOrigem": origin,
            "NomeContaOrigem": self._known("planoconta", origin).get("Nome"),
            "IDContaDestino": target,
            "NomeContaDestino": self._known("planoconta", target).get("Nome"),
            "IDPessoa": title.get("IDPessoa"),
            "NomePessoa": person.get("Nome"),
            "Descricao": title.get("Obs") if outgoing else title.get("Descri"),
        }

    # Master data

    def plan(self, call: Call) -> Answer:
        """Classifications and current accounts. `IDTipoPlanoConta` as a filter on `Tipo` is assumed."""
        rows = _active(call, self.tables["planoconta"].select())
        kind = call.query.get("IDTipoPlanoConta")
        return Answer([row for row in rows if not kind or str(row.get("Tipo")) == kind])

    def _master(self, table: str, fields: tuple[str, ...]) -> Callable[[Call], Answer]:
        def listed(call: Call) -> Answer:
            rows = _active(call, self.tables[table].select())
            return Answer([{name: row.get(name) for name in fields} for row in rows])

        return listed

    # Parts

    def _known(self, table: str, key: Any) -> Row:
        return self.tables[table].rows.get(key, {}) if isinstance(key, int | str) else {}

    def _embedded(self, person: Row, *, with_city: bool = False) -> Row | None:
        if not person:
            return None
        full = self._person(person)
        shown = {name: full.get(name) for name in (*EMBEDDED, "TelefonePrincipal", "EmailPrincipal")}
        if with_city:
            city = {"ID": 1, "Nome": person.get("Cidade"), "UF": person.get("UF"), "CodIBGE": "5208707"}
            shown["Cidade"] = city if person.get("Cidade") else None
        return shown

    def _page(self, call: Call, rows: list[Row], shown: Callable[[Row], Row]) -> Answer:
        """One page. Size at most 100 and 20 when not asked, pages below 1 read as 1: assumed."""
        number = max(1, _number(call.query.get("_pagina") or "1"))
        largest = min(LARGEST_PAGE, int(self.quirks["page_cap"]))
        size = min(max(1, _number(call.query.get("_tamanhoPagina") or str(DEFAULT_PAGE))), largest)
        page = readings.listed(rows, self.quirks)[(number - 1) * size : number * size]
        return Answer(
            {
                "PaginaAtual": number,
                "TamanhoPagina": size,
                "TotalLinhas": len(rows),
                "TotalPaginas": -(-len(rows) // size),
                "Dados": [readings.shown(shown(row), self.quirks) for row in page],
            }
        )


def _active(call: Call, rows: list[Row]) -> list[Row]:
    if call.query.get("ApenasAtivos", "").lower() != "true":
        return rows
    return [row for row in rows if row.get("Ativo")]


def _situation(code: Any) -> str | None:
    return SITUATIONS.get(code) if isinstance(code, int) else None


def _twin(value: Any) -> Any:
    return value[:10] if isinstance(value, str) else value


def _number(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 19):
        raise RefusedError(malformed())
    return int(text)


def _day(call: Call, name: str) -> str | None:
    text = call.query.get(name)
    if not text:
        return None
    try:
        date.fromisoformat(text[:10])
    except ValueError as problem:
        raise RefusedError(malformed()) from problem
    return text
