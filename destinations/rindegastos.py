"""What is written to Rindegastos: the mark that an expense, or a whole report, stands in the books.

Documented: the calls and their four fields, PUT. Setting the same mark twice changes nothing (assumed), so a mark
whose answer was lost is settled by the next reading. The success body is unknown: only its errors count.
"""

from typing import Any

from connections.rindegastos import Rindegastos
from destinations._contract import Action

CALLS = {
    "expense": ("setExpenseIntegration", "getExpense"),
    "report": ("setExpenseReportIntegration", "getExpenseReport"),
}


class Marks:
    """Marks of expenses and reports: `expense/650862`, `report/125417`."""

    def __init__(self, rindegastos: Rindegastos) -> None:
        self._rindegastos = rindegastos

    async def create(self, action: Action) -> str:
        return await self.update(action)

    async def update(self, action: Action) -> str:
        call, _ = CALLS[_what(action)]
        await self._rindegastos.write(self._rindegastos.path(call), action.payload, method="PUT")
        return action.document_id

    async def find(self, action: Action) -> str | None:
        _, call = CALLS[_what(action)]
        body = await self._rindegastos.read(self._rindegastos.path(call), {"Id": action.payload["Id"]})
        row: dict[str, Any] = body.get("ExpenseReports", body) if isinstance(body, dict) else {}
        is_marked = row.get("IntegrationExternalCode") == action.payload["IntegrationCode"]
        return action.document_id if is_marked else None


def _what(action: Action) -> str:
    return action.document_id.partition("/")[0]
