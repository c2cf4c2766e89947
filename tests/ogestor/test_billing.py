"""What the ledger remembers of invoices: what changed, and nothing from day to day."""

from tests._world import World
from tests.systems.ogestor_panel import SYSTEM as PANEL

INTEGRATION = "ogestor_billing"


def test_another_day_is_no_news_of_an_invoice(world: World) -> None:
    client, contract = PANEL.shorthand["panel_clients"][1], PANEL.shorthand["contracts"][1]
    for code, email, tax_id, status in (
        (17, ["a@example.com"], "12ABC34501DE35", "Ativo"),
        (18, [], "11222333000181", "Ativo"),
        (19, ["b@example.com"], "11444777000161", "Em Teste"),
    ):
        row = {**client({"codigo": code}), "codigo": code, "emails": email, "cpf_cnpj": tax_id}
        world.plant("ogestor_panel", "cliente", row)
        row = {**contract({"cliente_id": code}), "cliente_id": code, "status": status}
        world.plant("ogestor_panel", "contratacao", row)
    world.run(INTEGRATION)
    world.run(INTEGRATION)
    decided = world.query(INTEGRATION, "select document_id, action from decisions where kind = 'invoice'")

    world.advance(days=3)
    world.run(INTEGRATION)

    assert world.query(INTEGRATION, "select document_id, action from decisions where kind = 'invoice'") == decided
    assert sorted(decided) == [
        ("contratacao:1017/2026-11", "create"),
        ("contratacao:1017/2026-11", "skip"),
        ("contratacao:1018/2026-11", "hold"),
        ("contratacao:1019/2026-11", "ignore"),
    ]
