"""Kamino's stand-in, oddity by oddity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

RECEIVABLE = {
    "ID": 0,
    "IDPessoa": 501,
    "Descri": "PARCELA 2 - PLANO ANUAL",
    "VlrVenc": 129.90,
    "VlrBruto": 129.90,
    "DtaVenc": "2026-09-08",
    "DtaCompet": "2026-09-01",
    "SitConta": 1,
    "IDMoeda": 1,
    "IDPlanoContaOrigem": "30101",
    "IDCentroCusto": 4,
    "CodigoExterno": "PACTO-1-771002",
    "GerarCobranca": False,
}
PAYMENT = {"SitConta": 2, "DtaPagto": "2026-09-07", "VlrPagto": 129.90, "IDPlanoContaPagto": "10201"}
FINANCE = "/api/financeiro"
LIST, WRITE = f"{FINANCE}/recebimentos/paginada", f"{FINANCE}/recebimento"
PAYABLES, PAYABLE = f"{FINANCE}/pagamento/lista/paginada", f"{FINANCE}/pagamento"
PAID = {
    "ID": 55012,
    "IDPessoa": 71,
    "IDContaClassificacao": "40201",
    "NroNotaFiscal": "9912",
    "DescricaoFormaPagamento": "Boleto",
    "ValorVencimento": 1830.45,
    "DataVencimento": "2026-09-10T00:00:00",
    "Situacao": 2,
    "DataPagamento": "2026-09-10T00:00:00",
    "ValorPagamento": 1830.45,
    "DataCompetencia": "2026-09-01T00:00:00",
    "DataHoraInclusao": "2026-08-31T09:12:00",
    "IDCentroCusto": 3,
    "IDPlanoContaPagto": "10201",
    "IDConciliacaoBancaria": None,
    "IDExtratoBanco": None,
}
Plant = Callable[..., Any]


def create(kamino: httpx.Client, **change: Any) -> int:
    answer = kamino.post(WRITE, json={**RECEIVABLE, **change})
    assert answer.json()["Sucesso"], answer.text
    return int(answer.json()["ID"])


def listed(kamino: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = kamino.get(path, params={**asked, "_tamanhoPagina": 100}).json()
    assert answer["TotalPaginas"] <= 1
    rows: list[dict[str, Any]] = answer["Dados"]
    return rows


def one(kamino: httpx.Client, path: str, key: int) -> dict[str, Any]:
    (row,) = listed(kamino, path, ID=key)
    return row


@pytest.mark.parametrize("header", ["App", "CN", "IDUsr", "Usr", "Hash"])
def test_all_five_headers_are_needed(kamino: httpx.Client, header: str) -> None:
    kept = kamino.headers.pop(header)
    missing = kamino.get(f"{FINANCE}/planoconta/lista")
    kamino.headers[header] = f"{kept}x"
    wrong = kamino.get(f"{FINANCE}/planoconta/lista")
    assert [missing.status_code, wrong.status_code] == [401, 401]
    assert wrong.json() == {"message": "Credenciais inválidas."}


def test_a_user_without_permission_gets_403(kamino: httpx.Client, sim: httpx.Client) -> None:
    other = sim.get("/credentials/kamino").json()["without_permission"]
    kamino.headers.update({"IDUsr": other["id_usr"], "Usr": other["usr"], "Hash": other["hash"]})
    answer = kamino.get(LIST)
    assert answer.status_code == 403
    assert answer.json() == {"message": "Usuário sem permissão para esta funcionalidade."}


def test_twenty_calls_a_minute_for_all_routes_of_a_company(kamino: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/reset", json={"pace": 1})
    first = kamino.get(f"{FINANCE}/planoconta/lista")
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("20", "19")
    others = [kamino.get(path) for path in (LIST, PAYABLES, "/api/pessoa/lista") for _ in range(6)]
    assert {answer.status_code for answer in others} == {200}
    last = kamino.post(WRITE, json=RECEIVABLE)
    assert (last.status_code, last.headers["RateLimit-Remaining"]) == (200, "0")
    refused = kamino.get(LIST)
    assert (refused.status_code, refused.headers["RateLimit-Remaining"]) == (429, "0")
    assert 50 <= int(refused.headers["RateLimit-Reset"]) <= 60


def test_refused_credentials_carry_the_limit_headers_too(kamino: httpx.Client) -> None:
    kamino.headers["Hash"] = "x"
    assert int(kamino.get(LIST).headers["RateLimit-Limit"]) == 20_000_000


def test_pages_count_from_one(kamino: httpx.Client) -> None:
    first = kamino.get(PAYABLES, params={"_pagina": 1, "_tamanhoPagina": 25}).json()
    assert {key: first[key] for key in first if key != "Dados"} == {
        "PaginaAtual": 1,
        "TamanhoPagina": 25,
        "TotalLinhas": 60,
        "TotalPaginas": 3,
    }
    pages = [kamino.get(PAYABLES, params={"_pagina": n, "_tamanhoPagina": 25}).json() for n in (1, 2, 3, 4)]
    assert [len(answer["Dados"]) for answer in pages] == [25, 25, 10, 0]
    assert len({row["ID"] for answer in pages for row in answer["Dados"]}) == 60


def test_page_zero_is_read_as_page_one(kamino: httpx.Client) -> None:
    assert kamino.get(PAYABLES, params={"_pagina": 0}).json() == kamino.get(PAYABLES).json()


def test_the_page_size_is_cut_to_one_hundred(kamino: httpx.Client) -> None:
    assert kamino.get(PAYABLES, params={"_tamanhoPagina": 500}).json()["TamanhoPagina"] == 100


def test_lists_without_pages_are_bare_arrays(kamino: httpx.Client) -> None:
    people = kamino.get("/api/pessoa/lista").json()
    assert people == listed(kamino, "/api/pessoa/lista/paginada")
    assert kamino.get(f"{FINANCE}/unidadenegocio/lista").json() == [
        {"ID": 1, "Nome": "Academia"},
        {"ID": 2, "Nome": "Loja"},
    ]
    assert kamino.get(f"{FINANCE}/centrocusto/lista").json()[0] == {
        "ID": 3,
        "Nome": "Unidade Centro",
        "NomeExibicao": "Unidade Centro",
    }
    assert len(kamino.get(f"{FINANCE}/contabanco/lista").json()) == 4


def test_plan_ids_are_texts_and_current_accounts_are_lines_of_the_plan(kamino: httpx.Client) -> None:
    lines = kamino.get(f"{FINANCE}/planoconta/lista").json()
    assert all(isinstance(line["ID"], str) for line in lines)
    accounts = [line["Nome"] for line in lines if line["GrupoContaCorrente"]]
    assert accounts == [
        *("Banco Exemplo CC 1234-5", "Banco Modelo CC 98765-0", "Caixa Recepção", "Conta Digital Kamino")
    ]
    names = [line["Nome"] for line in lines]
    assert (names.count("Aulas Avulsas"), names.count("Day Use")) == (2, 0)
    assert "Loja de suplementos" in names
    assert "Loja de Suplementos" not in names


def test_inactive_lines_are_left_out_only_on_request(kamino: httpx.Client) -> None:
    path = f"{FINANCE}/planoconta/lista"
    everything = kamino.get(path).json()
    active = kamino.get(path, params={"ApenasAtivos": "true"}).json()
    assert [line["Nome"] for line in everything if line not in active] == ["Locação de Armários"]


def test_the_type_of_plan_line_is_a_filter(kamino: httpx.Client) -> None:
    lines = kamino.get(f"{FINANCE}/planoconta/lista", params={"IDTipoPlanoConta": 1}).json()
    assert {line["DescricaoTipo"] for line in lines} == {"Despesa"}


def test_people_are_found_by_the_digits_of_their_tax_id(kamino: httpx.Client, plant: Plant) -> None:
    plant("kamino", "pessoa", {"ID": 501, "CPFCNPJ": "390.533.447-05"})
    found = listed(kamino, "/api/pessoa/lista/paginada", CPFCNPJ="39053344705")
    assert [(row["ID"], row["CPFCNPJ"]) for row in found] == [(501, "390.533.447-05")]


def test_people_are_found_by_part_of_their_name(kamino: httpx.Client, plant: Plant) -> None:
    plant("kamino", "pessoa", {"ID": 501, "Nome": "Única Pessoa Assim"})
    assert [row["ID"] for row in listed(kamino, "/api/pessoa/lista/paginada", NomeContem="pessoa assim")] == [501]


def test_two_people_may_have_one_tax_id(kamino: httpx.Client) -> None:
    body = {"ID": 0, "Nome": "Cliente Exemplo", "CPFCNPJ": "39053344705", "Cliente": True}
    ids = [kamino.post("/api/pessoa/grava", json=body).json()["ID"] for _ in range(2)]
    found = listed(kamino, "/api/pessoa/lista/paginada", CPFCNPJ="39053344705")
    assert [row["ID"] for row in found] == ids


@pytest.mark.parametrize(
    ("change", "message"),
    [({"Nome": ""}, "Nome é obrigatório."), ({"CPFCNPJ": "39053344704"}, "CPF/CNPJ inválido.")],
)
def test_a_wrong_person_is_refused(kamino: httpx.Client, change: dict[str, Any], message: str) -> None:
    body = {"ID": 0, "Nome": "Cliente Exemplo", "CPFCNPJ": "39053344705", "Cliente": True}
    answer = kamino.post("/api/pessoa/grava", json={**body, **change})
    assert answer.json() == {"Sucesso": False, "Mensagem": message}


def test_a_created_receivable_reads_back_in_this_shape(kamino: httpx.Client) -> None:
    answer = kamino.post(WRITE, json=RECEIVABLE)
    assert answer.json() == {"Sucesso": True, "Mensagem": None, "ID": 88004}
    row = one(kamino, LIST, 88004)
    person = row["Pessoa"]
    assert person["Cidade"] == {"ID": 1, "Nome": "Goiânia", "UF": "GO", "CodIBGE": "5208707"}
    assert set(person) == {"ID", "NomeExibicao", "CPFCNPJ", "TelefonePrincipal", "EmailPrincipal", "Cidade"}
    expected = {
        **RECEIVABLE,
        "ID": 88004,
        "DtaVenc": "2026-09-08T00:00:00",
        "DtaCompet": "2026-09-01T00:00:00",
        "DtaPagto": None,
        "VlrPagto": None,
        "IDPlanoContaPagto": None,
        "_DataVencimento": "2026-09-08",
        "_DataCompetencia": "2026-09-01",
        "_DataPagamento": None,
        "DescricaoSituacao": "Pendente",
        "NomePessoa": person["NomeExibicao"],
        "CPFCNPJ": person["CPFCNPJ"],
        "NomeCentroCusto": "Unidade Zona Sul",
        "NomeContaOrigem": "Mensalidades",
        "NomeContaDestino": None,
        "DataHoraInclusao": "2026-11-21T09:00:00",
        "IDConciliacaoBancaria": None,
        "SimbMoeda": "R$",
    }
    assert {key: row[key] for key in expected} == expected


def test_an_external_code_need_not_be_unique(kamino: httpx.Client) -> None:
    first, second = create(kamino), create(kamino)
    assert [row["ID"] for row in listed(kamino, LIST, CodigoExterno="PACTO-1-771002")] == [first, second]


def test_an_id_above_zero_updates_the_same_receivable(kamino: httpx.Client, sim: httpx.Client) -> None:
    key = create(kamino)
    kamino.post(WRITE, json={**RECEIVABLE, "ID": key, "VlrVenc": 135.00})
    assert one(kamino, LIST, key)["VlrVenc"] == 135.00
    assert [(entry["verb"], entry["id"]) for entry in sim.get("/journal").json()] == [
        ("create", key),
        ("update", key),
    ]


def test_an_update_blanks_what_it_leaves_out(kamino: httpx.Client) -> None:
    key = create(kamino)
    short = {name: value for name, value in RECEIVABLE.items() if name not in ("CodigoExterno", "DtaCompet")}
    kamino.post(WRITE, json={**short, "ID": key})
    row = one(kamino, LIST, key)
    assert (row["CodigoExterno"], row["DtaCompet"], row["VlrVenc"]) == (None, None, 129.90)


def test_an_update_may_also_be_partial(kamino: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "kamino", "update": "partial"})
    key = create(kamino)
    kamino.post(WRITE, json={"ID": key, "VlrVenc": 135.00})
    row = one(kamino, LIST, key)
    assert (row["CodigoExterno"], row["VlrVenc"]) == ("PACTO-1-771002", 135.00)


def test_an_unknown_id_is_not_found(kamino: httpx.Client) -> None:
    answer = kamino.post(WRITE, json={**RECEIVABLE, "ID": 999999})
    assert (answer.status_code, answer.json()["Mensagem"]) == (404, "Registro não encontrado.")


def test_a_receivable_is_settled_and_reopened_with_the_same_post(kamino: httpx.Client, sim: httpx.Client) -> None:
    key = create(kamino)
    kamino.post(WRITE, json={**RECEIVABLE, **PAYMENT, "ID": key})
    row = one(kamino, LIST, key)
    assert (row["DescricaoSituacao"], row["DtaPagto"], row["VlrPagto"], row["NomeContaDestino"]) == (
        "Paga",
        "2026-09-07T00:00:00",
        129.90,
        "Banco Exemplo CC 1234-5",
    )
    kamino.post(WRITE, json={**RECEIVABLE, "ID": key})
    assert one(kamino, LIST, key)["DtaPagto"] is None
    assert [entry["verb"] for entry in sim.get("/journal").json()] == ["create", "settle", "reopen"]


def test_a_settled_title_must_be_reopened_before_it_is_cancelled(kamino: httpx.Client, sim: httpx.Client) -> None:
    key = create(kamino, **PAYMENT)
    refused = kamino.post(WRITE, json={**RECEIVABLE, "ID": key, "SitConta": 3})
    assert refused.json() == {"Sucesso": False, "Mensagem": "Conta já baixada."}
    kamino.post(WRITE, json={**RECEIVABLE, "ID": key})
    assert kamino.post(WRITE, json={**RECEIVABLE, "ID": key, "SitConta": 3}).json()["Sucesso"]
    assert one(kamino, LIST, key)["DescricaoSituacao"] == "Cancelada"
    assert [entry["verb"] for entry in sim.get("/journal").json()] == ["create", "reopen", "cancel"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"IDPessoa": 1}, "Pessoa não encontrada."),
        ({"IDPessoa": None}, "Pessoa não encontrada."),
        ({"VlrVenc": 0}, "Valor de vencimento inválido."),
        ({"VlrVenc": "129.90"}, "Valor de vencimento inválido."),
        ({"VlrVenc": 129.905}, "Valor de vencimento inválido."),
        ({"DtaVenc": None}, "Data de vencimento é obrigatória."),
        ({"DtaVenc": "31/02/2026"}, "Data inválida."),
        ({"DtaVenc": "2026-02-31"}, "Data inválida."),
        ({"IDPlanoContaOrigem": 30101}, "Classificação não encontrada."),
        ({"IDPlanoContaOrigem": "99999"}, "Classificação não encontrada."),
        ({"IDPlanoContaOrigem": "30124"}, "Classificação inativa."),
        ({"IDCentroCusto": 77}, "Centro de custo não encontrado."),
        ({"SitConta": 7}, "Situação inválida."),
        ({"Descri": ""}, "Descrição é obrigatória."),
        ({**PAYMENT, "DtaPagto": None}, "Data de pagamento é obrigatória."),
        ({**PAYMENT, "VlrPagto": None}, "Valor de pagamento inválido."),
        ({**PAYMENT, "IDPlanoContaPagto": None}, "Conta corrente não encontrada."),
        ({**PAYMENT, "IDPlanoContaPagto": "30101"}, "Conta corrente inválida."),
    ],
)
def test_a_wrong_receivable_is_refused_under_status_200(
    kamino: httpx.Client, sim: httpx.Client, change: dict[str, Any], message: str
) -> None:
    answer = kamino.post(WRITE, json={**RECEIVABLE, **change})
    assert (answer.status_code, answer.json()) == (200, {"Sucesso": False, "Mensagem": message})
    assert sim.get("/journal").json() == []


def test_rejections_may_also_come_under_status_400(kamino: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "kamino", "rejections": "400"})
    answer = kamino.post(WRITE, json={**RECEIVABLE, "IDPessoa": 1})
    assert (answer.status_code, answer.json()["Mensagem"]) == (400, "Pessoa não encontrada.")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"[" * 100_000, b'{"x":"\\ud800"}', b"a" * 2_000_000, b'{"ID": "x"}']
)
def test_an_invalid_or_huge_body_is_a_400(kamino: httpx.Client, body: bytes) -> None:
    answer = kamino.post(WRITE, content=body)
    assert (answer.status_code, answer.json()) == (
        400,
        {"Sucesso": False, "Mensagem": "Requisição inválida."},
    )


def test_a_payable_has_this_shape(kamino: httpx.Client, plant: Plant) -> None:
    plant("kamino", "pessoa", {"ID": 71, "NomeExibicao": "Fornecedor Exemplo", "CPFCNPJ": "11222333000181"})
    plant("kamino", "pagamento", PAID)
    row = one(kamino, PAYABLES, 55012)
    person = row.pop("Pessoa")
    assert (person["ID"], person["NomeExibicao"], person["CPFCNPJ"]) == (
        *(71, "Fornecedor Exemplo"),
        "11222333000181",
    )
    assert row == {
        "ID": 55012,
        "ContaClassificacao": {"ID": "40201", "Nome": "Energia Elétrica"},
        "IDContaClassificacao": "40201",
        "NroNotaFiscal": "9912",
        "DescricaoFormaPagamento": "Boleto",
        "Obs": None,
        "ValorVencimento": 1830.45,
        "DataVencimento": "2026-09-10T00:00:00",
        "_DataVencimento": "2026-09-10",
        "Situacao": 2,
        "SimbMoeda": "R$",
        "DataPagamento": "2026-09-10T00:00:00",
        "_DataPagamento": "2026-09-10",
        "ValorPagamento": 1830.45,
        "DataCompetencia": "2026-09-01T00:00:00",
        "_DataCompetencia": "2026-09-01",
        "DataHoraInclusao": "2026-08-31T09:12:00",
        "IDCentroCusto": 3,
        "NomeCentroCusto": "Unidade Centro",
        "IDPlanoContaPagto": "10201",
        "NomeContaPagto": "Banco Exemplo CC 1234-5",
        "CodigoExterno": None,
        "IDConciliacaoBancaria": None,
        "IDExtratoBanco": None,
    }


def test_the_reference_is_written_back_with_the_record_as_read(kamino: httpx.Client, sim: httpx.Client) -> None:
    before = one(kamino, PAYABLES, 55001)
    answer = kamino.post(PAYABLE, json={**before, "CodigoExterno": "PACTO-1-918301"})
    assert answer.json() == {"Sucesso": True, "Mensagem": None, "ID": 55001}
    assert one(kamino, PAYABLES, 55001) == {**before, "CodigoExterno": "PACTO-1-918301"}
    (entry,) = sim.get("/journal").json()
    assert (entry["verb"], entry["id"], entry["reference"]) == ("reference", 55001, "PACTO-1-918301")
    assert "reconciled" not in entry


def test_a_reference_sent_alone_to_a_replacing_server_is_refused(kamino: httpx.Client) -> None:
    answer = kamino.post(PAYABLE, json={"ID": 55001, "CodigoExterno": "PACTO-1-918301"})
    assert answer.json() == {"Sucesso": False, "Mensagem": "Pessoa não encontrada."}


def test_a_touch_of_a_reconciled_title_is_accepted_and_marked(
    kamino: httpx.Client, sim: httpx.Client, plant: Plant
) -> None:
    key = create(kamino)
    plant("kamino", "recebimento", {"ID": key, "IDConciliacaoBancaria": 7001})
    kamino.post(WRITE, json={**RECEIVABLE, "ID": key, "VlrVenc": 1.00})
    assert [entry.get("reconciled") for entry in sim.get("/journal").json()] == [None, True]
    assert one(kamino, LIST, key)["IDConciliacaoBancaria"] == 7001


@pytest.mark.parametrize(
    ("name", "column", "path"),
    [
        ("Venc", "DataVencimento", PAYABLES),
        ("Pagto", "DataPagamento", PAYABLES),
        ("Inclusao", "DataHoraInclusao", PAYABLES),
    ],
)
def test_windows_include_both_days(kamino: httpx.Client, name: str, column: str, path: str) -> None:
    rows = listed(kamino, path)
    low, high = "2026-11-01", "2026-11-15"
    found = listed(kamino, path, **{f"{name}De": low, f"{name}Ate": high})
    assert found
    assert found == [row for row in rows if row[column] and low <= row[column][:10] <= high]


def test_receivables_are_found_by_accrual_and_by_situation(kamino: httpx.Client) -> None:
    key = create(kamino, **PAYMENT)
    assert [row["ID"] for row in listed(kamino, LIST, CompetDe="2026-09-01", CompetAte="2026-09-30")] == [key]
    assert [row["ID"] for row in listed(kamino, LIST, Situacao=2)] == [key]
    assert [row["ID"] for row in listed(kamino, LIST, IDPessoa=501, PagtoDe="2026-09-07")] == [key]


def test_a_server_may_ignore_the_assumed_filters_but_not_the_observed_ones(
    kamino: httpx.Client, sim: httpx.Client
) -> None:
    sim.post("/quirks", json={"system": "kamino", "filters": "ignored"})
    create(kamino)
    assert len(listed(kamino, LIST, CodigoExterno="X", Situacao=3, InclusaoDe="2030-01-01")) == 4
    assert listed(kamino, LIST, CompetDe="2030-01-01") == []
    assert listed(kamino, PAYABLES, VencDe="2030-01-01") == []
    assert len(listed(kamino, PAYABLES, PagtoDe="2030-01-01")) == 60


def test_a_wrong_date_in_the_question_is_a_400(kamino: httpx.Client) -> None:
    assert kamino.get(PAYABLES, params={"VencDe": "31/02/2026"}).status_code == 400


def test_rows_may_come_without_the_external_code(kamino: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/quirks", json={"system": "kamino", "external_code": "hidden"})
    key = create(kamino)
    assert "CodigoExterno" not in one(kamino, LIST, key)


def test_realised_movements_are_those_of_one_account_in_the_period(kamino: httpx.Client) -> None:
    key = create(kamino, **PAYMENT)
    path = f"{FINANCE}/movimentoFinanceiro/lista"
    asked = {"PeriodoDe": "2026-09-07", "PeriodoAte": "2026-09-07", "IDPlanoContaAtivo": "10201"}
    movements = kamino.get(path, params=asked).json()
    (movement,) = [row for row in movements if row["Descricao"] == "PARCELA 2 - PLANO ANUAL"]
    assert movement["ID"] != key
    assert {name: movement[name] for name in movement if name not in ("ID", "NomePessoa")} == {
        "Data": "2026-09-07T00:00:00",
        "DataPagamento": "2026-09-07T00:00:00",
        "ValorRealizado": 129.90,
        "IDContaOrigem": "30101",
        "NomeContaOrigem": "Mensalidades",
        "IDContaDestino": "10201",
        "NomeContaDestino": "Banco Exemplo CC 1234-5",
        "IDPessoa": 501,
        "Descricao": "PARCELA 2 - PLANO ANUAL",
    }
    assert kamino.get(path, params={**asked, "IDPlanoContaAtivo": "10202"}).json() == []


def test_there_are_payables_of_every_situation_and_some_are_reconciled(kamino: httpx.Client) -> None:
    rows = listed(kamino, PAYABLES)
    assert {row["Situacao"] for row in rows} == {1, 2, 3, 4, 9}
    assert any(row["IDConciliacaoBancaria"] for row in rows)


def test_every_kind_of_strange_payable_is_there_and_listed(kamino: httpx.Client, sim: httpx.Client) -> None:
    entries = sim.get("/planted", params={"system": "kamino"}).json()
    rows = {row["ID"]: row for row in listed(kamino, PAYABLES)}
    found = {entry["what"]: rows[entry["id"]] for entry in entries if entry["table"] == "pagamento"}
    assert found["paid without payment date"]["DataPagamento"] is None
    assert found["beneficiary without tax id"]["Pessoa"]["CPFCNPJ"] is None
    assert found["classification missing in Pacto"]["ContaClassificacao"]["Nome"] == "Honorários Contábeis"
    assert found["currency US$"]["SimbMoeda"] == "US$"
    different = found["paid amount differs from the due amount"]
    assert different["ValorPagamento"] != different["ValorVencimento"]
    assert found["impossible date"]["DataVencimento"] == "2026-02-31T00:00:00"
    assert [entry["what"] for entry in entries if not entry["broken"]] == ["beneficiary without tax id"]
    assert len(found) == 18


def test_two_kamino_people_share_the_cpf_of_a_pacto_customer(kamino: httpx.Client, sim: httpx.Client) -> None:
    twins = [entry for entry in sim.get("/planted").json() if entry["table"] == "pessoa"]
    people = {row["ID"]: row for row in kamino.get("/api/pessoa/lista").json()}
    documents = {"".join(filter(str.isdigit, people[entry["id"]]["CPFCNPJ"])) for entry in twins}
    assert (len(twins), len(documents)) == (2, 1)


def test_kamino_knows_about_a_third_of_the_customers(sim: httpx.Client) -> None:
    people = sim.get("/rows", params={"system": "kamino", "table": "pessoa"}).json()
    assert len([row for row in people if row["Cliente"]]) == 38
