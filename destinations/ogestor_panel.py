"""What is written to oGestor's reseller panel: invoices, and what the payment partner knows of them.

Assumed contract. An invoice has no external code: it is found by client and reference month.
"""

from typing import Any

from connections._errors import Rejected, Unknown
from connections.ogestor_panel import OGestorPanel
from destinations._contract import Action

INVOICES = "/faturas"


class Invoices:
    """Invoices, created only: a changed price is the next month's."""

    def __init__(self, panel: OGestorPanel) -> None:
        self._panel = panel

    async def create(self, action: Action) -> str:
        return _saved(await self._panel.write(INVOICES, action.payload))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("invoices are not changed")

    async def find(self, action: Action) -> str | None:
        names = ("cliente_id", "mes_referencia", "ano_referencia")
        wanted = [str(action.payload[name]) for name in names]  # a number may come as a text
        rows = [row for row in await self._all() if [str(row.get(name)) for name in names] == wanted]
        if len(rows) > 1:
            raise Rejected(f"há {len(rows)} faturas deste cliente e mês no painel")
        return str(rows[0]["codigo"]) if rows else None

    async def _all(self) -> list[dict[str, Any]]:
        """There is no filter by client: the listing is read whole, which a lost answer is worth."""
        rows: list[dict[str, Any]] = []
        number, pages = 1, 1
        while number <= pages:
            body = await self._panel.read(INVOICES, {"page": number})
            rows += body["data"]
            pages = int(body["last_page"])
            number += 1
        return rows


class InvoiceStates:
    """What happens to an invoice: `baixar`, `estornar`, `disputa` or `cancelar`; saying it again changes nothing."""

    def __init__(self, panel: OGestorPanel, what: str) -> None:
        self._panel = panel
        self._what = what

    async def create(self, action: Action) -> str:
        return _saved(await self._panel.write(f"{INVOICES}/{action.target_id}/{self._what}", action.payload))

    async def update(self, action: Action) -> str:
        try:
            return await self.create(action)
        except Unknown:
            if await self.find(action):
                return str(action.target_id)
            raise

    async def find(self, action: Action) -> str | None:
        row = await self._panel.read(f"{INVOICES}/{action.target_id}")
        return action.target_id if isinstance(row, dict) and _shows(row, self._what, action.payload) else None


def _shows(row: dict[str, Any], what: str, told: dict[str, Any]) -> bool:
    """Whether an invoice shows that it was told so."""
    match what:
        case "baixar":
            return row.get("status") == "Paga" and _same(row, told, "valor_pago", "data_pagamento")
        case "estornar":
            return row.get("status") == "Estornada"
        case "cancelar":
            return row.get("status") == "Cancelada"
        case _:
            return _same(row, told, "em_disputa")


def _same(row: dict[str, Any], wanted: dict[str, Any], *names: str) -> bool:
    return all(row.get(name) == wanted.get(name) for name in names)


def _saved(body: Any) -> str:
    saved = body.get("codigo") if isinstance(body, dict) else None
    if isinstance(saved, bool) or not isinstance(saved, int):
        raise Unknown("oGestor painel: respondeu sem o código do registro gravado")
    return str(saved)
