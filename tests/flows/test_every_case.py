"""The decision table, checked whole: every combination of what ledger, target and source can say, in one statement.

Tens of thousands of documents, each a case of its own, are laid before the real blocks at once; then invariants are
asked of all of them. A case is a row of `cases`, which a person can select from when an invariant is broken.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from flows._decide import PLAN, compare, count_gone
from flows._run import Kind
from tests.flows._deciding import KIND, Desk

CASES = """
create or replace temp table cases as
select row_number() over () as case_id, *
from (select unnest(['nothing', 'posted', 'posted other', 'linked as it stood', 'refused', 'refused other', 'sending',
        'accepted', 'unknown', 'absent', 'not sent', 'retry', 'reopened', 'update unknown']) as past)
cross join (select unnest(['no', 'as wanted', 'as posted', 'otherwise']) as stands)
cross join (select unnest(['known', 'reference', 'nature', 'unclear', 'foreign']) as seen_by)
cross join (select unnest([true, false]) as lives)
cross join (select unnest([false, true]) as is_locked)
cross join (select unnest([null, 'later']) as stage)
cross join (select unnest(['wanted', 'ignored', 'held', 'noticed', 'unwritable', 'cannot be told']) as source)
cross join (select unnest([true, false]) as is_covered)
cross join (select unnest([false, true]) as is_gone)
where (stands <> 'no' or (seen_by = 'known' and lives and not is_locked and stage is null))
    and (stands = 'no' or not is_gone)
"""
DOCUMENTS = """
create or replace temp view block as
select case_id::text as document_id, case_id::text as record_id, 'R-' || case_id as reference, 'BRL' as currency,
    ['p' || case_id, if(source = 'cannot be told', null, '1')] as natural_key, 10.00 as amount, is_covered as mirrored,
    if(source = 'unwritable', '{"content":"\\ufffe"}', '{"content":"A"}') as payload, '{"compared":"A"}' as fields,
    if(stage = 'later', 2, null) as stage, if(source = 'ignored', 'ignored', null) as ignored_because,
    if(source = 'held', 'held', null) as held_because, if(source = 'noticed', 'noticed', null) as noticed_because
from cases
"""
MIRROR = """
create or replace temp view block as
select 'receivable' as kind, 'T' || case_id as target_id,
    case seen_by when 'reference' then 'R-' || case_id when 'foreign' then 'R-other-' || case_id end as reference,
    if(seen_by in ('nature', 'unclear', 'foreign'), ['p' || case_id, if(seen_by = 'unclear', null, '1')], null)
        as natural_key,
    case stands when 'as wanted' then '{"compared":"A"}' when 'as posted' then '{"compared":"B"}'
        else '{"compared":"X"}' end as fields,
    lives, if(stage = 'later', 3, null) as stage, if(is_locked, 'locked', null) as locked_because
from cases where stands <> 'no'
"""
STEPS = """
create or replace temp table steps as
from (values
    ('posted', 1, 'posted', 'create', 'A'), ('posted other', 1, 'posted', 'create', 'B'),
    ('linked as it stood', 1, 'linked', 'link', null), ('refused', 1, 'rejected', 'create', 'A'),
    ('refused other', 1, 'rejected', 'create', 'B'), ('sending', 1, 'sending', 'create', 'A'),
    ('accepted', 1, 'sending', 'create', 'A'), ('accepted', 2, 'accepted', 'create', 'A'),
    ('unknown', 1, 'sending', 'create', 'A'), ('unknown', 2, 'unknown', 'create', 'A'),
    ('absent', 1, 'sending', 'create', 'A'), ('absent', 2, 'absent', 'find', 'A'),
    ('not sent', 1, 'sending', 'create', 'A'), ('not sent', 2, 'not_sent', 'create', 'A'),
    ('retry', 1, 'rejected', 'create', 'A'), ('retry', 2, 'retry', 'ask', 'A'),
    ('reopened', 1, 'posted', 'create', 'A'), ('reopened', 2, 'reopened', 'ask', 'A'),
    ('update unknown', 1, 'posted', 'create', 'B'), ('update unknown', 2, 'unknown', 'update', 'A')
) as steps(past, place, event, verb, content)
"""
PAST = """
insert into ledger.attempts (run_id, kind, document_id, verb, event, payload_hash, fields, fields_hash, because,
    recorded_at, amount, currency)
select 'first', 'receivable', case_id::text, verb, event,
    sha256('{"content":"' || content || '"}')[:32]::uuid, '{"compared":"' || coalesce(content, 'X') || '"}',
    sha256('{"compared":"' || coalesce(content, 'X') || '"}')[:32]::uuid, event, now(), 10.00, 'BRL'
