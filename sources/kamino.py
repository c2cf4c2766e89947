"""What is read from Kamino: people, the chart of accounts, receivables and payables.

Observed by third parties: `_pagina` from 1 under `Dados`, bare arrays on `/lista`, naive Brasília datetimes,
plan ids that are text, abbreviated names on receivables and long names on payables.
Assumed: the filter by payment date; names of the payables' payment fields.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dlt.sources import DltResource

from connections._errors import Refused
from connections._pages import Page, Rows, every_page, whole_list
from connections.kamino import Kamino
from sources._brazil import tax_id
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, flag, identifier, money, text

ZONE = ZoneInfo("America/Sao_Paulo")
BEFORE_EVERYTHING = date(1, 1, 1)
"""Assumed: what the vendor's platform (.NET) makes of a date that is not given."""
RECEIVABLES_PATH = "/api/financeiro/recebimentos/paginada"
PAYABLES_PATH = "/api/financeiro/pagamento/lista/paginada"


@lru_cache(maxsize=65536, typed=True)
def read_day(value: Any) -> date | None:
    """The civil day in Brasília of `yyyy-MM-dd` or `yyyy-MM-ddTHH:mm:ss` (observed), with or without a zone.

    Assumed: `dd/MM/yyyy` and epoch milliseconds, as the vendor's exports and neighbours write them. Anything else
    raises ValueError.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(ZONE).date()
    if not isinstance(value, str):
        raise ValueError(value)
    written = value.strip()
    if "/" in written:
        return datetime.strptime(written[:10], "%d/%m/%Y").date()  # noqa: DTZ007 - a civil day
    moment = datetime.fromisoformat(written)
    read = (moment.astimezone(ZONE) if moment.tzinfo else moment).date()
    return None if read == BEFORE_EVERYTHING else read


PEOPLE = Table(
    "pessoa",
    (
        identifier("id", "ID", required=True),
        text("nome", "Nome", classified="name"),
        tax_id("cpfcnpj", "CPFCNPJ"),
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
        identifier("pessoa__id", "Pessoa", "ID"),
        tax_id("cpfcnpj", "CPFCNPJ"),
        money("vlr_venc", "VlrVenc", required=True),
        money("vlr_pagto", "VlrPagto"),
        day("dta_venc", "DtaVenc", read=read_day, required=True),
        day("dta_compet", "DtaCompet", read=read_day),
        day("dta_pagto", "DtaPagto", read=read_day),
        identifier("sit_conta", "SitConta"),
        identifier("id_plano_conta_origem", "IDPlanoContaOrigem"),
        identifier("id_plano_conta_pagto", "IDPlanoContaPagto"),
        identifier("id_centro_custo", "IDCentroCusto"),
        text("codigo_externo", "CodigoExterno"),
        text("nro_doc", "NroDoc"),
        text("obs", "Obs", classified=FREE_TEXT),
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
        tax_id("pessoa__cpfcnpj", "Pessoa", "CPFCNPJ"),
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
        identifier("situacao", "Situacao"),
        text("simb_moeda", "SimbMoeda"),
        text("nome_centro_custo", "NomeCentroCusto"),
        text("nome_conta_pagto", "NomeContaPagto"),
        text("codigo_externo", "CodigoExterno"),
    ),
    keep_record=True,
)


RECEIVABLES_AGAIN = Table("recebimentos_again", RECEIVABLES.columns, keep_record=True)
PAYABLES_AGAIN = Table("pagamentos_again", PAYABLES.columns, keep_record=True)


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
    return [resource(RECEIVABLES, lambda: _paged(kamino, RECEIVABLES_PATH, window))]


def receivables_again(kamino: Kamino, ids: Sequence[str]) -> list[DltResource]:
    """Receivables by their id, wherever in time they lie (the filter is assumed)."""
    return [resource(RECEIVABLES_AGAIN, lambda: _by_id(kamino, RECEIVABLES_PATH, ids, set()))]


def payables(kamino: Kamino, *, due: tuple[date, date], paid: tuple[date, date]) -> list[DltResource]:
    """Payables due in one window (observed filter) or paid in another (assumed filter), once each."""
    windows = (
        {"VencDe": due[0].isoformat(), "VencAte": due[1].isoformat()},
        {"PagtoDe": paid[0].isoformat(), "PagtoAte": paid[1].isoformat()},
    )
    return [resource(PAYABLES, lambda: _once_each(kamino, PAYABLES_PATH, windows, set()))]


def payables_again(kamino: Kamino, waiting: Sequence[tuple[str, date | None]]) -> list[DltResource]:
    """Payables by their id: looked for on the day they were due (observed filter), then by id alone (assumed)."""

    def read() -> Iterator[Rows]:
        known: set[str] = set()
        days = sorted({due_on for _, due_on in waiting if due_on})
        windows = [{"VencDe": day_.isoformat(), "VencAte": day_.isoformat()} for day_ in days]
        yield from _once_each(kamino, PAYABLES_PATH, windows, known)
        yield from _by_id(kamino, PAYABLES_PATH, [id_ for id_, _ in waiting], known)

    return [resource(PAYABLES_AGAIN, read)]


def _once_each(kamino: Kamino, path: str, windows: Sequence[dict[str, str]], known: set[str]) -> Iterator[Rows]:
    """The records of several windows; one without an id has nothing to be told apart by."""
    for window in windows:
        for rows in _paged(kamino, path, window):
            yield [row for row in rows if str(row.get("ID")) not in known]
            known.update(str(row["ID"]) for row in rows if row.get("ID") is not None)


def _by_id(kamino: Kamino, path: str, ids: Sequence[str], known: set[str]) -> Iterator[Rows]:
    """Where the filter is ignored the first answer is the whole listing: nobody is asked for again."""
    wanted = set(ids)
    for each in ids:
        if each in known:
            continue
        try:
            found = [row for rows in _once_each(kamino, path, [{"ID": each}], known) for row in rows]
        except Refused:  # nothing is decided of what Kamino does not tell
            continue
        ignored = any(str(row.get("ID")) != each for row in found)
        yield [row for row in found if str(row.get("ID")) in wanted]
        if ignored:
            return


def _bare(kamino: Kamino, path: str, **params: str) -> Iterator[Rows]:
    async def fetch() -> Rows:
        return await kamino.whole_list(path, **params)

    yield whole_list(kamino, fetch)


def _paged(kamino: Kamino, path: str, window: dict[str, str]) -> Iterator[Rows]:
    async def fetch(number: int) -> Page:
        return await kamino.page(path, number, window)

    return every_page(kamino, fetch, first=1, key=lambda row: row.get("ID"), what=f"Kamino {path}")
