"""What a person sees: tables on stdout, status and progress on stderr; nothing moves where there is no terminal."""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status
    from rich.table import Table

WIDTH_OF_A_FILE = 100_000
"""Nothing is wrapped or cut where no terminal sets a width."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


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
    return f"{currency or ''} {text}".strip()


def table(*columns: str, right: tuple[str, ...] = (), title: str | None = None) -> "Table":
    """A table as finance draws it: rules above and below, figures to the right."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return made


def add(made: "Table", *cells: object, style: str | None = None, end: bool = False) -> None:
    """A row of plain text: no cell is read as markup."""
    from rich.text import Text

    made.add_row(*(Text(printable(cell)) for cell in cells), style=style, end_section=end)


class Steps:
    """One line that says what is being done; silent where nobody watches."""

    def __init__(self, status: "Status | None") -> None:
        self._status = status

    def say(self, what: str) -> None:
        if self._status:
            from rich.markup import escape

            self._status.update(escape(printable(what)))


@contextmanager
def steps(first: str) -> Iterator[Steps]:
    """Shows a status line on a terminal, and on it what a running flow logs."""
    console = err()
    if not console.is_terminal:
        yield Steps(None)
        return
    with console.status(first) as status:
        shown = Steps(status)
        handler = _Overhear(shown)
        logging.getLogger("prefect").addHandler(handler)
        try:
            yield shown
        finally:
            logging.getLogger("prefect").removeHandler(handler)


class _Overhear(logging.Handler):
    def __init__(self, shown: Steps) -> None:
        super().__init__(logging.INFO)
        self._shown = shown

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("prefect.task_runs", "prefect.flow_runs")):
            self._shown.say(record.getMessage())


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
