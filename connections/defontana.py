"""Defontana: a login by query parameters gives a bearer token; `success` says the truth, whatever the status.

Observed by third parties: the login, tokens that live for a year or more, 401 once they do not, `success:false`
under status 200. Documented: only GET and POST exist. Assumed: five calls a second.
"""

from typing import ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json, parse
from connections._settings import SystemSettings


class DefontanaSettings(SystemSettings):
    """`[<tenant>.defontana]`. `client` and `company` are the ids that the ERP shows, not RUTs.

    `chart_path` is where the chart of accounts is read: assumed, since no public client names it.
    """

    hosts: ClassVar[tuple[str, ...]] = (
        "api.defontana.com",
        "replapi.defontana.com",
        "api-v2.defontana.com",
        "replapi-v2.defontana.com",
    )

    base_url: str = "https://api.defontana.com"
    timeout_seconds: float = 60.0
    client: str
    company: str
    user: str
    password: SecretStr
    calls_per_second: int = 5
    page_size: int = 100
    chart_path: str = "/api/Accounting/GetAccountPlan"


class Defontana(Connection):
    """Signs in when a call is turned away for want of a token; one login at a time, since a new one may end others."""

    system = "defontana"
    settings_class = DefontanaSettings
    settings: DefontanaSettings

    def __init__(self, settings: DefontanaSettings) -> None:
        super().__init__(settings)
        self._token: str | None = None

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def sign_in(self) -> bool:
        keys = self.settings
        given = {"client": keys.client, "company": keys.company, "user": keys.user}
        answer = await self._sent("GET", "/api/Auth", {**given, "password": keys.password.get_secret_value()}, None)
        try:
            body = parse(answer.body)
        except Unreadable:
            return False
        token = body.get("access_token") if isinstance(body, dict) and body.get("success") is True else None
        if answer.status != 200 or not isinstance(token, str) or not token:
            return False
        self._token = token
        return True

    def credential(self) -> str:
        return f"{self.settings.client}|{self.settings.company}|{self.settings.user}"

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        if not isinstance(body, dict):
            return None
        if body.get("success") is False:
            words = [str(body[name]) for name in ("message", "exceptionMessage") if body.get(name)]
            return ": ".join(words) or "rechazado sin mensaje"
        if isinstance(body.get("errors"), dict) and isinstance(body.get("status"), int):
            return f"{body.get('title') or 'solicitud inválida'} ({', '.join(map(str, body['errors']))})"
        return None

    async def probe(self) -> None:
        await self.read("/api/Accounting/GetBusinessCenterPlan")
