"""`contrapartida ledger verify`: a ledger that runs wrote is sound, and whatever is changed in it by hand is told."""

from pathlib import Path

import duckdb
import pytest

from flows._ledger import Entry, Ledger
from flows._ledger_rules import RULES, broken_rules

BROKEN = {
    "entries_are_told_apart": "insert into attempts from attempts where entry = 1",
    "runs_have_begun": "insert into acts (run_id, person, act) values ('z', 'Ana', 'run')",
    "tokens_rise": "insert into run_starts (run_id, token) values ('z', 1)",
    "steps_end_what_was_begun": "delete from attempts where event = 'sending' and document_id = '2'",
    "decided_is_what_the_log_says": """
        create or replace view decided as select * replace ('skip' as action) from decisions
    """,
    "linked_is_what_the_log_says": """
        create or replace view linked as select kind, document_id, '9' as target_id, run_id from links
    """,
    "standing_is_what_the_log_says": """
        create or replace view standing as
        select kind, document_id, entry as last_entry, event as last_event, payload_hash as last_hash,
            entry as posted_entry, payload_hash as posted_hash
        from attempts
    """,
}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """One document posted and begun anew, one refused, one decided twice."""
    path = tmp_path / "ledger.duckdb"
    with duckdb.connect() as connection:
        made = Ledger(connection, path)
        made.begin("r", dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")))
        made.record([Entry("receivable", each, "create", "sending") for each in "12"])
        made.record([Entry("receivable", "1", "create", "posted", target_id="7", how="created")])
        made.record([Entry("receivable", "2", "create", "rejected")])
        made.record([Entry("receivable", "1", "ask", "reopened")])
        made.record([Entry("receivable", "1", "find", "linked", target_id="8", how="linked")])
        for action in ("hold", "create"):
            connection.execute(
                "insert into ledger.decisions (run_id, kind, document_id, action) values ('r', 'receivable', '3', ?)",
                [action],
            )
        made.close()
    return path


def test_a_ledger_as_it_was_written_is_sound(ledger: Path) -> None:
    assert broken_rules(ledger) == []


@pytest.mark.parametrize("rule", RULES)
def test_what_breaks_a_rule_is_found(ledger: Path, rule: str) -> None:
    with duckdb.connect(str(ledger)) as connection:
        connection.execute(BROKEN[rule])
    sentence = RULES[rule].splitlines()[0].removeprefix("-- purpose: ")
    assert [told.partition(" Not so: ")[0] for told in broken_rules(ledger)] == [sentence]
