"""Rindegastos' stand-in, oddity by oddity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from sandbox._chile import check_digit, dotted, rut

Plant = Callable[..., Any]
MARK = {"Id": 125001, "IntegrationStatus": 1, "IntegrationCode": "TRASPASO-2026-7", "IntegrationDate": "2026-11-09"}


@pytest.fixture
def rindegastos(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    token = sim.get("/credentials/rindegastos").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{base}/rindegastos", headers=headers, verify=False) as client:
        yield client


def ids(client: httpx.Client, call: str, name: str, **asked: Any) -> list[int]:
    answer = client.get(f"/v1/{call}", params={"ResultsPerPage": 100, **asked}).json()
    return [row["Id"] for row in answer[name]]


@pytest.mark.parametrize("digits", ["12345678-5", "77732169-2", "76322465-1", "60803000-K", "76000000-0"])
def test_check_digits_are_those_of_the_registry(digits: str) -> None:
    body, _, check = digits.partition("-")
    assert (check_digit(int(body)), dotted(rut(int(body)))[-1]) == (check, check)


def test_a_wrong_token_is_refused(rindegastos: httpx.Client) -> None:
    answer = rindegastos.get("/v1/getExpenses", headers={"Authorization": "Bearer other"})
    assert (answer.status_code, answer.json()["statusCode"]) == (401, 401)


def test_pages_count_from_one_and_hold_at_most_a_hundred(rindegastos: httpx.Client) -> None:
    first = rindegastos.get("/v1/getExpenses", params={"ResultsPerPage": 999}).json()
    second = rindegastos.get("/v1/getExpenses", params={"ResultsPerPage": 999, "Page": 2}).json()
    assert (len(first["Expenses"]), first["Records"]["Page"], second["Records"]["Page"]) == (100, 1, 2)
    assert not {row["Id"] for row in first["Expenses"]} & {row["Id"] for row in second["Expenses"]}


def test_an_open_report_shows_only_by_its_send_date(rindegastos: httpx.Client, plant: Plant) -> None:
    plant("rindegastos", "reports", {"Id": 125001, "Status": 0, "CloseDate": "", "SendDate": "2026-11-02"})
    closed = ids(rindegastos, "getExpenseReports", "ExpenseReports", Since="1900-01-01")
    sent = ids(rindegastos, "getExpenseReports", "ExpenseReports", Since="1900-01-01", TypeDateFilter=2)
    assert (125001 in closed, 125001 in sent) == (False, True)


def test_since_means_the_day_of_the_receipt(rindegastos: httpx.Client, plant: Plant) -> None:
    plant("rindegastos", "expenses", {"Id": 650001, "IssueDate": "2025-01-15"})
    assert 650001 not in ids(rindegastos, "getExpenses", "Expenses", Since="2026-01-01", ReportId=125001)


def test_marking_shrinks_what_is_not_integrated(rindegastos: httpx.Client) -> None:
    asked = {"IntegrationStatus": 0, "Status": 1, "ResultsPerPage": 10}
    before = rindegastos.get("/v1/getExpenses", params=asked).json()
    first = before["Expenses"][0]["Id"]
    rindegastos.put("/v1/setExpenseIntegration", json={**MARK, "Id": first})
    after = rindegastos.get("/v1/getExpenses", params=asked).json()
    assert after["Records"]["TotalRecords"] == before["Records"]["TotalRecords"] - 1


@pytest.mark.parametrize("date", ["2026-09-09 12:00:00", "2026-09-09", "2026-09-09T12:00:00.123", "2025-7-3 9:5:1"])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_marks_take_every_date_that_clients_send(rindegastos: httpx.Client, method: str, date: str) -> None:
    call = "/v1/setExpenseReportIntegration"
    assert rindegastos.request(method, call, json={**MARK, "IntegrationDate": date}).status_code == 200
    row = rindegastos.get("/v1/getExpenseReport", params={"Id": 125001}).json()
    assert (row["Integrated"], row["IntegrationExternalCode"]) == (True, "TRASPASO-2026-7")


def test_a_mark_can_be_taken_back(rindegastos: httpx.Client) -> None:
    rindegastos.put("/v1/setExpenseReportIntegration", json=MARK)
    rindegastos.put("/v1/setExpenseReportIntegration", json={**MARK, "IntegrationStatus": 0})
    row = rindegastos.get("/v1/getExpenseReport", params={"Id": 125001}).json()
    assert (row["Integrated"], row["IntegrationExternalCode"]) == ("", "")


def test_a_bare_list_of_marks_is_refused_under_status_200(rindegastos: httpx.Client) -> None:
    answer = rindegastos.put("/v2/setExpenseIntegrationBulk", json=[MARK])
    assert (answer.status_code, answer.json()) == (
        200,
        {"statusCode": 400, "message": ["property 0 should not exist"], "error": "Bad Request"},
    )


def test_the_second_version_says_it_otherwise(rindegastos: httpx.Client, plant: Plant) -> None:
    plant("rindegastos", "reports", {"Id": 125001, "CloseDate": "2026-11-10", "EmployeeName": "Ana Rojas"})
    wrapped = rindegastos.get("/v2/getExpenseReport", params={"Id": 125001}).json()["ExpenseReports"]
    expense = rindegastos.get("/v2/getExpense", params={"Id": 650001}).json()
    assert (wrapped["ClosedDate"], wrapped["Employee"]["Name"], wrapped["IsIntegrated"]) == (
        "2026-11-11T02:10:00.000Z",
        "Ana Rojas",
        0,
    )
    assert (expense["IsIntegrated"], {type(each["Id"]) for each in expense["ExtraFields"]}) == (False, {int, str})
    assert {"taxPercentage", "taxName", "taxAmount", "tax", "otherTaxes", "retention"} == set(expense["Taxes"])


def test_extra_fields_come_shuffled_with_stray_spaces_and_blank_codes(rindegastos: httpx.Client) -> None:
    expenses = rindegastos.get("/v1/getExpenses", params={"ResultsPerPage": 100}).json()["Expenses"]
    orders = {tuple(each["Name"].strip().casefold() for each in row["ExtraFields"]) for row in expenses}
    fields = [each for row in expenses for each in row["ExtraFields"]]
    assert len(orders) > 10
    assert any(each["Name"].endswith(" ") for each in fields)
    assert any(each["Name"].strip().casefold() == "tipo de documento" and not each["Code"] for each in fields)
    assert all(row["SatInfo"] is None and row["SunatInfo"] is None for row in expenses)


def test_an_unknown_email_is_a_body_with_id_zero(rindegastos: httpx.Client) -> None:
    assert rindegastos.get("/v1/getUser", params={"Email": "nobody@example.cl"}).json() == {"Id": 0}


def test_faults_reach_totals_inside_the_records(rindegastos: httpx.Client, fault: Plant) -> None:
    honest = rindegastos.get("/v1/getExpenses").json()["Records"]["TotalRecords"]
    fault("rindegastos", "wrong_total", route="/v1/getExpenses")
    assert rindegastos.get("/v1/getExpenses").json()["Records"]["TotalRecords"] == honest + 7
