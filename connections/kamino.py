"""Kamino: five static headers, 20 calls a minute per company for everybody, errors under status 200.

Sources: two third-party connector pages (headers, limit) and clients that report live answers.
"""

from typing import ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._http import Connection
from connections._json import Json
from connections._settings import SystemSettings


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
            return str(body.get("Mensagem") or body.get("message") or "recusado sem mensagem")
        return None

    async def probe(self) -> None:
        await self.read("/api/financeiro/centrocusto/lista")
