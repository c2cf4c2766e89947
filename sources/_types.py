"""What a table of the staging area looks like: columns declared once, money and dates exact or set aside.

A value that cannot be read as what its column promises becomes NULL, and what came stands in the row's `unreadable`
column, a JSON object from the vendor's field name to a few plain words (`shown`): the record is held back with these as
its reason, and nothing else is lost. So it is with a record that has no id, where its table's first column is one that
is required: it is staged with a null id and `unreadable` says so, because an id that we made up would be taken for one
of the vendor's where records are linked, asked for or written by it; and with a record that its listing gives in two
versions.

A field that is missing, in one record, on a page or in a listing of a few, is NULL there, for the posting rules to
judge. A required one that is in none of more than a few records of a listing is a change of the vendor's contract: the
run stops (`changed_contract`).

A blank is nothing, whatever the column; a date of zeros is no date, whatever the vendor. Numbers and texts are read
for one another where no doubt is possible: ids and texts that are whole numbers, whole numbers as digits, `true` and
`false` as words or as 1 and 0. Amounts as text are read only in the one form that no country reads otherwise.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from connections._errors import Unreadable
from connections._json import dump
from connections._pages import DOUBT, Rows
from sources._at_once import CONTROL, REFUSED, AtOnce, amounts, flags, identifiers, tax_ids, texts, whole_numbers

Row = Mapping[str, Any]
Reader = Callable[[Any], Any]
"""Turns a vendor's value into what the column stores; raises one of UNREADABLE where it cannot."""
UNREADABLE = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, OSError)
"""OSError is what the C library says to a moment beyond its calendar."""

NOTHING: Row = {}
MONEY = pa.decimal128(18, 2)
CENT = Decimal("0.01")
FREE_TEXT = "free text"
"""What people type, and may name others in: `text(…, classified=FREE_TEXT)`."""
MOST_MONEY = Decimal("9999999999999999.99")
MOST_SHOWN = 60
A_FEW_ROWS = 10
VEILED = "•••"
"""What came is shown to people as the reason; it need not tell them whom it names."""
FLAGS = {"true": True, "false": False, "1": True, "0": False}
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?")
_DIGITS = re.compile(r"-?[0-9]{1,19}")
_NO_DATE = re.compile(r"(0000[-/]00[-/]00|00[-/]00[-/]0000)([T ]00:00(:00(\.0+)?)?)?(Z|[+-]00:?00)?")
_CONTROL = re.compile(CONTROL)
STRANGE = {
    pa.types.is_temporal: re.compile(r"[^\x00-\x7f]"),
    pa.types.is_integer: re.compile(r"[^\x00-\x7f]|[A-Za-z_+]"),
    pa.types.is_decimal: re.compile(r"[^\x00-\x7f]|[A-Za-z_+]"),
}
"""Signs that Python takes in a number or a date (1_000, 1e3, digits of any script), and nobody means."""
_HALF = re.compile("[\ud800-\udfff]")


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

    @property
    def id(self) -> Column | None:
        """What tells the records apart, where the table says so: its first column, if that is a required id."""
        first = self.columns[0]
        return first if first.required and first.read is _read_identifier else None

    def arrow(self, rows: Sequence[Row]) -> pa.Table:
        """The rows, exact; what cannot be read is set aside, each by itself."""
        spoiled: list[dict[str, str]] = [{} for _ in rows]
        inside = {path: self._inside(rows, path, spoiled) for path in {each.path[:-1] for each in self.columns}}
        arrays = [_array(column, inside[column.path[:-1]], spoiled) for column in self.columns]
        self._spoil_what_cannot_be_told_apart(rows, arrays[0], spoiled)
        records = (
            [self._record(row, about) for row, about in zip(rows, spoiled, strict=True)] if self.keep_record else []
        )
        arrays.append(
            pa.array([json.dumps(about, ensure_ascii=False) if about else None for about in spoiled], pa.string())
        )
        if self.keep_record:
            arrays.append(pa.array(records, pa.string()))
        return pa.Table.from_arrays(arrays, schema=self.schema)

    def changed_contract(self, pages: Iterable[Rows]) -> Iterator[Rows]:
        """The same pages; raises Unreadable behind the last where none of more than a few rows had a required field."""
        missing = [column for column in self.columns if column.required]
        count = 0
        for rows in pages:
            count += len(rows)
            missing = [column for column in missing if not any(_value(column, row) is not None for row in rows)]
            yield rows
        if count > A_FEW_ROWS and missing:
            raise Unreadable("o campo {field} desapareceu de {table}", field=missing[0].field, table=self.name)

    def _inside(self, rows: Sequence[Row], path: tuple[str, ...], spoiled: Sequence[dict[str, str]]) -> Sequence[Row]:
        """For each row the object that stands at `path`; an empty one where there is none."""
        for depth, name in enumerate(path, 1):
            found = [row.get(name) for row in rows]
            for value, about in zip(found, spoiled, strict=True):
                # A blank or an empty list is how some write that there is no object.
                if not isinstance(value, Mapping) and value not in (None, "", []):
                    about[".".join(path[:depth])] = VEILED if self._names_people(path[:depth]) else shown(value)
            rows = [value if isinstance(value, Mapping) else NOTHING for value in found]
        return rows

    def _names_people(self, path: tuple[str, ...]) -> bool:
        return any(column.classified for column in self.columns if column.path[: len(path)] == path)

    def _spoil_what_cannot_be_told_apart(
        self, rows: Sequence[Row], ids: pa.Array, spoiled: Sequence[dict[str, str]]
    ) -> None:
        field = (self.id or self.columns[0]).field
        if self.id and ids.null_count:
            for about, is_null in zip(spoiled, ids.is_null().to_pylist(), strict=True):
                if is_null:
                    about.setdefault(field, "(nada)")
        for row, about in zip(rows, spoiled, strict=True):
            if DOUBT in row:
                about[field] = shown(row[DOUBT])

    @staticmethod
    def _record(row: Row, about: dict[str, str]) -> str | None:
        try:
            return dump({name: value for name, value in row.items() if name != DOUBT}).decode()
        except TypeError:  # nested beyond all reason
            about["registro"] = shown(row)
            return None


