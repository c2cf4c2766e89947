"""oGestor: a personal token buys an access token; 60 calls a minute; errors as `errCode` and `errMsg`.

ASSUMED throughout: oGestor publishes no API. The contract follows that of the one published analogue (eGestor) and
what oGestor's own pages say of its screens; addresses are settings, so that the real ones can be given.
"""

import re
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Denied, Unreadable
from connections._folding import folded
from connections._http import Connection
from connections._json import Json, dump, parse
from connections._pages import Page, every_row, rows_of, whole
from connections._settings import SystemSettings

ZONE = ZoneInfo("America/Sao_Paulo")
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
        told = body if isinstance(body, dict) else {}
        rows, said = rows_of(told.get("data"), what), told.get("current_page")
        if told.get("total") is not None:
            return Page(rows, said, whole(told["total"], what))
        if told.get("last_page") is not None:
            return Page(rows, said, total_pages=whole(told["last_page"], what))
        if "next_page_url" in told:  # the analogue's pager has a short form without totals
            return Page(rows, said, total_pages=None if told["next_page_url"] else number)
        raise Unreadable("{what}: página {number} sem totais", what=what, number=number)

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
    """A word of the screens by its letters alone: as it is shown, in capitals, `aguardando_pagamento`."""
    return re.sub("[^a-z0-9]", "", folded(word)) if isinstance(word, str) else ""


def record_of(body: Any) -> Any:
    """The one record that an answer is about, which may stand in `data`, as a listing's records do."""
    inner = body.get("data") if isinstance(body, dict) and "codigo" not in body else None
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    return inner if isinstance(inner, dict) else body


def day_of(text: str) -> date:
    """The date of `yyyy-MM-dd`, or of a moment in the vendor's zone; raises ValueError otherwise.

    Midnight is a date that was written as a moment, wherever it is midnight.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None or moment.time() == time():
        return moment.date()
    return moment.astimezone(ZONE).date()


def moment_of(text: str) -> datetime:
    """The moment of an ISO text, in the vendor's zone where it names none; raises ValueError otherwise."""
    moment = datetime.fromisoformat(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _listed(why: Any) -> str:
    return ", ".join(map(str, why)) if isinstance(why, list) else str(why)
