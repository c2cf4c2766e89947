"""Columns of Brazil's tax ids."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connections._brazil import read_tax_id
from sources._at_once import tax_ids
from sources._types import Column


def tax_id(name: str, *path: str) -> Column:
    """A CPF or CNPJ without punctuation, letters upper case, with the zeros that it begins with."""
    return Column(name, path, pa.string(), read_tax_id, classified="tax_id", at_once=_at_once)


def _at_once(values: list[Any]) -> pa.Array:
    array = tax_ids(values)
    lengths = pc.utf8_length(array.drop_null())
    if not pc.all(pc.is_in(lengths, pa.array([11, 14], lengths.type)), min_count=0).as_py():
        raise ValueError("a tax id that is not in full")
    return array
