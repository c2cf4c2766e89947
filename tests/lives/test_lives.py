"""Random lives of every pair: changes at the source, hands in the target, other readings of the vendors, faults, kills.

`CONTRAPARTIDA_SEEDS=1-200` lives two hundred of each; `CONTRAPARTIDA_SEEDS=17` lives one again.
"""

import os

import pytest
from tests.lives.moskit_contaazul import MoskitContaAzul
from tests.lives.ogestor_asaas import OGestorAsaas
from tests.lives.pacto_kamino import PactoKamino
from tests.lives.rindegastos_defontana import RindegastosDefontana
from tests.lives.senior import Senior

from tests._world import World
from tests.lives._life import Life

ROUNDS = 4
PAIRS: dict[str, type[Life]] = {
    "pacto_kamino": PactoKamino,
    "moskit_contaazul": MoskitContaAzul,
    "senior": Senior,
    "rindegastos_defontana": RindegastosDefontana,
    "ogestor_asaas": OGestorAsaas,
}


def seeds() -> range:
    first, _, last = os.environ.get("CONTRAPARTIDA_SEEDS", "1-3").partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.mark.parametrize("seed", seeds())
@pytest.mark.parametrize("pair", PAIRS)
def test_whatever_happens_in_a_life_quiet_runs_make_it_whole_and_then_write_nothing(
    world: World, pair: str, seed: int
) -> None:
    life = PAIRS[pair](world, seed)
    life.live(ROUNDS)
    wrong = life.wrongs() or [f"needless: {write}" for write in life.needless()]
    assert not wrong, f"SEED={seed} {pair}\n" + "\n".join([*life.log, *wrong])
