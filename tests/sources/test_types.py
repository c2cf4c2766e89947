"""What a vendor may send for money, dates, ids and texts, and what the staging area makes of it."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._errors import Unreadable
from connections._pages import DOUBT, TORN
from sources._types import Column, Table, day, digits, flag, identifier, moment, money, number, text
from sources.kamino import read_day as kamino_day
from sources.pacto import DAYS, read_moment
from sources.pacto import read_day as pacto_day

SPOILED = object()
COLUMNS: dict[str, Column] = {
    "money": money("value", "v"),
    "text": text("value", "v"),
    "digits": digits("value", "v", classified="tax_id"),
    "identifier": identifier("value", "v"),
    "number": number("value", "v"),
    "flag": flag("value", "v"),
    "day of Pacto": day("value", "v", read=pacto_day, at_once=DAYS),
    "day of Kamino": day("value", "v", read=kamino_day),
    "moment of Pacto": moment("value", "v", read=read_moment),
}
READINGS: dict[str, list[tuple[Any, Any]]] = {
    "money": [
        (Decimal("129.90"), Decimal("129.90")),
        (Decimal("129.9"), Decimal("129.90")),
        (Decimal("1E+2"), Decimal("100.00")),
        (Decimal("-0.00"), Decimal("0.00")),
        (Decimal("9999999999999999.99"), Decimal("9999999999999999.99")),
        (129, Decimal("129.00")),
        (-5, Decimal("-5.00")),
        ("129.90", Decimal("129.90")),
        (" 129.9 ", Decimal("129.90")),
        (None, None),
        (Decimal("10000000000000000.00"), SPOILED),
        (Decimal("1.005"), SPOILED),
        (Decimal("1E-39"), SPOILED),
        (Decimal("1E+400"), SPOILED),
        (Decimal("NaN"), SPOILED),
        ("NaN", SPOILED),
        ("1.234,56", SPOILED),
        ("1,234.56", SPOILED),
        ("129,90", SPOILED),
        ("R$ 129.90", SPOILED),
        ("1e3", SPOILED),
        ("1.234", SPOILED),
        ("129.900", SPOILED),
        ("1_000.00", SPOILED),
        ("+1", SPOILED),
        ("-", SPOILED),
        (".5", SPOILED),
        ("5.", SPOILED),
        ("１２", SPOILED),
        ("9" * 44, SPOILED),
        ("1e400", SPOILED),
        ("9" * 5000, SPOILED),
        (int("9" * 44), SPOILED),
        (Decimal("1e-400"), SPOILED),
        (Decimal("-0"), Decimal("0.00")),
        ("-0.10", Decimal("-0.10")),
        ("", None),
        ("  ", None),
        ("١٢٣", SPOILED),
        (True, SPOILED),
        (129.9, SPOILED),
        ([129], SPOILED),
        ({"valor": 129}, SPOILED),
    ],
    "text": [
        ("Ana", "Ana"),
        ("  Ana \t\n Clara ", "Ana Clara"),
        ("Ana\u00a0Clara", "Ana Clara"),
        ("", None),
        (" ", None),
        (None, None),
        ("'; drop table x; --", "'; drop table x; --"),
        ("a\x00b\x02 \x1b\x85c\x9f", "ab c"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ufffeb\uffff", "a\ufffeb\uffff"),
        (7, "7"),
        (int("9" * 44), "9" * 44),
        (True, SPOILED),
        (Decimal("7.5"), SPOILED),
        (["Ana"], SPOILED),
        ({"nome": "Ana"}, SPOILED),
    ],
    "digits": [
        ("390.533.447-05", "39053344705"),
        ("12.abc.345/01de-35", "12ABC34501DE35"),
        (39053344705, "39053344705"),
        ("--", None),
        ("", None),
        (None, None),
        ("３９０.533", "390533"),
        ({"cpf": 7}, SPOILED),
        ([7], SPOILED),
        (Decimal("7.5"), SPOILED),
        (True, SPOILED),
    ],
    "identifier": [
        (7, "7"),
        ("7", "7"),
        (" 7 ", "7"),
        ("40201", "40201"),
        (9007199254740993, "9007199254740993"),
        ("", None),
        (None, None),
        (True, SPOILED),
        ("E-2", "E-2"),
        (Decimal("7.0"), SPOILED),
        ("7\ud800", SPOILED),
        ({"codigo": 7}, SPOILED),
        ([7], SPOILED),
    ],
    "number": [
        (7, 7),
        (-(2**63), -(2**63)),
        (None, None),
        (Decimal(7), 7),
        ("7", 7),
        (" -7 ", -7),
        ("", None),
        (2**63, SPOILED),
        (Decimal("7.5"), SPOILED),
        (Decimal("1e400"), SPOILED),
        ("7.0", SPOILED),
        ("1_0", SPOILED),
        ("+7", SPOILED),
        ("９", SPOILED),
        ("9" * 44, SPOILED),
        ("9" * 5000, SPOILED),
        ([7], SPOILED),
        (True, SPOILED),
    ],
    "flag": [
        (True, True),
        (False, False),
        (None, None),
        ("true", True),
        ("False", False),
        ("", None),
        (1, True),
        ("0", False),
        (2, SPOILED),
        ("S", SPOILED),
        ([True], SPOILED),
    ],
    "day of Pacto": [
        (1788145200000, date(2026, 8, 31)),
        (1788145199999, date(2026, 8, 30)),
        ("1788145200000", date(2026, 8, 31)),
        ("2026-08-31T03:00:00Z", date(2026, 8, 31)),
        ("2026-08-31T02:59:59Z", date(2026, 8, 30)),
        ("2026-08-31", date(2026, 8, 31)),
        ("31/08/2026", date(2026, 8, 31)),
        (None, None),
        ("31/02/2026", SPOILED),
        ("2026-02-31", SPOILED),
        ("amanhã", SPOILED),
        *((nothing, None) for nothing in ("", " ", "0000-00-00", "0000-00-00 00:00:00", "00/00/0000")),
        ("0000-00-00T00:00:00.000Z", None),
        ("0000-00-01", SPOILED),
        ("1899-12-30", date(1899, 12, 30)),
        (99999999999999999999, SPOILED),
        (-99999999999999999, SPOILED),
        (True, SPOILED),
        (Decimal("1788145200000.5"), SPOILED),
        ([2026, 8, 31], SPOILED),
        ({"data": 1}, SPOILED),
    ],
    "day of Kamino": [
        ("2026-09-08T00:00:00", date(2026, 9, 8)),
        ("2026-09-08T23:59:59", date(2026, 9, 8)),
        ("2026-09-08", date(2026, 9, 8)),
        (None, None),
        ("2026-02-31T00:00:00", SPOILED),
        ("08/09/2026", date(2026, 9, 8)),
        (20260908.5, SPOILED),
        ("0000-00-00", None),
        ("1900-01-01", date(1900, 1, 1)),
        (1788145200000, date(2026, 8, 31)),
        ({"d": 1}, SPOILED),
    ],
    "moment of Pacto": [
        (1788145200123, datetime(2026, 8, 31, 3, 0, 0, 123000, UTC)),
        ("2026-08-31T00:00:00", datetime(2026, 8, 31, 3, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("0000-00-00 00:00:00", None),
        ("ontem", SPOILED),
    ],
}


def staged(column: Column, values: Sequence[Any]) -> list[Any]:
    """What the column stores for these values of one page; SPOILED where it set a value aside."""
    page = Table("things", (column,)).arrow([{"v": value} for value in values]).to_pylist()
    return [SPOILED if row["unreadable"] else row["value"] for row in page]


@pytest.mark.parametrize(
    ("column", "value", "stored"),
    [(name, value, stored) for name, readings in READINGS.items() for value, stored in readings],
)
def test_a_value(column: str, value: Any, stored: Any) -> None:
    assert staged(COLUMNS[column], [value]) == [stored]


@pytest.mark.parametrize("column", READINGS)
def test_a_value_that_cannot_be_read_spoils_nothing_beside_it(column: str) -> None:
    readings = READINGS[column]
    assert staged(COLUMNS[column], [value for value, _ in readings]) == [stored for _, stored in readings]


@given(cents=some.lists(some.integers(-(10**18) + 1, 10**18 - 1), max_size=20))
def test_amounts_are_exact_to_the_cent(cents: list[int]) -> None:
    amounts = [Decimal(each).scaleb(-2) for each in cents]
    assert staged(COLUMNS["money"], amounts) == amounts


# -- records ---------------------------------------------------------------------------------------------------------

THINGS = Table(
    "things",
    (
        identifier("codigo", "codigo", required=True),
        money("valor", "valor", required=True),
        text("pessoa__nome", "pessoa", "nome", classified="name"),
    ),
    keep_record=True,
)


def told(*rows: dict[str, Any]) -> list[Any]:
    """What `unreadable` says of each row."""
    page = THINGS.arrow(rows).to_pylist()
    return [json.loads(row["unreadable"]) if row["unreadable"] else None for row in page]


def test_what_was_set_aside_is_told_by_field_and_a_persons_data_are_not_repeated() -> None:
    page = THINGS.arrow(
        [
            {"codigo": 1, "valor": "1.234,56", "pessoa": {"nome": [39053344705]}},
            {"codigo": 2, "valor": Decimal("1.50"), "pessoa": "Ana"},
            {"codigo": 3, "valor": Decimal("1.50"), "pessoa": []},
        ]
    )
    assert page.select(["codigo", "valor", "pessoa__nome", "unreadable"]).to_pylist() == [
        {
            "codigo": "1",
            "valor": None,
            "pessoa__nome": None,
            "unreadable": json.dumps({"valor": "1.234,56", "pessoa.nome": "•••"}, ensure_ascii=False),
        },
        {"codigo": "2", "valor": Decimal("1.50"), "pessoa__nome": None, "unreadable": '{"pessoa": "•••"}'},
        {"codigo": "3", "valor": Decimal("1.50"), "pessoa__nome": None, "unreadable": None},
    ]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"valor": 7}, "(objeto)"),
        ([7], "(lista)"),
        (True, "true"),
        (Decimal("1.005"), "1.005"),
        ('{"a":\\"b\\"}\n\x00', "{”a”:/”b/”}"),
        ("x" * 61, "x" * 59 + "…"),
    ],
)
def test_a_value_is_shown_in_plain_words_of_which_none_means_anything_to_json(value: Any, words: str) -> None:
    (spoiled,) = told({"codigo": 1, "valor": value})
    assert spoiled == {"valor": words}
    assert json.dumps(spoiled, ensure_ascii=False).count("\\") == 0


@pytest.mark.parametrize("code", [None, "", " ", {"codigo": 1}])
def test_a_record_without_an_id_is_staged_without_one_and_says_so(code: Any) -> None:
    page = THINGS.arrow([{"codigo": code, "valor": 1}, {"codigo": 2, "valor": 1}])
    shown = "(objeto)" if isinstance(code, dict) else "(nada)"
    assert page.select(["codigo", "unreadable"]).to_pylist() == [
        {"codigo": None, "unreadable": f'{{"codigo": "{shown}"}}'},
        {"codigo": "2", "unreadable": None},
    ]


def test_a_record_that_its_listing_gives_in_two_versions_says_so() -> None:
    page = THINGS.arrow([{"codigo": 1, "valor": 5, DOUBT: TORN}])
    assert page.select(["valor", "unreadable", "record"]).to_pylist() == [
        {
            "valor": Decimal("5.00"),
            "unreadable": '{"codigo": "vem duas vezes, com conteúdos diferentes"}',
            "record": '{"codigo":1,"valor":5}',
        }
    ]


def test_a_record_nested_beyond_reason_is_left_out_and_says_so() -> None:
    nested: Any = 1
    for _ in range(300):
        nested = [nested]
    page = THINGS.arrow([{"codigo": 1, "valor": 5, "outro": nested}, {"codigo": 2, "valor": 5}])
    assert page.select(["unreadable", "record"]).to_pylist() == [
        {"unreadable": '{"registro": "(objeto)"}', "record": None},
        {"unreadable": None, "record": '{"codigo":2,"valor":5}'},
    ]


def test_a_whole_record_is_kept_digit_by_digit() -> None:
    record = {"codigo": 1, "valor": Decimal("9999999999999999.90"), "outro": [Decimal("0.10"), None, "São", 10**44]}
    assert THINGS.arrow([record])["record"].to_pylist() == [
        f'{{"codigo":1,"valor":9999999999999999.90,"outro":[0.10,null,"São",{10**44}]}}'
    ]


def without(field: str, count: int) -> list[dict[str, int]]:
    return [{name: value for name, value in {"codigo": n, "valor": 1}.items() if name != field} for n in range(count)]


@pytest.mark.parametrize("field", ["codigo", "valor"])
def test_a_field_that_has_left_a_whole_listing_is_a_change_of_the_contract(field: str) -> None:
    with pytest.raises(Unreadable) as told:
        list(THINGS.changed_contract([without(field, 7), without(field, 4)]))
    assert str(told.value) == f"o campo {field} desapareceu de things"


@pytest.mark.parametrize("field", ["codigo", "valor"])
@pytest.mark.parametrize(
    "pages", [lambda field: [without(field, 10)], lambda field: [without(field, 99), without("", 1)], lambda field: []]
)
def test_a_field_that_has_left_a_page_or_a_listing_of_a_few_stops_nothing(field: str, pages: Any) -> None:
    assert list(THINGS.changed_contract(pages(field))) == pages(field)


def test_a_field_that_one_row_lacks_is_nothing_to_stop_for() -> None:
    assert THINGS.arrow([{"codigo": 1}, {"codigo": 2, "valor": 1}])["valor"].to_pylist() == [None, Decimal("1.00")]


def test_a_field_that_nobody_declared_changes_nothing() -> None:
    assert THINGS.arrow([{"codigo": 1, "valor": 1, "novo": {"a": 1}}]).schema == THINGS.schema


def test_a_page_without_rows_has_the_columns_all_the_same() -> None:
    assert THINGS.arrow([]) == THINGS.schema.empty_table()


def test_money_is_a_decimal_column() -> None:
    assert THINGS.schema.field("valor").type == pa.decimal128(18, 2)
