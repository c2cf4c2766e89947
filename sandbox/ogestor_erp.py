"""oGestor's ERP: clients, receivables, bank slips. The HTTP contract is ASSUMED: none is published.

Documented by the vendor's wiki: receivables are `Aberto` and become `Pago/Liquidado`; slips are kept under the current
account `Conta Principal` and have a print view; the ERP makes a consumer client by itself. Assumed beyond that:
`codigo_externo` is unique per resource (409 with what is there), a slip follows its receivable and can be given its
line later, `cancelar`.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Any

from stdnum.br import cnpj, cpf

from sandbox import _ogestor as ogestor
from sandbox import _reseller as reseller
from sandbox._call import Answer, Call, Planted, RefusedError, Route, System
from sandbox._numbers import cents
from sandbox._people import bare
from sandbox._table import Condition, Equal, Row, Table
from sandbox._world import START, Size, World

CREDENTIALS: Row = {"personal_token": "erp-invented-personal-token-of-the-stand-in"}
CONSUMER, FIRST_CLIENT, FIRST_TITLE, FIRST_SLIP = 1, 44, 902, 310
OPEN, SETTLED, CANCELLED = "Aberto", "Pago/Liquidado", "Cancelado"
ACCOUNT = {"codigo": 1, "nome": "Conta Principal"}
CLIENT_FIELDS = (
    "nome",
    "fantasia",
    "cpf_cnpj",
    "emails",
    "fones",
    "cep",
    "logradouro",
    "numero",
    "bairro",
    "cidade",
    "uf",
)
TITLE_FIELDS = ("cliente_id", "descricao", "num_doc", "mes_referencia", "ano_referencia", "conta_corrente_id")


def build(world: World) -> System:
    """The ERP in this world."""
    return Erp(world).system


class Erp:
    """The handlers, around clients, receivables and bank slips."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables, planted = _tables(world.seed, world.size)
        self.quirks = ogestor.quirks()
        self.door = ogestor.Door(world, CREDENTIALS["personal_token"])
        self.system = System(
            name="ogestor_erp",
            tables=self.tables,
            routes=[
                Route(route.method, route.pattern, ogestor.spoken(route.handler, self.quirks))
                for route in self._routes()
            ],
            dialect=ogestor.dialect(),
            guard=self.door.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=ogestor.CHOICES,
            planted=planted,
        )

    def _routes(self) -> list[Route]:
        title = "/contas-receber/{codigo}"
        return [
            self.door.route(),
            Route("GET", "/contas-correntes", lambda call: Answer([ogestor.shown(ACCOUNT, self.quirks)])),  # noqa: ARG005
            Route("GET", "/clientes", lambda call: self._listing(call, "cliente", ("codigo_externo",))),
            Route("POST", "/clientes", self.create_client),
            Route("PUT", "/clientes/{codigo}", self.change_client),
            Route("GET", "/contas-receber", lambda call: self._listing(call, "titulo", ("codigo_externo", "situacao"))),
            Route("POST", "/contas-receber", self.create_title),
            Route("PUT", title, self.change_title),
            Route("PUT", f"{title}/receber", self.receive),
            Route("PUT", f"{title}/estornar", self.reverse),
            Route("PUT", f"{title}/cancelar", self.cancel),
            Route("GET", "/boletos", self.slips),
            Route("POST", "/boletos", self.create_slip),
            Route("PUT", "/boletos/{codigo}", self.change_slip),
            Route("GET", "/boletos/{codigo}/impressao", self.print_view),
        ]

    # Reading

    def slips(self, call: Call) -> Answer:
        """Bank slips of a current account, each as its receivable stands."""
        rows = self.tables["boleto"].select(ogestor.conditions(call))
        for name in ("conta_corrente", "conta_receber_id"):
            if asked := call.query.get(name):
                rows = [row for row in rows if str(row[name]) == asked]
        return ogestor.listing(call, rows, self.quirks, self._slip)

    def print_view(self, call: Call) -> Answer:
        row = self._one("boleto", call)
        title = self.tables["titulo"].rows[row["conta_receber_id"]]
        told = f"{escape(str(title['descricao']))}: R$ {title['valor']}, vencimento {title['vencimento']}"
        page = f"<!DOCTYPE html><html><body><h1>Boleto {row['nosso_numero']}</h1><p>{told}</p></body></html>"
        return Answer(text=page, media="text/html; charset=UTF-8")

    def _slip(self, row: Row) -> Row:
        title = self.tables["titulo"].rows.get(row["conta_receber_id"], {})
        state = {SETTLED: "Pago", CANCELLED: "Cancelado"}.get(str(title.get("situacao")), "Em aberto")
        if row["cancelado"]:
            state = "Cancelado"
        elif state == "Em aberto" and str(title.get("vencimento")) < self.world.clock.date().isoformat():
            state = "Vencido"
        shown = {name: value for name, value in row.items() if name != "cancelado"}
        return {**shown, "situacao": state}

    def _listing(self, call: Call, table: str, equalities: tuple[str, ...]) -> Answer:
        asked: list[Condition] = [Equal(name, call.query[name]) for name in equalities if call.query.get(name)]
        return ogestor.listing(call, self.tables[table].select([*asked, *ogestor.conditions(call)]), self.quirks)

    def _one(self, table: str, call: Call) -> Row:
        code = call.parts["codigo"]
        row = self.tables[table].rows.get(int(code)) if code.isascii() and code.isdigit() else None
        if row is None:
            raise RefusedError(ogestor.error(404, "Registro não encontrado."))
        return row

    def _must_be_new(self, table: str, external: Any) -> None:
        """An external code that is there already: 409, with what is there."""
        if external is not None and (there := self.tables[table].lookup("external", external)):
            raise RefusedError(ogestor.duplicate(there[0], self.quirks))

    # Clients

    def create_client(self, call: Call) -> Answer:
        body = ogestor.document(call)
        self._must_be_new("cliente", body.get("codigo_externo"))
        row = {"codigo": self.tables["cliente"].next_id(), "codigo_externo": body.get("codigo_externo")}
        return self._save_client(call, {**row, **{name: body.get(name) for name in CLIENT_FIELDS}}, body, "create")

    def change_client(self, call: Call) -> Answer:
        old, body = self._one("cliente", call), ogestor.document(call)
        if old["codigo"] == CONSUMER:
            ogestor.refuse("O cliente consumidor não pode ser alterado.", status=403)
        names = (*CLIENT_FIELDS, "codigo_externo")
        return self._save_client(call, {**old, **{name: body[name] for name in names if name in body}}, body, "update")

    def _save_client(self, call: Call, row: Row, body: Row, verb: str) -> Answer:
        if not isinstance(row["nome"], str) or not row["nome"].strip():
            ogestor.refuse("Nome é obrigatório.", {"nome": "obrigatório"})
        if row["cpf_cnpj"] and not (cpf.is_valid(row["cpf_cnpj"]) or cnpj.is_valid(row["cpf_cnpj"])):
            ogestor.refuse("CPF/CNPJ inválido.", {"cpf_cnpj": "inválido"})
        row = {**row, "cpf_cnpj": bare(row["cpf_cnpj"]) or None, "atualizado_em": self._now}
        return self._accepted(call, "cliente", row, body, verb)

    # Receivables

    def create_title(self, call: Call) -> Answer:
        body = ogestor.document(call)
        self._must_be_new("titulo", body.get("codigo_externo"))
        row: Row = {
            "codigo": self.tables["titulo"].next_id(),
            "codigo_externo": body.get("codigo_externo"),
            "valor_pago": "0.00",
            "juros": "0.00",
            "multa": "0.00",
            "desconto": "0.00",
            "data_pagamento": None,
            "data_credito": None,
            "situacao": OPEN,
        }
        return self._save_title(call, row, body, body, "create")

    def change_title(self, call: Call) -> Answer:
        """Only what is open can be changed."""
        old, body = self._one("titulo", call), ogestor.document(call)
        if old["situacao"] != OPEN:
            ogestor.refuse("Somente lançamentos em aberto podem ser alterados.", {"situacao": old["situacao"]})
        return self._save_title(call, old, {**old, **body}, body, "update")

    def _save_title(self, call: Call, row: Row, body: Row, sent: Row, verb: str) -> Answer:
        client = body.get("cliente_id")
        if not isinstance(client, int) or client not in self.tables["cliente"].rows:
            ogestor.refuse("Cliente não encontrado.", {"cliente_id": "inexistente"})
        if body.get("conta_corrente_id") not in (None, ACCOUNT["codigo"]):
            ogestor.refuse("Conta corrente não encontrada.", {"conta_corrente_id": "inexistente"})
        issued, due = ogestor.day(body, "lancamento"), ogestor.day(body, "vencimento")
        if str(due) < str(issued):
            ogestor.refuse("Vencimento anterior ao lançamento.", {"vencimento": "anterior ao lançamento"})
        dates = {"lancamento": issued, "vencimento": due, "atualizado_em": self._now}
        given = {name: body.get(name) for name in TITLE_FIELDS}
        row = {**row, **given, "valor": ogestor.money(body, "valor"), **dates}
        return self._accepted(call, "titulo", row, sent, verb)

    def receive(self, call: Call) -> Answer:
        """Settles. The same again is no change; a credit date that was not known may be added."""
        row, body = self._one("titulo", call), ogestor.document(call)
        told: Row = {"valor_pago": ogestor.money(body, "valor"), "data_pagamento": ogestor.day(body, "data_pagamento")}
        told |= {
            name: ogestor.money(body, name, zero=True) for name in ("juros", "multa", "desconto") if body.get(name)
        }
        if body.get("data_credito") is not None:
            told["data_credito"] = ogestor.day(body, "data_credito")
        if row["situacao"] == CANCELLED:
            ogestor.refuse("Lançamento cancelado.", {"situacao": CANCELLED})
        if row["situacao"] == SETTLED:
            if any(row[name] != told[name] for name in ("valor_pago", "data_pagamento")):
                ogestor.refuse("Lançamento já liquidado com outro valor ou outra data.", {"situacao": SETTLED})
            if all(row.get(name) == value for name, value in told.items()):
                return Answer(row)
        verb = "credit" if row["situacao"] == SETTLED else "settle"
        return self._becomes(call, row, body, verb, situacao=SETTLED, **told)

    def reverse(self, call: Call) -> Answer:
        """Undoes a settlement: back to open, or cancelled. The slip of a reversed receivable is cancelled."""
        row, body = self._one("titulo", call), ogestor.document(call)
        after = body.get("situacao", OPEN)
        if after not in (OPEN, CANCELLED):
            ogestor.refuse("Situação inválida.", {"situacao": "inválida"})
        if row["situacao"] != SETTLED:
            ogestor.refuse("Somente lançamentos liquidados podem ser estornados.", {"situacao": row["situacao"]})
        slips = [
            ("boleto", {**slip, "cancelado": True}) for slip in self.tables["boleto"].lookup("title", row["codigo"])
        ]
        blank = {"valor_pago": "0.00", "juros": "0.00", "multa": "0.00", "desconto": "0.00"}
        new = {
            **row,
            **blank,
            "situacao": after,
            "data_pagamento": None,
            "data_credito": None,
            "atualizado_em": self._now,
        }
        return Answer(ogestor.accept(self.world, call, [("titulo", new), *slips], body, "reverse"))

    def cancel(self, call: Call) -> Answer:
        """Only what is open."""
        row = self._one("titulo", call)
        if row["situacao"] == CANCELLED:
            return Answer(row)
        if row["situacao"] != OPEN:
            ogestor.refuse("Lançamento liquidado não pode ser cancelado.", {"situacao": row["situacao"]})
        return self._becomes(call, row, {}, "cancel", situacao=CANCELLED)

    # Bank slips

    def create_slip(self, call: Call) -> Answer:
        """One per receivable, in the account that records online receipts."""
        body = ogestor.document(call)
        title = body.get("conta_receber_id")
        if not isinstance(title, int) or title not in self.tables["titulo"].rows:
            ogestor.refuse("Conta a receber não encontrada.", {"conta_receber_id": "inexistente"})
        if there := self.tables["boleto"].lookup("title", title):
            raise RefusedError(ogestor.duplicate(self._slip(there[0]), self.quirks))
        if body.get("conta_corrente") != ACCOUNT["nome"]:
            ogestor.refuse("Conta corrente não encontrada.", {"conta_corrente": "inexistente"})
        code = self.tables["boleto"].next_id()
        row = {
            "codigo": code,
            "conta_receber_id": title,
            "conta_corrente": body["conta_corrente"],
            "nosso_numero": body.get("nosso_numero"),
            "linha_digitavel": body.get("linha_digitavel"),
            "link_impressao": f"/boletos/{code}/impressao",
            "cancelado": False,
            "atualizado_em": self._now,
        }
        self._accepted(call, "boleto", row, body, "create")
        return Answer(self._slip(row))

    def change_slip(self, call: Call) -> Answer:
        """Its line and number, once the bank has given them."""
        old, body = self._one("boleto", call), ogestor.document(call)
        given: Row = {name: body[name] for name in ("nosso_numero", "linha_digitavel") if name in body}
        row: Row = {**old, **given, "atualizado_em": self._now}
        self._accepted(call, "boleto", row, body, "update")
        return Answer(self._slip(row))

    # Parts

    @property
    def _now(self) -> str:
        return self.world.clock.isoformat(timespec="seconds")

    def _becomes(self, call: Call, row: Row, body: Row, verb: str, **changed: Any) -> Answer:
        return self._accepted(call, "titulo", {**row, **changed, "atualizado_em": self._now}, body, verb)

    def _accepted(self, call: Call, table: str, row: Row, body: Row, verb: str) -> Answer:
        return Answer(ogestor.accept(self.world, call, [(table, row)], body, verb))


