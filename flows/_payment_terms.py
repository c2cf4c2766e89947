"""Payment terms as people write them, and the parcels that they make of an amount, to the cent.

`à vista` is one parcel on the day itself; `30/60/90` are days after it; `3x` are monthly parts, the first one month
after it, and `3x dia 10` the same on the tenth of each month.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from connections._folding import folded

AT_ONCE = "À vista"
CENT = Decimal("0.01")
MOST_PARCELS, MOST_DAYS = 120, 3_650
ASIDE = re.compile(r"\b(pagamento|pagto|pgto|em|apos|prazo de|dias?|ddl|dd)\b|[.:()]")
DAYS = re.compile(r"\d{1,4}(?:\s*(?:[/,;+-]|\be\b|\s)\s*\d{1,4})*")
PARTS = re.compile(r"(\d{1,3})\s*(?:x|vezes|parcelas)(?:\s*(?:no|todo)?\s*dia\s*(\d{1,2}))?")


@dataclass(frozen=True)
class Terms:
    """`option` is how Conta Azul writes them; of `days` and `parts` at most one says something."""

    option: str
    days: tuple[int, ...] = (0,)
    parts: int = 0
    on_day: int | None = None


@dataclass(frozen=True)
class Parcel:
    due_on: date
    amount: Decimal


def read_terms(text: str) -> Terms | None:
    """What a text says, or None where it says nothing that can be followed."""
    said = " ".join(folded(text).split())
    if re.search(r"\ba vista\b", said) and not re.search(r"\d", said):
        return Terms(AT_ONCE)
    if found := PARTS.fullmatch(said):
        parts, on_day = int(found[1]), int(found[2]) if found[2] else None
        fits = 1 <= parts <= MOST_PARCELS and (on_day is None or 1 <= on_day <= 31)
        return Terms(f"{parts}x", (), parts, on_day) if fits else None
    plain = " ".join(ASIDE.sub(" ", said).split())
    if DAYS.fullmatch(plain):
        days = tuple(map(int, re.findall(r"\d+", plain)))
        fits = len(days) <= MOST_PARCELS and list(days) == sorted(set(days)) and days[-1] <= MOST_DAYS
        return Terms(", ".join(map(str, days)), days) if fits else None
    return None


def parcels(terms: Terms, amount: Decimal, from_day: date) -> list[Parcel] | None:
    """The parcels of an amount, equal to the cent, the rest in the first ones; None where one would be empty."""
    dates = list(_monthly(terms, from_day)) if terms.parts else [from_day + timedelta(days) for days in terms.days]
    cents = int(amount / CENT)
    each, left = divmod(cents, len(dates))
    if each <= 0:
        return None
    return [Parcel(due_on, (each + (place < left)) * CENT) for place, due_on in enumerate(dates)]


def _monthly(terms: Terms, from_day: date) -> Iterator[date]:
    day = terms.on_day or from_day.day
    first = 0 if terms.on_day and _in_month(from_day, 0, day) > from_day else 1
    for month in range(first, first + terms.parts):
        yield _in_month(from_day, month, day)


def _in_month(from_day: date, months: int, day: int) -> date:
    """A day of the month that comes so many months later; the last one where that month is shorter."""
    year, month = divmod(from_day.year * 12 + from_day.month - 1 + months, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))
