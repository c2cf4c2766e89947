"""One table of a vendor: rows by id, found fast, with answers that are remembered until the data change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
REMEMBERED = 16  # selections kept; each may hold a reference to every row


@dataclass(frozen=True, slots=True)
class Between:
    """A row passes when its field lies in the window; None on a side leaves that side open.

    What cannot be compared passes: a malformed value that a test planted must reach the client.
    Texts are compared up to the length of the bound, so that a day as upper bound includes its hours.
    """

    field: str
    low: Any = None
    high: Any = None

    def __call__(self, row: Row) -> bool:
        """Whether the row passes."""
        value = row.get(self.field)
        if value is None:
            return False
        bound = self.low if self.low is not None else self.high
        if isinstance(bound, str):
            if not _looks_like_a_day(value):
                return True
            return (self.low is None or value >= self.low) and (
                self.high is None or value[: len(self.high)] <= self.high
            )
        if not isinstance(value, int):
            return True
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Equal:
    """A row passes when its field has exactly this value."""

    field: str
    value: Hashable

    def __call__(self, row: Row) -> bool:
        """Whether the row passes."""
        return bool(row.get(self.field) == self.value)


Condition = Callable[[Row], bool]


class Table:
    """Rows by id, in the order in which they arrived. Rows are never changed in place, only put anew."""

    def __init__(self, key: str, indexes: dict[str, Callable[[Row], Hashable]] | None = None) -> None:
        self.key = key
        self.rows: dict[Any, Row] = {}
        self._highest = 0
        self._indexers = indexes or {}
        self._indexes: dict[str, dict[Hashable, dict[Any, None]]] = {}
        self._remembered: dict[Hashable, list[Row]] = {}

    def put(self, row: Row) -> None:
        """Store a row under its id, in place of the one with that id."""
        key = row[self.key]
        self._unindex(key)
        self.rows[key] = row
        if isinstance(key, int) and key > self._highest:
            self._highest = key
        for name, index in self._indexes.items():
            index.setdefault(self._indexers[name](row), {})[key] = None
        self._remembered.clear()

    def load(self, rows: Iterable[Row]) -> None:
        """Store many rows at once."""
        self.rows.update((row[self.key], row) for row in rows)
        self._highest = max([self._highest, *(key for key in self.rows if isinstance(key, int))])
        self._indexes.clear()
        self._remembered.clear()

    def remove(self, key: Any) -> None:
        """Forget a row; its id is never given again."""
        self._unindex(key)
        self.rows.pop(key, None)
        self._remembered.clear()

    def clear(self) -> None:
        """Forget every row; no id is given again."""
        self.rows.clear()
        self._indexes.clear()
        self._remembered.clear()

    def next_id(self) -> int:
        """The id that the next new row gets."""
        return self._highest + 1

    def lookup(self, index: str, value: Hashable) -> list[Row]:
        """The rows that the named index holds under a value, in the order of arrival."""
        if index not in self._indexes:
            found: dict[Hashable, dict[Any, None]] = {}
            for key, row in self.rows.items():
                found.setdefault(self._indexers[index](row), {})[key] = None
            self._indexes[index] = found
        return [self.rows[key] for key in self._indexes[index].get(value, ())]

    def select(self, conditions: Sequence[Condition] = (), sort: str = "", descending: bool = False) -> list[Row]:
        """The rows that pass every condition, sorted; remembered until the data change."""
        asked = (tuple(conditions), sort, descending)
        rows = self._remembered.get(asked)
        if rows is None:
            rows = [row for row in self.rows.values() if all(passes(row) for passes in conditions)]
            if sort:
                rows.sort(key=lambda row: _rank(row.get(sort)), reverse=descending)
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[asked] = rows
        return rows

    def _unindex(self, key: Any) -> None:
        old = self.rows.get(key)
        if old is not None:
            for name, index in self._indexes.items():
                index.get(self._indexers[name](old), {}).pop(key, None)


def _looks_like_a_day(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 10 and value[4] == value[7] == "-"


def _rank(value: Any) -> tuple[int, Any]:
    # Values of other types come last instead of failing: planted rows may hold anything.
    if isinstance(value, int | float):
        return (0, value)
    return (1, str(value))
