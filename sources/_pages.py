"""Reads every page of a listing and believes none of them: a listing counts only when its pages agree.

Pages contradict themselves in practice: an empty page in the middle, the same page twice, a total that does
not match. Such a listing is read once more; when it lies again, the run stops before anything is written.
A listing that is empty altogether is read once more too, and believed then: vendors answer so where they mean
"too many calls", and what is taken for missing in the target would be created again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from connections._errors import Unreadable
from connections._http import Connection

Rows = Sequence[dict[str, Any]]
MOST_PAGES = 100_000
EMPTY = "lista vazia"


@dataclass(frozen=True)
class Page:
    """One page as the vendor gave it: `number` is what the vendor says it is, None where it says nothing."""

    rows: Rows
    number: int | None
    total_rows: int
    total_pages: int


Fetch = Callable[[int], Awaitable[Page]]
Key = Callable[[dict[str, Any]], Hashable]


@dataclass
class _Sweep:
    """One reading of a listing from the first page to the last."""

    seen: set[Hashable] = field(default_factory=set)
    lie: str | None = None


def every_page(connection: Connection, fetch: Fetch, *, first: int, key: Key, what: str) -> Iterator[Rows]:
    """The rows of a listing, page by page, each row once by `key`; raises Unreadable when it lies twice.

    Rows are handed on as they come: nothing is written before the whole listing was read.
    """
    known: set[Hashable] = set()
    lies: list[str] = []
    for _attempt in range(2):
        sweep = _Sweep()
        pages = _sweep(fetch, first, key, sweep)
        while (rows := connection.wait(_next, pages)) is not None:
            fresh = [row for row in rows if key(row) not in known]
            known.update(key(row) for row in fresh)
            if fresh:
                yield fresh
        if sweep.lie is None and (sweep.seen or lies == [EMPTY]):
            return
        lies.append(sweep.lie or EMPTY)
    raise Unreadable("{what}: as páginas se contradizem mesmo lidas duas vezes ({lie})", what=what, lie=lies[-1])


def whole_list(connection: Connection, fetch: Callable[[], Awaitable[Rows]]) -> Rows:
    """A list that comes in one piece and without a total; an empty one is believed when it comes empty again."""
    return connection.wait(fetch) or connection.wait(fetch)


async def _next(pages: AsyncIterator[Rows]) -> Rows | None:
    return await anext(pages, None)


async def _sweep(fetch: Fetch, first: int, key: Key, sweep: _Sweep) -> AsyncIterator[Rows]:
    """One pass, reading a page ahead; ends early, with `sweep.lie` set, where a page contradicts the others."""
    ahead = asyncio.ensure_future(fetch(first))
    number, total_rows = first, 0
    try:
        while True:
            page = await ahead
            last = number + 1 - first >= page.total_pages or number >= MOST_PAGES
            if not last:
                ahead = asyncio.ensure_future(fetch(number + 1))
            keys = [key(row) for row in page.rows]
            if lie := _contradiction(page, number, keys, sweep.seen, last=last):
                sweep.lie = lie
                return
            sweep.seen.update(keys)
            total_rows = page.total_rows
            yield page.rows
            if last:
                break
            number += 1
    finally:
        ahead.cancel()
    if len(sweep.seen) != total_rows:
        sweep.lie = f"{len(sweep.seen)} registros lidos, {total_rows} anunciados"


def _contradiction(page: Page, number: int, keys: Sequence[Hashable], seen: set[Hashable], *, last: bool) -> str | None:
    if page.number is not None and page.number != number:
        return f"pedida a página {number}, veio a {page.number}"
    if not page.rows and page.total_rows and not (last and len(seen) == page.total_rows):
        return f"página {number} vazia"
    if keys and all(each in seen for each in keys):
        return f"página {number} repetida"
    return None


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
    """`value` as a count; raises Unreadable for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Unreadable("{what}: total ilegível ({came})", what=what, came=str(value)[:40])
    return value
