"""`contrapartida connect` waits for its own answer, keeps the tokens, and says in a sentence what went wrong."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cli._mistake import Mistake
from cli._rehearsal import sections
from cli.connect import connect
from connections._oauth import Safe
from sandbox._serve import serving

TENANT = "agencia"
SYSTEM = "contaazul"
PACE = 600
PATIENCE_SECONDS = 30.0
Browser = Callable[[str], None]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Conta Azul on real HTTP, and a tenant whom nobody has connected yet."""
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONTRAPARTIDA_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__SANDBOX".upper(), "true")
    with serving(pace=PACE) as made:
        given = sections(made, PACE)[SYSTEM] | {"login_url": f"{made}/{SYSTEM}"}
        for name in given.keys() - {"refresh_token"}:
            monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{SYSTEM}__{name}".upper(), str(given[name]))
        yield made


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Callable[[Browser], None]:
    """Who answers the link instead of a person's browser, in a thread of its own."""

    def use(browser: Browser) -> None:
        def opened(link: str) -> None:
            threading.Thread(target=browser, args=(link,), daemon=True).start()

        monkeypatch.setattr("webbrowser.open", opened)

    return use


def connected(patience: float = PATIENCE_SECONDS) -> int:
    return connect(SYSTEM, TENANT, port=0, browser=True, patience=patience)


def consents(link: str) -> None:
    """A person who consents at once; what stands behind a # is for the page, and this browser runs none."""
    httpx.get(link.replace("/#", ""), follow_redirects=True, timeout=PATIENCE_SECONDS, trust_env=False)


def comes_back(link: str, answer: str) -> None:
    httpx.get(f"{_callback(link)}{answer}", timeout=PATIENCE_SECONDS, trust_env=False)


def _callback(link: str) -> str:
    return parse_qs(urlsplit(link.replace("/#", "")).query)["redirect_uri"][0]


def _state(link: str) -> str:
    return parse_qs(urlsplit(link.replace("/#", "")).query)["state"][0]


@pytest.mark.parametrize("generation", ["a", "b"])
def test_consent_is_asked_for_at_either_generation_of_addresses_and_the_tokens_are_kept(
    url: str,
    generation: str,
    answered: Callable[[Browser], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{SYSTEM}__GENERATION".upper(), generation)
    answered(consents)
    told = (connected(), capsys.readouterr().out, Safe(TENANT, SYSTEM)._file.exists())
    assert told == (
        0,
        f"{SYSTEM} is connected for {TENANT}; the tokens are kept and renewed from now on.\n",
        True,
    )


def test_what_else_a_browser_asks_for_is_not_the_answer(url: str, answered: Callable[[Browser], None]) -> None:
    strays: list[int] = []

    def browser(link: str) -> None:
        host = urlsplit(_callback(link))
        with socket.create_connection((str(host.hostname), int(host.port or 0))):  # opened ahead, and never used
            strays.append(httpx.get(f"http://{host.netloc}/favicon.ico", timeout=PATIENCE_SECONDS).status_code)
            consents(link)

    answered(browser)
    assert (connected(), strays) == (0, [404])


def test_an_answer_to_another_link_is_ignored_and_ours_is_waited_for(
    url: str, answered: Callable[[Browser], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def browser(link: str) -> None:
        comes_back(link, "?code=somebodys&state=anothers")
        consents(link)

    answered(browser)
    told = (
        connected(),
        "must be registered at the vendor with this callback: http://127.0.0.1:" in capsys.readouterr().err,
    )
    assert told == (0, True)


def test_who_does_not_consent_is_told_what_the_system_said(url: str, answered: Callable[[Browser], None]) -> None:
    answered(lambda link: comes_back(link, f"?error=access_denied&state={_state(link)}"))
    with pytest.raises(Mistake, match="consent was not given \\(access_denied\\)"):
        connected()


def test_patience_ends(url: str, answered: Callable[[Browser], None]) -> None:
    answered(lambda link: None)
    with pytest.raises(Mistake, match="nobody came back within 1 seconds; start again"):
        connected(patience=1)
