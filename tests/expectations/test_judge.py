"""Great Expectations counts, our SQL lists, and nothing is posted unless both say the same."""

import gc
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from sqlalchemy import text

from expectations import _judge
from expectations._judge import check, import_judge, judge, list_breaches
from expectations._rules import NotJudged, Rule, Suite, rule, suite

AMOUNT_IS_POSITIVE = rule("amount_is_positive", because="O valor deve ser maior que zero", shows="amount")
PERIOD_IS_OPEN = rule("period_is_open", because="O período contábil está fechado", kinds=["settlement"])
SUITE = suite("source_to_target", AMOUNT_IS_POSITIVE, PERIOD_IS_OPEN)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def plant(connection: duckdb.DuckDBPyConnection, *rows: tuple[object, ...]) -> None:
    connection.execute(
        "create or replace temp table facts (document_id varchar, amount decimal(18, 2), "
        "amount_is_positive boolean, period_is_open boolean)"
    )
    connection.executemany("insert into facts values (?, ?, ?, ?)", rows)


def breaches(connection: duckdb.DuckDBPyConnection, columns: str = "*") -> list[tuple[object, ...]]:
    return connection.execute(f"select {columns} from breaches order by document_id, position").fetchall()


def test_every_breach_is_listed_with_all_that_finance_needs(connection: duckdb.DuckDBPyConnection) -> None:
    plant(
        connection,
        ("R1", Decimal("10.00"), True, True),
        ("R2", Decimal("-3.50"), False, False),
        ("R3", Decimal("7.25"), True, False),
    )

    assert check(connection, "facts", SUITE, into="breaches") == 2
    assert connection.execute("describe breaches").fetchall() == [
        ("document_id", "VARCHAR", "YES", None, None, None),
        ("position", "INTEGER", "YES", None, None, None),
        ("fact", "VARCHAR", "YES", None, None, None),
        ("because", "VARCHAR", "YES", None, None, None),
        ("shown", "VARCHAR", "YES", None, None, None),
        ("is_first", "BOOLEAN", "YES", None, None, None),
        ("kinds", "VARCHAR[]", "YES", None, None, None),
    ]
    assert breaches(connection) == [
        ("R2", 1, "amount_is_positive", "O valor deve ser maior que zero", "-3.50", True, []),
        ("R2", 2, "period_is_open", "O período contábil está fechado", None, False, ["settlement"]),
        ("R3", 2, "period_is_open", "O período contábil está fechado", None, True, ["settlement"]),
    ]


def test_null_is_a_breach(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", None, None, True), ("R2", Decimal(1), True, None), ("R3", None, None, False))

    assert check(connection, "facts", SUITE, into="breaches") == 3
    assert breaches(connection, "document_id, fact, shown") == [
        ("R1", "amount_is_positive", None),
        ("R2", "period_is_open", None),
        ("R3", "amount_is_positive", None),
        ("R3", "period_is_open", None),
    ]
    assert judge(connection, "facts", SUITE) == {"amount_is_positive": 2, "period_is_open": 2}


def test_nothing_breached_and_nothing_to_judge_are_no_breaches(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), True, True))
    assert check(connection, "facts", SUITE, into="breaches") == 0
    assert breaches(connection) == []

    connection.execute("delete from facts")
    assert check(connection, "facts", SUITE, into="breaches") == 0


def test_all_of_5000_bad_documents_are_listed(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table facts as select 'R' || range as document_id, range::decimal(18, 2) as amount, "
        "range >= 5000 as amount_is_positive, true as period_is_open from range(20000)"
    )

    assert check(connection, "facts", SUITE, into="breaches") == 5000
    assert connection.execute(
        "select count(*), count(distinct document_id), sum(shown::decimal(18, 2)), bool_and(is_first) from breaches"
    ).fetchall() == [(5000, 5000, Decimal("12497500.00"), True)]


def test_decimals_are_shown_to_the_last_cent(connection: duckdb.DuckDBPyConnection) -> None:
    plant(
        connection,
        ("R1", Decimal("9999999999999999.99"), False, True),
        ("R2", Decimal("0.30"), False, True),
        ("R3", Decimal("-1000.00"), False, True),
    )

    check(connection, "facts", SUITE, into="breaches")

    assert breaches(connection, "shown") == [("9999999999999999.99",), ("0.30",), ("-1000.00",)]


@pytest.mark.parametrize(
    "sentence",
    [
        'Não é 100% d\'água: "competência" {batch} {0} {{}} %s %(x)s :nome $1 $facts ? -- ; drop table facts',
        "El período está cerrado — 'año' ñandú €",
    ],
)
def test_a_sentence_survives_whatever_it_contains(connection: duckdb.DuckDBPyConnection, sentence: str) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    spoken = suite("spoken", rule("amount_is_positive", because=sentence, kinds=["d'água", "%s"]), PERIOD_IS_OPEN)

    check(connection, "facts", spoken, into="breaches")

    assert breaches(connection, "because, kinds") == [(sentence, ["d'água", "%s"])]


