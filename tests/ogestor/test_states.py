"""The oracles: what the panel is told, by what the partner says of a charge and what the panel says of its invoice; and
what the ERP is told, by what the panel says of an invoice and how its receivable stands."""

from typing import Any

import pytest

from tests._world import World
from tests.systems.asaas import SYSTEM as ASAAS
from tests.systems.ogestor_erp import SYSTEM as ERP
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
    "removed": {"status": "PENDING", "deleted": True},
}
UNPAID = ("PENDING", "OVERDUE", "AWAITING_RISK_ANALYSIS", "DUNNING_REQUESTED", "AUTHORIZED")
DISPUTED = (
    *("REFUND_REQUESTED", "REFUND_IN_PROGRESS"),
    *("CHARGEBACK_REQUESTED", "CHARGEBACK_DISPUTE", "AWAITING_CHARGEBACK_REVERSAL"),
)


def oracle(charge: str, invoice: str) -> str:
    """What happens, in the words of the panel's journal; never back to open, never settled when cancelled."""
    if charge in UNPAID:  # of a cancelled invoice it asks the client for money that nobody wants
        return "waits for a person" if invoice == "cancelled" else "nothing"
    if charge == "removed":  # it is only looked for where the panel still waits for it
        return "cancel" if invoice == "waiting" else "nothing"
    if charge == "REFUNDED":
        told = {"processing": "waits for a person", "waiting": "settle, reverse", "paid": "reverse"}
        return told.get(invoice, "nothing")
    if invoice in ("processing", "cancelled", "reversed"):
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


TITLES: dict[str, dict[str, Any] | None] = {
    "absent": None,
    "Aberto": {},
    "Pago/Liquidado": {"valor_pago": "89.90", "data_pagamento": PAID_ON, "data_credito": CREDITED_ON},
    "Cancelado": {},
}
OF_THE_PANEL = {**INVOICES, "disputed": {**INVOICES["paid"], "em_disputa": True}}


def oracle_of_the_erp(invoice: str, title: str) -> str:
    """What happens to the receivable, in the words of the ERP's journal; open again only where the money went back."""
    if title == "absent":
        paid, unpaid = dict.fromkeys(("paid", "disputed"), "create, settle"), ("processing", "waiting")
        return {**paid, **dict.fromkeys(unpaid, "create")}.get(invoice, "nothing")
    if invoice in ("processing", "waiting"):
        return "nothing" if title == "Aberto" else "waits for a person"
    if invoice in ("paid", "disputed"):
        settled = "nothing" if invoice == "paid" else "waits for a person"
        return {"Aberto": "settle", "Pago/Liquidado": settled, "Cancelado": "waits for a person"}[title]
    if invoice == "reversed":
        return {"Aberto": "nothing", "Pago/Liquidado": "reverse", "Cancelado": "nothing"}[title]
    return {"Aberto": "cancel", "Pago/Liquidado": "waits for a person", "Cancelado": "nothing"}[title]


@pytest.fixture
def told_to_the_erp(world: World) -> dict[tuple[str, str], str]:
    """What happened to each pair of an invoice and a receivable, all in one run."""
    pairs = {1000 + n: pair for n, pair in enumerate((i, t) for i in OF_THE_PANEL for t in TITLES)}
    client, invoice = PANEL.shorthand["panel_clients"][1], PANEL.shorthand["invoices"][1]
    known, open_title = ERP.shorthand["erp_clients"][1], ERP.shorthand["titles"][1]
    days = {"lancamento": "2026-11-01", "vencimento": "2026-11-10"}
    world.plant("ogestor_panel", "cliente", {**client({"codigo": 17}), "codigo": 17})
    world.plant("ogestor_erp", "cliente", {**known({"codigo": 44}), "codigo": 44})
    for code, (state, situation) in pairs.items():
        world.plant("ogestor_panel", "fatura", {**invoice({"codigo": code}), **days, **OF_THE_PANEL[state]})
        if (stands := TITLES[situation]) is not None:
            row = {**open_title({"codigo": code}), **days, "situacao": situation, "codigo_externo": f"fatura:{code}"}
            world.plant("ogestor_erp", "titulo", {**row, **stands})
    world.run("ogestor_panel_to_ogestor_erp")
    verbs: dict[str, list[str]] = {}
    for entry in world.journal("ogestor_erp"):
        if entry["route"].startswith("/contas-receber"):
            verbs.setdefault(entry["reference"], []).append(entry["verb"])
    held = {
        name.split()[1] for name in world.held_back("ogestor_panel_to_ogestor_erp") if not name.startswith("bank_slip")
    }
    return {
        pair: ", ".join(verbs.get(f"fatura:{code}", []))
        or ("waits for a person" if f"fatura:{code}" in held else "nothing")
        for code, pair in pairs.items()
    }


def test_the_erp_is_told_what_the_oracle_says(told_to_the_erp: dict[tuple[str, str], str]) -> None:
    assert told_to_the_erp == {pair: oracle_of_the_erp(*pair) for pair in told_to_the_erp}
