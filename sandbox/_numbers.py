"""JSON whose numbers leave exactly as they came: `1e400` and `1.50` are never rewritten."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

SAFE_DIGITS = 18  # longer integers are kept as written: orjson writes 64 bits only
LARGEST_AMOUNT = Decimal("999999999.99")


class Number(Decimal):
    """A decimal that remembers how it was written."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Number:
        """The number that this JSON literal stands for."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type[Number], tuple[str]]:
        """Copies keep the literal."""
        return (Number, (self.text,))


@lru_cache(maxsize=65536)
def cents(amount: int) -> Number:
    """So many cents as an amount with two decimals; equal amounts are one object."""
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    return Number(f"{sign}{amount // 100}.{amount % 100:02d}")


def _integer(text: str) -> int | Number:
    if len(text) <= SAFE_DIGITS and text != "-0":
        return int(text)
    return Number(text)


def loads(text: str | bytes) -> Any:
    """Parse JSON; every number with a fraction, an exponent or too many digits becomes a `Number`."""
    return json.loads(text, parse_float=Number, parse_int=_integer, parse_constant=Number)


def _literal(value: Any) -> Any:
    if isinstance(value, Number):
        return orjson.Fragment(value.text.encode())
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value).encode())
    raise TypeError(type(value).__name__)


def dumps(value: Any) -> bytes:
    """Write JSON in UTF-8, numbers as they were written."""
    return orjson.dumps(value, default=_literal)


def is_amount(value: Any) -> bool:
    """Whether a JSON value is a positive number of money with at most two decimals."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    number = Decimal(value)
    return number.is_finite() and 0 < number <= LARGEST_AMOUNT and number % Decimal("0.01") == 0
