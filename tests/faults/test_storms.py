"""Vendors that turn calls away: they are left alone for as long as they ask, within reason, and called again."""

from itertools import pairwise
from typing import Any

import pytest

from tests._world import World
from tests.faults._scenes import paid, receipt, say
from tests.faults._truth import truth, written

RECEIVABLE = "/api/financeiro/recebimento"
LONGEST_SECONDS = 1.4
ASKED: list[tuple[str, str, dict[str, Any], float]] = [
    ("pacto", "/v1/movparcela", {"retry_after": "seconds", "seconds": 1}, 1.0),
    ("kamino", "/api/pessoa/lista", {"retry_after": "date", "seconds": 2}, 1.0),
    ("kamino", "/api/financeiro/planoconta/lista", {"retry_after": "absent", "reset": "absent"}, LONGEST_SECONDS),
    ("kamino", "/api/financeiro/centrocusto/lista", {"retry_after": "absurd"}, LONGEST_SECONDS),
    ("kamino", "/api/financeiro/recebimentos/paginada", {"reset": "seconds", "seconds": 1}, 1.0),
    ("kamino", "/api/pessoa/grava", {"retry_after": "negative", "reset": "absent"}, LONGEST_SECONDS),
    ("kamino", RECEIVABLE, {"retry_after": "zero", "reset": "absent"}, 0.0),
]


def test_a_vendor_is_called_again_no_sooner_than_it_asks_whatever_way_it_asks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, **{f"{each}__longest_pause_seconds": str(LONGEST_SECONDS) for each in ("pacto", "kamino")})
    world.plant("pacto", "movparcela", receipt(1))
    for system, route, arguments, _ in ASKED:
        world.fault(system, "storm_429", route=route, **arguments)

    ran = world.run("pacto_to_kamino")

    waited = {}
    for system in ("pacto", "kamino"):
        for call, after in pairwise(world.calls(system)):
            if call["status"] == 429:
                waited[call["route"]] = after["monotonic"] - call["monotonic"]
    too_soon = {route: waited[route] for _, route, _, least in ASKED if waited[route] < least}
    assert (ran.state, too_soon) == ("Posted", {})
    assert set(written(truth(world)).values()) == {("create",)}


def test_a_storm_in_which_three_calls_of_four_are_turned_away_delays_and_doubles_nothing(world: World) -> None:
    world.plant("pacto", "movparcela", *(receipt(number, **paid()) for number in range(1, 11)))
    for system in ("pacto", "kamino"):
        for first in range(1, 400, 4):
            world.fault(system, "storm_429", on_call=first, times=3, retry_after="zero")
    world.run("pacto_to_kamino")
    world.no_faults()
    for _ in range(2):
        world.run("pacto_to_kamino")

    told = written(truth(world))

    assert {(name.split()[0], verbs) for name, verbs in told.items()} == {
        ("person", ("create",)),
        ("receivable", ("create", "settle")),
    }
    assert len(world.rows("kamino", "recebimento")) == 10


def test_writes_that_are_turned_away_to_the_end_wait_for_the_next_run(world: World) -> None:
    world.plant("pacto", "movparcela", *(receipt(number) for number in range(1, 4)))
    world.fault("kamino", "storm_429", method="POST", route=RECEIVABLE, times=0)

    ran = world.run("pacto_to_kamino")

    waiting = world.query("pacto_to_kamino", "select count(*) from last_run.outcomes where outcome = 'not_sent'")
    assert (ran.state, waiting, len(world.writes())) == ("Posted, some not sent", [(3,)], 1)
    world.no_faults()
    assert world.run("pacto_to_kamino").state == "Posted"
    assert set(written(truth(world)).values()) == {("create",)}
