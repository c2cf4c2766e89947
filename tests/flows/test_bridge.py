"""The bridge: what was read equals what was told, document by document and cent by cent, or the run fails."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from flows._sql import machinery
from flows.pacto_to_kamino import INTEGRATION
from tests._world import World
from tests.flows._deciding import Desk, Happened, Stands, Wanted
from tests.systems.pacto import receipt

BRIDGE = machinery("bridge")


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    with made.database:
        yield made


def closed(desk: Desk) -> dict[str, tuple[int, Decimal]]:
    """The bridge of what was decided and sent at this desk: documents and amount per outcome."""
    for block in ("outcomes", "totals"):
        desk.database.execute(BRIDGE[block])
    rows = desk.database.execute("select outcome, documents, amount from bridge").fetchall()
    return {outcome: (documents, amount) for outcome, documents, amount in rows}


def gaps(desk: Desk, block: str = "gaps") -> list[tuple[object, ...]]:
    return desk.database.execute(BRIDGE[block]).fetchall()


OUTCOMES = {
    "created": (Wanted(), [Happened("sending"), Happened("posted", target="7")], []),
    "updated": (Wanted("B"), [Happened("posted", "B", target="7", verb="update")], [Stands("7", "A", reference="R-1")]),
    "linked": (Wanted(), [], [Stands("7", "A", reference="R-1")]),
    "held_back": (Wanted(held="Sem conta"), [], []),
    "rejected": (Wanted(), [Happened("sending"), Happened("rejected", because="Período fechado")], []),
    "unknown": (Wanted(), [Happened("sending"), Happened("unknown")], []),
    "ignored": (Wanted(ignored="Antes do período"), [], []),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_carries_its_documents_and_its_amount(desk: Desk, outcome: str) -> None:
    wanted, sent, there = OUTCOMES[outcome]
    desk.plan([wanted], there)
    desk.ledger.decide("receivable")
    desk.send(*sent)
    assert (closed(desk), gaps(desk)) == ({outcome: (1, Decimal("10.00")), "read": (1, Decimal("10.00"))}, [])


def test_what_was_killed_while_sending_is_unknown(desk: Desk) -> None:
    desk.plan()
    desk.send(Happened("sending"))
    assert closed(desk)["unknown"] == (1, Decimal("10.00"))


def test_what_was_not_sent_waits_for_the_next_run_and_says_so(desk: Desk) -> None:
    desk.plan()
    assert (closed(desk)["not_sent"], gaps(desk, "reasons")) == (
        (1, Decimal("10.00")),
        [
            (
                "receivable",
                "1",
                "document 1",
                Decimal("10.00"),
                "BRL",
                "not_sent",
                "Não foi enviado nesta execução; a próxima tenta de novo",
            )
        ],
    )


def test_a_reason_of_many_stands_without_the_values_and_with_the_words_of_its_rule(desk: Desk) -> None:
    desk.plan(
        Wanted(document_id=str(number), reference=None, held=f"Conta inválida (AdicionaRateio) ({number})")
        for number in (4101, 4102)
    )
    desk.database.execute("insert into breaches by name select 'Conta inválida (AdicionaRateio)' as because")
    closed(desk)
    assert [(outcome, because, documents) for outcome, because, _, documents, *_ in gaps(desk, "reasons_in_short")] == [
        ("held_back", "Conta inválida (AdicionaRateio)", 2)
    ]


def test_drift_stands_apart_from_the_sum(desk: Desk) -> None:
    desk.send(Happened("posted", target="7"))
    desk.begin("second")
    desk.plan(there=[Stands("7", "X")])
    ten = (1, Decimal("10.00"))
    assert (closed(desk), gaps(desk)) == ({"unchanged": ten, "drift": ten, "read": ten}, [])


@pytest.fixture(scope="module")
def busy_desk() -> Iterator[Desk]:
    made = Desk()
    with made.database:
        yield made


@settings(max_examples=40)
@given(amounts=some.lists(some.decimals(0, 10**14, places=2), min_size=1, max_size=20))
def test_the_amounts_told_are_the_amounts_read_to_the_cent(busy_desk: Desk, amounts: list[Decimal]) -> None:
    busy_desk.begin("again")
    reasons = (None, "Sem conta")
    busy_desk.plan(
        Wanted(document_id=str(number), reference=None, held=reasons[number % 2], amount=str(amount))
        for number, amount in enumerate(amounts)
    )
    assert closed(busy_desk)["read"] == (len(amounts), sum(amounts, Decimal(0)))
    assert gaps(busy_desk) == []


@pytest.mark.parametrize(
    ("documents", "amount"), [(1, Decimal("10.01")), (1, Decimal("9.99")), (2, Decimal("10.00")), (0, Decimal("10.00"))]
)
def test_one_cent_or_one_document_off_from_what_was_read_is_a_gap(desk: Desk, documents: int, amount: Decimal) -> None:
    desk.plan()
    closed(desk)
    desk.database.execute(
        "create table control as select 'receivable' as kind, ?::bigint as documents, ?::decimal(18, 2) as amount",
        [documents, amount],
    )
    assert gaps(desk, "control_gaps") == [("receivable", documents, 1, amount, Decimal("10.00"))]


def test_what_the_ledger_recorded_and_the_bridge_does_not_tell_is_a_gap(desk: Desk) -> None:
    desk.plan([Wanted(held="Sem conta")])
    desk.send(Happened("posted", document_id="9", target="7"))
    closed(desk)
    assert gaps(desk, "sent_gaps") == [("receivable", 0, 1)]


def test_a_run_whose_bridge_is_one_cent_off_fails_and_publishes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    one_cent_more = f"select kind, documents, amount + 0.01 as amount from ({INTEGRATION.sql['control']})"
    with monkeypatch.context() as patched:
        patched.setitem(INTEGRATION.sql, "control", one_cent_more)
        failed = world.run("pacto_to_kamino")
    assert (failed.state, (world.folder("pacto_to_kamino") / "published.duckdb").exists()) == (
        "Bridge does not close",
        False,
    )
    assert "('receivable', 1, 1, Decimal('129.91'), Decimal('129.90'))" in failed.message
    assert world.run("pacto_to_kamino").state == "Nothing to post"
