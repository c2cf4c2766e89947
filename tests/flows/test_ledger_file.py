"""The ledger is whole in one file: killed at any step, plain DuckDB opens it and sees every committed row."""

import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from connections._errors import Misconfigured
from flows._ledger import Ledger
from flows._schema import SCHEMA_VERSION

WRITER = """
import os, signal, sys
import duckdb
from flows._ledger import Entry, Ledger

path, last = sys.argv[1], int(sys.argv[2])

class Counted:
    \"\"\"A connection whose process is killed before its statement of that number.\"\"\"
    def __init__(self, real):
        self.real, self.count = real, 0
    def __getattr__(self, name):
        def call(*given):
            self.count += 1
            if self.count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return getattr(self.real, name)(*given)
        return call

counted = Counted(duckdb.connect())
ledger = Ledger(counted, path)
print("opened", counted.count, flush=True)
ledger.begin("r", dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")))
for number in range(3):
    ledger.record([Entry("receivable", str(number), "create", "sending")])
    print("recorded", number, flush=True)
ledger.end("Posted", "", {})
ledger.close()
print("closed", counted.count, flush=True)
"""
READER = """
import duckdb, sys
print(duckdb.connect(sys.argv[1], read_only=True).sql("select count(*) from attempts").fetchone()[0])
"""


def ran(script: str, *given: object) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    return subprocess.run([sys.executable, "-c", script, *map(str, given)], capture_output=True, text=True, check=False)


def written(path: Path, last: int) -> tuple[int, list[str]]:
    done = ran(WRITER, path, last)
    return done.returncode, done.stdout.splitlines()


def read(path: Path) -> int:
    """How many attempts somebody sees who knows nothing of us."""
    return int(ran(READER, path).stdout)


def test_a_ledger_killed_at_any_step_is_read_by_plain_duckdb(tmp_path: Path) -> None:
    code, said = written(tmp_path / "whole.duckdb", 0)
    opening, all_of_it = int(said[0].split()[1]), int(said[-1].split()[1])
    assert code == 0
    seen = []
    for last in range(opening + 1, all_of_it + 1, 2):
        path = tmp_path / f"{last}.duckdb"
        code, said = written(path, last)
        committed = sum(line.startswith("recorded") for line in said)
        seen.append((code, committed <= read(path) <= committed + 1))
    assert set(seen) == {(-signal.SIGKILL, True)}
    assert len(seen) > 8


def test_a_ledger_killed_while_it_is_opened_for_the_first_time_is_opened_again(tmp_path: Path) -> None:
    _, said = written(tmp_path / "whole.duckdb", 0)
    opening = int(said[0].split()[1])
    for last in range(1, opening + 1, max(1, opening // 6)):
        path = tmp_path / f"{last}.duckdb"
        assert written(path, last)[0] == -signal.SIGKILL
        assert written(path, 0)[0] == 0
        assert read(path) == 3


def test_a_ledger_that_is_opened_again_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    for _ in range(2):
        with duckdb.connect() as connection:
            Ledger(connection, path).close()
        before = path.read_bytes()
    with duckdb.connect() as connection:
        Ledger(connection, path)
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (before, [path])


def test_a_ledger_that_a_newer_version_wrote_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.duckdb"
    with duckdb.connect() as connection:
        Ledger(connection, path)
        connection.execute("insert into ledger.meta values ('x', 99, 'x', now())")
    with duckdb.connect() as connection, pytest.raises(Misconfigured) as told:
        Ledger(connection, path)
    assert str(told.value) == (
        f"{path} was written by a newer version of contrapartida (schema 99, this one knows {SCHEMA_VERSION}): "
        "install that version again, or restore a backup of this one's"
    )
