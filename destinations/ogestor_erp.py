"""What is written to oGestor's ERP: clients, receivables and every change of their state, bank slips.

Assumed contract: `codigo_externo` is unique per resource, and listings can be narrowed by it; what they show is checked
row by row, because a filter that the ERP does not know narrows nothing.
"""

from typing import Any

from connections._paths import below
from connections.ogestor_erp import CANCELLED, OPEN, SETTLED, OGestorErp, situation_of
from destinations._contract import Action, Receipt
from destinations._ogestor import Row, is_amount, is_day, one, saved, the_only

CLIENTS, RECEIVABLES, SLIPS = "/clientes", "/contas-receber", "/boletos"


class _Records:
    """Records of one resource that carry our reference in `codigo_externo`.

    Where a listing does not show that field, the values of `looks_by` tell which record is ours: it was asked for by
    our reference.
    """

    looks_by: tuple[str, ...]

    def __init__(self, erp: OGestorErp, path: str) -> None:
        self._erp = erp
        self._path = path

    async def send(self, action: Action) -> str | Receipt:
        if action.verb == "create":
            return saved(await self._erp.write(self._path, action.payload))
        saved(await self._erp.write(below(self._path, action.target_id), action.payload, method="PUT"))
        return str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        rows = await self._erp.every(self._path, codigo_externo=str(action.reference))
        return the_only([row for row in rows if self._is_ours(row, action)], str(action.reference))

    async def stands(self, target_id: str) -> bool:
        return await one(self._erp, self._path, target_id) is not None

    def _is_ours(self, row: Row, action: Action) -> bool:
        if "codigo_externo" in row:
            return str(row["codigo_externo"]) == action.reference
        return all(_alike(row.get(name), action.payload.get(name)) for name in self.looks_by)


class Clients(_Records):
    """The reseller's clients; the consumer client is nobody's."""

    looks_by = ("cpf_cnpj",)

    def __init__(self, erp: OGestorErp) -> None:
        super().__init__(erp, CLIENTS)


class Receivables(_Records):
    """Receivables as they are entered and corrected."""

    looks_by = ("cliente_id", "num_doc", "valor")

    def __init__(self, erp: OGestorErp) -> None:
        super().__init__(erp, RECEIVABLES)


class States:
    """What happens to a receivable: `receber`, `estornar` or `cancelar`; saying it again changes nothing."""

    looks_by = ("valor", "data_pagamento", "situacao")

    def __init__(self, erp: OGestorErp, what: str) -> None:
        self._erp = erp
        self._what = what

    async def send(self, action: Action) -> str | Receipt:
        await self._erp.write(f"{below(RECEIVABLES, action.target_id)}/{self._what}", action.payload, method="PUT")
        return str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        code = str(action.target_id)
        row = await one(self._erp, RECEIVABLES, code, codigo_externo=action.reference)
        return code if row and self._was_told(row, action.payload) else None

    def _was_told(self, row: Row, told: dict[str, Any]) -> bool:
        situation = situation_of(row.get("situacao"))
        match self._what:
            case "receber":
                return (
                    situation == SETTLED
                    and is_amount(row.get("valor_pago"), told.get("valor"))
                    and is_day(row.get("data_pagamento"), told.get("data_pagamento"))
                )
            case "estornar":
                return situation == situation_of(told.get("situacao")) and situation in (OPEN, CANCELLED)
            case _:
                return situation == CANCELLED


class BankSlips:
    """One slip per receivable, in the account that records online receipts."""

    looks_by = ("conta_receber_id",)

    def __init__(self, erp: OGestorErp) -> None:
        self._erp = erp

    async def send(self, action: Action) -> str | Receipt:
        if action.verb == "create":
            return saved(await self._erp.write(SLIPS, action.payload))
        await self._erp.write(below(SLIPS, action.target_id), action.payload, method="PUT")
        return str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        title = str(action.payload["conta_receber_id"])
        rows = await self._erp.every(SLIPS, conta_receber_id=title)
        same = [row for row in rows if str(row.get("conta_receber_id")) == title]
        return the_only([row for row in same if situation_of(row.get("situacao")) != CANCELLED] or same, "o boleto")

    async def stands(self, target_id: str) -> bool:
        return await one(self._erp, SLIPS, target_id) is not None


def _alike(shown: Any, sent: Any) -> bool:
    """Whether a record shows what was sent, whichever way the ERP writes numbers and tax ids."""
    if shown is None or sent is None:
        return False
    return _bare(shown) == _bare(sent) or is_amount(shown, sent)


def _bare(value: Any) -> str:
    return "".join(sign for sign in str(value).upper() if sign.isalnum())
