"""Writes that go wrong: afterwards the vendors hold each document once."""

from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from tests._world import World
from tests.faults._scenes import customer, paid, payable, receipt, say, supplier
from tests.faults._truth import Truth, truth, written

PERSON = "/api/pessoa/grava"
RECEIVABLE = "/api/financeiro/recebimento"
PAYABLE = "/api/financeiro/pagamento"
HTML = {"code": 502, "html": True}

ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("request_lost", {}),
    ("answer_lost", {}),
    ("status", {"code": 500}),
    ("status", {"code": 500, "committed": True}),
    ("status", HTML),
    ("status", {**HTML, "committed": True}),
    ("status", {"code": 503}),
    ("status", {"code": 504, "committed": True}),
    ("html_200", {}),
    ("html_200", {"committed": True}),
    ("empty_without_error", {"body": "nothing", "committed": True}),
    ("empty_without_error", {"committed": True}),
    ("truncated_json", {}),
    ("garbled", {}),
    ("deep", {"committed": True}),
]
DOCUMENTS = 3 * len(ANSWERS)


def receipts_of_strangers(world: World) -> None:
    """Received receipts of customers whom Kamino does not know yet."""
    for number in range(1, DOCUMENTS + 1):
        who = customer(100_000_000 + number, f"Cliente {number}")
        world.plant("pacto", "movparcela", receipt(number, pessoa=who, **paid()))


def payments_to_strangers(world: World) -> None:
    """Paid payables of suppliers whom Pacto does not know yet."""
    for number in range(1, DOCUMENTS + 1):
        who = supplier(70_000 + number, f"Fornecedor {number}")
        world.plant("kamino", "pessoa", who)
        world.plant("kamino", "pagamento", payable(number, IDPessoa=who["ID"]))


def every_third_write_goes_wrong(world: World, system: str, route: str, first: int = 0) -> None:
    """Each of them in another way, so that the target never looks as if it were gone."""
    for number, (fault, arguments) in enumerate(ANSWERS):
        world.fault(system, fault, method="POST", route=route, on_call=first + 3 * number + 1, **arguments)


def verbs(told: Truth) -> set[tuple[str, tuple[str, ...]]]:
    """Which sequences of writes there are, by noun."""
    return {(name.split()[0], writes) for name, writes in written(told).items()}


def test_whatever_answers_a_write_to_kamino_each_document_is_posted_once(world: World) -> None:
    receipts_of_strangers(world)
    every_third_write_goes_wrong(world, "kamino", PERSON)
    every_third_write_goes_wrong(world, "kamino", RECEIVABLE)
    every_third_write_goes_wrong(world, "kamino", RECEIVABLE, first=DOCUMENTS - len(ANSWERS))

    states = [world.run("pacto_to_kamino").state for _ in range(4)]

    assert (states[0], states[-1]) == ("Unknown outcome", "Nothing to post")
    assert verbs(truth(world)) == {("person", ("create",)), ("receivable", ("create", "settle"))}
    assert len(world.rows("kamino", "pessoa")) == len(world.rows("kamino", "recebimento")) == DOCUMENTS


def test_whatever_answers_a_write_to_pacto_each_document_is_posted_once(world: World) -> None:
    payments_to_strangers(world)
    every_third_write_goes_wrong(world, "pacto", "/v1/fornecedor")
    every_third_write_goes_wrong(world, "pacto", "/v1/movconta")
    every_third_write_goes_wrong(world, "kamino", PAYABLE)

    states = [world.run("kamino_to_pacto").state for _ in range(4)]

    assert (states[0], states[-1]) == ("Unknown outcome", "Nothing to post")
    assert verbs(truth(world)) == {("supplier", ("create",)), ("entry", ("create",)), ("payable", ("reference",))}
    assert len(world.rows("pacto", "fornecedor")) == len(world.rows("pacto", "movconta")) == DOCUMENTS


