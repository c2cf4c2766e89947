"""oGestor: a personal token buys an access token; 60 calls a minute; errors as `errCode` and `errMsg`.

ASSUMED throughout: oGestor publishes no API. The contract follows that of the one published analogue (eGestor) and
what oGestor's own pages say of its screens; addresses are settings, so that the real ones can be given.
"""

from typing import Any

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Denied
from connections._http import Connection
from connections._json import Json, dump, parse
from connections._settings import SystemSettings

LOGIN = "/oauth/access_token"
TOO_LONG = 5


class OGestorSettings(SystemSettings):
    """What panel and ERP have in common."""

    personal_token: SecretStr
    calls_per_minute: int = 55


class OGestor(Connection):
    """One of oGestor's two applications. The access token lives fifteen minutes and only in memory."""

    settings: OGestorSettings

    def __init__(self, settings: OGestorSettings) -> None:
        super().__init__(settings)
        self._token = ""

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def sign_in(self) -> bool:
        """A new access token for the personal one. Raises Denied where there is none."""
        self._token = ""
        asked = {"grant_type": "personal", "personal_token": self.settings.personal_token.get_secret_value()}
        answer = await self._sent("POST", LOGIN, None, dump(asked))
        body: Any = parse(answer.body) if answer.status == 200 else {}
        if not isinstance(body.get("access_token"), str):
            raise Denied(
                "{system}: o token pessoal foi recusado (status {status}); gere outro no oGestor e informe-o em "
                "personal_token",
                system=self._name,
                status=answer.status,
            )
        self._token = body["access_token"]
        return True

    def credential(self) -> str:
        return self.settings.personal_token.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_minute, 60)

    def refusal(self, body: Json) -> str | None:
        if isinstance(body, dict) and body.get("errCode"):
            fields = body.get("errFields")
            told = [f"{name}: {', '.join(map(str, why))}" for name, why in fields.items()] if fields else []
            return " ".join([str(body.get("errMsg") or "recusado sem mensagem"), *(f"({each})" for each in told)])
        return None
