"""`contrapartida doctor`: what is set and where it stands, who answers, what is missing; never a secret."""

import re

import pytest

from cli._rehearsal import ask, sections
from connections._http import Connection
from connections._systems import systems
from tests._command import contrapartida
from tests._world import World


def test_every_system_says_which_question_tries_its_credential() -> None:
    assert [name for name, made in systems().items() if made.probe is Connection.probe] == []


def test_a_good_tenant_lacks_nothing_and_shows_no_secret(world: World) -> None:
    said = contrapartida("doctor", "--tenant", "academia")
    tried = [f"✓ {name} at {section['base_url']} answers" for name, section in sections(world.url, 1).items()]
    secrets = [
        value
        for name, made in systems().items()
        for field, value in ask(world.url, f"credentials/{name}").items()
        if field in made.settings_class.model_fields
        and "Secret" in str(made.settings_class.model_fields[field].annotation)
    ]
    assert (said.code, said.out.splitlines()[-1]) == (0, "Nothing is missing."), said.out
    assert [line for line in tried if line not in said.out] == []
    assert secrets
    assert [secret for secret in secrets if str(secret) in said.out + said.err] == []
    assert re.search(r"kamino\.hash +set +environment CONTRAPARTIDA__ACADEMIA__KAMINO__HASH", said.out)


def test_all_that_is_wrong_is_told_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTRAPARTIDA__ACADEMIA__KAMINO__HASH")
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__PACTO__API_KEY", "not-the-key")
    (world.data.parent / "settings.toml").write_text("[academia.kamimo]\nhash = 'x'\n", "utf-8")
    (world.data.parent / "settings.toml").chmod(0o640)
    said = contrapartida("doctor", "--tenant", "academia")
    assert said.code == 1
    assert [line.split(" (")[0] for line in said.out.splitlines() if line.startswith("✗")] == [
        "✗ settings.toml is open to others",
        "✗ [academia] of settings.toml has 'kamimo', which is no system, no integration and no setting",
        "✗ kamino.hash is missing",
        f"✗ pacto at {world.url}/pacto: Pacto: credencial recusada ou sem permissão",
    ]
