"""Conta Azul's settlements (baixas) of parcels: made, read, changed with their newest version, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox._call import Answer, Call, RefusedError, Route
from sandbox._contaazul_words import body_of, generic, missing, new_id
from sandbox._numbers import is_amount
from sandbox._table import Row, Table
from sandbox._world import World, Write

PARCELS = "/v1/financeiro/eventos-financeiros/parcelas"
TOLD_AT_ONCE = (
    *("id", "versao", "data_pagamento", "composicao_valor", "conta_financeira"),
    *("metodo_pagamento", "observacao", "nsu"),
)


class Settlements:
    """What is paid of a parcel; its state and its version follow."""

    def __init__(self, world: World, tables: dict[str, Table]) -> None:
        self.world = world
        self.tables = tables

    def routes(self) -> list[Route]:
        """Settlements of a parcel, and single ones."""
        return [
            Route("POST", f"{PARCELS}/{{id}}/baixa", self.settle),
            Route("GET", f"{PARCELS}/{{id}}/baixa", self.of_parcel),
            Route("GET", f"{PARCELS}/baixa/{{id}}", self.one),
            Route("PATCH", f"{PARCELS}/baixa/{{id}}", self.change),
            Route("DELETE", f"{PARCELS}/baixa/{{id}}", self.take_back),
        ]

    def settle(self, call: Call) -> Answer:
        """A settlement, whole or partial."""
        parcel, body = parcel_of(self.tables, call), body_of(call)
        if not body.get("data_pagamento") or not body.get("conta_financeira") or not _is_paid(body):
            # Observed: the gateway wraps its refusal in an HTML page.
            page = "<html><body><h1>Bad Request</h1></body></html>"
            raise RefusedError(Answer(status=400, text=page, media="text/html"))
        known = {name: body[name] for name in TOLD_AT_ONCE if name in body}
        key = new_id(self.tables["baixas"], f"baixa {parcel['id']}")
        return self._accept(call, "settle", body, {**known, "id": key, "versao": 0, "parcela": parcel["id"]})

    def change(self, call: Call) -> Answer:
        """Another date, account or amount, if the version that the client read is the newest."""
        row, body = self._one(call), body_of(call)
        if body.get("versao") != row["versao"]:
            raise RefusedError(generic(409, "Versão informada para o recurso é inválida", call))
        changed = {name: body[name] for name in TOLD_AT_ONCE if name in body and name != "id"}
        new = {**row, **changed, "versao": row["versao"] + 1}
        if not _is_paid(new):
            raise RefusedError(generic(400, "Requisição inválida", call))
        return self._accept(call, "update", body, new)

    def take_back(self, call: Call) -> Answer:
        """The parcel is as it was before; the answer has no body."""
        row = self._one(call)
        self._accept(call, "reverse", {}, {**row, "taken_back": True})
        return Answer(text="")

    def of_parcel(self, call: Call) -> Answer:
        """A bare array."""
        parcel = parcel_of(self.tables, call)
        return Answer([as_read(self.tables, row) for row in settlements_of(self.tables, parcel["id"])])

    def one(self, call: Call) -> Answer:
        """One settlement, with what it belongs to."""
        return Answer(as_read(self.tables, self._one(call)))

    def _one(self, call: Call) -> Row:
        row = self.tables["baixas"].rows.get(call.parts["id"])
        if row is None or row.get("taken_back"):
            raise missing(call)
        return row

    def _accept(self, call: Call, verb: str, body: Row, row: Row) -> Answer:
        parcel = self.tables["parcelas"].rows[row["parcela"]]
        others = [each for each in settlements_of(self.tables, parcel["id"]) if each["id"] != row["id"]]
        standing = others if row.get("taken_back") else [*others, row]
        paid = sum((Decimal(each["composicao_valor"]["valor_bruto"]) for each in standing), Decimal(0))
        followed = {
            **parcel,
            "pago": paid,
            "status": _status(paid, Decimal(parcel["valor"])),
            "versao": parcel["versao"] + 1,
            "data_alteracao": self.world.clock.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self.world.accept(call, Write(verb, row["id"], body, [("baixas", row), ("parcelas", followed)]))
        return Answer({name: row[name] for name in TOLD_AT_ONCE if name in row})


def parcel_of(tables: dict[str, Table], call: Call) -> Row:
    """The parcel that a call names; raises the refusal where there is none."""
    row = tables["parcelas"].rows.get(call.parts["id"])
    if row is None:
        raise missing(call)
    return row


def settlements_of(tables: dict[str, Table], parcel: str) -> list[Row]:
    """What stands of a parcel's settlements, the oldest first."""
    rows = tables["baixas"].select()
    return [row for row in rows if row["parcela"] == parcel and not row.get("taken_back")]


def as_read(tables: dict[str, Table], row: Row) -> Row:
    """A settlement as it is read back: the amounts under another name than they were sent under."""
    parcel = tables["parcelas"].rows[row["parcela"]]
    same = {name: row[name] for name in TOLD_AT_ONCE if name in row and name != "composicao_valor"}
    return {
        **same,
        "valor_composicao": row["composicao_valor"],
        "id_parcela": parcel["id"],
        "origem": "LANCAMENTO_FINANCEIRO",
        "tipo_evento_financeiro": tables["eventos"].rows[parcel["evento"]]["tipo"],
        "atualizado_em": parcel["data_alteracao"],
        "anexos": [],
    }


def _is_paid(row: Row) -> bool:
    amounts: Any = row.get("composicao_valor")
    return isinstance(amounts, dict) and is_amount(amounts.get("valor_bruto"))


def _status(paid: Decimal, value: Decimal) -> str:
    if not paid:
        return "PENDENTE"
    return "QUITADO" if paid >= value else "RECEBIDO_PARCIAL"
