"""Conta Azul: OAuth, an error envelope per part of the API, ten calls a second and 600 a minute per company.

Documented: both generations of addresses of the authorization server, the limits, the rotation of refresh tokens.
Observed: the error envelopes; that unknown fields are dropped without a word.
"""

from typing import ClassVar

from connections._budget import Allowance
from connections._json import Json
from connections._oauth import OAuthConnection, OAuthSettings

SPARE = 1.25


class ContaAzulSettings(OAuthSettings):
    """`[<tenant>.contaazul]`. The application is registered in Conta Azul's portal for developers.

    `generation` chooses the addresses of the authorization server: "b" since August 2026, "a" before.
    `finance_route` "new" creates receivables and payables by the route of October 2026, "old" by the one before.
    """

    hosts: ClassVar[tuple[str, ...]] = ("api-v2.contaazul.com", "auth.contaazul.com", "login.contaazul.com")

    base_url: str = "https://api-v2.contaazul.com"
    calls_per_second: int = 10
    calls_per_minute: int = 600
    page_size: int = 200
    finance_route: str = "new"
    protocol_patience_seconds: float = 60.0


class ContaAzul(OAuthConnection):
    """All routes of a connected company share one limit, whichever integration calls."""

    system = "contaazul"
    settings_class = ContaAzulSettings
    settings: ContaAzulSettings
    scope = "openid+profile+aws.cognito.signin.user.admin"

    def authorize_url(self) -> str:
        if self.settings.generation == "a":
            return f"{self.settings.login_url or 'https://auth.contaazul.com'}/oauth2/authorize"
        return f"{self.settings.login_url or 'https://login.contaazul.com'}/#/oauth/authorize"

    def token_url(self) -> str:
        if self.settings.generation == "a":
            return f"{self.settings.login_url or 'https://auth.contaazul.com'}/oauth2/token"
        return f"{self.settings.base_url}/oauth/token"

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        # Calls are counted where they arrive, some late, some early: evenly spaced, with a quarter to spare, no eleven
        # arrive within a second (8 a second in bursts were observed to be turned away).
        del method, path
        minute = Allowance(self.settings.calls_per_minute, 60)
        return "all", Allowance(1, SPARE / self.settings.calls_per_second, within=minute)

    def concurrency(self) -> int:
        return 2

    def refusal(self, body: Json) -> str | None:
        """`message` with `code` or `status`, `error_description`, or `error` alone; never under status 200."""
        if not isinstance(body, dict) or not (body.keys() & {"error", "code"}):
            return None
        words = body.get("message") or body.get("error_description") or body.get("error") or body.get("code")
        return str(words)

    async def probe(self) -> None:
        await self.read("/v1/pessoas/conta-conectada")

    @property
    def _name(self) -> str:
        return "Conta Azul"
