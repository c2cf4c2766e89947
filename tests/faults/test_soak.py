"""Random lives: changes at the source, faults of the vendors, kills of the runs. In the end all is as it should be.

`CONTRAPARTIDA_SEEDS=1-200` lives two hundred of them; `CONTRAPARTIDA_SEEDS=17` lives one again.
"""

import os

import pytest

from tests._world import World
from tests.faults._killing import run_perhaps_killed
from tests.faults._life import Life
from tests.faults._truth import truth

pytestmark = pytest.mark.long

ROUNDS = 4
INTEGRATIONS = ("pacto_to_kamino", "kamino_to_pacto")


def seeds() -> range:
    first, _, last = os.environ.get("CONTRAPARTIDA_SEEDS", "1-3").partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.mark.parametrize("seed", seeds())
def test_whatever_goes_wrong_in_a_life_two_quiet_runs_make_it_whole(world: World, seed: int) -> None:
    life = Life(seed)
    life.begin(world)
    for _ in range(ROUNDS):
        integration = life.draw.choice(INTEGRATIONS)
        life.change(world)
        for fault in life.faults(integration):
            life.log.append(f"fault {fault}")
            world.fault(**fault)
        step = life.kill()
        ended = run_perhaps_killed(world, integration, step)
        life.log.append(f"{integration} to be killed {step}: {ended}; writes so far {len(world.writes())}")
        world.no_faults()
        world.advance(hours=12)

    for integration in (*INTEGRATIONS, *INTEGRATIONS):
        life.log.append(f"{integration}: {world.run(integration).state}")

    assert not life.wrongs(truth(world)), f"SEED={seed}\n" + "\n".join(life.log)


def test_a_life_in_which_nothing_goes_wrong_is_as_the_judge_of_the_others_thinks(world: World) -> None:
    life = Life(0)
    life.begin(world)
    for _ in range(ROUNDS):
        life.change(world)
        assert {world.run(integration).state for integration in INTEGRATIONS} <= {"Posted", "Nothing to post"}
        assert life.wrongs(truth(world)) == []
