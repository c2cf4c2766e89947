"""What a table of the staging area looks like: columns declared once, money and dates exact or set aside.

A value that cannot be read as what its column promises becomes NULL, and its text stands in the row's
`unreadable` column (a JSON object from the vendor's field name to what came): the record is held back with
that text as its reason, and nothing else is lost. A field that is missing from every row of a page is a
change of the vendor's contract: the run stops.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from connections._errors import Unreadable
from connections._json import dump

Row = Mapping[str, Any]
Reader = Callable[[Any], Any]
"""Turns a vendor's value into what the column stores; raises ValueError, TypeError or ArithmeticError where it cannot."""

CENT = Decimal("0.01")
MOST_MONEY = Decimal("9999999999999999.99")


@dataclass(frozen=True)
class Column:
    """One column: where the vendor puts the value, what it is, and whether it names or identifies a person."""

    name: str
    path: tuple[str, ...]
    type: pa.DataType
    read: Reader
    required: bool = False
    classified: str | None = None

    @property
    def field(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Table:
    """A table of the staging area: `columns` in order; `keep_record` adds the whole record as JSON text."""

    name: str
    columns: tuple[Column, ...]
    keep_record: bool = False

    @property
    def schema(self) -> pa.Schema:
        fields = [pa.field(column.name, column.type) for column in self.columns]
        fields.append(pa.field("unreadable", pa.string()))
        if self.keep_record:
            fields.append(pa.field("record", pa.string()))
        return pa.schema(fields)

    def hints(self) -> dict[str, dict[str, str]]:
        """dlt's column hints: which columns hold personal data."""
        return {column.name: {"x-classified": column.classified} for column in self.columns if column.classified}

    def arrow(self, rows: Sequence[Row]) -> pa.Table:
        """The rows of one page, exact; raises Unreadable when a required field is in none of them."""
        unreadable: list[dict[str, Any] | None] = [None] * len(rows)
        arrays = [self._array(column, rows, unreadable) for column in self.columns]
        arrays.append(pa.array([_as_text(spoiled) for spoiled in unreadable], pa.string()))
        if self.keep_record:
            arrays.append(pa.array([dump(row).decode() for row in rows], pa.string()))
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _array(self, column: Column, rows: Sequence[Row], unreadable: list[dict[str, Any] | None]) -> pa.Array:
        values = _values(rows, column.path)
        if column.required and rows and all(value is None for value in values):
            raise Unreadable("o campo {field} desapareceu de {table}", field=column.field, table=self.name)
        read = column.read
        for position, value in enumerate(values):
            if value is None:
                continue
            try:
                values[position] = read(value)
            except (ValueError, TypeError, ArithmeticError):
                values[position] = None
                spoiled = unreadable[position] or {}
                unreadable[position] = {**spoiled, column.field: str(value)[:200]}
        return pa.array(values, column.type)


def identifier(name: str, *path: str, required: bool = False) -> Column:
    """An id: text, whatever the vendor makes of it; blank is no id."""
    return Column(name, path, pa.string(), _read_identifier, required)


def text(name: str, *path: str, classified: str | None = None) -> Column:
    """A text, trimmed, single-spaced; blank is no text."""
    return Column(name, path, pa.string(), _read_text, classified=classified)


def digits(name: str, *path: str, classified: str) -> Column:
    """A tax id without its punctuation, letters upper case (CNPJ has letters since July 2026)."""
    return Column(name, path, pa.string(), _read_digits, classified=classified)


def money(name: str, *path: str, required: bool = False) -> Column:
    """An amount in the currency's unit with at most two decimals, exact."""
    return Column(name, path, pa.decimal128(18, 2), read_money, required)


def number(name: str, *path: str) -> Column:
    """A whole number."""
    return Column(name, path, pa.int64(), _read_number)


def flag(name: str, *path: str) -> Column:
    return Column(name, path, pa.bool_(), _read_flag)


def day(name: str, *path: str, read: Callable[[Any], date], required: bool = False) -> Column:
    """A business date, in the vendor's zone; `read` knows the vendor's way of writing it."""
    return Column(name, path, pa.date32(), read, required)


def moment(name: str, *path: str, read: Callable[[Any], datetime]) -> Column:
    """A point in time."""
    return Column(name, path, pa.timestamp("us", "UTC"), lambda value: read(value).astimezone(UTC))


def read_money(value: Any) -> Decimal:
    """An exact amount: a number or a plain decimal text; never a boolean, never rounded, never a local format."""
    if type(value) is Decimal:
        amount = value
    elif isinstance(value, int) and not isinstance(value, bool):
        amount = Decimal(value)
    elif isinstance(value, str) and value.strip().lstrip("-").replace(".", "", 1).isascii():
        amount = Decimal(value.strip()) if "e" not in value.lower() else _refuse(value)
    else:
        amount = _refuse(value)
    if not amount.is_finite() or abs(amount) > MOST_MONEY or amount != (cents := amount.quantize(CENT)):
        raise ValueError(value)
    return cents


def _refuse(value: Any) -> Decimal:
    raise ValueError(value)


def _read_identifier(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError(value)
    return str(value).strip() or None


def _read_text(value: Any) -> str | None:
    if not isinstance(value, str):
        raise ValueError(value)
    return " ".join(value.split()) or None


def _read_digits(value: Any) -> str | None:
    kept = "".join(sign for sign in str(value).upper() if sign.isascii() and sign.isalnum())
    return kept or None


def _read_number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
        raise ValueError(value)
    return value


def _read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value


def _values(rows: Sequence[Row], path: tuple[str, ...]) -> list[Any]:
    if len(path) == 1:
        name = path[0]
        return [row.get(name) for row in rows]
    outer, inner = path
    return [found.get(inner) if isinstance(found := row.get(outer), dict) else None for row in rows]


def _as_text(spoiled: dict[str, Any] | None) -> str | None:
    return None if spoiled is None else json.dumps(spoiled, ensure_ascii=False)
