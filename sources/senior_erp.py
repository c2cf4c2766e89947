"""What is read from Senior's ERP: what its posting rules look at, and what it holds of payroll.

Documented: the queries of titles and settlements. Assumed: the services that hand out master data, batches and
entries (names partly known, fields not); each page says how many records there are in all.
"""

import threading
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dlt.sources import DltResource

from connections._errors import Refused
from connections._pages import Rows, every_page
from connections.senior_erp import TITLES_SERVICE, Movements, SeniorErp, must_be_done
from sources import _senior as senior
from sources._staging import resource
from sources._types import FREE_TEXT, Table, text

ENTRIES_SERVICE = "mct_ctb_exportacaolctctb"
Row = dict[str, Any]
Window = tuple[str, date, date]
"""A company, and from which day to which."""
Key = tuple[str, str, str, str, str]
"""Company, branch, supplier, type and number of a title."""

COMPANY_AND_BRANCH = (senior.code("cod_emp", "codEmp"), senior.code("cod_fil", "codFil"))
TITLE_KEY = (
    *COMPANY_AND_BRANCH,
    senior.code("cod_for", "codFor"),
    text("cod_tpt", "codTpt"),
    text("num_tit", "numTit"),
)

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
        senior.code("cod_emp", "codEmp"),
        senior.code("cta_red", "ctaRed"),
        text("ana_sin", "anaSin"),
        text("sit_cta", "sitCta"),
        senior.rows("rateio", "rateio"),
    ),
)
COST_CENTERS = Table(
    "centros", (senior.code("cod_emp", "codEmp"), text("cod_ccu", "codCcu"), text("des_ccu", "desCcu"))
)
HISTORIES = Table("historicos", (senior.code("cod_hpd", "codHpd"), text("tip_hpd", "tipHpd")))
SUPPLIERS = Table(
    "fornecedores",
    (
        senior.code("cod_for", "codFor"),
        text("nom_for", "nomFor", classified="name"),
        text("sit_for", "sitFor"),
        senior.rows("definicoes", "definicoes"),
    ),
)
TRANSACTIONS = Table(
    "transacoes",
    (
        senior.code("cod_emp", "codEmp"),
        text("cod_tns", "codTns"),
        text("lis_mod", "lisMod"),
        text("sit_tns", "sitTns"),
        senior.code("pag_dec", "pagDec"),
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
        senior.code("num_lot", "numLot"),
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
        senior.code("num_lct", "numLct"),
        senior.code("num_lot", "numLot"),
        senior.day("dat_lct", "datLct"),
        senior.code("cta_deb", "ctaDeb"),
        senior.code("cta_cre", "ctaCre"),
        senior.amount("vlr_lct", "vlrLct"),
        senior.code("cod_hpd", "codHpd"),
        text("cpl_lct", "cplLct", classified=FREE_TEXT),
        text("doc_lct", "docLct"),
        senior.rows("rateio", "rateio"),
        text("ide_uni", "ideUni"),
        text("sit_lct", "sitLct"),
    ),
)
TITLES = Table(
    "titulos",
    (
        *TITLE_KEY,
        text("cod_tns", "codTns"),
        senior.amount("vlr_ori", "vlrOri"),
        senior.day("dat_emi", "datEmi"),
        senior.day("dat_ent", "datEnt"),
        senior.day("vct_ori", "vctOri"),
        senior.rate("per_dsc", "perDsc"),
        senior.rate("per_mul", "perMul"),
        senior.rate("per_jrs", "perJrs"),
        text("tip_jrs", "tipJrs"),
    ),
)
OPEN_TITLES = Table(
    "titulos_abertos",
    (
        *TITLE_KEY,
        senior.amount("vlr_ori", "vlrOri"),
        senior.amount("vlr_abe", "vlrAbe"),
        text("sit_tit", "sitTit"),
        senior.rows("rateios", "rateios"),
    ),
)
READ_SUPPLIERS = Table("fornecedores_lidos", (*TITLE_KEY[:3], text("recusa", "recusa", classified=FREE_TEXT)))
SETTLEMENTS = Table(
    "baixas",
    (
        *TITLE_KEY,
        senior.code("seq_mov", "seqMov"),
        senior.day("dat_pgt", "datPgt"),
        senior.amount("vlr_mov", "vlrMov"),
        senior.amount("vlr_jrs", "vlrJrs"),
        senior.amount("vlr_mul", "vlrMul"),
        senior.amount("vlr_dsc", "vlrDsc"),
        text("num_doc", "numDoc"),
        text("obs_mcp", "obsMcp", classified=FREE_TEXT),
        text("sit_reg", "sitReg"),
    ),
)
UNTOLD_MOVEMENTS = Table("baixas_recusadas", (*TITLE_KEY, text("recusa", "recusa", classified=FREE_TEXT)))


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


