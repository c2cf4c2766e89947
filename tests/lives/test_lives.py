"""Random lives of every pair: changes at the source, hands in the target, other readings of the vendors, faults, kills.

`CONTRAPARTIDA_SEEDS=1-200` lives two hundred of each; `CONTRAPARTIDA_SEEDS=17` lives one again. Lives that are asked
for are twice as long as those of every day (`CONTRAPARTIDA_ROUNDS` says how long).
"""

import importlib
import os
from pathlib import Path

import pytest

from tests._world import World
from tests.lives._life import Life

pytestmark = pytest.mark.timeout(1800)
"""A life has a score of runs, and a crowded machine is slow."""

SEEDS = os.environ.get("CONTRAPARTIDA_SEEDS", "")
ROUNDS = int(os.environ.get("CONTRAPARTIDA_ROUNDS", "4" if SEEDS else "2"))
PAIRS = sorted(
    path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if not path.stem.startswith(("test_", "conftest"))
)
"""Each pair of vendors has a file here with the one class of its lives."""


def life_of(pair: str) -> type[Life]:
    module = importlib.import_module(f"tests.lives.{pair}")
    classes = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Life)]
    [made] = [each for each in classes if each.__module__ == module.__name__]
    return made


def seeds() -> range:
    first, _, last = (SEEDS or "1-3").partition("-")
    return range(int(first), int(last or first) + 1)


@pytest.mark.parametrize("seed", seeds())
@pytest.mark.parametrize("pair", PAIRS)
def test_whatever_happens_in_a_life_quiet_runs_make_it_whole_and_then_write_nothing(
    world: World, pair: str, seed: int
) -> None:
    life = life_of(pair)(world, seed)
    life.live(ROUNDS)
    wrong = life.wrongs() or [f"needless: {write}" for write in life.needless()] or life.unsound()
    assert not wrong, f"SEED={seed} {pair}\n" + "\n".join([*life.log, *wrong])
