"""Listings that lie: an empty page in the middle, a page twice, a total that does not match."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._errors import Unreadable
from sources._pages import Page, every_page, rows_of, whole, whole_list


@dataclass
class Waits:
    """As much of a connection as a reader of pages needs: a loop of its own."""

    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def wait(self, work: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        async def done() -> Any:
            return await work(*arguments)

        return self.runner.run(done())


@pytest.fixture(scope="module")
def waits() -> Iterator[Waits]:
    made = Waits()
    with made.runner:
        yield made


class Listing:
    """A listing of pages that says different things each time it is read."""

    def __init__(self, *readings: list[Page], first: int = 0) -> None:
        self.readings, self.first = list(readings), first
        self.asked: list[int] = []

    async def fetch(self, number: int) -> Page:
        if number == self.first and self.asked:
            self.readings = self.readings[1:] or self.readings
        self.asked.append(number)
        return self.readings[0][number - self.first]


def page(*ids: int, number: int | None = 0, of: int = 4, pages: int = 2) -> Page:
    return Page([{"id": each} for each in ids], number, of, pages)


def read(waits: Waits, listing: Listing) -> list[int]:
    made: Any = waits
    rows = every_page(made, listing.fetch, first=listing.first, key=lambda row: row["id"], what="Pacto /v1/conta")
    return [row["id"] for page in rows for row in page]


TRUTH = [page(1, 2), page(3, 4, number=1)]
LIES: dict[str, tuple[list[Page], str]] = {
    "an empty page in the middle": (
        [page(1, 2, pages=3), page(number=1, pages=3), page(3, 4, number=2, pages=3)],
        "página 1 vazia",
    ),
    "an empty last page": ([page(1, 2), page(number=1)], "página 1 vazia"),
    "the same page twice": ([page(1, 2), page(1, 2, number=1)], "página 1 repetida"),
    "another page than asked": ([page(1, 2), page(3, 4, number=0)], "pedida a página 1, veio a 0"),
    "more announced than given": ([page(1, 2, of=5), page(3, 4, number=1, of=5)], "4 registros lidos, 5 anunciados"),
    "fewer announced than given": ([page(1, 2, of=3), page(3, 4, number=1, of=3)], "4 registros lidos, 3 anunciados"),
    "a record that moved to the next page": ([page(1, 2), page(2, 3, number=1)], "3 registros lidos, 4 anunciados"),
    "pages that ended early": ([page(1, 2, pages=1)], "2 registros lidos, 4 anunciados"),
}


def test_every_row_comes_once_in_order(waits: Waits) -> None:
    listing = Listing(TRUTH)
    assert (read(waits, listing), listing.asked) == ([1, 2, 3, 4], [0, 1])


def test_a_vendor_that_counts_pages_from_one_and_says_no_number(waits: Waits) -> None:
    listing = Listing([page(1, 2, number=None), page(3, 4, number=None)], first=1)
    assert (read(waits, listing), listing.asked) == ([1, 2, 3, 4], [1, 2])


@pytest.mark.parametrize("lie", LIES)
def test_a_listing_that_lied_once_is_read_once_more_and_believed(waits: Waits, lie: str) -> None:
    assert read(waits, Listing(LIES[lie][0], TRUTH)) == [1, 2, 3, 4]


@pytest.mark.parametrize("lie", LIES)
def test_a_listing_that_lies_twice_stops_the_run(waits: Waits, lie: str) -> None:
    pages, why = LIES[lie]
    with pytest.raises(Unreadable) as told:
        read(waits, Listing(pages))
    assert str(told.value) == f"Pacto /v1/conta: as páginas se contradizem mesmo lidas duas vezes ({why})"


def test_a_listing_that_lies_differently_each_time_stops_the_run(waits: Waits) -> None:
    (first, _), (second, why) = LIES["the same page twice"], LIES["pages that ended early"]
    with pytest.raises(Unreadable) as told:
        read(waits, Listing(first, second))
    assert str(told.value).endswith(f"({why})")


def test_an_empty_listing_is_believed_when_it_is_empty_twice(waits: Waits) -> None:
    nothing = [page(of=0, pages=0)]
    assert (read(waits, Listing(nothing)), read(waits, Listing(nothing, TRUTH))) == ([], [1, 2, 3, 4])


def test_an_empty_list_without_pages_is_asked_for_again(waits: Waits) -> None:
    answers = [[], [{"id": 1}]]

    async def fetch() -> list[dict[str, int]]:
        return answers.pop(0)

    made: Any = waits
    assert whole_list(made, fetch) == [{"id": 1}]


@given(ids=some.lists(some.integers(), unique=True, max_size=30), size=some.integers(1, 7))
def test_any_true_listing_is_read_whole_whatever_the_page_size(waits: Waits, ids: list[int], size: int) -> None:
    starts = range(0, max(1, len(ids)), size)
    pages = [page(*ids[at : at + size], number=n, of=len(ids), pages=len(starts)) for n, at in enumerate(starts)]
    assert read(waits, Listing(pages)) == ids


@pytest.mark.parametrize("value", ["x", 7, [1], ["a"], [{"id": 1}, None], True])
def test_records_that_are_no_list_of_records_are_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="Pacto: a lista de registros não veio como lista"):
        rows_of(value, "Pacto")


@pytest.mark.parametrize(
    ("value", "rows"), [(None, []), ([], []), ({"id": 1}, [{"id": 1}]), ([{"id": 1}], [{"id": 1}])]
)
def test_records_may_come_as_a_list_an_object_or_nothing(value: Any, rows: list[dict[str, int]]) -> None:
    assert rows_of(value, "Pacto") == rows


@pytest.mark.parametrize("value", [None, -1, "7", True, 1.5, [1]])
def test_a_total_that_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="Pacto: total ilegível"):
        whole(value, "Pacto")
