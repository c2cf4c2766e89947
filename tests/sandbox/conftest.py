"""A sandbox on real HTTP, fresh for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox._serve import serving
from tests.sandbox._receiver import Receiver, receiving

FAST = 1_000_000.0
Plant = Callable[..., Any]


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    with serving(pace=FAST) as url:
        yield url


@pytest.fixture
def sim(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{base}/_sim", verify=False) as client:
        client.post("/reset", json={"seed": 7, "size": "small", "pace": FAST})
        yield client


@pytest.fixture
def pacto(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    known = sim.get("/credentials/pacto").json()
    headers = {"Authorization": f"Bearer {known['api_key']}", "empresaId": known["empresa_id"]}
    with httpx.Client(base_url=f"{base}/pacto", headers=headers, verify=False) as client:
        yield client


@pytest.fixture
def kamino(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    known = sim.get("/credentials/kamino").json()
    headers = {
        "App": known["app"],
        "CN": known["cn"],
        "IDUsr": known["id_usr"],
        "Usr": known["usr"],
        "Hash": known["hash"],
    }
    with httpx.Client(base_url=f"{base}/kamino", headers=headers, verify=False) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An address for webhooks."""
    with receiving() as made:
        yield made


@pytest.fixture
def plant(sim: httpx.Client) -> Plant:
    """Put rows behind the vendor's back; text goes out as it is, so that odd numbers survive."""

    def planted(system: str, table: str, *rows: dict[str, Any]) -> None:
        answer = sim.post("/plant", json={"system": system, "table": table, "rows": rows})
        assert answer.status_code == 200, answer.text

    return planted


@pytest.fixture
def fault(sim: httpx.Client) -> Plant:
    """Plan a fault."""

    def planned(system: str, name: str, **arguments: Any) -> None:
        answer = sim.post("/faults", json={"system": system, "fault": name, **arguments})
        assert answer.status_code == 200, answer.text

    return planned
