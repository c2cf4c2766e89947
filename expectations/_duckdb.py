"""Great Expectations on an open DuckDB connection: the one place that knows how to bring the two together.

Importing this module imports Great Expectations, which takes seconds.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import duckdb
import great_expectations as gx
from duckdb_engine import CursorWrapper
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import StaticPool

# It announces every temporary folder it makes.
logging.getLogger("great_expectations").setLevel(logging.WARNING)


class _Loan:
    """The caller's connection as SQLAlchemy wants one; transactions and closing stay with the caller.

    A cursor of the connection would be safer, but it would not see the caller's temporary tables.
    """

    notices: ClassVar[list[str]] = []  # the dialect descends from psycopg2's and looks for them

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = connection

    def cursor(self) -> Any:
        if self._connection is None:
            raise duckdb.ConnectionException("the loan of this connection has ended")
        return CursorWrapper(self._connection, self)

    def begin(self) -> None:
        pass

    commit = rollback = close = begin

    def end(self) -> None:
        """Let go of the connection, for Great Expectations never lets go of its last context."""
        self._connection = None


class _Buffered(PGExecutionContext_psycopg2):
    """Takes all rows at once, because every DuckDB cursor of a connection is that connection.

    The next statement would replace what is unread, and what stays unread keeps a transaction open, for which
    a checkpoint of another connection waits without end.
    """

    def post_exec(self) -> None:
        if description := self.cursor.description:
            rows = self.cursor.fetchall()
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, description, rows)


@contextmanager
def batch_of(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Any]:
    """The rows of a table (a quoted identifier) as a batch of Great Expectations, while the block lasts.

    Nothing is written, sent or printed, and the connection is the caller's again at the end of the block.
    """
    loan = _Loan(connection)
    try:
        context = gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = {"globally": False}
        source = context.data_sources.add_sql(
            "duckdb", connection_string="duckdb://", kwargs={"creator": lambda: loan, "poolclass": StaticPool}
        )
        source.get_execution_engine().engine.dialect.execution_ctx_cls = _Buffered
        # A query takes any name that DuckDB takes; a table asset knows neither attached databases nor quotes.
        asset = source.add_query_asset("facts", query=f"select * from {table}")  # noqa: S608 - quoted by the caller
        yield asset.add_batch_definition_whole_table("all").get_batch()
    finally:
        loan.end()
