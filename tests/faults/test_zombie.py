"""A run that a newer one has replaced, though its process lives on: it records nothing more and sends nothing more."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from flows._ledger import Ledger
from tests._world import TENANT, World
from tests.faults._scenes import paid, receipt
from tests.faults._truth import truth, written

Statements = list[tuple[str, dict[str, Any]]]
AS_MANY_AS_ONE_GROUP = 16
ENTRIES_OF_THE_REPLACED = """
    select count(*)
    from run_starts as rival
    join run_starts as replaced on replaced.token < rival.token
    join attempts on attempts.run_id = replaced.run_id and attempts.recorded_at > rival.started_at
    where rival.run_id = 'rival'
"""


def replaced_before(monkeypatch: pytest.MonkeyPatch, is_the_moment: Callable[[str, dict[str, Any]], bool]) -> None:
    """Right before the next such commit of the ledger, another run takes the next token."""
    real = Ledger._write
    rivals: list[Ledger] = []

    def write(ledger: Ledger, statements: Statements) -> None:
        if not rivals and statements and is_the_moment(*statements[0]):
            rivals.append(copy.copy(ledger))
            facts = {"integration": "pacto_to_kamino", "tenant": TENANT, "as_of": datetime.now(UTC), "dry_run": False}
            rivals[0].begin("rival", {**facts, "prefect_run_id": None, "version": "0"})
        real(ledger, statements)

    monkeypatch.setattr(Ledger, "_write", write)


def of(block: str, kind: str = "", event: str = "", after: int = 0) -> Callable[[str, dict[str, Any]], bool]:
    """A commit by its first statement; `after` as many others like it."""
    seen: list[str] = []

    def matches(name: str, given: dict[str, Any]) -> bool:
        said = [given.get(each, "") for each in ("kind", "event")]
        if (name, *(each[0] if isinstance(each, list) else each for each in said)) == (block, kind, event):
            seen.append(name)
        return len(seen) > after

    return matches


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (of("decide", "receivable"), 1),
        (of("attempts", "receivable", "sending", after=1), 1 + AS_MANY_AS_ONE_GROUP),
        (of("attempts", "receivable", "posted"), 1 + AS_MANY_AS_ONE_GROUP),
        (of("attempts", "settlement", "sending"), 1 + 20),
        (of("end"), 1 + 20 + 20),
    ],
    ids=["decisions", "intents of a second group", "outcomes", "intents of the next kind", "end"],
)
def test_a_replaced_run_records_and_sends_nothing_more(
    world: World, moment: Callable[[str, dict[str, Any]], bool], sent: int
) -> None:
    world.plant("pacto", "movparcela", *(receipt(number, **paid()) for number in range(1, 21)))
    with pytest.MonkeyPatch.context() as patch:
        replaced_before(patch, moment)
        ran = world.run("pacto_to_kamino")

    assert (ran.state, len(world.writes())) == ("Replaced by a newer run", sent)

    world.run("pacto_to_kamino")
    told = written(truth(world))
    assert (len(told), set(told.values())) == (21, {("create",), ("create", "settle")})
    assert world.query("pacto_to_kamino", ENTRIES_OF_THE_REPLACED) == [(0,)]
