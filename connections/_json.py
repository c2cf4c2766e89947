"""JSON as money needs it: decimals from the first byte, nothing trusted, nothing rounded."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from connections._errors import Unreadable

Json = Any
_HALF = re.compile("[\ud800-\udfff]")
_MAYBE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def parse(body: bytes) -> Json:
    """The JSON value in `body`, every fraction a Decimal; raises Unreadable for anything else.

    What is no number to calculate with (NaN, Infinity, an exponent beyond reason) arrives as text, and half a
    character as the replacement character, so that one such value spoils its own record only.
    """
    try:
        text = body.decode("utf-8-sig")
        return _whole_characters(_loads(text)) if _MAYBE_HALF.search(body) else _loads(text)
    except UnicodeDecodeError as error:
        raise Unreadable("a resposta não está em UTF-8") from error
    except RecursionError as error:
        raise Unreadable("a resposta está aninhada demais") from error
    except ValueError as error:
        raise Unreadable("a resposta não é JSON completo") from error


def dump(value: Json) -> bytes:
    """`value` as JSON, decimals written digit by digit."""
    return orjson.dumps(value, default=_literal)


def _literal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _loads(text: str) -> Json:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=str)
    except InvalidOperation:
        return json.loads(text, parse_float=_fraction, parse_constant=str)


def _fraction(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _whole_characters(value: Json) -> Json:
    """`value` without halves of characters, which Python's reader lets through and nobody else takes."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(each) for name, each in value.items()}
    return value
