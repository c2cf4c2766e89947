"""Conta Azul's people: accented on write, upper case on read, and `items` null where there is nobody."""

from __future__ import annotations

import zlib
from typing import Any

from stdnum.br import cnpj, cpf

from sandbox._call import Answer, Call, RefusedError, Route
from sandbox._contaazul_oauth import COMPANY
from sandbox._contaazul_words import body_of, in_registry, new_id, paged
from sandbox._people import bare, punctuated
from sandbox._table import Row, Table
from sandbox._world import World, Write

TYPES = {"Física": "FISICA", "Jurídica": "JURIDICA", "Estrangeira": "ESTRANGEIRA"}
ROLES = {"Cliente": "CLIENTE", "Fornecedor": "FORNECEDOR", "Transportadora": "TRANSPORTADORA"}
TWICE = "Já existe uma pessoa cadastrada com este documento"


class People:
    """The routes under `/v1/pessoas`."""

    def __init__(self, world: World, people: Table, quirks: dict[str, str]) -> None:
        self.world = world
        self.people = people
        self.quirks = quirks

    def routes(self) -> list[Route]:
        """What the integration needs of them."""
        return [
            Route("GET", "/v1/pessoas/conta-conectada", self.connected),
            Route("GET", "/v1/pessoas", self.listed),
            Route("POST", "/v1/pessoas", self.create),
            Route("GET", "/v1/pessoas/{id}", self.one),
            Route("PATCH", "/v1/pessoas/{id}", self.patch),
        ]

    def connected(self, call: Call) -> Answer:  # noqa: ARG002
        """Whose account this is."""
        return Answer(
            {
                "id_empresa": COMPANY,
                "documento": "12345678000195",
                "razao_social": "Agência Exemplo Ltda",
                "nome_fantasia": "Agência Exemplo",
                "data_fundacao": "",
                "email": "financeiro@example.com",
            }
        )

    def listed(self, call: Call) -> Answer:
        """People by document, name and the like. That a kind and a role are assumed when none is asked is a quirk."""
        found = [row for row in self.people.select() if self._passes(call, row)]
        page, _, _ = paged(call, found, _in_list, self.quirks)
        return Answer({"items": page or None, "totalItems": len(found)})

    def _passes(self, call: Call, row: Row) -> bool:
        defaulted = self.quirks["people_defaults"] == "applied"
        types = call.every("tipos_pessoa") or (["Física"] if defaulted else [])
        role = call.query.get("tipo_perfil") or ("Cliente" if defaulted else "")
        documents, names = call.every("documentos"), call.every("nomes")
        searched = call.query.get("busca", "").casefold()
        return (
            (row["ativo"] or self.quirks["inactive_people"] == "listed")
            and (not types or row["tipo_pessoa"] in types)
            and (not role or role in row["perfis"])
            and (not documents or any(self._is_document(row, asked) for asked in documents))
            and (not names or str(row["nome"]).casefold() in [name.casefold() for name in names])
            and (not searched or searched in str(row["nome"]).casefold() or bare(searched) == bare(row["documento"]))
        )

    def _is_document(self, row: Row, asked: str) -> bool:
        held = bare(row["documento"])
        match self.quirks["document_filter"]:
            case "digits":
                return bool(held) and asked == held
            case "masked":
                return bool(held) and asked == punctuated(held)
        return bool(held) and bare(asked) == held

    def one(self, call: Call) -> Answer:
        """One person, in other words than in the list."""
        row = self._known(call)
        shown = {**_in_list(row), "perfis": _roles(row), "nome_empresa": "", "enderecos": [], "pessoas_legado": []}
        return Answer({**shown, "criado_em": row["data_criacao"]})

    def create(self, call: Call) -> Answer:
        """A new person. 201 is assumed; that a document may be there once only is a quirk."""
        body = body_of(call)
        self._judge(body, need_all=True)
        document = bare(body.get("cnpj") or body.get("cpf"))
        if document and self.quirks["pessoa_duplicate"] == "reject" and self.people.lookup("document", document):
            raise RefusedError(in_registry(TWICE))
        now = self._now()
        row = {
            "id": new_id(self.people, "pessoas"),
            "nome": body["nome"],
            "tipo_pessoa": body["tipo_pessoa"],
            "documento": punctuated(document) if document else None,
            "email": body.get("email"),
            "telefone": body.get("telefone_comercial"),
            "ativo": True,
            "origem": "API",
            "observacao": body.get("observacao"),
            "perfis": [role["tipo_perfil"] for role in body["perfis"]],
            "data_criacao": now,
            "data_alteracao": now,
        }
        self.world.accept(call, Write("create", row["id"], body, [("pessoas", row)]))
        shown = {name: row[name] for name in ("id", "nome", "ativo", "origem")}
        tax = {name: body[name] for name in ("cpf", "cnpj") if body.get(name)}
        kind = {"tipo_pessoa": TYPES[row["tipo_pessoa"]], "estrangeiro": False}
        return Answer({**shown, **kind, **tax, "perfis": _roles(row)}, 201)

    def patch(self, call: Call) -> Answer:
        """Some fields of a person; 204 without a body."""
        row, body = self._known(call), body_of(call)
        self._judge(body, need_all=False)
        changed: Row = {name: body[name] for name in ("nome", "email", "observacao", "ativo") if name in body}
        if "perfis" in body:
            changed["perfis"] = [role["tipo_perfil"] for role in body["perfis"]]
        new = {**row, **changed, "data_alteracao": self._now()}
        self.world.accept(call, Write("update", row["id"], body, [("pessoas", new)]))
        return Answer(status=204, raw=b"")

    def _known(self, call: Call) -> Row:
        row = self.people.rows.get(call.parts["id"])
        if row is None:
            raise RefusedError(in_registry("Pessoa não encontrada", 404))
        return row

    def _judge(self, body: Row, *, need_all: bool) -> None:
        """The first thing that is wrong, alone."""
        for wrong, message in _faults(body, need_all=need_all):
            if wrong:
                raise RefusedError(in_registry(message))

    def _now(self) -> str:
        return self.world.clock.strftime("%Y-%m-%dT%H:%M:%S.63")


