"""Posting rules: what must be true of a document before it is posted, and the sentence that says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Facts become SQL identifiers and pass through Great Expectations' templates: only this is safe in both.
_SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*")


class NotJudged(Exception):
    """The rules could not be judged, so nothing may be posted; the message says in one sentence why."""


@dataclass(frozen=True)
class Rule:
    """One fact that must hold of every document.

    `because` is the sentence finance reads; `shows` names the column of the facts whose value is displayed
    after it; `kinds` are the kinds of document that a breach holds back, none meaning every kind.
    For the catalogue: `code` is what the rule is called by where it has such a name, `reads` which data it looks
    at, and `warns` whether a breach is only something to know, as the vendor says it.
    """

    fact: str
    because: str
    shows: str | None = None
    kinds: tuple[str, ...] = ()
    code: str = ""
    reads: str = ""
    warns: bool = False

    def __post_init__(self) -> None:
        for name in (self.fact, *((self.shows,) if self.shows is not None else ())):
            if not _SNAKE_CASE.fullmatch(name):
                raise ValueError(f"{name!r} is not a snake_case column name")
        if not self.because.strip():
            raise ValueError(f"rule {self.fact} has no sentence for finance")
        if not all(self.kinds):
            raise ValueError(f"rule {self.fact} holds back a kind without a name")


@dataclass(frozen=True)
class Suite:
    """The rules of one integration in their order: a document is marked with the first that it breaches."""

    name: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        facts = [rule.fact for rule in self.rules]
        if not facts:
            raise ValueError(f"suite {self.name} has no rules")
        if twice := sorted({fact for fact in facts if facts.count(fact) > 1}):
            raise ValueError(f"suite {self.name} declares more than once: {', '.join(twice)}")


def rule(fact: str, *, because: str, shows: str | None = None, kinds: Sequence[str] = (), **catalogued: Any) -> Rule:
    """A rule, refused with ValueError when it could not be judged or explained."""
    if isinstance(kinds, str):
        raise ValueError(f"rule {fact} names its kinds in one string, not in a list")
    return Rule(fact, because, shows, tuple(kinds), **catalogued)


def suite(name: str, *rules: Rule) -> Suite:
    """A suite of rules in their order, refused with ValueError when it is empty or declares a fact twice."""
    return Suite(name, rules)
