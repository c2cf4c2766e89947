"""How rows reach the staging area: a dlt resource per table, frozen to the declared columns."""

from collections.abc import Callable, Iterator
from typing import Any

import dlt
import pyarrow as pa
from dlt.sources import DltResource

from sources._pages import Rows
from sources._types import Table

FROZEN = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"}


def resource(table: Table, pages: Callable[[], Iterator[Rows]]) -> DltResource:
    """`table`, filled anew from `pages` at each run: the staging area holds what this run read, nothing older."""

    def read() -> Iterator[pa.Table]:
        # Without a first empty table dlt would leave an older table in place where nothing was read.
        yield table.schema.empty_table()
        for rows in pages():
            yield table.arrow(rows)

    made: Any = dlt.resource(
        read,
        name=table.name,
        write_disposition="replace",
        file_format="parquet",
        schema_contract=FROZEN,
        columns=table.hints(),
    )
    return made
