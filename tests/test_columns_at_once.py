"""A column read at once holds what its values read one by one would give: fast is never less exact."""

import re
import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources._at_once import BLANKS, moments_of_milliseconds
from sources._types import Column, Table, day, digits, flag, identifier, moment, money, number, text
from sources.pacto import DAYS, read_day, read_moment

COLUMNS = [
    identifier("id", "v"),
    text("words", "v"),
    digits("tax_id", "v", classified="tax_id"),
    money("amount", "v"),
    number("count", "v"),
    flag("yes", "v"),
    day("on", "v", read=read_day, at_once=DAYS),
    moment("then", "v", read=read_moment, at_once=moments_of_milliseconds),
]
ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.none(), max_size=1)
MONEY = st.decimals(allow_nan=False, allow_infinity=False) | st.decimals("-99999", "99999", places=2)
PAGES = st.one_of(
    *(
        st.lists(st.none() | values, max_size=4)
        for values in (
            st.text(alphabet="ab  é\t\u3000\x85\x1c\x00\x02\x7f\x9fß.-/0", max_size=6),
            st.text(max_size=9),
            st.integers(),
            st.integers(0, 4_200_000_000_000),
            st.integers(-(10**15), 10**15),
            st.booleans(),
            MONEY,
            MONEY | st.integers(),
            MONEY | st.sampled_from(["1.234,56", "1.005", "12.50", "1e400", "NaN", " 7 "]),
            ANYTHING,
        )
    )
)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
@given(values=PAGES)
@settings(max_examples=300, deadline=None)
def test_at_once_is_as_one_by_one(column: Column, values: list[Any]) -> None:
    rows = [{"v": value} for value in values]
    slow = replace(column, at_once=None)
    assert Table("t", (column,)).arrow(rows).equals(Table("t", (slow,)).arrow(rows))


def test_blanks_are_those_of_python() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert re.findall(f"[{BLANKS}]", every) == [sign for sign in every if sign.isspace()]
