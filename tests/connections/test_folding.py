"""Names are folded alike wherever they are compared, in Python and in SQL."""

from itertools import product

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._folding import folded
from flows._functions import register

WRITTEN = (
    "OFICINA LUA", "Oficina Lua", " oficina  lua ", "Oficina\u00a0Lua", "Oficina\u200b Lua", "Oficina\u3000Lua",
    "OFICINA\tLUA\n", "Ofi\u00adcina Lua", "\u202aOficina Lua\u202c", "\ufeffOficina Lua", "O\u0301ficina Lúa",
)  # fmt: skip
PARTS = (
    ("D’Ávila", "D'Avila", "D´avila", "D`ÁVILA", "Dʼavila", "D‘avila", "D′Avila"),
    (
        "José",
        "Jose\u0301",
        "JOSÉ",
        "Ângela",
        "Muñoz",
        "Ção",
        "ß",
        "ﬁ",
        "Øre",
        "İpek",
        "ΣΑΣ",
        "Ǆ",
        "Å",
        "ỗ",
        "北京",
        "😀",
    ),
    ("", " ", "Ltda.", "S/A", "& Cia", "nº 7", "\u2066(ME)\u2069"),
)
NAMES = [*WRITTEN, *(" ".join(each) for each in product(*PARTS))]


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    register(made)
    return made


def in_sql(database: duckdb.DuckDBPyConnection, names: list[str]) -> list[str]:
    return [
        row[0] for row in database.execute("select folded(name) from (select unnest(?) as name)", [names]).fetchall()
    ]


def test_hundreds_of_names_are_folded_alike_in_python_and_in_sql(database: duckdb.DuckDBPyConnection) -> None:
    assert len(NAMES) > 700
    assert [folded(name) for name in NAMES] == in_sql(database, NAMES)


@given(names=some.lists(some.text(some.characters(codec="utf-8", max_codepoint=0x24F, exclude_characters="\0"))))
def test_whatever_people_type_is_folded_alike(database: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    assert [folded(name) for name in names] == in_sql(database, names)


def test_one_name_written_in_many_ways_is_one() -> None:
    assert ({folded(name) for name in WRITTEN}, {folded(name) for name in PARTS[0]}) == ({"oficina lua"}, {"d'avila"})
