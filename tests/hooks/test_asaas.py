"""Webhooks of the payments partner are heard: verified, stored once, and answered by one run for many of them."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from cli import _hooks
from connections._settings import SettingsFile
from sandbox._serve import serving
from tests.hooks._listening import TOKEN, Listening

EVENT: dict[str, Any] = {
    "id": "evt_05b708f961d739ea7eba7e4db318f621&1",
    "event": "PAYMENT_RECEIVED",
    "payment": {"id": "pay_231", "status": "RECEIVED", "somethingNew": {"nested": True}},
}


def send(listening: Listening, body: Any = EVENT, token: str = TOKEN, place: str = "asaas/revenda") -> int:
    return listening.send(place, body, headers={"asaas-access-token": token})


def stored(listening: Listening) -> list[tuple[str, str]]:
    return listening.stored("asaas_to_ogestor_panel")


def test_an_event_sent_many_times_is_stored_once_and_starts_one_run(listening: Listening) -> None:
    answers = [send(listening) for _ in range(5)]
    listening.wait_for_runs()
    assert (answers, stored(listening), listening.started) == (
        [200] * 5,
        [(EVENT["id"], "PAYMENT_RECEIVED pay_231")],
        [("asaas_to_ogestor_panel", "revenda")],
    )


def test_events_in_a_flock_start_one_run_that_is_told_what_they_name(listening: Listening) -> None:
    answers = [
        send(listening, {**EVENT, "id": f"evt_{number}", "payment": {"id": f"pay_{number % 3}"}}) for number in range(8)
    ]
    listening.wait_for_runs()
    told = (answers, len(stored(listening)), listening.named)
    assert told == ([200] * 8, 8, [["pay_0", "pay_1", "pay_2"]])


def test_a_flock_of_which_one_names_nothing_that_can_be_asked_for_starts_a_run_of_everything(
    listening: Listening,
) -> None:
    for number, name in enumerate(("pay_1", "../customers")):
        send(listening, {**EVENT, "id": f"evt_{number}", "payment": {"id": name}})
    listening.wait_for_runs()
    assert (len(stored(listening)), listening.named) == (2, [[]])


@pytest.mark.parametrize(
    "body",
    [
        {"id": "evt_1", "event": "INVOICE_AUTHORIZED", "invoice": {"id": "inv_1"}},
        {"id": "evt_2", "event": "TRANSFER_DONE", "transfer": {"id": "x", "value": 10}},
        {"id": "evt_3", "event": "SUBSCRIPTION_CREATED", "subscription": {"id": "sub_1"}},
        {"id": "evt_4", "event": "PAYMENT_BANK_SLIP_VIEWED", "payment": {"id": "pay_231"}},
        {"event": "ACCESS_TOKEN_EXPIRED"},
    ],
)
def test_an_event_of_another_resource_is_answered_200_and_not_stored(listening: Listening, body: Any) -> None:
    assert (send(listening, body), stored(listening), listening.started) == (200, [], [])


def test_an_event_without_an_id_is_stored_once_all_the_same(listening: Listening) -> None:
    body = {"event": "PAYMENT_RECEIVED", "dateCreated": "2026-11-21 09:00:00", "payment": {"id": "pay_231"}}
    answers = [send(listening, body) for _ in range(2)]
    assert (answers, [what for _, what in stored(listening)]) == ([200, 200], ["PAYMENT_RECEIVED pay_231"])


@pytest.mark.parametrize(
    ("body", "token", "place", "status"),
    [
        (EVENT, "", "asaas/revenda", 401),
        (EVENT, "guess", "asaas/revenda", 401),
        (EVENT, TOKEN, "asaas/other", 401),
        (EVENT, TOKEN, "kamino/revenda", 401),
        (b"{", TOKEN, "asaas/revenda", 400),
        (b"[]", TOKEN, "asaas/revenda", 400),
        ({"id": 1, "payment": {}}, TOKEN, "asaas/revenda", 400),
        (b"[" * 100_000, TOKEN, "asaas/revenda", 400),
        (b" " * 300_000, TOKEN, "asaas/revenda", 413),
    ],
)
def test_what_is_no_event_of_ours_is_refused_and_leaves_nothing(
    listening: Listening, body: Any, token: str, place: str, status: int
) -> None:
    assert (send(listening, body, token, place), stored(listening), listening.started) == (status, [], [])


def test_what_the_partner_sends_is_understood(listening: Listening) -> None:
    with serving(pace=1e6) as url, httpx.Client(base_url=f"{url}/asaas/v3") as asaas:
        asaas.headers["access_token"] = httpx.get(f"{url}/_sim/credentials/asaas").json()["access_token"]
        hook = {"url": f"{listening.url}/hooks/asaas/revenda", "authToken": TOKEN, "events": ["PAYMENT_CONFIRMED"]}
        asaas.post("/webhooks", json=hook).raise_for_status()
        charge = {"customer": "cus_000000000017", "billingType": "BOLETO", "value": 10.00, "dueDate": "2026-12-10"}
        made = asaas.post("/payments", json=charge).json()["id"]
        asaas.post(f"/sandbox/payment/{made}/confirm").raise_for_status()
        listening.wait_for_runs()
        assert [what for _, what in stored(listening)] == [f"PAYMENT_CONFIRMED {made}"]


def test_without_a_token_nobody_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__REVENDA__ASAAS__ACCESS_TOKEN", "a-key")
    assert _hooks.routes(SettingsFile(tmp_path / "settings.toml")) == {}


def test_the_token_may_stand_in_a_prefect_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = {"revenda-asaas-access-token": "a-key", "revenda-asaas-hook-token": TOKEN}
    monkeypatch.setattr(_hooks, "secret_block", blocks.get)
    (tmp_path / "settings.toml").write_text("[revenda.asaas]\n", "utf-8")
    assert list(_hooks.routes(SettingsFile(tmp_path / "settings.toml"))) == [("asaas", "revenda")]
