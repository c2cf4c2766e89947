"""Functions for an integration's SQL: what a library does better (check digits), and JSON that keeps every digit."""

from functools import lru_cache

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from duckdb.sqltypes import BOOLEAN, VARCHAR
from stdnum.br import cnpj, cpf
from stdnum.exceptions import ValidationError

from flows._sql import machinery


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds `is_cpf_or_cnpj(text)`: true, false, or null for null; `without_nulls(struct)`, `joined(json, json)`."""
    connection.create_function(
        "is_cpf_or_cnpj",
        _each,
        [VARCHAR],
        BOOLEAN,
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    for macro in machinery("functions").values():
        connection.execute(macro)


def _each(values: pa.ChunkedArray) -> pa.Array:
    return pa.array([None if value is None else is_cpf_or_cnpj(value) for value in values.to_pylist()], pa.bool_())


@lru_cache(maxsize=200_000)
def is_cpf_or_cnpj(value: str) -> bool:
    """Whether the digits (and, in a CNPJ, letters) are a tax id with right check digits."""
    try:
        (cpf if len(value) == 11 else cnpj).validate(value)
    except ValidationError:
        return False
    return True
