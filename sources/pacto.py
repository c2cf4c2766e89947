"""What is read from PactoERP: receipts, master data, and what the books there already hold.

Observed by third parties: 0-based pages under `content`, `filters` as JSON with unknown filters silently
ignored, epoch milliseconds in America/Sao_Paulo (with ISO and dd/MM/yyyy on some routes), amounts in reais.
Assumed, since no public trace exists: `/v1/movparcela` with its windows, and `/v1/fornecedor`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from dlt.sources import DltResource

from connections._errors import Unreadable
from connections._json import dump
from connections._pages import Page, Rows, every_page, rows_of, whole
from connections.pacto import Pacto
from sources._at_once import days_of_milliseconds, moments_of_milliseconds
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, digits, flag, identifier, moment, money, number, text

ZONE = ZoneInfo("America/Sao_Paulo")
DAYS = days_of_milliseconds(ZONE.key)
OPEN = "EA"


@lru_cache(maxsize=65536, typed=True)
def read_moment(value: Any) -> datetime:
    """A moment as Pacto writes it: epoch milliseconds, ISO 8601 or dd/MM/yyyy; raises ValueError otherwise."""
    if isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, int) or (isinstance(value, str) and value.lstrip("-").isdigit()):
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    if isinstance(value, str) and "/" in value:
        return datetime.strptime(value.strip(), "%d/%m/%Y").replace(tzinfo=ZONE)
    if isinstance(value, str):
        parsed = datetime.fromisoformat(value.strip())
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZONE)
    raise ValueError(value)


@lru_cache(maxsize=65536, typed=True)
def read_day(value: Any) -> date:
    """The business date of a moment, in America/Sao_Paulo."""
    return read_moment(value).astimezone(ZONE).date()


RECEIPTS = Table(
    "movparcela",
    (
        identifier("codigo", "codigo", required=True),
        text("descricao", "descricao", classified=FREE_TEXT),
        identifier("empresa", "empresa"),
        identifier("pessoa__codigo", "pessoa", "codigo"),
        text("pessoa__nome", "pessoa", "nome", classified="name"),
        digits("pessoa__cpf_cnpj", "pessoa", "cpfCnpj", classified="tax_id"),
        text("pessoa__email", "pessoa", "email", classified="contact"),
        text("pessoa__telefone", "pessoa", "telefone", classified="contact"),
        identifier("contrato", "contrato"),
        number("nr_parcela", "nrParcela"),
        money("valor", "valor", required=True),
        money("valor_pago", "valorPago"),
        text("situacao", "situacao"),
        day("data_lancamento", "dataLancamento", read=read_day, at_once=DAYS, required=True),
        day("data_vencimento", "dataVencimento", read=read_day, at_once=DAYS, required=True),
        day("data_competencia", "dataCompetencia", read=read_day, at_once=DAYS),
        day("data_pagamento", "dataPagamento", read=read_day, at_once=DAYS),
        moment("data_alteracao", "dataAlteracao", read=read_moment, at_once=moments_of_milliseconds),
        text("plano_conta__descricao", "planoConta", "descricao"),
        text("centro_custo__descricao", "centroCusto", "descricao"),
        text("conta__descricao", "conta", "descricao"),
    ),
)
RECEIPTS_OF_PEOPLE = Table("parcelas", RECEIPTS.columns)
CHART = Table(
    "planoconta",
    (
        identifier("codigo", "codigo", required=True),
        text("descricao", "descricao"),
        text("codigo_plano", "codigoPlano"),
        text("tipo", "tipo"),
        flag("ativo", "ativo"),
    ),
)
COST_CENTERS = Table(
    "centrocusto",
    (identifier("codigo", "codigo", required=True), text("descricao", "descricao"), flag("ativo", "ativo")),
)
ACCOUNTS = Table("conta", COST_CENTERS.columns)
ENTRIES = Table(
    "movconta",
    (
        identifier("codigo", "codigo", required=True),
        text("descricao", "descricao", classified=FREE_TEXT),
        identifier("pessoa__codigo", "pessoa", "codigo"),
        text("pessoa__nome", "pessoa", "nome", classified="name"),
        money("valor", "valor", required=True),
        day("data_lancamento", "dataLancamento", read=read_day, at_once=DAYS),
        day("data_vencimento", "dataVencimento", read=read_day, at_once=DAYS),
        day("data_competencia", "dataCompetencia", read=read_day, at_once=DAYS),
        number("tipo_operacao", "tipoOperacao"),
        identifier("conta__codigo", "conta", "codigo"),
        text("observacao", "observacao"),
        text("codigo_externo", "codigoExterno"),
    ),
)
SUPPLIERS = Table(
    "fornecedor",
    (
        identifier("codigo", "codigo", required=True),
        identifier("pessoa__codigo", "pessoa", "codigo"),
        text("nome", "nome", classified="name"),
        digits("cpf_cnpj", "cpfCnpj", classified="tax_id"),
    ),
)


def receipts(pacto: Pacto, *, since: date, until: date) -> list[DltResource]:
    """Receipts launched or changed from `since` to `until`, and those still open from before; once each."""
    return [resource(RECEIPTS, lambda: _receipts(pacto, since, until))]


def no_receipts() -> list[DltResource]:
    """The table of `receipts`, empty: where receipts are read person by person."""
    return [resource(RECEIPTS, lambda: iter(()))]


def receipts_of_people(pacto: Pacto, people: Sequence[str]) -> list[DltResource]:
    """All receipts of these people (`codPessoa`), whatever their date: the observed route, a call per person."""
    return [resource(RECEIPTS_OF_PEOPLE, lambda: _receipts_of_people(pacto, people))]


def receipts_of_everybody(pacto: Pacto) -> list[DltResource]:
    """All receipts by observed routes only: the roster, each client's data, each client's receipts."""

    def read() -> Iterator[Rows]:
        for client in _clients(pacto):
            yield [_with_person(row, client) for row in _receipts_of_person(pacto, str(client["codigo"]))]

    return [resource(RECEIPTS_OF_PEOPLE, read)]


def master_data(pacto: Pacto) -> list[DltResource]:
    """Chart of accounts, cost centers and accounts: what descriptions are matched against."""
    return [_listing(pacto, table) for table in (CHART, COST_CENTERS, ACCOUNTS)]


def books(pacto: Pacto) -> list[DltResource]:
    """Suppliers and financial entries that Pacto already holds; no filter on dates is known, so all of them."""
    return [_listing(pacto, table) for table in (SUPPLIERS, ENTRIES)]


def _listing(pacto: Pacto, table: Table) -> DltResource:
    return resource(table, lambda: _every(pacto, f"/v1/{table.name}"))


def _receipts(pacto: Pacto, since: date, until: date) -> Iterator[Rows]:
    start, end = _milliseconds(since), _milliseconds(until + timedelta(days=1)) - 1
    windows = (
        {"dataLancamentoInicio": start, "dataLancamentoFim": end},
        {"dataAlteracaoInicio": start, "dataAlteracaoFim": end},
        {"situacao": OPEN, "dataLancamentoFim": start - 1},
    )
    known: set[Any] = set()
    company = str(pacto.settings.company)
    for window in windows:
        ignored = False
        for rows in _every(pacto, "/v1/movparcela", {"empresa": pacto.settings.company, **window}):
            fresh = [_normal(row) for row in rows if row.get("codigo") not in known]
            known.update(row.get("codigo") for row in fresh)
            ignored = ignored or (window is windows[0] and any(_launched_before(row, since) for row in fresh))
            yield [row for row in fresh if str(row.get("empresa") or pacto.settings.company) == company]
        if ignored:
            return  # unknown filters are silently ignored: the first reading already brought everything


def _receipts_of_people(pacto: Pacto, people: Iterable[str]) -> Iterator[Rows]:
    for person in people:
        yield _receipts_of_person(pacto, person)


def _receipts_of_person(pacto: Pacto, person: str) -> Rows:
    rows: list[dict[str, Any]] = []
    for page in _every(pacto, f"/parcelas/{person}"):
        rows.extend({"pessoa": {"codigo": person}, **row} for row in page)
    return [_normal(row) for row in rows]


def _clients(pacto: Pacto) -> Iterator[dict[str, Any]]:
    """Each client once, by `codPessoa`, which is neither the client's code nor the matricula."""
    for page in _every(pacto, "/clientes/simples", key="codigoCliente", sort="matricula"):
        for client in page:
            matricula = str(client.get("matricula", "")).strip()
            found = _content(pacto, f"/clientes/{matricula}/dados-pessoais")
            for data in found:
                yield {
                    "codigo": data.get("codigoPessoa"),
                    "nome": client.get("nome"),
                    "cpfCnpj": data.get("cpf"),
                    "email": data.get("email"),
                    "telefone": data.get("telefone"),
                }


