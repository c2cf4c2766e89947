"""Nobody waits in these tests: repeated reads follow at once, and the tenant waits for no vendor."""

from collections.abc import Iterator

import pytest
import stamina

from connections._http import READ_TRIES
from tests._world import World
from tests.faults._scenes import impatient


@pytest.fixture(autouse=True, scope="package")
def reads_are_repeated_at_once() -> Iterator[None]:
    with stamina.set_testing(True, attempts=READ_TRIES, cap=True):
        yield


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world of every test, with a tenant in a hurry."""
    impatient(monkeypatch)
    return world
