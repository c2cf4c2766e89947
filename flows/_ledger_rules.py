"""What must hold in every ledger: each rule a sentence and a query that finds what breaks it.

The current state of each document is computed anew from the log, in another way than the ledger's own, and compared.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from flows._manifest import count_rows
from flows._schema import open_ledger
from flows._snapshot import snapshot
from flows._sql import machinery
from flows._unusable import named

RULES = machinery("ledger_rules")
MOST_SHOWN = 3


def broken_rules(ledger: Path) -> list[str]:
    """A sentence for each rule that does not hold, with what breaks it; the ledger is only read, runs may go on.

    Raises Damaged where something in it cannot be read.
    """
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        copy = Path(folder, "ledger.duckdb")
        try:
            snapshot(ledger, copy)
            count_rows(copy)
        except duckdb.IOException as error:
            raise named(error, ledger) from error
        open_ledger(connection, copy)
        return list(_broken(connection))


def _broken(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for rule in RULES.values():
        found = [what for (what,) in connection.execute(rule).fetchall()]
        if found:
            sentence = rule.splitlines()[0].removeprefix("-- purpose: ")
            more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
            yield f"{sentence} Not so: {', '.join(found[:MOST_SHOWN])}{more}."