from cases join steps using (past)
order by case_id, place
"""
LINKS = """
insert into ledger.links (run_id, kind, document_id, target_id, how, recorded_at)
select 'first', 'receivable', case_id::text, 'T' || case_id, 'created', now()
from cases where past in ('posted', 'posted other', 'linked as it stood', 'update unknown')
"""
WAS_POSTED = "past in ('posted', 'posted other', 'linked as it stood', 'update unknown')"
IS_OPEN = "past in ('sending', 'accepted', 'unknown', 'retry', 'reopened')"
OURS = f"stands <> 'no' and (seen_by = 'reference' or seen_by = 'nature' and lives or {WAS_POSTED})"

INVARIANTS = {
    "each document has exactly one action": "action is null",
    "nothing is created that was posted": f"{WAS_POSTED} and action = 'create'",
    "nothing is created while something of ours may stand there": f"action = 'create' and ({OURS})",
    "nothing is created that may have been sent": f"action = 'create' and {IS_OPEN}",
    "nothing is created or changed that cannot be told apart": (
        f"action in ('create', 'update') and not {WAS_POSTED} and seen_by <> 'reference'"
        " and (source = 'cannot be told' or stands <> 'no' and seen_by = 'unclear' and lives)"
    ),
    "nothing posted is forgotten or ignored": f"{WAS_POSTED} and action in ('ignore', 'unknown', 'link')",
    "nothing posted with this content is held": "past = 'posted' and source <> 'unwritable' and action = 'hold'",
    "nothing is written that the source ignores or the rules hold": (
        "source in ('ignored', 'held') and action in ('create', 'update')"
    ),
    "nothing is written that is locked there": "action = 'update' and is_locked",
    "nothing is written that nothing can carry": "source = 'unwritable' and action in ('create', 'update')",
    "an earlier state is never asserted over a later one": "action = 'update' and stage = 'later'",
    "what a person changed is not written over unless the policy says so": (
        "getvariable('on_drift') = 'report' and action = 'update' and stands = 'otherwise' and past = 'posted'"
    ),
    "only what was asked for by its id is gone": "action = 'gone' and not is_gone",
    "a record with another document's reference is left to it": (
        f"not {WAS_POSTED} and seen_by = 'foreign' and action in ('link', 'update')"
    ),
    "every hold, notice and drift has its sentence": (
        "action in ('hold', 'ignore', 'notice', 'drift', 'gone', 'unknown') and coalesce(because, '') = ''"
    ),
    "nothing is linked that is dead": "action = 'link' and not lives and stands <> 'as wanted'",
}


POLICIES = [(change, drift) for change in ("update", "hold", "notice", "ignore") for drift in ("report", "overwrite")]


@pytest.fixture(scope="module", params=POLICIES, ids=str)
def decided(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database in which every case was decided on, by one policy, and joined to what was decided."""
    desk = Desk()
    with desk.database as database:
        change, drift = request.param
        database.execute(CASES)
        database.execute(STEPS)
        database.execute(PAST)
        database.execute(LINKS)
        _decide(desk, change, drift)
        yield database


def _decide(desk: Desk, change: str, drift: str, mirror: str = MIRROR) -> None:
    database = desk.database
    kind = Kind(KIND, on_change=change, on_drift=drift)
    database.execute(DOCUMENTS)
    database.execute(PLAN["take_documents"], {"kind": KIND})
    database.execute(mirror)
    database.execute(PLAN["take_mirror"])
    compare(database, kind)
    missing = {document for document, _ in database.execute(PLAN["missing"]).fetchall()}
    gone = database.execute("select case_id::text from cases where is_gone").fetchall()
    count_gone(database, kind, [document for (document,) in gone if document in missing])
    database.execute(PLAN["decide"])


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_of_every_case(decided: duckdb.DuckDBPyConnection, invariant: str) -> None:
    broken = decided.execute(
        f"select * from cases left join plan on plan.document_id = case_id::text where {INVARIANTS[invariant]} limit 3"
    ).fetchall()
    assert broken == []


def test_there_are_tens_of_thousands_of_cases_and_each_is_decided_on_once(decided: duckdb.DuckDBPyConnection) -> None:
    counts: Any = decided.execute(
        "select (select count(*) from cases), count(*), count(distinct document_id) from plan"
    ).fetchone()
    assert counts[0] > 20_000
    assert counts == (counts[0],) * 3


def test_deciding_twice_decides_the_same(decided: duckdb.DuckDBPyConnection) -> None:
    decided.execute("create or replace temp table before as from plan; delete from plan")
    decided.execute(PLAN["decide"])
    assert decided.execute("(from before except from plan) union all (from plan except from before)").fetchall() == []


DONE = """
insert into ledger.attempts (run_id, kind, document_id, verb, event, payload_hash, fields, fields_hash, target_id,
    recorded_at, amount, currency)
select 'first', kind, document_id, action, 'posted', payload_hash, '{"compared":"A"}',
    sha256('{"compared":"A"}')[:32]::uuid, 'T' || document_id, now(), 10.00, 'BRL'
from plan where action in ('create', 'update');
insert into ledger.links (run_id, kind, document_id, target_id, how, recorded_at)
select 'first', kind, document_id, 'T' || document_id, 'created', now() from plan where action = 'create';
create or replace temp table stands_now as
select mirror.* exclude (fields_hash) replace (if(action = 'update', '{"compared":"A"}', fields) as fields)
from mirror left join plan using (kind, target_id)
where target_id not in (select 'T' || document_id from plan where action = 'create')
union all by name
select kind, 'T' || document_id as target_id, 'R-' || document_id as reference, '{"compared":"A"}' as fields,
    true as lives
from plan where action = 'create'
"""


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_what_one_run_wishes_and_does_the_next_run_leaves_alone(policy: tuple[str, str]) -> None:
    desk = Desk()
    with desk.database as database:
        for statement in (CASES, STEPS, PAST, LINKS):
            database.execute(statement)
        _decide(desk, *policy)
        desk.ledger.decide(KIND)
        database.execute(DONE)
        desk.begin("second")
        _decide(desk, *policy, mirror="create or replace temp view block as from stands_now")
        restless = database.execute(
            """
            select cases.*, action, because from plan join cases on plan.document_id = case_id::text
            where action in ('create', 'update', 'link', 'adopt') limit 3
            """
        ).fetchall()
    assert restless == []
