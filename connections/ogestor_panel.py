"""oGestor's reseller panel (the contract is assumed, see `_ogestor.py`)."""

import re
from typing import Any, ClassVar

from connections._ogestor import OGestor, OGestorSettings, plain

PROCESSING, WAITING, PAID, REVERSED, CANCELLED = "processing", "waiting", "paid", "reversed", "cancelled"
_WORDS = {
    PROCESSING: ("Em Processamento",),
    WAITING: ("Aguardando Pagamento", "Pendente", "Vencida", "Vencido", "Atrasada", "Atrasado"),
    PAID: ("Paga", "Pago", "Liquidada", "Liquidado", "Paga/Liquidada", "Pago/Liquidado"),
    REVERSED: ("Estornada", "Estornado", "Devolvida", "Devolvido"),
    CANCELLED: ("Cancelada", "Cancelado"),
}
INVOICE_STATES = {plain(word): state for state, words in _WORDS.items() for word in words}
"""What the words for an invoice's status mean; only the first two are the vendor's own, the others are assumed."""


class OGestorPanelSettings(OGestorSettings):
    """`[<tenant>.ogestor_panel]`. The address above the panel's host is assumed."""

    hosts: ClassVar[tuple[str, ...]] = ("revendedores.ogestor.com.br",)

    base_url: str = "https://revendedores.ogestor.com.br/api/v1"


class OGestorPanel(OGestor):
    """Clients, contracts and invoices of a reseller."""

    system = "ogestor_panel"
    settings_class = OGestorPanelSettings
    settings: OGestorPanelSettings

    async def probe(self) -> None:
        await self.read("/planos", {"page": 1})


def invoice_state(word: Any) -> str | None:
    """The state that a status means, None for a word that is not known."""
    return INVOICE_STATES.get(plain(word))


def month_of(value: Any) -> str | None:
    """A reference month in two digits (documented: "07"), None where it is none; a number has lost its zero."""
    text = _digits(value)
    return text.zfill(2) if text and len(text) <= 2 and 1 <= int(text) <= 12 else None


def year_of(value: Any) -> str | None:
    """A reference year in four digits, None where it is none."""
    text = _digits(value)
    return text if text and len(text) == 4 else None


def _digits(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,4}", text) else None
