"""Brazil's tax ids as vendors send them: with or without punctuation, or as a number that lost its leading zeros."""

from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from stdnum.br import cnpj, cpf

from sources._at_once import tax_ids
from sources._types import Column

WIDTHS = ((11, cpf.is_valid), (14, cnpj.is_valid))


def tax_id(name: str, *path: str) -> Column:
    """A CPF or CNPJ without punctuation, letters upper case, with the zeros that it begins with."""
    return Column(name, path, pa.string(), read_tax_id, classified="tax_id", at_once=_at_once)


@lru_cache(maxsize=65536, typed=True)
def read_tax_id(value: Any) -> str | None:
    """The tax id in full; one that could be either a CPF or a CNPJ stays as it came, and is told as invalid."""
    kept = "".join(sign for sign in str(value).upper() if sign.isascii() and sign.isalnum())
    if not kept.isdigit() or len(kept) in (11, 14):
        return kept or None
    fitting = [full for width, fits in WIDTHS if len(kept) < width and fits(full := kept.zfill(width))]
    return fitting[0] if len(fitting) == 1 else kept


def _at_once(values: list[Any]) -> pa.Array:
    array = tax_ids(values)
    lengths = pc.utf8_length(array)
    if pc.all(pc.is_in(lengths.drop_null(), pa.array([11, 14], lengths.type))).as_py() is False:
        raise ValueError("a tax id that is not in full")
    return array
