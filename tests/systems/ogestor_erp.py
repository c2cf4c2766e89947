"""How stories speak of oGestor's ERP: clients, receivables, bank slips."""

from datetime import date
from typing import Any

from tests._systems import Names, Row, System


def _client(row: Row) -> Row:
    return {
        "codigo": row["codigo"],
        "codigo_externo": None,
        "nome": "Padaria Sol Ltda",
        "fantasia": "Sol",
        "cpf_cnpj": "12ABC34501DE35",
        "emails": ["cliente17@example.com"],
        "fones": ["1130000000"],
        "atualizado_em": "2026-11-01T10:00:00-03:00",
    }


def _title(row: Row) -> Row:
    return {
        "codigo": row["codigo"],
        "codigo_externo": None,
        "cliente_id": 44,
        "descricao": "Mensalidade NFe",
        "num_doc": None,
        "valor": "89.90",
        "valor_pago": "0.00",
        "juros": "0.00",
        "multa": "0.00",
        "desconto": "0.00",
        "lancamento": date(2026, 11, 1),
        "vencimento": date(2026, 11, 10),
        "data_pagamento": None,
        "data_credito": None,
        "situacao": "Aberto",
        "conta_corrente_id": 1,
        "mes_referencia": "11",
        "ano_referencia": "2026",
        "atualizado_em": "2026-11-20T10:00:00-03:00",
    }


def _shown(names: Names, name: str, value: Any) -> Any:
    if name == "cliente_id":
        return names.of("client", value)
    return names.of("receivable", value) if name == "conta_receber_id" else value


TITLE = "/contas-receber/{codigo}"
SYSTEM = System(
    people_and_money=("cliente", "titulo", "boleto"),
    shorthand={"erp_clients": ("cliente", _client), "titles": ("titulo", _title)},
    nouns={
        "/clientes": ("client", "codigo_externo"),
        "/clientes/{codigo}": ("client", "codigo_externo"),
        "/contas-receber": ("receivable", "codigo_externo"),
        TITLE: ("receivable", "codigo_externo"),
        f"{TITLE}/receber": ("receivable", "codigo"),
        f"{TITLE}/estornar": ("receivable", "codigo"),
        f"{TITLE}/cancelar": ("receivable", "codigo"),
        "/boletos": ("slip", "linha_digitavel"),
        "/boletos/{codigo}": ("slip", "linha_digitavel"),
    },
    shown=_shown,
)
