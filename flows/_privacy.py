"""Names, tax ids and addresses stay in DuckDB: what people read in Prefect is veiled here, once, for every integration.

Sentences about documents come from many hands: posting rules, descriptions typed at the source, refusals in the
target's own words. Whoever wrote them, what this run knows to be personal is taken out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import duckdb
from stdnum.br import cnpj, cpf
from stdnum.cl import rut

from connections._folding import folded
from flows._sql import machinery, quoted
from sources._types import FREE_TEXT

SHORTEST_NAME = 3
"""Two letters are a word of the language, or a part of one, more often than they are somebody's name."""
WORD = re.compile(r"\w+")
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
Names = Mapping[str, Sequence[tuple[str, ...]]]
"""The words of each name, under the first of them."""


def veil_for(connection: duckdb.DuckDBPyConnection, classified: Classified, texts: Iterable[str]) -> Veil:
    """A function that takes out of any of `texts` what stands in a classified column, tax ids and e-mail addresses.

    What people typed names nobody by itself, and finance knows documents by it: it stays, without the names in it.
    Names are told word by word, as people compare them: "JOÃO DA SILVA" is João da Silva, and a Rosa is in no "rosado".
    """
    names = _by_first_word(_named_in(connection, classified, texts))
    return lambda text: _veiled(text, names)


def _by_first_word(values: Iterable[str]) -> Names:
    """The words of each name, longer names first: a text is gone through once, however many people there are."""
    names: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for words in sorted({tuple(WORD.findall(folded(value))) for value in values}, key=len, reverse=True):
        if words:
            names[words[0]].append(words)
    return names


def _without(names: Names, text: str) -> str:
    found = list(WORD.finditer(text)) if names else []
    words = [folded(each[0]) for each in found]
    kept, place, end = "", 0, 0
    while place < len(found):
        name = next((each for each in names.get(words[place], ()) if each == (*words[place : place + len(each)],)), ())
        if name:
            kept += text[end : found[place].start()] + HIDDEN
            end = found[place + len(name) - 1].end()
        place += len(name) or 1
    return kept + text[end:]


def veiled(text: str) -> str:
    """`text` without e-mail addresses, and with only the ends of its tax ids."""
    return _veiled(text, {})


def _veiled(text: str, names: Names) -> str:
    """Addresses go first: a name in one would leave the rest of it."""
    return TAX_ID.sub(_ends, _without(names, ADDRESS.sub(HIDDEN, text)))


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
    words = {folded(word) for text in set(texts) for word in WORD.findall(text)}
    if not columns or not words:
        return []
    statement = machinery("privacy")["named"].format(columns=" union all ".join(columns))
    found = connection.execute(statement, {"words": sorted(words), "shortest": SHORTEST_NAME}).fetchall()
    return [row[0] for row in found]
