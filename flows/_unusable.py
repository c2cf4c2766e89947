"""A file that cannot be used, named as what it is: held open by somebody, or damaged.

DuckDB tells these apart by words alone; which ones is written down here, and nowhere else. Whatever else it says of a
file is trouble with the disk.
"""

import re
from pathlib import Path

import duckdb

from connections._errors import Problem
from flows._backups import newest_backup

HELD = "Could not set lock on file"
HOLDER = re.compile(r"held in (?P<program>.+) \(PID (?P<pid>\d+)\)")
DAMAGED = ("Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes from file")


class HeldElsewhere(Problem):
    """Another program has the file open; nothing was done."""


class Damaged(Problem):
    """What was written is not what can be read; nothing is sent until the ledger is restored."""


def named(error: duckdb.Error, path: Path) -> Problem | duckdb.Error:
    """What is the matter with the file, in one sentence that says what to do; the error itself where nobody knows."""
    said = str(error)
    if HELD in said:
        return HeldElsewhere(f"{_called(path)} is open in {_holder(said)}: close it there, and try again")
    if any(words in said for words in DAMAGED):
        return Damaged(f"{_called(path)} is damaged ({said.splitlines()[0]}): {_way_out(path)}")
    return error


def _called(path: Path) -> str:
    tenant, integration = path.parts[-3:-1]
    return f"{path.name} of {tenant}/{integration}"


def _holder(said: str) -> str:
    found = HOLDER.search(said)
    return f"{Path(found['program']).name} (process {found['pid']})" if found else "another program"


def _way_out(path: Path) -> str:
    """A published file is made anew by each run; a ledger is restored."""
    tenant, integration = path.parts[-3:-1]
    if path.name != "ledger.duckdb":
        return "the next run makes it anew"
    if backup := newest_backup(tenant, integration):
        restore = f"contrapartida restore {backup} --tenant {tenant} --integration {integration}"
        return f"nothing is sent before its newest backup is put back ({restore})"
    return "nothing is sent with it, and no backup of it was found; restore one, or begin anew on purpose"
