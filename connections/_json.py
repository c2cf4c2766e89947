"""JSON as money needs it: decimals from the first byte, nothing trusted, nothing rounded."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from connections._errors import Unreadable

Json = Any
LONGEST_WHOLE = 1000
"""Signs of a whole number: Python refuses to read a few thousand."""
_HALF = re.compile("[\ud800-\udfff]")
_MAYBE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


def parse(body: bytes) -> Json:
    """The JSON value in `body`, every fraction a Decimal; raises Unreadable for anything else.

    What is no number to calculate with (NaN, Infinity, an exponent or a length beyond reason) arrives as text, half a
    character as the replacement character, a control sign as it came, so that one such value spoils no other record.
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
    """`value` as JSON, every number written digit by digit; raises TypeError for what has no JSON form."""
    try:
        return orjson.dumps(value, default=_literal)
    except orjson.JSONEncodeError:  # also said of a whole number of more than 64 bits
        return orjson.dumps(_spelled(value), default=_literal)


def _literal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _spelled(value: Json) -> Json:
    """`value` with its largest whole numbers spelled out."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return orjson.Fragment(str(value).encode())
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    if isinstance(value, dict):
        return {name: _spelled(each) for name, each in value.items()}
    return value


def _loads(text: str) -> Json:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=str, strict=False)
    except json.JSONDecodeError:
        raise
    except (InvalidOperation, ValueError):
        return json.loads(text, parse_float=_fraction, parse_int=_whole, parse_constant=str, strict=False)


def _fraction(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_WHOLE else text


def _whole_characters(value: Json) -> Json:
    """`value` without halves of characters, which Python's reader lets through and nobody else takes."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(each) for each in value]
    if isinstance(value, dict):
        return {_whole_characters(name): _whole_characters(each) for name, each in value.items()}
    return value
