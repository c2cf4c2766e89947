"""Won deals where an account cannot be searched by closing date: lists by that date are read no further than needed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from connections._http import Reading
from sources.moskit import won_deals

SINCE = date(2026, 11, 1)
SINCE_THEN = datetime(2026, 11, 1, 3, tzinfo=UTC)
PAGE = 2


class Account:
    """As much of a connection as the reader needs, around deals that are given by closing date, or as they lie."""

    settings = SimpleNamespace(page_size=PAGE, price_unit="cents")

    def __init__(self, *closed: str | None, sorts: bool = True, empty_last: bool = True) -> None:
        self.deals = [
            {"id": number, "status": "WON", "closeDate": moment, "price": 100, "name": f"deal {number}"}
            for number, moment in enumerate(closed, 1)
        ]
        self.sorts, self.empty_last = sorts, empty_last
        self.asked = 0

    def wait(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return work(*arguments)

    def read(self, path: str) -> Any:
        assert path == "/deals/search"
        return ["name"]

    def ask(self, path: str, params: dict[str, Any], question: Any) -> Reading:
        assert (path, params["sort"], question) == ("/deals", "closeDate", None)
        self.asked += 1
        rows = self._sorted(descending=params["order"] == "DESC") if self.sorts else self.deals
        start = int(params.get("nextPageToken", 0))
        more = {"X-Moskit-Listing-Next-Page-Token": str(start + PAGE)} if start + PAGE < len(rows) else {}
        return Reading(rows[start : start + PAGE], httpx.Headers(more))

    def _sorted(self, *, descending: bool) -> list[dict[str, Any]]:
        dated = sorted((deal for deal in self.deals if deal["closeDate"]), key=lambda deal: str(deal["closeDate"]))
        undated = [deal for deal in self.deals if not deal["closeDate"]]
        ordered = dated[::-1] if descending else dated
        return ordered + undated if self.empty_last is descending else undated + ordered


def read(account: Any) -> list[int]:
    """The ids of the deals that were read, in order; those that closed before need not be among them."""
    (deals,) = won_deals(account, since=SINCE, also=[])
    rows = [row for page in deals for row in page.to_pylist()]
    return sorted(int(row["id"]) for row in rows if row["closed_at"] is None or row["closed_at"] >= SINCE_THEN)


def day(number: int, month: int = 11) -> str:
    return f"2026-{month:02}-{number:02}T12:00:00-03:00"


def test_reading_ends_where_the_window_ends() -> None:
    account = Account(day(20), day(10), day(30, 10), day(20, 10), day(10, 10), day(9, 10), day(8, 10))
    assert (read(account), account.asked) == ([1, 2], 2 + 1)


def test_an_order_that_is_ignored_is_noticed_and_the_list_is_read_to_its_end() -> None:
    account = Account(day(1, 10), day(2, 10), day(20), day(3, 10), day(10), sorts=False)
    assert read(account) == [3, 5]


def test_a_list_that_starts_in_order_is_believed_only_so_far() -> None:
    account = Account(day(20), day(10), day(15), day(30, 10), day(29, 10), day(25), sorts=False)
    assert read(account) == [1, 2, 3, 6]


@pytest.mark.parametrize("empty_last", [True, False])
def test_a_won_deal_without_a_closing_date_is_found_at_either_end(empty_last: bool) -> None:
    account = Account(day(20), None, day(1, 10), day(2, 10), day(3, 10), day(4, 10), None, empty_last=empty_last)
    assert read(account) == [1, 2, 7]


def test_a_closing_date_that_cannot_be_read_ends_nothing() -> None:
    account = Account("ontem", "anteontem", day(20), day(10), sorts=False)
    assert read(account) == [1, 2, 3, 4]
