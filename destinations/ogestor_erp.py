"""What is written to oGestor's ERP: clients, receivables and every change of their state, bank slips.

Assumed contract: `codigo_externo` is unique, so a record that is there already answers 409 and is found by it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from connections._errors import Rejected, Unknown
from connections.ogestor_erp import OGestorErp
from destinations._contract import Action

CLIENTS, RECEIVABLES, SLIPS = "/clientes", "/contas-receber", "/boletos"


class Clients:
    """The reseller's clients; the consumer client is nobody's."""

    def __init__(self, erp: OGestorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        return await _created(self._erp, CLIENTS, action, self.find)

    async def update(self, action: Action) -> str:
        path = f"{CLIENTS}/{action.target_id}"
        return _saved(await self._erp.write(path, action.payload, method="PUT"))

    async def find(self, action: Action) -> str | None:
        return await _by_external_code(self._erp, CLIENTS, action.reference)


class Receivables:
    """Receivables as they are entered and corrected."""

    def __init__(self, erp: OGestorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        return await _created(self._erp, RECEIVABLES, action, self.find)

    async def update(self, action: Action) -> str:
        path = f"{RECEIVABLES}/{action.target_id}"
        return _saved(await self._erp.write(path, action.payload, method="PUT"))

    async def find(self, action: Action) -> str | None:
        return await _by_external_code(self._erp, RECEIVABLES, action.reference)


class States:
    """What happens to a receivable: `receber`, `estornar` or `cancelar`; saying it again changes nothing."""

    def __init__(self, erp: OGestorErp, what: str, situation: str) -> None:
        self._erp = erp
        self._what = what
        self._situation = situation

    async def create(self, action: Action) -> str:
        path = f"{RECEIVABLES}/{action.target_id}/{self._what}"
        return _saved(await self._erp.write(path, action.payload, method="PUT"))

    async def update(self, action: Action) -> str:
        try:
            return await self.create(action)
        except Unknown:
            if await self.find(action):
                return str(action.target_id)
            raise

    async def find(self, action: Action) -> str | None:
        rows = await _listed(self._erp, RECEIVABLES, {"codigo_externo": action.reference})
        there = [row for row in rows if str(row.get("codigo")) == action.target_id]
        return action.target_id if there and there[0].get("situacao") == self._situation else None


class BankSlips:
    """One slip per receivable, in the account that records online receipts."""

    def __init__(self, erp: OGestorErp) -> None:
        self._erp = erp

    async def create(self, action: Action) -> str:
        return await _created(self._erp, SLIPS, action, self.find)

    async def update(self, action: Action) -> str:
        return _saved(await self._erp.write(f"{SLIPS}/{action.target_id}", action.payload, method="PUT"))

    async def find(self, action: Action) -> str | None:
        title = str(action.payload["conta_receber_id"])
        rows = await _listed(self._erp, SLIPS, {"conta_receber_id": title})
        same = [row for row in rows if str(row.get("conta_receber_id")) == title]
        return str(same[0]["codigo"]) if same else None


async def _created(erp: OGestorErp, path: str, action: Action, find: Callable[[Action], Awaitable[str | None]]) -> str:
    """The id of a new record, or of the one that was there already (409)."""
    try:
        return _saved(await erp.write(path, action.payload))
    except Rejected:
        if found := await find(action):
            return found
        raise


async def _by_external_code(erp: OGestorErp, path: str, code: str | None) -> str | None:
    rows = await _listed(erp, path, {"codigo_externo": code})
    there = [row for row in rows if row.get("codigo_externo") == code]
    return str(there[0]["codigo"]) if there else None


async def _listed(erp: OGestorErp, path: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of a listing that a filter makes short; callers check each row."""
    body = await erp.read(path, asked)
    return list(body.get("data") or []) if isinstance(body, dict) else []


def _saved(body: Any) -> str:
    saved = body.get("codigo") if isinstance(body, dict) else None
    if isinstance(saved, bool) or not isinstance(saved, int):
        raise Unknown("oGestor ERP: respondeu sem o código do registro gravado")
    return str(saved)
