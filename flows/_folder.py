"""The folder of one integration of one tenant: the unit of isolation, locking, backup and deletion."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from connections._settings import data_root

__all__ = ["Busy", "Folder", "data_root"]

DISK_TROUBLE = (
    OSError,
    duckdb.IOException,
    duckdb.TransactionException,  # "Failed to commit: Could not write file"
    duckdb.FatalException,
    sqlite3.OperationalError,
)
"""What a full or failing disk raises: through Python, through DuckDB, through the SQLite that counts calls."""


REGISTRY_PATIENCE_SECONDS = 900
"""How long a run waits for another one that creates people in the same target: longer than a first run needs."""


class Busy(Exception):
    """Another run holds the folder; the message says which."""


class RegistryBusy(Exception):
    """Another run has been creating people, suppliers or services in the same target for too long."""


@dataclass(frozen=True)
class Folder:
    """`data/<tenant>/<integration>/`; CONTRAPARTIDA_DATA names another `data`."""

    tenant: str
    integration: str

    @property
    def path(self) -> Path:
        return data_root() / self.tenant / self.integration

    @property
    def staging(self) -> Path:
        return self.path / "staging.duckdb"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.duckdb"

    @property
    def work(self) -> Path:
        """The file that becomes `published` when the run is complete."""
        return self.path / "work.duckdb"

    @property
    def published(self) -> Path:
        return self.path / "published.duckdb"

    @property
    def rehearsed(self) -> Path:
        """What a rehearsal would have published: analysts read what was posted, never what might have been."""
        return self.path / "rehearsed.duckdb"

    @property
    def pipelines(self) -> Path:
        return self.path / "dlt"

    def clear_work(self) -> None:
        """Drops what the last run read or left half done: a run starts from the ledger and nothing else.

        So nothing that a kill, a full disk or an older version left behind can stand in its way.
        """
        for leftover in (*self.path.glob("work.duckdb*"), *self.path.glob("staging.duckdb*")):
            leftover.unlink()
        shutil.rmtree(self.pipelines, ignore_errors=True)

    @contextmanager
    def held_by(self, run_id: str) -> Iterator[None]:
        """Holds the folder for one run; raises Busy, naming the holder, when another run has it."""
        self.path.mkdir(parents=True, exist_ok=True)
        note = self.path / "lock.json"
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise Busy(_holder(note)) from None
        try:
            note.write_text(json.dumps({"run_id": run_id, "pid": os.getpid()}), "utf-8")
            yield
        finally:
            lock.release()

    @contextmanager
    def registry(self, system: str) -> Iterator[None]:
        """Holds what all integrations of a tenant write into one target: its people, suppliers and services.

        Waits for whoever holds it, and raises RegistryBusy where that takes too long.
        """
        lock = FileLock(data_root() / self.tenant / f"{system}.registry.lock")
        try:
            lock.acquire(timeout=REGISTRY_PATIENCE_SECONDS)
        except Timeout:
            raise RegistryBusy(system) from None
        try:
            yield
        finally:
            lock.release()


def _holder(note: Path) -> str:
    try:
        held = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return "another run"
    return f"run {held.get('run_id')} (process {held.get('pid')})"
