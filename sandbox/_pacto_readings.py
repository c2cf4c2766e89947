"""How else Pacto may answer, as far as anybody knows: each a switch, none of them observed."""

from __future__ import annotations

from typing import Any

from sandbox._table import Row

CHOICES: dict[str, tuple[str, ...]] = {
    "page_cap": ("1000", "100", "3"),
    "order": ("as_asked", "newest_first"),
    "ids": ("numbers", "texts"),
    "nulls": ("shown", "omitted"),
    "no_date": ("null", "blank", "zeros"),
    "payee": ("object", "code", "text"),
    "paid_amount": ("shown", "hidden"),
    "external_code": ("kept", "dropped"),
    "listed_twice": ("off", "on"),
}
DEFAULTS = {name: choices[0] for name, choices in CHOICES.items()}
EMPTY = {"blank": "", "zeros": "0000-00-00"}


def shown(row: Row, quirks: dict[str, str]) -> Row:
    """A record as this reading of Pacto lists it."""
    told = {name: _dated(name, value, quirks) for name, value in row.items()}
    person = row.get("pessoa")
    if quirks["payee"] != "object" and isinstance(person, dict) and "situacao" not in row:
        told["pessoa"] = person.get("codigo") if quirks["payee"] == "code" else str(person.get("codigo"))
    if quirks["paid_amount"] == "hidden":
        told.pop("valorPago", None)
    if quirks["ids"] == "texts" and isinstance(row.get("codigo"), int):
        told["codigo"] = str(row["codigo"])
    if quirks["nulls"] == "omitted":
        told = {name: value for name, value in told.items() if value is not None}
    return told


def listed(rows: list[Row], quirks: dict[str, str]) -> list[Row]:
    """A listing in the order of this reading, its first record once more at the end where it lists one twice."""
    ordered = rows[::-1] if quirks["order"] == "newest_first" else rows
    return [*ordered, *ordered[:1]] if quirks["listed_twice"] == "on" else ordered


def saved(code: int, quirks: dict[str, str]) -> int | str:
    """The code in the answer to a write."""
    return str(code) if quirks["ids"] == "texts" else code


def _dated(name: str, value: Any, quirks: dict[str, str]) -> Any:
    return EMPTY.get(quirks["no_date"]) if value is None and name.startswith("data") else value
