"""JSON as money needs it: decimals from the first byte, nothing trusted, nothing rounded."""

import json
from decimal import Decimal
from typing import Any

import orjson

from connections._errors import Unreadable

Json = Any


def parse(body: bytes) -> Json:
    """The JSON value in `body`, every fraction a Decimal; raises Unreadable for anything else.

    NaN and Infinity, which are not JSON, arrive as text, so that one such value spoils its own record only.
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=str)
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
