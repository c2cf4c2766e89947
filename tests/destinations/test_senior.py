"""What answers of Senior's ERP mean for each line: no word decides what a look can decide."""

from typing import Any

import pytest

from connections._errors import Rejected, Unknown
from destinations._contract import Action, Receipt
from destinations._senior_lines import answered, code_of, each_line, key_of


def line(key: str) -> Action:
    return Action("title", f"título {key}@1", "create", {"numTit": key})


def said(*rows: tuple[str, str | None]) -> list[Any]:
    told = each_line(
        [line("a"), line("b")],
        [{"numTit": key, "txtRet": words} for key, words in rows],
        lambda row: row["numTit"],
        lambda action, row: answered(row["txtRet"], f"id {action.payload['numTit']}"),
    )
    return [each if isinstance(each, str) else type(each) for each in told]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((("a", "OK"), ("b", "Ok")), ["id a", "id b"]),
        ((("b", " ok "), ("a", "Processado com sucesso.")), ["id a", "id b"]),
        ((("a", ""), ("b", None)), [Receipt, Receipt]),
        ((("a", "OK"), ("a", "Título já cadastrado"), ("b", "Fornecedor Inativo")), ["id a", Rejected]),
        ((("a", "Gravado"),), [Rejected, Unknown]),
    ],
    ids=[
        "in capitals or not",
        "in another order",
        "blank",
        "twice",
        "unknown words, and a line of which nobody speaks",
    ],
)
def test_a_line_is_taken_refused_or_looked_for(rows: tuple[tuple[str, str | None], ...], told: list[Any]) -> None:
    assert said(*rows) == told


def test_codes_are_one_however_an_answer_writes_the_number() -> None:
    assert [code_of(value) for value in (1, "001", "1.0", " 1,00 ", "E-2", None)] == ["1", "1", "1", "1", "E-2", ""]


def test_a_title_has_one_key_in_payloads_and_in_answers() -> None:
    ours = {"codEmp": 1, "codFil": 1, "codFor": 500, "codTpt": "01", "numTit": "5080 05/05"}
    theirs = {"codEmp": "001", "codFil": "1.0", "codFor": " 500", "codTpt": "01 ", "numTit": "5080  05/05 "}
    assert key_of(ours) == key_of(theirs) == "1/1/500/01/5080 05/05"
