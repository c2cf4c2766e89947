"""What may be written to Kamino: upserts by `ID` on one POST, judged, then journalled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stdnum.br import cnpj, cpf

from sandbox import _kamino_data as data
from sandbox import _kamino_readings as readings
from sandbox._call import Answer, Call, RefusedError
from sandbox._numbers import is_amount
from sandbox._people import bare
from sandbox._table import Row, Table
from sandbox._world import World, Write

PERSON = (
    *("Nome", "NomeFantasia", "NomeExibicao", "CPFCNPJ", "DataNascimentoFundacao", "IE", "Logradouro", "Nro"),
    *("Complemento", "Bairro", "CEP", "Cidade", "UF", "NomePais", "Email", "Telefone", "Celular", "Cliente"),
    *("Fornecedor", "Ativo", "Sexo", "ClienteDesde", "Observacoes"),
)
RECEIVABLE = (
    *(
        "Descri",
        "IDPessoa",
        "DtaVenc",
        "DtaCompet",
        "DtaPagto",
        "VlrVenc",
        "VlrBruto",
        "VlrPagto",
        "SitConta",
    ),
    *("IDPlanoContaOrigem", "IDPlanoContaPagto", "IDCentroCusto", "IDUnidadeNegocio", "IDContaBanco"),
    *("IDBancoRecebimento", "IDTipoReceb", "IDMoeda", "IDMoedaCaixa", "VlrJuros", "VlrTaxa", "VlrDesc"),
    *("VlrDescReceb", "PercJurosDiario", "PercMultaAtraso", "DataLimiteDesconto", "NroDoc", "NroNotaFiscal"),
    *("NroNFe", "NroNFSe", "IDNotaFiscal", "CodigoExterno", "ChaveAcessoExterno", "GerarCobranca", "Obs"),
)
PAYABLE = (
    *(
        "IDPessoa",
        "IDContaClassificacao",
        "NroNotaFiscal",
        "DescricaoFormaPagamento",
        "Obs",
        "ValorVencimento",
    ),
    *("DataVencimento", "Situacao", "SimbMoeda", "DataPagamento", "ValorPagamento", "DataCompetencia"),
    *("IDCentroCusto", "IDPlanoContaPagto", "CodigoExterno"),
)
DATES = ("DtaVenc", "DtaCompet", "DtaPagto", "DataVencimento", "DataPagamento", "DataCompetencia")
SERVER_ONLY = {
    "recebimento": ("DataHoraInclusao", "IDUsuarioInclusao", "IDExtratoBanco", "IDConciliacaoBancaria"),
    "pagamento": ("DataHoraInclusao", "IDConciliacaoBancaria", "IDExtratoBanco"),
}


class RejectionError(Exception):
    """The business says no; the sentence is what the user would read."""


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise RejectionError(message)


class Writes:
    """The POST handlers."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.quirks = quirks

    def rejection(self, message: str, status: int | None = None) -> Answer:
        """`Sucesso: false`, under 200 or 400 as the quirk says."""
        return readings.refusal(message, status or int(self.quirks["rejections"]), self.quirks)

    def person(self, call: Call) -> Answer:
        """Create or change a person. Two may share a tax id; that check digits are verified is assumed."""
        return self._upsert(call, "pessoa", PERSON, self._judge_person)

    def receivable(self, call: Call) -> Answer:
        """Create, change, settle, cancel or reopen a receivable. `CodigoExterno` need not be unique."""
        return self._upsert(call, "recebimento", RECEIVABLE, self._judge_receivable)

    def payable(self, call: Call) -> Answer:
        """Create or change a payable, with its external code; assumed, route included."""
        return self._upsert(call, "pagamento", PAYABLE, self._judge_payable)

    def _upsert(self, call: Call, table: str, fields: tuple[str, ...], judge: Any) -> Answer:
        """An id above 0 replaces the whole record, omitted fields are blanked: assumed, see the quirk."""
        try:
            body = call.document()
        except ValueError as problem:
            raise RefusedError(self.rejection("Requisição inválida.", 400)) from problem
        key = body.get("ID") or 0
        if isinstance(key, str) and key.isdigit() and self.quirks["ids"] == "texts":
            key = int(key)
        if not isinstance(key, int) or key < 0:
            raise RefusedError(self.rejection("Requisição inválida.", 400))
        old = self.tables[table].rows.get(key) if key else None
        if key and old is None:
            raise RefusedError(self.rejection("Registro não encontrado.", 404))
        try:
            row = self._merged(table, old, _own(body, fields), fields)
            judge(row, old)
        except RejectionError as no:
            raise RefusedError(self.rejection(str(no))) from no
        row["ID"] = key or self.tables[table].next_id()
        write = Write(
            verb=_verb(table, old, row),
            id=row["ID"],
            body=body,
            rows=[(table, row)],
            reference=row.get("CodigoExterno"),
            reconciled=bool(old and old.get("IDConciliacaoBancaria")),
        )
        self.world.accept(call, write)
        return Answer({"Sucesso": True, "Mensagem": None, "ID": readings.saved(row["ID"], self.quirks)})

    def _merged(self, table: str, old: Row | None, given: Row, fields: tuple[str, ...]) -> Row:
        for name in DATES:
            if given.get(name) is not None:
                given[name] = _naive(given[name])
        if old is not None and self.quirks["update"] == "partial":
            return {**old, **given}
        row: Row = {"ID": 0, **dict.fromkeys(fields), **given}
        if old is not None:
            row.update({name: old.get(name) for name in SERVER_ONLY.get(table, ())})
            return row
        row.update(dict.fromkeys(SERVER_ONLY.get(table, ())))
        if table != "pessoa":
            row["DataHoraInclusao"] = self.world.clock.strftime("%Y-%m-%dT%H:%M:%S")
        if table == "recebimento":
            row["IDUsuarioInclusao"] = 17
        return row

    def _judge_person(self, row: Row, _: Row | None) -> None:
        name = row.get("Nome")
        _require(isinstance(name, str) and bool(name.strip()), "Nome é obrigatório.")
        document = bare(row.get("CPFCNPJ"))
        if row.get("CPFCNPJ"):
            _require(cpf.is_valid(document) or cnpj.is_valid(document), "CPF/CNPJ inválido.")
        row["NomeExibicao"] = row.get("NomeExibicao") or name
        row["TipoEmpresa"] = 2 if len(document) == 14 else 1
        for flag, default in (("Ativo", True), ("Cliente", False), ("Fornecedor", False)):
            if row.get(flag) is None:
                row[flag] = default

    def _judge_receivable(self, row: Row, old: Row | None) -> None:
        row["SitConta"] = row.get("SitConta") or data.PENDING
        if old is None and row["SitConta"] == data.PAID:
            _require(self.quirks["settled_at_creation"] != "refused", "Conta nova não pode estar baixada.")
            if self.quirks["settled_at_creation"] == "ignored":
                row |= {"SitConta": data.PENDING, "DtaPagto": None, "VlrPagto": None}
        situation = row["SitConta"]
        _require(situation in (data.PENDING, data.PAID, data.CANCELLED), "Situação inválida.")
        _require(_is_text(row.get("Descri")), "Descrição é obrigatória.")
        self._judge_parts(row, "IDPlanoContaOrigem", "VlrVenc", "DtaVenc")
        self._judge_change((old or {}).get("SitConta"), situation)
        if situation == data.PAID:
            self._judge_payment(row, "DtaPagto", "VlrPagto")

    def _judge_payable(self, row: Row, old: Row | None) -> None:
        row["Situacao"] = row.get("Situacao") or data.PENDING
        situation = row["Situacao"]
        _require(situation in (data.PENDING, data.PAID, data.CANCELLED, data.SCHEDULED), "Situação inválida.")
        self._judge_parts(row, "IDContaClassificacao", "ValorVencimento", "DataVencimento")
        self._judge_change((old or {}).get("Situacao"), situation)
        if situation == data.PAID:
            self._judge_payment(row, "DataPagamento", "ValorPagamento")

    def _judge_parts(self, row: Row, plan: str, amount: str, due: str) -> None:
        person = row.get("IDPessoa")
        _require(isinstance(person, int) and person in self.tables["pessoa"].rows, "Pessoa não encontrada.")
        _require(is_amount(row.get(amount)), "Valor de vencimento inválido.")
        _require(row.get(due) is not None, "Data de vencimento é obrigatória.")
        self._judge_plan(row.get(plan), "Classificação")
        center = row.get("IDCentroCusto")
        if center is not None:
            known = isinstance(center, int) and center in self.tables["centrocusto"].rows
            _require(known, "Centro de custo não encontrado.")

    def _judge_plan(self, key: Any, what: str) -> Row:
        line = self.tables["planoconta"].rows.get(key) if isinstance(key, str) else None
        if line is None:
            raise RejectionError(f"{what} não encontrada.")
        _require(bool(line.get("Ativo")), f"{what} inativa.")
        return line

    def _judge_change(self, before: Any, after: int) -> None:
        _require(not (before == data.PAID and after == data.CANCELLED), "Conta já baixada.")
        _require(not (before == data.CANCELLED and after == data.PAID), "Conta cancelada.")

    def _judge_payment(self, row: Row, day: str, amount: str) -> None:
        _require(row.get(day) is not None, "Data de pagamento é obrigatória.")
        _require(is_amount(row.get(amount)), "Valor de pagamento inválido.")
        account = self._judge_plan(row.get("IDPlanoContaPagto"), "Conta corrente")
        _require(bool(account.get("GrupoContaCorrente")), "Conta corrente inválida.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _own(body: Row, fields: tuple[str, ...]) -> Row:
    """The fields that belong to the record; read-only extras of a record sent back as read are dropped."""
    given = {name: body[name] for name in fields if name in body}
    for embedded, name in (("Pessoa", "IDPessoa"), ("ContaClassificacao", "IDContaClassificacao")):
        inner = body.get(embedded)
        if name in fields and name not in given and isinstance(inner, dict):
            given[name] = inner.get("ID")
    return given


def _naive(value: Any) -> str | None:
    """Dates come as `yyyy-MM-dd`, with or without a time; they are kept without a zone. An empty one is none."""
    if value in readings.EMPTY.values():
        return None
    try:
        moment = datetime.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError) as problem:
        raise RejectionError("Data inválida.") from problem
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _verb(table: str, old: Row | None, row: Row) -> str:
    if old is None:
        return "create"
    situation = "SitConta" if table == "recebimento" else "Situacao"
    before, after = old.get(situation), row.get(situation)
    if before != after:
        named: dict[Any, str] = {data.PAID: "settle", data.CANCELLED: "cancel"}
        return named.get(after, "reopen" if before in (data.PAID, data.CANCELLED) else "update")
    changed = {name for name in {*old, *row} if old.get(name) != row.get(name)}
    return "reference" if changed == {"CodigoExterno"} else "update"
