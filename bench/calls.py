"""How many calls a changed record costs: new and changed receivables of people whom Kamino knows."""

from itertools import cycle, islice
from typing import Any

from bench import _posted
from bench._result import Line, Measured

CHANGED = 2_000  # up to a quarter of them with another value, the others new
GOAL_CALLS = 1.05
NEW_CODES = 9_000_000


def measure(receipts: int = _posted.RECEIPTS, changed: int = CHANGED) -> Measured:
    """Counted by the vendors' stand-ins: their journal and their log of calls."""
    tenant = _posted.posted(receipts)
    vendors = tenant.vendors
    old, new = _changes(vendors.ask("rows?system=pacto&table=movparcela"), _in_kamino(vendors), changed)
    vendors.tell("plant", {"system": "pacto", "table": "movparcela", "rows": [*old, *new]})
    before = len(vendors.ask("journal"))
    vendors.forget_calls()
    told = tenant.run()["kinds"]["receivable"]
    writes = len(vendors.ask("journal")) - before
    calls = vendors.ask("calls")
    records = len(old) + len(new)
    to_kamino = sum(call["system"] == "kamino" for call in calls)
    line = Line(
        f"Calls per changed record, {records:,} of {receipts:,} receivables of known people",
        f"{len(calls) / records:.3f}",
        f"{writes / records:.3f} writes; Kamino {to_kamino / records:.3f}, pages and look-ups included",
        f"1.0 write, ≤ {GOAL_CALLS} in all",
        writes == records and len(calls) / records <= GOAL_CALLS,
    )
    note = (
        f"Calls: {told['created']:,} created and {told['updated']:,} updated for {len(new):,} new and {len(old):,} "
        f"changed receipts; all pages read before, of both systems, count."
    )
    return Measured((line,), (note,))


def _in_kamino(vendors: Any) -> set[str]:
    return {row["CodigoExterno"] for row in vendors.ask("rows?system=kamino&table=recebimento")}


def _changes(receipts: list[Any], posted: set[str], changed: int) -> tuple[list[Any], list[Any]]:
    """Open receipts that were posted: some get another value, and there are new ones of the same people."""
    known = [row for row in receipts if row["situacao"] == "EA" and f"PACTO-1-{row['codigo']}" in posted]
    moment = max(row["dataAlteracao"] for row in known)
    dated = {"dataAlteracao": moment}
    old = [{"codigo": row["codigo"], "valor": row["valor"] + 1, **dated} for row in known[: changed // 4]]
    new = [
        {**row, "codigo": NEW_CODES + number, "valor": row["valor"] + number, "dataLancamento": moment, **dated}
        for number, row in enumerate(islice(cycle(known), changed - len(old)))
    ]
    return old, new
