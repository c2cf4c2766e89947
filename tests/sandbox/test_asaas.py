"""The stand-in of Asaas: paging, errors, the life of a charge, and webhooks that are sent until they arrive."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests._specs import SPECS
from tests.sandbox._receiver import Receiver

SPEC = SPECS / "asaas_v3_subset.openapi.json"
EVENTS = ["PAYMENT_CONFIRMED", "PAYMENT_RECEIVED", "PAYMENT_OVERDUE", "PAYMENT_REFUNDED", "PAYMENT_DELETED"]


@pytest.fixture
def asaas(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    key = sim.get("/credentials/asaas").json()["access_token"]
    with httpx.Client(base_url=f"{base}/asaas/v3", headers={"access_token": key}, verify=False) as client:
        yield client


def hook(asaas: httpx.Client, receiver: Receiver, send_type: str = "SEQUENTIALLY") -> str:
    asked = {"name": "ours", "url": receiver.url, "authToken": "a-token", "events": EVENTS, "sendType": send_type}
    made = asaas.post("/webhooks", json=asked).json()
    assert "authToken" not in made
    return str(made["id"])


def an_open_one(asaas: httpx.Client) -> str:
    charge = {"customer": "cus_000000000017", "billingType": "BOLETO", "value": 89.90, "dueDate": "2026-12-10"}
    return str(asaas.post("/payments", json=charge).json()["id"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"access_token": "guess"}, 401), ({"access_token": ""}, 401), ({"user-agent": ""}, 400)],
)
def test_the_key_and_who_asks_must_be_told(asaas: httpx.Client, headers: dict[str, str], status: int) -> None:
    answer = asaas.get("/payments", headers=headers)
    assert (answer.status_code, list(answer.json()["errors"][0])) == (status, ["code", "description"])


def test_a_key_of_the_other_environment_says_so(asaas: httpx.Client, sim: httpx.Client) -> None:
    other = sim.get("/credentials/asaas").json()["wrong_environment"]
    answer = asaas.get("/payments", headers={"access_token": other})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "invalid_environment")


def test_pages_go_by_offset_up_to_a_hundred(asaas: httpx.Client) -> None:
    page = asaas.get("/payments", params={"offset": 100, "limit": 100}).json()
    assert (page["object"], page["offset"], page["hasMore"], len(page["data"])) == (
        "list",
        100,
        page["totalCount"] > 200,
        min(100, page["totalCount"] - 100),
    )
    assert asaas.get("/payments", params={"limit": 101}).status_code == 400


def test_a_get_with_a_body_is_forbidden(asaas: httpx.Client) -> None:
    assert asaas.request("GET", "/payments", json={}).status_code == 403


def test_two_charges_may_share_a_reference(asaas: httpx.Client) -> None:
    charge = {"customer": "cus_000000000017", "billingType": "BOLETO", "value": 10.01, "dueDate": "2026-12-10"}
    for _ in range(2):
        asaas.post("/payments", json={**charge, "externalReference": "fatura:9999"}).raise_for_status()
    found = asaas.get("/payments", params={"externalReference": "fatura:9999"}).json()
    assert (found["totalCount"], {row["value"] for row in found["data"]}) == (2, {10.01})


def test_a_bank_slip_is_confirmed_first_and_available_a_business_day_later(
    asaas: httpx.Client, sim: httpx.Client
) -> None:
    code = an_open_one(asaas)
    confirmed = asaas.post(f"/sandbox/payment/{code}/confirm").json()
    sim.post("/clock", json={"advance_seconds": 2 * 86_400})
    received = asaas.get(f"/payments/{code}").json()
    assert (confirmed["status"], confirmed["creditDate"], confirmed["netValue"]) == ("CONFIRMED", None, 87.91)
    assert (received["status"], received["creditDate"]) == ("RECEIVED", "2026-11-23")


def test_paid_late_the_value_is_what_was_paid(asaas: httpx.Client, sim: httpx.Client) -> None:
    code = an_open_one(asaas)
    sim.post("/clock", json={"advance_seconds": 29 * 86_400})
    overdue = asaas.get(f"/payments/{code}").json()["status"]
    paid = asaas.post(f"/sandbox/payment/{code}/confirm").json()
    assert (overdue, paid["originalValue"], paid["value"], paid["interestValue"]) == ("OVERDUE", 89.9, 91.98, 2.08)


def test_refunds_in_part_and_in_whole(asaas: httpx.Client) -> None:
    code = an_open_one(asaas)
    asaas.post(f"/sandbox/payment/{code}/confirm")
    part = asaas.post(f"/payments/{code}/refund", json={"value": 10.00}).json()["status"]
    whole = asaas.post(f"/payments/{code}/refund", json={"value": 79.90}).json()
    assert (part, whole["status"], [each["value"] for each in whole["refunds"]]) == (
        "CONFIRMED",
        "REFUNDED",
        [10, 79.9],
    )


def test_only_what_is_unpaid_can_be_removed(asaas: httpx.Client) -> None:
    code, paid = an_open_one(asaas), an_open_one(asaas)
    asaas.post(f"/payments/{paid}/receiveInCash", json={"paymentDate": "2026-11-21", "value": 89.90})
    removed, kept = asaas.delete(f"/payments/{code}").json(), asaas.delete(f"/payments/{paid}").status_code
    listed = {row["id"] for row in asaas.get("/payments", params={"limit": 100}).json()["data"]}
    assert (removed, kept, code in listed, paid in listed) == ({"deleted": True, "id": code}, 400, False, True)


def test_events_are_sent_with_the_token(asaas: httpx.Client, receiver: Receiver) -> None:
    hook(asaas, receiver)
    code = an_open_one(asaas)
    asaas.post(f"/sandbox/payment/{code}/confirm")
    [event] = receiver.wait_for(1)
    assert (event["event"], event["payment"]["id"], event["payment"]["status"], receiver.heard[0].token) == (
        "PAYMENT_CONFIRMED",
        code,
        "CONFIRMED",
        "a-token",
    )


def test_only_200_counts_and_what_is_sent_again_is_as_old_as_it_was(
    asaas: httpx.Client, receiver: Receiver, sim: httpx.Client
) -> None:
    receiver.status = 204
    hook(asaas, receiver)
    code = an_open_one(asaas)
    asaas.post(f"/sandbox/payment/{code}/confirm")
    receiver.wait_for(1)
    receiver.status = 200
    asaas.post(f"/payments/{code}/refund", json={})
    sim.post("/clock", json={"advance_seconds": 31})
    events = receiver.wait_for(3)
    told = [(event["event"], event["payment"]["status"]) for event in events]
    assert told == [
        ("PAYMENT_CONFIRMED", "CONFIRMED"),
        ("PAYMENT_CONFIRMED", "CONFIRMED"),
        ("PAYMENT_REFUNDED", "REFUNDED"),
    ]
    assert events[0]["id"] == events[1]["id"]


def test_an_event_that_was_not_heard_keeps_back_the_next_ones_only_where_they_are_sent_in_order(
    asaas: httpx.Client, receiver: Receiver, sim: httpx.Client
) -> None:
    receiver.status = 500
    code = hook(asaas, receiver, "NON_SEQUENTIALLY")
    first, second = an_open_one(asaas), an_open_one(asaas)
    asaas.post(f"/sandbox/payment/{first}/confirm")
    receiver.wait_for(1)
    _settled(asaas, code, 1)
    receiver.status = 200
    asaas.post(f"/sandbox/payment/{second}/confirm")
    receiver.wait_for(2)
    sim.post("/clock", json={"advance_seconds": 31})
    assert [event["payment"]["id"] for event in receiver.wait_for(3)] == [first, second, first]


def test_fifteen_failures_interrupt_the_queue_and_reactivation_sends_all(
    asaas: httpx.Client, receiver: Receiver, sim: httpx.Client
) -> None:
    receiver.status = 500
    code = hook(asaas, receiver)
    asaas.post(f"/sandbox/payment/{an_open_one(asaas)}/confirm")
    for attempt in range(1, 15):
        receiver.wait_for(attempt)
        _settled(asaas, code, attempt)
        sim.post("/clock", json={"advance_seconds": 10_800})
    receiver.wait_for(15)
    _settled(asaas, code, 15)
    interrupted = asaas.get(f"/webhooks/{code}").json()["interrupted"]
    receiver.status = 200
    asaas.put(f"/webhooks/{code}", json={"interrupted": False})
    assert (interrupted, receiver.wait_for(16)[-1]["event"]) == (True, "PAYMENT_CONFIRMED")


def _settled(asaas: httpx.Client, code: str, failures: int) -> None:
    """Waits until the sender has noted its failure, which it does after our answer."""
    for _ in range(400):
        if asaas.get(f"/webhooks/{code}").json()["penalizedRequestsCount"] == failures:
            return
        time.sleep(0.01)
    raise AssertionError(f"the sender noted no failure {failures}")


@pytest.mark.skipif(not SPEC.exists(), reason="the vendor's OpenAPI is not at hand")
def test_a_charge_has_the_fields_that_the_vendor_publishes(asaas: httpx.Client) -> None:
    published = json.loads(SPEC.read_text("utf-8"))["components"]["schemas"]
    types: dict[str, Any] = {"string": str, "number": (int, float), "boolean": bool, "integer": int, "array": list}
    shapes = published["PaymentGetResponseDTO"]["properties"]
    statuses = published["PaymentGetResponsePaymentStatus"]["enum"]
    rows = asaas.get("/payments", params={"limit": 100}).json()["data"]
    wrong = {
        name
        for row in rows
        for name, shape in shapes.items()
        if row.get(name) is not None and "type" in shape and not isinstance(row[name], types[shape["type"]])
    }
    required = {"id", "value", "netValue", "status", "dueDate", "externalReference", "paymentDate", "refunds"}
    assert (wrong, {row["status"] for row in rows} <= set(statuses), required - set(rows[0])) == (set(), True, set())
