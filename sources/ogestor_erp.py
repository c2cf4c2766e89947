"""What is read from oGestor's ERP: clients, receivables, bank slips (assumed contract)."""

from collections.abc import Iterator
from datetime import datetime

from dlt.sources import DltResource

from connections._pages import Rows, rows_of
from connections.ogestor_erp import OGestorErp
from sources._ogestor import paged, read_day, since
from sources._staging import resource
from sources._types import Table, day, digits, flag, identifier, money, text

CLIENTS = Table(
    "clientes",
    (
        identifier("codigo", "codigo", required=True),
        text("codigo_externo", "codigo_externo"),
        text("nome", "nome", classified="name"),
        digits("cpf_cnpj", "cpf_cnpj", classified="tax_id"),
        flag("ativo", "ativo"),
    ),
    keep_record=True,
)
RECEIVABLES = Table(
    "contas_receber",
    (
        identifier("codigo", "codigo", required=True),
        text("codigo_externo", "codigo_externo"),
        identifier("cliente_id", "cliente_id"),
        identifier("num_doc", "num_doc"),
        money("valor", "valor", required=True),
        money("valor_pago", "valor_pago"),
        day("vencimento", "vencimento", read=read_day, required=True),
        day("data_pagamento", "data_pagamento", read=read_day),
        day("data_credito", "data_credito", read=read_day),
        text("situacao", "situacao"),
    ),
    keep_record=True,
)
ACCOUNTS = Table(
    "contas_correntes",
    (identifier("codigo", "codigo", required=True), text("nome", "nome")),
)
SLIPS = Table(
    "boletos",
    (
        identifier("codigo", "codigo", required=True),
        identifier("conta_receber_id", "conta_receber_id", required=True),
        text("linha_digitavel", "linha_digitavel"),
        text("situacao", "situacao"),
    ),
)


def master_data(erp: OGestorErp) -> list[DltResource]:
    """Everybody, the consumer included; the current accounts, which come as a bare list, or in pages as all else."""

    def accounts() -> Iterator[Rows]:
        body = erp.wait(erp.read, "/contas-correntes")
        if isinstance(body, dict) and "data" in body:
            yield from paged(erp, "/contas-correntes")
        else:
            yield rows_of(body, "ogestor_erp /contas-correntes")

    return [resource(CLIENTS, lambda: paged(erp, "/clientes")), resource(ACCOUNTS, accounts)]


def receivables(erp: OGestorErp, *, changed_since: datetime | None) -> list[DltResource]:
    """Receivables and slips that were changed since a moment; all of them without one."""
    return [
        resource(RECEIVABLES, lambda: paged(erp, "/contas-receber", **since(changed_since))),
        resource(SLIPS, lambda: paged(erp, "/boletos", **since(changed_since))),
    ]
