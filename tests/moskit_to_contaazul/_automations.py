"""Automations as the tests' tenant configures them."""

import json
from typing import Any

import pytest

from tests._world import TENANT

SETTING = f"CONTRAPARTIDA__{TENANT}__MOSKIT_TO_CONTAAZUL_FINANCEIRO__AUTOMATIONS".upper()
FIELDS = {
    "data_competencia": "{{ deal.closed_on }}",
    "valor": "{{ deal.price | money }}",
    "observacao": "Negócio {{ deal.id }}",
    "descricao": "{{ deal.name }}",
    "conta": "Conta Corrente Exemplo",
    "categoria": "Vendas de Serviços",
    "nome_cliente": "{{ company.name or contact.name }}",
    "tipo_cliente": "Jurídica",
    "tipo_papel": "Cliente",
    "documento": "{{ company.cnpj }}",
}
COMMISSION = {
    **FIELDS,
    "valor": "{{ (deal.price * 10 / 100) | cents }}",
    "descricao": "Comissão de {{ deal.name }}",
    "categoria": "Comissões",
    "nome_cliente": "Vendedora Lua Ltda",
    "tipo_papel": "Fornecedor",
    "documento": "",
}


def receivable(**changed: Any) -> dict[str, Any]:
    return {"create": "receivable", "fields": {**FIELDS, **changed}}


def payable(**changed: Any) -> dict[str, Any]:
    return {"create": "payable", "fields": {**COMMISSION, **changed}}


def automation(*actions: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Won deal → receivable, from November 2026 on."""
    return {
        "id": "vendas",
        "title": "Negócio ganho",
        "starts_on": "2026-11-01",
        "actions": list(actions) or [receivable()],
        **changed,
    }


def configure(monkeypatch: pytest.MonkeyPatch, *automations: dict[str, Any]) -> None:
    monkeypatch.setenv(SETTING, json.dumps(automations))
