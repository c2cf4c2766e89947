"""The data that Conta Azul holds at the start: people, services, categories, accounts, a few sales and receivables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox import _agency as agency
from sandbox._call import Planted
from sandbox._contaazul_words import known_id
from sandbox._numbers import cents
from sandbox._people import Person, bare, punctuated
from sandbox._table import Row, Table
from sandbox._world import START, Size

TODAY = START.date()
FIRST_SALE_NUMBER = 7_001
REVENUES, EXPENSES = ("Vendas de Serviços", "Mensalidades"), ("Comissões", "Serviços de Terceiros")
ACCOUNTS = (
    ("Conta Corrente Exemplo", "CONTA_CORRENTE"),
    ("Caixinha", "CAIXINHA"),
    ("Receba Fácil", "RECEBA_FACIL_CARTAO"),
)
COST_CENTERS = ("Comercial", "Administrativo")
CATEGORY = {name: known_id("category", n) for n, name in enumerate((*REVENUES, *EXPENSES))}
ACCOUNT = {name: known_id("account", n) for n, (name, _) in enumerate(ACCOUNTS)}


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Conta Azul's tables at the start, and what in them is strange on purpose."""
    cast = agency.cast(seed, size)
    made = {
        "pessoas": Table("id", {"document": lambda row: bare(row.get("documento"))}),
        "servicos": Table("id"),
        "produtos": Table("id"),
        "vendedores": Table("id"),
        "vendas": Table("id", {"client": lambda row: row["id_cliente"]}),
        "categorias": Table("id"),
        "contas": Table("id"),
        "centros": Table("id"),
        "eventos": Table("id"),
        "parcelas": Table("id"),
        "baixas": Table("id"),
        "protocolos": Table("id"),
        "tokens": Table("key"),
    }
    made["categorias"].load(
        {
            "id": CATEGORY[name],
            "versao": 1,
            "nome": name,
            "categoria_pai": None,
            "tipo": kind,
            "considera_custo_dre": False,
        }
        for kind, names in (("RECEITA", REVENUES), ("DESPESA", EXPENSES))
        for name in names
    )
    made["contas"].load(
        {
            "id": ACCOUNT[name],
            "nome": name,
            "banco": "NAO_BANCO",
            "codigo_banco": 0,
            "tipo": kind,
            "ativo": True,
            "conta_padrao": kind == "CONTA_CORRENTE",
        }
        for name, kind in ACCOUNTS
    )
    made["centros"].load(
        {"id": known_id("center", n), "codigo": None, "nome": name, "ativo": True}
        for n, name in enumerate(COST_CENTERS)
    )
    made["vendedores"].load([{"id": known_id("seller", 0), "nome": "Vendas", "id_legado": 1}])
    made["servicos"].load(
        [{"id": known_id("service", 0), "id_servico": 1, "descricao": "Consultoria", "status": "ATIVO"}]
    )
    known = cast.in_conta_azul()
    twins = [cast.twice_in_conta_azul, cast.twice_in_conta_azul, cast.namesake, cast.namesake]
    people = [person_row(known_id("person", n), who) for n, who in enumerate([*known, *twins])]
    supplier = person_row(known_id("supplier", 0), cast.only_a_supplier, roles=("Fornecedor",))
    made["pessoas"].load([*people, supplier])
    made["vendas"].load(
        sale_row(
            known_id("sale", n), FIRST_SALE_NUMBER + n, people[n]["id"], 100_000 + n, observacoes="Venda de balcão"
        )
        for n in range(min(3, len(known)))
    )
    what = ("shares its CNPJ with another person", "shares its name with another person")
    return made, [Planted("pessoas", row["id"], what[n // 2]) for n, row in enumerate(people[-4:])]


def person_row(key: str, who: Person, roles: tuple[str, ...] = ("Cliente",)) -> Row:
    """A person as Conta Azul keeps it."""
    return {
        "id": key,
        "nome": who.name,
        "tipo_pessoa": "Jurídica" if who.company else "Física",
        "documento": punctuated(who.tax_id) if who.tax_id else None,
        "email": who.email,
        "telefone": who.phone,
        "ativo": True,
        "origem": "ERP",
        "observacao": None,
        "perfis": list(roles),
        "data_criacao": "2026-03-02T11:20:04.63",
        "data_alteracao": "2026-03-02T11:20:04.63",
    }


def sale_row(key: str, number: int, client: str, amount: int, **changed: Any) -> Row:
    """A sale as Conta Azul keeps it, in cents here."""
    day = (TODAY - timedelta(days=number % 30)).isoformat()
    return {
        "id": key,
        "id_legado": number - 6_000,
        "id_cliente": client,
        "numero": number,
        "situacao": "EM_ANDAMENTO",
        "data_venda": day,
        "criado_em": f"{day}T10:00:00.5",
        "data_alteracao": f"{day}T10:00:00.5",
        "origem": "ERP",
        "observacoes": None,
        "itens": [],
        "condicao_pagamento": {"opcao_condicao_pagamento": "À vista", "parcelas": []},
        "valor": cents(amount),
        "versao": 0,
        **changed,
    }
