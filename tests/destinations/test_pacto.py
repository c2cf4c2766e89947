"""What goes to PactoERP, call by call, and what is made of its answers."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connections._errors import Rejected
from connections.pacto import Pacto, PactoSettings
from destinations._contract import Receipt
from destinations.pacto import Payments, Suppliers
from tests.destinations._asked import Asked, action, done, told

SETTINGS = PactoSettings(api_key=SecretStr("x"), page_size=2)
LUZ = {"empresa": 1, "nome": "Companhia de Luz", "cpfCnpj": "11222333000181"}
STANDS = {"codigo": 90, "pessoa": {"codigo": 9000}, "nome": "CIA DE LUZ", "cpfCnpj": "11.222.333/0001-81"}
ENTRY = {"empresa": 1, "valor": Decimal("1830.45"), "codigoExterno": "KAMINO-55012"}


class AskedPacto(Asked):
    page = Pacto.page


def pacto(*says: Any) -> Any:
    return AskedPacto(SETTINGS, list(says))


def page(*rows: Any, number: int = 0, of: int | None = None) -> dict[str, Any]:
    total = len(rows) if of is None else of
    return {"content": list(rows), "number": number, "totalElements": total, "totalPages": -(-total // 2)}


NOTHING = (page(), page())
"""A listing that is empty is read twice before it is believed."""


# -- suppliers -------------------------------------------------------------------------------------------------------


def test_payments_know_a_supplier_by_its_person() -> None:
    there = pacto({"content": {"codigo": 88, "pessoa": {"codigo": 90210}}})
    assert done(Suppliers(there).send, action(payload=LUZ)) == "90210"
    assert there.calls == [("POST", "/v1/fornecedor", LUZ)]


def test_a_supplier_is_asked_for_by_tax_id_and_every_row_is_checked() -> None:
    there = pacto(page({**STANDS, "codigo": 91, "cpfCnpj": "52998224725"}, STANDS))
    assert done(Suppliers(there).resolve, action(payload=LUZ)) == "9000"
    method, path, params = there.calls[0]
    assert (method, path, json.loads(params.pop("filters")), params) == (
        "GET",
        "/v1/fornecedor",
        {"cpfCnpj": "11222333000181", "empresa": 1},
        {"page": 0, "size": 2, "sort": "codigo,asc"},
    )


@pytest.mark.parametrize(
    ("payload", "rows", "found"),
    [
        (LUZ, [STANDS], "9000"),
        (LUZ, [{**STANDS, "pessoa": 9000}], "9000"),
        (LUZ, [{**STANDS, "pessoa": "9000"}], "9000"),
        (LUZ, [{**STANDS, "cpfCnpj": None}], None),
        ({"nome": "cia de  lúz"}, [STANDS], "9000"),
        ({"nome": "Luz"}, [STANDS], None),
    ],
)
def test_a_supplier_is_looked_for_by_tax_id_or_else_by_name(payload: Any, rows: list[Any], found: str | None) -> None:
    assert done(Suppliers(pacto(page(*rows))).resolve, action(payload=payload)) == found


@pytest.mark.parametrize("other", [{"pessoa": 9001}, {"pessoa": None}])
def test_two_suppliers_alike_are_not_guessed_between(other: dict[str, Any]) -> None:
    there = pacto(page(STANDS, {**STANDS, "codigo": 91, **other}))
    assert told(done(Suppliers(there).resolve, action(payload=LUZ))) == (
        "Unknown",
        "há 2 fornecedores iguais na Pacto, ou sem código; confira lá",
    )


# -- payments --------------------------------------------------------------------------------------------------------


def test_a_payment_is_one_entry() -> None:
    there = pacto({"content": {"codigo": 918301}})
    assert done(Payments(there).send, action(payload=ENTRY)) == "918301"
    assert there.calls == [("POST", "/v1/movconta", ENTRY)]


@pytest.mark.parametrize(
    "body", [{}, {"content": None}, {"content": []}, [], "ok", None, {"content": {"codigo": True}}]
)
def test_what_was_saved_without_a_readable_code_is_looked_for(body: Any) -> None:
    assert done(Payments(pacto(body)).send, action(payload=ENTRY)) == Receipt()


def test_a_code_may_come_as_text() -> None:
    assert done(Payments(pacto({"content": {"codigo": "918301"}})).send, action(payload=ENTRY)) == "918301"


OTHER = {"codigo": 8, "codigoExterno": "KAMINO-1"}
FOUND: list[tuple[tuple[Any, ...], str | None]] = [
    ((page({"codigo": 7, "codigoExterno": "KAMINO-55012"}, OTHER),), "7"),
    ((page({"codigo": 7, "codigoExterno": None, "observacao": "[KAMINO:55012]"}),), "7"),
    ((page({"codigo": 7, "descricao": "ENERGIA 11/2026 [kamino:55012]"}),), "7"),
    ((page({"codigo": 7, "descricao": "ENERGIA [KAMINO:550123]"}),), None),
    ((page(OTHER, of=2), page({"codigo": 7, "codigoExterno": "KAMINO-55012"}, number=1, of=2)), "7"),
    (NOTHING, None),
]


@pytest.mark.parametrize(("pages", "found"), FOUND)
def test_a_payment_is_looked_for_by_its_reference_or_its_mark_over_all_pages(
    pages: tuple[Any, ...], found: str | None
) -> None:
    there = pacto(*pages)
    assert done(Payments(there).resolve, action(payload=ENTRY, reference="KAMINO-55012")) == found
    assert there.calls[0] == ("GET", "/v1/movconta", {"page": 0, "size": 2, "sort": "codigo,asc"})


def test_two_entries_with_our_reference_are_not_guessed_between() -> None:
    there = pacto(page(*({"codigo": n, "codigoExterno": "KAMINO-55012"} for n in (7, 8))))
    assert told(done(Payments(there).resolve, action(payload=ENTRY, reference="KAMINO-55012"))) == (
        "Unknown",
        "há 2 lançamentos iguais na Pacto, ou sem código; confira lá",
    )


def test_entries_are_read_once_to_say_which_of_them_still_stand() -> None:
    payments = Payments(pacto(page({"codigo": 7}, {"codigo": "8"})))
    assert [done(payments.stands, code) for code in ("7", "8", "9")] == [True, True, False]  # type: ignore[arg-type]


def test_what_pacto_says_no_to_is_told_in_its_words() -> None:
    there = pacto(Rejected("CPF/CNPJ já cadastrado"))
    assert told(done(Suppliers(there).send, action(payload=LUZ))) == ("Rejected", "CPF/CNPJ já cadastrado")
