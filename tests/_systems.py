"""How stories speak of a vendor: one module per system in `tests/systems/`, found by listing.

A module holds `SYSTEM`: which tables a test starts without, the rows that a story may leave out, and how what was
written there is told to a person. Adding a vendor adds a file and edits none.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests._world import World

Row = dict[str, Any]
FOLDER = Path(__file__).parent / "systems"


class Names:
    """What the records of a story are called, so that nobody reads the vendors' numbers."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self._names: dict[tuple[str, str], str] = {}

    def learn(self, noun: str, number: Any, name: str) -> None:
        """A record gets its name when it is first written."""
        self._names.setdefault((noun, str(number)), name)

    def of(self, noun: str, number: Any) -> str:
        """The name of a record, or its number where the story did not bring it."""
        return self._names.get((noun, str(number)), str(number))


def as_it_is(names: Names, name: str, value: Any) -> Any:
    return value


def no_aliases(names: Names, entry: Row) -> Iterator[tuple[str, Any]]:
    yield from ()


def as_written(day: str) -> str:
    return day


@dataclass(frozen=True)
class System:
    """One vendor as stories need it."""

    people_and_money: tuple[str, ...]
    """Tables of the sandbox that every test starts without; master data stays."""

    shorthand: Mapping[str, tuple[str, Callable[[Row], Row]]] = field(default_factory=dict)
    """A step's name → the table it fills, and the complete row that the story's row is laid over."""

    nouns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """A route of the journal → what is written there, and the field of the body that names it."""

    untold: frozenset[str] = frozenset()
    """Fields of a body that are not shown: they differ from world to world, or stand beside it already."""

    day: Callable[[str], Any] = as_written
    """A business day as the vendor writes it; stories write 2026-11-30 without quotes."""

    shown: Callable[[Names, str, Any], Any] = as_it_is
    """A field of a body as a person reads it. What is None, or an object, is not shown."""

    also: Callable[[Names, Row], Iterator[tuple[str, Any]]] = no_aliases
    """Other ids (noun, id) under which later bodies speak of the record of this journal entry."""


@cache
def systems() -> dict[str, System]:
    """Every system that stories can speak of."""
    return {
        file.stem: importlib.import_module(f"tests.systems.{file.stem}").SYSTEM for file in sorted(FOLDER.glob("*.py"))
    }
