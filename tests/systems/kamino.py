"""How stories speak of Kamino: people, suppliers, receivables, payables."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from tests._systems import Names, Row, System

PERSON: Row = {
    "Nome": "Ana Clara Duarte",
    "CPFCNPJ": "39053344705",
    "Cliente": True,
    "Fornecedor": False,
    "Ativo": True,
    "Email": "ana@example.com",
}
SUPPLIER: Row = {
    "Nome": "Companhia de Luz Exemplo",
    "NomeExibicao": "Companhia de Luz Exemplo",
    "CPFCNPJ": "11222333000181",
    "Cliente": False,
    "Fornecedor": True,
    "Ativo": True,
    "Email": "financeiro@example.com",
}
PAYABLE: Row = {
    "IDPessoa": 71,
    "IDContaClassificacao": "40201",
    "NroNotaFiscal": "9912",
    "DescricaoFormaPagamento": "Boleto",
    "Obs": None,
    "ValorVencimento": Decimal("1830.45"),
    "DataVencimento": date(2026, 11, 10),
    "Situacao": 2,
    "SimbMoeda": "R$",
    "DataPagamento": date(2026, 11, 10),
    "ValorPagamento": Decimal("1830.45"),
    "DataCompetencia": date(2026, 11, 1),
    "DataHoraInclusao": "2026-10-31T09:12:00",
    "IDCentroCusto": 3,
    "IDPlanoContaPagto": "10201",
    "CodigoExterno": None,
    "IDConciliacaoBancaria": None,
    "IDExtratoBanco": None,
}


def midnight(day: str) -> str:
    """Datetimes of Kamino have no zone."""
    return f"{day}T00:00:00"


def _shown(names: Names, name: str, value: Any) -> Any:
    """Days, lines of the chart and people by name; of a reference, the entry that it names."""
    if name.startswith("Dta") and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return date.fromisoformat(value)
    if name.startswith("IDPlanoConta"):
        lines = {row["ID"]: row["Nome"] for row in names.world.rows("kamino", "planoconta")}
        return f"{value} {lines.get(value)}"
    if name == "CodigoExterno":
        return re.sub(r"(?<=-)\d+$", lambda found: names.of("entry", found[0]), value)
    return names.of("person", value) if name == "IDPessoa" else value


SYSTEM = System(
    people_and_money=("recebimento", "pagamento", "pessoa"),
    shorthand={
        "people": ("pessoa", lambda row: PERSON),
        "suppliers": ("pessoa", lambda row: SUPPLIER),
        "payables": ("pagamento", lambda row: PAYABLE),
    },
    nouns={
        "/api/pessoa/grava": ("person", "Nome"),
        "/api/financeiro/recebimento": ("receivable", "CodigoExterno"),
        "/api/financeiro/pagamento": ("payable", "ID"),
    },
    untold=frozenset({"ID"}),
    day=midnight,
    shown=_shown,
)
