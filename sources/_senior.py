"""How Senior's two systems write what is read from them: texts for numbers, dates both ways, apportionments as rows."""

import calendar
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import pyarrow as pa

from sources._types import MONEY, Column, read_money

NO_DATE = "31/12/1900"
RATE = pa.decimal128(9, 4)


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date | None:
    """The date of `dd/MM/yyyy` or `yyyy-MM-dd`; None for blanks and for the ERP's 31/12/1900; raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(value)
    text = value.strip()
    if not text or text == NO_DATE:
        return None
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone
    return date.fromisoformat(text)


def day(name: str, *path: str) -> Column:
    """A business date, or none."""
    return Column(name, path, pa.date32(), read_day)


def first_of_month(name: str, *path: str) -> Column:
    """The first day of a month written `MM/yyyy`."""
    return Column(name, path, pa.date32(), lambda value: _month(value, last=False))


def last_of_month(name: str, *path: str) -> Column:
    """The last day of a month written `MM/yyyy` (assumed: the month belongs to the window)."""
    return Column(name, path, pa.date32(), lambda value: _month(value, last=True))


def whole(name: str, *path: str) -> Column:
    """A whole number, as a number or as text."""
    return Column(name, path, pa.int64(), _read_whole)


def rate(name: str, *path: str) -> Column:
    """A percentage with at most four decimals."""
    return Column(name, path, RATE, _read_rate)


def amount(name: str, *path: str) -> Column:
    """An amount with at most two decimals, behind a point or a comma."""
    return Column(name, path, MONEY, lambda value: read_money(_with_point(value)))


def rows(name: str, *path: str) -> Column:
    """A list of records as JSON whose values are all texts: whoever reads JSON reads numbers as binary fractions."""
    return Column(name, path, pa.string(), _read_rows)


def _month(value: Any, *, last: bool) -> date | None:
    if not isinstance(value, str):
        raise ValueError(value)
    if not value.strip():
        return None
    month, _, year = value.strip().partition("/")
    ends = calendar.monthrange(int(year), int(month))[1]
    return date(int(year), int(month), ends if last else 1)


def _read_whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(value)
    text = str(value).strip()
    if not text:
        return None
    number = Decimal(text)
    if number != int(number) or abs(number) >= 2**63:
        raise ValueError(value)
    return int(number)


def _read_rate(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(value)
    text = str(_with_point(value)).strip()
    if not text:
        return None
    found = Decimal(text)
    if not found.is_finite() or abs(found) >= 100_000 or found != found.quantize(Decimal("0.0001")):
        raise InvalidOperation(text)
    return found.quantize(Decimal("0.0001"))


def _with_point(value: Any) -> Any:
    return value.strip().replace(",", ".") if isinstance(value, str) and "." not in value else value


def _read_rows(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise ValueError(value)
    return json.dumps([{name: _plain(each) for name, each in row.items()} for row in value], ensure_ascii=False)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    return format(value, "f") if isinstance(value, Decimal) else str(value).strip() or None
