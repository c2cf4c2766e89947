"""Judges facts by a suite: our SQL lists every breach, Great Expectations counts them, the two must agree."""

import re
from pathlib import Path
from typing import Any

import duckdb

from expectations._rules import NotJudged, Rule, Suite

_LIST_BREACHES = Path(__file__).with_name("_breaches.sql").read_text(encoding="utf-8")


def import_judge() -> None:
    """Import Great Expectations, which takes seconds: call it in a thread while the network is busy."""
    import expectations._duckdb  # noqa: F401


def judge(connection: duckdb.DuckDBPyConnection, facts: str, suite: Suite) -> dict[str, int]:
    """How many documents breach each rule, as counted by Great Expectations; NULL is a breach.

    Raises NotJudged unless every rule of the suite was counted.
    """
    try:
        results = _results(connection, _quoted(facts), suite)
    except Exception as error:
        raise NotJudged(f"Great Expectations failed on suite {suite.name}: {type(error).__name__}") from error
    judged = {result.expectation_config.meta["fact"]: result for result in results}
    if missing := [rule.fact for rule in suite.rules if rule.fact not in judged]:
        raise NotJudged(f"Great Expectations returned no result for: {', '.join(missing)}")
    return {rule.fact: _count(rule.fact, judged[rule.fact]) for rule in suite.rules}


def list_breaches(connection: duckdb.DuckDBPyConnection, facts: str, suite: Suite, into: str) -> dict[str, int]:
    """Replace the table `into` by every breach of every document, and count them by rule.

    Its columns: document_id, position (of the rule in the suite, from 1), fact, because, shown (the value of
    the rule's `shows` as text), is_first (the document's first breach), kinds (held back; empty means all).
    """
    into = _quoted(into)
    statement = _LIST_BREACHES.format(
        into=into,
        facts=_quoted(facts),
        breaches=", ".join(_breach(position, rule) for position, rule in enumerate(suite.rules, start=1)),
        every_fact=" and ".join(_quoted(rule.fact) for rule in suite.rules),
    )
    rules = {
        "positions": list(range(1, len(suite.rules) + 1)),
        "facts": [rule.fact for rule in suite.rules],
        "sentences": [rule.because for rule in suite.rules],
        "kinds": [list(rule.kinds) for rule in suite.rules],
    }
    connection.execute(statement, rules)
    listed = dict(connection.execute(f"select fact, count(*) from {into} group by fact").fetchall())  # noqa: S608
    return {rule.fact: listed.get(rule.fact, 0) for rule in suite.rules}


def check(connection: duckdb.DuckDBPyConnection, facts: str, suite: Suite, into: str) -> int:
    """List every breach into the table `into` and say how many documents breach a rule.

    Raises NotJudged, so that nothing is posted, when the boolean columns are not the facts of the suite,
    when documents are not told apart by their document_id, when Great Expectations could not judge a rule,
    or when it counted other breaches than were listed.
    """
    _refuse_other_columns(connection, facts, suite)
    _refuse_unclear_documents(connection, facts)
    listed = list_breaches(connection, facts, suite, into)
    judged = judge(connection, facts, suite)
    for rule in suite.rules:
        if listed[rule.fact] != judged[rule.fact]:
            raise NotJudged(
                f"Rule {rule.fact} has {listed[rule.fact]} breaches in the list and "
                f"{judged[rule.fact]} by Great Expectations"
            )
    return _number(connection, f"select count(distinct document_id) from {_quoted(into)}")  # noqa: S608


def _results(connection: duckdb.DuckDBPyConnection, table: str, suite: Suite) -> list[Any]:
    import great_expectations as gx

    from expectations._duckdb import batch_of

    expectations = [
        gx.expectations.UnexpectedRowsExpectation(
            unexpected_rows_query=f'select document_id from {{batch}} where "{rule.fact}" is not true',  # noqa: S608
            meta={"fact": rule.fact},
        )
        for rule in suite.rules
    ]
    with batch_of(connection, table) as batch:
        rules = gx.ExpectationSuite(suite.name, expectations=expectations)
        return list(batch.validate(rules, result_format="BASIC").results)


def _count(fact: str, result: Any) -> int:
    # A rule that raised looks like a rule that was breached (success is False), except for these two fields.
    count = result.result.get("observed_value")
    if result.exception_info.get("raised_exception") is not False or type(count) is not int:
        # Only the class of the error: its text quotes the values of the row, which may be a person's.
        reason = re.search(r"\b[A-Z]\w+ Error\b", str(result.exception_info))
        raise NotJudged(f"Rule {fact} could not be judged: {reason[0] if reason else 'no count of breaches'}")
    return count


def _breach(position: int, rule: Rule) -> str:
    shown = f"{_quoted(rule.shows)}::varchar" if rule.shows else "null::varchar"
    breach = f"struct_pack(nth := {position}, shown := {shown})"
    return f"case when {_quoted(rule.fact)} is not true then {breach} end"


def _refuse_other_columns(connection: duckdb.DuckDBPyConnection, facts: str, suite: Suite) -> None:
    try:
        described = connection.execute(f"describe {_quoted(facts)}").fetchall()
    except duckdb.Error as error:
        raise NotJudged(f"The facts {facts} cannot be read") from error
    columns = {str(name): str(kind) for name, kind, *_ in described}
    booleans = [name for name, kind in columns.items() if kind == "BOOLEAN"]
    rules = [rule.fact for rule in suite.rules]
    shows = [rule.shows for rule in suite.rules if rule.shows]
    differences = {
        "rules without a boolean column": [fact for fact in rules if fact not in booleans],
        "boolean columns without a rule": [name for name in booleans if name not in rules],
        "values to show without a column": [name for name in shows if name not in columns],
        "identifier without a text column": [] if columns.get("document_id") == "VARCHAR" else ["document_id"],
    }
    if found := [f"{what}: {', '.join(names)}" for what, names in differences.items() if names]:
        raise NotJudged(f"The facts {facts} do not fit suite {suite.name}; {'; '.join(found)}")


def _refuse_unclear_documents(connection: duckdb.DuckDBPyConnection, facts: str) -> None:
    table = _quoted(facts)
    without = _number(connection, f"select count(*) from {table} where document_id is null")  # noqa: S608
    if without:
        raise NotJudged(f"The facts {facts} have {without} rows without a document_id")
    surplus = _number(connection, f"select count(*) - count(distinct document_id) from {table}")  # noqa: S608
    if surplus:
        raise NotJudged(f"The facts {facts} have {surplus} rows whose document_id another row already has")


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(query).fetchall()[0][0])


def _quoted(name: str) -> str:
    parts = name.split(".")
    # Quotes would not be enough: names also pass through Great Expectations' and SQLAlchemy's templates.
    if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part) for part in parts):
        raise ValueError(f"{name!r} is not a plain table or column name")
    return ".".join(f'"{part}"' for part in parts)
