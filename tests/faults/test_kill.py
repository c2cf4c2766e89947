"""kill -9 at every step of the push: afterwards the vendors hold what they would hold without it, once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests._world import World, opened_world
from tests.faults._killing import Kill, run_killed
from tests.faults._scenes import BRUNO, LANDLORD, UTILITY, Scene, Truth, beneficiary, payable, scene_of, truth
from tests.systems.pacto import paid, receipt

PUSH = (
    ("before", "decision"),
    ("after", "decision"),
    ("before", "intent"),
    ("after", "intent"),
    ("after", "call"),
    ("before", "outcome"),
    ("after", "outcome"),
)


def _new_customer(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(9, pessoa=BRUNO))


def _new_receipt(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(9))


def _dearer(world: World) -> None:
    world.plant("pacto", "movparcela", {"codigo": 1, "valor": 149.95})


def _received(world: World) -> None:
    world.plant("pacto", "movparcela", {"codigo": 1, **paid()})


def _received_at_once(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(9, **paid(amount=131.07)))


def _taken_back(world: World) -> None:
    world.plant("pacto", "movparcela", {"codigo": 2, "situacao": "EA", "dataPagamento": None, "valorPago": None})


def _cancelled(world: World) -> None:
    world.plant("pacto", "movparcela", {"codigo": 1, "situacao": "CA"})


def _cancelled_after_settlement(world: World) -> None:
    world.plant("pacto", "movparcela", {"codigo": 2, "situacao": "RG"})


def _new_supplier(world: World) -> None:
    world.plant("kamino", "pagamento", payable(9, IDPessoa=LANDLORD["ID"]))


def _new_payment(world: World) -> None:
    world.plant("kamino", "pagamento", payable(9))


@dataclass(frozen=True)
class Case:
    """Something that happens at the source, and the kind of document whose posting is killed."""

    name: str
    integration: str
    happens: Callable[[World], None]
    kind: str


CASES = (
    Case("person", "pacto_to_kamino", _new_customer, "person"),
    Case("receivable", "pacto_to_kamino", _new_receipt, "receivable"),
    Case("update", "pacto_to_kamino", _dearer, "receivable"),
    Case("settlement", "pacto_to_kamino", _received, "settlement"),
    Case("settlement at once", "pacto_to_kamino", _received_at_once, "settlement"),
    Case("reversal", "pacto_to_kamino", _taken_back, "reversal"),
    Case("cancellation", "pacto_to_kamino", _cancelled, "cancellation"),
    Case("cancellation of a settled one", "pacto_to_kamino", _cancelled_after_settlement, "cancellation"),
    Case("supplier", "kamino_to_pacto", _new_supplier, "supplier"),
    Case("payment", "kamino_to_pacto", _new_payment, "payment"),
    Case("reference", "kamino_to_pacto", _new_payment, "reference"),
)


class Stage:
    """Scenes that were played once and are set up again for every kill, and what happens in them without one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scenes: dict[str, Scene] = {}
        self._unkilled: dict[str, Truth] = {}

    def scene(self, integration: str) -> Scene:
        """Two receipts posted, one of them settled; or a payment registered."""
        if integration not in self._scenes:
            folder = self._folder / integration
            folder.mkdir()
            with pytest.MonkeyPatch.context() as patch, opened_world(folder, patch) as world:
                world.plant("pacto", "movparcela", receipt(1), receipt(2, **paid()))
                world.plant("kamino", "pessoa", beneficiary(UTILITY), beneficiary(LANDLORD))
                world.plant("kamino", "pagamento", payable(1))
                assert world.run(integration).state == "Posted"
                self._scenes[integration] = scene_of(world, folder / "kept")
        return self._scenes[integration]

    def unkilled(self, case: Case) -> Truth:
        """What the vendors hold after the same happening and a run that nobody kills."""
        if case.name not in self._unkilled:
            scene = self.scene(case.integration)
            folder = self._folder / case.name
            folder.mkdir()
            with pytest.MonkeyPatch.context() as patch, opened_world(folder, patch) as world:
                scene.set_up(world)
                case.happens(world)
                assert world.run(case.integration).state == "Posted"
                self._unkilled[case.name] = truth(world)
        return self._unkilled[case.name]


@pytest.fixture(scope="module")
def stage(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    yield Stage(tmp_path_factory.mktemp("stage"))


def _heals(world: World, integration: str, expected: Truth) -> None:
    """At most two runs bring the vendors where they would be; the run after that writes nothing."""
    world.run(integration)
    if truth(world) != expected:
        world.run(integration)
    assert truth(world) == expected
    assert world.run(integration).state == "Nothing to post"
    assert truth(world) == expected


@pytest.mark.parametrize("step", PUSH, ids=" ".join)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_run_killed_in_the_push_leaves_no_loss_and_no_duplicate(
    stage: Stage, world: World, case: Case, step: tuple[str, str]
) -> None:
    expected = stage.unkilled(case)
    stage.scene(case.integration).set_up(world)
    case.happens(world)

    run_killed(world, case.integration, Kill(*step, kind=case.kind))

    _heals(world, case.integration, expected)
