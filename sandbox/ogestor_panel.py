"""oGestor's reseller panel: clients, contracts, invoices. The HTTP contract is ASSUMED: none is published.

Documented by the vendor's wiki: a contract starts as `Em Teste` and must be `Ativo` before invoices can be made;
one contract per client; an invoice starts as `Em Processamento`, cannot be given another status, and some seconds
later is `Aguardando Pagamento`; months have two digits, years four; HTML and PDF views; e-mails are unique.
Assumed beyond that: how a payment is told to the panel (`baixar`, `estornar`, `disputa`), and that plans have a
monthly price.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import escape
from typing import Any

from stdnum.br import cnpj, cpf

from sandbox import _ogestor as ogestor
from sandbox import _reseller as reseller
from sandbox._asaas_data import FEE, next_business_day, register
from sandbox._call import Answer, Call, Planted, RefusedError, Route, System
from sandbox._numbers import cents
from sandbox._people import bare
from sandbox._table import Equal, Row, Table
from sandbox._world import BRASILIA, START, Size, World

CREDENTIALS: Row = {"personal_token": "painel-invented-personal-token-of-the-stand-in"}
WAITING, PENDING, SETTLED, REVERSED, CANCELLED = (
    "Em Processamento",
    "Aguardando Pagamento",
    "Paga",
    "Estornada",
    "Cancelada",
)
CONTRACT_STATUSES = (reseller.TRIAL, reseller.ACTIVE, reseller.BLOCKED, reseller.ENDED)
PROCESSING = timedelta(seconds=5)
MONTH, YEAR = re.compile(r"0[1-9]|1[0-2]"), re.compile(r"\d{4}")
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
KNOWN_BEFORE = (reseller.PAID, reseller.PAID_LATE, reseller.REFUNDED, reseller.CANCELLED)


def build(world: World) -> System:
    """The panel in this world."""
    return Panel(world).system


class Panel:
    """The handlers, around clients, plans, contracts and invoices."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables, planted = _tables(world.seed, world.size, world.size_name)
        self.quirks = ogestor.quirks()
        self.door = ogestor.Door(world, CREDENTIALS["personal_token"])
        self.system = System(
            name="ogestor_panel",
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
            tick=self.tick,
        )

    def _routes(self) -> list[Route]:
        invoice = "/faturas/{codigo}"
        return [
            self.door.route(),
            Route("GET", "/planos", lambda call: ogestor.listing(call, self.tables["plano"].select(), self.quirks)),
            Route("GET", "/clientes", lambda call: self._listing(call, "cliente")),
            Route("POST", "/clientes", self.create_client),
            Route("GET", "/clientes/{codigo}", lambda call: Answer(self._one("cliente", call))),
            Route("PUT", "/clientes/{codigo}", self.change_client),
            Route("GET", "/contratacoes", lambda call: self._listing(call, "contratacao")),
            Route("POST", "/contratacoes", self.create_contract),
            Route("PUT", "/contratacoes/{codigo}", self.change_contract),
            Route("GET", "/faturas", self.invoices),
            Route("POST", "/faturas", self.create_invoice),
            Route("GET", invoice, lambda call: Answer(self._shown(self._one("fatura", call)))),
            Route("POST", f"{invoice}/cancelar", self.cancel),
            Route("POST", f"{invoice}/baixar", self.settle),
            Route("POST", f"{invoice}/estornar", self.reverse),
            Route("POST", f"{invoice}/disputa", self.dispute),
            Route("GET", f"{invoice}/html", self.html),
            Route("GET", f"{invoice}/pdf", self.pdf),
        ]

    def tick(self) -> None:
        """Some seconds after it was saved, an invoice has a charge at the payment partner and waits for its payment."""
        for row in self.tables["fatura"].select([Equal("status", WAITING)]):
            saved = datetime.fromisoformat(row["criado_em"])
            is_known = row["cliente_id"] in self.tables["cliente"].rows  # no charge is registered for a removed client
            if is_known and self.world.clock - saved >= PROCESSING:
                self.tables["fatura"].put({**row, **self._registered(row), "atualizado_em": _iso(saved + PROCESSING)})

    def _registered(self, row: Row) -> Row:
        client = self.tables["cliente"].rows[row["cliente_id"]]
        charge = register(self.world.systems["asaas"].tables, row, client, self.world.clock.date())
        return {"status": PENDING, **_links(row["codigo"]), "cobranca_id": charge}

    # Reading

    def invoices(self, call: Call) -> Answer:
        """Invoices, changed since a moment when asked."""
        return ogestor.listing(call, self.tables["fatura"].select(ogestor.conditions(call)), self.quirks, self._shown)

    def html(self, call: Call) -> Answer:
        """What the client sees."""
        row = self._one("fatura", call)
        client = self.tables["cliente"].rows.get(row["cliente_id"], {"nome": "Cliente removido"})
        told = f"{escape(row['descricao'])}: R$ {row['valor']}, vencimento {row['vencimento']}"
        body = f"<h1>Fatura {row['codigo']}</h1><p>{escape(client['nome'])}</p><p>{told}</p>"
        return Answer(text=f"<!DOCTYPE html><html><body>{body}</body></html>", media="text/html; charset=UTF-8")

    def pdf(self, call: Call) -> Answer:
        """A PDF of one empty page with the invoice's number as its title."""
        row = self._one("fatura", call)
        parts = (
            "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
            "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj",
            "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj",
            f"4 0 obj<</Title(Fatura {row['codigo']})>>endobj",
        )
        return Answer(
            raw="\n".join(("%PDF-1.4", *parts, "trailer<</Root 1 0 R/Info 4 0 R>>", "%%EOF")).encode(),
            media="application/pdf",
        )

    def _listing(self, call: Call, table: str) -> Answer:
        return ogestor.listing(call, self.tables[table].select(ogestor.conditions(call)), self.quirks)

    def _one(self, table: str, call: Call) -> Row:
        code = call.parts["codigo"]
        row = self.tables[table].rows.get(int(code)) if code.isascii() and code.isdigit() else None
        if row is None:
            raise RefusedError(ogestor.error(404, "Registro não encontrado."))
        return row

    def _shown(self, row: Row) -> Row:
        overdue = row["status"] == PENDING and str(row["vencimento"]) < self.world.clock.date().isoformat()
        return {**row, "vencida": overdue}

    # Clients and contracts

    def create_client(self, call: Call) -> Answer:
        body = ogestor.document(call)
        row = {"codigo": self.tables["cliente"].next_id(), **{name: body.get(name) for name in CLIENT_FIELDS}}
        return self._save_client(call, row, body, "create")

    def change_client(self, call: Call) -> Answer:
        old, body = self._one("cliente", call), ogestor.document(call)
        row = {**old, **{name: body[name] for name in CLIENT_FIELDS if name in body}}
        return self._save_client(call, row, body, "update")

    def _save_client(self, call: Call, row: Row, body: Row, verb: str) -> Answer:
        if not isinstance(row["nome"], str) or not row["nome"].strip():
            ogestor.refuse("Nome é obrigatório.", {"nome": "obrigatório"})
        if row["cpf_cnpj"] and not (cpf.is_valid(row["cpf_cnpj"]) or cnpj.is_valid(row["cpf_cnpj"])):
            ogestor.refuse("CPF/CNPJ inválido.", {"cpf_cnpj": "inválido"})
        emails = row["emails"] or []
        if not isinstance(emails, list) or not emails:
            ogestor.refuse("E-mail é obrigatório.", {"emails": "obrigatório"})
        others = [other for other in self.tables["cliente"].rows.values() if other["codigo"] != row["codigo"]]
        if any(set(emails) & set(other["emails"] or []) for other in others):
            ogestor.refuse("E-mail já utilizado por outro cliente.", {"emails": "já utilizado"})
        row = {"planos": [], **row, "cpf_cnpj": bare(row["cpf_cnpj"]) or None, "atualizado_em": _iso(self.world.clock)}
        return Answer(ogestor.accept(self.world, call, [("cliente", row)], body, verb))

    def create_contract(self, call: Call) -> Answer:
        """From the client alone; the status that comes along is ignored."""
        body = ogestor.document(call)
        client = body.get("cliente_id")
        if not isinstance(client, int) or client not in self.tables["cliente"].rows:
            ogestor.refuse("Cliente não encontrado.", {"cliente_id": "inexistente"})
        if self._contract_of(client):
            ogestor.refuse("Cliente já possui contratação.", {"cliente_id": "já possui contratação"})
        code = self.tables["contratacao"].next_id()
        row = {"codigo": code, "cliente_id": client, "status": reseller.TRIAL, "atualizado_em": _iso(self.world.clock)}
        return Answer(ogestor.accept(self.world, call, [("contratacao", row)], body, "create"))

    def change_contract(self, call: Call) -> Answer:
        old, body = self._one("contratacao", call), ogestor.document(call)
        if body.get("status") not in CONTRACT_STATUSES:
            ogestor.refuse("Status inválido.", {"status": "inválido"})
        row = {**old, "status": body["status"], "atualizado_em": _iso(self.world.clock)}
        return Answer(ogestor.accept(self.world, call, [("contratacao", row)], body, "update"))

    def _contract_of(self, client: int) -> Row | None:
        return next(iter(self.tables["contratacao"].lookup("cliente", client)), None)

    # Invoices

    def create_invoice(self, call: Call) -> Answer:
        """Code and status are the panel's own: what comes along is ignored. Two invoices of a month are possible."""
        body = ogestor.document(call)
        client = body.get("cliente_id")
        if not isinstance(client, int) or client not in self.tables["cliente"].rows:
            ogestor.refuse("Cliente não encontrado.", {"cliente_id": "inexistente"})
        contract = self._contract_of(client)
        if contract is None or contract["status"] != reseller.ACTIVE:
            ogestor.refuse("Cliente sem contratação ativa.", {"cliente_id": "contratação inexistente"})
        if not isinstance(body.get("descricao"), str) or not body["descricao"].strip():
            ogestor.refuse("Descrição é obrigatória.", {"descricao": "obrigatória"})
        issued, due = ogestor.day(body, "lancamento"), ogestor.day(body, "vencimento")
        if str(due) < str(issued):
            ogestor.refuse("Vencimento anterior ao lançamento.", {"vencimento": "anterior ao lançamento"})
        for name, pattern in (("mes_referencia", MONTH), ("ano_referencia", YEAR)):
            if not isinstance(body.get(name), str) or not pattern.fullmatch(body[name]):
                ogestor.refuse("Referência inválida.", {name: "inválido"})
        given = {name: body[name] for name in ("descricao", "mes_referencia", "ano_referencia")}
        row = _invoice(
            self.tables["fatura"].next_id(),
            client,
            contract["codigo"],
            {**given, "valor": ogestor.money(body, "valor"), "lancamento": issued, "vencimento": due},
            self.world.clock,
        )
        return Answer(self._shown(ogestor.accept(self.world, call, [("fatura", row)], body, "create")))

    def settle(self, call: Call) -> Answer:
        """The partner has the money. Saying it again is no change; saying it later adds what was not known."""
        row, body = self._one("fatura", call), ogestor.document(call)
        told: Row = {
            "valor_pago": ogestor.money(body, "valor_pago"),
            "data_pagamento": ogestor.day(body, "data_pagamento"),
        }
        told |= {
            name: ogestor.money(body, name, zero=True) for name in ("juros", "multa", "desconto") if body.get(name)
        }
        if body.get("valor_liquido") is not None:
            told["valor_liquido"] = ogestor.money(body, "valor_liquido", zero=True)
        if body.get("data_credito") is not None:
            told["data_credito"] = ogestor.day(body, "data_credito")
        if row["status"] == SETTLED:
            kept = {name: row[name] for name in ("valor_pago", "data_pagamento")}
            if any(told[name] != value for name, value in kept.items()):
                ogestor.refuse("Fatura já paga com outro valor ou outra data.", {"status": SETTLED})
            if all(row.get(name) == value for name, value in told.items()):
                return Answer(self._shown(row))
        elif row["status"] != PENDING:
            ogestor.refuse(f"Fatura {row['status'].lower()} não pode ser baixada.", {"status": row["status"]})
        verb = "credit" if row["status"] == SETTLED else "settle"
        return self._invoice_becomes(call, row, body, verb, status=SETTLED, **told)

    def reverse(self, call: Call) -> Answer:
        """The money went back."""
        row, body = self._one("fatura", call), ogestor.document(call)
        if row["status"] == REVERSED:
            return Answer(self._shown(row))
        if row["status"] != SETTLED:
            ogestor.refuse("Somente faturas pagas podem ser estornadas.", {"status": row["status"]})
        day = ogestor.day(body, "data_estorno")
        return self._invoice_becomes(call, row, body, "reverse", status=REVERSED, data_estorno=day, em_disputa=False)

    def dispute(self, call: Call) -> Answer:
        """The payer contests, or no longer does; the invoice stays paid."""
        row, body = self._one("fatura", call), ogestor.document(call)
        if not isinstance(body.get("em_disputa"), bool):
            ogestor.refuse("Informe em_disputa.", {"em_disputa": "obrigatório"})
        if row["status"] != SETTLED:
            ogestor.refuse("Somente faturas pagas podem ser disputadas.", {"status": row["status"]})
        if row["em_disputa"] == body["em_disputa"]:
            return Answer(self._shown(row))
        return self._invoice_becomes(call, row, body, "dispute", em_disputa=body["em_disputa"])

    def cancel(self, call: Call) -> Answer:
        """Only what was not paid."""
        row = self._one("fatura", call)
        if row["status"] == CANCELLED:
            return Answer(self._shown(row))
        if row["status"] not in (WAITING, PENDING):
            ogestor.refuse("Fatura paga não pode ser cancelada.", {"status": row["status"]})
        return self._invoice_becomes(call, row, {}, "cancel", status=CANCELLED)

    def _invoice_becomes(self, call: Call, row: Row, body: Row, verb: str, **changed: Any) -> Answer:
        new = {**row, **changed, "atualizado_em": _iso(self.world.clock)}
        return Answer(self._shown(ogestor.accept(self.world, call, [("fatura", new)], body, verb)))


