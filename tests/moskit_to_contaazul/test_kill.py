"""kill -9 at every step of the push: afterwards Conta Azul holds one client and one sale, receivable or payable each.

For each kind of document one tenant's life is lived: a deal is won, the run that posts it is killed at one step,
further runs heal it; then the next deal is won, and the run is killed at the next step.
"""

from collections import Counter

import pytest

from sandbox._people import cnpj, punctuated
from tests._world import World
from tests.faults._killing import Step, run_killed
from tests.moskit_to_contaazul._automations import automation, configure, payable, receivable
from tests.systems.moskit import company, deal

pytestmark = pytest.mark.long

STEPS = (
    ("before", "decision"),
    ("after", "decision"),
    ("before", "intent"),
    ("after", "intent"),
    ("after", "call"),
    ("before", "outcome"),
    ("after", "outcome"),
)
NATIVE, AUTOMATIONS = "moskit_to_contaazul", "moskit_to_contaazul_financeiro"
POSTED = {
    "person": NATIVE,
    "sale": NATIVE,
    "receivable": AUTOMATIONS,
    "payable": AUTOMATIONS,
}


def _won(world: World, turn: int) -> None:
    """A deal with a company of its own."""
    name = f"Empresa {turn} Ltda"
    world.plant("moskit", "companies", company(100 + turn, name=name, cnpj=punctuated(cnpj(f"{10_000_000 + turn}"))))
    world.plant("moskit", "deals", deal(200 + turn, companies=[{"id": 100 + turn}], price=10_000 + turn))


def _sent(integration: str, key: int) -> list[str]:
    """What a deal brings to Conta Azul, besides its client."""
    if integration == NATIVE:
        return [f"Negócio {key} do Moskit [moskit:{key}]"]
    return [
        f"Implantação {key} [moskit:vendas/{key}/1]",
        f"Comissão de Implantação {key} [moskit:vendas/{key}/2]",
    ]


def _stands_there(world: World) -> Counter[str]:
    """What Conta Azul accepted, by what tells it apart: each must be there once."""
    told: Counter[str] = Counter()
    for entry in world.journal("contaazul"):
        body = entry["body"]
        told[str(body.get("nome") or body.get("descricao") or body.get("observacoes"))] += entry["verb"] == "create"
    return told


@pytest.mark.parametrize("kind", POSTED)
def test_a_run_killed_in_the_push_leaves_no_loss_and_no_duplicate(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    beside = payable(nome_cliente="{{ company.name }}", tipo_papel="Cliente", documento="{{ company.cnpj }}")
    configure(monkeypatch, automation(receivable(), beside))
    integration = POSTED[kind]
    expected: Counter[str] = Counter(["Venda Moskit"] if integration == NATIVE else [])
    for turn, step in enumerate(STEPS):
        _won(world, turn)
        expected.update([f"Empresa {turn} Ltda", *_sent(integration, 200 + turn)])
        killed = Step(*step, kind=kind)

        run_killed(world, integration, killed)

        for _ in range(2):
            if _stands_there(world) != expected:
                world.run(integration)
        assert _stands_there(world) == expected, f"killed {killed}"
    assert world.run(integration).state == "Nothing to post"
    assert _stands_there(world) == expected
