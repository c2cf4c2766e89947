"""Both flows that write to Conta Azul start at the same moment, and need the same customers, whom no tax id names."""

from collections import Counter
from collections.abc import Iterable

import pytest

from tests._world import World
from tests.faults._killing import started_run
from tests.moskit_to_contaazul._automations import automation, configure
from tests.systems.moskit import company, deal

BOTH = ("moskit_to_contaazul", "moskit_to_contaazul_financeiro")
CUSTOMERS = 3
"""How many new customers each turn brings, each with a deal won."""


@pytest.mark.parametrize("turns", [3, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_no_customer_exists_twice_and_everything_is_posted_once(
    world: World, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    configure(monkeypatch, automation())
    # Whoever looks for a customer waits a moment for the answer: long enough for the other to look meanwhile.
    world.fault("contaazul", "slow", route="/v1/pessoas", method="GET", times=0, seconds=0.1)
    for turn in range(1, turns + 1):
        won = list(_won(world, turn))
        together = [started_run(world, each) for each in BOTH]
        for child in together:
            child.join()
        assert [child.exitcode for child in together] == [0, 0]
        assert _people(world, won) == dict.fromkeys(_names(won), 1), f"turn {turn}"
        assert _posted(world, won) == dict.fromkeys(_documents(won), 1), f"turn {turn}"
    assert [world.run(each).state for each in BOTH] == ["Nothing to post"] * 2


def _won(world: World, turn: int) -> Iterable[int]:
    """Deals won with as many companies, none of which says its tax id."""
    for place in range(1, CUSTOMERS + 1):
        key = 1_000 * turn + place
        world.plant("moskit", "companies", company(key, name=f"Cliente {key} Ltda", cnpj=None))
        world.plant("moskit", "deals", deal(key, companies=[{"id": key}], price=10_000 + key))
        yield key


def _names(won: Iterable[int]) -> list[str]:
    return [f"Cliente {key} Ltda" for key in won]


def _people(world: World, won: Iterable[int]) -> dict[str, int]:
    """How many people of each of these names there are."""
    names = set(_names(won))
    return Counter(row["nome"] for row in world.rows("contaazul", "pessoas") if row["nome"] in names)


def _documents(won: Iterable[int]) -> list[str]:
    return [name for key in won for name in (f"[moskit:{key}]", f"[moskit:vendas/{key}/1]")]


def _posted(world: World, won: Iterable[int]) -> dict[str, int]:
    """How often each deal is a sale, and how often a receivable."""
    said = [str(row["observacoes"]) for row in world.rows("contaazul", "vendas")]
    said += [str(row["descricao"]) for row in world.rows("contaazul", "parcelas")]
    return Counter(name for name in _documents(won) for text in said if name in text)
