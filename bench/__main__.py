"""`python -m bench` measures everything; `python -m bench plan check` measures these. A missed goal is no failure.

Every module of this package without a leading underscore measures one thing: its function `measure`.
"""

import importlib
import os
import pkgutil
import platform
import sys
import time
from importlib.metadata import version

from rich import box
from rich.console import Console
from rich.table import Table

import bench
from bench import _posted
from bench._result import Line, Measured

VERSIONS = ("duckdb", "dlt", "great-expectations", "prefect", "httpx", "pyarrow")
MET = {True: "[green]met[/]", False: "[bold red]MISSED[/]", None: ""}


def main(asked: list[str]) -> int:
    """Prints the table; 2 where there is no such measurement."""
    known = sorted(
        found.name for found in pkgutil.iter_modules(bench.__path__) if not found.ispkg and found.name[0] != "_"
    )
    if unknown := [name for name in asked if name not in known]:
        print(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    begun = time.monotonic()
    try:
        measured = [_measure(name, console) for name in asked or known]
    finally:
        _posted.end()
    console.print(_table([line for each in measured for line in each.lines]))
    for note in [note for each in measured for note in each.notes]:
        console.print(f"· {note}", style="dim", markup=False)
    console.print(f"· {_machine()}; all in {time.monotonic() - begun:.0f} s.", style="dim", markup=False)
    return 0


def _measure(name: str, console: Console) -> Measured:
    load = os.getloadavg()[0]
    with console.status(f"measuring: {name}"):
        measured: Measured = importlib.import_module(f"bench.{name}").measure()
    console.print(f"{name}: measured (load of the machine before it: {load:.1f})", style="dim")
    return measured


def _table(lines: list[Line]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("measured", "figure", "beside it", "goal", ""):
        table.add_column(title, overflow="fold")
    for line in lines:
        table.add_row(line.what, line.figure, line.beside, line.goal, MET[line.met])
    return table


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {versions}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
