"""One action, one call, one outcome. Knows no business: what a call means was decided before."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from connections._errors import Denied, Problem, Rejected, Unavailable, Unknown, Unreadable
from destinations._contract import Action, BatchWriter, Writer


@dataclass(frozen=True)
class Outcome:
    """What became of an action: `event` as the ledger records it."""

    event: str
    target_id: str | None = None
    problem: Problem | None = None


Planned = tuple[dict[str, Any], Action]


def groups(writer: Writer | BatchWriter, planned: Sequence[Planned], calls_at_once: int) -> Iterator[Sequence[Planned]]:
    """What goes out together: the lines of one call, or as many calls as may be under way at once."""
    if not isinstance(writer, BatchWriter):
        yield from _pieces(planned, calls_at_once)
        return

    def apart(each: Planned) -> tuple[str, str]:
        return each[1].verb, writer.together(each[1])

    for _, same in groupby(sorted(planned, key=apart), key=apart):
        yield from _pieces(list(same), writer.largest)


def _pieces(planned: Sequence[Planned], size: int) -> Iterator[Sequence[Planned]]:
    return (planned[start : start + size] for start in range(0, len(planned), size))


async def attempt_all(writer: Writer | BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    """The outcome of each action, in order; none disturbs another."""
    if isinstance(writer, BatchWriter):
        look_first = any(action.verb == "find" for action in actions)
        return await (_find_or_create_all if look_first else _create_all)(writer, actions)
    return list(await asyncio.gather(*(_attempt(writer, action) for action in actions)))


async def _create_all(writer: BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    """One call. Where its answer is lost, what stands in the target is looked up line by line."""
    try:
        return [_line(told) for told in await writer.create_all(actions)]
    except Unknown as problem:
        return await _look_all(writer, actions, problem)
    except Problem as problem:
        return [_line(problem)] * len(actions)
    except Exception as error:
        logging.getLogger(__name__).exception("unexpected failure while sending %s", actions[0].kind)
        lost = Unknown("falha inesperada ao enviar ({why})", why=type(error).__name__)
        return [_unknown(lost)] * len(actions)


async def _find_or_create_all(writer: BatchWriter, actions: Sequence[Action]) -> list[Outcome]:
    """Looks for all before sending those that are not there. While it cannot look, the outcomes stay unknown."""
    try:
        found = await writer.find_all(actions)
    except Problem as problem:
        return [_unknown(problem)] * len(actions)
    missing = [action for action, target_id in zip(actions, found, strict=True) if target_id is None]
    created = iter(await _create_all(writer, missing) if missing else [])
    return [next(created) if target_id is None else Outcome("linked", target_id=target_id) for target_id in found]


async def _look_all(writer: BatchWriter, actions: Sequence[Action], lost: Unknown) -> list[Outcome]:
    try:
        found = await writer.find_all(actions)
    except Problem:
        return [_unknown(lost)] * len(actions)
    return [_unknown(lost) if each is None else Outcome("posted", target_id=each) for each in found]


def _line(told: str | Problem) -> Outcome:
    """What became of one line: the target's id, or the problem that stands in its place."""
    if isinstance(told, str):
        return Outcome("posted", target_id=told)
    if isinstance(told, Unknown):
        return _unknown(told)
    event = "rejected" if isinstance(told, Rejected) else "unavailable"
    return Outcome(event, problem=told)


async def _attempt(writer: Writer, action: Action) -> Outcome:
    if action.verb == "find":
        return await _find_or_create(writer, action)
    try:
        change = writer.update if action.verb == "update" else writer.create
        return Outcome("posted", target_id=await change(action))
    except Unknown as problem:
        return await _look(writer, action, problem) if action.verb == "create" else _unknown(problem)
    except Rejected as problem:
        return Outcome("rejected", problem=problem)
    except (Unavailable, Denied, Unreadable) as problem:  # unreadable was what had to be read before sending
        return Outcome("unavailable", problem=problem)
    except Exception as error:
        logging.getLogger(__name__).exception("unexpected failure while sending %s", action.kind)
        return _unknown(Unknown("falha inesperada ao enviar ({why})", why=type(error).__name__))


async def _find_or_create(writer: Writer, action: Action) -> Outcome:
    """Looks before sending again. While it cannot look, the outcome stays unknown."""
    try:
        found = await writer.find(action)
    except Problem as problem:
        return _unknown(problem)
    if found is not None:
        return Outcome("linked", target_id=found)
    return await _attempt(writer, replace(action, verb="create"))


async def _look(writer: Writer, action: Action, lost: Unknown) -> Outcome:
    """The answer was lost: the document may stand in the target already."""
    try:
        found = await writer.find(action)
    except Problem:
        return _unknown(lost)
    return Outcome("posted", target_id=found) if found is not None else _unknown(lost)


def _unknown(problem: Problem) -> Outcome:
    return Outcome("unknown", problem=problem)
