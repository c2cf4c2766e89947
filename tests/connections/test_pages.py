"""Listings that lie: an empty page in the middle, a page twice, a total that does not match; and those that do not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._errors import Unreadable
from connections._pages import DOUBT, TORN, Page, every_page, every_row, rows_of, whole, whole_list


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
        pages = self.readings[0]
        return (
            pages[number - self.first] if number - self.first < len(pages) else replace(pages[-1], rows=[], number=None)
        )


def page(*ids: Any, number: Any = 0, of: int | None = 4, pages: int | None = None) -> Page:
    """A page of records by their ids; a record that is more than its id is given whole."""
    return Page([each if isinstance(each, dict) else {"id": each} for each in ids], number, of, pages)


def rows(waits: Waits, listing: Listing) -> list[dict[str, Any]]:
    made: Any = waits
    pages = every_page(made, listing.fetch, first=listing.first, key=lambda row: row["id"], what="Pacto /v1/conta")
    return [row for page in pages for row in page]


def read(waits: Waits, listing: Listing) -> list[Any]:
    return [row["id"] for row in rows(waits, listing)]


TRUTH = [page(1, 2), page(3, 4, number=1)]
LIES: dict[str, tuple[list[Page], str]] = {
    "an empty page in the middle": (
        [page(1, 2), page(number=1), page(3, 4, number=2)],
        "2 registros lidos, 4 anunciados",
    ),
    "an empty last page": ([page(1, 2), page(number=1)], "2 registros lidos, 4 anunciados"),
    "the same page twice": ([page(1, 2), page(1, 2, number=1)], "página 1 repetida"),
    "the same page twice, of records without an id": (
        [page(None, None), page(None, None, number=1)],
        "página 1 repetida",
    ),
    "another page than asked": ([page(1, 2), page(3, 4, number="0")], "pedida a página 1, veio a 0"),
    "more announced than given": ([page(1, 2, of=5), page(3, 4, number=1, of=5)], "4 registros lidos, 5 anunciados"),
    "fewer announced than given": ([page(1, 2, of=3), page(3, 4, number=1, of=3)], "4 registros lidos, 3 anunciados"),
    "an empty listing that announces records": ([page()], "0 registros lidos, 4 anunciados"),
    "records where none are announced": ([page(1, of=0)], "1 registros lidos, 0 anunciados"),
    "one twice and one missing": ([page(1, 2, 2, of=5), page(3, number=1, of=5)], "3 registros lidos, 5 anunciados"),
}


def test_every_row_comes_once_in_order(waits: Waits) -> None:
    listing = Listing(TRUTH)
    assert (read(waits, listing), listing.asked) == ([1, 2, 3, 4], [0, 1])


def test_a_look_and_a_reading_read_alike(waits: Waits) -> None:
    async def look() -> list[dict[str, Any]]:
        return await every_row(Listing(TRUTH).fetch, first=0, key=lambda row: row["id"], what="Pacto")

    assert waits.wait(look) == [{"id": each} for each in (1, 2, 3, 4)]


def test_a_vendor_that_counts_pages_from_one_and_says_no_number(waits: Waits) -> None:
    listing = Listing([page(1, 2, number=None), page(3, 4, number=None)], first=1)
    assert (read(waits, listing), listing.asked) == ([1, 2, 3, 4], [1, 2])


def test_a_vendor_that_caps_its_pages_is_read_to_the_end_whatever_number_of_pages_it_tells(waits: Waits) -> None:
    capped = [page(1, 2, of=5, pages=1), page(3, 4, of=5, number=1, pages=1), page(5, of=5, number=2, pages=1)]
    assert read(waits, Listing(capped)) == [1, 2, 3, 4, 5]


def test_a_listing_without_a_total_ends_with_a_page_that_is_empty_twice(waits: Waits) -> None:
    pages = [page(1, 2, of=None), page(3, of=None, number=1)]
    listing = Listing(pages)
    assert (read(waits, listing), listing.asked) == ([1, 2, 3], [0, 1, 2, 2])


def test_a_listing_without_a_total_that_tells_its_pages_ends_after_them(waits: Waits) -> None:
    listing = Listing([page(1, of=None, pages=2), page(2, of=None, number=1, pages=2)])
    assert (read(waits, listing), listing.asked) == ([1, 2], [0, 1])


def test_a_listing_without_a_total_that_gives_its_last_page_for_ever_is_believed_when_it_does_so_twice(
    waits: Waits,
) -> None:
    pages = [page(1, 2, of=None, number=None), page(3, of=None, number=None), page(3, of=None, number=None)]
    assert read(waits, Listing(pages)) == [1, 2, 3]


TWICE_LISTED: dict[str, list[Page]] = {
    "on one page": [page(1, 2, 2), page(3, number=1)],
    "on two pages": [page(1, 2), page(2, 3, number=1)],
    "alone on the last page": [page(1, 2, 3), page(2, number=1)],
    "and counted once": [page(1, 2, of=3), page(2, 3, number=1, of=3)],
    "in another form": [page(1, 2), page("2", 3, number=1)],
    "before a last page that comes for ever": [page(1, 2), page(2, 3, number=1), page(2, 3, number=2)],
}


@pytest.mark.parametrize("where", TWICE_LISTED)
def test_a_record_that_a_listing_says_twice_each_time_is_handed_on_once(waits: Waits, where: str) -> None:
    told = rows(waits, Listing(TWICE_LISTED[where]))
    assert ([str(row["id"]) for row in told], [DOUBT in row for row in told if row["id"] in (1, 3)]) == (
        ["1", "2", "3"],
        [False, False],
    )


def test_a_record_that_a_listing_shows_with_two_contents_is_marked_and_the_later_one_counts(waits: Waits) -> None:
    torn = [page({"id": 1, "v": 5}, 2), page({"id": 1, "v": 6}, 3, number=1)]
    assert rows(waits, Listing(torn)) == [{"id": 1, "v": 6, DOUBT: TORN}, {"id": 2}, {"id": 3}]


def test_a_record_that_was_changed_while_it_was_read_is_read_once_more(waits: Waits) -> None:
    torn = [page({"id": 1, "v": 5}, 2), page({"id": 1, "v": 6}, 3, number=1)]
    quiet = [page({"id": 1, "v": 6}, 2, of=3), page(3, of=3, number=1)]
    assert rows(waits, Listing(torn, quiet)) == [{"id": 1, "v": 6}, {"id": 2}, {"id": 3}]


@pytest.mark.parametrize("blank", [None, "", " ", {"codigo": 1}, [1], True])
def test_records_without_an_id_are_each_one_of_its_own(waits: Waits, blank: Any) -> None:
    pages = [page({"id": blank}, 1, {"id": blank}), page({"id": blank, "v": 2}, number=1)]
    assert read(waits, Listing(pages)) == [blank, 1, blank, blank]


def test_an_id_of_several_parts_of_which_one_is_missing_is_none(waits: Waits) -> None:
    pages = [page((2026, None), (2026, 7), (2026, None)), page((2026, "7 "), number=1)]
    assert read(waits, Listing(pages)) == [(2026, None), (2026, "7 "), (2026, None)]


def test_nothing_of_a_reading_that_lied_is_kept(waits: Waits) -> None:
    assert read(waits, Listing([page(1, 9), page(number=1)], TRUTH)) == [1, 2, 3, 4]


def test_nothing_is_handed_on_before_the_listing_is_whole(waits: Waits) -> None:
    made: Any = waits
    pages = every_page(made, Listing(LIES["an empty last page"][0]).fetch, first=0, key=lambda row: row["id"], what="x")
    with pytest.raises(Unreadable):
        next(pages)


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
    (first, _), (second, why) = LIES["the same page twice"], LIES["an empty last page"]
    with pytest.raises(Unreadable) as told:
        read(waits, Listing(first, second))
    assert str(told.value).endswith(f"({why})")


def test_what_may_be_true_is_heard_twice_even_after_a_reading_that_could_not_be(waits: Waits) -> None:
    twice = [page(1, 2), page(2, 3, number=1)]
    assert read(waits, Listing(LIES["an empty last page"][0], twice, twice)) == [1, 2, 3]


def test_an_empty_listing_is_believed_when_it_is_empty_twice(waits: Waits) -> None:
    nothing = [page(of=0)]
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
    pages = [page(*ids[at : at + size], number=n, of=len(ids)) for n, at in enumerate(starts)]
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


@pytest.mark.parametrize(("value", "count"), [(7, 7), ("7", 7), (" 07 ", 7), (Decimal("7.0"), 7), (0, 0)])
def test_a_total_may_come_as_a_number_or_as_its_digits(value: Any, count: int) -> None:
    assert whole(value, "Pacto") == count


@pytest.mark.parametrize("value", [None, -1, "-7", "7.5", "1e3", "", "٧", True, 1.5, Decimal("1.5"), [1]])
def test_a_total_that_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="Pacto: total ilegível"):
        whole(value, "Pacto")