def shown(value: Any) -> str:
    """A value as a reason shows it: a few plain words, never JSON; no sign in it means anything to JSON or SQL."""
    if isinstance(value, Mapping | list):
        return "(objeto)" if isinstance(value, Mapping) else "(lista)"
    text = str(value).lower() if isinstance(value, bool) else _tidy(str(value)).replace('"', "”").replace("\\", "/")
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _array(column: Column, rows: Sequence[Row], spoiled: Sequence[dict[str, str]]) -> pa.Array:
    name = column.path[-1]
    values = [row.get(name) for row in rows]
    if column.at_once:
        # Where Arrow refuses, something in this column must be looked at by itself.
        with suppress(*REFUSED):
            return column.at_once(values)
    return pa.array(_one_by_one(column, values, spoiled), column.type)


def _one_by_one(column: Column, values: list[Any], spoiled: Sequence[dict[str, str]]) -> list[Any]:
    strange = next((signs for is_one, signs in STRANGE.items() if is_one(column.type)), None)
    for position, value in enumerate(values):
        if value is None:
            continue
        try:
            is_strange = strange and isinstance(value, str) and strange.search(value)
            values[position] = _refuse(value) if is_strange else _nothing_or(value, column)
        except UNREADABLE:
            values[position] = None
            spoiled[position][column.field] = VEILED if column.classified else shown(value)
    return values


def _value(column: Column, row: Any) -> Any:
    for name in column.path:
        row = row.get(name) if isinstance(row, Mapping) else None
    return row


def identifier(name: str, *path: str, required: bool = False) -> Column:
    """An id: text, whatever the vendor makes of it; blank is no id."""
    return Column(name, path, pa.string(), _read_identifier, required, at_once=identifiers)


def text(name: str, *path: str, classified: str | None = None) -> Column:
    """A text, trimmed, single-spaced, without control signs; blank is no text."""
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
    return Column(name, path, pa.bool_(), read_flag, at_once=flags)


def day(
    name: str, *path: str, read: Callable[[Any], date | None], at_once: AtOnce | None = None, required: bool = False
) -> Column:
    """A business date, in the vendor's zone; `read` knows the vendor's way of writing it."""
    return Column(name, path, pa.date32(), read, required, at_once=at_once)


def moment(name: str, *path: str, read: Callable[[Any], datetime], at_once: AtOnce | None = None) -> Column:
    """A point in time."""
    return Column(name, path, pa.timestamp("us", "UTC"), lambda value: _in_utc(read(value)), at_once=at_once)


def read_money(value: Any) -> Decimal:
    """An exact amount: a number, or a text of digits with a point before one or two of them.

    Never a boolean, never rounded, never a local format: "1.234" is refused, which is a thousand in Brazil.
    """
    if isinstance(value, str):
        value = Decimal(value) if _AMOUNT.fullmatch(value.strip(" ")) else _refuse(value)
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValueError(value)
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > MOST_MONEY or amount != (cents := amount.quantize(CENT)):
        raise ValueError(value)
    return cents


def _refuse(value: Any) -> Any:
    raise ValueError(value)


def _read_identifier(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, str) and _HALF.search(value)):
        raise ValueError(value)
    return str(value).strip() or None


def _read_text(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(value)
    return _tidy(str(value)) or None


def _read_digits(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(value)
    text = unicodedata.normalize("NFKC", str(value)).upper()
    return "".join(sign for sign in text if sign.isascii() and sign.isalnum()) or None


def _read_number(value: Any) -> int:
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value.strip(" ")) else _refuse(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not -(2**63) <= value < 2**63:
        raise ValueError(value)
    if value != int(value):
        raise ValueError(value)
    return int(value)


def read_flag(value: Any) -> bool:
    """True or false, as words or as 1 and 0 too; raises one of UNREADABLE otherwise."""
    return value if isinstance(value, bool) else FLAGS[str(value).strip().lower()]


def _nothing_or(value: Any, column: Column) -> Any:
    """None for a blank, and for a date of zeros; whatever else as the column reads it."""
    text = value.strip() if isinstance(value, str) else value
    if text == "" or (isinstance(text, str) and pa.types.is_temporal(column.type) and _NO_DATE.fullmatch(text)):
        return None
    return column.read(value)


def _in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)


def _tidy(text: str) -> str:
    return " ".join(_HALF.sub("\ufffd", _CONTROL.sub("", text)).split())
