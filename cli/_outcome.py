"""One run, from the call to what a person or a script is told about it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cli._flows import flow_of

DONE, FAILED, HELD_BACK, REFUSED, STOPPED = 0, 1, 2, 3, 130
POSTED = ("created", "updated")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its named state, and the summary that it recorded."""

    integration: str
    state: str
    message: str
    failed: bool
    summary: dict[str, Any]

    @property
    def kinds(self) -> dict[str, dict[str, Any]]:
        return dict(self.summary.get("kinds", {}))

    @property
    def exit_code(self) -> int:
        if self.state == "Stopped":
            return STOPPED
        if self.failed:
            return REFUSED if self.state in ("Rejected", "Unknown outcome") else FAILED
        return HELD_BACK if self.state.endswith("some held back") else DONE

    def count(self, *names: str) -> int:
        """Documents of all kinds under these names."""
        return sum(int(kind.get(name, 0)) for kind in self.kinds.values() for name in names)

    def as_json(self) -> dict[str, Any]:
        told = {"run_id": None, "kinds": {}, "calls": {}, **self.summary}
        return {**told, "state": self.state, "message": self.message}


def amounts(kind: dict[str, Any], *names: str) -> dict[str, Decimal]:
    """The amounts of a kind under these names, by currency."""
    found = {
        currency: sum((Decimal(by[name]) for name in names if name in by), Decimal(0))
        for currency, by in kind["amounts"].items()
    }
    return {currency: amount for currency, amount in found.items() if amount}


def run_flow(integration: str, tenant: str, as_of: datetime | None, *, dry_run: bool) -> Outcome:
    """Runs an integration's flow here and now; raises what is a fault of the software."""
    flow = flow_of(integration)
    from prefect import tags

    with tags(tenant, integration):
        state = flow(tenant, as_of, dry_run, return_state=True)
    if state.name in ("Failed", "Crashed"):
        state.result(raise_on_failure=True)
    flow_run_id = str(state.state_details.flow_run_id)
    return Outcome(
        integration,
        state=str(state.name),
        message=state.message or "",
        failed=not state.is_completed(),
        summary=_summary(integration, tenant, flow_run_id) if state.name != "Skipped" else {},
    )


def _summary(integration: str, tenant: str, flow_run_id: str) -> dict[str, Any]:
    """What the run recorded; the published file is never locked, the ledger also knows of runs that failed."""
    from flows._folder import Folder
    from flows._ledger import summary_of

    folder = Folder(tenant, integration)
    return summary_of(folder.published, flow_run_id) or summary_of(folder.ledger, flow_run_id) or {}


def planned(path: Path) -> list[dict[str, Any]]:
    """The plan of the last run, as the published file holds it."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        cursor = connection.execute("from last_run.planned order by kind, document_id")
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def longest_story(path: Path) -> str:
    """The document of a published file of which most is told; of several, the one that comes first."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        row = connection.execute(
            "select document_id from timeline group by document_id order by count(*) desc, document_id limit 1"
        ).fetchone()
    return str(row[0]) if row else ""
