"""kill -9 outside the push, and kill -9 again and again: the next run starts from the ledger and nothing else."""

import pytest

from tests._world import World
from tests.faults._killing import Step, run_killed
from tests.faults._scenes import BRUNO, paid, receipt
from tests.faults._truth import truth, written

pytestmark = pytest.mark.long

STEPS = (
    Step("before", "start"),
    Step("after", "start"),
    Step("before", "page"),
    Step("after", "page", nth=5),
    Step("before", "rename"),
    Step("after", "rename", nth=4),
    Step("before", "judgement"),
    Step("after", "judgement"),
    Step("before", "call"),
    Step("before", "end"),
    Step("after", "end"),
    Step("before", "publish"),
    Step("after", "publish"),
)


def test_a_run_killed_outside_the_push_leaves_no_loss_and_no_duplicate_and_what_is_published_stays_readable(
    world: World,
) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    assert world.run("pacto_to_kamino").state == "Posted"

    for turn, step in enumerate(STEPS):
        world.plant("pacto", "movparcela", receipt(10 + turn))
        run_killed(world, "pacto_to_kamino", step)
        assert world.query("pacto_to_kamino", "select count(*) from documents where kind = 'receivable'") > [(turn,)]

        world.run("pacto_to_kamino")

        told = written(truth(world))
        assert (len(told), set(told.values())) == (2 + turn + 1, {("create",)}), f"killed {step}"

    states = world.query("pacto_to_kamino", "select state, count(*) from runs where state like '%killed' group by all")
    assert states == [("Running or killed", len(STEPS) - 4)]
    assert world.run("pacto_to_kamino").state == "Nothing to post"


def test_a_run_killed_again_and_again_while_it_recovers_is_healed_by_two_more(world: World) -> None:
    world.plant("pacto", "movparcela", *(receipt(number, **paid()) for number in (1, 2)), receipt(3, pessoa=BRUNO))
    for step in (
        Step("after", "intent", kind="person"),
        Step("before", "outcome", kind="person"),
        Step("after", "call", kind="receivable", nth=2),
        Step("before", "decision", kind="settlement"),
        Step("after", "call", kind="settlement"),
        Step("before", "end"),
    ):
        run_killed(world, "pacto_to_kamino", step)

    states = [world.run("pacto_to_kamino").state for _ in range(3)]

    told = written(truth(world))
    assert states[-1] == "Nothing to post"
    assert told == {
        "person 39053344705": ("create",),
        f"person {BRUNO['cpfCnpj']}": ("create",),
        "receivable PACTO-1-1": ("create", "settle"),
        "receivable PACTO-1-2": ("create", "settle"),
        "receivable PACTO-1-3": ("create",),
    }
