"""How Senior's two systems write dates, codes and amounts: each honest form is read, what is none is set aside."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sources import _senior as senior


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("31/10/2026", date(2026, 10, 31)),
        ("2026-10-31", date(2026, 10, 31)),
        ("31/10/2026 00:00:00", date(2026, 10, 31)),
        ("2026-10-31T00:00:00-03:00", date(2026, 10, 31)),
        *((nothing, None) for nothing in ("", " ", "31/12/1900", "1900-12-31", "00/00/0000", "0000-00-00")),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str, read: date | None) -> None:
    assert senior.read_day(written) == read


@pytest.mark.parametrize("written", ["31/02/2026", "10-2026", "amanhã", "2026/10/31", 20261031])
def test_what_is_no_day_is_set_aside(written: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        senior.read_day(written)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("10/2026", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("15/10/2026", date(2026, 10, 15), date(2026, 10, 15)),
        ("", None, None),
    ],
)
def test_the_ends_of_a_window_are_read_however_they_are_written(
    written: str, first: date | None, last: date | None
) -> None:
    assert (senior.first_of_month("a", "a").read(written), senior.last_of_month("a", "a").read(written)) == (
        first,
        last,
    )


@pytest.mark.parametrize("written", ["1500,00", "1.500,00", "1500.00", "1500", "1500.0", Decimal("1500")])
def test_an_amount_is_read_with_a_comma_or_a_point(written: Any) -> None:
    assert senior.amount("a", "a").read(written) == Decimal("1500.00")


@pytest.mark.parametrize("written", ["1.500", "1,500,00", "1500,005", "mil", "NaN", "1e400"])
def test_an_amount_that_can_mean_two_things_is_set_aside(written: str) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        senior.amount("a", "a").read(written)


def test_codes_are_one_however_the_number_is_written() -> None:
    read = [senior.read_code(value) for value in (1, "001", "1.0", "E-2", " ")]
    assert read == ["1", "1", "1", "E-2", None]
