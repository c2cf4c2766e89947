"""A run in a process of its own that dies by kill -9 at a chosen step, or waits there until it is let go.

Production code has no hooks for this: the child wraps the methods that the steps go through. A fork server that
has imported everything already makes such a child cheap.
"""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from cli._flows import integrations
from tests._world import TENANT, World

IMPORTED = ("dlt", *(f"flows.{name}" for name in integrations()), "expectations._duckdb", "tests.faults._killing")
LONGEST_SECONDS = 240


@dataclass(frozen=True)
class Step:
    """A moment in a run: `moment` ("before" or "after") of its `step`, the `nth` time it gets there.

    Steps: "decision", "intent", "outcome" are commits of the ledger, "call" is a write to a vendor, "page" a read,
    "publish" the rename of the published file, "rename" any rename of a file that dlt works with, "judgement",
    "start" and "end" commits about the run itself. `kind` narrows a step to one kind of document.
    """

    moment: str
    step: str
    kind: str | None = None
    nth: int = 1

    def __str__(self) -> str:
        return " ".join(map(str, filter(None, (self.moment, self.step, self.kind, self.nth if self.nth > 1 else ""))))


def run_killed(world: World, integration: str, step: Step) -> None:
    """A run that dies at `step`; fails where the run ends before it gets there."""
    ended = run_perhaps_killed(world, integration, step)
    assert ended == -signal.SIGKILL, f"the run ended ({ended}) before it was killed: {step}"


def run_perhaps_killed(world: World, integration: str, step: Step | None) -> int | None:
    """A run that dies at `step` if it ever gets there; how its process ended."""
    child = started(world, _run, integration, step)
    child.join(LONGEST_SECONDS)
    return child.exitcode


def started_run(world: World, integration: str) -> ForkServerProcess:
    """A run in a process of its own that nothing happens to."""
    return started(world, _run, integration, None)


@contextmanager
def held(world: World, integration: str, step: Step) -> Iterator[ForkServerProcess]:
    """A run that waits at `step` while the block works, and then goes on to its end."""
    context = fork_server()
    there, go = context.Event(), context.Event()
    child = started(world, _run, integration, step, (there, go))
    try:
        assert there.wait(LONGEST_SECONDS), f"the run never got to this step: {step}"
        yield child
    finally:
        go.set()
        child.join(LONGEST_SECONDS)
    assert child.exitcode == 0


def started(world: World, work: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process at work in the tenant's environment: `work(as_of, *arguments)`."""
    said = {name: value for name, value in os.environ.items() if name.startswith(("CONTRAPARTIDA", "PREFECT"))}
    child: ForkServerProcess = fork_server().Process(
        target=_child, args=(said, Path.cwd(), work, world.now(), *arguments)
    )
    child.start()
    return child


def fork_server() -> Any:
    """Where cheap processes come from, and what they share with their parent."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


def _child(said: dict[str, str], folder: Path, work: Callable[..., None], *arguments: Any) -> None:
    import stamina

    os.environ.update(said)
    os.chdir(folder)
    stamina.set_testing(True, attempts=4, cap=True)
    work(*arguments)


def _run(as_of: datetime, integration: str, step: Step | None, hold: tuple[Any, Any] | None = None) -> None:
    run_flow(as_of, integration, step, (lambda: _wait(*hold)) if hold else _die)


def run_flow(as_of: datetime, integration: str, step: Step | None, spring: Callable[[], None]) -> Any:
    """The state in which a run ends to which `spring` happens at `step`."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    flow = getattr(importlib.import_module(f"flows.{integration}"), integration)
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}), trapped(step, spring):
        return flow(TENANT, as_of, False, return_state=True)


@contextmanager
def trapped(step: Step | None, spring: Callable[[], None]) -> Iterator[None]:
    """Has `spring` happen when a run of this process gets to `step`."""
    from connections._http import Connection
    from flows._ledger import Ledger

    trap = _Trap(step, spring)
    with ExitStack() as patches:
        for owner, name, around in (
            (Ledger, "record", trap.record),
            (Ledger, "decide", trap.decide),
            (Ledger, "judge", trap.judge),
            (Ledger, "begin", trap.begin),
            (Ledger, "end", trap.end),
            (Connection, "_exchange", trap.exchange),
            (Path, "replace", trap.publish),
            (os, "rename", trap.rename),
        ):
            patches.enter_context(mock.patch.object(owner, name, around(getattr(owner, name))))
        yield


class _Trap:
    """The wrapped methods, and how often the run came by; `spring` is what happens at the step."""

    def __init__(self, step: Step | None, spring: Callable[[], None]) -> None:
        self.step = step
        self.moment = step.moment if step else ""
        self.spring = spring
        self.kind: str | None = None
        self.passed = 0

    def is_set(self, step: str, kind: str | None = None) -> bool:
        """Whether this is where it happens; counts the step."""
        wanted = self.step
        if wanted is None or wanted.step != step or wanted.kind not in (None, kind):
            return False
        self.passed += 1
        return self.passed == wanted.nth

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

    def rename(self, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: self._around("rename", lambda: real(*given, **named))

    def exchange(self, real: Callable[..., Any]) -> Callable[..., Any]:
        async def exchange(connection: Any, method: str, *given: Any) -> Any:
            here = self.is_set("page" if method == "GET" else "call", self.kind)
            if here and self.moment == "before":
                self.spring()
            answer = await real(connection, method, *given)
            if here and self.moment == "after":
                self.spring()
            return answer

        return exchange

    def _around(self, step: str, work: Callable[[], Any]) -> Any:
        here = self.is_set(step)
        if here and self.moment == "before":
            self.spring()
        result = work()
        if here and self.moment == "after":
            self.spring()
        return result

    def _commit(self, ledger: Any, step: str, work: Callable[[], None]) -> None:
        """Inside the transaction with everything written and nothing committed, or right after the commit."""
        if not self.is_set(step, self.kind):
            work()
            return
        real = ledger._connection
        ledger._connection = _Watched(real, self._at)
        work()
        ledger._connection = real

    def _at(self, commit: Callable[[], Any]) -> None:
        if self.moment == "before":
            self.spring()
        commit()
        if self.moment == "after":
            self.spring()


class _Watched:
    """A connection to the ledger whose next commit is the moment."""

    def __init__(self, connection: Any, at_commit: Callable[[Callable[[], Any]], None]) -> None:
        self._connection = connection
        self._at_commit = at_commit

    def execute(self, statement: str, *given: Any) -> Any:
        if statement == "commit":
            return self._at_commit(lambda: self._connection.execute(statement))
        return self._connection.execute(statement, *given)


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _wait(there: Any, go: Any) -> None:
    there.set()
    go.wait(LONGEST_SECONDS)
