"""Tables that people fill in with a spreadsheet: which of the target's codes stands for which of the source's names.

One CSV per table in the tenant's folder. An integration's SQL turns what is given there, and what can be told from
equal codes and descriptions, into `mapping_<name>`: one row per name, with the state that the spreadsheet shows.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connections._errors import Misconfigured
from flows._folder import Folder
from flows._run import Run
from flows._sql import quoted

SEPARATOR = ";"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MANGLED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
"""What a spreadsheet makes of a long code that it takes for a number."""


@dataclass(frozen=True)
class MappingTable:
    """A table: its file, and what its columns are called there. `only_shown` is never read back; `key` are the columns
    that tell its rows apart, compared as people compare names: no two rows may say something of the same.
    """

    name: str
    file: str
    columns: Mapping[str, str]
    key: tuple[str, ...] = ()
    only_shown: bool = False


def place(folder: Folder) -> Path:
    """Where the tables of an integration of a tenant lie."""
    return folder.path / "mapping"


def take_given(run: Run, tables: Sequence[MappingTable]) -> None:
    """Makes what people have filled in `given_<name>`, all text; raises Misconfigured where a file cannot be read."""
    for table in tables:
        if not table.only_shown:
            columns = ", ".join(f"{quoted(name)} text" for name in table.columns)
            run.database.execute(f"create or replace table {quoted('given_' + table.name)} (line integer, {columns})")
            rows = _read(place(run.folder) / table.file, table)
            if rows:
                marks = ", ".join("?" for _ in ("line", *table.columns))
                into = f"insert into {quoted('given_' + table.name)} values ({marks})"  # noqa: S608 - quoted
                run.database.executemany(into, [[n, *(row.get(name) for name in table.columns)] for n, row in rows])
                _refuse_twins(run, table)


def settle(run: Run, tables: Sequence[MappingTable]) -> None:
    """Makes `mapping_<name>` of every table, and records the version of the whole that this run works with."""
    content: dict[str, Any] = {}
    for table in tables:
        run.table(f"mapping_{table.name}")
        if not table.only_shown:
            cursor = run.database.execute(f"from {quoted('mapping_' + table.name)} order by all")
            names = [column[0] for column in cursor.description or []]
            content[table.name] = [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    run.variables(mapping=hashlib.sha256(text.encode()).hexdigest()[:12])
    if not run.dry_run:
        run.ledger.mapped(hashlib.sha256(text.encode()).hexdigest()[:12], text)


def _refuse_twins(run: Run, table: MappingTable) -> None:
    """Two rows of one key would each be right: a person says which one is."""
    key = ", ".join(f"folded(coalesce({quoted(name)}, ''))" for name in table.key)
    shown = ", ".join(quoted(name) for name in table.key)
    rows = f"select concat_ws(' ', {shown}) as shown, line, [{key}] as key from {quoted('given_' + table.name)}"  # noqa: S608
    twins = f"select arg_min(shown, line), list(line order by line) from ({rows}) group by key having count(*) > 1"  # noqa: S608
    for name, lines in run.database.execute(f"{twins} order by 1").fetchall():
        numbers = ", ".join(map(str, lines[:-1])) + f" y {lines[-1]}"
        raise Misconfigured(
            f"{table.file}, líneas {numbers}: «{name}» está más de una vez; deje una sola fila para cada uno"
        )


def write(folder: Folder, table: MappingTable, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Writes a table for a spreadsheet: no cell can be a formula, and the file is replaced whole."""
    file = place(folder) / table.file
    file.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=SEPARATOR)
    writer.writerow(table.columns.values())
    writer.writerows([[_shown(row.get(name)) for name in table.columns] for row in rows])
    beside = file.with_suffix(".new")
    beside.write_text("\ufeff" + text.getvalue(), "utf-8", newline="")
    beside.replace(file)
    return file


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int) or value is None else str(value)


def _shown(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _read(file: Path, table: MappingTable) -> list[tuple[int, dict[str, str | None]]]:
    if not file.exists():
        return []
    lines = list(csv.reader(io.StringIO(text := _text(file)), delimiter=_separator(text)))
    headings = [heading.strip().casefold() for heading in lines[0]] if lines else []
    missing = [heading for heading in table.columns.values() if heading.casefold() not in headings]
    if missing:
        raise Misconfigured(f"{file.name}: falta la columna {', '.join(missing)}; vuelva a ejecutar mapping sync")
    places = {name: headings.index(heading.casefold()) for name, heading in table.columns.items()}
    return list(_rows(file, lines[1:], places))


def _rows(file: Path, lines: list[list[str]], places: dict[str, int]) -> Iterator[tuple[int, dict[str, str | None]]]:
    for number, line in enumerate(lines, 2):
        cells = [cell.strip() for cell in line]
        row = {name: _cell(cells[place]) if place < len(cells) else None for name, place in places.items()}
        if any(row.values()):
            if spoiled := next((value for value in row.values() if value and MANGLED.fullmatch(value)), None):
                raise Misconfigured(
                    f"{file.name}, línea {number}: la planilla convirtió un código en {spoiled}; "
                    "dé formato de texto a la columna y escríbalo de nuevo"
                )
            yield number, row


def _cell(text: str) -> str | None:
    return text.removeprefix("'").strip() or None


def _text(file: Path) -> str:
    """A spreadsheet saves as UTF-8, with or without a mark, or as its computer's own eight bits."""
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(SEPARATOR, ",", "\t", key=head.count)