def _tables(seed: int, size: Size, size_name: str) -> tuple[dict[str, Table], list[Planted]]:
    clients = reseller.clients(seed, size)
    made = {
        "plano": Table("codigo"),
        "cliente": Table("codigo"),
        "contratacao": Table("codigo", {"cliente": lambda row: row.get("cliente_id")}),
        "fatura": Table("codigo", {"cliente": lambda row: row.get("cliente_id")}),
    }
    made["plano"].load(
        {"codigo": c, "nome": n, "valor_mensal": cents(p).text, "ativo": True} for c, n, p in reseller.PLANS
    )
    made["cliente"].load(_client(each) for each in clients)
    contracts = {c.code: reseller.FIRST_CONTRACT + n for n, c in enumerate(c for c in clients if c.contract)}
    made["contratacao"].load(
        {"codigo": contracts[c.code], "cliente_id": c.code, "status": c.contract, "atualizado_em": _iso(START)}
        for c in clients
        if c.contract
    )
    made["fatura"].load(_past(each, contracts[each.client.code]) for each in reseller.invoices(clients, size_name))
    odd = ("a CNPJ with a wrong digit", "no tax id", "the e-mail of another client", "the CNPJ of another client")
    strange = [Planted("cliente", each.code, what) for each, what in zip(clients[-len(odd) :], odd, strict=True)]
    return made, strange


