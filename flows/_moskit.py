"""Which deals of Moskit a run reads: those won in our time, those that webhooks named, those that are waited for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from connections.moskit import DEAL_WON
from flows._heard import heard
from flows._run import Run
from flows._sql import machinery

STATEMENTS = machinery("moskit")


@dataclass(frozen=True)
class Reading:
    """Deals won on or after `since` are ours; this run reads the list from `read_since` on, and `named` by their id."""

    since: date
    read_since: date
    named: list[str]


def reading(run: Run) -> Reading:
    """What this run reads, also as variables of its SQL: since, read_since, heard."""
    window = run.settings.window_days + run.settings.overlap_days
    found = run.database.execute(STATEMENTS["beginning"], {"window": window}).fetchone()
    assert found is not None
    made = Reading(since=found[0], read_since=found[1], named=heard(run, DEAL_WON))
    run.variables(since=made.since, read_since=made.read_since, heard=made.named or None)
    return made


def by_turns(run: Run, waiting: Sequence[str]) -> list[str]:
    """As many of those that wait as one run reads; each run goes on where the one before it ended, so that everybody's
    turn comes.
    """
    most = run.settings.most_deals_read_again
    if len(waiting) <= most:
        return list(waiting)
    ((runs,),) = run.rows("runs", STATEMENTS)
    ordered = sorted(waiting)
    start = runs * most % len(ordered)
    return [*ordered[start:], *ordered[:start]][:most]
