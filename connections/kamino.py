"""Kamino: five static headers, 20 calls a minute per company for everybody, errors under status 200.

Sources: two third-party connector pages (headers, limit) and clients that report live answers.
"""

from typing import Any, ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json
from connections._pages import Page, Rows, rows_of, whole
from connections._settings import SystemSettings
from connections._words import said_in


class KaminoSettings(SystemSettings):
    """`[<tenant>.kamino]`. The five keys come from Kamino's settings pages.

    The vendor allows 20 calls a minute to all integrations of a company together; four are left to the others.
    """

    hosts: ClassVar[tuple[str, ...]] = ("*.kamino.tech",)

    base_url: str
    app: SecretStr
    cn: str
    id_usr: str
    usr: SecretStr
    hash: SecretStr
    calls_per_minute: int = 16
    page_size: int = 100
    status_pending: int = 1
    status_paid: int = 2
    status_cancelled: int = 3
    """Observed: 1 and 2. Assumed: 3, for receivables and payables alike."""
    settles_at_creation: bool = False
    """Whether what was received already is created settled, in one call: documented of the body, seen by nobody."""


class Kamino(Connection):
    """Reads and writes of all routes share one limit (documented by a connector's vendor)."""

    system = "kamino"
    settings_class = KaminoSettings
    settings: KaminoSettings

    def headers(self) -> dict[str, str]:
        keys = self.settings
        return {
            "App": keys.app.get_secret_value(),
            "CN": keys.cn,
            "IDUsr": keys.id_usr,
            "Usr": keys.usr.get_secret_value(),
            "Hash": keys.hash.get_secret_value(),
        }

    def credential(self) -> str:
        return self.settings.cn

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_minute, 60)

    def refusal(self, body: Json) -> str | None:
        if isinstance(body, dict) and body.get("Sucesso") is False:
            return said_in(body) or "recusado sem mensagem"
        return None

    async def page(self, path: str, number: int, params: dict[str, Any]) -> Page:
        """One page of a listing (from 1), with the totals that its rows are measured by."""
        asked = {**params, "_pagina": number, "_tamanhoPagina": self.settings.page_size}
        body, what = await self.read(path, asked), f"Kamino {path}"
        if not isinstance(body, dict) or "TotalLinhas" not in body:
            raise Unreadable(f"{what}: página {number} sem totais")
        return Page(
            rows_of(body.get("Dados"), what),
            body.get("PaginaAtual"),
            whole(body.get("TotalLinhas"), what),
            whole(body.get("TotalPaginas"), what),
        )

    async def whole_list(self, path: str, **params: str) -> Rows:
        """A listing without pages: a bare array."""
        body, what = await self.read(path, params), f"Kamino {path}"
        if not isinstance(body, list):
            raise Unreadable(f"{what}: a resposta não é uma lista")
        return rows_of(body, what)

    async def probe(self) -> None:
        await self.read("/api/financeiro/centrocusto/lista")