@pytest.mark.parametrize(
    ("integration", "losses"),
    [
        (
            "pacto_to_kamino",
            [
                ("kamino", PERSON, 1, "/api/pessoa/lista/paginada"),
                ("kamino", RECEIVABLE, 1, "/api/financeiro/recebimentos/paginada"),
                ("kamino", RECEIVABLE, 2, "/api/financeiro/recebimentos/paginada"),
            ],
        ),
        (
            "kamino_to_pacto",
            [
                ("pacto", "/v1/fornecedor", 1, "/v1/fornecedor"),
                ("pacto", "/v1/movconta", 1, "/v1/movconta"),
            ],
        ),
    ],
)
def test_every_lost_answer_is_resolved_by_one_look(
    world: World, integration: str, losses: list[tuple[str, str, int, str]]
) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    for system, route, nth, _ in losses:
        world.fault(system, "answer_lost", method="POST", route=route, on_call=nth)

    ran = world.run(integration)

    calls = [(call["method"], call["route"], call["fault"]) for call in world.calls()]
    push = calls[next(place for place, call in enumerate(calls) if call[0] == "POST") :]
    lost_and_looked = [
        call for _, route, _, looks_at in losses for call in (("POST", route, "answer_lost"), ("GET", looks_at, None))
    ]
    # What was found by a look is read before it is changed, which is a look more.
    made = [call for call, _ in groupby(call for call in push if call in lost_and_looked)]
    assert (ran.state, made) == ("Posted", lost_and_looked)
    assert set(written(truth(world)).values()) <= {("create",), ("create", "settle"), ("reference",)}
    assert world.run(integration).state == "Nothing to post"


def test_a_lost_answer_to_a_change_is_resolved_by_the_next_reading(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    world.run("pacto_to_kamino")
    world.plant("pacto", "movparcela", {"codigo": 1, "valor": Decimal("149.95")})
    for route in (RECEIVABLE, PAYABLE):
        world.fault("kamino", "answer_lost", method="POST", route=route)

    states = [world.run(each).state for each in ("pacto_to_kamino", "kamino_to_pacto") for _ in range(2)]

    told = truth(world)
    assert states == ["Unknown outcome", "Nothing to post", "Unknown outcome", "Posted"]
    assert (told["receivable PACTO-1-1"].writes, told["payable 1"].writes) == (("create", "update"), ("reference",))
    assert told["receivable PACTO-1-1"].records[0]["VlrVenc"] == Decimal("149.95")


def test_a_slow_answer_to_a_write_is_resolved_by_looking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    say(monkeypatch, kamino__timeout_seconds="0.5")
    world.fault("kamino", "slow", method="POST", route=RECEIVABLE, seconds=2)

    ran = world.run("pacto_to_kamino")

    assert (ran.state, written(truth(world))["receivable PACTO-1-1"]) == ("Posted", ("create",))


def test_a_target_that_answers_nothing_is_left_alone_after_a_few_tries(world: World) -> None:
    world.plant("pacto", "movparcela", *(receipt(number) for number in range(1, 61)))
    world.fault("kamino", "status", method="POST", route=RECEIVABLE, code=500, times=0)

    ran = world.run("pacto_to_kamino")

    tries = [call for call in world.calls() if (call["method"], call["route"]) == ("POST", RECEIVABLE)]
    assert (ran.state, len(tries) <= 32) == ("Unavailable", True)
    world.no_faults()
    assert world.run("pacto_to_kamino").state == "Posted"
    assert verbs(truth(world)) == {("person", ("create",)), ("receivable", ("create",))}
    assert len(world.rows("kamino", "recebimento")) == 60


def test_what_kamino_rejects_is_sent_again_only_when_it_changed(world: World) -> None:
    states = []
    for number, status in ((1, "200"), (2, "400")):
        world.quirk("kamino", rejections=status)
        world.plant("pacto", "movparcela", receipt(number))
        world.fault("kamino", "sucesso_false", method="POST", route=RECEIVABLE, message="Período contábil fechado.")
        states.append(world.run("pacto_to_kamino").state)
    states.append(world.run("pacto_to_kamino").state)

    sent = [call for call in world.calls() if (call["method"], call["route"]) == ("POST", RECEIVABLE)]
    said = "O destino recusou este conteúdo: Período contábil fechado."
    assert (states, len(sent)) == (["Rejected", "Rejected", "Nothing to post, some held back"], 2)
    assert world.held_back("pacto_to_kamino") == {"receivable 1": said, "receivable 2": said}
    for number in (1, 2):
        world.plant("pacto", "movparcela", {"codigo": number, "descricao": "PARCELA corrigida"})
    assert world.run("pacto_to_kamino").state == "Posted"
    assert verbs(truth(world)) == {("person", ("create",)), ("receivable", ("create",))}


def test_a_lost_answer_is_resolved_even_where_kamino_hides_our_reference(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()), receipt(2, **paid()))
    world.quirk("kamino", external_code="hidden")
    world.fault("kamino", "answer_lost", method="POST", route=RECEIVABLE, on_call=1)
    world.fault("kamino", "answer_lost", method="POST", route=RECEIVABLE, on_call=3)
    world.run("pacto_to_kamino")
    world.no_faults()

    states = [world.run("pacto_to_kamino").state for _ in range(3)]

    assert states[-1] == "Nothing to post"
    assert verbs(truth(world)) == {("person", ("create",)), ("receivable", ("create", "settle"))}
