"""Reads every page of a listing and believes none of them: a listing counts only when its pages agree.

Pages contradict themselves in practice: an empty page in the middle, the same page twice, a total that does not match.
Such a listing is read once more, and nothing of the reading that lied is kept; when it lies again, it is Unreadable.
A page that is shorter than asked for is not the end: vendors cap pages at sizes of their own. A listing goes on until
as many records were seen as it announces.

What a listing says twice alike is believed where it may be true: that it is empty (vendors also answer so where they
mean "too many calls"), and that it lists a record twice, counted twice or once.
"""

from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connections._errors import Unreadable
from connections._http import Connection

Row = dict[str, Any]
Rows = Sequence[Row]
MOST_PAGES = 100_000
ROWS_AT_ONCE = 2_000
EMPTY = "lista vazia"
DOUBT = "contrapartida: doubt"
"""The field in which a record says why it cannot be relied on, for whoever stages it. The pager writes it into a record
that a listing gives twice with different contents, however often it is read; the later one is handed on."""
TORN = "vem duas vezes, com conteúdos diferentes"


@dataclass(frozen=True)
class Page:
    """One page as the vendor gave it, each number None where the vendor says nothing.

    `number` is the page that this is. `total_rows` counts the records of the whole listing. Without it a listing ends
    after `total_pages`, or, where that is None too, with the first page that is empty however often it is asked for.
    """

    rows: Rows
    number: Any = None
    total_rows: int | None = None
    total_pages: int | None = None


Fetch = Callable[[int], Awaitable[Page]]
Key = Callable[[Row], Any]
"""What tells a record from all others of its listing: an id, or several as a tuple. 7 and "7" are the same id; None, a
blank, a tuple with one of these in it, or no text or number at all, is none: such a record is one of its own."""


@dataclass
class _Reading:
    """One reading of a listing from the first page to the last, each record once."""

    rows: list[Row] = field(default_factory=list)
    places: dict[Hashable, int] = field(default_factory=dict)
    listed: int = 0
    """Records as they were listed, one that was listed twice counted twice."""
    torn: set[Hashable] = field(default_factory=set)
    """Records that were listed twice with different contents."""
    pages: set[int] = field(default_factory=set)
    lie: str | None = None
    can_be_true: bool = False

    def take(self, rows: Rows, key: Key) -> bool:
        """Adds a page; False, and nothing is added, where the very same page was there before."""
        keys = [_told_apart(key(row)) for row in rows]
        page = hash(tuple(repr(row) if known is None else known for row, known in zip(rows, keys, strict=True)))
        if page in self.pages:
            return False
        self.pages.add(page)
        self.listed += len(rows)
        for known, row in zip(keys, rows, strict=True):
            if known is None:
                self.rows.append(row)
            elif (place := self.places.get(known)) is None:
                self.places[known] = len(self.rows)
                self.rows.append(row)
            elif self.rows[place] != row:
                self.rows[place] = row
                self.torn.add(known)
        return True

    def is_like(self, other: "_Reading") -> bool:
        """Whether both say the same, the order of the records apart."""
        return (self.lie, self.listed, len(self.rows), self.places.keys(), self.torn) == (
            other.lie,
            other.listed,
            len(other.rows),
            other.places.keys(),
            other.torn,
        )

    def marked(self) -> list[Row]:
        for known in self.torn:
            place = self.places[known]
            self.rows[place] = {**self.rows[place], DOUBT: TORN}
        return self.rows


async def every_row(fetch: Fetch, *, first: int, key: Key, what: str) -> list[Row]:
    """The records of a listing, each once by `key`; pages count from `first`. Raises Unreadable when it lies twice."""
    reading = await _read(fetch, first, key)
    if not reading.lie:
        return reading.marked()
    before, reading = reading, await _read(fetch, first, key)
    if reading.lie and reading.can_be_true and not before.can_be_true:
        # What may be true after a reading that could not be is heard for the first time.
        before, reading = reading, await _read(fetch, first, key)
    if reading.lie and not (reading.can_be_true and reading.is_like(before)):
        raise Unreadable("{what}: as páginas se contradizem mesmo lidas duas vezes ({lie})", what=what, lie=reading.lie)
    return reading.marked()