def test_columns_named_like_our_own_and_like_keywords_are_shown(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    names = ["position", "select", "breach", "breaches", "fact", "kinds", "nth", "shown"]
    connection.execute(
        "create table facts as select 'R1' as document_id, "
        + ", ".join(f"'{name}!' as \"{name}\", false as {name}_is_good" for name in names)
    )
    odd = suite("odd", *(rule(f"{name}_is_good", because="Não", shows=name) for name in names))

    assert check(connection, "facts", odd, into="breaches") == 1
    assert breaches(connection, "shown") == [(f"{name}!",) for name in names]


def test_facts_may_live_in_another_schema_or_database(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    connection.execute("attach ':memory:' as other; create schema other.work; create schema Staging")
    connection.execute("create table other.work.facts as from facts; create table Staging.facts as from facts")

    assert check(connection, "other.work.facts", SUITE, into="other.work.breaches") == 1
    assert check(connection, "Staging.facts", SUITE, into="breaches") == 1


def test_a_rule_that_cannot_be_judged_stops(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        "create table facts as "
        "select 'R1' as document_id, 1 as amount, true as amount_is_positive, 'Maria' as period_is_open"
    )

    with pytest.raises(NotJudged, match=r"^Rule period_is_open could not be judged: Conversion Error$"):
        judge(connection, "facts", SUITE)
    with pytest.raises(NotJudged) as stopped:
        check(connection, "facts", SUITE, into="breaches")
    assert str(stopped.value) == (
        "The facts facts do not fit suite source_to_target; rules without a boolean column: period_is_open"
    )


def test_a_rule_whose_column_is_missing_stops(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), True, True))

    with pytest.raises(NotJudged, match=r"^Rule supplier_is_active could not be judged: Binder Error$"):
        judge(connection, "facts", suite("s", PERIOD_IS_OPEN, rule("supplier_is_active", because="Inativo")))


def result(fact: str, count: object, raised: bool | None = False) -> SimpleNamespace:
    return SimpleNamespace(
        expectation_config=SimpleNamespace(meta={"fact": fact}),
        result={} if count is None else {"observed_value": count},
        exception_info={} if raised is None else {"raised_exception": raised},
    )


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ([], "Great Expectations returned no result for: period_is_open"),
        ([result("period_is_open", None)], "Rule period_is_open could not be judged: no count of breaches"),
        ([result("period_is_open", "0")], "Rule period_is_open could not be judged: no count of breaches"),
        (
            [result("period_is_open", 0, raised=True)],
            "Rule period_is_open could not be judged: no count of breaches",
        ),
        (
            [result("period_is_open", 0, raised=None)],
            "Rule period_is_open could not be judged: no count of breaches",
        ),
    ],
)
def test_a_result_that_is_missing_or_has_no_count_stops(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, second: list[object], why: str
) -> None:
    plant(connection, ("R1", Decimal(1), True, True))
    monkeypatch.setattr(_judge, "_results", lambda *_: [result("amount_is_positive", 0), *second])

    with pytest.raises(NotJudged) as stopped:
        check(connection, "facts", SUITE, into="breaches")
    assert str(stopped.value) == why


def test_a_judge_that_is_not_there_stops(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(connection, ("R1", Decimal(1), True, True))
    monkeypatch.setitem(sys.modules, "great_expectations", None)

    with pytest.raises(NotJudged) as stopped:
        check(connection, "facts", SUITE, into="breaches")
    assert str(stopped.value) == "Great Expectations failed on suite source_to_target: ModuleNotFoundError"


@pytest.mark.parametrize(
    ("side", "counts", "why"),
    [
        (
            "judge",
            {"amount_is_positive": 1, "period_is_open": 0},
            "Rule period_is_open has 1 breaches in the list and 0 by Great Expectations",
        ),
        (
            "list_breaches",
            {"amount_is_positive": 0, "period_is_open": 1},
            "Rule amount_is_positive has 0 breaches in the list and 1 by Great Expectations",
        ),
    ],
)
def test_counts_that_disagree_stop(
    connection: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    side: str,
    counts: dict[str, int],
    why: str,
) -> None:
    plant(connection, ("R1", Decimal(1), False, False))
    monkeypatch.setattr(_judge, side, lambda *_: counts)

    with pytest.raises(NotJudged) as stopped:
        check(connection, "facts", SUITE, into="breaches")
    assert str(stopped.value) == why


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([AMOUNT_IS_POSITIVE], "boolean columns without a rule: period_is_open"),
        (
            [*SUITE.rules, rule("supplier_is_active", because="Inativo", shows="supplier_name")],
            "rules without a boolean column: supplier_is_active; values to show without a column: supplier_name",
        ),
    ],
)
def test_facts_and_rules_that_are_not_the_same_set_stop(
    connection: duckdb.DuckDBPyConnection, rules: list[Rule], why: str
) -> None:
    plant(connection, ("R1", Decimal(1), True, True))

    with pytest.raises(NotJudged) as stopped:
        check(connection, "facts", suite("other", *rules), into="breaches")
    assert str(stopped.value) == f"The facts facts do not fit suite other; {why}"


