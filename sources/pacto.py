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

from connections._pages import Page, Rows, every_page, rows_of
from connections._paths import below
from connections.pacto import Pacto
from sources._at_once import days_of_milliseconds
from sources._brazil import tax_id
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, flag, identifier, money, number, text

ZONE = ZoneInfo("America/Sao_Paulo")
DAYS = days_of_milliseconds(ZONE.key)
OPEN = "EA"
REFERRED = ("pessoa", "planoConta", "centroCusto", "conta")


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
        tax_id("pessoa__cpf_cnpj", "pessoa", "cpfCnpj"),
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
        text("plano_conta__descricao", "planoConta", "descricao"),
        text("centro_custo__descricao", "centroCusto", "descricao"),
        text("conta__descricao", "conta", "descricao"),
    ),
)
RECEIPTS_OF_PEOPLE = Table("parcelas", RECEIPTS.columns)
RECEIPTS_AGAIN = Table("movparcela_again", RECEIPTS.columns)
RECEIPTS_OF_PEOPLE_AGAIN = Table("parcelas_again", RECEIPTS.columns)
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
        identifier("tipo_operacao", "tipoOperacao"),
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
        tax_id("cpf_cnpj", "cpfCnpj"),
        flag("ativo", "ativo"),
    ),
)


def receipts(pacto: Pacto, *, since: date, until: date) -> list[DltResource]:
    """Receipts launched or changed from `since` to `until`, and those still open from before; once each."""
    return [resource(RECEIPTS, lambda: _receipts(pacto, since, until))]


def no_receipts() -> list[DltResource]:
    """The table of `receipts`, empty: where receipts are read person by person."""
    return [resource(RECEIPTS, lambda: iter(()))]


def no_receipts_of_people() -> list[DltResource]:
    """The table of `receipts_of_everybody`, empty: where receipts are read by period."""
    return [resource(RECEIPTS_OF_PEOPLE, lambda: iter(()))]


def receipts_of_days(pacto: Pacto, days: Sequence[date]) -> list[DltResource]:
    """Receipts launched on these days, which the windows did not show."""
    return [resource(RECEIPTS_AGAIN, lambda: _receipts_of_days(pacto, days))]


def receipts_of_people(pacto: Pacto, people: Sequence[str]) -> list[DltResource]:
    """All receipts of these people (`codPessoa`), whatever their date: the observed route, a call per person."""
    return [resource(RECEIPTS_OF_PEOPLE_AGAIN, lambda: _receipts_of_people(pacto, people))]


def receipts_of_everybody(pacto: Pacto) -> list[DltResource]:
    """All receipts by observed routes only: the roster, each client's data, each client's receipts."""

    def read() -> Iterator[Rows]:
        known: set[str] = set()
        for client in _clients(pacto):
            if (person := str(client["codigo"])) not in known:
                known.add(person)
                yield [_with_person(row, client) for row in _receipts_of_person(pacto, person)]

    return [resource(RECEIPTS_OF_PEOPLE, read)]


def master_data(pacto: Pacto) -> list[DltResource]:
    """Chart of accounts, cost centers and accounts: what descriptions are matched against."""
    return [_listing(pacto, table) for table in (CHART, COST_CENTERS, ACCOUNTS)]


def books(pacto: Pacto) -> list[DltResource]:
    """Suppliers and financial entries that Pacto already holds; no filter on dates is known, so all of them."""
    return [_listing(pacto, table) for table in (SUPPLIERS, ENTRIES)]


def _listing(pacto: Pacto, table: Table) -> DltResource:
    return resource(table, lambda: (_normal(rows) for rows in _every(pacto, f"/v1/{table.name}")))


def _receipts(pacto: Pacto, since: date, until: date) -> Iterator[Rows]:
    """Unknown filters are silently ignored: where they are, the first reading already brings everything."""
    launched, start = _launched(since, until), _milliseconds(since)
    changed = {"dataAlteracaoInicio": start, "dataAlteracaoFim": launched["dataLancamentoFim"]}
    still_open = {"situacao": OPEN, "dataLancamentoFim": start - 1}
    known: set[str] = set()
    for window in (launched, changed, still_open):
        ignored = False
        for rows in _fresh(_parcels(pacto, window), known):
            ignored = ignored or (window is launched and any(_launched_before(row, since) for row in rows))
            yield rows
        if ignored:
            return


