"""What every test shares: one real Prefect server, and a world of vendors of its own for each test."""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import duckdb
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests._prefect import close_shared, reporting_to, shared_address
from tests._world import World, opened_world

settings.register_profile("untimed", deadline=None, database=None, print_blob=True)
settings.load_profile("untimed")

# Whose fixtures take minutes: they are begun first, so that nobody waits for them in the end.
SLOW_TO_MAKE = ("prefect_ui", "test_demo.py")


SCENARIOS = ("test_cases.py", "test_lives.py")


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Side by side, a scenario goes to whoever is free; other tests stay with those that share what is slow to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePath(nodeid.split("::", maxsplit=1)[0])
        if file.name in SCENARIOS:
            return nodeid
        return str(file.parent if file.parent.name == "prefect_ui" else file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(part in SLOW_TO_MAKE for part in item.path.parts))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_configure_node(node: WorkerController) -> None:
    """Each process that runs tests beside others is told where their one Prefect server is."""
    node.workerinput["prefect"] = shared_address(node.config)


def pytest_unconfigure(config: pytest.Config) -> None:
    close_shared(config)


@pytest.fixture(scope="session", autouse=True)
def databases_have_one_thread() -> Iterator[None]:
    """Tests run side by side, each on a few rows: threads would only get in each other's way."""
    connect = duckdb.connect

    def connected(database: Any = ":memory:", read_only: bool = False, config: Any = None) -> duckdb.DuckDBPyConnection:
        return connect(database, read_only=read_only, config={"threads": 1, **(config or {})})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", connected)
        yield


@pytest.fixture(scope="session")
def prefect_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Prefect server, which all flow runs of this test session report to."""
    given = getattr(request.config, "workerinput", {}).get("prefect")
    address = given or shared_address(request.config)
    with reporting_to(address, tmp_path_factory.mktemp("prefect")):
        yield address


@pytest.fixture
def world(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Vendors on real HTTP with a gym's master data and nobody in it; tenant `academia`; data of its own."""
    with opened_world(tmp_path, monkeypatch) as made:
        yield made
