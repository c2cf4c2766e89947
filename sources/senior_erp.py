"""What is read from Senior's ERP: what its posting rules look at, and what it holds of payroll.

Documented: the queries of titles and settlements. Assumed: the services that hand out master data, batches and
entries (names partly known, fields not); each page says how many records there are in all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dlt.sources import DltResource

from connections._errors import Unreadable
from connections._pages import Page, Rows, every_page
from connections.senior_erp import SeniorErp
from sources import _senior as senior
from sources._staging import resource
from sources._types import FREE_TEXT, Table, identifier, text

TITLES_SERVICE = "mfi_cpa_titulos"
ENTRIES_SERVICE = "mct_ctb_exportacaolctctb"
TITLES_PER_CALL = 100
DONE = ("0", "1")
"""`tipoRetorno` of a success: 1 where titles are asked for, 0 where master data are."""
Key = tuple[str, str, str, str, str]
"""Company, branch, supplier, type and number of a title."""

COMPANY_AND_BRANCH = (identifier("cod_emp", "codEmp"), identifier("cod_fil", "codFil"))
TITLE_KEY = (*COMPANY_AND_BRANCH, identifier("cod_for", "codFor"), text("cod_tpt", "codTpt"), text("num_tit", "numTit"))

BRANCHES = Table(
    "filiais",
    (
        *COMPANY_AND_BRANCH,
        senior.day("ctb_exi", "ctbExi"),
        senior.day("ctb_exf", "ctbExf"),
        senior.first_of_month("ctb_pei", "ctbPei"),
        senior.last_of_month("ctb_pef", "ctbPef"),
        senior.whole("ctb_qdl", "ctbQdl"),
        senior.day("pag_pdi", "pagPdi"),
        senior.day("pag_pdf", "pagPdf"),
        senior.whole("pag_eev", "pagEev"),
        text("pag_moe", "pagMoe"),
        senior.rate("pag_mul", "pagMul"),
        senior.rate("pag_jmm", "pagJmm"),
        text("pag_tjr", "pagTjr"),
    ),
)
ACCOUNTS = Table(
    "contas",
    (
        identifier("cod_emp", "codEmp"),
        identifier("cta_red", "ctaRed"),
        text("ana_sin", "anaSin"),
        text("sit_cta", "sitCta"),
        senior.rows("rateio", "rateio"),
    ),
)
COST_CENTERS = Table("centros", (identifier("cod_emp", "codEmp"), text("cod_ccu", "codCcu"), text("des_ccu", "desCcu")))
HISTORIES = Table("historicos", (identifier("cod_hpd", "codHpd"), text("tip_hpd", "tipHpd")))
SUPPLIERS = Table(
    "fornecedores",
    (
        identifier("cod_for", "codFor"),
        text("nom_for", "nomFor", classified="name"),
        text("sit_for", "sitFor"),
        senior.rows("definicoes", "definicoes"),
    ),
)
TRANSACTIONS = Table(
    "transacoes",
    (
        identifier("cod_emp", "codEmp"),
        text("cod_tns", "codTns"),
        text("lis_mod", "lisMod"),
        text("sit_tns", "sitTns"),
        text("pag_dec", "pagDec"),
    ),
)
TITLE_TYPES = Table("tipos", (text("cod_tpt", "codTpt"), text("pag_som", "pagSom")))
USERS = Table(
    "usuarios",
    (text("nom_usu", "nomUsu"), text("lan_for_lim", "lanForLim"), text("vct_menor", "vctMenor")),
)
TODAY = Table("hoje", (senior.day("data", "data"),))
BATCHES = Table(
    "lotes",
    (
        *COMPANY_AND_BRANCH,
        identifier("num_lot", "numLot"),
        senior.day("dat_lot", "datLot"),
        text("des_lot", "desLot"),
        text("sit_lot", "sitLot"),
        senior.whole("qtd_lct", "qtdLct"),
    ),
)
ENTRIES = Table(
    "lancamentos",
    (
        *COMPANY_AND_BRANCH,
        identifier("num_lct", "numLct"),
        identifier("num_lot", "numLot"),
        senior.day("dat_lct", "datLct"),
        identifier("cta_deb", "ctaDeb"),
        identifier("cta_cre", "ctaCre"),
        senior.amount("vlr_lct", "vlrLct"),
        identifier("cod_hpd", "codHpd"),
        text("cpl_lct", "cplLct", classified=FREE_TEXT),
        text("doc_lct", "docLct"),
        senior.rows("rateio", "rateio"),
        text("ide_uni", "ideUni"),
        text("sit_lct", "sitLct"),
    ),
)
TITLES = Table(
    "titulos",
    (*TITLE_KEY, text("cod_tns", "codTns"), senior.amount("vlr_ori", "vlrOri"), senior.day("vct_ori", "vctOri")),
)
OPEN_TITLES = Table(
    "titulos_abertos",
    (*TITLE_KEY, senior.amount("vlr_ori", "vlrOri"), senior.amount("vlr_abe", "vlrAbe"), text("sit_tit", "sitTit")),
)
SETTLEMENTS = Table(
    "baixas",
    (
        *TITLE_KEY,
        identifier("seq_mov", "seqMov"),
        senior.day("dat_pgt", "datPgt"),
        senior.amount("vlr_mov", "vlrMov"),
        text("num_doc", "numDoc"),
        text("obs_mcp", "obsMcp", classified=FREE_TEXT),
    ),
)


def master_data(erp: SeniorErp) -> list[DltResource]:
    """Branches, chart of accounts, cost centers, histories, suppliers, transactions, types, users; the ERP's date."""
    listed = {
        "cad_filial": BRANCHES,
        "mct_ctb_planocontacontabil": ACCOUNTS,
        "int_vetorh_centrodecustos": COST_CENTERS,
        "int_vetorh_complementohistoricopadrao": HISTORIES,
        "int_vetorh_fornecedores": SUPPLIERS,
        "ger_cad_transacao": TRANSACTIONS,
        "ger_cad_tipotitulo": TITLE_TYPES,
        "int_vetorh_abrangencia": USERS,
    }
    return [*(_listing(erp, service, table) for service, table in listed.items()), resource(TODAY, lambda: _today(erp))]


