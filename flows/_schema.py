"""The ledger's file: which schema it has, how an older one becomes today's, and that it is whole in itself.

Schema, views and comments are written only where they change, and checkpointed at once: a file whose log holds such
statements cannot be opened directly after a kill (DuckDB 1.5).
"""

import hashlib
import shutil
from pathlib import Path

import duckdb

from connections._errors import Misconfigured
from flows._manifest import count_attached
from flows._sql import literal, machinery, quoted
from flows._unusable import named

SQL = machinery("ledger")
MIGRATIONS = sorted(int(name.removeprefix("migration_")) for name in SQL if name.startswith("migration_"))
SCHEMA_VERSION = MIGRATIONS[-1]
LARGE_BYTES = 64 * 2**20
"""Up to here reading all of a ledger takes less than half a second."""
DIGEST = hashlib.sha256("".join(SQL[block] for block in ("views", "meanings", "comments")).encode()).hexdigest()[:32]


def open_ledger(connection: duckdb.DuckDBPyConnection, path: Path | str) -> None:
    """Attaches the file as `ledger`, made or brought up to date where that is needed.

    Raises Misconfigured where a newer version of the software wrote it, HeldElsewhere where another program has it
    open, and Damaged where it is not what was written.
    """
    try:
        _attach(connection, path)
        version, digest = _version(connection)
        _look_through(connection, Path(path))
    except duckdb.IOException as error:
        raise named(error, Path(path)) from error
    if version > SCHEMA_VERSION:
        raise Misconfigured(
            f"{path} was written by a newer version of contrapartida (schema {version}, this one knows "
            f"{SCHEMA_VERSION}): install that version again, or restore a backup of this one's"
        )
    if (version, digest) == (SCHEMA_VERSION, DIGEST):
        return
    if 0 < version < SCHEMA_VERSION:
        _keep_copy(connection, Path(path), version)
    _bring_up_to_date(connection, version)
    connection.execute("checkpoint ledger")


def _attach(connection: duckdb.DuckDBPyConnection, path: Path | str) -> None:
    connection.execute(f"attach {literal(path)} as ledger")


def _version(connection: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """The schema that the file has, 0 where it is empty, and the digest of its views' text."""
    if connection.execute(SQL["is_old"]).fetchone() == (True,):
        return 1, ""
    known = connection.execute("select 1 from duckdb_tables() where database_name = 'ledger' and table_name = 'meta'")
    found = connection.execute(SQL["version"]).fetchone() if known.fetchone() else None
    return (found[0], found[1]) if found else (0, "")


def _look_through(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raises duckdb.IOException where a value of a ledger cannot be read, be it that the file was cut short.

    The values of a large ledger are read through every night, by the backup.
    """
    if path.exists() and path.stat().st_size <= LARGE_BYTES:  # else in memory, or large
        count_attached(connection)


def _keep_copy(connection: duckdb.DuckDBPyConnection, path: Path, version: int) -> None:
    """A copy of the file as it was stays beside it."""
    connection.execute("checkpoint ledger")
    connection.execute("detach ledger")
    shutil.copy2(path, path.with_name(f"{path.stem}.schema-{version}.duckdb"))
    _attach(connection, path)


def _bring_up_to_date(connection: duckdb.DuckDBPyConnection, version: int) -> None:
    connection.begin()
    connection.execute(SQL["schema"])
    for number in MIGRATIONS:
        if number > version:
            connection.execute(SQL[f"migration_{number}"])
    connection.execute(SQL["meta"])
    create_views(connection, "ledger")
    connection.execute(SQL["note_version"], {"version": SCHEMA_VERSION, "digest": DIGEST})
    connection.commit()


def create_views(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Creates the views and comments of the ledger in `database`, beside its tables; within a transaction."""
    row = connection.execute("select current_database(), current_schema()").fetchone()
    connection.execute(f"use {quoted(database)}.main")
    connection.execute(SQL["views"])
    meanings = connection.execute(SQL["meanings"]).fetchall()
    comments = [f"comment on column {quoted(table)}.{quoted(column)} is {said}" for table, column, said in meanings]
    connection.execute(";\n".join([*comments, SQL["comments"]]))
    if row:
        connection.execute(f"use {quoted(row[0])}.{quoted(row[1])}")
