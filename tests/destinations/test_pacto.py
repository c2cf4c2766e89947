"""What goes to PactoERP, call by call, and what is made of its answers."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connections._errors import Rejected
from connections.pacto import PactoSettings
from destinations.pacto import Payments, Suppliers
from tests.destinations._asked import Asked, action, done, told

SETTINGS = PactoSettings(api_key=SecretStr("x"), page_size=2)
LUZ = {"empresa": 1, "nome": "Companhia de Luz", "cpfCnpj": "11222333000181"}
STANDS = {"codigo": 90, "pessoa": {"codigo": 9000}, "nome": "CIA DE LUZ", "cpfCnpj": "11.222.333/0001-81"}
ENTRY = {"empresa": 1, "valor": Decimal("1830.45"), "codigoExterno": "KAMINO-55012"}
TAKEN = Rejected("CPF/CNPJ já cadastrado")


def pacto(*says: Any) -> Any:
    return Asked(SETTINGS, list(says))


def page(*rows: Any) -> dict[str, Any]:
    return {"content": list(rows)}


# -- suppliers -------------------------------------------------------------------------------------------------------


def test_payments_know_a_supplier_by_its_person() -> None:
    there = pacto({"content": {"codigo": 88, "pessoa": {"codigo": 90210}}})
    assert done(Suppliers(there).create, action(payload=LUZ)) == "90210"
    assert there.calls == [("POST", "/v1/fornecedor", LUZ)]


def test_a_supplier_that_somebody_registered_meanwhile_is_taken() -> None:
    there = pacto(TAKEN, page({**STANDS, "cpfCnpj": "52998224725"}, STANDS))
    assert done(Suppliers(there).create, action(payload=LUZ)) == "9000"
    method, path, params = there.calls[1]
    assert (method, path, json.loads(params.pop("filters")), params) == (
        "GET",
        "/v1/fornecedor",
        {"cpfCnpj": "11222333000181", "empresa": 1},
        {"page": 0, "size": 2, "sort": "codigo,asc"},
    )


@pytest.mark.parametrize("rows", [[], [{**STANDS, "cpfCnpj": "52998224725"}], [None, "lixo"]])
def test_a_supplier_that_is_refused_and_not_there_is_refused(rows: list[Any]) -> None:
    assert told(done(Suppliers(pacto(TAKEN, page(*rows))).create, action(payload=LUZ))) == (
        "Rejected",
        "CPF/CNPJ já cadastrado",
    )


@pytest.mark.parametrize(
    ("payload", "rows", "found"),
    [
        (LUZ, [STANDS], "9000"),
        (LUZ, [{**STANDS, "pessoa": 9000}], "9000"),
        (LUZ, [{**STANDS, "cpfCnpj": None}], None),
        ({"nome": "cia de luz"}, [STANDS], "9000"),
        ({"nome": "Luz"}, [STANDS], None),
    ],
)
def test_a_supplier_is_looked_for_by_tax_id_or_else_by_name(payload: Any, rows: list[Any], found: str | None) -> None:
    assert done(Suppliers(pacto(page(*rows))).find, action("find", payload=payload)) == found


def test_two_suppliers_alike_are_not_guessed_between() -> None:
    there = pacto(page(STANDS, {**STANDS, "codigo": 91}))
    assert told(done(Suppliers(there).find, action("find", payload=LUZ))) == (
        "Rejected",
        "há 2 registros iguais na Pacto",
    )


# -- payments --------------------------------------------------------------------------------------------------------


def test_a_payment_is_one_entry() -> None:
    there = pacto({"content": {"codigo": 918301}})
    assert done(Payments(there).create, action(payload=ENTRY)) == "918301"
    assert there.calls == [("POST", "/v1/movconta", ENTRY)]


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": []}, [], "ok", None])
def test_an_answer_without_the_record_is_not_believed(body: Any) -> None:
    assert told(done(Payments(pacto(body)).create, action(payload=ENTRY))) == (
        "Unknown",
        "Pacto: respondeu sem o registro gravado",
    )


@pytest.mark.parametrize("code", [None, True, "918301", {"codigo": 1}])
def test_an_answer_without_the_code_is_not_believed(code: Any) -> None:
    assert told(done(Payments(pacto({"content": {"codigo": code}})).create, action(payload=ENTRY))) == (
        "Unknown",
        "Pacto: respondeu sem o código do registro gravado",
    )


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{"codigo": 7, "codigoExterno": "KAMINO-55012"}, {"codigo": 8, "codigoExterno": "KAMINO-1"}], "7"),
        ([{"codigo": 7, "codigoExterno": None}], None),
        ([{"codigo": 7}], None),
        ([], None),
    ],
)
def test_a_payment_is_looked_for_among_the_newest_entries(rows: list[Any], found: str | None) -> None:
    there = pacto(page(*rows))
    assert done(Payments(there).find, action("find", reference="KAMINO-55012")) == found
    assert there.calls == [("GET", "/v1/movconta", {"page": 0, "size": 2, "sort": "codigo,desc"})]


def test_two_entries_with_our_reference_are_not_guessed_between() -> None:
    there = pacto(page(*({"codigo": n, "codigoExterno": "KAMINO-55012"} for n in (7, 8))))
    assert told(done(Payments(there).find, action("find", reference="KAMINO-55012"))) == (
        "Rejected",
        "há 2 registros iguais na Pacto",
    )
