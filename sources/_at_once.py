"""Whole columns read at once, by Arrow, where nothing in them is out of the ordinary.

Each function gives exactly what reading the values one by one would give, or raises: Arrow converts no text to
a number, no boolean, no NaN, and rounds nothing. The column is then read value by value.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

AtOnce = Callable[[list[Any]], pa.Array]
REFUSED = (ValueError, TypeError, ArithmeticError, pa.ArrowException)

# What str.split() takes for a blank: RE2, which reads the patterns below, knows only the first six.
BLANKS = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Signs that mean nothing to anybody, the blanks among them apart.
CONTROL = r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
_UNTIDY = f"^ | $|  |[{BLANKS.strip(' ')}]"
_LONGEST_AMOUNT = len("-9999999999999999.99")
_EVERYDAY = range(4_102_444_800_000)  # 1970 to 2099: Arrow's calendar has no end, Python's has


def texts(values: list[Any]) -> pa.Array:
    """Texts, trimmed and single-spaced, without control signs; blank is null."""
    if _are_tidy(values):
        return pa.array(values, pa.string())
    array = pa.array(values, pa.string())
    if pc.any(pc.match_substring_regex(array, CONTROL)).as_py():
        array = pc.replace_substring_regex(array, CONTROL, "")
    if pc.any(pc.match_substring_regex(array, _UNTIDY)).as_py():
        array = pc.utf8_trim(pc.replace_substring_regex(array, f"[{BLANKS}]+", " "), " ")
    return _without_blanks(array)


def _are_tidy(values: list[Any]) -> bool:
    """Whether nothing is blank, and no blank stands where it should not; looked at all at once, which is fastest.

    Of all blanks only the space is printable. A text that holds the mark between texts is looked at more closely.
    """
    joined = "|".join(value for value in values if value is not None)
    return (
        joined.isprintable()
        and "  " not in joined
        and " |" not in joined
        and "| " not in joined
        and joined.strip(" ") == joined
        and "" not in values
    )


def identifiers(values: list[Any]) -> pa.Array:
    """Ids, all of them whole numbers or all of them texts, as text; blank is null."""
    if str not in set(map(type, values)):
        return whole_numbers(values).cast(pa.string())
    array = pa.array(values, pa.string())
    if pc.any(pc.match_substring_regex(array, f"^[{BLANKS}]|[{BLANKS}]$")).as_py():
        array = pc.replace_substring_regex(array, f"^[{BLANKS}]+|[{BLANKS}]+$", "")
    return _without_blanks(array)


def tax_ids(values: list[Any]) -> pa.Array:
    """Letters in upper case and digits, nothing else; blank is null. Only ASCII: `ß` in upper case is two letters."""
    if bool in set(map(type, values)):  # which Arrow takes for a text
        raise TypeError("a boolean")
    array = pa.array(values, pa.string())
    if not pc.all(pc.string_is_ascii(array)).as_py():
        raise ValueError("not in ASCII")
    return _without_blanks(pc.replace_substring_regex(pc.ascii_upper(array), "[^A-Z0-9]+", ""))


def amounts(kind: pa.DataType) -> AtOnce:
    """Decimals and whole numbers that fit `kind` without being rounded."""

    def read(values: list[Any]) -> pa.Array:
        # Far behind the point Arrow rounds without a word: 1.23e-39 would be zero.
        written = list(map(str, values))
        if max(map(len, written), default=0) > _LONGEST_AMOUNT or "E" in "".join(written):
            raise ValueError("not an everyday amount")
        return pa.array(values, kind)

    return read


def whole_numbers(values: list[Any]) -> pa.Array:
    """Whole numbers; a decimal is none, even without a fraction."""
    if Decimal in set(map(type, values)):
        raise TypeError("a decimal")
    return pa.array(values, pa.int64())


def flags(values: list[Any]) -> pa.Array:
    """Booleans."""
    return pa.array(values, pa.bool_())


def moments_of_milliseconds(values: list[Any]) -> pa.Array:
    """Epoch milliseconds as moments."""
    return _moments(values, "UTC").cast(pa.timestamp("us", "UTC"))


def days_of_milliseconds(zone: str) -> AtOnce:
    """Epoch milliseconds as the dates they are in `zone`."""
    return lambda values: pc.local_timestamp(_moments(values, zone)).cast(pa.date32())


def _moments(values: list[Any], zone: str) -> pa.Array:
    numbers = whole_numbers(values)
    ends = pc.min_max(numbers).as_py().values()
    if any(end is not None and end not in _EVERYDAY for end in ends):
        raise ValueError("not a moment of our time")
    return numbers.cast(pa.timestamp("ms", zone))


def _without_blanks(array: pa.Array) -> pa.Array:
    blank = pc.equal(array, "")
    return pc.if_else(blank, pa.scalar(None, pa.string()), array) if pc.any(blank).as_py() else array
