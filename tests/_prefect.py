"""A real Prefect server for tests: one for all of them, however many processes they run in."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from cli._server import Server, free_port, send_what_waits, starting, without_prefect

QUIET = {"DO_NOT_TRACK": "1", "PREFECT_LOGGING_LEVEL": "WARNING"}
PATIENCE_SECONDS = 300
OPENED = pytest.StashKey[ExitStack]()
ADDRESS = pytest.StashKey[str]()


@contextmanager
def opened_server(home: Path, *, keeps_events: bool = False) -> Iterator[Server]:
    """A server of its own in `home`, not yet ready. Its UI, its services and events cost as much as runs do."""
    with starting(home, free_port(0), without_prefect(), ui=keeps_events) as server:
        yield server


@contextmanager
def reporting_to(address: str, home: Path) -> Iterator[None]:
    """Flow runs of this process, and of those that it starts, report to the server at `address`, once it is ready."""
    _wait_until_healthy(address)
    send_what_waits()  # what sends it has the address of the server before
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**QUIET, "PREFECT_HOME": str(home), "PREFECT_API_URL": f"{address}/api"}.items():
            environment.setenv(name, value)
        from prefect.settings import (
            PREFECT_API_URL,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
            PREFECT_LOGGING_TO_API_ENABLED,
            temporary_settings,
        )

        # The engine waits for its heartbeat thread at the end of each flow run: a second per run. Tests that read
        # logs from the server turn them on.
        quick = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_ENABLED: False}
        with temporary_settings({PREFECT_API_URL: f"{address}/api", **quick}):
            yield


def shared_address(config: pytest.Config) -> str:
    """Where the one server is that all processes of this session report to; the first who asks begins it."""
    if ADDRESS not in config.stash:
        opened = config.stash.setdefault(OPENED, ExitStack())
        home = opened.enter_context(TemporaryDirectory(prefix="prefect-", ignore_cleanup_errors=True))
        config.stash[ADDRESS] = opened.enter_context(opened_server(Path(home))).address
    return config.stash[ADDRESS]


def close_shared(config: pytest.Config) -> None:
    config.stash.get(OPENED, ExitStack()).close()


def _wait_until_healthy(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/api/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise RuntimeError(f"the Prefect server at {address} did not start")