def _client(client: reseller.Client) -> Row:
    who = client.who
    return {
        "codigo": client.code,
        "nome": who.name,
        "fantasia": who.name.split()[0],
        "cpf_cnpj": who.tax_id,
        "emails": [client.email],
        "fones": [who.phone],
        "cep": "01001000",
        "logradouro": "Rua Direita",
        "numero": str(client.code),
        "bairro": "Centro",
        "cidade": "São Paulo",
        "uf": "SP",
        "planos": [{"codigo": code, "nome": name} for code, name, _ in reseller.PLANS if code in client.plans],
        "atualizado_em": _iso(START - timedelta(days=client.code % 300)),
    }


def _past(invoice: reseller.Invoice, contract: int) -> Row:
    """An invoice from before the start. What the partner knows better is still open here."""
    given = {
        "descricao": f"Mensalidade {invoice.month:02d}/{invoice.year}",
        "valor": cents(invoice.client.cents).text,
        "lancamento": invoice.issued.isoformat(),
        "vencimento": invoice.due.isoformat(),
        "mes_referencia": f"{invoice.month:02d}",
        "ano_referencia": str(invoice.year),
    }
    issued = datetime(invoice.year, invoice.month, 1, 8, 0, tzinfo=BRASILIA)
    row = _invoice(invoice.code, invoice.client.code, contract, given, issued)
    row |= {"status": PENDING, "cobranca_id": f"pay_{invoice.code:012d}", **_links(invoice.code)}
    if invoice.story == reseller.CANCELLED:
        row |= {"status": CANCELLED}
    elif invoice.story in KNOWN_BEFORE and invoice.paid_on < reseller.TODAY:
        row |= _told(invoice)
    return row


