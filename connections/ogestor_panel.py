"""oGestor's reseller panel (the contract is assumed, see `_ogestor.py`)."""

from typing import ClassVar

from connections._ogestor import OGestor, OGestorSettings


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
