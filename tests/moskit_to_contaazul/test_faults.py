"""What goes wrong between us and the two vendors, and what stands in Conta Azul afterwards."""

from collections import Counter

import httpx
import pytest

from sandbox.moskit import CREDENTIALS
from tests._world import World
from tests.systems.moskit import company, deal

FLOW = "moskit_to_contaazul"


@pytest.fixture
def won(world: World) -> World:
    """Five deals won with one company."""
    world.plant("moskit", "companies", company())
    world.plant("moskit", "deals", *(deal(n, price=1000 + n) for n in range(1, 6)))
    return world


def sales(world: World) -> Counter[str]:
    """Accepted sales by their notes."""
    return Counter(
        entry["body"]["observacoes"] for entry in world.journal("contaazul") if entry["route"] == "/v1/venda"
    )


ONCE = Counter(f"Negócio {n} do Moskit [moskit:{n}]" for n in range(1, 6))


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("answer_lost", {"times": 3}),
        ("status", {"code": 500, "committed": True, "times": 2}),
        pytest.param("request_lost", {"times": 3}, marks=pytest.mark.long),
        pytest.param("status", {"code": 502, "html": True}, marks=pytest.mark.long),
        pytest.param("truncated_json", {"keep": 0.3, "times": 2}, marks=pytest.mark.long),
        pytest.param("html_200", {"committed": True}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_every_sale_stands_there_once_whatever_happens_to_the_answer(
    won: World, fault: str, more: dict[str, object]
) -> None:
    won.fault("contaazul", fault, route="/v1/venda", method="POST", **more)
    won.run(FLOW)
    won.no_faults()
    won.run(FLOW)
    assert (sales(won), won.run(FLOW).state) == (ONCE, "Nothing to post")


def test_a_storm_of_429_costs_time_and_nothing_else(won: World) -> None:
    won.fault("contaazul", "storm_429", route="/v1/venda", method="POST", times=4, retry_after="zero")
    won.fault("moskit", "storm_429", route="/companies/*", times=2, retry_after="zero")
    assert (won.run(FLOW).state, sales(won)) == ("Posted", ONCE)


def test_a_number_that_somebody_takes_meanwhile_is_replaced_by_the_next_one(won: World) -> None:
    won.quirk("contaazul", counter="busy", number_taken="other", errors="message")
    assert (won.run(FLOW).state, sales(won)) == ("Posted", ONCE)
    numbers = [row["numero"] for row in won.rows("contaazul", "vendas")]
    assert (len(numbers) > 5, len(numbers)) == (True, len(set(numbers)))


def test_an_ended_trial_stops_the_run_and_nothing_is_lost(won: World) -> None:
    won.quirk("contaazul", account="trial_ended")
    stopped = won.run(FLOW)
    won.quirk("contaazul", account="active")
    assert (stopped.state, won.run(FLOW).state, sales(won)) == ("Credential refused", "Posted", ONCE)


def test_an_ended_authorization_is_a_state_of_its_own_with_what_to_do(won: World) -> None:
    won.plant("contaazul", "tokens", *({**row, "state": "revoked"} for row in won.rows("contaazul", "tokens")))
    stopped = won.run(FLOW)
    assert (stopped.state, won.journal("contaazul")) == ("Reconnect needed", [])
    assert "contrapartida connect contaazul --tenant academia" in stopped.message


def test_a_deal_that_moskit_still_gives_as_it_was_is_sent_by_a_later_run_and_once(world: World) -> None:
    world.plant("moskit", "companies", company())
    world.plant("moskit", "deals", {**deal(1, status="OPEN", closeDate=None), "price": 1_001})
    world.quirk("moskit", stale_ms="600000")
    won = {**deal(1, price=1_001), "activities": []}
    httpx.put(f"{world.url}/moskit/deals/1", json=won, headers={"apikey": CREDENTIALS["api_key"]}).raise_for_status()
    assert (world.run(FLOW).state, sales(world)) == ("Nothing to post", Counter())
    world.quirk("moskit", stale_ms="0")
    assert [world.run(FLOW).state for _ in range(2)] == ["Posted", "Nothing to post"]
    assert sales(world) == Counter(["Negócio 1 do Moskit [moskit:1]"])


def test_after_a_lost_answer_the_sale_of_a_deal_whose_number_begins_alike_is_not_taken_for_it(world: World) -> None:
    world.plant("moskit", "companies", company())
    world.plant("moskit", "deals", deal(12, price=1_012))
    world.run(FLOW)
    world.plant("moskit", "deals", deal(1, price=1_001))
    world.fault("contaazul", "request_lost", route="/v1/venda", method="POST")
    world.run(FLOW)
    world.run(FLOW)
    assert sales(world) == Counter(f"Negócio {n} do Moskit [moskit:{n}]" for n in (1, 12))
