"""What panel and ERP of oGestor have in common. Everything here is ASSUMED: oGestor publishes no API.

The style is that of the one published analogue (eGestor): a personal token buys an access token of 900 seconds,
60 requests a minute, 50 rows a page whatever is asked, errors as `errCode`, `errMsg`, `errFields`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from sandbox._call import Answer, Call, Dialect, RefusedError, Route
from sandbox._limits import Windows
from sandbox._numbers import LARGEST_AMOUNT, cents
from sandbox._table import Condition, Row
from sandbox._world import World, Write

CALLS, SECONDS = 60, 60
PER_PAGE = 50
TOKEN_LIFE = timedelta(seconds=900)
LOGIN = "/oauth/access_token"


def error(status: int, message: str, fields: dict[str, list[str]] | None = None) -> Answer:
    """An error as the analogue writes it."""
    return Answer({"errCode": status, "errMsg": message, "errObs": None, "errFields": fields or {}}, status)


def refuse(message: str, fields: dict[str, str] | None = None, status: int = 422) -> NoReturn:
    """Give up with a sentence, and with the fields that it is about."""
    raise RefusedError(error(status, message, {name: [text] for name, text in (fields or {}).items()}))


def too_many() -> Answer:
    """Above 60 a minute."""
    return error(429, "Limite de requisições excedido.")


def unauthorised() -> Answer:
    """No token, a wrong one or an old one."""
    return error(401, "Token inválido ou expirado.")


def malformed() -> Answer:
    """A body that cannot be read."""
    return error(400, "Requisição inválida.")


def dialect() -> Dialect:
    """How oGestor says what every vendor says."""
    return Dialect(
        page="page",
        first_page=1,
        rows="data",
        total="total",
        page_echo="current_page",
        too_many=too_many,
        unauthorised=unauthorised,
        rejected=lambda message: error(422, message),
        malformed=malformed,
        unknown_route=lambda call: error(404, f"Rota não encontrada: {call.path}"),
        nothing=lambda: Answer(page([], 1)),
    )


class Door:
    """Tokens and the rate limit of one of the two applications."""

    def __init__(self, world: World, personal_token: str) -> None:
        self.world = world
        self.personal_token = personal_token
        self.windows = Windows(CALLS * world.pace, SECONDS)
        self._tokens: dict[str, datetime] = {}
        self._issued = 0

    def route(self) -> Route:
        return Route("POST", LOGIN, self.login)

    def login(self, call: Call) -> Answer:
        """A new access token; a restart of the application forgets the old ones."""
        asked = document(call)
        if asked.get("grant_type") != "personal" or asked.get("personal_token") != self.personal_token:
            raise RefusedError(unauthorised())
        self._issued += 1
        seed = f"{self.personal_token} {self.world.seed} {self._issued} {self.world.clock.isoformat()}"
        token = hashlib.sha256(seed.encode()).hexdigest()
        self._tokens[token] = self.world.clock + TOKEN_LIFE
        return Answer(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": int(TOKEN_LIFE.total_seconds()),
                "refresh_token": hashlib.sha256(token.encode()).hexdigest(),
            }
        )

    def guard(self, call: Call, route: Route) -> Answer | None:
        """The limit first, then the token."""
        let_in = self.windows.take("")
        call.answer_headers = {
            "X-RateLimit-Limit": str(self.windows.allowed),
            "X-RateLimit-Remaining": str(self.windows.remaining("")),
        }
        if not let_in:
            return too_many()
        if route.pattern == LOGIN:
            return None
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        return None if self._tokens.get(token, self.world.clock) > self.world.clock else unauthorised()


class Changed:
    """A row passes when it was changed at or after a moment."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self, row: Row) -> bool:
        """Whether the row passes."""
        try:
            return datetime.fromisoformat(str(row.get("atualizado_em"))) >= self.moment
        except (ValueError, TypeError):
            return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Changed) and other.moment == self.moment

    def __hash__(self) -> int:
        return hash(self.moment)


class Text:
    """`filtro`: a row passes when one of its texts contains what is asked."""

    def __init__(self, part: str) -> None:
        self.part = part.casefold()

    def __call__(self, row: Row) -> bool:
        """Whether the row passes."""
        return any(isinstance(value, str) and self.part in value.casefold() for value in row.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and other.part == self.part

    def __hash__(self) -> int:
        return hash(self.part)


def conditions(call: Call) -> list[Condition]:
    """The filters that every listing knows."""
    asked: list[Condition] = []
    if part := call.query.get("filtro"):
        asked.append(Text(part))
    if since := call.query.get("atualizado_desde"):
        try:
            moment = datetime.fromisoformat(since)
        except ValueError as problem:
            raise RefusedError(error(422, "Data inválida.", {"atualizado_desde": ["inválida"]})) from problem
        if moment.tzinfo is None:
            refuse("Data sem fuso.", {"atualizado_desde": "informe o fuso horário"})
        asked.append(Changed(moment))
    return asked


def listing(call: Call, rows: Sequence[Row], shown: Callable[[Row], Row] = dict) -> Answer:
    """One page of 50, whatever size is asked."""
    text = call.query.get("page") or "1"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1:
        raise RefusedError(malformed())
    answer = page(rows, number)
    answer["data"] = [shown(row) for row in answer["data"]]
    return Answer(answer)


def page(rows: Sequence[Row], number: int) -> Row:
    """The envelope around a page."""
    last = max(1, -(-len(rows) // PER_PAGE))
    first = (number - 1) * PER_PAGE
    data = list(rows[first : first + PER_PAGE])
    return {
        "total": len(rows),
        "per_page": PER_PAGE,
        "current_page": number,
        "last_page": last,
        "next_page_url": f"?page={number + 1}" if number < last else None,
        "prev_page_url": f"?page={number - 1}" if number > 1 else None,
        "from": first + 1 if data else None,
        "to": first + len(data) if data else None,
        "data": data,
    }


def document(call: Call) -> Row:
    """The object in the body."""
    try:
        return call.document()
    except ValueError as problem:
        raise RefusedError(malformed()) from problem


def money(body: Row, name: str, *, zero: bool = False) -> Any:
    """An amount with at most two decimals, a text or a number, as the application stores it."""
    value = body.get(name)
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool) and value is not None else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    low = Decimal(0) if zero else Decimal("0.01")
    if not amount.is_finite() or not low <= amount <= LARGEST_AMOUNT or amount != round(amount, 2):
        refuse("Valor inválido.", {name: "deve ser um valor com até duas casas decimais"})
    return str(cents(int(amount * 100)).text)


def day(body: Row, name: str, *, required: bool = True) -> str | None:
    """A date `YYYY-MM-DD`."""
    value = body.get(name)
    if value is None and not required:
        return None
    try:
        return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "").isoformat()
    except ValueError:
        refuse("Data inválida.", {name: "deve ter o formato AAAA-MM-DD"})


def accept(world: World, call: Call, rows: Sequence[tuple[str, Row]], body: Row, verb: str) -> Row:
    """Journal a write that leaves `rows` behind, and store them; gives the first one, which the write is about."""
    row = rows[0][1]
    world.accept(call, Write(verb, row["codigo"], body, list(rows), reference=row.get("codigo_externo")))
    return row
