"""The world of one sandbox: its seed, size, pace and clock, its systems, and what happened."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import sandbox
from sandbox._call import Call, System
from sandbox._faults import Faults
from sandbox._journal import Journal
from sandbox._table import Row

BRASILIA = timezone(timedelta(hours=-3))
START = datetime(2026, 11, 21, 9, 0, tzinfo=BRASILIA)


@dataclass(frozen=True, slots=True)
class Size:
    """How much data a world holds."""

    receipts: int
    people: int
    payables: int
    suppliers: int


SIZES = {
    "small": Size(receipts=300, people=120, payables=60, suppliers=16),
    "medium": Size(receipts=20_000, people=6_000, payables=3_000, suppliers=300),
    "large": Size(receipts=1_000_000, people=100_000, payables=50_000, suppliers=2_000),
}


@dataclass(slots=True)
class Write:
    """A write that a vendor is about to accept, with the rows that it leaves behind."""

    verb: str
    id: Any
    body: Row
    rows: list[tuple[str, Row]]
    reference: Any = None
    reconciled: bool = False


class World:
    """Deterministic: the same seed, size and journal give the same state, ids included."""

    def __init__(self, *, seed: int, size: str, pace: float, journal: Path | None = None) -> None:
        self.journal = Journal(journal)
        self.replaying = True
        self._begin(seed, size, pace)
        for record in self.journal.stored():
            self._replay(record)
        self.replaying = False

    def _begin(self, seed: int, size: str, pace: float) -> None:
        if size not in SIZES:
            raise ValueError(f"size must be one of {', '.join(SIZES)}")
        self.seed, self.size_name, self.size, self.pace = seed, size, SIZES[size], pace
        self.clock = START
        self.faults = Faults()
        self.calls: list[dict[str, Any]] = []
        self.call_count = 0
        self.systems: dict[str, System] = {}
        gc.disable()
        try:
            for name in system_names():
                self.systems[name] = importlib.import_module(f"sandbox.{name}").build(self)
        finally:
            gc.enable()
        if size == "large":
            gc.freeze()  # a million rows that never form cycles need not be traversed again

    def reset(self, seed: int, size: str, pace: float) -> None:
        """Begin anew; what happened before is forgotten, also by the journal."""
        self._begin(seed, size, pace)
        self.journal.append({"kind": "reset", "seed": seed, "size": size, "pace": pace})

    def set_clock(self, moment: datetime) -> None:
        """Move the clock: nothing else moves it."""
        moment = moment.replace(tzinfo=BRASILIA) if moment.tzinfo is None else moment.astimezone(BRASILIA)
        self.journal.append({"kind": "clock", "at": moment.isoformat()})
        self._clock_is(moment)

    def set_quirks(self, system: str, quirks: dict[str, str]) -> None:
        """Choose how a vendor behaves where that is not known. Raises ValueError for an unknown choice."""
        choices = self.systems[system].choices
        for name, value in quirks.items():
            allowed = choices.get(name)
            if allowed is None or (allowed and value not in allowed):
                raise ValueError(f"quirk {name}={value}; known: {choices}")
        self.journal.append({"kind": "quirks", "system": system, "quirks": quirks})
        self.systems[system].quirks.update(quirks)

    def plant(self, order: dict[str, Any]) -> int:
        """Put, merge, remove or clear rows of a vendor, behind its back. Gives the number of rows touched."""
        self.journal.append({"kind": "plant", "order": order})
        return self._plant(order)

    def accept(self, call: Call, write: Write) -> None:
        """Journal a write of a vendor, then store its rows: from here on it has happened."""
        record: dict[str, Any] = {
            "kind": "write",
            "seq": len(self.journal.writes) + 1,
            "at": self.clock.isoformat(),
            "system": call.system,
            "route": call.route,
            "method": call.method,
            "verb": write.verb,
            "id": write.id,
            "reference": write.reference,
            "body": write.body,
        }
        if write.reconciled:
            record["reconciled"] = True
        record["rows"] = write.rows
        self.journal.append(record)
        self._store(call.system, write.rows)

    def record_call(self, call: Call, status: int | None, fault: str | None) -> None:
        """Remember a call to a vendor; status None means that the connection was dropped."""
        self.call_count += 1
        self.calls.append(
            {
                "seq": self.call_count,
                "monotonic": time.monotonic(),
                "system": call.system,
                "method": call.method,
                "route": call.route,
                "path": call.path,
                "query": call.query,
                "status": status,
                "fault": fault,
            }
        )

    def _clock_is(self, moment: datetime) -> None:
        self.clock = moment
        for system in self.systems.values():
            if system.tick:
                system.tick()

    def _store(self, system: str, rows: list[tuple[str, Row]]) -> None:
        for table, row in rows:
            self.systems[system].tables[table].put(row)

    def _plant(self, order: dict[str, Any]) -> int:
        table = self.systems[order["system"]].tables[order["table"]]
        touched = len(table.rows) if order.get("clear") else 0
        if order.get("clear"):
            table.clear()
        for key in order.get("remove", ()):
            table.remove(key)
            touched += 1
        for row in order.get("rows", ()):
            table.put({**table.rows.get(row[table.key], {}), **row})
            touched += 1
        return touched

    def _replay(self, record: dict[str, Any]) -> None:
        match record["kind"]:
            case "write":
                self.clock = datetime.fromisoformat(record["at"])
                self._store(record["system"], record["rows"])
            case "plant":
                self._plant(record["order"])
            case "clock":
                self._clock_is(datetime.fromisoformat(record["at"]))
            case "quirks":
                self.systems[record["system"]].quirks.update(record["quirks"])
            case "reset":
                self._begin(record["seed"], record["size"], float(record["pace"]))
        self.journal.remember(record)


def system_names() -> list[str]:
    """The vendor systems: every module of this package without a leading underscore."""
    return sorted(module.name for module in pkgutil.iter_modules(sandbox.__path__) if module.name[0] != "_")


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds of a moment."""
    return int(moment.timestamp()) * 1000