def _tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """The consumer client, and what the reseller typed by hand before: a few clients, one of them twice."""
    made = {
        "cliente": Table("codigo", {"external": _external}),
        "titulo": Table("codigo", {"external": _external}),
        "boleto": Table("codigo", {"title": lambda row: row.get("conta_receber_id")}),
    }
    moment = (START - timedelta(days=90)).isoformat(timespec="seconds")
    consumer: Row = {**dict.fromkeys(CLIENT_FIELDS), "codigo": CONSUMER, "codigo_externo": None, "nome": "CONSUMIDOR"}
    made["cliente"].load([{**consumer, "emails": [], "fones": [], "atualizado_em": moment}])
    known = reseller.clients(seed, size)
    typed = [*known[2:14:4], known[8], known[8]]
    rows: list[Row] = [
        {
            **dict.fromkeys(CLIENT_FIELDS),
            "codigo": FIRST_CLIENT + n,
            "codigo_externo": None,
            "nome": client.who.name,
            "cpf_cnpj": client.who.tax_id,
            "emails": [client.email],
            "fones": [client.who.phone],
            "atualizado_em": moment,
        }
        for n, client in enumerate(typed)
    ]
    made["cliente"].load(rows)
    made["titulo"].load([_typed_by_hand(rows[0]["codigo"], moment)])
    return made, [Planted("cliente", row["codigo"], "typed by hand twice") for row in rows[-2:]]


def _typed_by_hand(client: int, moment: str) -> Row:
    return {
        "codigo": FIRST_TITLE,
        "codigo_externo": None,
        "cliente_id": client,
        "descricao": "Consultoria",
        "num_doc": "17",
        "valor": cents(35000).text,
        "valor_pago": "0.00",
        "juros": "0.00",
        "multa": "0.00",
        "desconto": "0.00",
        "lancamento": "2026-10-01",
        "vencimento": "2026-10-30",
        "data_pagamento": None,
        "data_credito": None,
        "situacao": OPEN,
        "conta_corrente_id": 1,
        "mes_referencia": None,
        "ano_referencia": None,
        "atualizado_em": moment,
    }


def _external(row: Row) -> str | None:
    found = row.get("codigo_externo")
    return found if isinstance(found, str) else None
