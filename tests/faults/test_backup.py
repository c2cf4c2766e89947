"""A ledger is lost and put back: what the backup does not know is found in the target, and nothing is sent twice."""

import shutil

import pytest

from tests._command import Said, contrapartida
from tests._world import TENANT, World
from tests.faults._killing import Step, held
from tests.faults._scenes import paid, receipt
from tests.faults._truth import truth, written

INTEGRATION = "pacto_to_kamino"
IN_THE_MIDDLE = (
    Step("after", "intent", kind="receivable"),
    Step("after", "call", kind="receivable"),
    Step("after", "outcome", kind="receivable"),
)


def backed_up(world: World) -> Said:
    return contrapartida("backup", "--tenant", TENANT, "--to", str(world.data.parent / "kept"))


@pytest.mark.parametrize("step", IN_THE_MIDDLE, ids=str)
def test_backed_up_in_the_middle_of_a_push_and_lost_and_restored_it_is_as_if_nothing_had_happened(
    world: World, step: Step
) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()), receipt(2))
    with held(world, INTEGRATION, step):
        made = backed_up(world)
    as_if_nothing_had_happened = truth(world)
    (backup,) = (world.data.parent / "kept").iterdir()
    shutil.rmtree(world.data / TENANT)

    restored = contrapartida("restore", str(backup), "--tenant", TENANT)
    ran = world.run(INTEGRATION)

    assert (made.code, restored.code) == (0, 0), made.err + restored.err
    assert restored.out.splitlines()[-1] == (
        "  Whatever was sent after that moment is looked for there by our reference, and not sent again."
    )
    assert (ran.state, truth(world) == as_if_nothing_had_happened) == ("Posted", True), ran.message
    assert written(truth(world)) == {
        "person 39053344705": ("create",),
        "receivable PACTO-1-1": ("create", "settle"),
        "receivable PACTO-1-2": ("create",),
    }
    assert world.run(INTEGRATION).state == "Nothing to post"
    assert world.query(INTEGRATION, "select state from runs")[-3:-2] == [("Restored",)]


def test_the_nightly_flow_says_where_the_backup_lies_or_why_there_is_none(world: World) -> None:
    from flows._nightly import backup

    before = backup(TENANT, return_state=True)
    world.run(INTEGRATION)
    made = backup(TENANT, return_state=True)

    assert (before.name, made.name, contrapartida("verify", made.message or "").code) == ("No backup", "Backed up", 0)
