"""How rows reach the staging area: a dlt resource per table, frozen to the declared columns."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dlt
import pyarrow as pa
from dlt.sources import DltResource

from connections._pages import Rows
from sources._types import Table

FROZEN = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"}
# dlt looks at the schema of all that it is handed, which costs as much for 20,000 rows as for 20.
ROWS_AT_ONCE = 20_000


def resource(table: Table, pages: Callable[[], Iterator[Rows]]) -> DltResource:
    """`table`, filled anew from `pages` at each run: the staging area holds what this run read, nothing older."""

    def read() -> Iterator[pa.Table]:
        # Without a first empty table dlt would leave an older table in place where nothing was read.
        yield table.schema.empty_table()
        yield from _gathered(table.arrow(rows) for rows in table.changed_contract(pages()))

    made: Any = dlt.resource(
        read,
        name=table.name,
        write_disposition="replace",
        file_format="parquet",
        schema_contract=FROZEN,
        columns=table.hints(),
    )
    return made


def _gathered(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in fewer tables."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= ROWS_AT_ONCE:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)
