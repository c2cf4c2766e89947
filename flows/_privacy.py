"""Names, tax ids and addresses stay in DuckDB: what people read in Prefect is veiled here, once, for every integration.

Sentences about documents come from many hands: posting rules, descriptions typed at the source, refusals in the
target's own words. Whoever wrote them, what this run knows to be personal is taken out.
"""

import re
from collections.abc import Callable, Iterable

import duckdb
from stdnum.br import cnpj, cpf
from stdnum.cl import rut

from flows._sql import machinery, quoted
from sources._types import FREE_TEXT

SHORTEST_NAME = 5
"""A shorter one is as likely a word of the language."""
HIDDEN = "•••"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
TAX_ID = re.compile(
    r"(?<!\w)(?:"
    r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}"
    r"|[\dA-Z]{2}\.?[\dA-Z]{3}\.?[\dA-Z]{3}/?[\dA-Z]{4}-?\d{2}"
    r"|\d{1,2}\.?\d{3}\.?\d{3}-[\dKk]"
    r")(?!\w)"
)
Classified = Iterable[tuple[str, str, str, str]]
"""Columns with personal data: schema, table, column, what they hold."""
Veil = Callable[[str], str]


def veil_for(connection: duckdb.DuckDBPyConnection, classified: Classified, texts: Iterable[str]) -> Veil:
    """A function that takes out of any of `texts` what stands in a classified column, tax ids and e-mail addresses.

    What people typed names nobody by itself, and finance knows documents by it: it stays, without the names in it.
    """
    names = sorted(_named_in(connection, classified, texts), key=len, reverse=True)
    known = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE) if names else None
    return lambda text: veiled(known.sub(HIDDEN, text) if known else text)


def veiled(text: str) -> str:
    """`text` without e-mail addresses, and with only the ends of its tax ids."""
    return TAX_ID.sub(_ends, ADDRESS.sub(HIDDEN, text))


def _ends(found: re.Match[str]) -> str:
    said = found[0]
    if not any(kind.is_valid(said) for kind in (cpf, cnpj, rut)):
        return said
    plain = "".join(sign for sign in said if sign.isalnum())
    return f"{plain[:3]}…{plain[-2:]}"


def _named_in(connection: duckdb.DuckDBPyConnection, classified: Classified, texts: Iterable[str]) -> list[str]:
    columns = [
        f"select {quoted(column)} as value from {quoted(schema)}.{quoted(table)}"  # noqa: S608 - quoted
        for schema, table, column, what in classified
        if what != FREE_TEXT
    ]
    said = sorted(set(texts))
    if not columns or not said:
        return []
    statement = machinery("privacy")["named"].format(columns=" union all ".join(columns))
    found = connection.execute(statement, {"texts": said, "shortest": SHORTEST_NAME}).fetchall()
    return [row[0] for row in found]