def every_page(connection: Connection, fetch: Fetch, *, first: int, key: Key, what: str) -> Iterator[Rows]:
    """The same for whoever reads from a thread, a part at a time; nothing is handed on before the listing is whole."""

    async def read() -> list[Row]:
        return await every_row(fetch, first=first, key=key, what=what)

    rows = connection.wait(read)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


def whole_list(connection: Connection, fetch: Callable[[], Awaitable[Rows]], *, key: Key | None = None) -> Rows:
    """A list that comes in one piece and without a total, each record once where there is a `key`."""

    async def only(number: int) -> Page:
        del number
        return Page(await fetch(), total_pages=1)

    async def read() -> list[Row]:
        return await every_row(only, first=1, key=key or _no_key, what="lista")

    return connection.wait(read)


def _no_key(row: Row) -> None:
    del row


async def _read(fetch: Fetch, first: int, key: Key) -> _Reading:
    reading = _Reading()
    for number in range(first, first + MOST_PAGES):
        page = await fetch(number)
        if (said := _number(page.number)) is not None and said != number:
            reading.lie = f"pedida a página {number}, veio a {said}"
            return reading
        if not page.rows and page.total_rows is None and page.total_pages is None and reading.rows:
            page = await fetch(number)  # an empty page ends this listing, so it is asked for twice
        if not page.rows or not reading.take(page.rows, key):
            return _ended(reading, page, number, whole=not page.rows)
        if _is_last(reading, page, number + 1 - first):
            return _ended(reading, page, number, whole=True)
    reading.lie = f"mais de {MOST_PAGES} páginas"
    return reading


def _is_last(reading: _Reading, page: Page, pages_read: int) -> bool:
    if page.total_rows is not None:
        return len(reading.rows) >= page.total_rows
    return page.total_pages is not None and pages_read >= page.total_pages


def _ended(reading: _Reading, page: Page, number: int, *, whole: bool) -> _Reading:
    """The reading, with what is wrong about it."""
    total = page.total_rows
    if not reading.rows and not total:
        reading.lie, reading.can_be_true = EMPTY, True
    elif total is not None and len(reading.rows) != total:
        # A record that is listed twice and counted twice makes fewer records than were announced.
        reading.can_be_true = reading.listed == total
        reading.lie = f"{len(reading.rows)} registros lidos, {total} anunciados"
        if not whole and not reading.can_be_true:
            reading.lie = f"página {number} repetida"
    elif not whole:
        reading.lie, reading.can_be_true = f"página {number} repetida", True
    elif reading.torn:
        reading.lie, reading.can_be_true = "registros repetidos com conteúdos diferentes", True
    return reading


def _told_apart(key: Any) -> Hashable | None:
    """An id as it is compared: 7 and "7" are the same; None for what is none."""
    if isinstance(key, tuple):
        parts = tuple(map(_told_apart, key))
        return None if None in parts else parts
    if isinstance(key, bool) or not isinstance(key, str | bytes | int | Decimal):
        return None
    return key if isinstance(key, bytes) else str(key).strip() or None


def _number(value: Any) -> int | None:
    """The number that a page says it has, where it says one that can be read."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rows_of(value: Any, what: str) -> Rows:
    """`value` as a list of records; raises Unreadable for anything else."""
    if value is None:
        return []
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable("{what}: a lista de registros não veio como lista", what=what)
    return value


def whole(value: Any, what: str) -> int:
    """`value` as a count, a number or the digits of one; raises Unreadable for anything else."""
    if isinstance(value, str) and value.isascii() and value.strip().isdigit() and len(value) < 19:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0 or value != int(value):
        raise Unreadable("{what}: total ilegível ({came})", what=what, came=str(value)[:40])
    return int(value)
