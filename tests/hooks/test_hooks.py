"""Webhooks are heard: verified, stored once, and answered by one run for many of them."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from cli import _hooks
from connections._settings import SettingsFile
from sandbox._serve import serving

TOKEN = "the-token-of-the-webhook"
EVENT: dict[str, Any] = {
    "id": "evt_05b708f961d739ea7eba7e4db318f621&1",
    "event": "PAYMENT_RECEIVED",
    "payment": {"id": "pay_231", "status": "RECEIVED", "somethingNew": {"nested": True}},
}


@dataclass
class Listening:
    """The endpoint, what runs it started, and what it stored."""

    url: str
    data: Path
    started: list[tuple[str, str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    flock_is_over: threading.Event = field(default_factory=threading.Event)

    async def gather(self) -> None:
        await asyncio.to_thread(self.flock_is_over.wait)

    async def start(self, integration: str, tenant: str) -> None:
        with self.arrived:
            self.started.append((integration, tenant))
            self.arrived.notify_all()

    def wait_for_a_run(self) -> None:
        self.flock_is_over.set()
        with self.arrived:
            assert self.arrived.wait_for(lambda: self.started, timeout=20)

    def send(self, body: Any = EVENT, token: str = TOKEN, place: str = "asaas/revenda") -> int:
        headers = {"asaas-access-token": token}
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return httpx.post(f"{self.url}/hooks/{place}", headers=headers, **content).status_code

    def stored(self) -> list[tuple[str, str]]:
        path = self.data / "revenda" / "asaas_to_ogestor_panel" / "events.sqlite"
        if not path.exists():
            return []
        return sqlite3.connect(path).execute("select id, what from events order by rowid").fetchall()


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    for name, value in {"ACCESS_TOKEN": "a-key", "HOOK_TOKEN": TOKEN}.items():
        monkeypatch.setenv(f"CONTRAPARTIDA__REVENDA__ASAAS__{name}", value)
    made = Listening("", tmp_path / "data")
    known = _hooks.routes(SettingsFile(tmp_path / "settings.toml"))
    server = uvicorn.Server(uvicorn.Config(_hooks.Hooks(known, made.start, made.gather).app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield made
    made.flock_is_over.set()
    server.should_exit = True
    thread.join()


def test_an_event_sent_many_times_is_stored_once_and_starts_one_run(listening: Listening) -> None:
    answers = [listening.send() for _ in range(5)]
    listening.wait_for_a_run()
    assert (answers, listening.stored(), listening.started) == (
        [200] * 5,
        [(EVENT["id"], "PAYMENT_RECEIVED pay_231")],
        [("asaas_to_ogestor_panel", "revenda")],
    )


def test_events_in_a_flock_start_one_run(listening: Listening) -> None:
    answers = [listening.send({**EVENT, "id": f"evt_{number}"}) for number in range(8)]
    listening.wait_for_a_run()
    assert (answers, len(listening.stored()), len(listening.started)) == ([200] * 8, 8, 1)


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
    assert (listening.send(body, token, place), listening.stored(), listening.started) == (status, [], [])


def test_what_the_partner_sends_is_understood(listening: Listening) -> None:
    with serving(pace=1e6) as url, httpx.Client(base_url=f"{url}/asaas/v3") as asaas:
        asaas.headers["access_token"] = httpx.get(f"{url}/_sim/credentials/asaas").json()["access_token"]
        hook = {"url": f"{listening.url}/hooks/asaas/revenda", "authToken": TOKEN, "events": ["PAYMENT_CONFIRMED"]}
        asaas.post("/webhooks", json=hook).raise_for_status()
        charge = {"customer": "cus_000000000017", "billingType": "BOLETO", "value": 10.00, "dueDate": "2026-12-10"}
        made = asaas.post("/payments", json=charge).json()["id"]
        asaas.post(f"/sandbox/payment/{made}/confirm").raise_for_status()
        listening.wait_for_a_run()
        assert [what for _, what in listening.stored()] == [f"PAYMENT_CONFIRMED {made}"]


def test_without_a_token_nobody_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__REVENDA__ASAAS__ACCESS_TOKEN", "a-key")
    assert _hooks.routes(SettingsFile(tmp_path / "settings.toml")) == {}


def test_the_token_may_stand_in_a_prefect_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = {"revenda-asaas-access-token": "a-key", "revenda-asaas-hook-token": TOKEN}
    monkeypatch.setattr(_hooks, "secret_block", blocks.get)
    (tmp_path / "settings.toml").write_text("[revenda.asaas]\n", "utf-8")
    assert list(_hooks.routes(SettingsFile(tmp_path / "settings.toml"))) == [("asaas", "revenda")]
