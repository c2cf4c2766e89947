"""A world whose payroll is read from long ago on, at the day on which the vectors are told."""

from collections.abc import Iterator

import httpx
import pytest

from tests._senior_vectors import TODAY
from tests._world import TENANT, World

FLOWS = ("SENIOR_HCM_TO_SENIOR_ERP", "SENIOR_HCM_INVOICES_TO_SENIOR_ERP", "SENIOR_ERP_TO_SENIOR_HCM")


@pytest.fixture
def payroll(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world on 20/10/2026; what was booked a year before is still read."""
    httpx.post(f"{world.url}/_sim/clock", json={"set": f"{TODAY}T09:00:00-03:00"}).raise_for_status()
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{FLOWS[0]}__WINDOW_DAYS".upper(), "400")
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{FLOWS[0]}__AHEAD_DAYS".upper(), "400")
    return world


@pytest.fixture
def erp(payroll: World) -> Iterator[httpx.Client]:
    """The ERP as its own users use it."""
    with httpx.Client(base_url=f"{payroll.url}/senior_erp", timeout=60) as client:
        yield client
