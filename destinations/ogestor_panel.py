"""What is written to oGestor's reseller panel: invoices, and what the payment partner knows of them.

Assumed contract. An invoice has no external code: it is found by client and reference month.
"""

from typing import Any

from connections._errors import Unknown
from connections._paths import below
from connections.ogestor_panel import CANCELLED, PAID, REVERSED, OGestorPanel, invoice_state, month_of, year_of
from destinations._contract import Action, Receipt
from destinations._ogestor import Row, is_amount, is_day, is_flag, one, saved, the_only

INVOICES = "/faturas"


class Invoices:
    """Invoices, created only: a changed price is the next month's."""

    looks_by = ("cliente_id", "mes_referencia", "ano_referencia", "lancamento")

    def __init__(self, panel: OGestorPanel) -> None:
        self._panel = panel

    async def send(self, action: Action) -> str | Receipt:
        return saved(await self._panel.write(INVOICES, action.payload))

    async def resolve(self, action: Action) -> str | None:
        """There is no filter by client: the listing is read whole, which a lost answer is worth."""
        sent, of_client = action.payload, str(action.payload["cliente_id"])
        rows = [row for row in await self._panel.every(INVOICES) if str(row.get("cliente_id")) == of_client]
        same = [row for row in rows if _month(row) == _month(sent)]
        if not same and any(
            None in _month(row) and is_day(row.get("lancamento"), sent.get("lancamento")) for row in rows
        ):
            raise Unknown("uma fatura deste cliente não mostra de que mês ela é")
        living = [row for row in same if invoice_state(row.get("status")) != CANCELLED]
        return the_only(living or same, "a fatura deste cliente e mês")

    async def stands(self, target_id: str) -> bool:
        return await one(self._panel, INVOICES, target_id) is not None


class InvoiceStates:
    """What happens to an invoice: `baixar`, `estornar`, `disputa` or `cancelar`; saying it again changes nothing."""

    looks_by = ("valor_pago", "data_pagamento", "em_disputa")

    def __init__(self, panel: OGestorPanel, what: str) -> None:
        self._panel = panel
        self._what = what

    async def send(self, action: Action) -> str | Receipt:
        await self._panel.write(f"{below(INVOICES, action.target_id)}/{self._what}", action.payload)
        return str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        code = str(action.target_id)
        row = await one(self._panel, INVOICES, code)
        return code if row and _shows(row, self._what, action.payload) else None


def _shows(row: Row, what: str, told: dict[str, Any]) -> bool:
    """Whether an invoice shows that it was told so."""
    state = invoice_state(row.get("status"))
    match what:
        case "baixar":
            return (
                state == PAID
                and is_amount(row.get("valor_pago"), told.get("valor_pago"))
                and is_day(row.get("data_pagamento"), told.get("data_pagamento"))
            )
        case "estornar":
            return state == REVERSED
        case "cancelar":
            return state == CANCELLED
        case _:
            return is_flag(row.get("em_disputa"), bool(told.get("em_disputa")))


def _month(row: Row) -> tuple[str | None, str | None]:
    return month_of(row.get("mes_referencia")), year_of(row.get("ano_referencia"))
