"""A copy of a ledger that is whole in itself, taken while a run may be writing to it.

A run keeps its ledger to itself, so its bytes are copied: the file first, then the log of what was committed since.
As long as the file's headers stay as they were, no checkpoint has come between the two, and together they are what a
crash at that moment would have left, which DuckDB brings to its last commit when it opens them.
"""

import shutil
import time
from contextlib import suppress
from pathlib import Path

import duckdb

from connections._errors import Unavailable
from flows._sql import literal

HEADER_BYTES = 3 * 4096
"""DuckDB's main header and its two database headers, of which each checkpoint writes one anew."""
MOST_TRIES = 20
PAUSE_SECONDS = 0.5


def snapshot(ledger: Path, copy: Path) -> None:
    """Writes `copy`, one file that holds every row committed when this was called; `ledger` is only read.

    Raises Unavailable where the ledger is in motion for too long, and duckdb.Error where it is damaged.
    """
    for _ in range(MOST_TRIES):
        if _copied(ledger, copy):
            _made_whole(copy)
            return
        time.sleep(PAUSE_SECONDS)
    raise Unavailable(f"{ledger.parent.name}: the ledger did not keep still long enough to be copied; try again")


def log_of(database: Path) -> Path:
    """What was committed since the last checkpoint stands in a file of this name, if there is anything."""
    return database.with_name(f"{database.name}.wal")


def _copied(ledger: Path, copy: Path) -> bool:
    """Whether what was copied belongs together."""
    before = _headers(ledger)
    shutil.copyfile(ledger, copy)
    log_of(copy).unlink(missing_ok=True)
    with suppress(FileNotFoundError):  # then everything stands in the file; the headers tell whether it just got there
        shutil.copyfile(log_of(ledger), log_of(copy))
    return _headers(ledger) == before


def _headers(database: Path) -> bytes:
    with database.open("rb") as file:
        return file.read(HEADER_BYTES)


def _made_whole(copy: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(copy)} as copy")
        connection.execute("checkpoint copy")
