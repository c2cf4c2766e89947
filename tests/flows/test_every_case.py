"""The decision table, checked whole: every combination of what ledger, target and source can say, in one statement.

Tens of thousands of documents, each a case of its own, are laid before the real blocks at once; then invariants are
asked of all of them. A case is a row of `cases`, which a person can select from when an invariant is broken.
"""

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from flows._decide import PLAN
from tests.flows._cases import INVARIANTS, POLICIES, broken, decide, lay_out
from tests.flows._deciding import KIND, Desk


@pytest.fixture(scope="module", params=POLICIES, ids=str)
def decided(request: pytest.FixtureRequest) -> Iterator[duckdb.DuckDBPyConnection]:
    """The database in which every case was decided on, by one policy, and joined to what was decided."""
    desk = Desk()
    with desk.database as database:
        lay_out(desk)
        decide(desk, *request.param)
        yield database


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_of_every_case(decided: duckdb.DuckDBPyConnection, invariant: str) -> None:
    assert broken(decided, invariant) == []


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
        lay_out(desk)
        decide(desk, *policy)
        desk.ledger.decide(KIND)
        database.execute(DONE)
        desk.begin("second")
        decide(desk, *policy, mirror="create or replace temp view block as from stands_now")
        restless = database.execute(
            """
            select cases.*, action, because from plan join cases on plan.document_id = case_id::text
            where action in ('create', 'update', 'link', 'adopt') limit 3
            """
        ).fetchall()
    assert restless == []
