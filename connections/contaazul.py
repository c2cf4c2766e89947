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
from connections._pages import Fetch, Page, rows_of

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
        if self._stand_in:
            return f"{self._stand_in}/oauth/authorize"
        if self.settings.generation == "a":
            return f"{self.settings.login_url or 'https://auth.contaazul.com'}/oauth2/authorize"
        return f"{self.settings.login_url or 'https://login.contaazul.com'}/#/oauth/authorize"

    def token_url(self) -> str:
        if self.settings.generation == "a":
            return f"{self.settings.login_url or self._stand_in or 'https://auth.contaazul.com'}/oauth2/token"
        return f"{self.settings.base_url}/oauth/token"

    @property
    def _stand_in(self) -> str | None:
        """The address of the stand-in, whose login a tenant of the sandbox is sent to unless it names another one."""
        return self.settings.base_url if self.settings.sandbox and not self.settings.login_url else None

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
        said = [body.get(name) for name in ("message", "error_description", "error", "code")]
        return next((words for words in said if isinstance(words, str) and words), None)

    async def probe(self) -> None:
        await self.read("/v1/pessoas/conta-conectada")

    @property
    def _name(self) -> str:
        return "Conta Azul"


def listing(ca: ContaAzul, path: str, params: dict[str, Any] | None = None, *, size: int | None = None) -> Fetch:
    """How a listing is read page by page, whatever its envelope; a page may hold fewer rows than were asked for."""
    asked = size or ca.settings.page_size

    async def fetch(number: int) -> Page:
        body = await ca.read(path, {**(params or {}), "pagina": number, "tamanho_pagina": asked})
        return _page(body, f"Conta Azul {path}")

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


def _page(body: Json, what: str) -> Page:
    """A page and how many rows there are in all; raises Unreadable."""
    if not isinstance(body, dict):
        raise Unreadable("{what}: a página não veio como objeto", what=what)
    about = body.get("paginacao")
    about = about if isinstance(about, dict) else {}
    said = {**about, **body}
    total = next((found for name in TOTALS if (found := count(said.get(name))) is not None), None)
    if total is None:
        raise Unreadable("{what}: página sem totais", what=what)
    rows: Any = next((body[name] for name in ROWS if body.get(name) is not None), [])
    return Page(rows_of(rows, what), count(about.get("pagina_atual")), total)


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
