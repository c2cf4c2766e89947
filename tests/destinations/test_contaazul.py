"""People in Conta Azul after a lost answer: the same one is found again, and nobody else."""

from typing import Any

import pytest
from pydantic import SecretStr

from connections.contaazul import ContaAzulSettings
from destinations.contaazul import People
from tests.destinations._asked import Asked, action, done, told

SETTINGS = ContaAzulSettings(client_id="x", client_secret=SecretStr("x"))
NOBODY: dict[str, Any] = {"items": []}


def found(payload: dict[str, Any], *rows: dict[str, Any]) -> Any:
    """What a search for the person brings whose answer was lost, if these are Conta Azul's customers."""
    there: Any = Asked(SETTINGS, [{"items": list(rows)}, NOBODY, NOBODY])
    return done(People(there).find, action(payload={"tipo_pessoa": "Jurídica", **payload}))


@pytest.mark.parametrize("name", ["Padaria São João", "Padaria Sa\u0303o Joa\u0303o", " Padaria  São João "])
def test_a_name_is_the_same_however_its_accents_and_spaces_are_written(name: str) -> None:
    assert found({"nome": "Padaria São João"}, {"id": "p-1", "nome": name}) == "p-1"


@pytest.mark.parametrize(
    "name", ["Padaria Sao Joao", "PADARIA SÃO JOÃO", "Padaria São João-ME", "PadariaSão João", None]
)
def test_a_similar_name_is_another_person(name: str) -> None:
    assert found({"nome": "Padaria São João"}, {"id": "p-1", "nome": name}) is None


@pytest.mark.parametrize("document", ["12.ABC.345/01DE-35", "12abc34501de35"])
def test_a_document_is_the_same_however_it_is_written(document: str) -> None:
    payload = {"nome": "Padaria", "cnpj": "12ABC34501DE35"}
    assert found(payload, {"id": "p-1", "nome": "Outro nome", "documento": document}) == "p-1"


def test_two_of_that_name_are_no_answer() -> None:
    rows = ({"id": "p-1", "nome": "Padaria"}, {"id": "p-2", "nome": "Padaria"})
    assert told(found({"nome": "Padaria"}, *rows)) == ("Rejected", "há 2 pessoas iguais no Conta Azul")
