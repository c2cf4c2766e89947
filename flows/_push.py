"""One action, one call, one outcome. Knows no business: what a call means was decided before."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from connections._errors import Denied, Problem, Rejected, Unavailable, Unknown
from destinations._contract import Action, Writer


@dataclass(frozen=True)
class Outcome:
    """What became of an action: `event` as the ledger records it."""

    event: str
    target_id: str | None = None
    because: str | None = None
    problem: Problem | None = None


async def attempt_all(writer: Writer, actions: Sequence[Action]) -> list[Outcome]:
    """The outcome of each action, in order; none disturbs another."""
    return await asyncio.gather(*(_attempt(writer, action) for action in actions))


async def _attempt(writer: Writer, action: Action) -> Outcome:
    if action.verb == "find":
        return await _find_or_create(writer, action)
    try:
        change = writer.update if action.verb == "update" else writer.create
        return Outcome("posted", target_id=await change(action))
    except Unknown as problem:
        return await _look(writer, action, problem) if action.verb == "create" else _unknown(problem)
    except Rejected as problem:
        return Outcome("rejected", because=str(problem), problem=problem)
    except (Unavailable, Denied) as problem:
        return Outcome("unavailable", because=str(problem), problem=problem)
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
    return Outcome("unknown", because=str(problem), problem=problem)
