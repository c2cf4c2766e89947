"""What is written to Rindegastos: the mark that an expense, or a whole report, stands in the books.

Documented: the calls and their four fields, PUT, and that lists are filtered by the code. Observed: v2 takes up to a
hundred marks in one call, and refuses them whole. Setting the same mark twice changes nothing (assumed). The success
body is unknown: only its errors count.
"""

from collections.abc import Sequence
from typing import ClassVar

from connections._errors import Problem, Rejected
from connections._pages import every_row
from connections.rindegastos import EVER, Rindegastos
from destinations._contract import Action, Receipt


class Marks:
    """Marks of expenses and reports: `expense/650862`, `report/125417`."""

    looks_by: tuple[str, ...] = ("Id", "IntegrationCode")
    calls: ClassVar = {"expense": "setExpenseIntegration", "report": "setExpenseReportIntegration"}
    lists: ClassVar = {"expense": ("getExpenses", "Expenses"), "report": ("getExpenseReports", "ExpenseReports")}

    def __init__(self, rindegastos: Rindegastos) -> None:
        self._rindegastos = rindegastos

    async def send(self, action: Action) -> str | Receipt:
        path = self._rindegastos.path(self.calls[_what(action)])
        await self._rindegastos.write(path, action.payload, method="PUT")
        return action.document_id

    async def resolve(self, action: Action) -> str | None:
        """Among those that carry the code."""
        marked = await self._with_code(_what(action), str(action.payload["IntegrationCode"]))
        return action.document_id if str(action.payload["Id"]) in marked else None

    async def _with_code(self, what: str, code: str) -> set[str]:
        call, name = self.lists[what]
        fetch = self._rindegastos.pages(call, name, {"Since": EVER, "IntegrationCode": code})
        rows = await every_row(fetch, first=1, key=lambda row: row.get("Id"), what=f"Rindegastos {call}")
        return {str(row.get("Id")) for row in rows if row.get("IntegrationExternalCode") == code}


class ManyMarks(Marks):
    """The same, a hundred in one call, as v2 has it."""

    largest = 100
    bulk: ClassVar = {
        "expense": ("setExpenseIntegrationBulk", "Expenses"),
        "report": ("setExpenseReportIntegrationBulk", "ExpenseReports"),
    }

    def together(self, action: Action) -> str:
        return _what(action)

    async def send_all(self, actions: Sequence[Action]) -> Sequence[str | Receipt | Problem]:
        """One call; where it is refused, for one mark among a hundred, each is asked by itself."""
        call, name = self.bulk[_what(actions[0])]
        body = {name: [action.payload for action in actions]}
        try:
            await self._rindegastos.write(self._rindegastos.path(call), body, method="PUT")
        except Rejected:
            return [await self._alone(action) for action in actions]
        return [action.document_id for action in actions]

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        found: dict[str, set[str] | Problem] = {}
        for code in {str(action.payload["IntegrationCode"]) for action in actions}:
            try:
                found[code] = await self._with_code(_what(actions[0]), code)
            except Problem as problem:
                found[code] = problem
        return [_resolved(action, found[str(action.payload["IntegrationCode"])]) for action in actions]

    async def _alone(self, action: Action) -> str | Receipt | Problem:
        try:
            return await self.send(action)
        except Problem as problem:
            return problem


def _resolved(action: Action, marked: set[str] | Problem) -> str | Problem | None:
    if isinstance(marked, Problem):
        return marked
    return action.document_id if str(action.payload["Id"]) in marked else None


def _what(action: Action) -> str:
    return action.document_id.partition("/")[0]
