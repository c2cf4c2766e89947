"""oGestor's ERP (the contract is assumed, see `_ogestor.py`)."""

from typing import ClassVar

from connections._ogestor import OGestor, OGestorSettings


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
