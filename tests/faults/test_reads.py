"""Reads that go wrong: repeated once they may pass, and otherwise nothing is written at all."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests._world import World
from tests.faults._scenes import BRUNO, paid, payable, receipt, say, supplier
from tests.faults._truth import truth, written

RECEIPTS = "/v1/movparcela"
RECEIVABLES = "/api/financeiro/recebimentos/paginada"
UNANSWERED: list[tuple[str, dict[str, Any], str]] = [
    ("status", {"code": 500}, "Unavailable"),
    ("status", {"code": 502, "html": True}, "Unavailable"),
    ("request_lost", {}, "Unavailable"),
    ("storm_429", {"retry_after": "absurd"}, "Unavailable"),
    ("html_200", {}, "Unreadable answer"),
    ("truncated_json", {}, "Unreadable answer"),
    ("garbled", {}, "Unreadable answer"),
    ("empty_without_error", {"body": "nothing"}, "Unreadable answer"),
    ("deep", {}, "Unreadable answer"),
    ("huge", {"megabytes": 65}, "Unreadable answer"),
]
PASSING = UNANSWERED[:-1]
POSTED = {"person 39053344705": ("create",), "receivable PACTO-1-1": ("create", "settle")}


def test_a_read_that_fails_again_and_again_stops_the_run_before_anything_is_written(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    told = []
    for fault, arguments, _ in UNANSWERED:
        world.fault("pacto", fault, method="GET", route=RECEIPTS, times=0, **arguments)
        told.append((fault, arguments, world.run("pacto_to_kamino").state))
        world.no_faults()
    world.fault("kamino", "truncated_json", method="GET", route=RECEIVABLES, times=0)
    last_read = world.run("pacto_to_kamino").state

    assert (told, last_read, world.writes()) == (UNANSWERED, "Unreadable answer", [])
    world.no_faults()
    assert world.run("pacto_to_kamino").state == "Posted"


def test_reads_that_fail_once_are_repeated_and_the_run_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second read goes wrong, each in another way, while small pages make for many reads."""
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    say(monkeypatch, pacto__page_size="1", kamino__page_size="1")
    for system in ("pacto", "kamino"):
        for number, (fault, arguments, _) in enumerate(PASSING):
            world.fault(system, fault, method="GET", on_call=2 * number + 1, **arguments)

    states = [world.run("pacto_to_kamino").state for _ in range(3)]

    seen = [(call["system"], call["fault"]) for call in world.calls() if call["fault"]]
    assert states == ["Posted", "Nothing to post", "Nothing to post"]
    assert sorted(seen) == sorted((system, fault) for system in ("pacto", "kamino") for fault, _, _ in PASSING)
    assert written(truth(world)) == POSTED


@pytest.mark.parametrize("fault", ["drip", "slow"])
def test_an_answer_that_never_ends_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    say(monkeypatch, pacto__timeout_seconds="0.25", kamino__timeout_seconds="5")
    world.fault("pacto", fault, method="GET", route=RECEIPTS, times=0, seconds=0.1 if fault == "drip" else 2)

    ran = world.run("pacto_to_kamino")

    assert (ran.state, world.writes()) == ("Unavailable", [])


@contextmanager
def another_host() -> Iterator[tuple[str, list[Any]]]:
    """A listening address, and whoever came to it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        came: list[Any] = []
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", came
        try:
            came.append(listener.accept()[1])
        except TimeoutError:
            return


@pytest.mark.parametrize(
    ("system", "method", "route", "state"),
    [
        ("pacto", "GET", RECEIPTS, "Credential refused"),
        # A form that was accepted is answered with a redirect, too: nobody knows what became of the write.
        ("kamino", "POST", "/api/pessoa/grava", "Unknown outcome"),
    ],
    ids=["read", "write"],
)
def test_a_redirect_to_another_host_is_refused_and_nobody_goes_there(
    world: World, system: str, method: str, route: str, state: str
) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    with another_host() as (address, came):
        world.fault(system, "redirect", method=method, route=route, location=address)
        ran = world.run("pacto_to_kamino")

    assert (ran.state, world.writes(), came) == (state, [], [])


LIES: list[tuple[str, dict[str, Any]]] = [
    ("wrong_total", {"by": 7}),
    ("wrong_total", {"by": -1}),
    ("empty_page", {}),
    ("repeated_page", {}),
    ("repeated_page", {"honest": True}),
]


@pytest.mark.parametrize(
    ("system", "path", "lies"),
    [("pacto", RECEIPTS, LIES), ("kamino", RECEIVABLES, [LIES[0], LIES[-1]])],
    ids=["pacto", "kamino"],
)
def test_pages_that_lie_are_read_again_and_then_stop_the_run_before_anything_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch, system: str, path: str, lies: list[tuple[str, dict[str, Any]]]
) -> None:
    world.plant("pacto", "movparcela", receipt(1), receipt(2))
    world.run("pacto_to_kamino")
    say(monkeypatch, pacto__page_size="1", kamino__page_size="1")

    for turn, (lie, arguments) in enumerate(lies):
        world.plant("pacto", "movparcela", receipt(10 + turn))
        before = world.writes()
        world.fault(system, lie, method="GET", route=path, on_call=2, times=0, **arguments)
        always = world.run("pacto_to_kamino")
        assert (always.state, world.writes()) == ("Unreadable answer", before), (lie, arguments)

        world.no_faults()
        world.fault(system, lie, method="GET", route=path, on_call=2, **arguments)
        once = world.run("pacto_to_kamino")
        assert (once.state, len(world.writes())) == ("Posted", len(before) + 1), (lie, arguments)
        world.no_faults()

    created = [row["CodigoExterno"] for row in world.rows("kamino", "recebimento")]
    assert created == [f"PACTO-1-{number}" for number in (1, 2, *range(10, 10 + len(lies)))]


def test_a_list_of_people_that_comes_empty_creates_nobody_twice(world: World) -> None:
    world.plant("kamino", "pessoa", {"ID": 501, "Nome": BRUNO["nome"], "CPFCNPJ": BRUNO["cpfCnpj"], "Ativo": True})
    world.plant("pacto", "movparcela", receipt(1, pessoa=BRUNO))
    world.fault("kamino", "empty_page", method="GET", route="/api/pessoa/lista")

    world.run("pacto_to_kamino")
    world.run("pacto_to_kamino")

    assert [row["ID"] for row in world.rows("kamino", "pessoa")] == [501]
    assert [row["IDPessoa"] for row in world.rows("kamino", "recebimento")] == [501]


def test_books_that_come_empty_without_an_error_register_nothing_twice(world: World) -> None:
    """The first run does not learn what it registered; the second is shown empty books."""
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    for route in ("/v1/fornecedor", "/v1/movconta"):
        world.fault("pacto", "answer_lost", method="POST", route=route)
        world.fault("pacto", "request_lost", method="GET", route=route, on_call=3, times=4)
        world.run("kamino_to_pacto")
        world.no_faults()
        world.fault("pacto", "empty_without_error", method="GET", route=route)
        world.run("kamino_to_pacto")

    assert set(written(truth(world)).values()) == {("create",), ("reference",)}
    assert len(world.rows("pacto", "fornecedor")) == len(world.rows("pacto", "movconta")) == 1


def test_receipts_that_come_empty_without_an_error_wait_for_the_next_run(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.fault("pacto", "empty_without_error", method="GET", route=RECEIPTS, times=6)

    world.run("pacto_to_kamino")
    world.run("pacto_to_kamino")

    assert written(truth(world)) == POSTED
