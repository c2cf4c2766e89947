"""What a person sees: tables on stdout, status and progress on stderr; nothing moves where there is no terminal."""

import logging
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table

WIDTH_OF_A_FILE = 100_000
"""Nothing is wrapped or cut where no terminal sets a width."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
OVERHEARD = ("prefect.task_runs", "prefect.flow_runs")
OF_NO_INTEREST = ("Finished in state", "Beginning flow run")
PROGRESS = "contrapartida.progress"


def out() -> "Console":
    """Where results go."""
    return _console(stderr=False)


def err() -> "Console":
    """Where everything else goes."""
    return _console(stderr=True)


def printable(value: object) -> str:
    """Text that cannot steer a terminal; a vendor's text may try."""
    return "" if value is None else CONTROL.sub("�", str(value))


def money(currency: str | None, amount: Decimal | str) -> str:
    """An amount as it is written where the currency is used: R$ 1.234,56."""
    text = f"{Decimal(amount):,.2f}"
    if currency == "BRL":
        return f"R$ {text.translate(str.maketrans(',.', '.,'))}"
    if currency == "CLP":
        return f"$ {text.removesuffix('.00').translate(str.maketrans(',.', '.,'))}"
    return f"{currency or ''} {text}".strip()


def query(sql: str, tenant: str) -> str:
    """A question about a tenant, as a command that can be pasted here."""
    return f'{program()} query "{sql}" --tenant {tenant}'


def program() -> str:
    """This program as it can be called from here: by its name where that is found, else by its path."""
    called = Path(sys.argv[0]).absolute()
    found = shutil.which("contrapartida")
    if not called.is_file() or called.suffix == ".py" or (found and Path(found).samefile(called)):
        return "contrapartida"
    return shlex.quote(near(called))


def near(path: Path) -> str:
    """A path as short as the working folder allows."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def table(*columns: str, right: tuple[str, ...] = (), title: str | None = None) -> "Table":
    """A table as finance draws it: a rule below the head, figures to the right."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    for name in columns:
        figures = name in right
        made.add_column(name, justify="right" if figures else "left", overflow="fold", no_wrap=figures)
    return made


def add(made: "Table", *cells: object, style: str | None = None, end: bool = False) -> None:
    """A row of plain text: no cell is read as markup."""
    from rich.text import Text

    made.add_row(
        *(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in cells), style=style, end_section=end
    )


class Steps:
    """One line that says what is being done and how far it is; silent where nobody watches."""

    def __init__(self, progress: "Progress | None", first: str) -> None:
        self._progress = progress
        self._first = first
        self._line = progress.add_task(printable(first), total=None) if progress else None
        self._ear = _Ear(self)

    def say(self, what: str) -> None:
        """What is being done now; what is overheard from here on is part of it."""
        self._first = what
        self._show(what)

    def detail(self, what: str, done: int | None = None, total: int | None = None) -> None:
        """A part of what is being done, and how far it is."""
        self._show(f"{self._first} · {what}" + (f" {done or 0:,} of {total:,}" if total else ""), done, total)

    def listen(self) -> None:
        """Shows what running flows log and how far they are; to be called when Prefect has set up its logging."""
        if self._progress:
            logging.getLogger(PROGRESS).setLevel(logging.INFO)
            for name in (PROGRESS, *OVERHEARD):
                logging.getLogger(name).addHandler(self._ear)

    def silence(self) -> None:
        for name in (PROGRESS, *OVERHEARD):
            logging.getLogger(name).removeHandler(self._ear)

    def _show(self, what: str, done: int | None = None, total: int | None = None) -> None:
        if self._progress and self._line is not None:
            from rich.markup import escape

            self._progress.update(self._line, description=escape(printable(what)), completed=done or 0, total=total)


@contextmanager
def steps(first: str) -> Iterator[Steps]:
    """Shows a moving line on a terminal."""
    console = err()
    if not console.is_terminal:
        yield Steps(None, first)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    text = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
    with Progress(TimeElapsedColumn(), BarColumn(20), text, console=console, transient=True) as progress:
        shown = Steps(progress, first)
        try:
            yield shown
        finally:
            shown.silence()


class _Ear(logging.Handler):
    def __init__(self, shown: Steps) -> None:
        super().__init__(logging.INFO)
        self._shown = shown

    def emit(self, record: logging.LogRecord) -> None:
        if not record.getMessage().startswith(OF_NO_INTEREST):
            done, total = getattr(record, "done", None), getattr(record, "total", None)
            self._shown.detail(record.getMessage(), done, total)


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = WIDTH_OF_A_FILE
    return console


def plain(value: Any) -> Any:
    """A value as JSON can carry it: exact decimals as text, dates in ISO form."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
