"""Tokens that rotate: durable before they are used, renewed by one process at a time, and an end that says so."""

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import pytest
from pydantic import SecretStr

from cli._rehearsal import sections
from connections._errors import Denied, Disconnected
from connections._oauth import Safe
from connections._settings import SettingsFile, load
from connections.contaazul import ContaAzul, ContaAzulSettings
from sandbox._serve import serving

TENANT = "agencia"
PACE = 600


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Conta Azul on real HTTP, and a tenant that has its first refresh token."""
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    with serving(pace=PACE) as made:
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__SANDBOX".upper(), "true")
        for name, value in sections(made, PACE)["contaazul"].items():
            monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__CONTAAZUL__{name}".upper(), str(value))
        yield made


def connection() -> ContaAzul:
    return ContaAzul(load(ContaAzulSettings, TENANT, "contaazul", SettingsFile(Path("none.toml"))).settings)


def who_answers() -> str:
    """The company that the API says is connected, asked by a connection of its own."""
    with connection() as ca:
        return str(ca.wait(ca.read, "/v1/pessoas/conta-conectada")["razao_social"])


def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Safe(TENANT, "contaazul")._file).read_bytes())
    return found


def refreshes(url: str) -> int:
    return sum(call["path"] == "/oauth/token" for call in httpx.get(f"{url}/_sim/calls").json())


def advance(url: str, seconds: int) -> None:
    httpx.post(f"{url}/_sim/clock", json={"advance_seconds": seconds})


def test_a_token_is_got_once_kept_for_its_owner_only_and_used_by_the_next_connection(url: str) -> None:
    assert [who_answers() for _ in range(3)] == ["Agência Exemplo Ltda"] * 3
    mode = Safe(TENANT, "contaazul")._file.stat().st_mode & 0o777
    assert (refreshes(url), oct(mode)) == (1, "0o600")


def test_an_expired_token_is_renewed_once_and_the_call_made_again(url: str) -> None:
    with connection() as ca:
        ca.wait(ca.read, "/v1/pessoas/conta-conectada")
        first = kept()
        advance(url, 3601)
        ca.wait(ca.read, "/v1/pessoas/conta-conectada")
    assert (refreshes(url), kept()["refresh_token"] != first["refresh_token"]) == (2, True)


def test_a_write_that_was_turned_away_for_its_token_is_made_once(url: str) -> None:
    with connection() as ca:
        ca.wait(ca.read, "/v1/pessoas/conta-conectada")
        advance(url, 3601)
        body = {"nome": "Padaria Sol", "tipo_pessoa": "Jurídica", "perfis": [{"tipo_perfil": "Cliente"}]}
        ca.wait(ca.write, "/v1/pessoas", body)
    assert [entry["body"]["nome"] for entry in httpx.get(f"{url}/_sim/journal").json()] == ["Padaria Sol"]


def test_calls_under_way_at_once_renew_once(url: str) -> None:
    with connection() as ca:
        threads = [threading.Thread(target=ca.wait, args=(ca.read, "/v1/pessoas/conta-conectada")) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refreshes(url) == 1


def test_the_new_token_is_on_the_disk_before_anybody_uses_it(url: str) -> None:
    seen: list[bool] = []
    real = ContaAzul._sent

    async def sent(ca: ContaAzul, *given: Any) -> Any:
        used = ca.headers()["Authorization"].removeprefix("Bearer ")
        seen.append(kept()["access_token"] == used)
        return await real(ca, *given)

    with mock.patch.object(ContaAzul, "_sent", sent):
        who_answers()
    assert seen == [True]


def test_two_processes_that_find_the_token_expired_renew_it_once_between_them(url: str) -> None:
    who_answers()
    Safe(TENANT, "contaazul").write(_ended())
    children = [multiprocessing.get_context("spawn").Process(target=who_answers) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert ([child.exitcode for child in children], refreshes(url)) == ([0, 0], 2)


def _ended() -> Any:
    from dataclasses import replace

    pair = Safe(TENANT, "contaazul").read()
    assert pair is not None
    return replace(pair, ends_at=0.0)


def test_a_run_killed_between_the_answer_and_the_saving_leaves_a_clear_state_and_no_loop(url: str) -> None:
    child = multiprocessing.get_context("spawn").Process(target=_die_before_saving)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    before = refreshes(url)
    for _ in range(2):
        with pytest.raises(Disconnected) as told:
            who_answers()
    assert "rode: contrapartida connect contaazul --tenant agencia" in str(told.value)
    assert ("invalid_grant" in str(told.value), refreshes(url) - before) == (True, 2)


def _die_before_saving() -> None:
    def die(safe: Safe, pair: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with mock.patch.object(Safe, "write", die):
        who_answers()


def test_a_revoked_authorization_says_what_to_do(url: str) -> None:
    who_answers()
    headers = {"Authorization": f"Bearer {kept()['access_token']}"}
    company = httpx.get(f"{url}/contaazul/v1/pessoas/conta-conectada", headers=headers).json()["id_empresa"]
    httpx.delete(f"{url}/contaazul/oauth/connections/{company}", headers=headers)
    with pytest.raises(Disconnected, match="access_revoked"):
        who_answers()


def test_a_new_first_token_in_the_settings_counts_more_than_the_kept_one(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    who_answers()
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__CONTAAZUL__REFRESH_TOKEN".upper(), "another-that-nobody-gave")
    Safe(TENANT, "contaazul").write(_ended())
    with pytest.raises(Disconnected, match="invalid_refresh_token"):
        who_answers()


@pytest.mark.parametrize("generation", ["a", "b"])
def test_connect_gets_tokens_by_consent(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], generation: str
) -> None:
    from cli import connect as command

    prefix = f"CONTRAPARTIDA__{TENANT}__CONTAAZUL__".upper()
    monkeypatch.delenv(f"{prefix}REFRESH_TOKEN")
    monkeypatch.setenv(f"{prefix}GENERATION", generation)
    monkeypatch.setenv(f"{prefix}LOGIN_URL", f"{url}/contaazul")
    consenting: list[threading.Thread] = []

    def consent(link: str) -> bool:
        # A browser keeps what follows "#" to itself, where the vendor's page reads it.
        plain = link.replace("/#/", "/")
        consenting.append(threading.Thread(target=httpx.get, args=(plain,), kwargs={"follow_redirects": True}))
        consenting[0].start()
        return True

    monkeypatch.setattr("webbrowser.open", consent)
    assert command.connect("contaazul", TENANT, port=0, browser=True, patience=30.0) == 0
    consenting[0].join()
    assert who_answers() == "Agência Exemplo Ltda"
    assert kept()["refresh_token"] not in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "new", "expires_in": 3600},
        {"access_token": "new", "refresh_token": None, "expires_in": "3600"},
        {"access_token": "new"},
        {"access_token": "new", "expires_in": "an hour"},
        {"access_token": "new", "expires_in": -1},
    ],
    ids=range(5),
)
def test_a_renewal_without_a_new_refresh_token_or_a_lifetime_keeps_the_old_token_and_lasts_an_hour(
    answer: dict[str, Any],
) -> None:
    made = ContaAzul(ContaAzulSettings(client_id="x", client_secret=SecretStr("x")))
    with mock.patch.object(Safe, "write"):
        made._keep(answer, "old")
    pair = made._pair
    assert pair is not None
    assert (pair.access_token, pair.refresh_token, pair.ends_soon) == ("new", "old", False)


def test_a_tenant_of_the_sandbox_consents_at_the_stand_in(url: str) -> None:
    link = connection().consent_url("http://127.0.0.1:1/callback", "s")
    assert link.startswith(f"{url}/contaazul/oauth/authorize?")


def test_an_account_that_may_not_use_the_interface_is_not_told_to_check_its_keys(url: str) -> None:
    httpx.post(f"{url}/_sim/quirks", json={"system": "contaazul", "account": "trial_ended"}).raise_for_status()
    with connection() as ca, pytest.raises(Denied) as told:
        ca.wait(ca.read, "/v1/pessoas")
    assert str(told.value) == (
        "Conta Azul: a conta não está elegível para uso da API (END_TRIAL); regularize o plano da conta no Conta Azul. "
        "As chaves da integração não são o problema"
    )
