"""Moskit's stand-in, oddity by oddity."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox._moskit_data import CNPJ_FIELD, FIRST_COMPANY, deal_row
from tests.sandbox._receiver import Receiver

Plant = Callable[..., Any]
WON = [{"field": "status", "expression": "one_of", "values": ["WON"]}]


@pytest.fixture
def moskit(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    key = sim.get("/credentials/moskit").json()["api_key"]
    with httpx.Client(base_url=f"{base}/moskit", headers={"ApiKey": key}, verify=False) as client:
        yield client


def quirk(sim: httpx.Client, **chosen: str) -> None:
    assert sim.post("/quirks", json={"system": "moskit", **chosen}).status_code == 200


def ids(answer: httpx.Response) -> list[int]:
    return [row["id"] for row in answer.json()]


def whole(moskit: httpx.Client, deal: int) -> dict[str, Any]:
    found: dict[str, Any] = moskit.get(f"/deals/{deal}").json()
    return found


def test_the_key_is_a_header_and_a_wrong_one_is_401(moskit: httpx.Client) -> None:
    moskit.headers["apikey"] = "wrong"
    assert (moskit.get("/deals").status_code, moskit.get("/deals").json()) == (401, {"message": "Unauthorized"})


def test_a_list_is_a_bare_array_of_ten_and_what_it_is_a_page_of_stands_in_headers(moskit: httpx.Client) -> None:
    answer = moskit.get("/deals")
    total = int(answer.headers["X-Moskit-Listing-Total"])
    assert isinstance(answer.json(), list)
    assert (len(answer.json()), answer.headers["X-Moskit-Listing-Present"], total > 100) == (10, "10", True)


def test_the_cursor_leads_through_every_record_once_and_ends_without_a_token(moskit: httpx.Client) -> None:
    seen: list[int] = []
    params: dict[str, Any] = {"quantity": 50, "sort": "id"}
    while True:
        answer = moskit.get("/deals", params=params)
        seen += ids(answer)
        token = answer.headers.get("X-Moskit-Listing-Next-Page-Token")
        if not token:
            break
        params["nextPageToken"] = token
    assert len(seen) == len(set(seen)) == int(answer.headers["X-Moskit-Listing-Total"])


def test_start_is_an_offset_and_other_ways_to_page_are_ignored(moskit: httpx.Client) -> None:
    first = ids(moskit.get("/deals"))
    assert ids(moskit.get("/deals", params={"start": 5}))[:5] == first[5:]
    for ignored in ("page", "limit", "offset", "skip", "pageToken"):
        assert ids(moskit.get("/deals", params={ignored: 3})) == first


def test_a_page_holds_fifty_at_most(moskit: httpx.Client, sim: httpx.Client) -> None:
    assert len(moskit.get("/deals", params={"quantity": 200}).json()) == 50
    quirk(sim, quantity="refused")
    assert moskit.get("/deals", params={"quantity": 200}).status_code == 422


def test_a_filter_on_a_list_is_ignored(moskit: httpx.Client) -> None:
    assert ids(moskit.get("/deals", params={"status": "LOST"})) == ids(moskit.get("/deals"))


def test_a_stuck_cursor_gives_the_same_token_for_ever(moskit: httpx.Client, sim: httpx.Client) -> None:
    quirk(sim, cursor="stuck")
    second = moskit.get("/deals", params={"nextPageToken": _token(moskit.get("/deals"))})
    assert _token(moskit.get("/deals", params={"nextPageToken": _token(second)})) == _token(second)


def test_the_headers_may_carry_the_new_brand_and_a_wrong_total(moskit: httpx.Client, sim: httpx.Client) -> None:
    right = int(moskit.get("/deals").headers["X-Moskit-Listing-Total"])
    quirk(sim, headers="ollow", total="wrong")
    answer = moskit.get("/deals")
    assert "X-Moskit-Listing-Total" not in answer.headers
    assert int(answer.headers["X-Ollow-Listing-Total"]) > right


def _token(answer: httpx.Response) -> str:
    return answer.headers["X-Moskit-Listing-Next-Page-Token"]


def test_conditions_of_a_search_all_hold(moskit: httpx.Client, sim: httpx.Client, plant: Plant) -> None:
    sim.post("/plant", json={"system": "moskit", "table": "deals", "clear": True})
    plant(
        "moskit",
        "deals",
        deal_row(1, closeDate="2030-01-01T02:00:00.000Z", stage={"id": 109_017}),
        deal_row(2, closeDate="2030-01-01T00:30:00.000-03:00"),
        deal_row(3, closeDate="2030-01-01T04:00:00Z", status="LOST"),
        deal_row(4, closeDate="2030-01-02T00:00:00Z", name="Só este"),
    )

    def found(*conditions: dict[str, Any]) -> list[int]:
        since = {"field": "closeDate", "expression": "gte", "values": ["2029-01-01T00:00:00Z"]}
        return sorted(ids(moskit.post("/deals/search", json=[since, *conditions])))

    def one(field: str, expression: str, *values: Any) -> dict[str, Any]:
        return {"field": field, "expression": expression, "values": list(values)}

    assert found() == [1, 2, 3, 4]
    assert found(*WON) == [1, 2, 4]
    assert found(one("closeDate", "gt", "2029-12-31T23:30:00-03:00")) == [2, 3, 4]
    assert found(one("closeDate", "lt", "2030-01-01T02:00:00Z")) == []
    assert found(one("stage", "none_of", 109_019)) == [1]
    assert found(one("name", "like", "só")) == [4]
    assert found(one("CF_nothing", "null")) == [1, 2, 3, 4]


def test_a_search_pages_like_a_list(moskit: httpx.Client) -> None:
    first = moskit.post("/deals/search", params={"quantity": 50}, json=WON)
    second = moskit.post("/deals/search", params={"quantity": 50, "nextPageToken": _token(first)}, json=WON)
    assert len(first.json()) == 50
    assert {row["status"] for row in first.json() + second.json()} == {"WON"}
    assert not set(ids(first)) & set(ids(second))


def test_a_field_may_not_be_searchable_and_the_api_says_which_are(moskit: httpx.Client, sim: httpx.Client) -> None:
    assert {"field": "closeDate"} in moskit.get("/deals/search").json()
    quirk(sim, searchable="proven")
    assert moskit.get("/deals/search").json() == [{"field": "dateCreated"}, {"field": "name"}, {"field": "stage"}]
    assert moskit.post("/deals/search", json=WON).status_code == 422


def test_money_is_in_cents_and_a_deal_names_its_company_by_id_only(moskit: httpx.Client, plant: Plant) -> None:
    plant("moskit", "deals", deal_row(1, companies=[{"id": FIRST_COMPANY}]))
    deal = whole(moskit, 1)
    assert (deal["price"], deal["companies"], deal["stage"]) == (125_000, [{"id": FIRST_COMPANY}], {"id": 109_019})
    assert moskit.get("/stages/109019").json() == {"id": 109_019, "name": "Fechamento", "pipeline": {"id": 52_050}}


def test_a_cnpj_in_a_numeric_field_has_lost_its_leading_zeros(moskit: httpx.Client, plant: Plant) -> None:
    plant("moskit", "companies", {"id": 1, "entityCustomFields": [{"id": CNPJ_FIELD, "numericValue": 191}]})
    assert moskit.get("/companies/1").json()["entityCustomFields"] == [{"id": CNPJ_FIELD, "numericValue": 191}]


def test_a_put_replaces_the_whole_record(moskit: httpx.Client, plant: Plant) -> None:
    plant("moskit", "deals", deal_row(1))
    deal = whole(moskit, 1)
    assert moskit.put("/deals/1", json={"stage": {"id": 109_017}}).status_code == 422
    assert moskit.put("/deals/1", json={n: v for n, v in deal.items() if n != "activities"}).status_code == 422
    refused = moskit.put("/deals/1", json={**deal, "status": None})
    assert (refused.status_code, refused.json()["message"]) == (422, "Enum cannot be null")
    assert moskit.put("/deals/1", json={**deal, "price": 99}).json()["price"] == 99


def test_reopening_clears_the_closing_date_and_winning_again_sets_it_anew(moskit: httpx.Client, plant: Plant) -> None:
    plant("moskit", "deals", deal_row(1))
    opened = moskit.put("/deals/1", json={**whole(moskit, 1), "status": "OPEN", "closeDate": None}).json()
    won = moskit.put("/deals/1", json={**opened, "status": "WON"}).json()
    assert (opened["closeDate"], won["closeDate"]) == (None, "2026-11-21T09:00:00.000-03:00")


def test_a_record_just_changed_is_given_as_it_was_for_a_while(
    moskit: httpx.Client, sim: httpx.Client, plant: Plant
) -> None:
    plant("moskit", "deals", deal_row(1))
    quirk(sim, stale_ms="60000")
    moskit.put("/deals/1", json={**whole(moskit, 1), "status": "LOST"})
    assert whole(moskit, 1)["status"] == "WON"
    quirk(sim, stale_ms="0")
    assert whole(moskit, 1)["status"] == "LOST"


def test_a_new_deal_gets_an_id_and_is_journalled(moskit: httpx.Client, sim: httpx.Client) -> None:
    who = {"createdBy": {"id": 154_348}, "responsible": {"id": 154_348}}
    assert moskit.post("/deals", json={"name": "Novo", "status": "OPEN", **who}).status_code == 422
    made = moskit.post("/deals", json={"name": "Novo", "status": "OPEN", "stage": {"id": 109_017}, **who})
    assert (made.status_code, whole(moskit, made.json()["id"])["name"]) == (200, "Novo")
    assert [entry["verb"] for entry in sim.get("/journal").json()] == ["create"]


def test_six_calls_a_second_and_then_429_with_how_long_to_wait(moskit: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/reset", json={"pace": 1})
    answers = [moskit.get("/pipelines") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert (answers[-1].headers["Retry-After"], answers[-1].headers["RateLimit-Reset"]) == ("1", "1")


def test_webhooks_cannot_be_managed_and_unknown_records_are_404(moskit: httpx.Client) -> None:
    assert [moskit.get(path).status_code for path in ("/webhooks", "/deals/1", "/nothing")] == [404, 404, 404]


def told(moskit: httpx.Client, deal: int, status: str) -> None:
    body = {**whole(moskit, deal), "status": status, "closeDate": None}
    assert moskit.put(f"/deals/{deal}", json=body).status_code == 200


def test_a_change_of_status_is_told_in_the_shape_of_webhooks(
    moskit: httpx.Client, plant: Plant, receiver: Receiver
) -> None:
    plant("moskit", "webhook", {"id": 1, "url": f"{receiver.url}?token=abc"})
    company, field = {"id": FIRST_COMPANY}, {"id": CNPJ_FIELD, "numericValue": 12345678000190}
    plant("moskit", "deals", deal_row(7, status="OPEN", companies=[company], entityCustomFields=[field]))
    moskit.put("/deals/7", json={**whole(moskit, 7), "name": "Outro nome"})
    told(moskit, 7, "WON")
    [event] = receiver.wait_for(1)
    after = event["after"]
    assert (receiver.heard[0].path, event["metadata"]["event"], event["before"]) == (
        "/hooks?token=abc",
        "deal-statusChanged",
        {"id": 7, "status": "OPEN"},
    )
    assert (after["name"], after["status"], after["company"], after["contact"], after["customFieldValues"]) == (
        "Outro nome",
        "WON",
        company,
        None,
        [{"id": CNPJ_FIELD, "numberValue": 12345678000190}],
    )


def listened_to(plant: Plant, receiver: Receiver) -> None:
    """An open deal, and an address for what becomes of it."""
    plant("moskit", "webhook", {"id": 1, "url": receiver.url})
    plant("moskit", "deals", deal_row(7, status="OPEN"))


def test_an_event_may_come_twice(moskit: httpx.Client, sim: httpx.Client, plant: Plant, receiver: Receiver) -> None:
    quirk(sim, webhooks="twice")
    listened_to(plant, receiver)
    told(moskit, 7, "WON")
    first, second = receiver.wait_for(2)
    assert first == second


def test_events_come_out_of_order_where_one_was_not_heard(
    moskit: httpx.Client, sim: httpx.Client, plant: Plant, receiver: Receiver
) -> None:
    receiver.status = 500
    listened_to(plant, receiver)
    told(moskit, 7, "WON")
    receiver.wait_for(1)
    receiver.status = 200
    told(moskit, 7, "OPEN")
    receiver.wait_for(2)
    sim.post("/clock", json={"advance_seconds": 61})
    assert [event["after"]["status"] for event in receiver.wait_for(3)] == ["WON", "OPEN", "WON"]


def test_an_address_is_dropped_after_three_failed_repetitions(
    moskit: httpx.Client, sim: httpx.Client, plant: Plant, receiver: Receiver
) -> None:
    receiver.status = 500
    listened_to(plant, receiver)
    told(moskit, 7, "WON")
    for attempt in (1, 2, 3):
        receiver.wait_for(attempt)
        sim.post("/clock", json={"advance_seconds": 901})
    receiver.wait_for(4)
    while not sim.get("/rows", params={"system": "moskit", "table": "webhook"}).json()[0].get("interrupted"):
        time.sleep(0.01)
    receiver.status = 200
    told(moskit, 7, "OPEN")
    sim.post("/clock", json={"advance_seconds": 901})
    assert len(receiver.heard) == 4
