"""Credentials that expired, are wrong, or may too little: the state says whose, and nothing more is written."""

import pytest

from tests._world import World
from tests.faults._scenes import paid, payable, receipt, say, supplier
from tests.faults._truth import truth, written


@pytest.mark.parametrize("system", ["pacto", "kamino"])
def test_a_credential_that_expired_stops_the_reading_and_the_state_says_whose(world: World, system: str) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.fault(system, "expired_credential", times=0)

    ran = world.run("pacto_to_kamino")

    assert (ran.state, ran.message.split(":")[0]) == ("Credential refused", system.title())
    assert world.writes() == []
    world.no_faults()
    assert world.run("pacto_to_kamino").state == "Posted"


def test_a_wrong_credential_writes_nothing_and_the_state_says_whose(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.plant("kamino", "pagamento", payable(1))
    wrong = [
        ("pacto__api_key", "wrong", "Pacto", "pacto_to_kamino"),
        ("pacto__api_key", "sandbox-pacto-key-without-scopes", "Pacto", "kamino_to_pacto"),
        ("pacto__company", "2", "Pacto", "pacto_to_kamino"),
        ("kamino__hash", "wrong", "Kamino", "pacto_to_kamino"),
        ("kamino__cn", "Academia9999", "Kamino", "kamino_to_pacto"),
    ]
    told = []
    for setting, value, _, integration in wrong:
        with pytest.MonkeyPatch.context() as patch:
            say(patch, **{setting: value})
            ran = world.run(integration)
        assert (ran.state, f" {value}" in ran.message) == ("Credential refused", False)
        told.append((setting, value, ran.message.split(":")[0], integration))

    assert (told, world.writes()) == (wrong, [])


@pytest.mark.parametrize(
    ("integration", "routes"),
    [
        (
            "pacto_to_kamino",
            [
                ("kamino", "/api/pessoa/grava", 1),
                ("kamino", "/api/financeiro/recebimento", 1),
                ("kamino", "/api/financeiro/recebimento", 2),
            ],
        ),
        ("kamino_to_pacto", [("pacto", "/v1/movconta", 1), ("kamino", "/api/financeiro/pagamento", 1)]),
    ],
)
def test_a_credential_that_expires_in_the_middle_of_the_push_stops_it(
    world: World, integration: str, routes: list[tuple[str, str, int]]
) -> None:
    """One kind after the other, from run to run: what was posted before stays, what comes after waits."""
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    accepted = []
    for system, route, nth in routes:
        world.fault(system, "expired_credential", method="POST", route=route, on_call=nth)
        ran = world.run(integration)
        assert (ran.state, ran.message.split(":")[0]) == ("Credential refused", system.title())
        accepted.append(len(world.writes()))
        world.no_faults()

    assert world.run(integration).state == "Posted"

    expected = [0, 1, 2] if integration == "pacto_to_kamino" else [1, 2]
    assert (accepted, len(world.writes())) == (expected, 3)
    assert set(written(truth(world)).values()) <= {("create",), ("create", "settle"), ("reference",)}


def test_a_key_that_may_only_read_registers_nothing(world: World) -> None:
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    with pytest.MonkeyPatch.context() as patch:
        say(patch, pacto__api_key="sandbox-pacto-key-read-only")
        ran = world.run("kamino_to_pacto")

    assert (ran.state, world.writes()) == ("Credential refused", [])
    assert (world.run("kamino_to_pacto").state, len(world.writes())) == ("Posted", 3)
