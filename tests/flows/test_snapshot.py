"""A ledger is copied while it is written to without a pause: whatever was committed before is in the copy."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from connections._errors import Unavailable
from flows import _snapshot
from flows._snapshot import snapshot

COPIES = 25
WRITER = """
import sys
import duckdb
from flows._ledger import Entry, Ledger

connection = duckdb.connect()
ledger = Ledger(connection, sys.argv[1])
ledger.begin("r", dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")))
number = 0
while True:
    number += 1
    ledger.record([Entry("receivable", f"{number}-{each}", "create", "sending", fields="x" * 500) for each in range(4)])
    print(number, flush=True)
    if number % 41 == 0:
        ledger.close()
"""


@contextmanager
def written_to(ledger: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that commits four steps at a time, says so, and puts them into the file now and then."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(ledger)], stdout=subprocess.PIPE, text=True)
    try:
        yield writer
    finally:
        writer.kill()
        writer.wait()


def test_a_copy_holds_every_commit_before_it_and_each_of_them_whole(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.duckdb"
    seen = []
    with written_to(ledger) as writer:
        for number in range(COPIES):
            assert writer.stdout
            committed = int(writer.stdout.readline())
            copy = tmp_path / f"{number}.duckdb"
            snapshot(ledger, copy)
            with duckdb.connect(str(copy), read_only=True) as connection:
                row = connection.sql("select count(*), count(*) % 4 from attempts").fetchone() or (0, 0)
            seen.append((row[0] >= 4 * committed, row[1], _snapshot.log_of(copy).exists()))
    assert seen == [(True, 0, False)] * COPIES


def test_what_does_not_keep_still_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = tmp_path / "ledger.duckdb"
    with duckdb.connect(str(ledger)) as connection:
        connection.execute("create table t (i integer)")
    moves = iter(range(100))
    monkeypatch.setattr(_snapshot, "_headers", lambda database: bytes([next(moves)]))
    monkeypatch.setattr(_snapshot, "PAUSE_SECONDS", 0)
    with pytest.raises(Unavailable, match="did not keep still"):
        snapshot(ledger, tmp_path / "copy.duckdb")
