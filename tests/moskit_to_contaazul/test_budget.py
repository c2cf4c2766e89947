"""Never an eleventh call in any second, whoever calls: one process, two, or a storm of refusals in between."""

import multiprocessing
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cli._rehearsal import sections
from connections._settings import SettingsFile, load
from connections.contaazul import ContaAzul, ContaAzulSettings
from sandbox._serve import serving

TENANT = "agencia"
CALLS = 25


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Conta Azul at its own pace."""
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    with serving(pace=1) as made:
        monkeypatch.setenv("CONTRAPARTIDA__AGENCIA__SANDBOX", "true")
        for name, value in sections(made, 1)["contaazul"].items():
            monkeypatch.setenv(f"CONTRAPARTIDA__AGENCIA__CONTAAZUL__{name}".upper(), str(value))
        yield made


def call_often() -> None:
    with ContaAzul(load(ContaAzulSettings, TENANT, "contaazul", SettingsFile(Path("none.toml"))).settings) as ca:
        for _ in range(CALLS):
            ca.wait(ca.read, "/v1/pessoas/conta-conectada")


def most_in_a_second(url: str) -> int:
    moments = [
        call["monotonic"]
        for call in httpx.get(f"{url}/_sim/calls").json()
        if call["system"] == "contaazul" and call["path"] != "/oauth/token"
    ]
    return max(len([moment for moment in moments if first <= moment < first + 1]) for first in moments)


def refused(url: str) -> int:
    return len([call for call in httpx.get(f"{url}/_sim/calls").json() if call["status"] == 429])


def test_two_processes_together_stay_below_ten_calls_a_second(url: str) -> None:
    children = [multiprocessing.get_context("spawn").Process(target=call_often) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0]
    assert (most_in_a_second(url) <= 10, refused(url)) == (True, 0)


def test_calls_that_waited_out_a_storm_of_refusals_do_not_leave_all_at_once(url: str) -> None:
    storm = {"system": "contaazul", "fault": "storm_429", "times": 2, "retry_after": "seconds", "seconds": 3}
    httpx.post(f"{url}/_sim/faults", json={**storm, "route": "/v1/pessoas/conta-conectada"}).raise_for_status()
    with ContaAzul(load(ContaAzulSettings, TENANT, "contaazul", SettingsFile(Path("none.toml"))).settings) as ca:
        threads = [threading.Thread(target=ca.wait, args=(ca.read, "/v1/pessoas/conta-conectada")) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (refused(url), most_in_a_second(url) <= 10) == (2, True)
