"""What panel, ERP and payment partner know alike: an invented oGestor reseller's clients, plans and invoices."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sandbox._people import Person, company, person, wrong
from sandbox._world import START, Size

FIRST_CLIENT, FIRST_CONTRACT, FIRST_INVOICE = 17, 5, 231
NUMBERS = 800_000  # keeps these tax ids clear of the gym's
MONTHS = {"small": 3, "medium": 12, "large": 2}
PLANS = ((1, "Emissor NFe", 8990), (2, "Emissor NFSe", 5990), (3, "ERP Completo", 24990), (4, "PDV", 11945))
ACTIVE, TRIAL, BLOCKED, ENDED = "Ativo", "Em Teste", "Bloqueado", "Cancelado"
TODAY = START.date()
DUE_DAY = 10

OPEN, PAID, PAID_LATE, PARTIAL, CASH, REFUNDED, DISPUTED, CANCELLED, LOST_NEWS, TWICE = (
    "open",
    "paid",
    "paid late, with interest and fine",
    "paid in part",
    "paid in cash",
    "refunded after settlement",
    "charged back",
    "cancelled",
    "paid, and the panel does not know yet",
    "charged twice under one reference",
)
STORIES = (PAID, PAID, LOST_NEWS, PAID, PAID_LATE, LOST_NEWS, PAID, PARTIAL, PAID, CASH, OPEN, PAID, REFUNDED, PAID)
RARE = {31: DISPUTED, 43: CANCELLED, 59: TWICE}


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the reseller with its one contract."""

    code: int
    who: Person
    plans: tuple[int, ...]
    contract: str | None
    email: str

    @property
    def cents(self) -> int:
        """What its plans cost a month."""
        return sum(price for code, _, price in PLANS if code in self.plans)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of a reference month, and what becomes of it."""

    code: int
    client: Client
    year: int
    month: int
    story: str

    @property
    def issued(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def due(self) -> date:
        return date(self.year, self.month, DUE_DAY)

    @property
    def paid_on(self) -> date:
        """When it is paid, if it is: three days early, or nine days late."""
        return self.due + timedelta(days=9 if self.story == PAID_LATE else -3)

    @property
    def paid_cents(self) -> int:
        """Face value, with 2 % fine and 1 % interest a month pro rata when late, in part where it is so."""
        face = self.client.cents
        if self.story == PAID_LATE:
            return face + face * 2 // 100 + face * 9 // 3000
        return face // 2 if self.story == PARTIAL else face


def clients(seed: int, size: Size) -> list[Client]:
    """The reseller's clients; the last ones are strange on purpose (see `strange`)."""
    draw = random.Random(f"reseller {seed}")  # noqa: S311
    usual = [_client(draw, number) for number in range(size.people // 2)]
    return [*usual, *strange(draw, len(usual), usual[0])]


def strange(draw: random.Random, first: int, twin: Client) -> list[Client]:
    """A wrong CNPJ, no tax id, the e-mail and the tax id of another client."""
    made = [replace(_client(draw, first + n), contract=ACTIVE) for n in range(4)]
    tax_id = made[0].who.tax_id or ""
    return [
        replace(made[0], who=replace(made[0].who, tax_id=wrong(tax_id))),
        replace(made[1], who=replace(made[1].who, tax_id=None)),
        replace(made[2], email=twin.email),
        replace(made[3], who=replace(made[3].who, tax_id=twin.who.tax_id)),
    ]


def invoices(known: list[Client], size_name: str) -> Iterator[Invoice]:
    """Invoices up to the current month; a third of this month's are still to be made."""
    code = FIRST_INVOICE
    for back in range(MONTHS[size_name] - 1, -1, -1):
        months = TODAY.year * 12 + TODAY.month - 1 - back
        for client in known:
            current = back == 0
            if client.contract not in (ACTIVE, BLOCKED) or (current and client.code % 3 == 0):
                continue
            yield Invoice(code, client, months // 12, months % 12 + 1, _story(code))
            code += 1


def _story(code: int) -> str:
    return RARE.get(code % 61, STORIES[code % len(STORIES)])


def _client(draw: random.Random, number: int) -> Client:
    small = number % 5 == 4
    who = person(draw, NUMBERS + number) if small else company(draw, NUMBERS + number, letters=number % 6 == 2)
    contract = {7: TRIAL, 13: None, 17: BLOCKED, 19: ENDED}.get(number % 20, ACTIVE)
    plans = (1 + number % 4,) if number % 7 else (1, 4)
    return Client(FIRST_CLIENT + number, who, plans, contract, f"contato{number}@example.com")
