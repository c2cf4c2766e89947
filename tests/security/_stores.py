"""Every place where a run leaves something, as text that can be searched."""

import gzip
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Column:
    """A column of a DuckDB file: what is said about it, and all that stands in it."""

    file: str
    table: str
    name: str
    comment: str
    text: str


def prefect_says(home: Path, arrived: Callable[[str], bool]) -> str:
    """All that Prefect's server keeps, as soon as what is still under way has arrived there."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=30)
    APILogWorker.drain_all(timeout=30)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not arrived(said := database_text(home / "prefect.db")):
        assert time.monotonic() < deadline, "what was sent to Prefect's server did not arrive there"
        time.sleep(0.2)
    others = (file for file in home.rglob("*") if file.is_file() and not file.name.startswith("prefect.db"))
    return said + "".join(file_text(file) for file in others)


def database_text(path: Path) -> str:
    """Every value of every table of a SQLite file."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.text_factory = lambda raw: raw.decode(errors="replace")
        tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        return "\n".join(_plain(row) for table in tables for row in connection.execute(f'select * from "{table}"'))


def file_text(path: Path) -> str:
    """What a file holds, unpacked."""
    content = path.read_bytes()
    return (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode(errors="replace")


def columns_in(folder: Path) -> Iterator[Column]:
    """Every column of every DuckDB file below a folder."""
    for path in sorted(folder.rglob("*.duckdb")):
        with duckdb.connect(str(path), read_only=True) as connection:
            # What a killed or failed run leaves has views of the ledger, which is not at hand here.
            relations = "duckdb_tables()" if path.stem == "work" else "information_schema.tables"
            for schema, table, name, comment in connection.execute(
                f"""
                select schema_name, table_name, column_name, coalesce(comment, '') from duckdb_columns()
                where not internal and database_name = current_database()
                    and table_name in (select table_name from {relations})
                """
            ).fetchall():
                rows = connection.execute(f'select "{name}"::text from "{schema}"."{table}"').fetchall()
                text = "\n".join(str(row[0]) for row in rows)
                yield Column(path.name, f"{schema}.{table}", name, comment, text)


def loose_files(folder: Path) -> dict[str, str]:
    """Every other file below a folder: dlt's working folders, notes, locks."""
    return {
        os.fspath(path.relative_to(folder)): file_text(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".duckdb"
    }


def _plain(row: tuple[object, ...]) -> str:
    """A row as text; what is JSON loses its escapes."""
    return " ".join(_unescaped(str(value)) for value in row)


def _unescaped(text: str) -> str:
    if text[:1] not in ("{", "[", '"'):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text
