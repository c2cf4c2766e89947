"""oGestor: a personal token buys an access token; 60 calls a minute; errors as `errCode` and `errMsg`.

ASSUMED throughout: oGestor publishes no API. The contract follows that of the one published analogue (eGestor) and
what oGestor's own pages say of its screens; addresses are settings, so that the real ones can be given.
"""

from typing import Any

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Denied, Unreadable
from connections._http import Connection
from connections._json import Json, dump, parse
from connections._pages import Page, every_row, rows_of, whole
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

    async def page(self, path: str, number: int, **asked: str) -> Page:
        """One page of a listing as the envelope says it is; raises Unreadable where it does not say."""
        what = f"{self.system} {path}"
        body = await self.read(path, {**asked, "page": number})
        if not isinstance(body, dict) or body.get("total") is None:
            raise Unreadable("{what}: página {number} sem totais", what=what, number=number)
        return Page(rows_of(body.get("data"), what), body.get("current_page"), whole(body["total"], what))

    async def every(self, path: str, **asked: str) -> list[dict[str, Any]]:
        """Every row of a listing, each once; raises Unreadable where it contradicts itself."""

        async def fetch(number: int) -> Page:
            return await self.page(path, number, **asked)

        return await every_row(fetch, first=1, key=lambda row: row.get("codigo"), what=f"{self.system} {path}")

    def credential(self) -> str:
        return self.settings.personal_token.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_minute, 60)

    def refusal(self, body: Json) -> str | None:
        if isinstance(body, dict) and body.get("errCode"):
            fields = body.get("errFields")
            told = [f"{name}: {_listed(why)}" for name, why in fields.items()] if isinstance(fields, dict) else []
            return " ".join([str(body.get("errMsg") or "recusado sem mensagem"), *(f"({each})" for each in told)])
        return None


def plain(word: Any) -> str:
    """A word of the screens without capitals and needless spaces."""
    return " ".join(word.casefold().split()) if isinstance(word, str) else ""


def _listed(why: Any) -> str:
    return ", ".join(map(str, why)) if isinstance(why, list) else str(why)
