"""What a backup says of itself: every file with its digest, every ledger with its rows and its amounts summed up."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from connections._errors import Problem
from flows._sql import literal, machinery, quoted

SQL = machinery("manifest")
NAME = "manifest.json"
FORMAT = 1
Ledgers = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Of each integration's ledger, of each table, how many rows it has and what its amounts add up to."""


class NotWhole(Problem):
    """What lies there is no backup, or no longer what was put there."""


def write_manifest(backup: Path, facts: Mapping[str, Any]) -> None:
    """Writes down what the backup holds, and `facts` about it; raises duckdb.Error where a ledger cannot be read."""
    files = _files(backup)
    told = {"format": FORMAT, **facts, "files": _digests(backup, files), "ledgers": _ledgers(files)}
    (backup / NAME).write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")


def read_manifest(backup: Path) -> dict[str, Any]:
    """What was written down when the backup was made; raises NotWhole where that cannot be read."""
    try:
        manifest = json.loads((backup / NAME).read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise NotWhole(f"{backup} is no backup: there is no {NAME} in it") from None
    except (OSError, ValueError) as error:
        raise NotWhole(f"{backup / NAME} cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise NotWhole(f"{backup} was made by another version of contrapartida, or is no backup")
    return manifest


def must_be_whole(backup: Path) -> dict[str, Any]:
    """The manifest of a backup that is what it was when it was made; else NotWhole says all that is wrong with it."""
    manifest = read_manifest(backup)
    files = _files(backup)
    wrong = list(_differing_files(manifest["files"], _digests(backup, files)))
    try:
        wrong += _differing_tables(manifest["ledgers"], _ledgers(files))
    except duckdb.Error as error:
        wrong.append(f"a ledger cannot be read ({str(error).splitlines()[0]})")
    if wrong:
        raise NotWhole(f"the backup {backup} is not what it was when it was made: {'; '.join(wrong)}")
    return manifest


def count_rows(ledger: Path) -> dict[str, dict[str, str]]:
    """Per table the number of its rows and the sum of each column of amounts; raises duckdb.Error at any damage."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(ledger)} as ledger (read_only)")
        return count_attached(connection)


def count_attached(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The same of the ledger that is attached."""
    tables = connection.execute(SQL["tables"]).fetchall()
    return {table: _count(connection, table, amounts or []) for table, amounts in tables}


def _count(connection: duckdb.DuckDBPyConnection, table: str, amounts: list[str]) -> dict[str, str]:
    sums = "".join(SQL["sum"].format(column=quoted(column)) for column in amounts)
    cursor = connection.execute(SQL["count"].format(sums=sums, table=quoted(table)))
    names = [column[0] for column in cursor.description or []]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


def _files(backup: Path) -> list[Path]:
    return sorted(file for file in backup.rglob("*") if file.is_file() and file.name != NAME)


def _digests(backup: Path, files: Iterable[Path]) -> dict[str, str]:
    return {str(file.relative_to(backup)): _digest(file) for file in files}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _ledgers(files: Iterable[Path]) -> dict[str, dict[str, dict[str, str]]]:
    return {file.parent.name: count_rows(file) for file in files if file.name == "ledger.duckdb"}


def _differing_files(said: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*said, *found}):
        if name not in found:
            yield f"{name} is missing"
        elif name not in said:
            yield f"{name} came later"
        elif said[name] != found[name]:
            yield f"{name} was changed"


def _differing_tables(said: Ledgers, found: Ledgers) -> Iterator[str]:
    for integration, tables in said.items():
        for table, counted in tables.items():
            there = found.get(integration, {}).get(table)
            if there != counted:
                yield f"{table} of {integration} holds {_shown(there or {})} instead of {_shown(counted)}"


def _shown(counted: Mapping[str, str]) -> str:
    return ", ".join(f"{value} {name}" for name, value in counted.items()) or "nothing"


def steps_in(manifest: Mapping[str, Any]) -> Iterator[str]:
    """How much each ledger of a backup holds, as a person reads it."""
    for integration, tables in manifest["ledgers"].items():
        steps, decisions = (tables.get(name, {}).get("rows", "0") for name in ("attempts", "decisions"))
        yield f"{integration}: {steps} steps, {decisions} decisions"
