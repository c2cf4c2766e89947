"""What Senior's ERP lets others read: master data, batches and entries (fields assumed), titles and settlements.

Observed of titles: company, supplier and `retRat` are obligatory, no match is a success without rows. Assumed of
settlements: asked for by title they are only read, `finalizaramRegistros` says S when all were told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sandbox import _senior_erp_rules as rules
from sandbox._senior_erp_ledger import Handler, Job, RefusedCallError
from sandbox._senior_erp_titles import DONE
from sandbox._senior_soap import NO_DATE
from sandbox._table import Row, Table

LARGEST_PAGE = 500
SUCCESS = {"erroExecucao": None, "mensagemRetorno": DONE}
NO_SUPPLIER = "É necessário informar o código do fornecedor."


class Exports:
    """The operations that only read."""

    def __init__(self, tables: dict[str, Table]) -> None:
        self.tables = tables
        titles, entries = "mfi_cpa_titulos", "mct_ctb_exportacaolctctb"
        self.operations: dict[tuple[str, str], Handler] = {
            ("cad_filial", "Exportar"): self._listing("filiais", "filial", _branch),
            ("mct_ctb_planocontacontabil", "Exportar"): self._listing("contas", "conta", _as_kept),
            ("int_vetorh_centrodecustos", "Exportar"): self._listing("centros", "centro", _as_kept),
            ("int_vetorh_complementohistoricopadrao", "Exportar"): self._listing("historicos", "historico", _as_kept),
            ("int_vetorh_fornecedores", "Exportar"): self._listing("fornecedores", "fornecedor", self._supplier),
            ("int_vetorh_abrangencia", "Exportar"): self._listing("usuarios", "usuario", _user),
            ("ger_cad_transacao", "Exportar"): self._listing("transacoes", "transacao", _as_kept),
            ("ger_cad_tipotitulo", "Exportar"): self._listing("tipos", "tipo", _as_kept),
            ("ger_db", "GetDBDate"): lambda job: {"data": _written(job.ground.today), "erroExecucao": None},
            (entries, "ExportarLotes"): self._listing("lotes", "lote", self._batch, dated="datLot"),
            (entries, "ExportarLancamentos"): self._listing("lancamentos", "lancamento", _entry, dated="datLct"),
            (titles, "ConsultarTitulosCP_3"): self.titles,
            (titles, "ConsultarTitulosAbertosCP_3"): self.open_titles,
            (titles, "ExportarBaixaTitulosPagarIntegracao_3"): self.settlements,
        }

    def titles(self, job: Job) -> Row:
        """Every title of a supplier, settled ones too unless the quirk says otherwise, values as texts with a comma."""
        rows = [] if not job.asked["codFor"] else self._of_supplier(job.asked)
        if not job.asked["codFor"]:
            return {"erroExecucao": None, "mensagemRetorno": NO_SUPPLIER, "tipoRetorno": "2"}
        self._known(job)
        written = job.ground.quirks["valores"]
        if job.ground.quirks["consulta"] == "em_aberto":
            rows = [row for row in rows if row["vlrAbe"]]
        return {**SUCCESS, "tipoRetorno": "1", "titulos": [_title(row, written) for row in rows]}

    def open_titles(self, job: Job) -> Row:
        """Titles with something left to pay, due in a window."""
        if not job.asked["codFor"] or job.asked["retRat"] not in ("S", "N"):
            problem = NO_SUPPLIER if not job.asked["codFor"] else "Informe S ou N para o retorno do rateio."
            return {"erroExecucao": None, "mensagemRetorno": problem, "tipoRetorno": "2"}
        self._known(job)
        first, last = rules.day(job.asked["vctIni"]), rules.day(job.asked["vctFim"])
        found = []
        for row in self._of_supplier(job.asked):
            due = rules.day(row["vctOri"])
            if row["vlrAbe"] and due and (first is None or due >= first) and (last is None or due <= last):
                found.append(_open_title(row, with_shares=job.asked["retRat"] == "S"))
        return {**SUCCESS, "tipoRetorno": "1", "titulos": found}

    def settlements(self, job: Job) -> Row:
        """The movements of the titles that are job.asked for."""
        wanted = [
            "/".join(
                str(part)
                for part in (job.asked["codEmp"], job.asked["codFil"], each["codFor"], each["codTpt"], each["numTit"])
            )
            for each in job.asked["consulta"]
        ]
        rows = [row for key in wanted for row in self.tables["baixa"].lookup("titulo", key)]
        told = [_movement(row) for row in rows]
        return {
            **SUCCESS,
            "baixaTituloPagar": told,
            "finalizaramRegistros": "S",
            "gridErros": [],
            "numeroLote": 0,
            "tipoRetorno": 1,
        }

    def _known(self, job: Job) -> None:
        """Observed once: a supplier that the ERP does not know fails the whole call, without a reason."""
        known = self.tables["fornecedor"].rows.get(int(job.asked["codFor"]))
        if known is None and job.ground.quirks["fornecedor_desconhecido"] == "erro":
            raise RefusedCallError("Não foi possível executar o serviço solicitado.")

    def _of_supplier(self, asked: Row) -> list[Row]:
        wanted = {name: str(asked[name]) for name in ("codEmp", "codFil", "codFor") if asked[name] is not None}
        return [
            row
            for row in self.tables["titulo"].rows.values()
            if all(str(row[name]) == value for name, value in wanted.items())
        ]

    def _listing(self, grid: str, table: str, shown: Callable[[Row], Row], dated: str = "") -> Handler:
        def listed(job: Job) -> Row:
            rows: Iterable[Row] = self.tables[table].rows.values()
            if dated:
                first, last = rules.day(job.asked["datIni"]), rules.day(job.asked["datFim"])
                rows = [
                    row for row in rows if row["codEmp"] == job.asked["codEmp"] and _between(row[dated], first, last)
                ]
            found = list(rows)
            size = min(max(1, job.asked["limitePagina"] or LARGEST_PAGE), int(job.ground.quirks["pagina"]))
            start = (max(1, job.asked["indicePagina"] or 1) - 1) * size
            page = [shown(row) for row in found[start : start + size]]
            if job.ground.quirks["ideUni"] == "em_branco" and grid == "lancamentos":
                page = [{**row, "ideUni": ""} for row in page]
            return {**SUCCESS, grid: page, "tipoRetorno": 0, "totalRegistros": len(found)}

        return listed

    def _supplier(self, row: Row) -> Row:
        terms = [own for own in self.tables["definicao"].rows.values() if own["codFor"] == row["codFor"]]
        shown = ("codEmp", "codFil", "pagJmm", "pagMul", "pagTir", "perDsc")
        return {**row, "definicoes": [{name: own.get(name) or "" for name in shown} for own in terms]}

    def _batch(self, row: Row) -> Row:
        count = len(self.tables["lancamento"].lookup("numLot", row["numLot"]))
        return {**_texts(row, "desLot", "oriLot", "tipLot"), "datLot": _written(row["datLot"]), "qtdLct": count}


def _between(text: Any, first: Any, last: Any) -> bool:
    on = rules.day(text)
    return on is not None and (first is None or on >= first) and (last is None or on <= last)


def _as_kept(row: Row) -> Row:
    return {name: "" if value is None else value for name, value in row.items()}


def _texts(row: Row, *names: str) -> Row:
    return {**row, **{name: row.get(name) or "" for name in names}}


def _user(row: Row) -> Row:
    return {"nomUsu": row["nome"], "lanForLim": row["lanForLim"], "vctMenor": row["vctMenor"]}


def _branch(row: Row) -> Row:
    days = {name: _written(row.get(name)) for name in ("ctbExi", "ctbExf", "pagPdi", "pagPdf")}
    ahead = row.get("ctbQdl")
    return {**_as_kept(row), **days, "ctbQdl": "" if ahead is None else str(ahead)}


def _entry(row: Row) -> Row:
    numbers = {name: row.get(name) or 0 for name in ("codHpd", "ctaCre", "ctaDeb")}
    shares = [
        {name: share.get(name) or 0 for name in ("codCcu", "ctaRed", "perRat", "vlrRat")} for share in row["rateio"]
    ]
    return {**_texts(row, "cplLct", "docLct", "ideUni"), "datLct": _written(row["datLct"]), **numbers, "rateio": shares}


def _title(row: Row, written: str) -> Row:
    """All texts; `vlrAbe`, `sitTit` and the apportionment are not among them (documented)."""
    shown = {name: "" if row.get(name) is None else str(row[name]) for name in (*_PLAIN, "codFor", "codEmp", "codFil")}
    days = {name: _written(row.get(name)) for name in ("datEmi", "datEnt", "vctOri", "datPpt")}
    return {**shown, **days, "ideExt": 0, "codInt": 0, "vlrOri": _amount(row["vlrOri"], written)}


_PLAIN = ("codTpt", "numTit", "codTns", "codMoe", "obsTcp", "codCcu", "ctaRed", "ctaFin", "tipJrs")


def _amount(value: Any, written: str) -> str:
    """An amount as text: with a comma, with a point, or with points between thousands as well."""
    plain = f"{Decimal(str(value)):.2f}"
    if written == "ponto":
        return plain
    local = f"{Decimal(plain):,}".translate(str.maketrans(",.", ".,"))
    return local if written == "milhar" else local.replace(".", "")


def _open_title(row: Row, *, with_shares: bool) -> Row:
    shown = {
        name: row.get(name) or "" for name in ("codTpt", "numTit", "codTns", "codMoe", "obsTcp", "tipJrs", "sitTit")
    }
    days = {name: _written(row.get(name)) for name in ("datEmi", "datEnt", "vctOri", "vctPro", "ultPgt")}
    keys = {name: row[name] for name in ("codEmp", "codFil", "codFor")}
    numbers = {name: row.get(name) or 0 for name in ("perDsc", "perJrs", "perMul", "ctaRed", "ctaFin")}
    shares = [
        {"seqRat": n, "codCcu": share.get("codCcu") or "", "ctaRed": share.get("ctaRed") or 0,
         "perRat": share.get("perRat") or 0, "vlrRat": share.get("vlrRat") or 0}
        for n, share in enumerate(row["rateio"], 1)
    ]  # fmt: skip
    told = {**shown, **days, **keys, **numbers, "vlrOri": row["vlrOri"], "vlrAbe": row["vlrAbe"]}
    return {**told, "rateios": shares} if with_shares else told


def _movement(row: Row) -> Row:
    texts = {name: str(row.get(name) or "") for name in ("codEmp", "codFil", "codFor", "codTpt", "numTit", "seqMov")}
    told = {name: row.get(name) or "" for name in ("codTns", "numDoc", "obsMcp", "nomeusuariobaixa")}
    days = {"datPgt": _written(row["datPgt"]), "datMov": _written(row["datPgt"])}
    extras = {name: row.get(name) or 0 for name in ("vlrJrs", "vlrMul", "vlrDsc")}
    return {
        **texts,
        **told,
        **days,
        "sitReg": row.get("sitReg") or "A",
        "tipBai": "P",
        "vlrMov": row["vlrMov"],
        "vlrLiq": row["vlrMov"],
        **extras,
    }


def _written(value: Any) -> str:
    found = rules.day(value)
    return found.strftime("%d/%m/%Y") if found else NO_DATE