def _told(invoice: reseller.Invoice) -> Row:
    paid = invoice.paid_on.isoformat()
    face, amount = invoice.client.cents, invoice.paid_cents
    fine = face * 2 // 100 if amount > face else 0
    return {
        "status": SETTLED,
        "valor_pago": cents(amount).text,
        "multa": cents(fine).text,
        "juros": cents(max(0, amount - face - fine)).text,
        "valor_liquido": cents(amount - FEE).text,
        "data_pagamento": paid,
        "data_credito": next_business_day(invoice.paid_on).isoformat(),
        "atualizado_em": f"{paid}T18:00:00-03:00",
    }


def _invoice(code: int, client: int, contract: int, given: Row, moment: datetime) -> Row:
    unknown = dict.fromkeys(
        (
            *("cobranca_id", "link_html", "link_pdf", "linha_digitavel", "pix_copia_cola", "valor_pago", "juros"),
            *("multa", "desconto", "valor_liquido", "data_pagamento", "data_credito", "data_estorno"),
        )
    )
    head = {"codigo": code, "status": WAITING, "cliente_id": client, "contratacao_id": contract}
    return {**head, **given, **unknown, "em_disputa": False, "criado_em": _iso(moment), "atualizado_em": _iso(moment)}


def _links(code: int) -> Row:
    return {
        "link_html": f"/faturas/{code}/html",
        "link_pdf": f"/faturas/{code}/pdf",
        "linha_digitavel": f"{10_000_000 + code}".rjust(47, "0"),
        "pix_copia_cola": f"00020126{code}6304",
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
