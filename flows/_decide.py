"""The decision table, step by step: the blocks of `_plan.sql`, run in a run's database."""

from collections.abc import Sequence

import duckdb

from connections._errors import Problem
from flows._run import Kind
from flows._sql import machinery

PLAN = machinery("plan")


class Contradiction(Problem):
    """The integration's SQL names a document twice: nothing of this kind, or after it, is sent."""


def take(database: duckdb.DuckDBPyConnection, kind: Kind, block: str) -> None:
    """Takes the documents of a kind as the integration's block computes them; raises Contradiction."""
    database.execute(f"create or replace temp view block as {block}")
    database.execute(PLAN["take_documents"], {"kind": kind.name})
    if repeated := database.execute(PLAN["repeated"], {"kind": kind.name}).fetchall():
        raise Contradiction(f"{kind.name}: named more than once: {', '.join(str(row[0]) for row in repeated)}")


def take_waiting(database: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Takes what waits since an earlier run and that the block of this kind does not name any more."""
    database.execute(PLAN["take_waiting"], {"kind": kind.name})


def take_mirror(database: duckdb.DuckDBPyConnection, block: str) -> None:
    """Takes what the target holds, of every kind, as the integration's block reads it."""
    database.execute(f"create or replace temp view block as {block}")
    database.execute(PLAN["take_mirror"])


def compare(database: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Lays each document beside what the ledger and the target say of it: tables known, candidates, compared."""
    policy = {"kind": kind.name, "on_change": kind.on_change, "on_drift": kind.on_drift, "refusals": kind.refusals}
    for name, value in policy.items():
        database.execute(f"set variable {name} = $value", {"value": value})
    for block in ("known", "candidates", "compared"):
        database.execute(PLAN[block])


def count_gone(database: duckdb.DuckDBPyConnection, kind: Kind, documents: Sequence[str]) -> None:
    """Says which documents' records were asked for by their id and are not there."""
    database.execute(
        "insert into censuses select $kind, unnest($documents::text[]), true",
        {"kind": kind.name, "documents": list(documents)},
    )
