"""What a run refuses before it begins."""

from datetime import UTC, datetime, timedelta

import pytest

from tests._world import TENANT, World

REAL = {
    "SANDBOX": "false",
    "PACTO__BASE_URL": "https://apigw.pactosolucoes.com.br",
    "KAMINO__BASE_URL": "https://api.kamino.tech",
}


def test_a_day_that_is_still_to_come_is_not_posted_for_real(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.pacto_to_kamino import pacto_to_kamino

    for name, value in REAL.items():
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT.upper()}__{name}", value)
    ahead = datetime.now(UTC) + timedelta(days=365)

    state = pacto_to_kamino(TENANT, ahead, False, return_state=True)

    assert (state.name, state.message) == (
        "Misconfigured",
        f"{ahead:%Y-%m-%d} is still to come; rehearse it with --dry-run",
    )


def test_a_day_that_is_still_to_come_is_posted_in_a_sandbox(world: World) -> None:
    world.advance(days=365)
    assert world.run("kamino_to_pacto").state == "Nothing to post"


def test_what_is_missing_in_the_settings_is_named_and_once_it_is_there_the_run_goes_on(world: World) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv(f"CONTRAPARTIDA__{TENANT.upper()}__PACTO__API_KEY")
        stopped = world.run("pacto_to_kamino")
    assert (stopped.state, "pacto.api_key is missing" in stopped.message) == ("Misconfigured", True)
    assert world.run("pacto_to_kamino").state == "Nothing to post"
