"""How stories speak of Conta Azul: people, sales, receivables and payables."""

from decimal import Decimal
from typing import Any

from sandbox._contaazul_data import ACCOUNT, CATEGORY, sale_row
from tests._systems import Names, Row, System

KNOWN = {key: name for names in (CATEGORY, ACCOUNT) for name, key in names.items()}


def person(key: str, **changed: Any) -> Row:
    """A person as Conta Azul keeps it."""
    return {
        "id": key,
        "nome": "Padaria Sol Ltda",
        "tipo_pessoa": "Jurídica",
        "documento": "11.222.333/0001-81",
        "email": "fin@padariasol.example",
        "telefone": None,
        "ativo": True,
        "origem": "ERP",
        "observacao": None,
        "perfis": ["Cliente"],
        "data_criacao": "2026-03-02T11:20:04.63",
        "data_alteracao": "2026-03-02T11:20:04.63",
        **changed,
    }


def sale(key: str, **changed: Any) -> Row:
    """A sale as Conta Azul keeps it: R$ 1.250,00 on 2026-11-20, typed by hand for person "p1"."""
    row = sale_row(key, 7_100, "p1", 125_000)
    return {**row, "data_venda": "2026-11-20", "valor": Decimal("1250.00"), **changed}


def _shown(names: Names, name: str, value: Any) -> Any:
    """People and services by name, categories and accounts by theirs."""
    if name in ("id_cliente", "id_fornecedor", "contato"):
        return names.of("person", value)
    if name == "itens":
        return [{**item, "id": names.of("service", item["id"])} for item in value]
    if name == "rateio":
        return [{**share, "id_categoria": KNOWN.get(share["id_categoria"], share["id_categoria"])} for share in value]
    if name == "perfis":
        return [role["tipo_perfil"] for role in value]
    return KNOWN.get(value, value) if name == "conta_financeira" else value


FINANCE = "/v1/financeiro"
SYSTEM = System(
    people_and_money=("pessoas", "vendas", "eventos", "parcelas", "protocolos"),
    shorthand={
        "contaazul_people": ("pessoas", lambda row: person(row["id"])),
        "contaazul_sales": ("vendas", lambda row: sale(row["id"])),
    },
    nouns={
        "/v1/pessoas": ("person", "nome"),
        "/v1/pessoas/{id}": ("person", "nome"),
        "/v1/servicos": ("service", "descricao"),
        "/v1/venda": ("sale", "observacoes"),
        **{
            f"{FINANCE}/{old}{side}": (noun, "descricao")
            for old in ("", "eventos-financeiros/")
            for side, noun in (("contas-a-receber", "receivable"), ("contas-a-pagar", "payable"))
        },
    },
    untold=frozenset({"numero", "referencia_externa"}),
    shown=_shown,
)
