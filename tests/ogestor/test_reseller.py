"""A reseller's clients and invoices through all three flows, with lost answers on the way: every cent once.

CONTRAPARTIDA_RESELLER=medium makes it 3,000 clients with twelve months of invoices: eight minutes.
"""

import os
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox._serve import serving
from tests._world import World, environment

pytestmark = pytest.mark.long

FLOWS = ("ogestor_billing", "asaas_to_ogestor_panel", "ogestor_panel_to_ogestor_erp")
PACE = 10_000
SIZE = os.environ.get("CONTRAPARTIDA_RESELLER", "small")
WHOLE_HISTORY = {
    "ASAAS_TO_OGESTOR_PANEL__PAID_DAYS": "500",
    "ASAAS_TO_OGESTOR_PANEL__DUE_DAYS": "500",
    "OGESTOR_PANEL_TO_OGESTOR_ERP__WINDOW_DAYS": "500",
}
LOST = (
    ("ogestor_panel", "POST", "/faturas", 3),
    ("ogestor_panel", "POST", "/faturas/*/baixar", 5),
    ("ogestor_erp", "POST", "/clientes", 4),
    ("ogestor_erp", "POST", "/contas-receber", 7),
    ("ogestor_erp", "POST", "/boletos", 9),
    ("ogestor_erp", "PUT", "/contas-receber/*/receber", 6),
)


@pytest.fixture
def world(prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with serving(size=SIZE, pace=PACE) as url:
        made = World(url, tmp_path / "data")
        settings = {f"CONTRAPARTIDA__ACADEMIA__{name}": value for name, value in WHOLE_HISTORY.items()}
        for name, value in {**environment(url, made.data, PACE), **settings}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield made


@pytest.mark.timeout(3600 if SIZE != "small" else 300)
def test_every_cent_is_settled_once_on_both_sides_and_a_second_round_writes_nothing(world: World) -> None:
    for system, method, route, nth in LOST:
        world.fault(system, "answer_lost", method=method, route=route, on_call=nth)
        world.fault(system, "request_lost", method=method, route=route, on_call=nth + 1)
    for _ in range(2):
        _round(world)
    world.no_faults()
    quiet = _round(world)
    assert {
        "writes of a quiet round": quiet,
        "written more than once": _more_than_once(world),
        "settled in the ERP but not as in the panel": _differences(world),
        "not in the ERP and nobody says why": _missing(world),
        "charges paid twice": _paid_twice(world),
    } == {
        "writes of a quiet round": 0,
        "written more than once": {},
        "settled in the ERP but not as in the panel": {},
        "not in the ERP and nobody says why": set(),
        "charges paid twice": set(),
    }


def _round(world: World) -> int:
    before = len(world.journal())
    for flow in FLOWS:
        world.run(flow)
        world.advance(seconds=10)
    return len(world.journal()) - before


def _more_than_once(world: World) -> dict[tuple[str, str, str], int]:
    """Creations and settlements by what they are about; a second one would be money twice."""
    told: Counter[tuple[str, str, str]] = Counter()
    for entry in world.journal():
        if entry["verb"] in ("create", "settle", "reverse", "cancel"):
            told[entry["route"], entry["verb"], str(entry["reference"] or _about(entry))] += 1
    return {what: count for what, count in told.items() if count > 1}


def _about(entry: dict[str, Any]) -> str:
    body = entry["body"]
    if entry["route"] == "/faturas":
        return f"{body['cliente_id']} {body['mes_referencia']}/{body['ano_referencia']}"
    return str(body.get("conta_receber_id") or entry["id"])


def _differences(world: World) -> dict[str, tuple[Any, Any]]:
    """Invoices that came to the ERP and stand there otherwise than in the panel."""
    panel = {f"fatura:{row['codigo']}": row for row in world.rows("ogestor_panel", "fatura")}
    wrong = {}
    for row in world.rows("ogestor_erp", "titulo"):
        invoice = panel.get(str(row["codigo_externo"]))
        if invoice is None:
            continue
        there = (row["situacao"] == "Pago/Liquidado", _money(row["valor_pago"]), row["data_credito"])
        paid = invoice["status"] == "Paga"
        wanted = (
            paid,
            _money(invoice["valor_pago"]) if paid else Decimal(0),
            invoice["data_credito"] if paid else None,
        )
        if there != wanted:
            wrong[str(row["codigo_externo"])] = (there, wanted)
    return wrong


def _missing(world: World) -> set[str]:
    """Invoices of the panel that are not in the ERP, and are neither held back nor left alone for a reason."""
    there = {str(row["codigo_externo"]) for row in world.rows("ogestor_erp", "titulo")}
    told = "select document_id from documents where kind = 'receivable' and state in ('held back', 'ignored')"
    explained = {row[0] for row in world.query("ogestor_panel_to_ogestor_erp", f"{told} and because is not null")}
    invoices = {f"fatura:{row['codigo']}" for row in world.rows("ogestor_panel", "fatura")}
    return invoices - there - explained


def _paid_twice(world: World) -> set[str]:
    """Invoices of the panel that say more was paid than their one charge did."""
    charges = {row["id"]: row for row in world.rows("asaas", "payment")}
    return {
        str(row["codigo"])
        for row in world.rows("ogestor_panel", "fatura")
        if row["valor_pago"] is not None and _money(row["valor_pago"]) != charges[row["cobranca_id"]]["value"]
    }


def _money(text: str | None) -> Decimal:
    return Decimal(text or "0")
