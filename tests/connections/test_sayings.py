"""Whatever the machinery says in Portuguese can be said in every other language that an integration speaks."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from connections import _errors
from connections._errors import Rejected, Unreadable
from connections._sayings import SAYINGS

ROOT = Path(__file__).parents[2]
MACHINERY = [file for folder in ("connections", "sources", "flows") for file in sorted((ROOT / folder).glob("_*.py"))]
PROBLEMS = {name for name in vars(_errors) if name[0].isupper()}


def sentences(file: Path) -> Iterator[str]:
    """The sentences with values that a module raises problems with, as they are written."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        is_problem = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PROBLEMS
        if is_problem and isinstance(node, ast.Call) and node.args and node.keywords:
            said = node.args[0]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", SAYINGS)
def test_every_sentence_of_the_machinery_is_said_in_every_language(language: str) -> None:
    written = {sentence for file in MACHINERY for sentence in sentences(file)}
    assert sorted(written - set(SAYINGS[language])) == []


@pytest.mark.parametrize("language", SAYINGS)
def test_a_saying_keeps_the_values_of_its_sentence(language: str) -> None:
    assert [key for key, said in SAYINGS[language].items() if fields(key) != fields(said)] == []


def test_a_problem_is_said_in_the_readers_language_inside_another_too() -> None:
    inner = Unreadable("a resposta não é JSON completo")
    outer = Unreadable("{system}: {error} ({call})", system="Defontana", error=inner, call="GET /x")
    assert (str(outer), outer.said("es-CL")) == (
        "Defontana: a resposta não é JSON completo (GET /x)",
        "Defontana: la respuesta no es JSON completo (GET /x)",
    )


def test_a_vendors_own_words_are_left_alone() -> None:
    assert Rejected("{nada} 100 %").said("es-CL") == "{nada} 100 %"
