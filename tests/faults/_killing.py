"""kill -9 of a run at a chosen step, in a process of its own.

Production code has no hooks for this: the child wraps the methods that the steps go through, and kills itself
there. A fork server that has imported everything already makes such a child cheap.
"""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from tests._world import TENANT, World

IMPORTED = ("dlt", "flows.kamino_to_pacto", "flows.pacto_to_kamino", "expectations._duckdb", "tests.faults._killing")


@dataclass(frozen=True)
class Kill:
    """Where a run dies: `moment` of its `step`, the `nth` time it gets there.

    Steps: "decision", "intent", "outcome" are commits of the ledger, "call" is a write to a vendor, "publish"
    the rename of the published file, "judgement", "start" and "end" commits about the run itself, "page" a read.
    `kind` narrows a step to one kind of document.
    """

    moment: str
    step: str
    kind: str | None = None
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.moment} {self.step}"


def run_killed(world: World, integration: str, kill: Kill) -> None:
    """A run that dies at `kill`; fails where the run ends before it gets there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    said = {name: value for name, value in os.environ.items() if name.startswith(("CONTRAPARTIDA", "PREFECT"))}
    child = context.Process(target=_run, args=(integration, world.now(), said, Path.cwd(), kill))
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL, f"the run ended ({child.exitcode}) before it was killed: {kill}"


def run_elsewhere(world: World, integration: str, done: Callable[[], None]) -> None:
    """A run in a process of its own, unkilled; `done` is called while it works."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    said = {name: value for name, value in os.environ.items() if name.startswith(("CONTRAPARTIDA", "PREFECT"))}
    child = context.Process(target=_run, args=(integration, world.now(), said, Path.cwd(), None))
    child.start()
    try:
        done()
    finally:
        child.join(120)
    assert child.exitcode == 0


def _run(integration: str, as_of: datetime, said: dict[str, str], folder: Path, kill: Kill | None) -> None:
    os.environ.update(said)
    os.chdir(folder)
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    flow = getattr(importlib.import_module(f"flows.{integration}"), integration)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), _deadly(kill):
        flow(TENANT, as_of, False, return_state=True)


def _deadly(kill: Kill | None) -> Any:
    trap = _Trap(kill)
    from contextlib import ExitStack

    from connections._http import Connection
    from flows._ledger import Ledger

    patches = ExitStack()
    for owner, name, around in (
        (Ledger, "record", trap.record),
        (Ledger, "decide", trap.decide),
        (Ledger, "judge", trap.judge),
        (Ledger, "begin", trap.begin),
        (Ledger, "end", trap.end),
        (Connection, "_exchange", trap.exchange),
        (Path, "replace", trap.publish),
    ):
        patches.enter_context(mock.patch.object(owner, name, around(getattr(owner, name))))
    return patches


class _Trap:
    """The wrapped methods, and how often the run came by."""

    def __init__(self, kill: Kill | None) -> None:
        self.kill = kill
        self.kind: str | None = None
        self.passed = 0

    def is_set(self, step: str, kind: str | None = None) -> bool:
        """Whether the run dies at this step; counts the step."""
        kill = self.kill
        if kill is None or kill.step != step or kill.kind not in (None, kind):
            return False
        self.passed += 1
        return self.passed == kill.nth

    def moment(self) -> str:
        return self.kill.moment if self.kill else ""

    def record(self, real: Callable[..., None]) -> Callable[..., None]:
        def record(ledger: Any, entries: Iterable[Any]) -> None:
            entries = list(entries)
            step = "intent" if entries and entries[0].event == "sending" else "outcome"
            self._commit(ledger, step, lambda: real(ledger, entries))

        return record

    def decide(self, real: Callable[..., None]) -> Callable[..., None]:
        def decide(ledger: Any, kind: str) -> None:
            self.kind = kind
            self._commit(ledger, "decision", lambda: real(ledger, kind))

        return decide

    def judge(self, real: Callable[..., None]) -> Callable[..., None]:
        return lambda ledger: self._commit(ledger, "judgement", lambda: real(ledger))

    def begin(self, real: Callable[..., None]) -> Callable[..., None]:
        return lambda *given: self._around("start", lambda: real(*given))

    def end(self, real: Callable[..., None]) -> Callable[..., None]:
        return lambda ledger, *given: self._commit(ledger, "end", lambda: real(ledger, *given))

    def publish(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def replace(path: Path, target: Path) -> Any:
            step = "publish" if Path(target).name == "published.duckdb" else "rename"
            return self._around(step, lambda: real(path, target))

        return replace

    def exchange(self, real: Callable[..., Any]) -> Callable[..., Any]:
        async def exchange(connection: Any, method: str, *given: Any) -> Any:
            doomed = self.is_set("call" if method == "POST" else "page", self.kind)
            if doomed and self.moment() == "before":
                _die()
            answer = await real(connection, method, *given)
            if doomed:
                _die()
            return answer

        return exchange

    def _around(self, step: str, work: Callable[[], Any]) -> Any:
        doomed = self.is_set(step)
        if doomed and self.moment() == "before":
            _die()
        result = work()
        if doomed:
            _die()
        return result

    def _commit(self, ledger: Any, step: str, work: Callable[[], None]) -> None:
        """Dies inside the transaction with everything written and nothing committed, or right after the commit."""
        if not self.is_set(step, self.kind):
            work()
            return
        ledger._connection = _Doomed(ledger._connection, self.moment())
        work()
        raise AssertionError("the ledger committed nothing")


class _Doomed:
    """A connection to the ledger whose next commit is the last thing that this process sees."""

    def __init__(self, connection: Any, moment: str) -> None:
        self._connection = connection
        self._moment = moment

    def execute(self, statement: str, *given: Any) -> Any:
        if statement != "commit":
            return self._connection.execute(statement, *given)
        if self._moment == "before":
            _die()
        self._connection.execute(statement)
        _die()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")