def _with_person(row: dict[str, Any], client: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.get("pessoa", {}).items() if value is not None}
    return {**row, "pessoa": {**client, **said}}


def _every(
    pacto: Pacto, path: str, filters: dict[str, Any] | None = None, key: str = "codigo", sort: str = "codigo"
) -> Iterator[Rows]:
    async def fetch(number: int) -> Page:
        params: dict[str, Any] = {"page": number, "size": pacto.settings.page_size, "sort": f"{sort},asc"}
        if filters:
            params["filters"] = dump(filters).decode()
        body = await pacto.read(path, params)
        if not isinstance(body, dict) or "totalElements" not in body:
            raise Unreadable(f"Pacto {path}: página {number} sem totais")
        return Page(
            rows_of(body.get("content"), f"Pacto {path}"),
            body.get("number"),
            whole(body.get("totalElements"), f"Pacto {path}"),
            whole(body.get("totalPages"), f"Pacto {path}"),
        )

    return every_page(pacto, fetch, first=0, key=lambda row: row.get(key), what=f"Pacto {path}")


def _content(pacto: Pacto, path: str) -> Rows:
    body = pacto.wait(pacto.read, path)
    return rows_of(body.get("content") if isinstance(body, dict) else None, f"Pacto {path}")


def _normal(row: dict[str, Any]) -> dict[str, Any]:
    """`pessoa`, `planoConta`, `centroCusto` and `conta` come as an object or as a bare code."""
    for name in ("pessoa", "planoConta", "centroCusto", "conta"):
        value = row.get(name)
        if value is not None and not isinstance(value, dict):
            row = {**row, name: {"codigo": value}}
    return row


def _launched_before(row: dict[str, Any], since: date) -> bool:
    try:
        return read_day(row.get("dataLancamento")) < since
    except (ValueError, TypeError, OverflowError):
        return False


def _milliseconds(day_: date) -> int:
    return int(datetime(day_.year, day_.month, day_.day, tzinfo=ZONE).timestamp() * 1000)
