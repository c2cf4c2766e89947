"""What a vendor may send in place of a value: everything of the list that one poor record must survive."""

from datetime import date
from decimal import Decimal
from typing import Any

POISONS: dict[str, Any] = {
    "null": None,
    "blank": "",
    "spaces": "  ",
    "a date of zeros": "0000-00-00",
    "a moment of zeros": "0000-00-00 00:00:00",
    "zeros with slashes": "00/00/0000",
    "digits": "12",
    "a whole number": 12,
    "44 digits": int("9" * 44),
    "44 digits as text": "9" * 44,
    "5000 digits as text": "9" * 5000,
    "1e400": Decimal("1e400"),
    "1e400 as text": "1e400",
    "1e3 as text": "1e3",
    "1e-400": Decimal("1e-400"),
    "minus zero": Decimal("-0"),
    "NaN": "NaN",
    "underscores": "1_000.00",
    "a comma": "1.234,56",
    "thousands": "1.234",
    "negative": Decimal("-7.50"),
    "negative as text": "-7.50",
    "three decimals": Decimal("10.005"),
    "plus": "+1",
    "fullwidth digits": "１２",
    "31 February": "31/02/2026",
    "31 February, ISO": "2026-02-31",
    "another form of date": "28-02-2026",
    "another month": "Fev/2026",
    "another moment": "2026-02-28 10:00",
    "a moment with an offset": "2026-02-28T23:30:00-05:00",
    "a year beyond": "12026-01-01",
    "milliseconds beyond": 99999999999999999999,
    "an id that is no number": "E-2",
    "long": "x" * 100_000,
    "control signs": "a\x00b\x02c\x1b",
    "invisible signs": "a\u200b\u00ad\ufeffb",
    "right to left": "\u202eabc\u202c",
    "no characters": "a\ufffeb\uffff",
    "quotes": "\"'; drop table x; -- {\\",
    "an unknown word": "DESCONHECIDO",
    "true": True,
    "an object": {"codigo": 7, "valor": [1]},
    "an empty object": {},
    "a list": [7, {"a": "b"}],
    "an empty list": [],
    "a list of nothing": [None],
}

DAYS = {
    "2026-02-28 10:00": {date(2026, 2, 28)},
    "2026-02-28T23:30:00-05:00": {date(2026, 2, 28), date(2026, 3, 1)},
    "28-02-2026": {date(2026, 2, 28)},
}
"""What may be read as a date, and as which: by its own words, or in the vendor's zone."""
