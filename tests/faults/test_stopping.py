"""Whoever stops a run has stopped it: no other call is made, what was sent is recorded, the next run does the rest."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from connections._stopping import stopped
from flows import _execute
from flows._push import groups
from tests._world import World
from tests.faults._killing import Step, run_flow
from tests.faults._scenes import receipt

STEPS = (
    Step("after", "start"),
    Step("before", "page"),
    Step("after", "page", nth=3),
    Step("after", "judgement"),
    Step("after", "decision", "receivable"),
    Step("after", "intent", "receivable"),
    Step("before", "call", "receivable"),
    Step("after", "call", "receivable"),
    Step("after", "outcome", "receivable"),
)
PATIENCE_SECONDS = 30
NUMBERS = (1, 2, 3)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call at a time is under way, so that what comes after the stop can be told from what went before."""
    monkeypatch.setattr(_execute, "groups", lambda writer, planned, _at_once: groups(writer, planned, 1))


SIGNALS = (signal.SIGINT, signal.SIGTERM)
CASES = [
    # Each step is stopped by one of the two in every day's tests, and by both in the long ones.
    pytest.param(step, by, id=f"{step}-{by.name}", marks=[] if (place + turn) % 2 else pytest.mark.long)
    for place, step in enumerate(STEPS)
    for turn, by in enumerate(SIGNALS)
]


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize(("step", "by"), CASES)
def test_after_a_stop_no_call_is_made_and_the_next_run_does_the_rest(
    world: World, step: Step, by: signal.Signals
) -> None:
    world.plant("pacto", "movparcela", *(receipt(number) for number in NUMBERS))
    called: list[int] = []

    state = run_flow(world.now(), "pacto_to_kamino", step, stop(by, lambda: called.append(calls(world))))

    assert (state.name, state.type.value, calls(world) - called[0]) == ("Stopped", "CANCELLED", 0), state.message
    assert world.run("pacto_to_kamino").state == "Posted"
    assert posted(world) == [f"PACTO-1-{number}" for number in NUMBERS]


def stop(by: signal.Signals, note: Callable[[], None]) -> Callable[[], None]:
    """Sends the signal, and goes on when it has arrived."""

    def spring() -> None:
        os.kill(os.getpid(), by)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not stopped() and time.monotonic() < deadline:
            time.sleep(0.01)
        note()

    return spring


def calls(world: World) -> int:
    return sum(len(world.calls(system)) for system in ("pacto", "kamino"))


def posted(world: World) -> list[str]:
    return sorted(row["CodigoExterno"] for row in world.rows("kamino", "recebimento"))
