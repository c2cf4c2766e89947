"""`contrapartida query`: SQL over everything published for a tenant, in a database that can only be read."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import _show
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

Format = Literal["table", "csv", "json"]
MOST_ROWS_OF_A_TABLE = 1000
FETCHED_AT_ONCE = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula."""


def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One question, e.g. 'from held_back'.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    shape: Annotated[Format, typer.Option("--format", help="How the answer is written.")] = "table",
) -> int:
    """Ask the published files of a tenant, also while flows write.

    Each integration is a database of its name: pacto_to_kamino.documents, pacto_to_kamino.last_run.bridge.
    A tenant with one integration may leave the name out. Worth asking: documents, held_back, timeline, runs.
    """
    import duckdb

    with duckdb.connect(config=_closed()) as connection:
        _open(connection, tenant)
        try:
            _must_be_a_question(connection, sql)
            connection.execute(sql)
            columns = _distinct([column[0] for column in connection.description or []])
            WRITERS[shape](columns, _rows(connection))
        except duckdb.Error as error:
            raise Mistake(str(error).split("\n\nLINE ")[0]) from None
    return 0


def _closed() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
    }


def _open(connection: "duckdb.DuckDBPyConnection", tenant: str) -> None:
    """Attaches what is published, then shuts the door: no file can be read or written from SQL."""
    import duckdb

    from connections._errors import Problem
    from flows._sql import literal, quoted
    from flows._unusable import named

    found = _visible(tenant, _published(tenant))
    for name, path in found.items():
        try:
            connection.execute(f"attach {literal(path)} as {quoted(name)} (read_only)")
        except duckdb.IOException as error:
            told = named(error, Path(path))
            raise (told if isinstance(told, Problem) else Mistake(str(error).splitlines()[0])) from None
    if len(found) == 1:
        connection.execute(f"use {quoted(next(iter(found)))}.main")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _visible(tenant: str, published: dict[str, str]) -> dict[str, str]:
    """Those that the caller may view; raises NotPermitted where that is none."""
    from flows._access import Access, NotPermitted

    access, visible, refusals = Access(tenant), {}, []
    for name, path in published.items():
        try:
            access.caller(name, "view")
        except NotPermitted as refusal:
            refusals.append(refusal)
        else:
            visible[name] = path
    if not visible:
        raise refusals[0]
    return visible


def _published(tenant: str) -> dict[str, str]:
    """The published files of a tenant by integration."""
    from connections._settings import TENANT, data_root

    # Analysts may look into their tenant's folder, and not into the one above it.
    files = (data_root() / tenant).glob("*/published.duckdb") if TENANT.fullmatch(tenant) else ()
    found = {file.parent.name: str(file) for file in sorted(files)}
    if not found:
        everything = data_root().glob("*/*/published.duckdb")
        tenants = ", ".join(sorted({file.parent.parent.name for file in everything})) or "none yet"
        raise Mistake(f"nothing is published for tenant '{tenant}' in {data_root()}; tenants with something: {tenants}")
    return found


def _must_be_a_question(connection: "duckdb.DuckDBPyConnection", sql: str) -> None:
    """Attached files may be named in SQL, so only what cannot write is let through; PIVOT is a CREATE and a SELECT."""
    from duckdb import StatementType

    types = [statement.type for statement in connection.extract_statements(sql)]
    if types.count(StatementType.SELECT) != 1 or set(types) - {StatementType.SELECT, StatementType.CREATE}:
        raise Mistake(
            "ask one question, a SELECT, FROM, WITH, DESCRIBE, SHOW or SUMMARIZE: here nothing can be changed"
        )


def _rows(connection: "duckdb.DuckDBPyConnection") -> Iterator[Sequence[Any]]:
    while rows := connection.fetchmany(FETCHED_AT_ONCE):
        yield from rows


def _distinct(names: list[str]) -> list[str]:
    return [name if name not in names[:place] else f"{name}_{place + 1}" for place, name in enumerate(names)]


def _write_table(columns: list[str], rows: Iterator[Sequence[Any]]) -> None:
    from itertools import islice

    first = list(islice(rows, MOST_ROWS_OF_A_TABLE))
    figures = tuple(name for place, name in enumerate(columns) if any(_is_figure(row[place]) for row in first))
    made = _show.table(*(_show.printable(name) for name in columns), right=tuple(map(_show.printable, figures)))
    for row in first:
        _show.add(made, *(_seconds(value) for value in row))
    _show.out().print(made)
    if next(rows, None) is not None:
        _show.err().print(f"The first {MOST_ROWS_OF_A_TABLE} rows; --format csv or json gives all of them.")


def _seconds(value: object) -> object:
    """A moment as a person reads it; csv and json keep it whole."""
    from datetime import datetime

    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else value


def _is_figure(value: object) -> bool:
    from decimal import Decimal

    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _write_csv(columns: list[str], rows: Iterator[Sequence[Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    """A value as a spreadsheet may read it: what would be taken for a formula becomes text."""
    if value is None or _is_figure(value):
        return value
    text = json.dumps(_show.plain(value), ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _write_json(columns: list[str], rows: Iterator[Sequence[Any]]) -> None:
    print("[", end="")
    for place, row in enumerate(rows):
        told = {name: _show.plain(value) for name, value in zip(columns, row, strict=True)}
        print(",\n " if place else "", json.dumps(told, ensure_ascii=False), sep="", end="")
    print("]")


WRITERS = {"table": _write_table, "csv": _write_csv, "json": _write_json}
