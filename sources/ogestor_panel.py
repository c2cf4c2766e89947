"""What is read from oGestor's reseller panel: plans, clients, contracts, invoices (assumed contract)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from dlt.sources import DltResource

from connections._errors import Missing, Refused
from connections._ogestor import record_of
from connections._pages import DOUBT, Rows
from connections._paths import below
from connections.ogestor_panel import OGestorPanel, month_of, year_of
from sources._ogestor import paged, read_day, read_moment, since
from sources._staging import resource
from sources._types import FREE_TEXT, Column, Table, day, digits, flag, identifier, moment, money, text


def _reference(name: str, read: Callable[[Any], str | None]) -> Column:
    """A part of the reference month, as the screens write it; blank is none, anything else is unreadable."""

    def kept(value: Any) -> str | None:
        found = read(value)
        if found is None and value != "":
            raise ValueError(value)
        return found

    return Column(name, (name,), pa.string(), kept)


PLANS = Table(
    "planos",
    (
        identifier("codigo", "codigo", required=True),
        text("nome", "nome"),
        money("valor_mensal", "valor_mensal"),
        flag("ativo", "ativo"),
    ),
)
CLIENTS = Table(
    "clientes",
    (
        identifier("codigo", "codigo", required=True),
        text("nome", "nome", classified="name"),
        digits("cpf_cnpj", "cpf_cnpj", classified="tax_id"),
        moment("atualizado_em", "atualizado_em", read=read_moment),
    ),
    keep_record=True,
)
CONTRACTS = Table(
    "contratacoes",
    (
        identifier("codigo", "codigo", required=True),
        identifier("cliente_id", "cliente_id", required=True),
        text("status", "status"),
    ),
)
INVOICE: tuple[Column, ...] = (
    identifier("codigo", "codigo", required=True),
    text("status", "status"),
    identifier("cliente_id", "cliente_id", required=True),
    identifier("contratacao_id", "contratacao_id"),
    text("descricao", "descricao", classified=FREE_TEXT),
    money("valor", "valor", required=True),
    day("lancamento", "lancamento", read=read_day),
    day("vencimento", "vencimento", read=read_day, required=True),
    _reference("mes_referencia", month_of),
    _reference("ano_referencia", year_of),
    identifier("cobranca_id", "cobranca_id"),
    text("linha_digitavel", "linha_digitavel"),
    money("valor_pago", "valor_pago"),
    money("juros", "juros"),
    money("multa", "multa"),
    money("desconto", "desconto"),
    money("valor_liquido", "valor_liquido"),
    day("data_pagamento", "data_pagamento", read=read_day),
    day("data_credito", "data_credito", read=read_day),
    day("data_estorno", "data_estorno", read=read_day),
    flag("em_disputa", "em_disputa"),
    moment("criado_em", "criado_em", read=read_moment),
    moment("atualizado_em", "atualizado_em", read=read_moment),
)
INVOICES = Table("faturas", INVOICE)
SINGLE_INVOICES = Table("faturas_uma_a_uma", INVOICE)


def clients(panel: OGestorPanel) -> list[DltResource]:
    """Everybody: the panel's clients are few, and every one belongs into the ERP."""
    return [resource(CLIENTS, lambda: paged(panel, "/clientes"))]


def contracts(panel: OGestorPanel) -> list[DltResource]:
    """Plans with their monthly price (assumed), and every client's contract."""
    return [
        resource(PLANS, lambda: paged(panel, "/planos")),
        resource(CONTRACTS, lambda: paged(panel, "/contratacoes")),
    ]


def invoices(panel: OGestorPanel, *, changed_since: datetime | None) -> list[DltResource]:
    """Invoices that were changed since a moment; all of them without one."""
    return [resource(INVOICES, lambda: paged(panel, "/faturas", **since(changed_since)))]


def no_invoices() -> list[DltResource]:
    """None of the listing."""
    return [resource(INVOICES, lambda: iter(()))]


def single_invoices(panel: OGestorPanel, codes: Sequence[str]) -> list[DltResource]:
    """Invoices by their codes, one call each; what the panel does not know is left out."""

    def read() -> Iterator[Rows]:
        for code in codes:
            try:
                row = record_of(panel.wait(panel.read, below("/faturas", code)))
            except Missing:
                continue
            except Refused as refusal:
                row = {"codigo": code, DOUBT: str(refusal)}
            if not isinstance(row, dict) or str(row.get("codigo")).strip() != code:
                row = {"codigo": code, DOUBT: "foi pedida, e veio outra"}
            yield [row]

    return [resource(SINGLE_INVOICES, read)]
