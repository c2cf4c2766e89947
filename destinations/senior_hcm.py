"""What is written to Senior's HCM: settlements made in the ERP, their reversal, employees' shares of invoices.

All of it assumed. Each record carries our reference, which can be read back.
"""

from typing import Any

from connections._errors import Unknown
from connections.senior_hcm import SeniorHcm
from destinations._contract import Action

SETTLEMENTS = "/folha/baixas-erp"
MOVEMENTS = "/folha/movimentos"


class _Records:
    """Records of one listing, found by our reference."""

    path: str

    def __init__(self, hcm: SeniorHcm) -> None:
        self._hcm = hcm

    async def create(self, action: Action) -> str:
        return _id(await self._hcm.write(self.path, action.payload))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("no route to change such a record is known")

    async def find(self, action: Action) -> str | None:
        rows = await _every(self._hcm, self.path)
        same = [row for row in rows if row.get("referencia") == action.payload["referencia"]]
        return str(same[0]["id"]) if len(same) == 1 else None


class Settlements(_Records):
    """Settlements of the ERP, whole or partial, for payroll to know."""

    path = SETTLEMENTS


class Movements(_Records):
    """An employee's share of an invoice, in the variable or the fixed movement."""

    path = MOVEMENTS


class Reversals:
    """Settlements of the ERP that payroll was told of and that were taken back since."""

    def __init__(self, hcm: SeniorHcm) -> None:
        self._hcm = hcm

    async def create(self, action: Action) -> str:
        return _id(await self._hcm.write(f"{SETTLEMENTS}/{action.payload['id']}/estorno", {}))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("a reversal is not changed")

    async def find(self, action: Action) -> str | None:
        rows = await _every(self._hcm, SETTLEMENTS)
        done = {str(row["id"]) for row in rows if row.get("situacao") == "E"}
        return action.payload["id"] if action.payload["id"] in done else None


async def _every(hcm: SeniorHcm, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    number, pages = 1, 1
    while number <= pages:
        body = await hcm.read(path, {"pagina": number, "tamanho": hcm.settings.page_size})
        rows += body.get("registros") or []
        pages = int(body.get("totalPaginas") or 0)
        number += 1
    return rows


def _id(body: Any) -> str:
    made = body.get("id") if isinstance(body, dict) else None
    if isinstance(made, bool) or not isinstance(made, int) or made <= 0:
        raise Unknown("Senior HCM: respondeu sem o código do registro gravado")
    return str(made)
