"""One action, one call, one outcome. Knows no business: what a call means was decided before.

Whatever a writer raises concerns its own document. What is raised after a write was accepted leaves the outcome
unknown, whatever it is: the document was sent.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from connections._errors import Denied, NotSent, Problem, Rejected, Unavailable, Unknown, Unreadable
from connections._http import wrote
from destinations._contract import Action, BatchWriter, Census, Receipt, Writer

UNSETTLED = ("accepted", "unknown")


@dataclass(frozen=True)
class Outcome:
    """What became of an action: `event` as the ledger records it."""

    event: str
    target_id: str | None = None
    problem: Problem | None = None
    receipt: str | None = None


ABSENT = Outcome("absent")
Planned = tuple[dict[str, Any], Action]


def groups(writer: Writer | BatchWriter, planned: Sequence[Planned], calls_at_once: int) -> Iterator[Sequence[Planned]]:
    """What goes out together: the lines of one call, or as many calls as may be under way at once."""
    if not isinstance(writer, BatchWriter):
        yield from pieces(planned, calls_at_once)
        return

    def apart(each: Planned) -> tuple[str, str]:
        return each[1].verb, writer.together(each[1])

    for _, same in groupby(sorted(planned, key=apart), key=apart):
        yield from pieces(list(same), writer.largest)


def pieces(planned: Sequence[Planned], size: int) -> Iterator[Sequence[Planned]]:
    return (planned[start : start + size] for start in range(0, len(planned), size))


# -- sending ---------------------------------------------------------------------------------------------------------


async def send_all(writer: Writer | BatchWriter, actions: Sequence[Action], *, look_first: bool) -> list[Outcome]:
    """The outcome of each action, in order; none disturbs another.

    `look_first`: what others may have created a moment ago is looked for, and linked, before it is created.
    """
    found = await look_all(writer, actions) if look_first else [ABSENT] * len(actions)
    missing = [action for action, look in zip(actions, found, strict=True) if look == ABSENT]
    sent = iter(await _sent(writer, missing) if missing else [])
    return [next(sent) if look == ABSENT else _not_looked(look) for look in found]


async def _sent(writer: Writer | BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    if isinstance(writer, BatchWriter):
        return await _sent_together(writer, actions)
    return list(await asyncio.gather(*(_sent_alone(writer, action) for action in actions)))


async def _sent_alone(writer: Writer, action: Action) -> Outcome:
    wrote.set(False)
    try:
        return _told(await writer.send(action))
    except Exception as error:  # noqa: BLE001 - named by what happens next
        return _failed(error, action.kind)


async def _sent_together(writer: BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    wrote.set(False)
    try:
        told = list(await writer.send_all(actions))
    except Exception as error:  # noqa: BLE001 - idem
        return [_failed(error, actions[0].kind)] * len(actions)
    if len(told) != len(actions):
        return [_unknown(Unknown("o destino não respondeu sobre todas as linhas"))] * len(actions)
    return [_problem(each) if isinstance(each, Problem) else _told(each) for each in told]


def _told(said: str | Receipt) -> Outcome:
    if isinstance(said, Receipt):
        return Outcome("accepted", receipt=said.text)
    return Outcome("posted", target_id=said)


def _failed(error: Exception, kind: str) -> Outcome:
    """What a raised error leaves: known to be not sent only where nothing was accepted before it."""
    if not isinstance(error, Problem):
        logging.getLogger(__name__).exception("unexpected failure while sending %s", kind)
        return _unknown(Unknown("falha inesperada ao enviar ({why})", why=type(error).__name__))
    return _unknown(error) if wrote.get() else _problem(error)


def _problem(problem: Problem) -> Outcome:
    if isinstance(problem, Rejected):
        return Outcome("rejected", problem=problem)
    # Unreadable or unavailable was what had to be read before anything was sent.
    if isinstance(problem, (NotSent, Unavailable, Denied, Unreadable)):
        return Outcome("not_sent", problem=problem)
    return _unknown(problem)


def _unknown(problem: Problem) -> Outcome:
    return Outcome("unknown", problem=problem)


def _not_looked(look: Outcome) -> Outcome:
    """What was there already; what nobody could look for is not sent."""
    return Outcome("not_sent", problem=look.problem) if look.event in ("unknown", "rejected") else look


# -- looking ---------------------------------------------------------------------------------------------------------


async def look_all(writer: Writer | BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    """For each action "linked" with the id it has in the target, "absent", "rejected" where the target says that it
    refused it after all, or "unknown" where nobody can say.
    """
    if not isinstance(writer, BatchWriter):
        return list(await asyncio.gather(*(_look(writer, action) for action in actions)))
    looked: dict[int, Outcome] = {}
    numbered = sorted(enumerate(actions), key=lambda each: writer.together(each[1]))
    for _, same in groupby(numbered, key=lambda each: writer.together(each[1])):
        together = dict(same)
        looked |= zip(together, await _look_together(writer, list(together.values())), strict=True)
    return [looked[place] for place in range(len(actions))]


async def _look(writer: Writer, action: Action) -> Outcome:
    try:
        return _seen(await writer.resolve(action))
    except Exception as error:  # noqa: BLE001 - a look that fails is no answer
        return _unseen(error, action.kind)


async def _look_together(writer: BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    try:
        found = list(await writer.resolve_all(actions))
    except Exception as error:  # noqa: BLE001 - idem
        return [_unseen(error, actions[0].kind)] * len(actions)
    return [_unseen(each, actions[0].kind) if isinstance(each, Problem) else _seen(each) for each in found]


def _seen(target_id: str | None) -> Outcome:
    return ABSENT if target_id is None else Outcome("linked", target_id=target_id)


def _unseen(error: Exception, kind: str) -> Outcome:
    if isinstance(error, Rejected):
        return Outcome("rejected", problem=error)
    if isinstance(error, Problem):
        return _unknown(error)
    logging.getLogger(__name__).exception("unexpected failure while looking for %s", kind)
    return _unknown(Unknown("falha inesperada ao procurar ({why})", why=type(error).__name__))


async def are_gone(census: Census, target_ids: Sequence[str]) -> list[bool]:
    """Which records were asked for by their id and are not there; what nobody can say is not gone."""
    return list(await asyncio.gather(*(_is_gone(census, target_id) for target_id in target_ids)))


async def _is_gone(census: Census, target_id: str) -> bool:
    try:
        return not await census.stands(target_id)
    except Exception as error:  # noqa: BLE001 - idem
        logging.getLogger(__name__).info("nobody could say whether a record still stands (%s)", type(error).__name__)
        return False
