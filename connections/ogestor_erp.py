"""oGestor's ERP (the contract is assumed, see `_ogestor.py`)."""

from typing import Any, ClassVar

from connections._ogestor import OGestor, OGestorSettings, plain

OPEN, SETTLED, CANCELLED = "open", "settled", "cancelled"
_WORDS = {
    OPEN: ("Aberto", "Em aberto", "A receber", "Pendente", "Vencido"),
    SETTLED: ("Pago/Liquidado", "Pago", "Liquidado", "Recebido"),
    CANCELLED: ("Cancelado",),
}
SITUATIONS = {plain(word): state for state, words in _WORDS.items() for word in words}
"""What the words for the situation of a receivable and its slip mean; the vendor's own are Aberto, Pago/Liquidado."""


class OGestorErpSettings(OGestorSettings):
    """`[<tenant>.ogestor_erp]`. The address above the ERP's host is assumed; so is the account's number."""

    hosts: ClassVar[tuple[str, ...]] = ("sistema.ogestor.com.br",)

    base_url: str = "https://sistema.ogestor.com.br/api/v1"
    account: str = "Conta Principal"
    """The current account that records online receipts, as the vendor calls it."""


class OGestorErp(OGestor):
    """Clients, receivables and bank slips."""

    system = "ogestor_erp"
    settings_class = OGestorErpSettings
    settings: OGestorErpSettings

    async def probe(self) -> None:
        await self.read("/contas-correntes")


def situation_of(word: Any) -> str | None:
    """The state that a situation means, None for a word that is not known."""
    return SITUATIONS.get(plain(word))