def entries(erp: SeniorErp, companies: Sequence[str], *, since: date, until: date) -> list[DltResource]:
    """Batches and entries dated in the window."""

    def read(operation: str, grid: str, key: str) -> Iterator[Rows]:
        for company in companies:
            window = {"codEmp": int(company), "datIni": written(since), "datFim": written(until)}
            yield from _every(erp, Listing(ENTRIES_SERVICE, operation, grid, (key,)), window)

    return [
        resource(BATCHES, lambda: read("ExportarLotes", "lotes", "numLot")),
        resource(ENTRIES, lambda: read("ExportarLancamentos", "lancamentos", "numLct")),
    ]


def titles(erp: SeniorErp, suppliers: Sequence[tuple[str, str, str]]) -> list[DltResource]:
    """Every title of these suppliers (company, branch, supplier), and what is open of each."""

    def whole(company: str, branch: str, supplier: str) -> Rows:
        asked = {"codEmp": company, "codFil": branch, "codFor": supplier}
        return _rows(erp, "ConsultarTitulosCP_3", asked, "titulos")

    def open_ones(company: str, branch: str, supplier: str) -> Rows:
        asked = {"codEmp": int(company), "codFil": int(branch), "codFor": supplier, "retRat": "N"}
        return _rows(erp, "ConsultarTitulosAbertosCP_3", asked, "titulos")

    return [
        resource(TITLES, lambda: (whole(*each) for each in suppliers)),
        resource(OPEN_TITLES, lambda: (open_ones(*each) for each in suppliers)),
    ]


def settlements(erp: SeniorErp, keys: Sequence[Key]) -> list[DltResource]:
    """The movements of these titles."""

    def read() -> Iterator[Rows]:
        for start in range(0, len(keys), TITLES_PER_CALL):
            group = keys[start : start + TITLES_PER_CALL]
            for place in sorted({key[:2] for key in group}):
                yield _movements(erp, place, [key for key in group if key[:2] == place])

    return [resource(SETTLEMENTS, read)]


def written(on: date) -> str:
    """A date as the ERP takes it."""
    return on.strftime("%d/%m/%Y")


def _movements(erp: SeniorErp, place: tuple[str, str], keys: Sequence[Key]) -> Rows:
    asked = [{"codFor": int(supplier), "codTpt": kind, "numTit": number} for _, _, supplier, kind, number in keys]
    company, branch = place
    parameters = {"codEmp": int(company), "codFil": int(branch), "consulta": asked}
    told = erp.wait(erp.call, TITLES_SERVICE, "ExportarBaixaTitulosPagarIntegracao_3", parameters)
    _must_be_done(told, "ExportarBaixaTitulosPagarIntegracao_3")
    if (told.get("finalizaramRegistros") or "S") != "S":
        raise Unreadable("Senior ERP: o ERP não entregou todas as baixas pedidas")
    return list(told["baixaTituloPagar"])


def _rows(erp: SeniorErp, operation: str, parameters: dict[str, Any], grid: str) -> Rows:
    told = erp.wait(erp.call, TITLES_SERVICE, operation, parameters)
    _must_be_done(told, operation)
    return [row for row in told[grid] if row["numTit"]]


def _today(erp: SeniorErp) -> Iterator[Rows]:
    yield [erp.wait(erp.call, "ger_db", "GetDBDate", {})]


def _listing(erp: SeniorErp, service: str, table: Table) -> DltResource:
    keys = tuple(column.path[0] for column in table.columns if column.path[0] in IDENTIFYING)
    return resource(table, lambda: _every(erp, Listing(service, "Exportar", table.name, keys)))


IDENTIFYING = frozenset({"codEmp", "codFil", "ctaRed", "codCcu", "codHpd", "codFor", "codTns", "codTpt", "nomUsu"})


@dataclass(frozen=True)
class Listing:
    """An operation that hands out a grid in pages, its rows told apart by some fields."""

    service: str
    operation: str
    grid: str
    keys: tuple[str, ...]


def _every(erp: SeniorErp, listing: Listing, window: dict[str, Any] | None = None) -> Iterator[Rows]:
    size = erp.settings.page_size

    async def fetch(number: int) -> Page:
        asked = {**(window or {}), "indicePagina": number, "limitePagina": size}
        told = await erp.call(listing.service, listing.operation, asked)
        _must_be_done(told, listing.operation)
        total = int(told.get("totalRegistros") or 0)
        return Page(told[listing.grid], None, total, -(-total // size))

    what = f"Senior ERP {listing.service}.{listing.operation}"
    return every_page(erp, fetch, first=1, key=lambda row: tuple(row.get(name) for name in listing.keys), what=what)


def _must_be_done(told: dict[str, Any], operation: str) -> None:
    if told.get("tipoRetorno") not in DONE:
        words = told.get("mensagemRetorno") or told.get("tipoRetorno")
        raise Unreadable("Senior ERP: {operation} recusou a leitura: {words}", operation=operation, words=words)
