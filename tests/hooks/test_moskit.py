"""Webhooks of the CRM are heard: only a deal that was just won matters, to both integrations that wait for one."""

from typing import Any

import httpx
import pytest

from sandbox._serve import serving
from tests.hooks._listening import TOKEN, Listening

WAITING = ("moskit_to_contaazul", "moskit_to_contaazul_financeiro")


def event(before: str, after: str) -> dict[str, Any]:
    return {
        "metadata": {"event": "deal-statusChanged", "hash": "opaque"},
        "before": {"id": 48290481, "status": before},
        "after": {"id": 48290481, "status": after, "price": 1250.55, "customFieldValues": [{"numberValue": 10**30}]},
    }


def send(listening: Listening, body: Any, token: str = TOKEN) -> int:
    return listening.send("moskit/revenda", body, params={"token": token})


def test_a_deal_that_was_won_is_stored_once_and_starts_a_run_of_each_integration(listening: Listening) -> None:
    answers = [send(listening, event("OPEN", "WON")) for _ in range(3)]
    listening.wait_for_runs(2)
    heard = [(name, what) for name in WAITING for _, what in listening.stored(name)]
    assert (answers, heard, sorted(listening.started)) == (
        [200] * 3,
        [(name, "deal won 48290481") for name in WAITING],
        [(name, "revenda") for name in WAITING],
    )


@pytest.mark.parametrize(("before", "after"), [("WON", "OPEN"), ("OPEN", "LOST"), ("WON", "WON")])
def test_other_changes_are_heard_and_start_nothing(listening: Listening, before: str, after: str) -> None:
    answer = send(listening, event(before, after))
    assert (answer, [listening.stored(name) for name in WAITING], listening.started) == (200, [[], []], [])


@pytest.mark.parametrize(
    ("body", "token", "status"),
    [
        (event("OPEN", "WON"), "guess", 401),
        (event("OPEN", "WON"), "", 401),
        ({"after": {}}, TOKEN, 400),
        ([], TOKEN, 400),
    ],
)
def test_what_is_no_event_of_ours_is_refused(listening: Listening, body: Any, token: str, status: int) -> None:
    assert (send(listening, body, token), listening.started) == (status, [])


def test_what_the_crm_sends_is_understood(listening: Listening) -> None:
    address = f"{listening.url}/hooks/moskit/revenda?token={TOKEN}"
    with serving(pace=1e6) as url, httpx.Client(base_url=f"{url}/moskit") as moskit:
        hook = {"system": "moskit", "table": "webhook", "rows": [{"id": 1, "url": address}]}
        httpx.post(f"{url}/_sim/plant", json=hook).raise_for_status()
        moskit.headers["apikey"] = httpx.get(f"{url}/_sim/credentials/moskit").json()["api_key"]
        deal = moskit.post("/deals/search", json=[{"field": "status", "expression": "one_of", "values": ["OPEN"]}])
        opened = deal.raise_for_status().json()[0]
        moskit.put(f"/deals/{opened['id']}", json={**opened, "status": "WON"}).raise_for_status()
        listening.wait_for_runs(2)
        assert [what for _, what in listening.stored(WAITING[0])] == [f"deal won {opened['id']}"]
