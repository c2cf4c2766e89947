"""Both flows that write to Conta Azul start at the same moment, and need the same customers, whom no tax id names."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests._world import TENANT, World
from tests.faults._killing import started_run
from tests.hooks._listening import TOKEN, listening_in
from tests.moskit_to_contaazul._automations import automation, configure
from tests.systems.moskit import company, deal

BOTH = ("moskit_to_contaazul", "moskit_to_contaazul_financeiro")
CUSTOMERS = 3
"""How many new customers each turn brings, each with a deal won."""


@pytest.mark.parametrize("turns", [3, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_no_customer_exists_twice_and_everything_is_posted_once(selling: World, turns: int) -> None:
    for turn in range(1, turns + 1):
        won = list(_won(selling, turn))
        _run_together(selling, BOTH)
        _assert_all_is_there_once(selling, won)
    assert [selling.run(each).state for each in BOTH] == ["Nothing to post"] * 2


def test_nor_where_one_webhook_has_started_both(
    selling: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__MOSKIT__HOOK_TOKEN".upper(), TOKEN)
    for turn in range(1, 3):
        won = list(_won(selling, turn))
        with listening_in(tmp_path) as listening:
            for key in won:
                event = {"metadata": {"event": "deal-statusChanged"}, "after": {"id": key, "status": "WON"}}
                body = {**event, "before": {"id": key, "status": "OPEN"}}
                assert listening.send(f"moskit/{TENANT}", body, params={"token": TOKEN}) == 200
            listening.wait_for_runs(2)
        assert sorted(listening.started) == [(each, TENANT) for each in BOTH]
        _run_together(selling, [name for name, _ in listening.started])
        _assert_all_is_there_once(selling, won)


@pytest.fixture
def selling(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Whoever looks for a customer waits a moment for the answer: long enough for the other to look meanwhile."""
    configure(monkeypatch, automation())
    world.fault("contaazul", "slow", route="/v1/pessoas", method="GET", times=0, seconds=0.1)
    return world


def _run_together(world: World, integrations: Iterable[str]) -> None:
    together = [started_run(world, each) for each in integrations]
    for child in together:
        child.join()
    assert [child.exitcode for child in together] == [0, 0]


def _assert_all_is_there_once(world: World, won: list[int]) -> None:
    assert _people(world, won) == dict.fromkeys(_names(won), 1)
    assert _posted(world, won) == dict.fromkeys(_documents(won), 1)


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
