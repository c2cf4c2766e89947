"""kill -9 at every step of the push: afterwards the vendors hold what they would hold without it, once.

For each kind of document one tenant's life is lived: something happens at the source, the run that posts it is
killed at one step, further runs heal it; then something else happens, and the run is killed at the next step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from tests._world import World
from tests.faults._killing import Step, run_killed
from tests.faults._scenes import Scene, another_world, customer, paid, payable, receipt, scene_of, supplier
from tests.faults._truth import Truth, healed, truth

STEPS = (
    ("before", "decision"),
    ("after", "decision"),
    ("before", "intent"),
    ("after", "intent"),
    ("after", "call"),
    ("before", "outcome"),
    ("after", "outcome"),
)
DEARER = {"valor": Decimal("149.95")}
OPEN_AGAIN = {"situacao": "EA", "dataPagamento": None, "valorPago": None}
LANDLORDS = [supplier(70_000 + turn, f"Imóveis da Rua {turn} Ltda") for turn in range(len(STEPS))]


def _new_customer(world: World, turn: int) -> list[str]:
    who = customer(100_000_000 + turn, f"Cliente Novo {turn}")
    world.plant("pacto", "movparcela", receipt(100 + turn, pessoa=who))
    return [f"person {who['cpfCnpj']}", f"receivable PACTO-1-{100 + turn}"]


def _new_receipt_and_dearer_one(world: World, turn: int) -> list[str]:
    world.plant("pacto", "movparcela", receipt(200 + turn), {"codigo": 210 + turn, **DEARER})
    return [f"receivable PACTO-1-{200 + turn}", f"receivable PACTO-1-{210 + turn}"]


def _received_later_and_at_once(world: World, turn: int) -> list[str]:
    at_once = receipt(310 + turn, **paid(amount=Decimal("131.07")))
    world.plant("pacto", "movparcela", {"codigo": 300 + turn, **paid()}, at_once)
    return [f"receivable PACTO-1-{300 + turn}", f"receivable PACTO-1-{310 + turn}"]


def _taken_back(world: World, turn: int) -> list[str]:
    world.plant("pacto", "movparcela", {"codigo": 400 + turn, **OPEN_AGAIN})
    return [f"receivable PACTO-1-{400 + turn}"]


def _cancelled_open_and_settled(world: World, turn: int) -> list[str]:
    world.plant(
        "pacto", "movparcela", {"codigo": 500 + turn, "situacao": "CA"}, {"codigo": 510 + turn, "situacao": "RG"}
    )
    return [f"receivable PACTO-1-{500 + turn}", f"receivable PACTO-1-{510 + turn}"]


def _new_supplier(world: World, turn: int) -> list[str]:
    who = LANDLORDS[turn]
    world.plant("kamino", "pagamento", payable(100 + turn, IDPessoa=who["ID"]))
    tax_id = who["CPFCNPJ"]
    return [f"supplier {tax_id}", f"payee {tax_id}", f"entry KAMINO-{100 + turn}", f"payable {100 + turn}"]


def _two_new_payments(world: World, turn: int) -> list[str]:
    keys = (200 + turn, 210 + turn)
    world.plant("kamino", "pagamento", *(payable(key) for key in keys))
    return [f"{noun}{key}" for key in keys for noun in ("entry KAMINO-", "payable ")]


@dataclass(frozen=True)
class Case:
    """What happens at the source in each turn, naming its documents, and the kind whose posting is killed."""

    kind: str
    integration: str
    happens: Callable[[World, int], list[str]]


CASES = (
    Case("person", "pacto_to_kamino", _new_customer),
    Case("receivable", "pacto_to_kamino", _new_receipt_and_dearer_one),
    Case("settlement", "pacto_to_kamino", _received_later_and_at_once),
    Case("reversal", "pacto_to_kamino", _taken_back),
    Case("cancellation", "pacto_to_kamino", _cancelled_open_and_settled),
    Case("supplier", "kamino_to_pacto", _new_supplier),
    Case("payment", "kamino_to_pacto", _two_new_payments),
    Case("reference", "kamino_to_pacto", _two_new_payments),
)


TYPICAL = ("receivable",)
"""What every day's tests kill; each of the others takes as long again."""


@dataclass(frozen=True)
class Stage:
    """How things stand before a case, and what the vendors say after everything happened and nobody was killed."""

    scene: Scene
    unkilled: Truth


def _posted_before(world: World) -> None:
    """A receipt for each turn of each case that needs one, open or settled; the suppliers, and a payment."""
    turns = range(len(STEPS))
    world.plant("pacto", "movparcela", *(receipt(first + turn) for first in (210, 300, 500) for turn in turns))
    world.plant("pacto", "movparcela", *(receipt(first + turn, **paid()) for first in (400, 510) for turn in turns))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"), *LANDLORDS)
    world.plant("kamino", "pagamento", payable(1))


@pytest.fixture(scope="module")
def stage(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Stage]:
    """Each integration's stage, played once."""
    played: dict[str, Stage] = {}

    def of(integration: str) -> Stage:
        if integration not in played:
            played[integration] = _played(integration, tmp_path_factory.mktemp(integration))
        return played[integration]

    return of


def _played(integration: str, folder: Path) -> Stage:
    with another_world(folder / "before") as world:
        _posted_before(world)
        assert world.run(integration).state == "Posted"
        scene = scene_of(world, folder / "kept")
    with another_world(folder / "unkilled") as world:
        scene.set_up(world)
        for case in CASES:
            for turn in range(len(STEPS)):
                if case.integration == integration:
                    case.happens(world, turn)
        assert world.run(integration).state == "Posted"
        return Stage(scene, truth(world))


@pytest.mark.parametrize(
    "case", [pytest.param(each, id=each.kind, marks=[] if each.kind in TYPICAL else pytest.mark.long) for each in CASES]
)
def test_a_run_killed_in_the_push_leaves_no_loss_and_no_duplicate(
    stage: Callable[[str], Stage], world: World, case: Case
) -> None:
    played = stage(case.integration)
    played.scene.set_up(world)
    expected = dict(truth(world))

    for turn, step in enumerate(STEPS):
        touched = case.happens(world, turn)
        expected.update({name: played.unkilled[name] for name in touched})
        killed = Step(*step, kind=case.kind)

        run_killed(world, case.integration, killed)

        assert healed(world, case.integration, expected) == expected, f"killed {killed}"

    assert world.run(case.integration).state == "Nothing to post"
    assert truth(world) == expected
