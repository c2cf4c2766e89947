"""From plan to outcome: every intent is committed before its call, every outcome after it. Knows no business.

What may have been sent is looked for before anything else is decided about it; what a call left in doubt is looked for
right after it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from connections._errors import Denied, Problem, Stopped, Unavailable, Unknown
from connections._http import Connection
from connections._json import dump, parse
from destinations._contract import Action, BatchWriter, Census, Writer
from flows._decide import PLAN, compare, count_gone
from flows._ledger import Entry
from flows._push import Outcome, Planned, are_gone, groups, look_all, pieces, send_all
from flows._run import Kind, Run

UNTOLD = Unknown("o destino aceitou, sem dizer o que gravou; é procurado lá antes de ser enviado de novo")
HOW = {"posted": "created", "linked": "linked"}
DOUBTFUL = ("accepted", "unknown", "rejected")
"""What the target took without saying where, what it may have taken, what it refused: it may stand there."""
MOST_FAILURES_IN_A_ROW = 8
"""A target that fails this often in a row is left alone until the next run."""
MOST_LOOKS_AT_ONCE = 16
MOST_CENSUS = 500
"""How many records of a kind one run asks for by their id; other days ask for others first."""


class Executor:
    """One kind of one run, and who writes it. A plain class, so that Prefect passes it on unread."""

    def __init__(self, run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> None:
        self.database = run.database
        self.ledger = run.ledger
        self.language = run.integration.language
        self.kind = kind
        self.connection = connection
        self.writer = writer

    # -- before the plan ------------------------------------------------------------------------------------

    def opened(self) -> list[Planned]:
        """What may have been sent, by any run, and nobody knows what became of it."""
        return self._rows("open")

    def settle(self, opened: Sequence[Planned]) -> dict[str, int]:
        """Looks for what is open, whatever the source says of it now; how many ended, and how.

        What is not there counts as never sent once the target has had its time to book it. What nobody can look for
        stays open, and nothing of it is sent.
        """
        ended: dict[str, int] = {}
        for piece in pieces(opened, MOST_LOOKS_AT_ONCE):
            looks = self.connection.wait(look_all, self.writer, [action for _, action in piece])
            entries = list(self._ends(piece, looks))
            self.ledger.record(entries)
            _count(ended, (entry.event for entry in entries))
        return ended

    def compare(self, *, ask: bool) -> None:
        """Lays the documents beside what stands in the target; asks by id, where it may, for what is missing there."""
        compare(self.database, self.kind)
        if not ask or not isinstance(self.writer, Census):
            return
        missing = self.database.execute(PLAN["missing"]).fetchmany(MOST_CENSUS)
        gone = self.connection.wait(are_gone, self.writer, [target_id for _, target_id in missing])
        count_gone(self.database, self.kind, [row[0] for row, is_gone in zip(missing, gone, strict=True) if is_gone])

    # -- after the plan -------------------------------------------------------------------------------------

    def actions(self) -> list[Planned]:
        """What was planned to be sent."""
        return self._rows("actions")

    def push(self, actions: Sequence[Planned]) -> Iterator[tuple[list[Outcome], Problem | None]]:
        """Sends group by group: the outcomes of each, and why nothing more is to be sent, where that is so."""
        failures = 0
        for group in groups(self.writer, actions, self.connection.concurrency()):
            outcomes = self._push_group(group)
            # The lines of one call fail together: that is one failure.
            for outcome in outcomes[-1:] if isinstance(self.writer, BatchWriter) else outcomes:
                failures = failures + 1 if outcome.event in ("unknown", "not_sent") else 0
            stop = self._reason_to_stop(outcomes, failures)
            yield outcomes, stop
            if stop:
                return

    def _push_group(self, group: Sequence[Planned]) -> list[Outcome]:
        self.ledger.record(
            _entry(planned, action.verb, "sending", sent=self._trace(action)) for planned, action in group
        )
        send = partial(send_all, look_first=self.kind.registry)
        outcomes: list[Outcome] = self.connection.wait(send, self.writer, [action for _, action in group])
        self.ledger.record(self._told(group, outcomes))
        return self._looked_for(group, outcomes)

    def _looked_for(self, group: Sequence[Planned], outcomes: list[Outcome]) -> list[Outcome]:
        """The outcomes, those in doubt as a look right after the call has them."""
        doubtful = [
            place
            for place, outcome in enumerate(outcomes)
            if outcome.event in DOUBTFUL and group[place][1].verb == "create"
        ]
        if not doubtful:
            return outcomes
        sought = [replace(group[place][1], receipt=outcomes[place].receipt) for place in doubtful]
        looks = self.connection.wait(look_all, self.writer, sought)
        better = {place: _better(outcomes[place], look) for place, look in zip(doubtful, looks, strict=True)}
        changed = [place for place in doubtful if better[place] is not outcomes[place]]
        self.ledger.record(self._told([group[place] for place in changed], [better[place] for place in changed]))
        return [better.get(place, outcome) for place, outcome in enumerate(outcomes)]

    def _reason_to_stop(self, outcomes: Sequence[Outcome], failures: int) -> Problem | None:
        for outcome in outcomes:
            if isinstance(outcome.problem, (Denied, Stopped)):
                return outcome.problem
        if failures >= MOST_FAILURES_IN_A_ROW:
            return Unavailable(
                "{system}: {failures} falhas seguidas; o resto fica para a próxima execução",
                system=self.connection.system,
                failures=failures,
            )
        return None

    # -- entries of the ledger ------------------------------------------------------------------------------

    def _told(self, group: Iterable[Planned], outcomes: Iterable[Outcome]) -> Iterator[Entry]:
        for (planned, action), outcome in zip(group, outcomes, strict=True):
            # What was there already has somebody's content: the next plan compares it with what is wanted.
            unlike = outcome.event == "linked" and self.kind.on_change in ("update", "hold")
            yield _entry(
                {**planned, "payload_hash": None, "fields": None} if unlike else planned,
                action.verb,
                outcome.event,
                target_id=outcome.target_id,
                because=self._because(outcome),
                receipt=outcome.receipt,
                how=None if outcome.target_id in (None, planned["linked_target"]) else HOW[outcome.event],
            )

    def _because(self, outcome: Outcome) -> str | None:
        if outcome.event == "accepted":
            return UNTOLD.said(self.language)
        return outcome.problem.said(self.language) if outcome.problem else None

    def _ends(self, opened: Iterable[Planned], looks: Iterable[Outcome]) -> Iterator[Entry]:
        for (planned, action), look in zip(opened, looks, strict=True):
            if look.event in ("linked", "rejected") or (look.event == "absent" and self._could_be_booked(action)):
                yield _entry(
                    planned,
                    "find",
                    look.event,
                    target_id=look.target_id,
                    because=look.problem.said(self.language) if look.problem else None,
                    how="linked" if look.target_id not in (None, planned["linked_target"]) else None,
                )

    def _could_be_booked(self, action: Action) -> bool:
        """Whether the target has had its longest time to book what was sent."""
        if action.sent_at is None:
            return True
        return (self.now() - action.sent_at).total_seconds() >= self.connection.settings.booking_seconds

    @staticmethod
    def now() -> datetime:
        """The clock on the wall: a target's time to book goes by there, whatever day a run takes for today."""
        return datetime.now(UTC)

    def _trace(self, action: Action) -> str:
        """What the ledger keeps of a document that is about to be sent, for it to be looked for later."""
        kept = {name: action.payload[name] for name in self.writer.looks_by if name in action.payload}
        return dump({"reference": action.reference, "target_id": action.target_id, "payload": kept}).decode()

    def _rows(self, block: str) -> list[Planned]:
        cursor = self.database.execute(PLAN[block], {"kind": self.kind.name})
        names = [column[0] for column in cursor.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return [(row, _action(row)) for row in rows]


def _action(planned: dict[str, Any]) -> Action:
    return Action(
        kind=planned["kind"],
        document_id=planned["document_id"],
        verb=planned["action"],
        payload=parse(planned["payload"].encode()),
        target_id=planned["target_id"],
        reference=planned["reference"],
        base=parse(planned["base"].encode()) if planned["base"] else None,
        receipt=planned.get("receipt"),
        sent_at=planned.get("sent_at"),
    )


def _entry(planned: dict[str, Any], verb: str, event: str, **more: Any) -> Entry:
    said = {name: planned[name] for name in ("kind", "document_id", "fields", "amount", "currency")}
    digest = planned["payload_hash"]
    return Entry(**{**said, "payload_hash": digest and str(digest), "verb": verb, "event": event, **more})


def _better(outcome: Outcome, look: Outcome) -> Outcome:
    """What a look right after the call adds to its outcome."""
    if look.event == "linked":
        return replace(look, event="linked" if outcome.event == "rejected" else "posted")
    if outcome.event == "accepted":
        return look if look.problem else outcome
    return outcome


def _count(counts: dict[str, int], events: Iterable[str]) -> None:
    for event in events:
        counts[event] = counts.get(event, 0) + 1
