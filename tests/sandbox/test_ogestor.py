"""The stand-ins of oGestor's panel and ERP: what the vendor's wiki says, and the assumed contract around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

CONTRACTED, ON_TRIAL, WITHOUT_CONTRACT = 17, 24, 30


def opened(base: str, sim: httpx.Client, system: str) -> httpx.Client:
    token = sim.get(f"/credentials/{system}").json()["personal_token"]
    client = httpx.Client(base_url=f"{base}/{system}", verify=False)
    bought = client.post("/oauth/access_token", json={"grant_type": "personal", "personal_token": token}).json()
    client.headers["Authorization"] = f"{bought['token_type']} {bought['access_token']}"
    return client


@pytest.fixture
def panel(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    client = opened(base, sim, "ogestor_panel")
    yield client
    client.close()


@pytest.fixture
def erp(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    client = opened(base, sim, "ogestor_erp")
    yield client
    client.close()


def invoice(**changed: Any) -> dict[str, Any]:
    return {
        "cliente_id": CONTRACTED,
        "descricao": "Mensalidade NFe",
        "valor": "89.90",
        "lancamento": "2026-11-21",
        "vencimento": "2026-12-10",
        "mes_referencia": "12",
        "ano_referencia": "2026",
        **changed,
    }


def title(**changed: Any) -> dict[str, Any]:
    return {
        "codigo_externo": "fatura:231",
        "cliente_id": 44,
        "descricao": "Mensalidade NFe",
        "num_doc": "231",
        "valor": "89.90",
        "lancamento": "2026-11-21",
        "vencimento": "2026-12-10",
        "conta_corrente_id": 1,
        "mes_referencia": "12",
        "ano_referencia": "2026",
        **changed,
    }


def wait(sim: httpx.Client, seconds: int) -> None:
    sim.post("/clock", json={"advance_seconds": seconds}).raise_for_status()


@pytest.mark.parametrize("system", ["ogestor_panel", "ogestor_erp"])
def test_a_token_is_needed_and_lives_fifteen_minutes(base: str, sim: httpx.Client, system: str) -> None:
    client = opened(base, sim, system)
    before = client.get("/clientes").status_code
    wait(sim, 900)
    old = client.get("/clientes")
    client.headers.pop("Authorization")
    assert (before, old.status_code, old.json()["errCode"], client.get("/clientes").status_code) == (200, 401, 401, 401)


def test_a_wrong_personal_token_buys_nothing(base: str, sim: httpx.Client) -> None:
    asked = {"grant_type": "personal", "personal_token": "guess"}
    answer = httpx.post(f"{base}/ogestor_panel/oauth/access_token", json=asked, verify=False)
    assert answer.status_code == 401


def test_pages_have_fifty_rows_whatever_is_asked(panel: httpx.Client) -> None:
    first = panel.get("/clientes", params={"per_page": 500}).json()
    second = panel.get("/clientes", params={"page": 2}).json()
    assert (first["per_page"], len(first["data"]), first["total"], len(second["data"]), second["next_page_url"]) == (
        50,
        50,
        64,
        14,
        None,
    )


def test_sixty_calls_a_minute(base: str, sim: httpx.Client) -> None:
    sim.post("/reset", json={"seed": 7, "size": "small", "pace": 1})
    client = opened(base, sim, "ogestor_panel")
    seen = [client.get("/planos") for _ in range(60)]
    assert [answer.status_code for answer in seen[-2:]] == [200, 429]
    assert seen[-1].headers["X-RateLimit-Remaining"] == "0"


def test_an_invoice_waits_for_its_payment_some_seconds_after_it_was_saved(
    panel: httpx.Client, sim: httpx.Client
) -> None:
    saved = panel.post("/faturas", json=invoice(status="Paga", codigo=1)).json()
    at_once = panel.get(f"/faturas/{saved['codigo']}").json()["status"]
    wait(sim, 5)
    later = panel.get(f"/faturas/{saved['codigo']}").json()
    charge = sim.get("/rows", params={"system": "asaas", "table": "payment", "id": later["cobranca_id"]}).json()[0]
    assert (saved["codigo"] > 1, at_once, later["status"]) == (True, "Em Processamento", "Aguardando Pagamento")
    assert (charge["externalReference"], str(charge["value"]), charge["status"]) == (
        f"fatura:{saved['codigo']}",
        "89.9",
        "PENDING",
    )


def test_an_invoice_of_a_removed_client_stays_in_processing(panel: httpx.Client, sim: httpx.Client) -> None:
    saved = panel.post("/faturas", json=invoice()).json()
    removal = {"system": "ogestor_panel", "table": "cliente", "remove": [CONTRACTED]}
    sim.post("/plant", json=removal).raise_for_status()
    wait(sim, 60)
    page = panel.get(f"/faturas/{saved['codigo']}/html")
    told = (panel.get(f"/faturas/{saved['codigo']}").json()["status"], page.status_code, "removido" in page.text)
    assert told == ("Em Processamento", 200, True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cliente_id": ON_TRIAL}, "cliente_id"),
        ({"cliente_id": WITHOUT_CONTRACT}, "cliente_id"),
        ({"cliente_id": 9999}, "cliente_id"),
        ({"valor": "0"}, "valor"),
        ({"valor": "89.901"}, "valor"),
        ({"valor": "89,90"}, "valor"),
        ({"vencimento": "2026-11-20"}, "vencimento"),
        ({"lancamento": "2026-02-31"}, "lancamento"),
        ({"mes_referencia": "7"}, "mes_referencia"),
        ({"mes_referencia": "13"}, "mes_referencia"),
        ({"mes_referencia": 12}, "mes_referencia"),
        ({"ano_referencia": "26"}, "ano_referencia"),
        ({"descricao": " "}, "descricao"),
    ],
)
def test_an_invoice_that_breaks_a_rule_is_refused(
    panel: httpx.Client, sim: httpx.Client, changed: dict[str, Any], field: str
) -> None:
    answer = panel.post("/faturas", json=invoice(**changed))
    written = sim.get("/journal", params={"system": "ogestor_panel"}).json()
    assert (answer.status_code, list(answer.json()["errFields"]), written) == (422, [field], [])


def test_a_contract_starts_on_trial_and_each_client_has_one(panel: httpx.Client) -> None:
    made = panel.post("/contratacoes", json={"cliente_id": WITHOUT_CONTRACT, "status": "Ativo"}).json()
    again = panel.post("/contratacoes", json={"cliente_id": WITHOUT_CONTRACT})
    before = panel.post("/faturas", json=invoice(cliente_id=WITHOUT_CONTRACT)).status_code
    panel.put(f"/contratacoes/{made['codigo']}", json={"status": "Ativo"}).raise_for_status()
    after = panel.post("/faturas", json=invoice(cliente_id=WITHOUT_CONTRACT)).status_code
    assert (made["status"], again.status_code, before, after) == ("Em Teste", 422, 422, 200)


def test_an_e_mail_belongs_to_one_client(panel: httpx.Client) -> None:
    known = panel.get(f"/clientes/{CONTRACTED}").json()["emails"]
    answer = panel.post("/clientes", json={"nome": "Outra Ltda", "cpf_cnpj": "12ABC34501DE35", "emails": known})
    assert (answer.status_code, list(answer.json()["errFields"])) == (422, ["emails"])


def test_a_payment_told_twice_is_one_and_a_credit_date_may_follow(panel: httpx.Client, sim: httpx.Client) -> None:
    code = panel.post("/faturas", json=invoice()).json()["codigo"]
    paid = {"valor_pago": "91.70", "juros": "0.00", "multa": "1.80", "data_pagamento": "2026-12-15"}
    too_early = panel.post(f"/faturas/{code}/baixar", json=paid).status_code
    wait(sim, 5)
    answers = [
        panel.post(f"/faturas/{code}/baixar", json=body)
        for body in (paid, paid, {**paid, "data_credito": "2026-12-16"}, {**paid, "valor_pago": "1.00"})
    ]
    verbs = [entry["verb"] for entry in sim.get("/journal", params={"system": "ogestor_panel"}).json()]
    assert (too_early, [answer.status_code for answer in answers]) == (422, [200, 200, 200, 422])
    assert verbs == ["create", "settle", "credit"]


def test_what_is_paid_is_reversed_not_cancelled(panel: httpx.Client, sim: httpx.Client) -> None:
    code = panel.post("/faturas", json=invoice()).json()["codigo"]
    wait(sim, 5)
    panel.post(f"/faturas/{code}/baixar", json={"valor_pago": "89.90", "data_pagamento": "2026-12-09"})
    cancelled = panel.post(f"/faturas/{code}/cancelar").status_code
    reversed_ = panel.post(f"/faturas/{code}/estornar", json={"data_estorno": "2026-12-20"}).json()["status"]
    again = panel.post(f"/faturas/{code}/baixar", json={"valor_pago": "89.90", "data_pagamento": "2026-12-09"})
    assert (cancelled, reversed_, again.status_code) == (422, "Estornada", 422)


def test_invoices_have_a_page_and_a_pdf(panel: httpx.Client) -> None:
    page, pdf = panel.get("/faturas/231/html"), panel.get("/faturas/231/pdf")
    assert (page.headers["content-type"], "Fatura 231" in page.text) == ("text/html; charset=UTF-8", True)
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_changes_since_a_moment(panel: httpx.Client, sim: httpx.Client) -> None:
    now = sim.get("/clock").json()["clock"]
    code = panel.post("/faturas", json=invoice()).json()["codigo"]
    found = panel.get("/faturas", params={"atualizado_desde": now}).json()["data"]
    naive = panel.get("/faturas", params={"atualizado_desde": "2026-11-21T09:00:00"}).status_code
    assert ([row["codigo"] for row in found], naive) == ([code], 422)


def test_what_has_an_external_code_cannot_be_created_twice(erp: httpx.Client) -> None:
    first = erp.post("/contas-receber", json=title())
    second = erp.post("/contas-receber", json=title(valor="1.00"))
    assert (first.status_code, second.status_code, second.json() == first.json()) == (200, 409, True)


def test_a_receivable_lives_and_its_slip_follows(erp: httpx.Client, sim: httpx.Client) -> None:
    code = erp.post("/contas-receber", json=title()).json()["codigo"]
    slip = erp.post("/boletos", json={"conta_receber_id": code, "conta_corrente": "Conta Principal"}).json()
    states = [slip["situacao"]]
    erp.put(f"/contas-receber/{code}/receber", json={"valor": "89.90", "data_pagamento": "2026-12-09"})
    states.append(erp.get("/boletos").json()["data"][-1]["situacao"])
    erp.put(f"/contas-receber/{code}/estornar", json={"situacao": "Aberto"})
    states.append(erp.get("/boletos").json()["data"][-1]["situacao"])
    seen = [entry["verb"] for entry in sim.get("/journal", params={"system": "ogestor_erp"}).json()]
    assert (states, seen) == (["Em aberto", "Pago", "Cancelado"], ["create", "create", "settle", "reverse"])


def test_a_settlement_told_twice_is_one(erp: httpx.Client, sim: httpx.Client) -> None:
    code = erp.post("/contas-receber", json=title()).json()["codigo"]
    paid = {"valor": "89.90", "data_pagamento": "2026-12-09"}
    other = {**paid, "valor": "89.91"}
    answers = [erp.put(f"/contas-receber/{code}/receber", json=body).status_code for body in (paid, paid, other)]
    verbs = [entry["verb"] for entry in sim.get("/journal", params={"system": "ogestor_erp"}).json()]
    assert (answers, verbs) == ([200, 200, 422], ["create", "settle"])


def test_slips_wait_overdue_and_are_kept_in_one_account(erp: httpx.Client, sim: httpx.Client) -> None:
    code = erp.post("/contas-receber", json=title()).json()["codigo"]
    elsewhere = erp.post("/boletos", json={"conta_receber_id": code, "conta_corrente": "Caixa"}).status_code
    made = erp.post("/boletos", json={"conta_receber_id": code, "conta_corrente": "Conta Principal"}).json()
    page = erp.get(made["link_impressao"])
    wait(sim, 30 * 86_400)
    token = sim.get("/credentials/ogestor_erp").json()["personal_token"]
    bought = erp.post("/oauth/access_token", json={"grant_type": "personal", "personal_token": token}).json()
    erp.headers["Authorization"] = f"Bearer {bought['access_token']}"
    later = erp.get("/boletos", params={"conta_corrente": "Conta Principal"}).json()["data"][-1]
    assert (elsewhere, "Boleto" in page.text, later["situacao"]) == (422, True, "Vencido")


def test_the_consumer_is_never_touched(erp: httpx.Client) -> None:
    assert erp.put("/clientes/1", json={"nome": "Outro"}).status_code == 403
