"""The calls that a vendor allows are shared by whoever holds the credential, in whatever process."""

import asyncio
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests._world import TENANT, World, opened_world
from tests.faults._killing import LONGEST_SECONDS, fork_server, started

ALLOWED_IN_A_SECOND = 20
CALLS = 30


@pytest.fixture
def strict_world(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Vendors that count; the tenant's budget is what they allow."""
    with opened_world(tmp_path, monkeypatch, pace=ALLOWED_IN_A_SECOND) as made:
        yield made


def _read_much(as_of: datetime, start: Any) -> None:
    from connections._settings import load, settings_file
    from connections.pacto import Pacto, PactoSettings

    with Pacto(load(PactoSettings, TENANT, "pacto", settings_file()).settings) as pacto:

        async def read_at_once() -> None:
            await asyncio.gather(*(pacto.read("/v1/planoconta", {"page": 0, "size": 1}) for _ in range(CALLS)))

        start.wait(LONGEST_SECONDS)
        pacto.wait(read_at_once)


def test_two_processes_with_one_credential_stay_below_the_limit_together(strict_world: World) -> None:
    start = fork_server().Barrier(2)
    readers = [started(strict_world, _read_much, start) for _ in range(2)]
    for reader in readers:
        reader.join(LONGEST_SECONDS)

    calls = strict_world.calls("pacto")
    moments = sorted(call["monotonic"] for call in calls)
    in_a_second = [bisect_right(moments, moment + 1) - place for place, moment in enumerate(moments)]
    assert [reader.exitcode for reader in readers] == [0, 0]
    assert {call["status"] for call in calls} == {200}
    assert (len(calls), max(in_a_second) <= ALLOWED_IN_A_SECOND) == (2 * CALLS, True)
