"""What is written to Senior's HCM: settlements made in the ERP, their reversal, employees' shares of invoices.

All of it assumed. Each record carries our reference, which can be read back.
"""

from typing import Any

from connections._errors import Unknown
from connections._pages import every_row
from connections._paths import below
from connections.senior_hcm import SeniorHcm
from destinations._contract import Action, Receipt

SETTLEMENTS = "/folha/baixas-erp"
MOVEMENTS = "/folha/movimentos"
REVERSED = "E"


class _Records:
    """Records of one listing, found by our reference."""

    path: str
    looks_by: tuple[str, ...] = ("referencia",)

    def __init__(self, hcm: SeniorHcm) -> None:
        self._hcm = hcm

    async def send(self, action: Action) -> str | Receipt:
        return _id(await self._hcm.write(self.path, action.payload))

    async def resolve(self, action: Action) -> str | None:
        ours = action.payload["referencia"]
        same = [row for row in await _every(self._hcm, self.path) if row.get("referencia") == ours]
        if len(same) > 1:
            raise Unknown(f"há {len(same)} registros com a referência {ours} na folha; deixe só um")
        return str(same[0]["id"]) if same else None


class Settlements(_Records):
    """Settlements of the ERP, whole or partial, for payroll to know."""

    path = SETTLEMENTS


class Movements(_Records):
    """An employee's share of an invoice, in the variable or the fixed movement."""

    path = MOVEMENTS


class Reversals:
    """Settlements of the ERP that payroll was told of and that were taken back since."""

    looks_by: tuple[str, ...] = ("id",)

    def __init__(self, hcm: SeniorHcm) -> None:
        self._hcm = hcm

    async def send(self, action: Action) -> str | Receipt:
        ours = str(action.payload["id"])
        told = _id(await self._hcm.write(f"{below(SETTLEMENTS, ours)}/estorno", {}))
        return ours if told == ours else Receipt()

    async def resolve(self, action: Action) -> str | None:
        ours = str(action.payload["id"])
        rows = await _every(self._hcm, SETTLEMENTS)
        return ours if any(str(row["id"]) == ours and row.get("situacao") == REVERSED for row in rows) else None


async def _every(hcm: SeniorHcm, path: str) -> list[dict[str, Any]]:
    fetch = hcm.listing(path, {})
    return list(await every_row(fetch, first=1, key=lambda row: row.get("id"), what=f"Senior HCM {path}"))


def _id(body: Any) -> str | Receipt:
    """The id that was given, as a number or as digits; one that cannot be read is looked for."""
    made = body.get("id") if isinstance(body, dict) else None
    text = "" if isinstance(made, bool) else str(made or "").strip()
    return text if text.isascii() and text.isdigit() and text.strip("0") else Receipt()
