"""What is read from Kamino: people, the chart of accounts, receivables and payables.

Observed by third parties: `_pagina` from 1 under `Dados`, bare arrays on `/lista`, naive Brasília datetimes,
plan ids that are text, abbreviated names on receivables and long names on payables.
Assumed: the filter by payment date; names of the payables' payment fields.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from dlt.sources import DltResource

from connections._errors import Unreadable
from connections._pages import Page, Rows, every_page, rows_of, whole, whole_list
from connections.kamino import Kamino
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, digits, flag, identifier, money, number, text


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date:
    """The date of `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss`; raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    return datetime.fromisoformat(value.strip()).date()


PEOPLE = Table(
    "pessoa",
    (
        identifier("id", "ID", required=True),
        text("nome", "Nome", classified="name"),
        digits("cpfcnpj", "CPFCNPJ", classified="tax_id"),
        flag("cliente", "Cliente"),
        flag("fornecedor", "Fornecedor"),
        flag("ativo", "Ativo"),
        text("email", "EmailPrincipal", classified="contact"),
        text("telefone", "TelefonePrincipal", classified="contact"),
    ),
)
CHART = Table(
    "planoconta",
    (
        identifier("id", "ID", required=True),
        text("nome", "Nome"),
        flag("ativo", "Ativo"),
        flag("grupo_conta_corrente", "GrupoContaCorrente"),
        identifier("id_conta_banco", "IDContaBanco"),
    ),
)
COST_CENTERS = Table(
    "centrocusto",
    (identifier("id", "ID", required=True), text("nome", "Nome")),
)
RECEIVABLES = Table(
    "recebimentos",
    (
        identifier("id", "ID", required=True),
        text("descri", "Descri"),
        identifier("id_pessoa", "IDPessoa"),
        digits("cpfcnpj", "CPFCNPJ", classified="tax_id"),
        money("vlr_venc", "VlrVenc", required=True),
        money("vlr_pagto", "VlrPagto"),
        day("dta_venc", "DtaVenc", read=read_day, required=True),
        day("dta_compet", "DtaCompet", read=read_day),
        day("dta_pagto", "DtaPagto", read=read_day),
        number("sit_conta", "SitConta"),
        identifier("id_plano_conta_origem", "IDPlanoContaOrigem"),
        identifier("id_plano_conta_pagto", "IDPlanoContaPagto"),
        identifier("id_centro_custo", "IDCentroCusto"),
        text("codigo_externo", "CodigoExterno"),
        identifier("id_conciliacao_bancaria", "IDConciliacaoBancaria"),
        identifier("id_extrato_banco", "IDExtratoBanco"),
    ),
    keep_record=True,
)
PAYABLES = Table(
    "pagamentos",
    (
        identifier("id", "ID", required=True),
        identifier("pessoa__id", "Pessoa", "ID"),
        text("pessoa__nome_exibicao", "Pessoa", "NomeExibicao", classified="name"),
        digits("pessoa__cpfcnpj", "Pessoa", "CPFCNPJ", classified="tax_id"),
        text("pessoa__email_principal", "Pessoa", "EmailPrincipal", classified="contact"),
        text("pessoa__telefone_principal", "Pessoa", "TelefonePrincipal", classified="contact"),
        identifier("conta_classificacao__id", "ContaClassificacao", "ID"),
        text("conta_classificacao__nome", "ContaClassificacao", "Nome"),
        text("nro_nota_fiscal", "NroNotaFiscal"),
        text("obs", "Obs", classified=FREE_TEXT),
        money("valor_vencimento", "ValorVencimento", required=True),
        money("valor_pagamento", "ValorPagamento"),
        day("data_vencimento", "DataVencimento", read=read_day, required=True),
        day("data_pagamento", "DataPagamento", read=read_day),
        day("data_competencia", "DataCompetencia", read=read_day),
        day("data_hora_inclusao", "DataHoraInclusao", read=read_day),
        number("situacao", "Situacao"),
        text("simb_moeda", "SimbMoeda"),
        text("nome_centro_custo", "NomeCentroCusto"),
        text("nome_conta_pagto", "NomeContaPagto"),
        text("codigo_externo", "CodigoExterno"),
    ),
    keep_record=True,
)


def people(kamino: Kamino) -> list[DltResource]:
    """Everybody, in one call."""
    return [resource(PEOPLE, lambda: _bare(kamino, "/api/pessoa/lista"))]


def master_data(kamino: Kamino) -> list[DltResource]:
    """Chart of accounts, current accounts and inactive lines included; active cost centers (they say no state)."""
    return [
        resource(CHART, lambda: _bare(kamino, "/api/financeiro/planoconta/lista")),
        resource(COST_CENTERS, lambda: _bare(kamino, "/api/financeiro/centrocusto/lista", ApenasAtivos="true")),
    ]


def receivables(kamino: Kamino, *, accrued_from: date, accrued_to: date) -> list[DltResource]:
    """Receivables whose accrual date lies in the window (the observed filter)."""
    window = {"CompetDe": accrued_from.isoformat(), "CompetAte": accrued_to.isoformat()}
    return [resource(RECEIVABLES, lambda: _paged(kamino, "/api/financeiro/recebimentos/paginada", window))]


def payables(kamino: Kamino, *, due: tuple[date, date], paid: tuple[date, date]) -> list[DltResource]:
    """Payables due in one window (observed filter) or paid in another (assumed filter), once each."""
    path = "/api/financeiro/pagamento/lista/paginada"
    windows = (
        {"VencDe": due[0].isoformat(), "VencAte": due[1].isoformat()},
        {"PagtoDe": paid[0].isoformat(), "PagtoAte": paid[1].isoformat()},
    )

    def read() -> Iterator[Rows]:
        known: set[Any] = set()
        for window in windows:
            for rows in _paged(kamino, path, window):
                fresh = [row for row in rows if row.get("ID") not in known]
                known.update(row.get("ID") for row in fresh)
                yield fresh

    return [resource(PAYABLES, read)]


def _bare(kamino: Kamino, path: str, **params: str) -> Iterator[Rows]:
    async def fetch() -> Rows:
        body = await kamino.read(path, params)
        if not isinstance(body, list):
            raise Unreadable(f"Kamino {path}: a resposta não é uma lista")
        return rows_of(body, f"Kamino {path}")

    yield whole_list(kamino, fetch)


def _paged(kamino: Kamino, path: str, window: dict[str, str]) -> Iterator[Rows]:
    async def fetch(number_: int) -> Page:
        params = {**window, "_pagina": number_, "_tamanhoPagina": kamino.settings.page_size}
        body = await kamino.read(path, params)
        if not isinstance(body, dict) or "TotalLinhas" not in body:
            raise Unreadable(f"Kamino {path}: página {number_} sem totais")
        return Page(
            rows_of(body.get("Dados"), f"Kamino {path}"),
            body.get("PaginaAtual"),
            whole(body.get("TotalLinhas"), f"Kamino {path}"),
            whole(body.get("TotalPaginas"), f"Kamino {path}"),
        )

    return every_page(kamino, fetch, first=1, key=lambda row: row.get("ID"), what=f"Kamino {path}")
