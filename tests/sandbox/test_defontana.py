"""Defontana's stand-in, oddity by oddity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

Plant = Callable[..., Any]
BOOKS = "/api/Accounting"
LINE = {"accountCode": "4210101005", "debit": 1000, "credit": 0, "bussinessCenterId": "EMPGESGESOPE000"}
OWED = {"accountCode": "2110301002", "debit": 0, "credit": 1000}
VOUCHER: dict[str, Any] = {
    "header": {
        "fiscalYear": 2026,
        "number": 0,
        "voucherType": "TRASPASO",
        "date": "2026-11-08T00:00:00.000Z",
        "comment": "RG 218 #rg:125417",
    },
    "detail": [LINE, OWED],
    "automaticFoliation": True,
}


@pytest.fixture
def defontana(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    known = sim.get("/credentials/defontana").json()
    with httpx.Client(base_url=f"{base}/defontana", verify=False) as client:
        token = client.get("/api/Auth", params=known).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def insert(client: httpx.Client, **changed: Any) -> dict[str, Any]:
    header = {**VOUCHER["header"], **changed.pop("header", {})}
    answer = client.post(f"{BOOKS}/InsertVoucher", json={**VOUCHER, "header": header, **changed})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_wrong_login_fails_under_status_200(defontana: httpx.Client) -> None:
    answer = defontana.get("/api/Auth", params={"client": "1", "company": "2", "user": "a", "password": "b"})
    assert (answer.status_code, answer.json()["success"], answer.json()["message"]) == (200, False, "Login failed")


def test_a_token_expires_with_401(defontana: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/clock", json={"advance_seconds": 366 * 86400})
    assert defontana.get(f"{BOOKS}/GetBusinessCenterPlan").status_code == 401


def test_a_new_login_may_end_the_others(defontana: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "defontana", "login": "replaces"})
    defontana.get("/api/Auth", params=sim.get("/credentials/defontana").json())
    assert defontana.get(f"{BOOKS}/GetBusinessCenterPlan").status_code == 401


def test_credentials_of_the_query_are_not_remembered(defontana: httpx.Client, sim: httpx.Client) -> None:
    del defontana
    logins = [call["query"] for call in sim.get("/calls/defontana").json() if call["route"] == "/api/Auth"]
    assert set(logins[-1].values()) == {"…"}


def test_vouchers_are_paged_from_zero_and_providers_from_one(defontana: httpx.Client) -> None:
    vouchers = [
        defontana.get(f"{BOOKS}/GetVoucherList", params={"VoucherType": "TRASPASO", "ItemsPerPage": 1, "Page": page})
        for page in (0, 1)
    ]
    providers = defontana.get("/api/PurchaseOrder/GetProviders", params={"itemsPerPage": 1, "pageNumber": 1}).json()
    assert [answer.json()["items"][0]["number"] for answer in vouchers] == [1181, 1182]
    assert len(providers["providersList"]) == 1


def test_a_voucher_takes_the_next_number_of_its_type_and_year(defontana: httpx.Client) -> None:
    first, second = insert(defontana), insert(defontana)
    assert first == {
        "voucherType": "TRASPASO",
        "number": 1183,
        "fiscalYear": 2026,
        "success": True,
        "message": "",
        "exceptionMessage": None,
    }
    assert second["number"] == 1184


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"detail": [LINE, {**OWED, "credit": 999}]}, "Comprobante descuadrado"),
        ({"detail": [LINE]}, "El comprobante debe tener al menos dos líneas"),
        ({"detail": [{**LINE, "accountCode": "4210100000"}, OWED]}, "Línea 1: la cuenta 4210100000 no es imputable"),
        ({"detail": [{**LINE, "accountCode": "4210101012"}, OWED]}, "Línea 1: la cuenta 4210101012 está inactiva"),
        ({"detail": [{**LINE, "accountCode": "9"}, OWED]}, "Línea 1: la cuenta 9 no existe"),
        (
            {"detail": [{**LINE, "bussinessCenterId": ""}, OWED]},
            "Línea 1: la cuenta 4210101005 requiere centro de negocios",
        ),
        (
            {"detail": [LINE, {**OWED, "accountCode": "2110101001"}]},
            "Línea 2: la cuenta 2110101001 requiere ficha",
        ),
        (
            {"detail": [{**LINE, "debit": 1000.5}, {**OWED, "credit": 1000.5}]},
            "Línea 1: los montos deben ser pesos enteros, no negativos",
        ),
        ({"detail": [{**LINE, "credit": 5}, OWED]}, "Línea 1: debe tener Debe o Haber, uno solo"),
        ({"header": {"date": "2026-09-30T00:00:00.000Z"}}, "El período contable está cerrado"),
        ({"header": {"fiscalYear": 2025}}, "La fecha no pertenece al ejercicio"),
        ({"header": {"voucherType": "OTRO"}}, "El tipo de comprobante no existe"),
        (
            {"detail": [{**LINE, "bussinessCenterId": "EMPGESGESBOD000"}, OWED]},
            "Línea 1: el centro de negocios EMPGESGESBOD000 no existe, no es imputable o está inactivo",
        ),
        ({"detail": [{**LINE, "fileId": "1-9"}, OWED]}, "Línea 1: la ficha 1-9 no existe"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_an_accountant_refuses_is_refused_under_status_200(
    defontana: httpx.Client, sim: httpx.Client, changed: dict[str, Any], said: str
) -> None:
    answer = insert(defontana, **changed)
    assert (answer["success"], answer["message"]) == (False, said)
    assert sim.get("/journal/defontana").json() == []


def test_a_timeout_after_the_commit_leaves_the_voucher(
    defontana: httpx.Client, sim: httpx.Client, fault: Plant
) -> None:
    fault("defontana", "answer_lost", method="POST")
    with pytest.raises(httpx.TransportError):
        insert(defontana)
    assert [entry["id"] for entry in sim.get("/journal/defontana").json()] == ["TRASPASO-2026-1183"]


def test_a_center_may_become_inactive(defontana: httpx.Client, plant: Plant) -> None:
    plant("defontana", "centers", {"code": "EMPGESGESOPE000", "activo": "N"})
    assert insert(defontana)["success"] is False


def test_a_voucher_deleted_by_hand_is_gone_and_its_number_is_not_given_again(
    defontana: httpx.Client, sim: httpx.Client
) -> None:
    insert(defontana)
    sim.post("/plant", json={"system": "defontana", "table": "vouchers", "remove": ["TRASPASO-2026-1183"]})
    gone: dict[str, str | int] = {"VoucherType": "TRASPASO", "Number": 1183, "FiscalYear": 2026, "Isopening": "false"}
    assert defontana.get(f"{BOOKS}/GetVoucher", params=gone).json()["success"] is False
    assert insert(defontana)["number"] == 1184


def test_lists_may_hide_the_comment(defontana: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "defontana", "list_comment": "hidden"})
    shown = defontana.get(f"{BOOKS}/GetVoucherList", params={"VoucherType": "TRASPASO"}).json()["items"][0]
    whole: dict[str, str | int] = {"VoucherType": "TRASPASO", "Number": 1181, "FiscalYear": 2026, "Isopening": "false"}
    assert "comment" not in shown
    assert defontana.get(f"{BOOKS}/GetVoucher", params=whole).json()["header"]["comment"].startswith("Centralización")


def test_centers_and_chart_are_trees(defontana: httpx.Client) -> None:
    centers = defontana.get(f"{BOOKS}/GetBusinessCenterPlan").json()["centrosNegocios"]
    chart = defontana.get(f"{BOOKS}/GetAccountPlan").json()["cuentas"]
    assert [row["code"] for row in centers] == ["EMP000000000000"]
    assert centers[0]["descendientes"][0]["descendientes"][0] == {
        "code": "EMPGESGESOPE000",
        "description": "OPERACIONES",
        "imputable": "S",
        "activo": "S",
        "descendientes": None,
    }
    assert [row["code"] for row in chart] == ["1000000000", "2000000000", "4000000000"]


def test_a_refusal_may_come_under_status_400(defontana: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "defontana", "refusals": "400"})
    answer = defontana.post(f"{BOOKS}/InsertVoucher", json={**VOUCHER, "detail": [LINE]})
    assert (answer.status_code, answer.json()["message"]) == (400, "El comprobante debe tener al menos dos líneas")


def test_the_test_host_is_closed_at_weekends_and_at_night(defontana: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "defontana", "host": "replication"})
    plan = f"{BOOKS}/GetBusinessCenterPlan"
    on_saturday = defontana.get(plan).status_code
    sim.post("/clock", json={"advance_seconds": 2 * 86400})
    on_monday = defontana.get(plan).status_code
    sim.post("/clock", json={"advance_seconds": 10 * 3600})
    assert (on_saturday, on_monday, defontana.get(plan).status_code) == (503, 200, 503)