def test_documents_that_cannot_be_told_apart_stop(connection: duckdb.DuckDBPyConnection) -> None:
    good = (Decimal(1), True, True)
    plant(connection, ("R1", *good), ("R1", *good), ("R2", *good), ("R1", *good))
    with pytest.raises(NotJudged, match=r"^The facts facts have 2 rows whose document_id another row already has$"):
        check(connection, "facts", SUITE, into="breaches")

    plant(connection, ("R1", *good), (None, *good))
    with pytest.raises(NotJudged, match=r"^The facts facts have 1 rows without a document_id$"):
        check(connection, "facts", SUITE, into="breaches")

    connection.execute("create or replace temp table facts as select * replace (1 as document_id) from facts")
    with pytest.raises(NotJudged, match=r"; identifier without a text column: document_id$"):
        check(connection, "facts", SUITE, into="breaches")


def test_facts_that_cannot_be_read_stop(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotJudged, match=r"^The facts raw\.facts cannot be read$"):
        check(connection, "raw.facts", SUITE, into="breaches")
    with pytest.raises(ValueError, match="not a plain table or column name"):
        check(connection, 'facts" where false --', SUITE, into="breaches")


def test_the_callers_connection_and_transaction_stay_the_callers(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    connection.execute("begin; insert into facts values ('R2', 1, true, false)")

    assert check(connection, "facts", SUITE, into="breaches") == 2

    connection.rollback()
    assert connection.execute("select document_id from facts").fetchall() == [("R1",)]
    assert check(connection, "facts", SUITE, into="breaches") == 1
    with pytest.raises(duckdb.TransactionException, match="no transaction is active"):
        connection.rollback()


def test_results_of_the_lent_connection_do_not_replace_each_other(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    from expectations._duckdb import batch_of

    plant(connection, ("R1", Decimal("0.30"), True, True))
    with batch_of(connection, '"facts"') as batch:
        engine = batch.datasource.get_execution_engine()
        first = engine.execute_query(text("select document_id, amount from facts"))
        second = engine.execute_query(text("select range from range(3)"))

        assert first.fetchall() == [("R1", Decimal("0.30"))]
        assert second.fetchall() == [(0,), (1,), (2,)]


def test_great_expectations_does_not_keep_the_connection(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    gc.collect()
    before = sys.getrefcount(connection)

    judge(connection, "facts", SUITE)

    assert sys.getrefcount(connection) == before


def test_two_databases_are_checked_in_one_process(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    with duckdb.connect() as other:
        plant(other, ("R1", Decimal(1), False, False), ("R2", Decimal(1), True, False))

        assert judge(connection, "facts", SUITE) == {"amount_is_positive": 1, "period_is_open": 0}
        assert judge(other, "facts", SUITE) == {"amount_is_positive": 1, "period_is_open": 2}
        assert judge(connection, "facts", SUITE) == {"amount_is_positive": 1, "period_is_open": 0}


def test_judging_prints_nothing_and_writes_nothing(
    connection: duckdb.DuckDBPyConnection,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    monkeypatch.chdir(tmp_path)

    import_judge()
    check(connection, "facts", SUITE, into="breaches")
    with pytest.raises(NotJudged):
        judge(connection, "facts", suite("s", rule("supplier_is_active", because="Inativo")))

    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_list_replaces_the_one_before(connection: duckdb.DuckDBPyConnection) -> None:
    plant(connection, ("R1", Decimal(1), False, True))
    assert list_breaches(connection, "facts", SUITE, "breaches") == {
        "amount_is_positive": 1,
        "period_is_open": 0,
    }
    plant(connection, ("R2", Decimal(1), True, False))
    assert list_breaches(connection, "facts", SUITE, "breaches") == {
        "amount_is_positive": 0,
        "period_is_open": 1,
    }
    assert breaches(connection, "document_id") == [("R2",)]


@pytest.mark.parametrize("fact", ["", "AmountIsPositive", "amount is positive", 'a"; drop', "1st_is_paid", "a{batch}"])
def test_a_fact_is_a_snake_case_name(fact: str) -> None:
    with pytest.raises(ValueError, match="is not a snake_case column name"):
        rule(fact, because="Não")
    with pytest.raises(ValueError, match="is not a snake_case column name"):
        rule("amount_is_positive", because="Não", shows=fact)


def test_a_rule_and_a_suite_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="rule period_is_open has no sentence for finance"):
        rule("period_is_open", because=" ")
    with pytest.raises(ValueError, match="rule period_is_open names its kinds in one string"):
        rule("period_is_open", because="Não", kinds="receivable")
    with pytest.raises(ValueError, match="suite empty has no rules"):
        suite("empty")
    with pytest.raises(ValueError, match="suite s declares more than once: period_is_open"):
        suite("s", PERIOD_IS_OPEN, AMOUNT_IS_POSITIVE, PERIOD_IS_OPEN)


def test_rules_keep_their_order_and_what_they_say() -> None:
    assert suite("s", PERIOD_IS_OPEN, AMOUNT_IS_POSITIVE) == Suite(
        "s",
        (
            Rule("period_is_open", "O período contábil está fechado", None, ("settlement",)),
            Rule("amount_is_positive", "O valor deve ser maior que zero", "amount", ()),
        ),
    )
