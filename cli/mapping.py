"""`contrapartida mapping`: the tables that finance fills in with a spreadsheet, written, and looked through."""

import importlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli import _show
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._mapping import MappingTable

Action = Literal["sync", "check"]
WORDS = {
    "es-CL": {
        "written": "{file}: {rows} filas, {missing} por asociar, {suggested} sugerencias por confirmar",
        "missing": "{file} «{name}»: falta; retiene {expenses} de {reports}, {amount}. "
        "Asociarlo libera {freed_expenses}, {freed_amount}.",
        "misdirected": "{file} «{name}»: apunta a {target}, que {problem}.",
        "unused": "{file}: {names}: por asociar, sin gastos en espera.",
        "suggested": "{file}: sugerencias por confirmar: {count} (borre o cambie el estado «sugerida»).",
        "good": "La asociación está completa.",
    }
}
COUNTED = {
    "es-CL": {
        "expenses": ("gasto", "gastos"),
        "freed_expenses": ("gasto", "gastos"),
        "reports": ("informe", "informes"),
    }
}


def mapping(
    action: Annotated[Action, typer.Argument(help="sync writes the tables anew, keeping what people filled in.")],
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help="The integration whose tables they are.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    as_of: Annotated[str | None, typer.Option(help="The moment that counts as now, as in `run`.")] = None,
) -> int:
    """Read both systems, send nothing, and write the tables (sync) or say what is missing and what it holds back.

    The tables are CSV files in data/TENANT/INTEGRATION/mapping; exit code 2: something is missing.
    """
    from flows._access import Access
    from flows._folder import Folder

    known_integration(integration)
    module = importlib.import_module(f"flows.{integration}")
    tables: tuple[MappingTable, ...] = getattr(module, "MAPPING", ())
    if not tables:
        mapped = [name for name in integrations() if hasattr(importlib.import_module(f"flows.{name}"), "MAPPING")]
        raise Mistake(f"{integration} has no mapping tables; those that do: {', '.join(mapped)}")
    Access(tenant).caller(integration, "map" if action == "sync" else "view")
    _rehearse(integration, tenant, as_of)
    language = module.INTEGRATION.language
    words = WORDS[language]
    folder = Folder(tenant, integration)
    with _published(folder.rehearsed) as database:
        told = list(
            _synced(database, folder, tables, words) if action == "sync" else _checked(database, tables, language)
        )
    for line in told:
        print(line)
    if action == "check" and not told:
        print(words["good"])
    return 2 if action == "check" and told else 0


def _rehearse(integration: str, tenant: str, as_of: str | None) -> None:
    """A dry run reads both systems as they are now and computes every table."""
    from cli.run import _api, _moment
    from connections._settings import known_tenant, settings_file

    known_tenant(settings_file(), tenant)
    moment: datetime | None = _moment(as_of, integration, tenant) if as_of else None
    with _show.steps(f"{integration} · {tenant}") as shown, _api(shown):
        from cli._outcome import run_flow

        outcome = run_flow(integration, tenant, moment, dry_run=True)
    if outcome.state != "Planned":
        raise Mistake(f"{outcome.state}: {outcome.message}")


def _published(path: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    return duckdb.connect(str(path), read_only=True)


def _rows(database: "duckdb.DuckDBPyConnection", question: str) -> list[dict[str, Any]]:
    cursor = database.execute(question)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _synced(database: Any, folder: Any, tables: "tuple[MappingTable, ...]", words: dict[str, str]) -> Iterator[str]:
    from flows._mapping import write

    for table in tables:
        rows = _rows(database, f'from last_run."mapping_{table.name}" order by description, code')
        write(folder, table, rows)
        if not table.only_shown:
            states = [row["state"] for row in rows]
            yield words["written"].format(
                file=table.file, rows=len(rows), missing=states.count("falta"), suggested=states.count("sugerida")
            )


def _checked(database: Any, tables: "tuple[MappingTable, ...]", language: str) -> Iterator[str]:
    words = WORDS[language]
    files = {f"mapping_{table.name}": table.file for table in tables}
    waiting = _rows(database, "from last_run.obstacles order by amount desc, name")
    for row in waiting:
        money = {name: _show.money("CLP", row[name]) for name in ("amount", "freed_amount")}
        counts = {name: _counted(row[name], *nouns) for name, nouns in COUNTED[language].items()}
        yield words["missing"].format(**{**row, **money, **counts, "file": files[row["place"]]})
    for row in _rows(database, "from last_run.misdirected order by all"):
        yield words["misdirected"].format(**{**row, "file": files[row["place"]]})
    yield from (row["sentence"] for row in _rows(database, "from last_run.advice"))
    named = {(row["place"], row["key"]) for row in waiting}
    for table in tables:
        if table.only_shown:
            continue
        rows = _rows(database, f'from last_run."mapping_{table.name}" order by description')
        unused = [
            r.get("shown", r["description"])
            for r in rows
            if r["state"] == "falta" and (f"mapping_{table.name}", r["key"]) not in named
        ]
        if unused:
            yield words["unused"].format(file=table.file, names=", ".join(f"«{name}»" for name in unused))
        count = sum(row["state"] == "sugerida" and not row["counts"] for row in rows)
        if count:
            yield words["suggested"].format(file=table.file, count=count)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
