"""How stories speak of PactoERP: receipts, suppliers, expenses."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests._systems import Names, Row, System

ZONE = ZoneInfo("America/Sao_Paulo")


def milliseconds(day: str) -> int:
    """Midnight in São Paulo as Pacto writes it."""
    return int(datetime.fromisoformat(f"{day}T00:00:00").replace(tzinfo=ZONE).timestamp() * 1000)


def receipt(codigo: int, **changed: Any) -> Row:
    """A receipt of Pacto as its API gives it: open, R$ 129.90, launched on 2026-11-01, due on 2026-11-30."""
    return {
        "codigo": codigo,
        "descricao": f"PARCELA {codigo} - PLANO ANUAL",
        "empresa": 1,
        "pessoa": {
            "codigo": 40321,
            "nome": "Ana Clara Duarte",
            "cpfCnpj": "390.533.447-05",
            "email": "ana@example.com",
        },
        "contrato": 5001,
        "nrParcela": 1,
        "valor": Decimal("129.90"),
        "valorPago": None,
        "situacao": "EA",
        "dataLancamento": milliseconds("2026-11-01"),
        "dataVencimento": milliseconds("2026-11-30"),
        "dataCompetencia": milliseconds("2026-11-01"),
        "dataPagamento": None,
        "dataAlteracao": milliseconds("2026-11-01"),
        "planoConta": {"codigo": 11, "descricao": "Mensalidades"},
        "centroCusto": {"codigo": 1, "descricao": "Unidade Centro"},
        "conta": {"codigo": 1, "descricao": "Conta Digital Kamino"},
        **changed,
    }


def paid(on: str = "2026-11-10", amount: Decimal | float = Decimal("129.90")) -> Row:
    """What changes on a receipt when it is received."""
    return {"situacao": "PG", "dataPagamento": milliseconds(on), "valorPago": amount}


def _shown(names: Names, name: str, value: Any) -> Any:
    """Milliseconds as days, payees by name."""
    if name.startswith("data") and isinstance(value, int):
        moment = datetime.fromtimestamp(value / 1000, ZONE)
        return moment.date() if moment.time().isoformat() == "00:00:00" else moment.isoformat()
    return names.of("payee", value) if name == "pessoa" else value


def _payee(names: Names, entry: Row) -> Iterator[tuple[str, Any]]:
    """Expenses name a supplier by its person."""
    for row in names.world.rows("pacto", "fornecedor"):
        if row["codigo"] == entry["id"] and entry["route"] == "/v1/fornecedor":
            yield "payee", row["pessoa"]


SYSTEM = System(
    people_and_money=("movparcela", "movconta", "fornecedor", "cliente", "pessoa"),
    shorthand={"receipts": ("movparcela", lambda row: receipt(row["codigo"]))},
    nouns={"/v1/fornecedor": ("supplier", "nome"), "/v1/movconta": ("entry", "codigoExterno")},
    day=milliseconds,
    shown=_shown,
    also=_payee,
)
