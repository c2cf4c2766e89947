"""What every test shares: one real Prefect server, and a world of vendors of its own for each test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import duckdb
import httpx
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests._world import World, opened_world

settings.register_profile("untimed", deadline=None, database=None, print_blob=True)
settings.load_profile("untimed")

# Nothing is deployed on the shared server, nothing waits there and nobody looks at its timelines (the tests of the UI
# have a server of their own): what would look for such things stays away.
UNNEEDED = (
    *("SCHEDULER", "LATE_RUNS", "FOREMAN", "TRIGGERS", "CANCELLATION_CLEANUP", "PAUSE_EXPIRATIONS", "REPOSSESSOR"),
    *("TASK_RUN_RECORDER", "CLEANUP_RECONCILER"),
)
QUIET = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_LOGGING_LEVEL": "WARNING"}


# Whose fixtures take minutes: they are begun first, so that nobody waits for them in the end.
SLOW_TO_MAKE = ("prefect_ui", "test_demo.py")


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Side by side, a scenario goes to whoever is free; other tests stay with those that share what is slow to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePath(nodeid.split("::", maxsplit=1)[0])
        if file.name == "test_cases.py":
            return nodeid
        return str(file.parent if file.parent.name == "prefect_ui" else file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(part in SLOW_TO_MAKE for part in item.path.parts))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    config.option.loadscopereorder = False
    return Scheduling(config, log)


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
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Prefect server, which all flow runs of this test session report to."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    os.environ.update(QUIET, PREFECT_HOME=str(home), PREFECT_UI_API_URL=f"{url}/api")
    server = subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in UNNEEDED}},
    )
    try:
        _wait_until_healthy(url)
        os.environ["PREFECT_API_URL"] = f"{url}/api"
        from prefect.settings import (
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            PREFECT_LOGGING_TO_API_ENABLED,
            temporary_settings,
        )

        # The engine waits for its heartbeat thread at the end of each flow run: a second per run. Tests that read
        # logs from the server turn them on.
        with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_ENABLED: False}):
            yield url
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def world(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Vendors on real HTTP with a gym's master data and nobody in it; tenant `academia`; data of its own."""
    with opened_world(tmp_path, monkeypatch) as made:
        yield made


def _wait_until_healthy(url: str) -> None:
    for _ in range(240):
        try:
            if httpx.get(f"{url}/api/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise RuntimeError("the Prefect server did not start within two minutes")
