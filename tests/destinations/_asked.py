"""A connection that remembers what it was asked and answers from a list, for writers tested alone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from connections._errors import Problem
from connections._settings import SystemSettings
from destinations._contract import Action


@dataclass
class Asked:
    """`says` are the bodies (or problems) of its answers, in order."""

    settings: SystemSettings
    says: list[Any] = field(default_factory=list)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)

    async def read(self, path: str, params: dict[str, Any] | None = None) -> Any:
        return self._answer("GET", path, params)

    async def write(self, path: str, body: Any, params: dict[str, Any] | None = None, *, method: str = "POST") -> Any:
        return self._answer(method, path, body)

    def _answer(self, method: str, path: str, given: Any) -> Any:
        self.calls.append((method, path, given))
        said = self.says.pop(0)
        if isinstance(said, Problem):
            raise said
        return said


def action(verb: str = "create", **given: Any) -> Action:
    return Action(**{"kind": "any", "document_id": "1", "verb": verb, "payload": {}, **given})


def done(work: Callable[[Action], Awaitable[object]], what: Action) -> Any:
    """What became of an action: an id, nothing, or the problem."""

    async def tried() -> object:
        try:
            return await work(what)
        except Problem as problem:
            return problem

    return asyncio.run(tried())


def told(problem: object) -> tuple[str, str]:
    """A problem as its name and its sentence."""
    assert isinstance(problem, Problem), problem
    return type(problem).__name__, str(problem)
