"""A payment is settled because its webhook was heard: the endpoint, the deployment and the worker are real."""

from typing import Any

import httpx

from tests.prefect_ui._house import HOOK_TOKEN, House, eventually


def test_a_payment_is_settled_in_the_panel_and_in_the_erp_by_the_runs_that_its_webhook_starts(house: House) -> None:
    charge, invoice = waiting_for_payment(house)
    with house.worker(), house.hooks() as address, asaas(house) as client:
        hook = {"url": f"{address}/asaas/demo", "authToken": HOOK_TOKEN, "events": ["PAYMENT_CONFIRMED"]}
        client.post("/webhooks", json=hook).raise_for_status()
        client.post(f"/sandbox/payment/{charge}/confirm").raise_for_status()
        eventually(lambda: settlements(house, invoice), "the panel is told of the payment")
        eventually(lambda: entered(house, invoice) == "Pago/Liquidado", "the ERP is told of the payment")
    assert settlements(house, invoice) == [("settle", charge)]
    named = [call for call in house.world.calls("asaas") if call["route"] == "/v3/payments/{id}"]
    assert [call["path"].rsplit("/", 1)[-1] for call in named if call["method"] == "GET"] == [charge]


def waiting_for_payment(house: House) -> tuple[str, int]:
    """A charge that nobody has paid yet, and its invoice."""
    unpaid = {row["id"] for row in house.world.rows("asaas", "payment") if row["status"] == "OVERDUE"}
    return next(
        (row["cobranca_id"], row["codigo"])
        for row in house.world.rows("ogestor_panel", "fatura")
        if row["status"] == "Aguardando Pagamento" and row["cobranca_id"] in unpaid
    )


def settlements(house: House, invoice: int) -> list[tuple[str, Any]]:
    """What the panel was told of an invoice's payment: how, and of which charge."""
    told = [entry for entry in house.world.journal("ogestor_panel") if entry["id"] == invoice]
    return [(entry["verb"], entry["body"].get("cobranca_id")) for entry in told]


def entered(house: House, invoice: int) -> str | None:
    """The situation of the invoice's receivable in the ERP."""
    titles = house.world.rows("ogestor_erp", "titulo")
    return next((row["situacao"] for row in titles if row["codigo_externo"] == f"fatura:{invoice}"), None)


def asaas(house: House) -> httpx.Client:
    key = httpx.get(f"{house.world.url}/_sim/credentials/asaas").json()["access_token"]
    return httpx.Client(base_url=f"{house.world.url}/asaas/v3", headers={"access_token": key})
