"""Brazil's tax ids as vendors send them: with or without punctuation, or as a number that lost its leading zeros."""

from functools import lru_cache
from typing import Any

from stdnum.br import cnpj, cpf

WIDTHS = ((11, cpf.is_valid), (14, cnpj.is_valid))


@lru_cache(maxsize=65536, typed=True)
def read_tax_id(value: Any) -> str | None:
    """A CPF or CNPJ without punctuation, letters upper case, with the zeros that it begins with; blank is none.

    One that could be either stays as it came, and is told as invalid.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(value)
    kept = "".join(sign for sign in str(value).upper() if sign.isascii() and sign.isalnum())
    if not kept.isdigit() or len(kept) in (11, 14):
        return kept or None
    fitting = [full for width, fits in WIDTHS if len(kept) < width and fits(full := kept.zfill(width))]
    return fitting[0] if len(fitting) == 1 else kept
