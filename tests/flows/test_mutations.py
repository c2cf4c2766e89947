"""Each safety of the machinery is taken out once, and something that tests it turns red."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from connections._errors import Problem, Unknown
from flows import _push
from flows._decide import PLAN
from flows._execute import Executor
from flows._ledger import Ledger
from tests.flows._cases import INVARIANTS, broken, decide, lay_out
from tests.flows._deciding import Desk
from tests.flows._protocol import CrashAt, explored

Patch = pytest.MonkeyPatch


def replaced(block: str, there: str, instead: str) -> Callable[[Patch], None]:
    """A block of the plan with a part of it taken out."""

    def apply(patch: Patch) -> None:
        assert there in PLAN[block], f"the plan has changed: {there}"
        patch.setitem(PLAN, block, PLAN[block].replace(there, instead))

    return apply


DECIDING: dict[str, Callable[[Patch], None]] = {
    "what is open waits for a look": replaced("decide", "when is_open and found_target is null", "when false"),
    "what is posted is skipped before it is held": replaced(
        "decide",
        "when was_posted and (same_content or getvariable('on_change') = 'notice') then case",
        "when false then case",
    ),
    "a later state is left alone": replaced("decide", "or is_past) then 'skip'", ") then 'skip'"),
    "only a look by id says that something is gone": replaced("decide", "when is_gone then", "when is_missing then"),
    "what a person changed is drift": replaced(
        "compared", "and found.fields_hash is distinct from known.fields_hash as was_edited", "and false as was_edited"
    ),
    "what is locked is not written": replaced(
        "decide", "when found_target is not null and locked_because is not null then", "when false then"
    ),
    "only what lives lends its key": replaced(
        "candidates", "where lives and reference is null", "where reference is null"
    ),
    "a record with another reference is another's": replaced(
        "candidates", "where lives and reference is null", "where lives"
    ),
    "a key that is partly unknown holds": replaced(
        "decide", "when is_unclear then 'hold:unclear'", "when false then ''"
    ),
    "what was refused waits": replaced(
        "decide", "when is_refused then 'hold:refused'\n        when found_target", "when found_target"
    ),
    "what nothing can carry is held": replaced(
        "decide", "when is_unwritable then 'hold:unwritable'\n        when found_target", "when found_target"
    ),
}


@pytest.mark.parametrize("safety", DECIDING)
def test_without_it_the_decision_table_is_wrong_in_some_case(safety: str, monkeypatch: Patch) -> None:
    DECIDING[safety](monkeypatch)
    desk = Desk()
    with desk.database as database:
        lay_out(desk)
        decide(desk, "update", "report")
        assert [invariant for invariant in INVARIANTS if broken(database, invariant)] != []


def _without_intents(patch: Patch) -> None:
    real = Ledger.record

    def record(ledger: Ledger, entries: Iterable[Any]) -> None:
        real(ledger, [entry for entry in entries if entry.event != "sending"])

    patch.setattr(Ledger, "record", record)


def _taken_for_not_sent(error: Exception, kind: str) -> _push.Outcome:
    del kind
    return _push._problem(error) if isinstance(error, Problem) else _push._unknown(Unknown("?"))


CALLED: dict[str, tuple[Callable[[Patch], None], tuple[CrashAt | None, ...]]] = {
    "the intent is committed before the call": (_without_intents, (CrashAt("after", "calls", 0), None)),
    "the target gets its time to book": (
        lambda patch: patch.setattr(Executor, "_could_be_booked", lambda *_: True),
        (None, None),
    ),
    "what fails after the write is unknown": (
        lambda patch: patch.setattr(_push, "_failed", _taken_for_not_sent),
        (None, None),
    ),
    "what is open is looked for": (
        lambda patch: patch.setattr(Executor, "settle", lambda *_: {}),
        (CrashAt("after", "calls", 0), None),
    ),
}


@pytest.mark.parametrize("safety", CALLED)
def test_without_it_something_stands_there_twice_or_not_at_all(safety: str, monkeypatch: Patch) -> None:
    take_out, crashes = CALLED[safety]
    take_out(monkeypatch)
    assert explored(crashes) != ([], [])
