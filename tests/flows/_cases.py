"""Every combination of what ledger, target and source can say, and what must hold of whatever is decided."""

import duckdb

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
    "what was refused is not sent again unchanged": "past = 'refused' and action = 'create'",
    "nothing is linked that is dead": f"action in ('link', 'update') and not lives and not {WAS_POSTED}",
    "what a person changed is told": (
        "past = 'posted' and stands = 'otherwise' and source = 'wanted' and stage is null"
        " and getvariable('on_change') <> 'ignore' and action not in ('drift', 'update')"
    ),
}


POLICIES = [(change, drift) for change in ("update", "hold", "notice", "ignore") for drift in ("report", "overwrite")]


def lay_out(desk: Desk) -> None:
    """Makes the cases, and their past in the ledger."""
    for statement in (CASES, STEPS, PAST, LINKS):
        desk.database.execute(statement)


def decide(desk: Desk, change: str, drift: str, mirror: str = MIRROR) -> None:
    """Decides on every case by one policy."""
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


def broken(database: duckdb.DuckDBPyConnection, invariant: str) -> list[tuple[object, ...]]:
    """The first cases of which an invariant does not hold."""
    return database.execute(
        f"select * from cases left join plan on plan.document_id = case_id::text where {INVARIANTS[invariant]} limit 3"
    ).fetchall()
