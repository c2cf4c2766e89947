"""The oracle: what the panel is told, by what the partner says of a charge and what the panel says of its invoice."""

from typing import Any

import pytest

from tests._world import World
from tests.systems.asaas import SYSTEM as ASAAS
from tests.systems.ogestor_panel import SYSTEM as PANEL

PAID_ON, CREDITED_ON = "2026-11-09", "2026-11-10"
INVOICES: dict[str, dict[str, Any]] = {
    "processing": {"status": "Em Processamento", "cobranca_id": None},
    "waiting": {"status": "Aguardando Pagamento"},
    "paid": {"status": "Paga", "valor_pago": "89.90", "data_pagamento": PAID_ON, "data_credito": CREDITED_ON},
    "reversed": {"status": "Estornada", "valor_pago": "89.90", "data_pagamento": PAID_ON, "data_credito": CREDITED_ON},
    "cancelled": {"status": "Cancelada"},
}
PAYMENT = {"clientPaymentDate": PAID_ON, "paymentDate": PAID_ON, "creditDate": CREDITED_ON}
REFUND = {"status": "DONE", "value": 89.90, "effectiveDate": "2026-11-20 10:00:00"}
CHARGES: dict[str, dict[str, Any]] = {
    "PENDING": {},
    "OVERDUE": {},
    "AWAITING_RISK_ANALYSIS": {},
    "DUNNING_REQUESTED": {},
    "CONFIRMED": {**PAYMENT, "creditDate": None},
    "RECEIVED": PAYMENT,
    "RECEIVED_IN_CASH": {**PAYMENT, "creditDate": None},
    "DUNNING_RECEIVED": PAYMENT,
    "REFUND_REQUESTED": PAYMENT,
    "REFUND_IN_PROGRESS": PAYMENT,
    "CHARGEBACK_REQUESTED": PAYMENT,
    "CHARGEBACK_DISPUTE": PAYMENT,
    "AWAITING_CHARGEBACK_REVERSAL": PAYMENT,
    "REFUNDED": {**PAYMENT, "refunds": [REFUND]},
    "AUTHORIZED": {},
}
UNPAID = ("PENDING", "OVERDUE", "AWAITING_RISK_ANALYSIS", "DUNNING_REQUESTED", "AUTHORIZED")
DISPUTED = (
    *("REFUND_REQUESTED", "REFUND_IN_PROGRESS"),
    *("CHARGEBACK_REQUESTED", "CHARGEBACK_DISPUTE", "AWAITING_CHARGEBACK_REVERSAL"),
)


def oracle(charge: str, invoice: str) -> str:
    """What happens, in the words of the panel's journal; never back to open, never settled when cancelled."""
    if charge in UNPAID:
        return "nothing"
    if invoice in ("processing", "cancelled"):
        return "waits for a person"
    if charge == "REFUNDED":
        return {"waiting": "settle, reverse", "paid": "reverse", "reversed": "nothing"}[invoice]
    if invoice == "reversed":
        return "waits for a person"
    if charge in DISPUTED:
        return {"waiting": "settle, dispute", "paid": "dispute"}[invoice]
    return {"waiting": "settle", "paid": "nothing"}[invoice]


@pytest.fixture
def told(world: World) -> dict[tuple[str, str], str]:
    """What happened to each pair of a charge and an invoice, all in one run."""
    pairs = {1000 + n: pair for n, pair in enumerate((c, i) for c in CHARGES for i in INVOICES)}
    complete_invoice, complete_charge = PANEL.shorthand["invoices"][1], ASAAS.shorthand["charges"][1]
    for code, (charge, invoice) in pairs.items():
        row = {**complete_invoice({"codigo": code}), "lancamento": "2026-11-01", "vencimento": "2026-11-10"}
        world.plant("ogestor_panel", "fatura", {**row, **INVOICES[invoice]})
        there = {**complete_charge({"id": f"pay_{code}"}), "id": f"pay_{code}", "status": charge}
        world.plant("asaas", "payment", {**there, **CHARGES[charge]})
    world.run("asaas_to_ogestor_panel")
    verbs: dict[str, list[str]] = {}
    for entry in world.journal("ogestor_panel"):
        verbs.setdefault(str(entry["id"]), []).append(entry["verb"])
    held = {name.split()[1] for name in world.held_back("asaas_to_ogestor_panel")}
    return {
        pair: ", ".join(verbs.get(str(code), [])) or ("waits for a person" if f"pay_{code}" in held else "nothing")
        for code, pair in pairs.items()
    }


def test_the_panel_is_told_what_the_oracle_says(told: dict[tuple[str, str], str]) -> None:
    assert told == {pair: oracle(*pair) for pair in told}
