"""Pacto's stand-in, oddity by oddity."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from stdnum.br import cnpj, cpf

NOW = 1795262400000  # 2026-11-21T09:00:00-03:00
DAY = 86_400_000
EXPENSE = {
    "empresa": 1,
    "tipoOperacao": 1,
    "descricao": "ENERGIA ELETRICA 09/2026",
    "pessoa": 900000,
    "valor": 1830.45,
    "dataLancamento": 1788145200000,
    "dataVencimento": 1789009200000,
    "dataCompetencia": 1788231600000,
    "dataQuitacao": 1789009200000,
    "valorPago": 1830.45,
    "nrParcela": 1,
    "planoConta": 16,
    "centroCusto": 2,
    "conta": 3,
    "observacao": "[KAMINO:55012]",
    "codigoExterno": "KAMINO-55012",
}
SUPPLIER = {
    "empresa": 1,
    "nome": "FORNECEDOR EXEMPLO LTDA",
    "nomeFantasia": "FORNECEDOR EXEMPLO",
    "tipoPessoa": "JURIDICA",
    "cpfCnpj": "11222333000181",
    "email": "financeiro@example.com",
    "telefone": "1133330000",
}
Plant = Callable[..., Any]


def sweep(client: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    number = 0
    while True:
        answer = client.get(path, params={**asked, "page": number, "size": 100}).json()
        rows += answer["content"]
        if answer["last"]:
            assert len(rows) == answer["totalElements"]
            return rows
        number += 1


def filtered(client: httpx.Client, path: str, filters: dict[str, Any]) -> list[dict[str, Any]]:
    return sweep(client, path, filters=json.dumps(filters))


def test_the_key_is_taken_raw_and_as_bearer(base: str, pacto: httpx.Client, sim: httpx.Client) -> None:
    key = sim.get("/credentials/pacto").json()["api_key"]
    raw = httpx.get(f"{base}/pacto/v1/conta", headers={"Authorization": key, "empresaId": "1"})
    assert raw.json() == pacto.get("/v1/conta").json()


def test_a_wrong_key_is_refused_in_pactos_words(base: str, sim: httpx.Client) -> None:
    answer = httpx.get(f"{base}/pacto/v1/conta", headers={"Authorization": "Bearer x", "empresaId": "1"})
    assert (answer.status_code, answer.json()) == (401, {"erro": "Authorization informada inválida"})


def test_the_company_header_is_obligatory(pacto: httpx.Client) -> None:
    del pacto.headers["empresaId"]
    answer = pacto.get("/v1/conta")
    assert (answer.status_code, answer.json()) == (401, {"erro": "Header empresaId obrigatório"})


def test_a_key_without_the_scope_is_refused(pacto: httpx.Client, sim: httpx.Client) -> None:
    pacto.headers["Authorization"] = sim.get("/credentials/pacto").json()["without_scopes"]["api_key"]
    answer = pacto.get("/v1/movparcela")
    assert answer.status_code == 403
    assert answer.json() == {"erro": "Acesso negado: escopo adm:financeiro:parcelas:consultar não concedido à chave"}


def test_one_route_answers_500_where_the_scope_is_missing(pacto: httpx.Client, sim: httpx.Client) -> None:
    pacto.headers["Authorization"] = sim.get("/credentials/pacto").json()["without_scopes"]["api_key"]
    sim.post("/quirks", json={"system": "pacto", "scope_500": "/v1/conta"})
    answer = pacto.get("/v1/conta")
    assert (answer.status_code, answer.json()["message"]) == (500, "Problemas ao obter a secret")


def test_a_read_only_key_reads_and_does_not_write(pacto: httpx.Client, sim: httpx.Client) -> None:
    pacto.headers["Authorization"] = sim.get("/credentials/pacto").json()["read_only"]["api_key"]
    assert pacto.get("/v1/movconta").status_code == 200
    assert pacto.post("/v1/movconta", json=EXPENSE).status_code == 403


def test_a_second_call_within_the_second_gets_the_plain_text_429(pacto: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/reset", json={"pace": 1})
    assert [pacto.get("/v1/conta").status_code, pacto.get("/v1/banco").status_code] == [200, 200]
    refused = pacto.get("/v1/conta")
    assert (refused.status_code, refused.text, refused.headers["content-type"]) == (
        429,
        "Rate limit excedido. Maximo 1 requisicao(oes) por 1 segundo(s)",
        "text/plain;charset=UTF-8",
    )
    assert "retry-after" not in refused.headers


def test_above_the_limit_an_empty_page_may_come_without_an_error(pacto: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/reset", json={"pace": 1})
    sim.post("/quirks", json={"system": "pacto", "limit": "empty"})
    pacto.get("/v1/conta")
    answer = pacto.get("/v1/conta")
    assert (answer.status_code, answer.json()["content"], answer.json()["totalElements"]) == (200, [], 0)


def test_pages_count_from_zero_with_ten_rows_by_default(pacto: httpx.Client) -> None:
    first = pacto.get("/v1/movparcela").json()
    assert {key: first[key] for key in first if key != "content"} == {
        "totalElements": 300,
        "totalPages": 30,
        "last": False,
        "size": 10,
        "number": 0,
    }
    assert len(first["content"]) == 10
    beyond = pacto.get("/v1/movparcela", params={"page": 30}).json()
    assert (beyond["content"], beyond["last"], beyond["totalElements"]) == ([], True, 300)


def test_the_page_size_ends_at_one_thousand(pacto: httpx.Client) -> None:
    assert pacto.get("/v1/movparcela", params={"size": 5000}).json()["size"] == 1000


@pytest.mark.parametrize("asked", [{"page": "-1"}, {"size": "0"}, {"page": "x"}, {"filters": "{"}])
def test_an_unreadable_question_is_a_400(pacto: httpx.Client, asked: dict[str, str]) -> None:
    answer = pacto.get("/v1/movparcela", params=asked)
    assert (answer.status_code, answer.json()) == (400, {"erro": "Requisição inválida"})


def test_rows_are_sorted_by_an_attribute_of_the_closed_list(pacto: httpx.Client) -> None:
    down = pacto.get("/v1/movparcela", params={"sort": "codigo,desc", "size": 1}).json()
    assert down["content"][0]["codigo"] == 771300
    wrong = pacto.get("/v1/movparcela", params={"sort": "humor,asc"})
    assert (wrong.status_code, wrong.json()) == (200, {"erro": "Atributo de ordenação inválido: humor"})


def test_an_unknown_filter_is_silently_ignored(pacto: httpx.Client) -> None:
    everything = sweep(pacto, "/v1/movconta")
    assert filtered(pacto, "/v1/movconta", {"tipoOperacao": 1, "codigoExterno": "X"}) == everything
    assert sweep(pacto, "/v1/movconta", tipoOperacao=1) == everything
    assert {row["tipoOperacao"] for row in everything} == {1, 3, 4, 5, 7, 8, 10}


def test_the_launch_window_includes_both_ends(pacto: httpx.Client) -> None:
    rows = sweep(pacto, "/v1/movparcela")
    moment = rows[40]["dataLancamento"]
    found = filtered(pacto, "/v1/movparcela", {"dataLancamentoInicio": moment, "dataLancamentoFim": moment})
    assert found == [row for row in rows if row["dataLancamento"] == moment]


def test_the_change_window_finds_changes_of_old_receipts(pacto: httpx.Client) -> None:
    rows = sweep(pacto, "/v1/movparcela")
    low = NOW - 2 * DAY
    found = filtered(pacto, "/v1/movparcela", {"empresa": 1, "dataAlteracaoInicio": low})
    assert found == [row for row in rows if row["dataAlteracao"] >= low]
    assert any(row["dataLancamento"] < low for row in found)


def test_receipts_are_found_by_situation(pacto: httpx.Client) -> None:
    rows = sweep(pacto, "/v1/movparcela")
    assert {row["situacao"] for row in rows} == {"EA", "PG", "CA", "RG", "XX"}
    found = filtered(pacto, "/v1/movparcela", {"situacao": "RG"})
    assert found == [row for row in rows if row["situacao"] == "RG"]


def test_a_server_may_ignore_even_the_assumed_filters(pacto: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "pacto", "filters": "ignored"})
    assert len(filtered(pacto, "/v1/movparcela", {"dataLancamentoInicio": NOW, "situacao": "RG"})) == 300
    assert len(filtered(pacto, "/v1/fornecedor", {"cpfCnpj": "11222333000181"})) == 8


def test_an_instalment_has_this_shape(pacto: httpx.Client, plant: Plant) -> None:
    row = {
        "codigo": 771002,
        "descricao": "PARCELA 2 - PLANO ANUAL",
        "empresa": 1,
        "pessoa": 40001,
        "contrato": 5001,
        "nrParcela": 2,
        "valor": 129.90,
        "valorPago": None,
        "situacao": "EA",
        "dataLancamento": 1785553200000,
        "dataVencimento": 1788836400000,
        "dataCompetencia": 1788231600000,
        "dataPagamento": None,
        "dataAlteracao": 1785553200000,
        "planoConta": 11,
        "centroCusto": 1,
        "conta": 1,
    }
    plant("pacto", "pessoa", {"codigo": 40001, "nome": "CLIENTE EXEMPLO", "cpfCnpj": "39053344705"})
    plant("pacto", "movparcela", row)
    shown = next(found for found in sweep(pacto, "/v1/movparcela") if found["codigo"] == 771002)
    person = shown.pop("pessoa")
    assert person == {
        "codigo": 40001,
        "nome": "CLIENTE EXEMPLO",
        "cpfCnpj": "39053344705",
        "email": "cliente1@example.com",
        "telefone": person["telefone"],
    }
    assert shown == {
        **{key: value for key, value in row.items() if key != "pessoa"},
        "planoConta": {"codigo": 11, "descricao": "Mensalidades"},
        "centroCusto": {"codigo": 1, "descricao": "Unidade Centro"},
        "conta": {"codigo": 1, "descricao": "Banco Exemplo CC 1234-5"},
    }


def test_a_renegotiated_instalment_is_replaced_by_one_of_another_value(pacto: httpx.Client) -> None:
    rows = sweep(pacto, "/v1/movparcela")
    old = [row for row in rows if row["situacao"] == "RG"]
    new = [row for row in rows if row["descricao"].endswith("(RENEGOCIADA)")]
    assert len(old) == len(new) == 9
    by_contract = {(row["contrato"], row["dataLancamento"]): row for row in new}
    for row in old:
        assert by_contract[(row["contrato"], row["dataAlteracao"])]["valor"] != row["valor"]


def test_a_reversed_receipt_is_open_again_and_leaves_an_entry_of_type_5(pacto: httpx.Client) -> None:
    reversals = [row for row in sweep(pacto, "/v1/movconta") if row["tipoOperacao"] == 5]
    assert reversals
    rows = sweep(pacto, "/v1/movparcela")
    for entry in reversals:
        (receipt,) = [
            row
            for row in rows
            if row["dataAlteracao"] == entry["dataLancamento"] and row["pessoa"] == _whole(row, entry)
        ]
        assert (receipt["situacao"], receipt["dataPagamento"], receipt["valor"]) == (
            "EA",
            None,
            entry["valor"],
        )


def _whole(row: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    return {**row["pessoa"], "codigo": entry["pessoa"]["codigo"], "nome": entry["pessoa"]["nome"]}


@pytest.mark.parametrize(
    ("form", "expected"),
    [("ms", 1788836400000), ("iso", "2026-09-08T03:00:00Z"), ("br", "08/09/2026")],
)
def test_dates_come_in_the_form_of_the_world(
    pacto: httpx.Client, sim: httpx.Client, plant: Plant, form: str, expected: Any
) -> None:
    plant("pacto", "movparcela", {"codigo": 771001, "dataVencimento": 1788836400000})
    sim.post("/quirks", json={"system": "pacto", "dates": form})
    assert pacto.get("/v1/movparcela").json()["content"][0]["dataVencimento"] == expected


def test_dates_may_come_mixed(pacto: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "pacto", "dates": "mixed"})
    rows = pacto.get("/v1/movparcela").json()["content"]
    launches = [row["dataLancamento"] for row in rows]
    assert {_form(value) for value in launches} == {"number", "text of digits", "ISO", "dd/MM/yyyy"}


def _form(value: Any) -> str:
    if isinstance(value, int):
        return "number"
    if value.isdigit():
        return "text of digits"
    return "ISO" if value.endswith("Z") else "dd/MM/yyyy"


def test_the_roster_has_an_empty_page_in_the_middle_that_is_full_when_asked_again(
    pacto: httpx.Client, sim: httpx.Client
) -> None:
    asked = {"page": 1, "size": 50}
    first = pacto.get("/clientes/simples", params=asked).json()
    again = pacto.get("/clientes/simples", params=asked).json()
    assert (first["content"], first["totalElements"]) == ([], 123)
    assert len(again["content"]) == 50
    sim.post("/reset", json={})
    sim.post("/quirks", json={"system": "pacto", "empty_pages": "off"})
    assert len(pacto.get("/clientes/simples", params=asked).json()["content"]) == 50


def test_the_observed_routes_lead_from_the_roster_to_the_instalments(pacto: httpx.Client) -> None:
    customer = pacto.get("/clientes/simples", params={"size": 1}).json()["content"][0]
    assert customer["matricula"] == "001001"
    person = pacto.get(f"/clientes/{customer['matricula']}/dados-pessoais").json()["content"]
    assert person["codigoPessoa"] == 40001
    full = pacto.get(f"/v1/cliente/{customer['codigoCliente']}").json()["content"]
    assert full["pessoa"]["codigo"] == 40001
    found = pacto.get("/parcelas/40001", params={"size": 100}).json()
    expected = [row for row in sweep(pacto, "/v1/movparcela") if row["pessoa"]["codigo"] == 40001]
    fields = (
        *("codigo", "descricao", "contrato", "valor", "situacao"),
        *("dataLancamento", "dataVencimento", "dataPagamento"),
    )
    assert found == {
        "content": [{name: row[name] for name in fields} for row in expected],
        "totalElements": len(expected),
        "totalPages": 1,
        "last": True,
    }


def test_the_matricula_is_found_with_and_without_zeros(pacto: httpx.Client) -> None:
    assert pacto.get("/clientes/1001/dados-pessoais").json() == pacto.get("/clientes/001001/dados-pessoais").json()


def test_a_missing_id_is_a_200_with_empty_content(pacto: httpx.Client) -> None:
    assert pacto.get("/v1/cliente/999999").json() == {"content": None}
    assert pacto.get("/clientes/999999/dados-pessoais").json() == {"content": None}
    assert pacto.get("/parcelas/999999").json()["content"] == []


def test_customers_are_found_by_their_bare_document(pacto: httpx.Client, plant: Plant) -> None:
    plant("pacto", "pessoa", {"codigo": 40001, "cpfCnpj": "390.533.447-05"})
    asked: dict[str, str | int] = {
        "filters": json.dumps({"documento": "39053344705", "empresa": 1}),
        "page": 0,
        "size": 1,
    }
    found = pacto.get("/cadastro-cliente/consultar", params=asked).json()["content"]
    assert [(row["pessoa"], row["cpf"]) for row in found] == [(40001, "390.533.447-05")]


def test_a_customer_is_created_from_the_query_string(pacto: httpx.Client, sim: httpx.Client) -> None:
    asked = {"nome": "NOVA CLIENTE", "cpf": "390.533.447-05", "telCelular": "(62) 99999-0000"}
    created = pacto.post("/cliente/cadastrarCliente", params=asked)
    assert created.json() == {"resultado": "1124"}
    twice = pacto.post("/cliente/cadastrarCliente", params=asked)
    assert (twice.status_code, twice.json()) == (
        200,
        {"erro": "Já existe um cliente cadastrado com este CPF"},
    )
    assert len(sim.get("/journal").json()) == 1


def test_master_data_have_codes_and_descriptions(pacto: httpx.Client) -> None:
    assert pacto.get("/v1/planoconta").json()["content"][0] == {
        "codigo": 11,
        "descricao": "Mensalidades",
        "ativo": True,
        "codigoPlano": "3.1.11",
        "tipo": "RECEITA",
        "pai": None,
    }
    names = [row["descricao"] for row in sweep(pacto, "/v1/planoconta")]
    assert names.count("Taxas de Cartão") == 2
    assert pacto.get("/v1/conta").json()["content"][0] == {
        "codigo": 1,
        "descricao": "Banco Exemplo CC 1234-5",
        "ativo": True,
    }
    assert len(sweep(pacto, "/v1/centrocusto")) == 5
    assert len(sweep(pacto, "/v1/banco")) == 3


def test_an_expense_is_created_and_can_be_read_back(pacto: httpx.Client, sim: httpx.Client) -> None:
    created = pacto.post("/v1/movconta", json=EXPENSE)
    code = created.json()["content"]["codigo"]
    assert created.json() == {"content": {"codigo": code}}
    (row,) = [row for row in sweep(pacto, "/v1/movconta") if row["codigo"] == code]
    person = row.pop("pessoa")
    assert person["codigo"] == 900000
    assert row == {
        **{key: value for key, value in EXPENSE.items() if key != "pessoa"},
        "codigo": code,
        "planoConta": {"codigo": 16, "descricao": "Energia Elétrica"},
        "centroCusto": {"codigo": 2, "descricao": "Unidade Zona Sul"},
        "conta": {"codigo": 3, "descricao": "Caixa Recepção"},
    }
    assert sim.get("/journal", params={"system": "pacto"}).json() == [
        {
            "seq": 1,
            "at": "2026-11-21T09:00:00-03:00",
            "system": "pacto",
            "route": "/v1/movconta",
            "method": "POST",
            "verb": "create",
            "id": code,
            "reference": "KAMINO-55012",
            "body": EXPENSE,
        }
    ]


def test_an_identical_second_post_makes_a_second_entry(pacto: httpx.Client) -> None:
    first, second = (pacto.post("/v1/movconta", json=EXPENSE).json()["content"]["codigo"] for _ in "ab")
    assert second == first + 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"empresa": 2}, "Empresa não encontrada"),
        ({"tipoOperacao": 4}, "Tipo de operação inválido"),
        ({"descricao": " "}, "Descrição é obrigatória"),
        ({"pessoa": 1}, "Pessoa não encontrada"),
        ({"valor": 0}, "Valor inválido"),
        ({"valor": -1}, "Valor inválido"),
        ({"valor": "10.00"}, "Valor inválido"),
        ({"valor": 10.005}, "Valor inválido"),
        ({"valor": True}, "Valor inválido"),
        ({"dataVencimento": None}, "dataVencimento é obrigatória"),
        ({"dataVencimento": "2026-09-10"}, "dataVencimento é obrigatória"),
        ({"valorPago": None}, "valorPago inválido"),
        ({"planoConta": 999}, "planoConta não encontrado"),
        ({"planoConta": 44}, "planoConta inativo"),
        ({"planoConta": 11}, "planoConta não é de despesa"),
        ({"centroCusto": None}, "centroCusto não encontrado"),
        ({"conta": 77}, "conta não encontrado"),
    ],
)
def test_a_wrong_expense_is_refused_under_status_200(
    pacto: httpx.Client, sim: httpx.Client, change: dict[str, Any], message: str
) -> None:
    answer = pacto.post("/v1/movconta", json={**EXPENSE, **change})
    assert (answer.status_code, answer.json()) == (200, {"erro": message})
    assert sim.get("/journal").json() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 100_000, b'{"x":"\\ud800"}', b"a" * 2_000_000])
def test_an_invalid_or_huge_body_is_a_400(pacto: httpx.Client, body: bytes) -> None:
    answer = pacto.post("/v1/movconta", content=body)
    assert (answer.status_code, answer.json()) == (400, {"erro": "Requisição inválida"})


def test_entries_may_come_without_anything_to_match_by(pacto: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "pacto", "movconta": "observed"})
    assert list(pacto.get("/v1/movconta").json()["content"][0]) == [
        *("codigo", "descricao", "pessoa", "valor", "dataLancamento", "dataVencimento", "dataCompetencia"),
        *("tipoOperacao", "nrParcela", "conta"),
    ]


def test_a_supplier_is_created_once_and_found_by_document(pacto: httpx.Client) -> None:
    created = pacto.post("/v1/fornecedor", json=SUPPLIER).json()["content"]
    assert filtered(pacto, "/v1/fornecedor", {"cpfCnpj": "11222333000181", "empresa": 1}) == [
        {**SUPPLIER, "codigo": created["codigo"], "pessoa": created["pessoa"]}
    ]
    twice = pacto.post("/v1/fornecedor", json={**SUPPLIER, "cpfCnpj": "11.222.333/0001-81"})
    assert (twice.status_code, twice.json()) == (200, {"erro": "CPF/CNPJ já cadastrado"})
    expense = pacto.post("/v1/movconta", json={**EXPENSE, "pessoa": created["pessoa"]["codigo"]})
    assert "content" in expense.json()


def test_a_supplier_without_document_is_accepted_and_a_wrong_digit_is_not(pacto: httpx.Client) -> None:
    assert "content" in pacto.post("/v1/fornecedor", json={**SUPPLIER, "cpfCnpj": None}).json()
    wrong = pacto.post("/v1/fornecedor", json={**SUPPLIER, "cpfCnpj": "11222333000182"}).json()
    assert wrong == {"erro": "CPF/CNPJ inválido"}


def test_an_unknown_route_is_a_404_and_a_wrong_method_a_405(pacto: httpx.Client) -> None:
    assert pacto.get("/adm-core-ms/v1/contratos").status_code == 404
    assert pacto.delete("/v1/movconta").status_code == 405


def test_every_kind_of_broken_receipt_is_there_and_listed(pacto: httpx.Client, sim: httpx.Client) -> None:
    listed = sim.get("/planted", params={"system": "pacto"}).json()
    rows = {row["codigo"]: row for row in sweep(pacto, "/v1/movparcela")}
    found = {entry["what"]: rows[entry["id"]] for entry in listed}
    assert not cpf.is_valid(found["CPF with a wrong digit"]["pessoa"]["cpfCnpj"])
    assert found["empty name"]["pessoa"]["nome"] == ""
    assert found["amount zero"]["valor"] == 0
    assert found["amount negative"]["valor"] < 0
    assert found["amount as text"]["valor"] == "1.234,56"
    assert found["impossible date"]["dataVencimento"] == "31/02/2026"
    assert found["unknown situation"]["situacao"] == "XX"
    assert found["classification missing in Kamino"]["planoConta"]["descricao"] == "Day Use"
    assert found["classification doubled in Kamino"]["planoConta"]["descricao"] == "Aulas Avulsas"
    assert found["cost center unknown in Kamino"]["centroCusto"]["descricao"] == "Unidade Piloto"
    assert (
        found["paid without payment date"]["situacao"],
        found["paid without payment date"]["dataPagamento"],
    ) == (
        "PG",
        None,
    )
    assert found["payment date in the future"]["dataPagamento"] > NOW
    assert len(found) == len(listed) == 16
    ill = {"CPF with a wrong digit", "two Kamino people with this CPF", "empty name"}
    people = {found[what]["pessoa"]["codigo"] for what in ill}
    assert sorted(row["codigo"] for row in rows.values() if row["pessoa"]["codigo"] in people) == sorted(
        found[what]["codigo"] for what in ill
    )


def test_an_amount_of_1e400_is_sent_as_written(pacto: httpx.Client) -> None:
    text = pacto.get("/v1/movparcela", params={"size": 1000}).text
    assert text.count('"valor":1e400') == 1


def test_people_have_valid_tax_ids_some_with_letters_some_without_any(sim: httpx.Client) -> None:
    people = sim.get("/rows", params={"system": "pacto", "table": "pessoa"}).json()[:120]
    documents = [row["cpfCnpj"] for row in people if row["cpfCnpj"]]
    assert all(cpf.is_valid(document) or cnpj.is_valid(document) for document in documents)
    assert any(any(sign.isalpha() for sign in document) for document in documents)
    assert any("." in document for document in documents)
    assert any(document.isdigit() for document in documents)
    assert len(documents) < len(people)