def _faults(body: Row, *, need_all: bool) -> list[tuple[bool, str]]:
    def given(name: str) -> bool:
        return need_all or name in body

    name, email, roles = body.get("nome"), body.get("email"), body.get("perfis")
    return [
        (given("nome") and not (isinstance(name, str) and name.strip()), "O campo nome é obrigatório"),
        (isinstance(name, str) and len(name) > 200, "O campo nome deve ter no máximo 200 caracteres"),
        (given("tipo_pessoa") and body.get("tipo_pessoa") not in TYPES, "O campo tipo_pessoa é inválido"),
        (given("perfis") and not _are_roles(roles), "O campo perfis é inválido"),
        (isinstance(email, str) and len(email) > 100, "O campo email deve ter no máximo 100 caracteres"),
        (bool(body.get("cpf")) and not cpf.is_valid(bare(body["cpf"])), "CPF inválido"),
        (bool(body.get("cnpj")) and not cnpj.is_valid(bare(body["cnpj"])), "CNPJ inválido"),
        (len(str(body.get("observacao") or "")) > 2000, "O campo observacao deve ter no máximo 2000 caracteres"),
    ]


def _are_roles(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(role, dict) and role.get("tipo_perfil") in ROLES for role in value)
    )


def _roles(row: Row) -> list[Row]:
    return [{"id": f"{row['id'][:-1]}{n}", "tipo_perfil": role} for n, role in enumerate(row["perfis"])]


def _in_list(row: Row) -> Row:
    return {
        "id": row["id"],
        "id_legado": zlib.crc32(str(row["id"]).encode()) % 10_000_000,
        "uuid_legado": row["id"],
        "nome": row["nome"],
        "tipo_pessoa": TYPES.get(row["tipo_pessoa"], row["tipo_pessoa"]),
        "documento": row["documento"] or "",
        "email": row["email"] or "",
        "telefone": row["telefone"] or "",
        "ativo": row["ativo"],
        "observacoes_gerais": row["observacao"] or "",
        "perfis": [ROLES.get(role, role) for role in row["perfis"]],
        "endereco": None,
        "data_criacao": row["data_criacao"],
        "data_alteracao": row["data_alteracao"],
    }
