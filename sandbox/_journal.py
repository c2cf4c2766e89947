"""The append-only journal of accepted writes: in tests it, not our own ledger, is the judge."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sandbox._numbers import dumps, loads

PRIVATE = ("kind", "rows")  # what replaying needs and nobody is shown


class Journal:
    """Records in memory and, given a path, in JSON lines that are on the disk before the answer goes out."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.writes: list[dict[str, Any]] = []
        self._file: IO[bytes] | None = None

    def stored(self) -> Iterator[dict[str, Any]]:
        """The records of the file. A torn last line was never answered: it is cut off."""
        if self.path is None or not self.path.exists():
            return
        whole = 0
        with self.path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                whole += len(line)
                yield loads(line)
        os.truncate(self.path, whole)

    def append(self, record: dict[str, Any]) -> None:
        """Make a record durable, then remember it."""
        if self.path is not None:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("ab")
            self._file.write(dumps(record) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self.remember(record)

    def remember(self, record: dict[str, Any]) -> None:
        """Show an accepted write; other kinds of records are only kept for replaying."""
        if record["kind"] == "write":
            self.writes.append({key: value for key, value in record.items() if key not in PRIVATE})
        elif record["kind"] == "reset":
            self.writes.clear()

    def close(self) -> None:
        """Release the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
