"""The executor, the ledger and a target as a small model: the real ones but for the target, which stands in memory.

A document's script says what goes wrong with it, run by run; a crash concerns the run, and all documents in it. Scripts
are explored whole, all of them side by side as documents of the same runs.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pyarrow as pa

from connections._errors import NotSent, Unavailable, Unknown
from connections._http import wrote
from destinations._contract import Action, Receipt
from flows import _ledger
from flows._decide import PLAN, take
from flows._execute import Executor
from flows._run import Kind
from tests.flows._deciding import KIND, Desk, Wanted

SENT = ("answered", "receipt", "not sent", "request lost", "answer lost", "booked late", "failed after booking")
LOOKS = ("answered", "silent")
BOOKING_SECONDS, BOOKED_AFTER_SECONDS, BETWEEN_RUNS_SECONDS = 100, 90, 60
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
Script = tuple[tuple[str, str], ...]
"""For each run: what becomes of a call that writes, and of every look."""


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Target:
    """What stands there, and what is on its way. It books late, but never later than its longest time."""

    scripts: dict[str, Script]
    clock: datetime = START
    turn: int = 0
    records: Counter[str] = field(default_factory=Counter)
    late: list[tuple[datetime, str]] = field(default_factory=list)
    looks_by: tuple[str, ...] = ()

    def advance(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)
        self.records.update(document for due, document in self.late if due <= self.clock)
        self.late = [each for each in self.late if each[0] > self.clock]

    def _fate(self, document: str) -> tuple[str, str]:
        script = self.scripts[document]
        return script[self.turn] if self.turn < len(script) else ("answered", "answered")

    async def send(self, action: Action) -> str | Receipt:
        fate, _ = self._fate(action.document_id)
        if fate == "not sent":
            raise NotSent("sem conexão")
        if fate == "booked late":
            self.late.append((self.clock + timedelta(seconds=BOOKED_AFTER_SECONDS), action.document_id))
        elif fate != "request lost":
            self.records[action.document_id] += 1
        if fate == "failed after booking":  # the answer came, and what was read next did not
            wrote.set(True)
            raise Unavailable("respondeu 503")
        if fate in ("request lost", "answer lost", "booked late"):
            raise Unknown("sem resposta")
        return Receipt("p-1") if fate == "receipt" else f"T{action.document_id}"

    async def resolve(self, action: Action) -> str | None:
        _, look = self._fate(action.document_id)
        if look == "silent":
            raise Unavailable("sem resposta")
        return f"T{action.document_id}" if self.records[action.document_id] else None


@dataclass(frozen=True)
class CrashAt:
    """Where a run dies: before or after its `nth` commit of the ledger, or after its `nth` round of calls."""

    moment: str
    step: str
    nth: int


NOWHERE = None
CRASHES: tuple[CrashAt | None, ...] = (
    NOWHERE,
    *(CrashAt(moment, "commit", nth) for moment, nth in product(("before", "after"), range(3))),
    *(CrashAt("after", "calls", nth) for nth in range(3)),
)


def scripts(runs: int) -> dict[str, Script]:
    """Every script of so many runs, each a document of its own."""
    return {str(number): script for number, script in enumerate(product(product(SENT, LOOKS), repeat=runs))}


def explored(crashes: Sequence[CrashAt | None], quiet_runs: int = 3) -> tuple[list[str], list[str]]:
    """After runs that crash so, and quiet ones: the scripts by which something stands there twice, and not at all."""
    target = Target(scripts(len(crashes)))
    desk = Desk()
    with desk.database, _clock(target):
        _wish(desk, target)
        for turn, crash in enumerate((*crashes, *[NOWHERE] * quiet_runs)):
            target.turn = turn
            desk.begin(f"run {turn}")
            with suppress(Crash):
                _run(desk, target, crash)
            target.advance(BETWEEN_RUNS_SECONDS)
    told = {document: f"{script} with {crashes}" for document, script in target.scripts.items()}
    twice = [told[document] for document, count in target.records.items() if count > 1]
    return twice, [told[document] for document in told if not target.records[document]]


def _run(desk: Desk, target: Target, crash: CrashAt | None) -> None:
    run: Any = SimpleNamespace(
        database=desk.database, ledger=desk.ledger, integration=SimpleNamespace(language="pt-BR")
    )
    connection: Any = SimpleNamespace(
        system="model",
        wait=lambda work, *given: asyncio.run(work(*given)),
        concurrency=lambda: len(target.scripts),
        settings=SimpleNamespace(booking_seconds=BOOKING_SECONDS),
    )
    with _trapped(desk, connection, crash):
        executor = Executor(run, Kind(KIND), connection, target)
        take(desk.database, Kind(KIND), "from wished")
        executor.settle(executor.opened())
        executor.compare(ask=True)
        desk.database.execute(PLAN["decide"])
        desk.ledger.decide(KIND)
        for _ in executor.push(executor.actions()):
            pass


def _wish(desk: Desk, target: Target) -> None:
    """What the source wants of every document, once for all runs."""
    rows = [Wanted(document_id=each, reference=f"R-{each}", mirrored=False).row() for each in target.scripts]
    wished = pa.Table.from_pylist([{**row, "amount": Decimal(row["amount"])} for row in rows])
    desk.database.register("given", wished)
    desk.database.execute("create or replace temp table wished as from given")


@contextmanager
def _trapped(desk: Desk, connection: Any, crash: CrashAt | None) -> Iterator[None]:
    counts: Counter[str] = Counter()

    def around(step: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def trap(*given: Any) -> Any:
            here = counts[step]
            counts[step] += 1
            if crash == CrashAt("before", step, here):
                raise Crash
            said = real(*given)
            if crash == CrashAt("after", step, here):
                raise Crash
            return said

        return trap

    connection.wait = around("calls", connection.wait)
    with mock.patch.object(desk.ledger, "record", around("commit", desk.ledger.record)):
        yield


@contextmanager
def _clock(target: Target) -> Iterator[None]:
    def now() -> datetime:
        return target.clock

    with mock.patch.object(_ledger, "_now", now), mock.patch.object(Executor, "now", staticmethod(now)):
        yield
