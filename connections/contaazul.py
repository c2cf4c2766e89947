"""Conta Azul: OAuth, an error envelope per part of the API, ten calls a second and 600 a minute per company.

Documented: both generations of addresses of the authorization server, the limits, the rotation of refresh tokens.
Observed: the error envelopes; that unknown fields are dropped without a word; an envelope per resource around rows,
which are null where there are none; whole numbers that come as `10.0` or as text.
"""

import json
from decimal import Decimal
from typing import Any, ClassVar, NoReturn

from connections._budget import Allowance
from connections._errors import Denied, Unreadable
from connections._http import Answer
from connections._json import Json
from connections._oauth import OAuthConnection, OAuthSettings
from connections._pages import Fetch, Page

SPARE = 1.25
ROWS = ("itens", "items")
TOTALS = ("itens_totais", "totalItems", "total_itens", "total_items")
"""What the rows and their number are called, resource by resource (observed)."""


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

    def denies(self, answer: Answer) -> bool:
        """An account that may not use the interface is told apart from a refused key: observed, 403 with its state."""
        if answer.status == 403 and (state := _state_of_account(answer)):
            self._not_eligible(state)
        return super().denies(answer)

    def _not_eligible(self, state: str) -> NoReturn:
        raise Denied(
            "{system}: a conta não está elegível para uso da API ({state}); regularize o plano da conta no Conta Azul. "
            "As chaves da integração não são o problema",
            system=self._name,
            state=state,
        )

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


def listing(
    ca: ContaAzul, path: str, params: dict[str, Any] | None = None, *, size: int | None = None, own: str = ""
) -> Fetch:
    """How a listing is read page by page, whatever its envelope.

    Assumed: a page may hold fewer rows than were asked for; the first page then shows how many. `own` is the key of
    the rows where a resource has one of its own.
    """
    asked = size or ca.settings.page_size
    holds = asked

    async def fetch(number: int) -> Page:
        nonlocal holds
        body = await ca.read(path, {**(params or {}), "pagina": number, "tamanho_pagina": asked})
        rows, total = _envelope(body, f"Conta Azul {path}", own)
        if number == 1:
            holds = len(rows) or asked
        about = body.get("paginacao") if isinstance(body, dict) else None
        said = about.get("pagina_atual") if isinstance(about, dict) else None
        return Page(rows, None if said is None else count(said), total, -(-total // holds))

    return fetch


def count(value: Any) -> int | None:
    """A whole number, however it is written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:
        return None
    return int(number) if number.is_finite() and number == number.to_integral_value() and number >= 0 else None


def _envelope(body: Json, what: str, own: str) -> tuple[list[dict[str, Any]], int]:
    """The rows of a page and how many there are in all; raises Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("{what}: a página não veio como objeto", what=what)
    about = body.get("paginacao")
    totals = {**(about if isinstance(about, dict) else {}), **body}
    total = next((found for name in TOTALS if (found := count(totals.get(name))) is not None), None)
    rows = next((body[name] for name in (own, *ROWS) if body.get(name) is not None), [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable("{what}: a lista de registros não veio como lista", what=what)
    if total is None:
        raise Unreadable("{what}: página sem totais", what=what)
    return rows, total


def key_of(row: dict[str, Any]) -> str:
    """What tells a row of a listing apart: its id, or all of it where it has none."""
    key = row.get("id")
    return str(key) if isinstance(key, str | int) and key != "" else json.dumps(row, default=str, sort_keys=True)


def _state_of_account(answer: Answer) -> str | None:
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    state = body.get("status_conta") if isinstance(body, dict) else None
    return state if isinstance(state, str) and state else None
