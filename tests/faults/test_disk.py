"""A disk that is full: what could not be written down is not sent, and once there is room the next run goes on."""

import os
import resource
from datetime import datetime
from typing import Any

import pytest

from tests._world import World
from tests.faults._killing import LONGEST_SECONDS, Step, fork_server, run_flow, started
from tests.faults._scenes import paid, receipt
from tests.faults._truth import truth, written


def fill_the_disk() -> None:
    """From now on this process can make no file larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def run_until_the_disk_is_full(as_of: datetime, integration: str, step: Step, told: Any) -> None:
    state = run_flow(as_of, integration, step, fill_the_disk)
    told.send((state.name, state.message))
    told.close()
    os._exit(0)  # what Python writes on its way out has no room either


def run_with_full_disk(world: World, integration: str, step: Step) -> tuple[str, str]:
    """The named state of a run whose disk is full from `step` on."""
    ours, theirs = fork_server().Pipe(duplex=False)
    child = started(world, run_until_the_disk_is_full, integration, step, theirs)
    assert ours.poll(LONGEST_SECONDS), "the run told nothing"
    name, message = ours.recv()
    child.join(LONGEST_SECONDS)
    return str(name), str(message)


@pytest.mark.parametrize(
    ("step", "sent"),
    [
        (Step("before", "page"), 0),
        (Step("before", "intent", kind="receivable"), 1),
        (Step("before", "outcome", kind="receivable"), 2),
        (Step("after", "end"), 3),
    ],
    ids=str,
)
def test_nothing_is_sent_that_could_not_be_written_down_before(world: World, step: Step, sent: int) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))

    state, message = run_with_full_disk(world, "pacto_to_kamino", step)

    assert (state, len(world.writes())) == ("Disk trouble", sent), message
    assert world.run("pacto_to_kamino").state in ("Posted", "Nothing to post")
    told = written(truth(world))
    assert told == {"person 39053344705": ("create",), "receivable PACTO-1-1": ("create", "settle")}
    assert world.run("pacto_to_kamino").state == "Nothing to post"