def _receipts_of_days(pacto: Pacto, days: Sequence[date]) -> Iterator[Rows]:
    known: set[str] = set()
    for first, last in _stretches(sorted(set(days))):
        ignored = False
        for rows in _fresh(_parcels(pacto, _launched(first, last)), known):
            ignored = ignored or any(_launched_before(row, first) for row in rows)
            yield rows
        if ignored:
            return


def _parcels(pacto: Pacto, window: dict[str, Any]) -> Iterator[Rows]:
    company = str(pacto.settings.company)
    for rows in _every(pacto, "/v1/movparcela", {"empresa": pacto.settings.company, **window}):
        yield [row for row in _normal(rows) if _company_of(row) in (None, company)]


def _fresh(pages: Iterable[Rows], known: set[str]) -> Iterator[Rows]:
    """Each record once; one without a code has nothing to be told apart by."""
    for rows in pages:
        yield [row for row in rows if str(row.get("codigo")) not in known]
        known.update(str(row["codigo"]) for row in rows if row.get("codigo") is not None)


def _stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Days that follow one another are asked for together."""
    first = last = None
    for each in days:
        if last and each > last + timedelta(days=1):
            yield first or last, last
            first = None
        first, last = first or each, each
    if last:
        yield first or last, last


def _receipts_of_people(pacto: Pacto, people: Iterable[str]) -> Iterator[Rows]:
    for person in people:
        yield _receipts_of_person(pacto, person)


def _receipts_of_person(pacto: Pacto, person: str) -> Rows:
    rows = [row for page in _every(pacto, below("/parcelas", person)) for row in _normal(page)]
    return [{**row, "pessoa": {"codigo": person, **_said(row.get("pessoa"))}} for row in rows]


def _said(person: Any) -> dict[str, Any]:
    return {name: value for name, value in (person or {}).items() if value is not None}


def _clients(pacto: Pacto) -> Iterator[dict[str, Any]]:
    """Each client once, by `codPessoa`, which is neither the client's code nor the matricula."""
    for page in _every(pacto, "/clientes/simples", key="codigoCliente", sort="matricula"):
        for client in page:
            matricula = str(client.get("matricula", "")).strip()
            path = f"{below('/clientes', matricula)}/dados-pessoais"
            # Some answers come back empty where too many were asked for (observed).
            found = _content(pacto, path) or _content(pacto, path)
            for data in found:
                yield {
                    "codigo": data.get("codigoPessoa"),
                    "nome": client.get("nome"),
                    "cpfCnpj": data.get("cpf"),
                    "email": data.get("email"),
                    "telefone": data.get("telefone"),
                }


def _with_person(row: dict[str, Any], client: dict[str, Any]) -> dict[str, Any]:
    return {**row, "pessoa": {**client, **_said(row.get("pessoa"))}}


def _every(
    pacto: Pacto, path: str, filters: dict[str, Any] | None = None, key: str = "codigo", sort: str = "codigo"
) -> Iterator[Rows]:
    async def fetch(number: int) -> Page:
        return await pacto.page(path, number, filters=filters, sort=f"{sort},asc")

    return every_page(pacto, fetch, first=0, key=lambda row: row.get(key), what=f"Pacto {path}")


def _content(pacto: Pacto, path: str) -> Rows:
    body = pacto.wait(pacto.read, path)
    return rows_of(body.get("content") if isinstance(body, dict) else None, f"Pacto {path}")


def _normal(rows: Rows) -> Rows:
    """`pessoa`, `planoConta`, `centroCusto` and `conta` come as an object or as a bare code."""
    return [{**row, **_as_objects(row)} for row in rows]


def _as_objects(row: dict[str, Any]) -> dict[str, Any]:
    bare = {name: row[name] for name in REFERRED if isinstance(row.get(name), int | str)}
    return {name: {"codigo": code} for name, code in bare.items()}


def _company_of(row: dict[str, Any]) -> str | None:
    """The company that a receipt says it is of; what is no code at all is judged, not left out."""
    company = row.get("empresa")
    code = company.get("codigo") if isinstance(company, dict) else company
    return str(code).strip() or None if isinstance(code, str | int) else None


def _launched(first: date, last: date) -> dict[str, Any]:
    end = _milliseconds(last + timedelta(days=1)) - 1
    return {"dataLancamentoInicio": _milliseconds(first), "dataLancamentoFim": end}


def _launched_before(row: dict[str, Any], since: date) -> bool:
    try:
        return read_day(row.get("dataLancamento")) < since
    except (ValueError, TypeError, OverflowError):
        return False


def _milliseconds(day_: date) -> int:
    return int(datetime(day_.year, day_.month, day_.day, tzinfo=ZONE).timestamp() * 1000)
