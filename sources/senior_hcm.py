"""What is read from Senior's HCM: entries and titles of payroll, settlements, invoices. The contract is assumed.

Fields are named as the ERP's services name the same thing; pages from 1 under `registros`.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from dlt.sources import DltResource

from connections._pages import Rows, every_page
from connections.senior_hcm import SeniorHcm
from sources import _senior as senior
from sources._staging import resource
from sources._types import FREE_TEXT, Column, Table, identifier, number, text

Window = tuple[date, date]
TITLE_KEY: tuple[Column, ...] = (
    senior.code("cod_emp", "codEmp"),
    senior.code("cod_fil", "codFil"),
    senior.code("cod_for", "codFor"),
    text("cod_tpt", "codTpt"),
    text("num_tit", "numTit"),
)
EMPLOYEE: tuple[Column, ...] = (
    identifier("num_emp", "numEmp"),
    identifier("tip_col", "tipCol"),
    identifier("num_cad", "numCad"),
)
ENTRIES = Table(
    "lancamentos",
    (
        identifier("ide_uni", "ideUni", required=True),
        senior.code("cod_emp", "codEmp"),
        senior.code("cod_fil", "codFil"),
        senior.day("dat_lct", "datLct"),
        senior.day("dat_lot", "datLot"),
        senior.code("cta_deb", "ctaDeb"),
        senior.code("cta_cre", "ctaCre"),
        senior.amount("vlr_lct", "vlrLct"),
        senior.code("cod_hpd", "codHpd"),
        text("cpl_lct", "cplLct", classified=FREE_TEXT),
        text("doc_lct", "docLct"),
        senior.rows("rateio", "rateio"),
    ),
)
TITLES = Table(
    "titulos",
    (
        identifier("ide_tit", "ideTit", required=True),
        *TITLE_KEY,
        text("cod_tns", "codTns"),
        senior.day("dat_emi", "datEmi"),
        senior.day("dat_ent", "datEnt"),
        senior.day("vct_ori", "vctOri"),
        senior.amount("vlr_ori", "vlrOri"),
        text("cod_moe", "codMoe"),
        senior.whole("per_dsc", "perDsc"),
        senior.whole("per_mul", "perMul"),
        senior.whole("per_jrs", "perJrs"),
        text("tip_jrs", "tipJrs"),
        text("obs_tcp", "obsTcp", classified=FREE_TEXT),
        senior.rows("rateio", "rateio"),
    ),
)
SETTLEMENTS = Table(
    "baixas",
    (
        identifier("ide_bai", "ideBai", required=True),
        *TITLE_KEY,
        senior.day("dat_pgt", "datPgt"),
        senior.amount("vlr_mov", "vlrMov"),
        senior.amount("vlr_jrs", "vlrJrs"),
        senior.amount("vlr_mul", "vlrMul"),
        senior.amount("vlr_dsc", "vlrDsc"),
        text("situacao", "situacao"),
    ),
)
TOLD_SETTLEMENTS = Table(
    "baixas_erp",
    (
        identifier("id", "id", required=True),
        *TITLE_KEY,
        senior.code("seq_mov", "seqMov"),
        senior.day("dat_pgt", "datPgt"),
        senior.amount("vlr_mov", "vlrMov"),
        text("referencia", "referencia"),
        text("situacao", "situacao"),
    ),
)
DEFINITIONS = Table(
    "fatura_definicoes",
    (
        identifier("id", "id", required=True),
        text("descricao", "descricao", classified=FREE_TEXT),
        *TITLE_KEY[:4],
        text("cod_tns", "codTns"),
        senior.code("cta_red", "ctaRed"),
        identifier("cod_ccu", "codCcu"),
        identifier("cod_eve", "codEve"),
        text("destino", "destino"),
        number("dias_vcto", "diasVcto"),
        senior.flag("exige_total", "exigeTotal"),
    ),
)
LAUNCHES = Table(
    "fatura_lancamentos",
    (
        identifier("id", "id", required=True),
        identifier("definicao", "definicao"),
        text("competencia", "competencia"),
        text("num_tit", "numTit"),
        senior.day("dat_emi", "datEmi"),
        senior.day("dat_ent", "datEnt"),
        senior.day("vct_ori", "vctOri"),
        senior.amount("vlr_ori", "vlrOri"),
        senior.flag("calculada", "calculada"),
    ),
)
SHARES = Table(
    "fatura_colaboradores",
    (
        identifier("id", "id", required=True),
        identifier("lancamento", "lancamento"),
        *EMPLOYEE,
        senior.amount("valor", "valor"),
        number("parcelas", "parcelas"),
    ),
)
RECORDS = Table(
    "ficha_financeira",
    (
        identifier("id", "id", required=True),
        text("competencia", "competencia"),
        *EMPLOYEE,
        identifier("cod_eve", "codEve"),
        senior.amount("valor", "valor"),
    ),
)
MOVEMENTS = Table(
    "movimentos",
    (
        identifier("id", "id", required=True),
        text("referencia", "referencia"),
        identifier("lancamento", "lancamento"),
        senior.amount("valor", "valor"),
    ),
)


def entries(hcm: SeniorHcm, windows: Sequence[Window]) -> list[DltResource]:
    """Entries dated in the windows, which do not overlap, and those without a date."""
    return [resource(ENTRIES, lambda: _dated(hcm, "/folha/lancamentos", "ideUni", windows))]


def titles(hcm: SeniorHcm, windows: Sequence[Window]) -> list[DltResource]:
    """Titles issued in the windows, which do not overlap, and what payroll decided to settle."""
    return [
        resource(TITLES, lambda: _dated(hcm, "/folha/titulos", "ideTit", windows)),
        resource(SETTLEMENTS, lambda: _every(hcm, "/folha/baixas", "ideBai")),
    ]


def told_settlements(hcm: SeniorHcm) -> list[DltResource]:
    """Settlements of the ERP that payroll was told of."""
    return [resource(TOLD_SETTLEMENTS, lambda: _every(hcm, "/folha/baixas-erp", "id"))]


def invoices(hcm: SeniorHcm) -> list[DltResource]:
    """Invoice types, invoices, employees' shares, what went into the movements, what payroll discounted."""
    places = {
        "/faturas/definicoes": DEFINITIONS,
        "/faturas/lancamentos": LAUNCHES,
        "/faturas/colaboradores": SHARES,
        "/folha/ficha-financeira": RECORDS,
        "/folha/movimentos": MOVEMENTS,
    }
    return [_listing(hcm, table, path) for path, table in places.items()]


def _listing(hcm: SeniorHcm, table: Table, path: str) -> DltResource:
    return resource(table, lambda: _every(hcm, path, "id"))


def _dated(hcm: SeniorHcm, path: str, key: str, windows: Sequence[Window]) -> Iterator[Rows]:
    """Each record once: one without a date comes in every window."""
    known: set[str] = set()
    for since, until in windows:
        for rows in _every(hcm, path, key, {"dataInicial": since.isoformat(), "dataFinal": until.isoformat()}):
            fresh = [row for row in rows if row.get(key) is None or str(row[key]) not in known]
            known.update(str(row[key]) for row in fresh if row.get(key) is not None)
            yield fresh


def _every(hcm: SeniorHcm, path: str, key: str, window: dict[str, str] | None = None) -> Iterator[Rows]:
    fetch = hcm.listing(path, window or {})
    return every_page(hcm, fetch, first=1, key=lambda row: row.get(key), what=f"Senior HCM {path}")
