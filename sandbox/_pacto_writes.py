"""What may be written to Pacto. Nothing is idempotent: an identical second POST makes a second record."""

from __future__ import annotations

import re
from typing import Any

from stdnum.br import cnpj, cpf

from sandbox import _pacto_readings as readings
from sandbox._call import Answer, Call, RefusedError
from sandbox._numbers import is_amount
from sandbox._pacto_data import matricula_of
from sandbox._pacto_words import malformed, rejected
from sandbox._people import bare
from sandbox._table import Row, Table
from sandbox._world import World, Write

COMPANY = 1
EXPENSE = 1
NAMES = {"planoConta": "planoconta", "centroCusto": "centrocusto", "conta": "conta"}


def _require(holds: bool, message: str) -> None:
    """Business errors come under status 200."""
    if not holds:
        raise RefusedError(rejected(message))


def _body(call: Call) -> Row:
    try:
        return call.document()
    except ValueError as problem:
        raise RefusedError(malformed()) from problem


def _is_code(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class Writes:
    """The POST handlers."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.quirks = quirks

    def movconta(self, call: Call) -> Answer:
        """Create a paid expense; assumed, route and validation included."""
        body = _body(call)
        self._check_entry(body)
        code = self.tables["movconta"].next_id()
        row = {
            "codigo": code,
            "descricao": body["descricao"],
            "empresa": COMPANY,
            "pessoa": body["pessoa"],
            "valor": body["valor"],
            "dataLancamento": body["dataLancamento"],
            "dataVencimento": body["dataVencimento"],
            "dataCompetencia": body["dataCompetencia"],
            "tipoOperacao": EXPENSE,
            "nrParcela": body.get("nrParcela", 1),
            "conta": body["conta"],
            "planoConta": body["planoConta"],
            "centroCusto": body["centroCusto"],
            "dataQuitacao": body.get("dataQuitacao"),
            "valorPago": body.get("valorPago"),
            "observacao": body.get("observacao"),
            "codigoExterno": body.get("codigoExterno") if self.quirks["external_code"] == "kept" else None,
        }
        write = Write("create", code, body, [("movconta", row)], reference=body.get("codigoExterno"))
        self.world.accept(call, write)
        return Answer({"content": {"codigo": readings.saved(code, self.quirks)}})

    def _check_entry(self, body: Row) -> None:
        _require(body.get("empresa") == COMPANY, "Empresa não encontrada")
        _require(body.get("tipoOperacao") == EXPENSE, "Tipo de operação inválido")
        description = body.get("descricao")
        _require(isinstance(description, str) and bool(description.strip()), "Descrição é obrigatória")
        person = body.get("pessoa")
        _require(_is_code(person) and person in self.tables["pessoa"].rows, "Pessoa não encontrada")
        _require(is_amount(body.get("valor")), "Valor inválido")
        for name in ("dataLancamento", "dataVencimento", "dataCompetencia"):
            _require(_is_code(body.get(name)), f"{name} é obrigatória")
        if body.get("dataQuitacao") is not None or body.get("valorPago") is not None:
            _require(_is_code(body.get("dataQuitacao")), "dataQuitacao é obrigatória")
            _require(is_amount(body.get("valorPago")), "valorPago inválido")
        for name, table in NAMES.items():
            code = body.get(name)
            row = self.tables[table].rows.get(code) if _is_code(code) else None
            _require(row is not None, f"{name} não encontrado")
            _require(bool(row and row.get("ativo")), f"{name} inativo")
        plan = self.tables["planoconta"].rows[body["planoConta"]]
        _require(plan.get("tipo") == "DESPESA", "planoConta não é de despesa")

    def fornecedor(self, call: Call) -> Answer:
        """Create a supplier; assumed, route and validation included. One without a document is accepted."""
        body = _body(call)
        _require(body.get("empresa") == COMPANY, "Empresa não encontrada")
        name = body.get("nome")
        _require(isinstance(name, str) and bool(name.strip()), "Nome é obrigatório")
        _require(body.get("tipoPessoa") in ("FISICA", "JURIDICA"), "Tipo de pessoa inválido")
        document = bare(body.get("cpfCnpj"))
        if body.get("cpfCnpj") is not None:
            _require(cnpj.is_valid(document) or cpf.is_valid(document), "CPF/CNPJ inválido")
            _require(not self.tables["fornecedor"].lookup("document", document), "CPF/CNPJ já cadastrado")
        code = self.tables["fornecedor"].next_id()
        known = self.tables["pessoa"].lookup("document", document) if document else []
        person = known[0]["codigo"] if known else self.tables["pessoa"].next_id()
        contact = {field: body.get(field) for field in ("email", "telefone")}
        supplier = {
            "codigo": code,
            "empresa": COMPANY,
            "pessoa": person,
            "nome": name,
            "nomeFantasia": body.get("nomeFantasia"),
            "tipoPessoa": body["tipoPessoa"],
            "cpfCnpj": body.get("cpfCnpj"),
            **contact,
        }
        rows = [("fornecedor", supplier)]
        if not known:
            fields = {"cpfCnpj": body.get("cpfCnpj"), "dataNascimento": None, "sexo": None}
            rows.append(("pessoa", {"codigo": person, "nome": name, **contact, **fields}))
        self.world.accept(call, Write("create", code, body, rows))
        saved = {"codigo": readings.saved(person, self.quirks)}
        return Answer({"content": {"codigo": readings.saved(code, self.quirks), "pessoa": saved}})

    def cliente(self, call: Call) -> Answer:
        """Create a customer: everything in the query string, the answer is the matricula in digits."""
        asked = call.query
        document = bare(asked.get("cpf"))
        _require(bool(asked.get("nome", "").strip()), "Nome é obrigatório")
        _require(cpf.is_valid(document), "CPF inválido")
        known = [row["codigo"] for row in self.tables["pessoa"].lookup("document", document)]
        taken = any(self.tables["cliente"].lookup("pessoa", code) for code in known)
        _require(not taken, "Já existe um cliente cadastrado com este CPF")
        code, person = self.tables["cliente"].next_id(), self.tables["pessoa"].next_id()
        matricula = max((matricula_of(row) or 0 for row in self.tables["cliente"].rows.values()), default=0) + 1
        customer = {
            "codigo": code,
            "pessoa": person,
            "matricula": matricula,
            "situacao": "VI",
            "categoria": None,
            "dataMatricula": None,
            "inicioContrato": None,
            "fimContrato": None,
        }
        someone = {
            "codigo": person,
            "nome": asked["nome"],
            "cpfCnpj": asked["cpf"],
            "email": asked.get("email"),
            "telefone": re.sub(r"\D", "", asked.get("telCelular", "")) or None,
            "dataNascimento": None,
            "sexo": asked.get("sexo"),
        }
        rows = [("cliente", customer), ("pessoa", someone)]
        self.world.accept(call, Write("create", code, dict(asked), rows))
        return Answer({"resultado": str(matricula)})
