"""The control plane: faults, clock, planting, journal, and a restart that changes nothing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox._serve import serving
from tests._command import hears_ctrl_c

ROOT = Path(__file__).parents[2]
PLAN = "/api/financeiro/planoconta/lista"
PAYABLES = "/api/financeiro/pagamento/lista/paginada"
WRITE = "/api/financeiro/recebimento"
RECEIVABLE = {
    "ID": 0,
    "IDPessoa": 501,
    "Descri": "PARCELA 2",
    "VlrVenc": 129.90,
    "DtaVenc": "2026-09-08",
    "IDPlanoContaOrigem": "30101",
    "CodigoExterno": "PACTO-1-771002",
}
Plant = Callable[..., Any]


def keys(base: str) -> dict[str, str]:
    known = httpx.get(f"{base}/_sim/credentials/kamino").json()
    names = {"App": "app", "CN": "cn", "IDUsr": "id_usr", "Usr": "usr", "Hash": "hash"}
    return {header: known[name] for header, name in names.items()}


def test_the_state_says_what_world_this_is(sim: httpx.Client) -> None:
    state = sim.get("/").json()
    assert {name: state[name] for name in ("seed", "size", "pace", "clock")} == {
        "seed": 7,
        "size": "small",
        "pace": 1_000_000.0,
        "clock": "2026-11-21T09:00:00-03:00",
    }
    assert {"kamino", "pacto"} <= set(state["systems"])
    assert state["counts"]["pacto"]["movparcela"] == 300
    assert state["counts"]["kamino"]["pagamento"] == 60


def test_the_same_seed_gives_the_same_world_and_another_seed_another(sim: httpx.Client) -> None:
    asked = {"system": "pacto", "table": "movparcela"}
    first = sim.get("/rows", params=asked).text
    sim.post("/reset", json={"seed": 8})
    other = sim.get("/rows", params=asked).text
    sim.post("/reset", json={"seed": 7})
    assert (sim.get("/rows", params=asked).text == first, other == first) == (True, False)


def test_the_clock_moves_only_when_told(sim: httpx.Client) -> None:
    assert sim.get("/clock").json() == {"clock": "2026-11-21T09:00:00-03:00"}
    assert sim.post("/clock", json={"advance_seconds": 43200}).json() == {"clock": "2026-11-21T21:00:00-03:00"}
    moved = sim.post("/clock", json={"set": "2026-12-01T00:00:00"}).json()
    assert moved == {"clock": "2026-12-01T00:00:00-03:00"} == sim.get("/clock").json()


def test_planting_merges_creates_removes_and_clears(sim: httpx.Client) -> None:
    asked = {"system": "pacto", "table": "movparcela"}
    before = sim.get("/rows", params={**asked, "id": 771001}).json()[0]
    sim.post("/plant", json={**asked, "rows": [{"codigo": 771001, "situacao": "CA"}, {"codigo": 1}]})
    assert sim.get("/rows", params={**asked, "id": 771001}).json() == [{**before, "situacao": "CA"}]
    assert sim.get("/rows", params={**asked, "id": 1}).json() == [{"codigo": 1}]
    sim.post("/plant", json={**asked, "remove": [1, 771001]})
    assert sim.get("/").json()["counts"]["pacto"]["movparcela"] == 299
    sim.post("/plant", json={**asked, "clear": True})
    assert sim.get("/rows", params=asked).json() == []


@pytest.mark.parametrize("literal", ["1e400", "1.005", "1.50", "-0", "0.10000000000000000001", "9" * 40])
def test_a_planted_number_reaches_the_wire_as_it_was_written(
    sim: httpx.Client, pacto: httpx.Client, literal: str
) -> None:
    row = f'{{"codigo":771001,"valor":{literal}}}'
    order = f'{{"system":"pacto","table":"movparcela","rows":[{row}]}}'
    assert sim.post("/plant", content=order).status_code == 200
    assert f'"valor":{literal},' in pacto.get("/v1/movparcela", params={"size": 1}).text


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/plant", {"system": "pacto", "table": "nothing", "rows": []}, 404),
        ("/plant", {"system": "pacto", "table": "movparcela", "rows": [{"valor": 1}]}, 400),
        ("/faults", {"system": "pacto", "fault": "earthquake"}, 400),
        ("/faults", {"system": "nobody", "fault": "slow"}, 404),
        ("/quirks", {"system": "pacto", "dates": "roman"}, 400),
        ("/reset", {"size": "gigantic"}, 400),
        ("/nothing", {}, 404),
    ],
)
def test_a_wrong_order_is_refused_with_a_reason(
    sim: httpx.Client, path: str, body: dict[str, Any], status: int
) -> None:
    answer = sim.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_every_call_is_recorded_with_route_and_status(sim: httpx.Client, pacto: httpx.Client) -> None:
    pacto.get("/parcelas/40001", params={"size": 5})
    pacto.get("/nowhere")
    calls = sim.get("/calls", params={"system": "pacto"}).json()
    moments = [call.pop("monotonic") for call in calls]
    assert moments == sorted(moments)
    first = {"seq": 1, "system": "pacto", "method": "GET", "route": "/parcelas/{person}", "fault": None}
    assert calls[0] == {**first, "path": "/parcelas/40001", "query": {"size": "5"}, "status": 200}
    assert (calls[1]["route"], calls[1]["status"]) == ("", 404)
    sim.delete("/calls")
    assert sim.get("/calls").json() == []


def test_a_fault_happens_on_the_nth_matching_call_and_so_many_times(
    kamino: httpx.Client, fault: Plant, sim: httpx.Client
) -> None:
    fault("kamino", "status", code=503, method="GET", route="/api/financeiro/planoconta/*", on_call=2, times=2)
    kamino.get(PAYABLES)
    assert [kamino.get(PLAN).status_code for _ in range(5)] == [200, 503, 503, 200, 200]
    assert [planned["seen"] for planned in sim.get("/faults").json()] == [5]
    assert sim.delete("/faults").json() == []


def test_a_fault_of_zero_times_never_ends(kamino: httpx.Client, fault: Plant, sim: httpx.Client) -> None:
    fault("kamino", "status", code=500, times=0)
    assert {kamino.get(PLAN).status_code for _ in range(10)} == {500}
    sim.delete("/faults")
    assert kamino.get(PLAN).status_code == 200


@pytest.mark.parametrize(
    ("variant", "expected"),
    [("seconds", "3"), ("absurd", "999999999"), ("zero", "0"), ("negative", "-5"), ("absent", None)],
)
def test_a_storm_of_429_says_or_hides_how_long_to_wait(
    kamino: httpx.Client, fault: Plant, variant: str, expected: str | None
) -> None:
    fault("kamino", "storm_429", retry_after=variant, reset=variant, seconds=3)
    answer = kamino.get(PLAN)
    assert answer.status_code == 429
    assert (answer.headers.get("Retry-After"), answer.headers.get("RateLimit-Reset")) == (expected, expected)


def test_a_storm_may_name_a_date(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "storm_429", retry_after="date", seconds=60)
    answer = pacto.get("/v1/conta")
    assert answer.text.startswith("Rate limit excedido.")
    assert -2 < parsedate_to_datetime(answer.headers["Retry-After"]).timestamp() - time.time() - 60 < 2


def test_a_gateway_may_answer_with_a_page_of_html(kamino: httpx.Client, fault: Plant) -> None:
    fault("kamino", "status", code=502, html=True)
    answer = kamino.get(PLAN)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert "<h1>502 Bad Gateway</h1>" in answer.text


def test_a_lost_request_leaves_nothing_behind(kamino: httpx.Client, sim: httpx.Client, fault: Plant) -> None:
    fault("kamino", "request_lost")
    with pytest.raises(httpx.TransportError):
        kamino.post(WRITE, json=RECEIVABLE)
    assert sim.get("/journal").json() == []
    assert [(call["status"], call["fault"]) for call in sim.get("/calls").json()] == [(None, "request_lost")]


def test_a_lost_answer_hides_a_write_that_happened(kamino: httpx.Client, sim: httpx.Client, fault: Plant) -> None:
    fault("kamino", "answer_lost", method="POST")
    with pytest.raises(httpx.TransportError):
        kamino.post(WRITE, json=RECEIVABLE)
    assert [entry["reference"] for entry in sim.get("/journal").json()] == ["PACTO-1-771002"]


def test_a_failure_may_come_after_the_commit(kamino: httpx.Client, sim: httpx.Client, fault: Plant) -> None:
    fault("kamino", "status", code=504, html=True, committed=True)
    assert kamino.post(WRITE, json=RECEIVABLE).status_code == 504
    assert len(sim.get("/journal").json()) == 1


def test_an_answer_may_be_cut_short(kamino: httpx.Client, fault: Plant) -> None:
    fault("kamino", "truncated_json")
    answer = kamino.get(PLAN)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("path", [PLAN, "/api/financeiro/recebimentos/paginada?CompetDe=2030-01-01"])
def test_an_answer_may_be_in_the_wrong_encoding(kamino: httpx.Client, fault: Plant, path: str) -> None:
    fault("kamino", "garbled")
    answer = kamino.get(path)
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")


def test_a_page_of_html_may_come_under_status_200(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "html_200")
    answer = pacto.get("/v1/conta")
    assert (answer.status_code, answer.text[:15]) == (200, "<!DOCTYPE html>")


def test_an_answer_may_be_slow(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "slow", seconds=1)
    with pytest.raises(httpx.ReadTimeout):
        pacto.get("/v1/conta", timeout=0.2)


def test_an_answer_may_drip_without_end(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "drip", seconds=0.001)
    received = b""
    with pacto.stream("GET", "/v1/conta") as answer:
        for piece in answer.iter_raw():
            received += piece
            if len(received) > 600:
                break
    assert received.startswith(b'{"content":')
    assert received.endswith(b"   ")


def test_an_answer_may_be_huge(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "huge", megabytes=3)
    assert len(pacto.get("/v1/conta").content) > 3 * 1024 * 1024


def test_an_answer_may_be_nested_too_deep(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "deep", depth=50_000)
    with pytest.raises(RecursionError):
        pacto.get("/v1/conta").json()


def test_an_answer_may_point_to_another_host(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "redirect")
    answer = pacto.get("/v1/conta")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://other-host.invalid/")


def test_pages_may_lie_about_the_total(pacto: httpx.Client, kamino: httpx.Client, fault: Plant) -> None:
    fault("pacto", "wrong_total", by=2)
    fault("kamino", "wrong_total", by=-1)
    assert pacto.get("/v1/movparcela").json()["totalElements"] == 302
    assert kamino.get(PAYABLES).json()["TotalLinhas"] == 59


def test_a_page_may_come_empty(pacto: httpx.Client, fault: Plant) -> None:
    fault("pacto", "empty_page")
    answer = pacto.get("/v1/movparcela").json()
    assert (answer["content"], answer["totalElements"]) == ([], 300)


@pytest.mark.parametrize(("honest", "echoed"), [(False, 3), (True, 2)])
def test_a_page_may_be_the_one_before(kamino: httpx.Client, fault: Plant, honest: bool, echoed: int) -> None:
    before = kamino.get(PAYABLES, params={"_pagina": 2}).json()
    fault("kamino", "repeated_page", honest=honest)
    assert kamino.get(PAYABLES, params={"_pagina": 3}).json() == {**before, "PaginaAtual": echoed}


def test_credentials_may_expire(pacto: httpx.Client, kamino: httpx.Client, fault: Plant) -> None:
    fault("pacto", "expired_credential")
    fault("kamino", "expired_credential")
    assert pacto.get("/v1/conta").json() == {"erro": "Authorization informada inválida"}
    assert kamino.get(PLAN).status_code == 401


@pytest.mark.parametrize(("body", "expected"), [("page", 2), ("nothing", 0)])
def test_an_answer_may_be_empty_without_an_error(pacto: httpx.Client, fault: Plant, body: str, expected: int) -> None:
    fault("pacto", "empty_without_error", body=body)
    answer = pacto.get("/v1/conta")
    assert answer.status_code == 200
    assert (len(answer.content) > 0) == (expected > 0)


def test_the_business_may_say_no(pacto: httpx.Client, kamino: httpx.Client, fault: Plant) -> None:
    fault("pacto", "erro_200", message="Período fechado")
    fault("kamino", "sucesso_false", message="Período fechado.")
    assert pacto.get("/v1/conta").json() == {"erro": "Período fechado"}
    assert kamino.post(WRITE, json=RECEIVABLE).json() == {"Sucesso": False, "Mensagem": "Período fechado."}


def test_a_call_that_was_refused_at_the_door_does_not_use_up_a_fault(
    base: str, kamino: httpx.Client, fault: Plant
) -> None:
    fault("kamino", "status", code=503)
    assert httpx.get(f"{base}/kamino{PLAN}").status_code == 401
    assert kamino.get(PLAN).status_code == 503


def _everything(base: str) -> list[Any]:
    tables = httpx.get(f"{base}/_sim/").json()["counts"]
    rows = [
        httpx.get(f"{base}/_sim/rows", params={"system": system, "table": table}).text
        for system in tables
        for table in tables[system]
    ]
    return [*rows, httpx.get(f"{base}/_sim/journal").json(), httpx.get(f"{base}/_sim/").json()]


def _disturb(base: str) -> None:
    sim = f"{base}/_sim"
    httpx.post(f"{sim}/clock", json={"advance_seconds": 3600})
    httpx.post(f"{sim}/quirks", json={"system": "pacto", "dates": "iso"})
    order = {
        "system": "pacto",
        "table": "movparcela",
        "rows": [{"codigo": 1, "valor": 2}],
        "remove": [771300],
    }
    httpx.post(f"{sim}/plant", json=order)
    httpx.post(f"{sim}/plant", json={"system": "kamino", "table": "recebimento", "remove": [88003]})
    first = httpx.post(f"{base}/kamino{WRITE}", json=RECEIVABLE, headers=keys(base)).json()["ID"]
    httpx.post(f"{base}/kamino{WRITE}", json={**RECEIVABLE, "ID": first, "VlrVenc": 1}, headers=keys(base))


def test_a_restart_with_the_same_journal_changes_nothing(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with serving(journal=journal) as base:
        _disturb(base)
        before = _everything(base)
    with serving(journal=journal) as base:
        assert _everything(base) == before
        created = httpx.post(f"{base}/kamino{WRITE}", json=RECEIVABLE, headers=keys(base)).json()
        assert created["ID"] == 88005


def test_a_torn_last_line_of_the_journal_is_forgotten(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with serving(journal=journal) as base:
        _disturb(base)
        before = _everything(base)
    with journal.open("ab") as file:
        file.write(b'{"kind":"write","seq":99')
    with serving(journal=journal) as base:
        assert _everything(base) == before
    with serving(journal=journal) as base:
        assert _everything(base) == before


def test_a_reset_is_remembered_too(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with serving(journal=journal) as base:
        _disturb(base)
        httpx.post(f"{base}/_sim/reset", json={"seed": 9})
        before = _everything(base)
    with serving(journal=journal) as base:
        assert _everything(base) == before
        assert httpx.get(f"{base}/_sim/").json()["seed"] == 9


@contextmanager
def process(journal: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "sandbox",
        "--port",
        str(port),
        "--pace",
        "60",
        "--journal",
        str(journal),
    ]
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - it takes no lock
    )
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx.get(f"{base}/_sim/")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield base, running
    finally:
        running.kill()
        running.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_cleanly_and_quietly(tmp_path: Path, number: signal.Signals) -> None:
    with process(tmp_path / "journal.jsonl") as (base, running):
        assert httpx.get(f"{base}/_sim/").json()["pace"] == 60
        running.send_signal(number)
        output, _ = running.communicate(timeout=10)
        assert (running.returncode, output) == (0, b"")


def test_an_accepted_write_survives_a_kill(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with process(journal) as (base, running):
        _disturb(base)
        before = _everything(base)
        os.kill(running.pid, signal.SIGKILL)
    with process(journal) as (base, _):
        assert _everything(base) == before
