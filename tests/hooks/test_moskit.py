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
        ({"name": "no event"}, TOKEN, 400),
        ([], TOKEN, 400),
    ],
)
def test_what_is_no_event_of_ours_is_refused(listening: Listening, body: Any, token: str, status: int) -> None:
    assert (send(listening, body, token), listening.started) == (status, [])


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"event": "contact-created", "entity": "contact"}, "after": {"id": 7, "status": "WON"}},
        {"metadata": {"event": "deal-deleted", "entity": "deal"}, "before": {"id": 7, "status": "WON"}, "after": None},
        {"metadata": {"event": "note-added", "entity": "note"}},
        {"after": {"id": {"odd": 1}, "status": "WON"}},
    ],
    ids=range(4),
)
def test_an_event_about_something_else_is_answered_as_any_other_and_starts_nothing(
    listening: Listening, body: Any
) -> None:
    assert (send(listening, body), [listening.stored(name) for name in WAITING]) == (200, [[], []])


def test_a_deal_that_is_won_as_it_is_made_and_one_whose_id_is_no_number_are_heard(listening: Listening) -> None:
    made = {**event("OPEN", "WON"), "before": None}
    named = {"before": {"status": "OPEN"}, "after": {"id": "E-2", "status": "WON"}}
    assert [send(listening, each) for each in (made, named)] == [200, 200]
    assert sorted(what for _, what in listening.stored(WAITING[0])) == ["deal won 48290481", "deal won E-2"]


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
