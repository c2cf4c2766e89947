"""How stories speak of oGestor's reseller panel: clients, contracts, invoices."""

from datetime import date
from typing import Any

from tests._systems import Row, System


def _client(row: Row) -> Row:
    return {
        "codigo": row["codigo"],
        "nome": "Padaria Sol Ltda",
        "fantasia": "Sol",
        "cpf_cnpj": "12ABC34501DE35",
        "emails": [f"cliente{row['codigo']}@example.com"],
        "fones": ["1130000000"],
        "cep": "01001000",
        "logradouro": "Rua Direita",
        "numero": "9",
        "bairro": "Centro",
        "cidade": "São Paulo",
        "uf": "SP",
        "planos": [{"codigo": 1, "nome": "Emissor NFe"}],
        "atualizado_em": "2026-11-20T10:00:00-03:00",
    }


def _contract(row: Row) -> Row:
    return {"codigo": row["cliente_id"] + 1000, "status": "Ativo", "atualizado_em": "2026-11-01T10:00:00-03:00"}


def _invoice(row: Row) -> Row:
    """Of November, R$ 89.90, waiting for its payment."""
    code = row["codigo"]
    unknown: dict[str, Any] = dict.fromkeys(
        ("valor_pago", "juros", "multa", "desconto", "valor_liquido", "data_pagamento", "data_credito", "data_estorno")
    )
    return {
        **unknown,
        "codigo": code,
        "status": "Aguardando Pagamento",
        "cliente_id": 17,
        "contratacao_id": 1017,
        "descricao": "Mensalidade NFe",
        "valor": "89.90",
        "lancamento": date(2026, 11, 1),
        "vencimento": date(2026, 11, 10),
        "mes_referencia": "11",
        "ano_referencia": "2026",
        "cobranca_id": f"pay_{code}",
        "link_html": f"/faturas/{code}/html",
        "link_pdf": f"/faturas/{code}/pdf",
        "linha_digitavel": str(code).rjust(47, "0"),
        "pix_copia_cola": None,
        "em_disputa": False,
        "criado_em": "2026-11-01T08:00:00-03:00",
        "atualizado_em": "2026-11-20T10:00:00-03:00",
    }


INVOICE = "/faturas/{codigo}"
SYSTEM = System(
    people_and_money=("cliente", "contratacao", "fatura"),
    shorthand={
        "panel_clients": ("cliente", _client),
        "contracts": ("contratacao", _contract),
        "invoices": ("fatura", _invoice),
    },
    nouns={
        "/faturas": ("invoice", "descricao"),
        f"{INVOICE}/baixar": ("invoice", "codigo"),
        f"{INVOICE}/estornar": ("invoice", "codigo"),
        f"{INVOICE}/disputa": ("invoice", "codigo"),
        f"{INVOICE}/cancelar": ("invoice", "codigo"),
    },
)
