"""What the stand-ins answer and what we send have the fields that the notes on the vendors list.

Skipped where those notes are not at hand.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox._serve import serving
from tests._specs import ABSENT, SPECS
from tests._world import World
from tests.rindegastos_to_defontana.test_report import INTEGRATION, example

pytestmark = pytest.mark.skipif(not SPECS.exists(), reason=ABSENT)


def spec(name: str) -> Any:
    return json.loads((SPECS / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def clients() -> Iterator[dict[str, httpx.Client]]:
    with serving(pace=1e6) as url:
        token = httpx.get(f"{url}/_sim/credentials/rindegastos").json()["token"]
        keys = httpx.get(f"{url}/_sim/credentials/defontana").json()
        bearer = httpx.get(f"{url}/defontana/api/Auth", params=keys).json()["access_token"]
        yield {
            "rindegastos": httpx.Client(
                base_url=f"{url}/rindegastos", headers={"Authorization": f"Bearer {token}"}, verify=False
            ),
            "defontana": httpx.Client(
                base_url=f"{url}/defontana/api", headers={"Authorization": f"Bearer {bearer}"}, verify=False
            ),
        }


@pytest.mark.parametrize(
    ("call", "name", "shape"),
    [
        ("getExpenses", "Expenses", "Expense"),
        ("getExpenseReports", "ExpenseReports", "ExpenseReport"),
        ("getFunds", "Funds", "Fund"),
        ("getUsers", "Users", "User"),
        ("getExpensePolicies", "Policies", "Policy"),
    ],
)
def test_rindegastos_shows_exactly_the_fields_of_v1(
    clients: dict[str, httpx.Client], call: str, name: str, shape: str
) -> None:
    body = clients["rindegastos"].get(f"/v1/{call}").json()
    assert set(body[name][0]) == set(spec("rindegastos_derived.json")["v1"][shape])


@pytest.mark.parametrize(
    "call",
    [
        "Accounting/GetVoucherList",
        "Accounting/GetBusinessCenterPlan",
        "Accounting/GetAccountAnalisys",
        "PurchaseOrder/GetProviders",
        "Purchase/List",
    ],
)
def test_defontana_answers_with_the_fields_of_the_notes(clients: dict[str, httpx.Client], call: str) -> None:
    body = clients["defontana"].get(f"/{call}", params={"Account": "4210101005"}).json()
    assert set(spec("defontana_accounting_derived.json")[f"GET /{call}"]["response"]) <= set(body)


def test_a_voucher_is_sent_with_exactly_the_fields_of_the_notes(world: World) -> None:
    example(world)
    world.run(INTEGRATION)

    said = spec("defontana_accounting_derived.json")
    body = world.journal("defontana")[0]["body"]
    wanted = said["POST /Accounting/InsertVoucher"]["body"]
    assert (set(body), set(body["header"])) == (set(wanted), set(wanted["header"]))
    assert {frozenset(line) for line in body["detail"]} == {frozenset(said["VoucherLine"])}
