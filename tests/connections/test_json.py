"""JSON from a vendor: every number exact or text, every oddity told or kept to its own record."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._errors import Unreadable
from connections._json import dump, parse

AMOUNTS = some.decimals(allow_nan=False, allow_infinity=False, places=2)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | AMOUNTS | some.text(some.characters(codec="utf-8")),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.text(some.characters(codec="utf-8")), inner, max_size=4)
    ),
)


@given(value=VALUES)
def test_what_is_written_is_read_back_digit_by_digit(value: Any) -> None:
    assert parse(dump(value)) == value


@given(amount=some.decimals(allow_nan=False, allow_infinity=False))
def test_a_fraction_keeps_every_digit(amount: Decimal) -> None:
    text = f"{amount:f}" if "." in f"{amount:f}" else f"{amount:f}.0"
    assert str(parse(f'{{"valor":{text}}}'.encode())["valor"]) == str(Decimal(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("129.90", Decimal("129.90")),
        ("9999999999999999.99", Decimal("9999999999999999.99")),
        ("1e400", Decimal("1E+400")),
        ("-0.00", Decimal("-0.00")),
        ("12345678901234567890", 12345678901234567890),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("1e9999999999999999999", "1e9999999999999999999"),
        ('"\\ud83d"', "\ufffd"),
        ('"\\ud83d\\ude00"', "😀"),
        ("\ufeff1.5", Decimal("1.5")),
        ("9" * 44, int("9" * 44)),
        ("9" * 5000, "9" * 5000),
        ('"a\x02\nb"', "a\x02\nb"),
    ],
)
def test_an_odd_value_spoils_nothing_but_itself(text: str, value: Any) -> None:
    assert parse(text.encode()) == value


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "a resposta não é JSON completo"),
        (b'{"content":[{"codigo":1},', "a resposta não é JSON completo"),
        (b"<html></html>", "a resposta não é JSON completo"),
        (b"{} {}", "a resposta não é JSON completo"),
        (b"{'a': 1}", "a resposta não é JSON completo"),
        ('"ação"'.encode("latin-1"), "a resposta não está em UTF-8"),
        (b"[" * 100_000 + b"]" * 100_000, "a resposta está aninhada demais"),
        (b'{"a":' * 100_000, "a resposta está aninhada demais"),
    ],
    ids=[
        "empty",
        "truncated",
        "html",
        "two values",
        "quotes",
        "latin-1",
        "deep lists",
        "deep objects",
    ],
)
def test_what_is_no_json_is_told_in_a_sentence(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as told:
        parse(body)
    assert str(told.value) == said


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), {1, 2}])
def test_what_has_no_json_form_is_never_sent(value: object) -> None:
    with pytest.raises(TypeError):
        dump({"valor": value})


def test_other_readers_understand_what_is_written() -> None:
    assert json.loads(dump({"valor": Decimal("0.10"), "nome": "São João"})) == {"valor": 0.1, "nome": "São João"}
