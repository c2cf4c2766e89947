"""How Senior's two systems write what is read from them: texts for numbers, dates both ways, apportionments as rows."""

import calendar
import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import pyarrow as pa

from sources._at_once import amounts, flags
from sources._types import MONEY, Column, read_money

NO_DATE = "31/12/1900"
MONTHS = 12
CODES = frozenset({"codEmp", "codFil", "ctaRed"})
"""Fields of nested records that are numbers in the ERP."""
FLAGS = {"s": True, "true": True, "n": False, "false": False}
RATE = pa.decimal128(9, 4)


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date | None:
    """The date of `dd/MM/yyyy` or `yyyy-MM-dd`, a time after it or not; None for blanks, for days of zeros and for the
    ERP's 31/12/1900; raises ValueError.
    """
    if not isinstance(value, str):
        raise ValueError(value)
    text, _, time = value.strip().replace("T", " ").partition(" ")
    if time and not re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?([Z+-].*)?", time.strip()):
        raise ValueError(value)
    if not text.strip("0/-") or text == NO_DATE:
        return None
    if "/" in text:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone
    found = date.fromisoformat(text)
    return found if f"{found:%d/%m/%Y}" != NO_DATE else None


def code(name: str, *path: str, required: bool = False) -> Column:
    """A code that is a number in the ERP: as text, 1, 001 and 1.0 alike; what is no number stays what it is."""
    return Column(name, path, pa.string(), read_code, required)


def read_code(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(value)
    text = str(value).strip()
    whole, _, rest = text.replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit() and not rest.strip("0")):
        return " ".join(text.split()) or None
    return whole.lstrip("0") or "0"


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
    return Column(name, path, MONEY, _read_amount, at_once=amounts(MONEY))


def flag(name: str, *path: str) -> Column:
    """Yes or no: true or false, or `S` or `N`, as the ERP writes it."""
    return Column(name, path, pa.bool_(), _read_flag, at_once=flags)


def rows(name: str, *path: str) -> Column:
    """A list of records as JSON whose values are all texts: whoever reads JSON reads numbers as binary fractions. One
    record alone is a list of one.
    """
    return Column(name, path, pa.string(), _read_rows)


def _read_amount(value: Any) -> Decimal | None:
    return None if isinstance(value, str) and not value.strip() else read_money(_with_point(value))


def _read_flag(value: Any) -> bool:
    return value if isinstance(value, bool) else FLAGS[value.strip().lower()]


def _month(value: Any, *, last: bool) -> date | None:
    """The end of a month written `MM/yyyy` or `yyyy-MM`; a whole date is the end itself."""
    if not isinstance(value, str):
        raise ValueError(value)
    text = value.strip()
    found = re.fullmatch(r"(?P<month>\d\d?)/(?P<year>\d{4})|(?P<year2>\d{4})-(?P<month2>\d\d)", text)
    if not found or not text.strip("0/-"):
        return read_day(text)
    month, year = int(found["month"] or found["month2"]), int(found["year"] or found["year2"])
    if not 1 <= month <= MONTHS:
        raise ValueError(value)
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)


def _read_whole(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise ValueError(value)
    text = str(value).strip()
    if not text:
        return None
    number = Decimal(str(_with_point(text)))
    if not number.is_finite() or abs(number) > 2**63 or number != int(number) or abs(number) >= 2**63:
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
    """A local amount with a point: `1500,00`, and `1.500,00`, which can mean nothing else."""
    if isinstance(value, str) and re.fullmatch(r"-?(\d+|\d{1,3}(\.\d{3})+),\d*", value.strip()):
        return value.strip().replace(".", "").replace(",", ".")
    return value


def _read_rows(value: Any) -> str:
    value = [value] if isinstance(value, Mapping) else value
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise ValueError(value)
    return json.dumps([{name: _plain(name, each) for name, each in row.items()} for row in value], ensure_ascii=False)


def _plain(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, Mapping | list):
        return None
    text = format(value, "f") if isinstance(value, Decimal) else str(value).strip()
    if name in CODES:
        return read_code(text)
    return str(_with_point(text)) or None
