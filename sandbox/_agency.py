"""What both sides of the invented sales agency know: the companies and contacts that deals are made with."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sandbox._people import Person, company, person, wrong
from sandbox._world import Size

MOST_COMPANIES = 2_000
COMPANY_NUMBERS, CONTACT_NUMBERS = 700_000, 600_000
ALREADY_IN_CONTA_AZUL = (1, 5)  # of every ten companies


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone who appears. The named ones appear only in deals that are strange because of them."""

    companies: list[Person]
    contacts: list[Person]
    wrong_cnpj: Person
    nameless: Person
    twice_in_conta_azul: Person
    namesake: Person
    only_a_supplier: Person

    def in_conta_azul(self) -> list[Person]:
        """The companies that Conta Azul knows from the start."""
        return [who for who in self.companies if who.number % 10 in ALREADY_IN_CONTA_AZUL]


def cast(seed: int, size: Size) -> Cast:
    """The people of a world; each side asks for them and gets the same ones."""
    draw = random.Random(f"agency {seed}")  # noqa: S311
    count = min(size.people // 3, MOST_COMPANIES)
    companies = [company(draw, COMPANY_NUMBERS + n, letters=n % 9 == 4) for n in range(count)]
    contacts = [person(draw, CONTACT_NUMBERS + n, has_tax_id=n % 5 > 0) for n in range(count)]
    extra = [company(draw, COMPANY_NUMBERS + count + n) for n in range(5)]
    return Cast(
        companies=companies,
        contacts=contacts,
        wrong_cnpj=replace(extra[0], tax_id=wrong(extra[0].tax_id or "")),
        nameless=replace(extra[1], name=""),
        twice_in_conta_azul=extra[2],
        namesake=replace(extra[3], tax_id=None),
        only_a_supplier=extra[4],
    )
