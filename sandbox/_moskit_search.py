"""Moskit's search: a list of conditions that must all hold, on fields of the record or on its custom fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox._table import Row

Condition = Callable[[Row], bool]
NESTED = ("stage", "responsible", "createdBy", "lostReason")


class NotSearchable(Exception):
    """A condition that the search does not know: its field, or its expression."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def condition(asked: Any, searchable: frozenset[str]) -> Condition:
    """One condition as a test of a record; raises NotSearchable."""
    if not isinstance(asked, dict) or not isinstance(asked.get("field"), str):
        raise NotSearchable("field", "field is required")
    field, values = asked["field"], asked.get("values") or []
    if field not in searchable and not field.startswith("CF_"):
        raise NotSearchable(field, f"field {field} is not searchable")
    test = EXPRESSIONS.get(str(asked.get("expression")))
    if test is None:
        raise NotSearchable(field, f"unknown expression {asked.get('expression')}")
    return lambda row: test(_values(row, field), list(values))


def _values(row: Row, field: str) -> list[Any]:
    """What a record holds in a field, as a list: custom fields hold one of four kinds of value."""
    if field.startswith("CF_"):
        found: list[Any] = []
        for each in row.get("entityCustomFields") or []:
            if each.get("id") == field:
                found += each.get("options") or [
                    each[kind] for kind in ("textValue", "numericValue", "dateValue") if kind in each
                ]
        return found
    value = row.get(field)
    if field in NESTED and isinstance(value, dict):
        value = value.get("id")
    return [] if value is None else [value]


def _same(held: Any, asked: Any) -> bool:
    return held == asked or str(held) == str(asked)


def _rank(value: Any) -> Any:
    """Moments are compared as moments, whatever their offset; None for what cannot be ranked."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


def _compared(compare: Callable[[float, float], bool]) -> Callable[[list[Any], list[Any]], bool]:
    def test(held: list[Any], asked: list[Any]) -> bool:
        bound = _rank(asked[0]) if asked else None
        ranks = [_rank(value) for value in held]
        # What cannot be compared passes: a malformed value that a test planted must reach the client.
        return bound is not None and any(rank is None or compare(rank, bound) for rank in ranks)

    return test


def _like(held: list[Any], asked: list[Any]) -> bool:
    return any(str(part).casefold() in str(value).casefold() for value in held for part in asked)


EXPRESSIONS: dict[str, Callable[[list[Any], list[Any]], bool]] = {
    "like": _like,
    "match": lambda held, asked: any(_same(value, each) for value in held for each in asked),
    "one_of": lambda held, asked: any(_same(value, each) for value in held for each in asked),
    "none_of": lambda held, asked: not any(_same(value, each) for value in held for each in asked),
    "all_of": lambda held, asked: all(any(_same(value, each) for value in held) for each in asked),
    "gt": _compared(lambda value, bound: value > bound),
    "gte": _compared(lambda value, bound: value >= bound),
    "lt": _compared(lambda value, bound: value < bound),
    "lte": _compared(lambda value, bound: value <= bound),
    "null": lambda held, asked: not held,  # noqa: ARG005
    "not_null": lambda held, asked: bool(held),  # noqa: ARG005
}
