"""What every run adds to SQL: JSON whose digits stay, and check digits of tax ids."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as some

from flows._functions import register

Database = duckdb.DuckDBPyConnection
AMOUNTS = some.decimals(Decimal("-9999999999999999.99"), Decimal("9999999999999999.99"), places=2)
# Whatever a vendor may call somebody: quotes, backslashes, braces, and what looks like an empty field.
TEXTS = some.text(some.characters(codec="utf-8", exclude_characters="\0")) | some.sampled_from(
    ['"x":null', ',"x":null,', '\\"x\\":null', ":null,", "null", '","x":null', "\\", '\\"', "{}"]
)


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with duckdb.connect() as connection:
        register(connection)
        yield connection


def without_nulls(database: Database, name: str | None, amount: Decimal | None, note: str | None) -> str:
    row = database.execute(
        "select without_nulls({name: $name, amount: $amount::decimal(18, 2), note: $note, last: null::text})",
        {"name": name, "amount": amount, "note": note},
    ).fetchone()
    assert row
    return str(row[0])


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


@given(name=TEXTS | some.none(), amount=AMOUNTS | some.none(), note=TEXTS | some.none())
def test_empty_fields_leave_and_nothing_else_changes(
    database: Database, name: str | None, amount: Decimal | None, note: str | None
) -> None:
    given_fields = {"name": name, "amount": amount, "note": note}
    assert exact(without_nulls(database, name, amount, note)) == {
        field: value for field, value in given_fields.items() if value is not None
    }


@given(first=TEXTS | some.none(), amount=AMOUNTS | some.none(), second=TEXTS | some.none())
def test_two_objects_become_one_and_the_second_wins(
    database: Database, first: str | None, amount: Decimal | None, second: str | None
) -> None:
    left, right = without_nulls(database, first, None, "kept"), without_nulls(database, second, amount, None)
    row = database.execute("select joined($left, $right)", {"left": left, "right": right}).fetchone()
    assert row
    assert exact(row[0]) == {**exact(left), **exact(right)}


def test_an_amount_is_written_with_its_cents(database: Database) -> None:
    assert without_nulls(database, None, Decimal("129.90"), None) == '{"amount":129.90}'


@pytest.mark.parametrize(
    ("tax_id", "valid"),
    [
        ("39053344705", True),
        ("39053344706", False),
        ("11222333000181", True),
        ("11222333000182", False),
        ("12ABC34501DE35", True),
        ("12ABC34501DE36", False),
        ("11111111111", False),
        ("11111111111111", False),
        ("", False),
        ("123", False),
        ("CLIENTE", False),
        (None, None),
    ],
)
def test_check_digits_of_a_cpf_or_cnpj(database: Database, tax_id: str | None, valid: bool | None) -> None:
    assert database.execute("select is_cpf_or_cnpj($tax_id)", {"tax_id": tax_id}).fetchone() == (valid,)
