"""The integration's SQL by itself: staged rows go in, a block's rows come out; no run, no vendor."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from flows._functions import register
from flows._ledger import Ledger
from flows._sql import machinery, quoted
from flows.rindegastos_to_defontana import INTEGRATION, LAWFUL, MAPPING, Settings
from sources import defontana, rindegastos
from sources._types import Table

MAPPED = ("given", "named", "matched", "mapping_categories", "mapping_invoice_categories", "mapping_cost_centers")
UP_TO_FACTS = (
    *("extra_fields", "spent", "standing_vouchers", "reports", "chart", "centers", *MAPPED),
    *(
        "mapping_document_types",
        "mapping_accounts",
        "analyses",
        "all_expenses",
        "expenses",
        "receipts",
        "entries",
        "facts",
    ),
)
VARIABLES: dict[str, Any] = {
    "today": date(2026, 11, 21),
    "since": date(2026, 10, 5),
    "start_on": date(1900, 1, 1),
    "open_from": date(1900, 1, 1),
    "closed_periods": "hold",
    "on_request": False,
    "invoices": "cancel",
    "wants_registered": False,
    "checks_employees": True,
    "voucher_type": "TRASPASO",
    "lines_days": 10,
    "accepts": True,
    "language": "es-CL",
    "dry_run": False,
    "run_id": "run",
    "retention_rates": [f"{year} {rate}" for year, rate in LAWFUL.items()],
    "vouchers_from": date(2026, 1, 1),
    "vouchers_to": date(2026, 11, 21),
}


class Blocks:
    """A run's database with empty staging tables, a new ledger, and what a test puts there."""

    def __init__(self, folder: Path, **variables: Any) -> None:
        self.database = duckdb.connect()
        register(self.database)
        self.ledger = Ledger(self.database, folder / "ledger.duckdb")
        for system in (defontana, rindegastos):
            self.database.execute(f"create schema raw_{system.__name__.rpartition('.')[2]}")
            for table in vars(system).values():
                if isinstance(table, Table):
                    self.stage(system, table, [])
        for mapped in MAPPING:
            columns = ", ".join(f"{quoted(name)} text" for name in mapped.columns)
            self.database.execute(f"create table {quoted('given_' + mapped.name)} (line integer, {columns})")
        fields = {name: list(given) for name, given in Settings().model_dump().items() if name.endswith("_fields")}
        for name, value in {**VARIABLES, **fields, **variables}.items():
            self.database.execute(f"set variable {quoted(name)} = $value", {"value": value})
        self.database.execute(machinery("plan")["tables"])
        self.database.execute(machinery("steps")["links_now"])

    def stage(self, system: Any, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """The rows of a vendor as the source stages them."""
        staged = table.arrow(rows)
        place = f"raw_{system.__name__.rpartition('.')[2]}.{quoted(table.name)}"
        self.database.register("staged", staged)
        self.database.execute(f"create or replace table {place} as from staged")
        self.database.unregister("staged")

    def spend(self, reports: Sequence[Mapping[str, Any]], expenses: Sequence[Mapping[str, Any]]) -> None:
        self.stage(rindegastos, rindegastos.REPORTS, [rindegastos.report_as_v1(dict(row)) for row in reports])
        self.stage(rindegastos, rindegastos.EXPENSES, [rindegastos.expense_as_v1(dict(row)) for row in expenses])

    def make(self, *blocks: str) -> None:
        for block in blocks:
            self.database.execute(f"create or replace table {quoted(block)} as {INTEGRATION.sql[block]}")

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self.database.execute(question).fetchall()
