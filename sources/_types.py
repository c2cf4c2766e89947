"""What a table of the staging area looks like: columns declared once, money and dates exact or set aside.

A value that cannot be read as what its column promises becomes NULL, and its text stands in the row's
`unreadable` column (a JSON object from the vendor's field name to what came): the record is held back with
that text as its reason, and nothing else is lost. A field that is missing from every row of a page is a
change of the vendor's contract: the run stops.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from connections._errors import Unreadable
from connections._json import dump
from sources._at_once import REFUSED, AtOnce, amounts, flags, identifiers, tax_ids, texts, whole_numbers

Row = Mapping[str, Any]
Reader = Callable[[Any], Any]
"""Turns a vendor's value into what the column stores; raises one of UNREADABLE where it cannot."""
UNREADABLE = (ValueError, TypeError, ArithmeticError, OSError)
"""OSError is what the C library says to a moment beyond its calendar."""

NOTHING: Row = {}
MONEY = pa.decimal128(18, 2)
CENT = Decimal("0.01")
FREE_TEXT = "free text"
"""What people type, and may name others in: `text(…, classified=FREE_TEXT)`."""
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
    at_once: AtOnce | None = None

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
        inside = _inside(rows, {column.path[:-1] for column in self.columns})
        arrays = [self._array(column, inside[column.path[:-1]], unreadable) for column in self.columns]
        arrays.append(pa.array([spoiled and _as_text(spoiled) for spoiled in unreadable], pa.string()))
        if self.keep_record:
            arrays.append(pa.array([dump(row).decode() for row in rows], pa.string()))
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def _array(self, column: Column, rows: Sequence[Row], unreadable: list[dict[str, Any] | None]) -> pa.Array:
        name = column.path[-1]
        values = [row.get(name) for row in rows]
        if column.required and rows and all(value is None for value in values):
            raise Unreadable("o campo {field} desapareceu de {table}", field=column.field, table=self.name)
        if column.at_once:
            # Where Arrow refuses, something in this column must be looked at by itself.
            with suppress(*REFUSED):
                return column.at_once(values)
        return pa.array(_one_by_one(column, values, unreadable), column.type)


def _one_by_one(column: Column, values: list[Any], unreadable: list[dict[str, Any] | None]) -> list[Any]:
    read = column.read
    for position, value in enumerate(values):
        if value is None:
            continue
        try:
            values[position] = read(value)
        except UNREADABLE:
            values[position] = None
            spoiled = unreadable[position] or {}
            # What came is shown to people as the reason; it need not tell them whom it names.
            unreadable[position] = {**spoiled, column.field: "•••" if column.classified else str(value)[:200]}
    return values


def identifier(name: str, *path: str, required: bool = False) -> Column:
    """An id: text, whatever the vendor makes of it; blank is no id."""
    return Column(name, path, pa.string(), _read_identifier, required, at_once=identifiers)


def text(name: str, *path: str, classified: str | None = None) -> Column:
    """A text, trimmed, single-spaced; blank is no text."""
    return Column(name, path, pa.string(), _read_text, classified=classified, at_once=texts)


def digits(name: str, *path: str, classified: str) -> Column:
    """A tax id without its punctuation, letters upper case (CNPJ has letters since July 2026)."""
    return Column(name, path, pa.string(), _read_digits, classified=classified, at_once=tax_ids)


def money(name: str, *path: str, required: bool = False) -> Column:
    """An amount in the currency's unit with at most two decimals, exact."""
    return Column(name, path, MONEY, read_money, required, at_once=amounts(MONEY))


def number(name: str, *path: str) -> Column:
    """A whole number."""
    return Column(name, path, pa.int64(), _read_number, at_once=whole_numbers)


def flag(name: str, *path: str) -> Column:
    return Column(name, path, pa.bool_(), _read_flag, at_once=flags)


def day(
    name: str, *path: str, read: Callable[[Any], date], at_once: AtOnce | None = None, required: bool = False
) -> Column:
    """A business date, in the vendor's zone; `read` knows the vendor's way of writing it."""
    return Column(name, path, pa.date32(), read, required, at_once=at_once)


def moment(name: str, *path: str, read: Callable[[Any], datetime], at_once: AtOnce | None = None) -> Column:
    """A point in time."""
    return Column(name, path, pa.timestamp("us", "UTC"), lambda value: read(value).astimezone(UTC), at_once=at_once)


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


def _inside(rows: Sequence[Row], paths: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], Sequence[Row]]:
    """For each path the objects that stand there, one per row; an empty one where there is none."""
    return {path: [_follow(row, path) for row in rows] if path else rows for path in paths}


def _follow(row: Row, path: tuple[str, ...]) -> Row:
    for name in path:
        found = row.get(name)
        if not isinstance(found, dict):
            return NOTHING
        row = found
    return row


def _as_text(spoiled: dict[str, Any]) -> str:
    return json.dumps(spoiled, ensure_ascii=False)
