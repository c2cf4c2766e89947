"""The permanent memory: rows are only added, only by the newest run, and a person can read all of it."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows._ledger import SQL, TABLES, Entry, Fenced, Ledger
from tests.flows._deciding import Desk, Happened, Stands, Wanted, digest, payload

FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    with made.database:
        yield made


def rows(desk: Desk) -> dict[str, set[str]]:
    return {table: {str(row) for row in desk.asked(f"from {table}")} for table in TABLES}


# -- append only, by the newest run ---------------------------------------------------------------------------------


def test_nothing_in_the_project_changes_or_removes_a_row_of_the_ledger() -> None:
    takes_back = re.compile(r"\b(update|delete\s+from|truncate|drop\s+table|merge\s+into)\s+(ledger\.)", re.IGNORECASE)
    sources = [*FLOWS.glob("*.sql"), *FLOWS.glob("*.py"), *(FLOWS.parent / "cli").glob("*.py")]
    assert [file.name for file in sources if takes_back.search(file.read_text("utf-8"))] == []


def test_a_later_run_only_adds(desk: Desk) -> None:
    desk.judge(("Sem data", None))
    desk.plan()
    desk.ledger.judge()
    desk.ledger.decide("receivable")
    desk.send(Happened("sending"), Happened("posted", target="7"))
    desk.ledger.end("Posted", "1 read", {})
    before = rows(desk)
    desk.begin("second")
    desk.judge()
    desk.plan([Wanted("B")], [Stands("7", "A")])
    desk.ledger.judge()
    desk.ledger.decide("receivable")
    desk.send(Happened("sending", "B"), Happened("rejected", "B", because="Período fechado"))
    after = rows(desk)
    assert [table for table in TABLES if not before[table] <= after[table]] == []
    grown = {table: len(after[table]) - len(before[table]) for table in TABLES}
    assert {table: count for table, count in grown.items() if count} == {
        "run_starts": 1,
        "decisions": 1,
        "attempts": 2,
        "breaches": 1,
    }


WRITES: dict[str, Callable[[Ledger], None]] = {
    "record": lambda ledger: ledger.record([Happened("sending").entry()]),
    "decide": lambda ledger: ledger.decide("receivable"),
    "judge": Ledger.judge,
    "end": lambda ledger: ledger.end("Posted", "", {}),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_run_that_was_replaced_writes_nothing_more(desk: Desk, write: str) -> None:
    older = copy.copy(desk.ledger)
    desk.begin("second")
    before = rows(desk)
    with pytest.raises(Fenced, match="run first was replaced by a newer run"):
        WRITES[write](older)
    assert rows(desk) == before


def test_a_group_is_recorded_whole_or_not_at_all(desk: Desk) -> None:
    entries = [Happened("sending").entry(), Entry("receivable", "2", "create", "sending", payload_hash="not a digest")]
    with pytest.raises(Exception, match="not a digest"):
        desk.ledger.record(entries)
    assert desk.asked("from attempts") == []
    desk.ledger.record(entries[:1])
    assert len(desk.asked("from attempts")) == 1


def test_what_is_decided_is_recorded_when_it_changes_only(desk: Desk) -> None:
    said = []
    for run, wanted in (("a", Wanted()), ("b", Wanted()), ("c", Wanted(held="Sem conta")), ("d", Wanted())):
        desk.begin(run)
        desk.plan([wanted])
        desk.ledger.decide("receivable")
        said.append(desk.asked("select run_id, action, because from decisions order by entry"))
    first, held, again = ("a", "create", None), ("c", "hold", "Sem conta"), ("d", "create", None)
    assert said == [[first], [first], [first, held], [first, held, again]]


def test_a_rule_is_recorded_when_it_breaks_when_its_value_changes_and_when_it_is_kept_again(desk: Desk) -> None:
    for run, broken in (
        ("a", [("Valor inválido", "0.00")]),
        ("b", [("Valor inválido", "0.00")]),
        ("c", [("Valor inválido", "-1.00")]),
        ("d", []),
        ("e", []),
    ):
        desk.begin(run)
        desk.judge(*broken)
        desk.ledger.judge()
    assert desk.asked("select run_id, fact, event, shown from breaches order by entry") == [
        ("a", "rule_1", "opened", "0.00"),
        ("c", "rule_1", "opened", "-1.00"),
        ("d", "rule_1", "closed", None),
    ]


def test_a_rule_of_a_record_that_was_not_judged_stays_open(desk: Desk) -> None:
    desk.judge(("Valor inválido", "0.00"))
    desk.ledger.judge()
    desk.begin("second")
    desk.ledger.judge()
    assert desk.asked("select event from breaches") == [("opened",)]


def test_what_stood_in_the_target_already_is_linked_and_taken_as_posted_with_what_stands_there(desk: Desk) -> None:
    desk.plan([Wanted("B", compared="B")], [Stands("7", "B", reference="R-1")])
    desk.ledger.decide("receivable")
    assert desk.asked("select verb, event, payload_hash::text, fields, target_id from attempts") == [
        ("link", "linked", digest(payload("B")), '{"compared":"B"}', "7")
    ]
    assert desk.asked("select document_id, target_id, how from links") == [("1", "7", "linked")]


# -- what a person reads --------------------------------------------------------------------------------------------

STATES = {
    "waiting": (Wanted(), [], ("waiting", None)),
    "turned away": (Wanted(), [Happened("unavailable", because="sem conexão")], ("waiting", None)),
    "posted": (Wanted(), [Happened("sending"), Happened("posted", target="7")], ("posted", None)),
    "linked": (Wanted(), [Happened("linked", target="7")], ("posted", None)),
    "killed while sending": (Wanted(), [Happened("sending")], ("unknown", None)),
    "no answer": (
        Wanted(),
        [Happened("sending"), Happened("unknown", because="sem resposta")],
        ("unknown", "sem resposta"),
    ),
    "refused": (Wanted(), [Happened("rejected", because="Período fechado")], ("rejected", "Período fechado")),
    "refused, and held back for it since": (
        Wanted(held="O destino recusou este conteúdo: Período fechado"),
        [Happened("rejected", because="Período fechado")],
        ("rejected", "O destino recusou este conteúdo: Período fechado"),
    ),
    "refused, changed since": (Wanted("B"), [Happened("rejected", because="Período fechado")], ("waiting", None)),
    "refused, asked again": (Wanted(), [Happened("rejected"), Happened("retry")], ("waiting", None)),
    "held back": (Wanted(held="Sem conta"), [], ("held back", "Sem conta")),
    "posted, held back since": (
        Wanted("B", held="Sem conta"),
        [Happened("posted", target="7")],
        ("held back", "Sem conta"),
    ),
    "ignored": (Wanted(ignored="Antes do período"), [], ("ignored", "Antes do período")),
    "posted, ignored since": (Wanted(ignored="Cancelado"), [Happened("posted", target="7")], ("posted", "Cancelado")),
}


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_a_document(desk: Desk, name: str) -> None:
    wanted, past, told = STATES[name]
    desk.plan([wanted])
    desk.ledger.decide("receivable")
    desk.send(*past)
    assert desk.asked("select state, because from documents") == [told]


def test_what_waits_for_a_person_is_listed_with_its_reason_and_nothing_else_is(desk: Desk) -> None:
    wanted = {"1": Wanted(), "2": Wanted(document_id="2"), "3": Wanted(document_id="3", held="Sem conta")}
    desk.plan(wanted.values())
    desk.ledger.decide("receivable")
    desk.send(Happened("posted", target="7"), Happened("rejected", document_id="2", because="Período fechado"))
    assert desk.asked("select document_id, because from held_back order by all") == [
        ("2", "Período fechado"),
        ("3", "Sem conta"),
    ]


def test_the_whole_story_of_a_record_is_one_query(desk: Desk) -> None:
    desk.judge(("Valor inválido", "0.00"))
    desk.ledger.judge()
    desk.plan()
    desk.ledger.decide("receivable")
    desk.begin("second")
    desk.judge()
    desk.ledger.judge()
    desk.plan()
    desk.ledger.decide("receivable")
    desk.send(Happened("sending"), Happened("unknown", because="sem resposta"))
    desk.begin("third")
    desk.plan(there=[Stands("7", "A", reference="R-1")])
    desk.ledger.decide("receivable")
    assert desk.asked(
        "select run_id, what, detail, because, fields, target_id from timeline where record_id = '1' order by entry"
    ) == [
        ("first", "breach", "rule_1: opened", "Valor inválido", "0.00", None),
        ("first", "decided", "hold", "Valor inválido (0.00)", '{"compared":"A"}', None),
        ("second", "breach", "rule_1: closed", "Valor inválido", None, None),
        ("second", "decided", "create", None, '{"compared":"A"}', None),
        ("second", "attempt", "create: sending", None, '{"compared":"A"}', None),
        ("second", "attempt", "create: unknown", "sem resposta", '{"compared":"A"}', None),
        ("third", "decided", "link", None, '{"compared":"A"}', None),
        ("third", "attempt", "link: linked", None, '{"compared":"A"}', "7"),
        ("third", "link", "linked", None, None, "7"),
    ]


def test_a_run_without_an_end_says_so(desk: Desk) -> None:
    desk.ledger.end("Posted", "1 read, 1 created", {"kinds": {}})
    desk.begin("second")
    assert desk.asked("select run_id, state, message from runs") == [
        ("first", "Posted", "1 read, 1 created"),
        ("second", "Running or killed", None),
    ]


def test_every_table_view_and_column_says_what_it_means(desk: Desk) -> None:
    silent = desk.asked(
        """
        select table_name from duckdb_tables() where database_name = 'ledger' and comment is null
        union all
        select view_name from duckdb_views() where database_name = 'ledger' and not internal and comment is null
        union all
        select table_name || '.' || column_name from duckdb_columns()
        where database_name = 'ledger' and not internal and comment is null
        """
    )
    assert silent == []


def test_the_views_are_made_of_nothing_but_the_tables_that_are_published() -> None:
    made = re.findall(r"create table if not exists ledger\.(\w+)", SQL["schema"] + SQL["meta"])
    assert tuple(made) == TABLES
