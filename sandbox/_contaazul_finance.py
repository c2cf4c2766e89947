"""Conta Azul's receivables and payables: created at once or by a protocol, searched by due date only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox._call import Answer, Call, Handler, RefusedError, Route
from sandbox._contaazul_settlements import as_read, parcel_of, settlements_of
from sandbox._contaazul_words import body_of, generic, in_finance, missing, new_id, paged, unknown_route, worded
from sandbox._numbers import is_amount
from sandbox._table import Row, Table
from sandbox._world import World, Write

LONGEST_WINDOW_DAYS = 365
FINANCE = "/v1/financeiro"
SIDES = {"contas-a-receber": ("RECEITA", "id_cliente"), "contas-a-pagar": ("DESPESA", "id_fornecedor")}
DONE = {"RECEITA": "O evento financeiro foi criado no contas a receber da Conta Azul."}
SETTLED_BY = {
    "PENDENTE": ("OPEN", "EM_ABERTO"),
    "QUITADO": ("ACQUITTED", "RECEBIDO"),
    "CANCELADO": ("CANCELED", "CANCELADO"),
    "RENEGOCIADO": ("RENEGOTIATED", "RENEGOCIADO"),
    "PERDIDO": ("LOST", "PERDIDO"),
}
EDITABLE = {"descricao": "descricao", "nota": "nota", "vencimento": "data_vencimento"}
"""What an edit of a parcel may say, and what it is called everywhere else."""


class Finance:
    """The routes under `/v1/financeiro`, and the lookups that its fields are chosen from."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.quirks = quirks

    def routes(self) -> list[Route]:
        """Creation in its new and its old form, the searches, single parcels, lookups."""
        routes = []
        for side in SIDES:
            routes += [
                Route("POST", f"{FINANCE}/{side}", self._create(side, old=False)),
                Route("POST", f"{FINANCE}/eventos-financeiros/{side}", self._create(side, old=True)),
                Route("GET", f"{FINANCE}/eventos-financeiros/{side}/buscar", self._search(side)),
            ]
        return [
            *routes,
            Route("GET", f"{FINANCE}/eventos-financeiros/parcelas/{{id}}", self.parcel),
            Route("PATCH", f"{FINANCE}/eventos-financeiros/parcelas/{{id}}", self.patch_parcel),
            Route("GET", f"{FINANCE}/eventos-financeiros/{{id}}/parcelas", self.parcels_of_event),
            Route("GET", "/v1/protocolo/{id}", self.protocol),
            Route("GET", "/v1/categorias", self.categories),
            Route("GET", "/v1/conta-financeira", self._lookup("contas", "itens")),
            Route("GET", "/v1/centro-de-custo", self._lookup("centros", "items")),
        ]

    # Writing

    def _create(self, side: str, *, old: bool) -> Handler:
        """The new form answers 201 at once; the old one does so too since October 2026, and gave a protocol before."""

        def created(call: Call) -> Answer:
            by_protocol = self.quirks["finance_mode"] == "protocol"
            if by_protocol and not old:
                return unknown_route(call)
            body = body_of(call)
            who = "contato" if by_protocol else SIDES[side][1]
            person = body.get(who) or (body.get("contato") if old else None)
            self._judge(body, side, person, who, old=by_protocol)
            event, parcels = self._event(body, side, person)
            rows = [("eventos", event), *(("parcelas", parcel) for parcel in parcels)]
            if by_protocol:
                return self._promise(call, body, event, rows)
            self.world.accept(call, Write("create", event["id"], body, rows, reference=event["codigo_referencia"]))
            told = [{name: parcel[name] for name in ("id", "data_vencimento", "valor")} for parcel in parcels]
            return Answer({"id": event["id"], "parcelas": told}, 201)

        return created

    def _promise(self, call: Call, body: Row, event: Row, rows: list[tuple[str, Row]]) -> Answer:
        """Live answers were 200, though the pages say 202. What becomes of it is a quirk."""
        fate = self.quirks["protocol"]
        protocol = {
            "id": new_id(self.tables["protocolos"], "protocolos"),
            "status": {"done": "SUCCESS", "error": "ERROR"}.get(fate, "PENDING"),
            "polls": 0,
            "resposta": {"error": self.quirks["protocol_words"]}.get(fate, DONE["RECEITA"]),
            "evento_financeiro_id": event["id"] if fate != "error" else None,
            "rows": rows if fate == "stuck" else [],
        }
        kept = [("protocolos", protocol), *(rows if fate in ("done", "late") else [])]
        verb = "create" if fate in ("done", "late") else "promise"
        write = Write(verb, event["id"], body, kept, reference=event["codigo_referencia"])
        self.world.accept(call, write)
        now = self.world.clock.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Answer({"protocolo": protocol["id"], "status": "PENDING", "data_criacao": now})

    def protocol(self, call: Call) -> Answer:
        """What became of a promise: PENDING at the first look; gone with the protocols themselves."""
        row = self.tables["protocolos"].rows.get(call.parts["id"])
        if row is None or self.quirks["finance_mode"] == "sync":
            raise missing(call)
        if self.quirks["protocol"] == "done" and row["rows"]:
            self._keep([*row["rows"], ("protocolos", {**row, "status": "SUCCESS", "rows": []})])
            row = self.tables["protocolos"].rows[row["id"]]
        self._keep([("protocolos", {**row, "polls": row["polls"] + 1})])
        settled = row["status"] if row["polls"] else "PENDING"
        told: Row = {"id": row["id"], "status": settled}
        if settled != "PENDING":
            told |= {"resposta": row["resposta"], "evento_financeiro_id": row["evento_financeiro_id"]}
        return Answer({name: value for name, value in told.items() if value is not None})

    def _keep(self, rows: list[tuple[str, Row]]) -> None:
        for table, row in rows:
            self.world.plant({"system": "contaazul", "table": table, "rows": [row]})

    def _event(self, body: Row, side: str, person: Any) -> tuple[Row, list[Row]]:
        now = self.world.clock.strftime("%Y-%m-%dT%H:%M:%SZ")
        key = new_id(self.tables["eventos"], "eventos")
        event = {
            "id": key,
            "tipo": SIDES[side][0],
            "pessoa": person,
            "descricao": body["descricao"],
            "observacao": body.get("observacao"),
            "data_competencia": body["data_competencia"],
            "valor": body["valor"],
            "conta_financeira": body["conta_financeira"],
            "rateio": body["rateio"],
            "codigo_referencia": body.get("referencia_externa"),
        }
        parcels = []
        for number, part in enumerate(body["condicao_pagamento"]["parcelas"], 1):
            parcels.append(
                {
                    "id": new_id(self.tables["parcelas"], f"parcela {number} {key}"),
                    "evento": key,
                    "indice": number,
                    "versao": 0,
                    "status": "PENDENTE",
                    "descricao": part.get("descricao") or body["descricao"],
                    "nota": part.get("nota") or "",
                    "data_vencimento": part["data_vencimento"],
                    "valor": part["detalhe_valor"]["valor_bruto"],
                    "pago": Decimal(0),
                    "conta_financeira": part.get("conta_financeira") or body["conta_financeira"],
                    "data_criacao": now,
                    "data_alteracao": now,
                }
            )
        return event, parcels

    def _judge(self, body: Row, side: str, person: Any, who: str, *, old: bool) -> None:
        """The old form lists everything that is missing, in Java's names; the new one tells the first fault."""
        wanted = ["data_competencia", "valor", "condicao_pagamento", "rateio"]
        wanted += [] if old else ["descricao", "conta_financeira"]
        absent = [name for name in wanted if body.get(name) in (None, "", [], {})]
        if not person and not old:
            absent.append(who)
        if absent and old:
            raise RefusedError(in_finance(f"{', '.join(map(_java, absent))} must not be null"))
        if absent:
            raise RefusedError(in_finance(f"O campo {absent[0]} é obrigatório"))
        for wrong, message in self._faults(body, side, person):
            if wrong:
                raise RefusedError(in_finance(message))

    def _faults(self, body: Row, side: str, person: Any) -> list[tuple[bool, str]]:
        rows = self.tables
        kind = SIDES[side][0]
        account = rows["contas"].rows.get(body.get("conta_financeira"), {})
        shares = body["rateio"]
        parts = body["condicao_pagamento"].get("parcelas") or []
        categories = [rows["categorias"].rows.get(share.get("id_categoria"), {}) for share in shares]
        values = [part.get("detalhe_valor", {}).get("valor_bruto") for part in parts]
        return [
            (not is_amount(body["valor"]), "O valor deve ser maior que zero"),
            (person is not None and person not in rows["pessoas"].rows, "Pessoa não encontrada"),
            (bool(body.get("conta_financeira")) and not account, "Conta financeira não encontrada"),
            (kind == "DESPESA" and account.get("tipo") == "RECEBA_FACIL_CARTAO", "Conta Receba Fácil não é permitida"),
            (any(category.get("tipo") != kind for category in categories), "Categoria não encontrada"),
            (not all(is_amount(share.get("valor")) for share in shares), "Rateio inválido"),
            (_sum([share.get("valor") for share in shares]) != body["valor"], "A soma do rateio difere do valor"),
            (not parts or not all(is_amount(value) for value in values), "Parcelas inválidas"),
            (_sum(values) != body["valor"], "A soma das parcelas difere do valor"),
            (not all(_is_day(part.get("data_vencimento")) for part in parts), "Data de vencimento inválida"),
            (not _is_day(body["data_competencia"]), "Data de competência inválida"),
        ]

    def patch_parcel(self, call: Call) -> Answer:
        """Edits a parcel, if the version that the client read is the newest."""
        parcel, body = parcel_of(self.tables, call), body_of(call)
        if body.get("versao") != parcel["versao"]:
            raise RefusedError(generic(409, "Versão informada para o recurso é inválida", call))
        changed: Row = {kept: body[said] for said, kept in EDITABLE.items() if said in body}
        now = self.world.clock.strftime("%Y-%m-%dT%H:%M:%SZ")
        row = {**parcel, **changed, "versao": parcel["versao"] + 1, "data_alteracao": now}
        self.world.accept(call, Write("update", row["id"], body, [("parcelas", row)]))
        edited = {said: row[kept] for said, kept in EDITABLE.items()}
        account = self._account(row["conta_financeira"])
        amounts = {"valor_bruto": row["valor"]}
        return Answer({**edited, "versao": row["versao"], "composicao_valor": amounts, "conta_financeira": account})

    # Reading

    def _search(self, side: str) -> Callable[[Call], Answer]:
        kind, who = SIDES[side]

        def searched(call: Call) -> Answer:
            self._refuse_windows(call)
            rows = [row for row in self.tables["parcelas"].select() if self._passes(call, row, kind)]
            page, _, _ = paged(call, rows, lambda row: self._in_list(row, who.removeprefix("id_")), self.quirks)
            total = sum((Decimal(row["valor"]) for row in rows), Decimal(0))
            sums = {"ativo": 0, "inativo": 0, "todos": total}
            return Answer({"itens_totais": len(rows), "itens": page, "totais": sums})

        return searched

    def _refuse_windows(self, call: Call) -> None:
        asked = call.query
        for name in ("data_vencimento", "data_alteracao"):
            low, high = asked.get(f"{name}_de"), asked.get(f"{name}_ate")
            if name == "data_vencimento" and not (low and high):
                raise RefusedError(in_finance("data_vencimento_de e data_vencimento_ate são obrigatórios"))
            if not (low and high):
                continue
            if not (_is_day(low[:10]) and _is_day(high[:10])):
                raise RefusedError(in_finance(f"{name} inválida"))
            if (date.fromisoformat(high[:10]) - date.fromisoformat(low[:10])).days > LONGEST_WINDOW_DAYS:
                raise RefusedError(in_finance("O período não pode ser maior que 365 dias"))

    def _passes(self, call: Call, row: Row, kind: str) -> bool:
        event = self.tables["eventos"].rows.get(row["evento"], {})
        asked = call.query
        filtered = kind == "RECEITA" and self.quirks["client_filter"] == "honoured"
        people = call.every("ids_clientes") if filtered else []
        changed = asked.get("data_alteracao_de")
        return (
            event.get("tipo") == kind
            and asked["data_vencimento_de"] <= row["data_vencimento"] <= asked["data_vencimento_ate"]
            and (not people or event["pessoa"] in people)
            and (not asked.get("descricao") or asked["descricao"].casefold() in str(row["descricao"]).casefold())
            and (not changed or row["data_alteracao"][:19] >= changed[:19])
        )

    def _in_list(self, row: Row, who: str) -> Row:
        event = self.tables["eventos"].rows[row["evento"]]
        status, translated = SETTLED_BY.get(row["status"], (row["status"], "RECEBIDO_PARCIAL"))
        person = self.tables["pessoas"].rows.get(event["pessoa"], {})
        names = {key: row_["nome"] for key, row_ in self.tables["categorias"].rows.items()}
        return {
            "id": row["id"],
            "descricao": row["descricao"],
            "data_vencimento": row["data_vencimento"],
            "status": status,
            "status_traduzido": worded(translated, self.quirks["situations"]),
            "total": row["valor"],
            "pago": row["pago"],
            "nao_pago": Decimal(row["valor"]) - Decimal(row["pago"]),
            "data_criacao": row["data_criacao"],
            "data_alteracao": row["data_alteracao"],
            "data_competencia": event["data_competencia"],
            "categorias": [{"id": s["id_categoria"], "nome": names[s["id_categoria"]]} for s in event["rateio"]],
            "centros_de_custo": [],
            who: {"id": event["pessoa"], "nome": person.get("nome", "")} if event["pessoa"] else None,
        }

    def parcel(self, call: Call) -> Answer:
        """One parcel, whole, with its event."""
        return Answer(self._whole(parcel_of(self.tables, call)))

    def parcels_of_event(self, call: Call) -> Answer:
        """The parcels of an event as a bare array."""
        rows = [row for row in self.tables["parcelas"].select() if row["evento"] == call.parts["id"]]
        return Answer([self._whole(row) for row in rows])

    def _whole(self, row: Row) -> Row:
        event = self.tables["eventos"].rows[row["evento"]]
        told: Row = {
            "id": event["id"],
            "tipo": event["tipo"],
            "data_competencia": event["data_competencia"],
            "agendado": False,
            "referencia": {"id": event["id"], "revisao": "1", "origem": "LANCAMENTO_FINANCEIRO"},
            "rateio": event["rateio"],
        }
        # Whether our reference can be read back is not known.
        if self.quirks["reference_readback"] == "shown" and event["codigo_referencia"]:
            told["codigo_referencia"] = event["codigo_referencia"]
        value = row["valor"]
        amounts = {"valor_bruto": value, "valor_liquido": value, "multa": 0, "juros": 0, "desconto": 0, "taxa": 0}
        plain = ("id", "versao", "indice", "status", "data_vencimento", "descricao", "nota", "data_alteracao")
        return {
            **{name: row[name] for name in plain},
            "evento": told,
            "conciliado": False,
            "valor_pago": row["pago"],
            "nao_pago": Decimal(value) - Decimal(row["pago"]),
            "id_conta_financeira": row["conta_financeira"],
            "valor_composicao": amounts,
            "baixas": [self._settlement(done) for done in settlements_of(self.tables, row["id"])],
        }

    def _settlement(self, row: Row) -> Row:
        """Inside its parcel a settlement names its account whole."""
        return {**as_read(self.tables, row), "conta_financeira": self._account(row["conta_financeira"])}

    def _account(self, key: str) -> Row:
        return {"id": key, "nome": self.tables["contas"].rows.get(key, {}).get("nome")}

    # Lookups

    def categories(self, call: Call) -> Answer:
        """Categories of one kind or of both; one parameter is required whatever it says."""
        if "permite_apenas_filhos" not in call.query:
            raise RefusedError(in_finance("O parâmetro permite_apenas_filhos é obrigatório"))
        kind = call.query.get("tipo")
        rows = [row for row in self.tables["categorias"].select() if not kind or row["tipo"] == kind]
        page, _, _ = paged(call, rows, lambda row: row, self.quirks)
        return Answer({"itens": page, "itens_totais": len(rows)})

    def _lookup(self, table: str, items: str) -> Callable[[Call], Answer]:
        def looked_up(call: Call) -> Answer:
            rows = self.tables[table].select()
            page, _, _ = paged(call, rows, lambda row: row, self.quirks)
            states = {"ativo": len(rows), "inativo": 0, "todos": len(rows)}
            return Answer({items: page, "itens_totais": len(rows), "totais": states})

        return looked_up


def _sum(values: list[Any]) -> Decimal:
    return sum((Decimal(value) for value in values if is_amount(value)), Decimal(0))


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.strptime(value, "%Y-%m-%d"))  # noqa: DTZ007
    except ValueError:
        return False


def _java(name: str) -> str:
    return {"data_competencia": "competenceDate", "valor": "value", "condicao_pagamento": "paymentCondition"}.get(
        name, name
    )
