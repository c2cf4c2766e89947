"""One poor record spoils nothing but itself: every poison in every field of every table of every source."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connections._pages import Page, every_row
from sources._types import VEILED, Column, Table, shown
from tests.sources._poison import DAYS, POISONS
from tests.sources.test_contract import TABLES

HEALTHY: tuple[Any, ...] = (
    Decimal("7.25"), 7, True, "2026-11-05", "05/11/2026", 1793847600000, "11/2026", "2026-11-05T00:00:00-03:00",
    "39053344705", "x", [], [{"Name": "x"}],
    [{"status": "DONE", "value": Decimal("7.25"), "dateCreated": "2026-11-05"}], "2026",
)  # fmt: skip
NO_POISON_TO = {
    # Assumed of Senior, whose ERP is sent amounts with a comma: the ERP and payroll may answer with one.
    "a comma": lambda name, column: name.startswith("senior_") and pa.types.is_decimal(column.type),
    # No refund is nothing that went back.
    "an empty list": lambda name, column: name.startswith("asaas.") and column.path == ("refunds",),
}
PLAIN_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def healthy_value(column: Column) -> Any:
    """A value that the column reads."""
    preferred = "x" if pa.types.is_string(column.type) else None
    for value in (preferred, *HEALTHY):
        try:
            if value is not None and column.read(value) is not None:
                return value
        except Exception:  # noqa: BLE001 - whatever it raises, it does not read that
            continue
    raise AssertionError(f"no healthy value for {column.name}")


def with_value(row: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The row with another value at a path."""
    name, *rest = path
    return {**row, name: with_value(row.get(name) or {}, tuple(rest), value) if rest else value}


def healthy_row(table: Table) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        row = with_value(row, column.path, healthy_value(column))
    return row


def wrong(column: Column, value: Any, stored: Any, told: Any) -> str | None:
    """What is wrong with how a poison was staged: what was stored of it, and what `unreadable` says of its field."""
    if stored is None:
        is_nothing = value is None or (isinstance(value, str) and not re.search(r"[^\s0:/-]", value))
        words = VEILED if column.classified else shown(value)
        if told != words and not (is_nothing and told in (None, "(nada)")):
            return f"set aside without saying so: {told}" if _left_something(column, value) else None
        return None
    if told:
        return f"stored {stored!r}, and called unreadable ({told})"
    return None if _is_faithful(column, value, stored) else f"read as {stored!r}"


def _left_something(column: Column, value: Any) -> bool:
    """A text or tax id of which nothing remains but signs that mean nothing is none."""
    return not pa.types.is_string(column.type) or isinstance(value, (dict, list))


def _is_faithful(column: Column, value: Any, stored: Any) -> bool:
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        day = stored if not isinstance(stored, datetime) else stored.astimezone(UTC).date()
        return isinstance(value, int) or str(value) == "12" or _near(day, DAYS.get(str(value), set()))
    if pa.types.is_boolean(column.type):
        return str(value).strip().lower() == str(stored).lower()
    if pa.types.is_decimal(column.type) or pa.types.is_integer(column.type):
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        exact = bool(PLAIN_NUMBER.fullmatch(text)) and Decimal(text.replace(",", ".")) == stored
        return exact or (isinstance(value, Decimal) and abs(value - stored) < Decimal("0.000001"))
    return _is_shown_in(value, stored)


def _near(day: date, days: set[date]) -> bool:
    return any(abs((day - each).days) <= 1 for each in days)


def _is_shown_in(value: Any, stored: str) -> bool:
    """Whether a text holds what came, no sign more: tidied, or in the JSON that some columns keep."""
    if isinstance(value, (dict, list)):
        return stored.startswith("[")
    plain = re.sub(r"[^0-9A-Z]", "", str(value).upper())
    return re.sub(r"[^0-9A-Z]", "", stored.upper()) in (plain, plain.zfill(11), plain.zfill(14), "12", "")


@pytest.mark.parametrize("name", TABLES)
def test_a_poor_record_is_set_aside_alone_by_field_and_value(name: str) -> None:
    table = TABLES[name]
    healthy = healthy_row(table)
    cases = [(column, poison) for column in table.columns for poison in POISONS]
    rows = [row for column, poison in cases for row in (healthy, with_value(healthy, column.path, POISONS[poison]))]
    staged = table.arrow(rows).to_pylist()
    (expected,) = table.arrow([healthy]).to_pylist()
    assert expected["unreadable"] is None
    assert [row for row in staged[::2] if row != expected] == []
    faults = {}
    for (column, poison), row in zip(cases, staged[1::2], strict=True):
        if poison in NO_POISON_TO and NO_POISON_TO[poison](name, column):
            continue
        about = json.loads(row["unreadable"] or "{}")
        told = about.pop(column.field, None)
        if why := wrong(column, POISONS[poison], row[column.name], told):
            faults[column.name, poison] = why
        others = {each.name for each in table.columns if each.path != column.path}
        if any(row[each] != expected[each] for each in others) or about:
            faults[column.name, poison] = f"spoils another field: {about}"
    assert faults == {}


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if any(c.path[1:] for c in table.columns)])
@pytest.mark.parametrize("poison", POISONS)
def test_what_is_no_object_where_one_was_is_told_by_its_name(name: str, poison: str) -> None:
    table, value = TABLES[name], POISONS[poison]
    healthy = healthy_row(table)
    (expected,) = table.arrow([healthy]).to_pylist()
    for parent in sorted({column.path[:1] for column in table.columns if column.path[1:]}):
        spoiled, after = table.arrow([with_value(healthy, parent, value), healthy]).to_pylist()
        inside = {column.name for column in table.columns if column.path[:1] == parent}
        told = json.loads(spoiled["unreadable"] or "{}").get(parent[0])
        is_nothing = value in (None, "", [], {}) or isinstance(value, dict)
        assert (told is None) == is_nothing
        assert after == expected
        if not isinstance(value, dict):
            assert [each for each in sorted(inside) if spoiled[each] is not None] == []
        kept = {column.name for column in table.columns} - inside
        assert {each: spoiled[each] for each in kept} == {each: expected[each] for each in kept}


@pytest.mark.parametrize("as_key", [lambda value: value, lambda value: (2026, value)], ids=["an id", "an id in parts"])
def test_no_id_hides_another_record_from_a_listing(as_key: Callable[[Any], Any]) -> None:
    values = [7, *POISONS.values(), 8]
    texts = [str(value).strip() for value in values if not isinstance(value, (bool, dict, list, type(None)))]
    rows = [{"id": value, "n": number} for number, value in enumerate(values)]

    async def fetch(number: int) -> Page:
        return Page(rows[number * 10 : number * 10 + 10], number, len(rows))

    read = asyncio.run(every_row(fetch, first=0, key=lambda row: as_key(row["id"]), what="x"))
    without_id = len(values) - len([text for text in texts if text])
    assert (read[0]["n"], read[-1]["n"]) == (0, len(values) - 1)
    assert len(read) == without_id + len({text for text in texts if text})
