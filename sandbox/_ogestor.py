"""What panel and ERP of oGestor have in common. Everything here is ASSUMED: oGestor publishes no API. What
another honest reading of the same sources would do otherwise is a quirk (`CHOICES`), which random lives draw.

The style is that of the one published analogue (eGestor): a personal token buys an access token of 900 seconds,
60 requests a minute, 50 rows a page whatever is asked, errors as `errCode`, `errMsg`, `errFields`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from sandbox._call import Answer, Call, Dialect, Handler, RefusedError, Route
from sandbox._limits import Windows
from sandbox._numbers import LARGEST_AMOUNT, cents
from sandbox._table import Condition, Row
from sandbox._world import World, Write

CALLS, SECONDS = 60, 60
PER_PAGE = 50
CHOICES: dict[str, tuple[str, ...]] = {
    "codes": ("numbers", "texts"),
    "amounts": ("texts", "numbers"),
    "empty_dates": ("null", "blank", "zeros"),
    "dates": ("days", "with_time", "moments"),
    "moments": ("with_offset", "without_zone"),
    "flags": ("booleans", "numbers"),
    "words": ("as_shown", "capitals", "snake_case", "other_gender"),
    "records": ("bare", "in_data"),
    "names": ("whole", "cut"),
    "pager": ("totals", "last_page", "next_only"),
    "months": ("two_digits", "numbers", "without_zero"),
    "page_cap": ("50", "20"),
    "order": ("oldest_first", "newest_first"),
    "hidden": ("nothing", "extras", "references"),
    "duplicate": ("409", "422", "400"),
    "envelope": ("errCode", "message", "error", "text"),
}
"""What is not known of oGestor, each with its readings; the first is what the notes show."""
EXTRAS = ("juros", "multa", "desconto", "data_credito", "em_disputa", "valor_liquido")
DAYS = ("lancamento", "vencimento", "data_pagamento", "data_credito", "data_estorno")
MOMENTS = ("criado_em", "atualizado_em")
GENDERS = {"Paga": "Pago", "Estornada": "Estornado", "Cancelada": "Cancelado"}
AMOUNTS = ("valor", "valor_pago", "juros", "multa", "desconto", "valor_liquido", "valor_mensal")


def quirks() -> dict[str, str]:
    """How the application behaves at first."""
    return {name: readings[0] for name, readings in CHOICES.items()}


def shown(row: Row, chosen: dict[str, str]) -> Row:
    """A record in the forms that were chosen."""
    told = dict(row)
    if chosen["hidden"] == "extras":
        told = {name: value for name, value in told.items() if name not in EXTRAS}
    if chosen["hidden"] == "references" and "valor" in told:
        told.pop("codigo_externo", None)
    for name, value in list(told.items()):
        if name in DAYS:
            told[name] = _day(value, chosen)
        elif name in MOMENTS and chosen["moments"] == "without_zone" and isinstance(value, str):
            told[name] = value[:19].replace("T", " ")
        elif name == "nome" and chosen["names"] == "cut" and isinstance(value, str):
            told[name] = value[:60]
        elif isinstance(value, bool) and chosen["flags"] == "numbers":
            told[name] = int(value)
        elif name in ("status", "situacao") and isinstance(value, str):
            told[name] = _word(value, chosen)
        elif name in AMOUNTS and chosen["amounts"] == "numbers" and isinstance(value, str):
            told[name] = Decimal(value)
        elif name == "codigo" or name.endswith("_id"):
            told[name] = str(value) if chosen["codes"] == "texts" and isinstance(value, int) else value
        elif name in ("mes_referencia", "ano_referencia") and isinstance(value, str) and value.isdigit():
            told[name] = {"numbers": int(value), "without_zero": str(int(value))}.get(chosen["months"], value)
    return told


def _day(value: Any, chosen: dict[str, str]) -> Any:
    if value is None:
        return {"blank": "", "zeros": "0000-00-00"}.get(chosen["empty_dates"])
    if chosen["dates"] == "moments" and isinstance(value, str) and len(value) == len("2026-11-10"):
        return f"{date.fromisoformat(value) + timedelta(days=1)}T01:30:00Z"  # half past ten in the evening, in Brasília
    return f"{value} 00:00:00" if chosen["dates"] == "with_time" and isinstance(value, str) else value


def _word(word: str, chosen: dict[str, str]) -> str:
    match chosen["words"]:
        case "capitals":
            return word.upper()
        case "snake_case":
            return word.lower().replace(" ", "_").replace("/", "_")
        case "other_gender":
            return GENDERS.get(word, word)
    return word


def told_refusal(answer: Answer, chosen: dict[str, str]) -> Answer:
    """A refusal in the envelope that was chosen; what is no refusal as it is."""
    body = answer.payload
    if answer.status < 400 or not isinstance(body, dict) or "errMsg" not in body or answer.status in (401, 429):
        return answer
    words = body["errMsg"]
    match chosen["envelope"]:
        case "message":
            return Answer({"message": words, "errors": body["errFields"]}, answer.status)
        case "error":
            return Answer({"error": {"message": words}}, answer.status)
        case "text":
            return Answer(status=answer.status, text=words, media="text/plain; charset=UTF-8")
    return answer


def duplicate(there: Row, chosen: dict[str, str]) -> Answer:
    """What is answered to a record whose reference is there already."""
    if chosen["duplicate"] == "409":
        return Answer(shown(there, chosen), 409)
    refusal = error(int(chosen["duplicate"]), "Já existe um registro com este código externo.")
    return told_refusal(refusal, chosen)


def spoken(handler: Handler, chosen: dict[str, str]) -> Handler:
    """The handler, its records and its refusals in the forms that were chosen."""

    def answered(call: Call) -> Answer:
        try:
            answer = handler(call)
        except RefusedError as refusal:
            raise RefusedError(told_refusal(refusal.answer, chosen)) from refusal
        body = answer.payload
        if answer.status < 400 and isinstance(body, dict) and "access_token" not in body:
            answer.payload = _listed(body, chosen) if "data" in body else _single(shown(body, chosen), chosen)
        elif isinstance(body, list) and chosen["records"] == "in_data":
            answer.payload = page(body, 1)
        return answer

    return answered


def _listed(body: Row, chosen: dict[str, str]) -> Row:
    """A page of records, its envelope with all totals, with the last page's number alone, or with neither."""
    left_out = {"last_page": ("total",), "next_only": ("total", "last_page")}.get(chosen["pager"], ())
    told = {name: value for name, value in body.items() if name not in left_out}
    return {**told, "data": [shown(row, chosen) for row in body["data"]]}


def _single(record: Row, chosen: dict[str, str]) -> Row:
    return {"data": record} if chosen["records"] == "in_data" else record


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


def listing(call: Call, rows: Sequence[Row], chosen: dict[str, str], as_seen: Callable[[Row], Row] = dict) -> Answer:
    """One page of 50, whatever size is asked; a smaller cap and the other order are readings."""
    text = call.query.get("page") or "1"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1:
        raise RefusedError(malformed())
    ordered = list(reversed(rows)) if chosen["order"] == "newest_first" else rows
    answer = page(ordered, number, int(chosen["page_cap"]))
    answer["data"] = [as_seen(row) for row in answer["data"]]
    return Answer(answer)


def page(rows: Sequence[Row], number: int, per_page: int = PER_PAGE) -> Row:
    """The envelope around a page."""
    last = max(1, -(-len(rows) // per_page))
    first = (number - 1) * per_page
    data = list(rows[first : first + per_page])
    return {
        "total": len(rows),
        "per_page": per_page,
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