def entries(erp: SeniorErp, windows: Sequence[Window]) -> list[DltResource]:
    """Batches and entries of each company dated in its windows, which do not overlap."""

    def read(operation: str, grid: str, key: str) -> Iterator[Rows]:
        for company, since, until in windows:
            asked = {"codEmp": int(company), "datIni": written(since), "datFim": written(until)}
            fetch = erp.listing(ENTRIES_SERVICE, operation, grid, asked)
            what = f"Senior ERP {operation}"
            yield from every_page(erp, fetch, first=1, key=lambda row: row.get(key), what=what)

    return [
        resource(BATCHES, lambda: read("ExportarLotes", "lotes", "numLot")),
        resource(ENTRIES, lambda: read("ExportarLancamentos", "lancamentos", "numLct")),
    ]


def titles(erp: SeniorErp, suppliers: Sequence[tuple[str, str, str]]) -> list[DltResource]:
    """Every title of these suppliers (company, branch, supplier), what is open of each, and who was answered.

    A supplier whom the ERP does not answer for is left out with its words.
    """
    answers = _Answers(erp, suppliers)
    return [
        resource(TITLES, lambda: iter([answers.titles])),
        resource(OPEN_TITLES, lambda: iter([answers.open_titles])),
        resource(READ_SUPPLIERS, lambda: iter([answers.suppliers])),
    ]


class _Answers:
    """Both questions about every supplier, asked once, by whichever table is read first."""

    def __init__(self, erp: SeniorErp, suppliers: Sequence[tuple[str, str, str]]) -> None:
        self._erp = erp
        self._asked = suppliers
        self._lock = threading.Lock()
        self._told: tuple[list[Row], list[Row], list[Row]] | None = None

    @property
    def titles(self) -> list[Row]:
        return self._all()[0]

    @property
    def open_titles(self) -> list[Row]:
        return self._all()[1]

    @property
    def suppliers(self) -> list[Row]:
        return self._all()[2]

    def _all(self) -> tuple[list[Row], list[Row], list[Row]]:
        with self._lock:
            if self._told is None:
                told: tuple[list[Row], list[Row], list[Row]] = ([], [], [])
                for each in self._asked:
                    self._ask(each, *told)
                self._told = told
        return self._told

    def _ask(self, supplier: tuple[str, str, str], whole: list[Row], open_ones: list[Row], read: list[Row]) -> None:
        asked: Row = dict(zip(("codEmp", "codFil", "codFor"), supplier, strict=True))
        numbers = {name: int(asked[name]) for name in ("codEmp", "codFil")}
        try:
            told = [
                _rows(self._erp, "ConsultarTitulosCP_3", asked, asked),
                _rows(self._erp, "ConsultarTitulosAbertosCP_3", {**asked, **numbers, "retRat": "S"}, asked),
            ]
        except Refused as problem:
            read.append({**asked, "recusa": str(problem)})
            return
        whole += told[0]
        open_ones += told[1]
        read.append(asked)


def settlements(erp: SeniorErp, keys: Sequence[Key]) -> list[DltResource]:
    """The movements of these titles, and the titles whose movements the ERP would not tell."""
    found: list[tuple[Row, Movements]] = []
    lock = threading.Lock()

    def asked() -> list[tuple[Row, Movements]]:
        with lock:
            if not found:
                for company, branch in sorted({key[:2] for key in keys}):
                    place = {"codEmp": int(company), "codFil": int(branch)}
                    titles_there = [
                        {"codFor": int(supplier), "codTpt": kind, "numTit": number}
                        for *there, supplier, kind, number in keys
                        if there == [company, branch]
                    ]
                    found.append((place, erp.wait(erp.movements, place, titles_there)))
        return found

    return [
        resource(SETTLEMENTS, lambda: ([_placed(row, place) for row in told.rows] for place, told in asked())),
        resource(
            UNTOLD_MOVEMENTS,
            lambda: (
                [{**place, **title, "recusa": str(problem)} for title, problem in told.refused]
                for place, told in asked()
            ),
        ),
    ]


def written(on: date) -> str:
    """A date as the ERP takes it."""
    return on.strftime("%d/%m/%Y")


def _rows(erp: SeniorErp, operation: str, parameters: Row, place: Row) -> list[Row]:
    told = erp.wait(erp.call, TITLES_SERVICE, operation, parameters)
    must_be_done(told, operation)
    return [_placed(row, place) for row in told.get("titulos") or () if row.get("numTit")]


def _placed(row: Row, place: Row) -> Row:
    """A row with company, branch and supplier of the question, where the answer does not repeat them."""
    return {**row, **{name: str(value) for name, value in place.items() if not row.get(name)}}


def _today(erp: SeniorErp) -> Iterator[Rows]:
    yield [erp.wait(erp.call, "ger_db", "GetDBDate", {})]


def _listing(erp: SeniorErp, service: str, table: Table) -> DltResource:
    keys = tuple(column.path[0] for column in table.columns if column.path[0] in IDENTIFYING)
    fetch = erp.listing(service, "Exportar", table.name, {})
    what = f"Senior ERP {service}"
    return resource(
        table,
        lambda: every_page(erp, fetch, first=1, key=lambda row: tuple(row.get(name) for name in keys), what=what),
    )


IDENTIFYING = frozenset({"codEmp", "codFil", "ctaRed", "codCcu", "codHpd", "codFor", "codTns", "codTpt", "nomUsu"})
