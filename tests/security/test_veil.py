"""What Prefect is told names nobody: whole words, as people compare them, and nothing of what is no name."""

import duckdb
import pytest

from flows._functions import register
from flows._privacy import veil_for

PEOPLE = ["Ana", "João da Silva", "Rosa", "Al", "Zoë O'Neil", "José María Ñúñez", "+55 11 98877-6655", None, "  "]
TOLD = {
    "Recebido de Ana": "Recebido de •••",
    "ANA pagou a conta de joao  da silva": "••• pagou a conta de •••",
    "Banana da Anabela, vinho rosado": "Banana da Anabela, vinho rosado",
    "Vinho para Rosa.": "Vinho para •••.",
    "Al dente": "Al dente",
    "zoe o’neil; ZOË O'NEIL": "•••; •••",
    "JOSE MARIA NUÑEZ esteve aqui": "••• esteve aqui",
    "ligue +55 11 98877-6655": "ligue +•••",
    "João da Mata": "João da Mata",
    "CPF 529.982.247-25, ana@example.com": "CPF 529…25, •••",
    "Ana Ana": "••• •••",
    "": "",
}


@pytest.mark.parametrize("text", TOLD)
def test_names_are_hidden_word_by_word(text: str) -> None:
    with duckdb.connect() as database:
        register(database)
        database.execute("create schema raw_pacto; create table raw_pacto.people (nome text)")
        database.executemany("insert into raw_pacto.people values (?)", [[person] for person in PEOPLE])
        veil = veil_for(database, {("raw_pacto", "people", "nome", "name")}, [text])
    assert veil(text) == TOLD[text]
