"""Functions for an integration's SQL: what a library does better (check digits), and JSON that keeps every digit."""

from collections.abc import Callable
from functools import lru_cache

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from duckdb.sqltypes import BOOLEAN, VARCHAR
from stdnum.br import cnpj, cpf
from stdnum.cl import rut
from stdnum.exceptions import ValidationError

from flows._sql import machinery


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds `is_cpf_or_cnpj` and `is_rut` (true, false, or null for null), and the macros of `_functions.sql`."""
    for judge in (is_cpf_or_cnpj, is_rut):
        connection.create_function(
            judge.__name__,
            _each(judge),
            [VARCHAR],
            BOOLEAN,
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
    for macro in machinery("functions").values():
        connection.execute(macro)


def _each(judge: Callable[[str], bool]) -> Callable[[pa.ChunkedArray], pa.Array]:
    def every(values: pa.ChunkedArray) -> pa.Array:
        return pa.array([None if value is None else judge(value) for value in values.to_pylist()], pa.bool_())

    return every


@lru_cache(maxsize=200_000)
def is_cpf_or_cnpj(value: str) -> bool:
    """Whether the digits (and, in a CNPJ, letters) can be a tax id: right check digits, not one sign repeated."""
    if len(set(value)) == 1:  # what people type where they must type something; its check digits are right
        return False
    try:
        (cpf if len(value) == 11 else cnpj).validate(value)
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=200_000)
def is_rut(value: str) -> bool:
    """Whether this is a Chilean RUT with the right check digit."""
    return bool(rut.is_valid(value))
