"""Conta Azul's stand-in, oddity by oddity."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox._contaazul_data import ACCOUNT, CATEGORY
from sandbox._contaazul_oauth import COMPANY, SCOPE
from sandbox._contaazul_words import known_id
from sandbox._people import cnpj, punctuated

Plant = Callable[..., Any]
BUSCAR = "/v1/financeiro/eventos-financeiros/contas-a-receber/buscar"
SERVICE = known_id("service", 0)
CALLBACK = "http://127.0.0.1:8765/callback"


@pytest.fixture
def raw(base: str, sim: httpx.Client) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{base}/contaazul", verify=False) as client:
        yield client


@pytest.fixture
def keys(sim: httpx.Client) -> dict[str, str]:
    found: dict[str, str] = sim.get("/credentials/contaazul").json()
    return found


@pytest.fixture
def contaazul(raw: httpx.Client, keys: dict[str, str]) -> httpx.Client:
    raw.headers["Authorization"] = f"Bearer {refresh(raw, keys)['access_token']}"
    return raw


def refresh(raw: httpx.Client, keys: dict[str, str], token: str | None = None, path: str = "/oauth/token") -> Any:
    return spend(raw, keys, path, grant_type="refresh_token", refresh_token=token or keys["refresh_token"]).json()


def spend(raw: httpx.Client, keys: dict[str, str], path: str = "/oauth/token", **form: str) -> httpx.Response:
    return raw.post(path, data=form, auth=(keys["client_id"], keys["client_secret"]))


def quirk(sim: httpx.Client, **chosen: str) -> None:
    assert sim.post("/quirks", json={"system": "contaazul", **chosen}).status_code == 200


def person(contaazul: httpx.Client, **changed: Any) -> Any:
    body = {"nome": "Padaria Sol Ltda", "tipo_pessoa": "Jurídica", "perfis": [{"tipo_perfil": "Cliente"}], **changed}
    return contaazul.post("/v1/pessoas", json=body)


def sale(contaazul: httpx.Client, client: str, **changed: Any) -> httpx.Response:
    body = {
        "id_cliente": client,
        "numero": contaazul.get("/v1/venda/proximo-numero").json(),
        "situacao": "EM_ANDAMENTO",
        "data_venda": "2026-11-20",
        "observacoes": "Negócio 1 do Moskit",
        "itens": [{"id": SERVICE, "descricao": "Implantação", "quantidade": 1, "valor": 1250.00}],
        "condicao_pagamento": {
            "opcao_condicao_pagamento": "À vista",
            "parcelas": [{"data_vencimento": "2026-11-20", "valor": 1250.00}],
        },
        **changed,
    }
    return contaazul.post("/v1/venda", json=body)


def receivable(client: str, **changed: Any) -> dict[str, Any]:
    amounts = {"valor_bruto": 99.90, "valor_liquido": 99.90, "multa": 0, "juros": 0, "desconto": 0, "taxa": 0}
    account = ACCOUNT["Conta Corrente Exemplo"]
    part = {"descricao": "1/1", "data_vencimento": "2026-11-30", "nota": "", "conta_financeira": account}
    return {
        "descricao": "Mensal",
        "data_competencia": "2026-11-20",
        "valor": 99.90,
        "observacao": "Negócio 1",
        "conta_financeira": account,
        "id_cliente": client,
        "contato": client,
        "referencia_externa": "moskit:1",
        "rateio": [{"id_categoria": CATEGORY["Vendas de Serviços"], "valor": 99.90}],
        "condicao_pagamento": {"parcelas": [{**part, "detalhe_valor": amounts}]},
        **changed,
    }


def search(contaazul: httpx.Client, **asked: str) -> httpx.Response:
    window = {"data_vencimento_de": "2026-11-01", "data_vencimento_ate": "2026-12-31"}
    return contaazul.get(BUSCAR, params={"pagina": 1, "tamanho_pagina": 10, **window, **asked})


# -- authorization ------------------------------------------------------------------------------------------


def test_a_code_is_given_to_a_literal_address_with_scopes_joined_by_a_plus(
    raw: httpx.Client, keys: dict[str, str]
) -> None:
    for path in ("/oauth2/authorize", "/login", "/oauth/authorize"):
        asked = f"{path}?response_type=code&client_id={keys['client_id']}&state=s1&scope={SCOPE}&redirect_uri="
        assert raw.get(asked + CALLBACK.replace(":", "%3A")).json() == {"error": "redirect_mismatch"}
        sent = urlsplit(raw.get(asked + CALLBACK).headers["Location"])
        assert (f"{sent.scheme}://{sent.netloc}{sent.path}", parse_qs(sent.query)["state"]) == (CALLBACK, ["s1"])


def test_a_code_buys_tokens_once_and_for_three_minutes(
    raw: httpx.Client, sim: httpx.Client, keys: dict[str, str]
) -> None:
    asked = f"/oauth/authorize?response_type=code&client_id={keys['client_id']}&scope={SCOPE}&redirect_uri={CALLBACK}"

    def bought(code: str) -> httpx.Response:
        return spend(raw, keys, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)

    def code() -> str:
        return parse_qs(urlsplit(raw.get(asked).headers["Location"]).query)["code"][0]

    first = code()
    assert {**bought(first).json(), "access_token": "", "refresh_token": ""} == {
        "access_token": "",
        "expires_in": 3600,
        "refresh_token": "",
        "token_type": "Bearer",
    }
    assert bought(first).json()["error"] == "invalid_grant"
    late = code()
    sim.post("/clock", json={"advance_seconds": 181})
    assert bought(late).status_code == 400


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth/token"])
def test_a_refresh_token_works_once_and_the_next_one_replaces_it(
    raw: httpx.Client, keys: dict[str, str], path: str
) -> None:
    first = refresh(raw, keys, path=path)
    again = spend(raw, keys, path, grant_type="refresh_token", refresh_token=keys["refresh_token"])
    assert (again.status_code, again.json()["error"], again.json()["error_subtype"]) == (
        400,
        "invalid_grant",
        "invalid_refresh_token",
    )
    assert refresh(raw, keys, first["refresh_token"], path)["refresh_token"] != first["refresh_token"]


def test_an_access_token_lasts_an_hour(contaazul: httpx.Client, sim: httpx.Client) -> None:
    assert contaazul.get("/v1/pessoas/conta-conectada").json()["id_empresa"] == COMPANY
    sim.post("/clock", json={"advance_seconds": 3601})
    assert contaazul.get("/v1/pessoas/conta-conectada").status_code == 401


def test_a_revoked_connection_says_so(contaazul: httpx.Client, keys: dict[str, str]) -> None:
    assert contaazul.delete(f"/oauth/connections/{COMPANY}").status_code == 204
    refused = refresh(contaazul, keys)
    assert (refused["error"], refused["error_subtype"]) == ("invalid_grant", "access_revoked")


def test_the_secret_is_needed_for_tokens(raw: httpx.Client, keys: dict[str, str]) -> None:
    wrong = {**keys, "client_secret": "wrong"}
    assert refresh(raw, wrong)["error_subtype"] == "invalid_client"


def test_ten_calls_a_second_for_a_company(raw: httpx.Client, sim: httpx.Client, keys: dict[str, str]) -> None:
    sim.post("/reset", json={"pace": 1})
    raw.headers["Authorization"] = f"Bearer {refresh(raw, keys)['access_token']}"
    codes = [raw.get("/v1/pessoas/conta-conectada").status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]


def test_an_ended_trial_is_403_with_its_own_field(contaazul: httpx.Client, sim: httpx.Client) -> None:
    quirk(sim, account="trial_ended")
    answer = contaazul.get("/v1/pessoas")
    assert (answer.status_code, answer.json()["status_conta"]) == (403, "END_TRIAL")


# -- pages and errors ---------------------------------------------------------------------------------------


def test_every_resource_has_an_envelope_of_its_own(contaazul: httpx.Client) -> None:
    first = {"pagina": 1, "tamanho_pagina": 10}
    keys = {
        "/v1/pessoas": {"items", "totalItems"},
        "/v1/categorias?permite_apenas_filhos=true": {"itens", "itens_totais"},
        "/v1/conta-financeira": {"itens", "itens_totais", "totais"},
        "/v1/centro-de-custo": {"items", "itens_totais", "totais"},
        "/v1/servicos": {"itens", "paginacao"},
        "/v1/venda/busca": {"itens", "total_itens", "totais", "quantidades"},
    }
    assert {path: set(contaazul.get(path, params=None if "?" in path else first).json()) for path in keys} == keys
    assert set(search(contaazul).json()) == {"itens", "itens_totais", "totais"}


def test_page_sizes_come_from_a_list(contaazul: httpx.Client) -> None:
    sizes = {
        size: contaazul.get("/v1/pessoas", params={"tamanho_pagina": size}).status_code
        for size in (0, 10, 25, 1000, 2000)
    }
    assert sizes == {0: 200, 10: 200, 25: 400, 1000: 200, 2000: 400}
    assert contaazul.get("/v1/servicos", params={"tamanho_pagina": 200}).status_code == 400


def test_errors_come_in_several_shapes(contaazul: httpx.Client) -> None:
    no_route = contaazul.get("/v1/nothing").json()
    no_record = contaazul.get("/v1/venda/00000000-0000-0000-0000-000000000000").json()
    assert (no_route["message"], no_record["message"]) == ("Not Found", "O recurso solicitado não foi encontrado")
    assert person(contaazul, nome="").json() == {"error": "O campo nome é obrigatório"}
    refused = contaazul.post("/v1/financeiro/contas-a-receber", json={}).json()
    assert refused == {"code": "VALIDATION_ERROR", "message": "O campo data_competencia é obrigatório"}


def test_lists_named_with_brackets_are_refused(contaazul: httpx.Client) -> None:
    assert contaazul.get("/v1/pessoas", params={"nomes[]": "x"}).status_code == 400


# -- people -------------------------------------------------------------------------------------------------


def test_nobody_is_null(contaazul: httpx.Client) -> None:
    assert contaazul.get("/v1/pessoas", params={"nomes": "Ninguém"}).json() == {"items": None, "totalItems": 0}


def test_kinds_are_accented_on_write_and_upper_case_on_read(contaazul: httpx.Client) -> None:
    assert person(contaazul, tipo_pessoa="JURIDICA").status_code == 400
    made = person(contaazul, cnpj=punctuated(cnpj("12ABC345")), unknown_field="dropped without a word")
    assert (made.status_code, made.json()["tipo_pessoa"], made.json()["origem"]) == (201, "JURIDICA", "API")
    (listed,) = contaazul.get(
        "/v1/pessoas", params={"documentos": cnpj("12ABC345"), "tipos_pessoa": "Jurídica"}
    ).json()["items"]
    assert (listed["tipo_pessoa"], listed["perfis"]) == ("JURIDICA", ["CLIENTE"])
    assert set(contaazul.get(f"/v1/pessoas/{listed['id']}").json()["perfis"][0]) == {"id", "tipo_perfil"}


def test_without_a_kind_only_natural_persons_are_listed_unless_the_quirk_says_otherwise(
    contaazul: httpx.Client, sim: httpx.Client
) -> None:
    person(contaazul, nome="Só Jurídica")
    assert contaazul.get("/v1/pessoas", params={"nomes": "só jurídica"}).json()["totalItems"] == 0
    quirk(sim, people_defaults="none")
    assert contaazul.get("/v1/pessoas", params={"nomes": "só jurídica"}).json()["totalItems"] == 1


def test_one_document_belongs_to_one_person_unless_the_quirk_says_otherwise(
    contaazul: httpx.Client, sim: httpx.Client
) -> None:
    tax_id = cnpj("99887766")
    assert [person(contaazul, cnpj=tax_id).status_code for _ in range(2)] == [201, 400]
    quirk(sim, pessoa_duplicate="allow")
    assert person(contaazul, cnpj=punctuated(tax_id)).status_code == 201


def test_the_document_filter_may_want_digits_or_a_mask(contaazul: httpx.Client, sim: httpx.Client) -> None:
    tax_id = cnpj("55667788")
    person(contaazul, cnpj=tax_id)

    def found(asked: str) -> int:
        params = {"documentos": asked, "tipos_pessoa": "Jurídica"}
        return int(contaazul.get("/v1/pessoas", params=params).json()["totalItems"])

    counts = {}
    for kind in ("either", "digits", "masked"):
        quirk(sim, document_filter=kind)
        counts[kind] = (found(tax_id), found(punctuated(tax_id)))
    assert counts == {"either": (1, 1), "digits": (1, 0), "masked": (0, 1)}


def test_a_patch_adds_a_role_and_answers_without_a_body(contaazul: httpx.Client) -> None:
    key = person(contaazul).json()["id"]
    roles = [{"tipo_perfil": "Cliente"}, {"tipo_perfil": "Fornecedor"}]
    answer = contaazul.patch(f"/v1/pessoas/{key}", json={"perfis": roles})
    told = contaazul.get(f"/v1/pessoas/{key}").json()["perfis"]
    assert (answer.status_code, answer.content, [role["tipo_perfil"] for role in told]) == (
        204,
        b"",
        ["Cliente", "Fornecedor"],
    )


# -- sales --------------------------------------------------------------------------------------------------


def test_a_sale_waits_for_confirmation_and_keeps_its_notes_out_of_the_list(contaazul: httpx.Client) -> None:
    client = person(contaazul).json()["id"]
    made = sale(contaazul, client)
    assert (made.status_code, made.json()["situacao"]["nome"], made.json()["pendencia"]["nome"]) == (
        200,
        "IN_PROCESS",
        "AGUARDANDO_CONFIRMACAO",
    )
    (listed,) = contaazul.get("/v1/venda/busca", params={"ids_clientes": client}).json()["itens"]
    assert (listed["situacao"]["nome"], listed["total"], "observacoes" in listed) == ("EM_ANDAMENTO", 1250.0, False)
    whole = contaazul.get(f"/v1/venda/{made.json()['id']}").json()
    assert (whole["venda"]["observacoes"], whole["venda"]["tipo_pendencia"]["nome"]) == (
        "Negócio 1 do Moskit",
        "ESPERANDO_CONFIRMACAO",
    )
    assert contaazul.get(f"/v1/venda/{made.json()['id_legado']}").json() == whole


def test_the_next_number_is_no_reservation_and_a_taken_one_is_refused(contaazul: httpx.Client) -> None:
    client = person(contaazul).json()["id"]
    number = contaazul.get("/v1/venda/proximo-numero").json()
    assert contaazul.get("/v1/venda/proximo-numero").json() == number
    codes = [sale(contaazul, client, numero=number) for _ in range(2)]
    assert [code.status_code for code in codes] == [200, 400]
    assert codes[1].json()["message"] == "Número da venda já utilizado"


def test_items_and_parcels_must_add_up_to_the_same(contaazul: httpx.Client) -> None:
    client = person(contaazul).json()["id"]
    parts = [{"data_vencimento": "2026-11-20", "valor": 1249.99}]
    terms = {"opcao_condicao_pagamento": "À vista", "parcelas": parts}
    assert sale(contaazul, client, condicao_pagamento=terms).status_code == 400
    assert sale(contaazul, client, itens=[]).json()["message"] == "O campo itens é obrigatório"


def test_several_clients_are_asked_for_by_repeating_the_parameter(contaazul: httpx.Client) -> None:
    clients = [person(contaazul, nome=f"Cliente {n}").json()["id"] for n in range(3)]
    for client in clients:
        sale(contaazul, client)
    found = contaazul.get("/v1/venda/busca", params={"ids_clientes": clients[:2]}).json()["itens"]
    assert {row["cliente"]["id"] for row in found} == set(clients[:2])


# -- finance ------------------------------------------------------------------------------------------------


def test_a_receivable_is_answered_at_once_with_its_parcels(contaazul: httpx.Client) -> None:
    client = person(contaazul).json()["id"]
    for path in ("/v1/financeiro/contas-a-receber", "/v1/financeiro/eventos-financeiros/contas-a-receber"):
        made = contaazul.post(path, json=receivable(client))
        assert (made.status_code, len(made.json()["parcelas"])) == (201, 1)
    found = search(contaazul).json()
    assert {row["id"] for row in found["itens"]} >= {made.json()["parcelas"][0]["id"]}
    parcel = contaazul.get(f"/v1/financeiro/eventos-financeiros/parcelas/{made.json()['parcelas'][0]['id']}").json()
    assert (parcel["evento"]["id"], parcel["evento"]["codigo_referencia"]) == (made.json()["id"], "moskit:1")


def test_our_reference_may_be_unreadable(contaazul: httpx.Client, sim: httpx.Client) -> None:
    made = contaazul.post("/v1/financeiro/contas-a-receber", json=receivable(person(contaazul).json()["id"])).json()
    quirk(sim, reference_readback="hidden")
    parcels = contaazul.get(f"/v1/financeiro/eventos-financeiros/{made['id']}/parcelas").json()
    assert ["codigo_referencia" in parcel["evento"] for parcel in parcels] == [False]


def test_before_october_2026_a_protocol_came_first(contaazul: httpx.Client, sim: httpx.Client) -> None:
    quirk(sim, finance_mode="protocol")
    body = receivable(person(contaazul).json()["id"])
    assert contaazul.post("/v1/financeiro/contas-a-receber", json=body).status_code == 404
    old = "/v1/financeiro/eventos-financeiros/contas-a-receber"
    promise = contaazul.post(old, json=body)
    assert (promise.status_code, promise.json()["status"]) == (200, "PENDING")
    told = [contaazul.get(f"/v1/protocolo/{promise.json()['protocolo']}").json() for _ in range(2)]
    assert [each["status"] for each in told] == ["PENDING", "SUCCESS"]
    assert contaazul.get(f"/v1/financeiro/eventos-financeiros/{told[1]['evento_financeiro_id']}/parcelas").json()


@pytest.mark.parametrize(("fate", "status", "booked"), [("late", "PENDING", 1), ("stuck", "PENDING", 0)])
def test_a_protocol_may_never_end(
    contaazul: httpx.Client, sim: httpx.Client, fate: str, status: str, booked: int
) -> None:
    quirk(sim, finance_mode="protocol", protocol=fate)
    body = receivable(person(contaazul).json()["id"], descricao="só este")
    promise = contaazul.post("/v1/financeiro/eventos-financeiros/contas-a-receber", json=body).json()
    told = [contaazul.get(f"/v1/protocolo/{promise['protocolo']}").json()["status"] for _ in range(5)]
    assert (set(told), search(contaazul, descricao="1/1").json()["itens_totais"]) == ({status}, booked)


def test_a_protocol_may_end_in_an_error_with_its_text(contaazul: httpx.Client, sim: httpx.Client) -> None:
    quirk(sim, finance_mode="protocol", protocol="error", protocol_words="Período encerrado")
    body = receivable(person(contaazul).json()["id"])
    promise = contaazul.post("/v1/financeiro/eventos-financeiros/contas-a-receber", json=body).json()
    told = [contaazul.get(f"/v1/protocolo/{promise['protocolo']}").json() for _ in range(2)]
    assert (told[1]["status"], told[1]["resposta"]) == ("ERROR", "Período encerrado")


def test_a_search_needs_due_dates_within_a_year(contaazul: httpx.Client) -> None:
    assert contaazul.get(BUSCAR, params={"pagina": 1, "tamanho_pagina": 10}).status_code == 400
    assert search(contaazul, data_vencimento_de="2026-01-01", data_vencimento_ate="2027-01-01").status_code == 200
    assert search(contaazul, data_vencimento_de="2026-01-01", data_vencimento_ate="2027-01-02").status_code == 400


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"rateio": [{"id_categoria": CATEGORY["Vendas de Serviços"], "valor": 99.89}]},
            "A soma do rateio difere do valor",
        ),
        ({"valor": 0}, "O valor deve ser maior que zero"),
        ({"rateio": [{"id_categoria": CATEGORY["Comissões"], "valor": 99.90}]}, "Categoria não encontrada"),
        ({"data_competencia": "2026-02-30"}, "Data de competência inválida"),
    ],
)
def test_what_finance_refuses(contaazul: httpx.Client, changed: dict[str, Any], message: str) -> None:
    body = receivable(person(contaazul).json()["id"], **changed)
    refused = contaazul.post("/v1/financeiro/contas-a-receber", json=body)
    assert (refused.status_code, refused.json()["message"]) == (400, message)


def test_a_payable_may_not_be_paid_from_a_receipts_account(contaazul: httpx.Client) -> None:
    supplier = person(contaazul, perfis=[{"tipo_perfil": "Fornecedor"}]).json()["id"]
    body = receivable(supplier, id_fornecedor=supplier, conta_financeira=ACCOUNT["Receba Fácil"])
    body["rateio"][0]["id_categoria"] = CATEGORY["Comissões"]
    refused = contaazul.post("/v1/financeiro/contas-a-pagar", json=body)
    assert refused.json()["message"] == "Conta Receba Fácil não é permitida"


def test_a_parcel_is_edited_with_its_newest_version_only_and_settled_in_parts(contaazul: httpx.Client) -> None:
    made = contaazul.post("/v1/financeiro/contas-a-receber", json=receivable(person(contaazul).json()["id"])).json()
    path = f"/v1/financeiro/eventos-financeiros/parcelas/{made['parcelas'][0]['id']}"
    assert contaazul.patch(path, json={"versao": 7}).status_code == 409
    assert contaazul.patch(path, json={"versao": 0, "vencimento": "2026-12-05"}).json()["vencimento"] == "2026-12-05"
    account = ACCOUNT["Conta Corrente Exemplo"]

    def settle(amount: float) -> httpx.Response:
        paid = {"data_pagamento": "2026-11-21", "conta_financeira": account}
        return contaazul.post(f"{path}/baixa", json={**paid, "composicao_valor": {"valor_bruto": amount}})

    assert "<html>" in contaazul.post(f"{path}/baixa", json={}).text
    states = [(settle(amount), contaazul.get(path).json())[1] for amount in (50.00, 49.90)]
    assert [(state["status"], state["versao"]) for state in states] == [("RECEBIDO_PARCIAL", 2), ("QUITADO", 3)]


def test_a_settlement_is_changed_with_its_newest_version_only_and_taken_back(contaazul: httpx.Client) -> None:
    made = contaazul.post("/v1/financeiro/contas-a-receber", json=receivable(person(contaazul).json()["id"])).json()
    parcels = "/v1/financeiro/eventos-financeiros/parcelas"
    parcel = f"{parcels}/{made['parcelas'][0]['id']}"
    paid = {"data_pagamento": "2026-11-21", "conta_financeira": ACCOUNT["Conta Corrente Exemplo"]}
    done = contaazul.post(f"{parcel}/baixa", json={**paid, "composicao_valor": {"valor_bruto": 99.90}}).json()
    path = f"{parcels}/baixa/{done['id']}"
    stale = contaazul.patch(path, json={"versao": 7, "composicao_valor": {"valor_bruto": 50.00}}).status_code
    changed = contaazul.patch(path, json={"versao": 0, "composicao_valor": {"valor_bruto": 50.00}}).json()
    [listed], single = contaazul.get(f"{parcel}/baixa").json(), contaazul.get(path).json()
    in_part = contaazul.get(parcel).json()["status"]
    gone = contaazul.delete(path)
    after = contaazul.get(parcel).json()
    assert (stale, changed["versao"], listed == single, single["valor_composicao"], in_part) == (
        409,
        1,
        True,
        {"valor_bruto": 50.00},
        "RECEBIDO_PARCIAL",
    )
    assert (gone.status_code, gone.content, contaazul.get(path).status_code) == (200, b"", 404)
    assert (after["status"], after["valor_pago"], after["versao"], after["baixas"]) == ("PENDENTE", 0, 3, [])


def test_categories_need_a_parameter_that_says_nothing(contaazul: httpx.Client) -> None:
    assert contaazul.get("/v1/categorias").status_code == 400
    asked = {"permite_apenas_filhos": "true", "tipo": "DESPESA", "tamanho_pagina": "10"}
    names = [row["nome"] for row in contaazul.get("/v1/categorias", params=asked).json()["itens"]]
    assert names == ["Comissões", "Serviços de Terceiros"]
