"""Invented Brazilians: names, CPF, CNPJ with and without letters, drawn fast from pools."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

CPF_WEIGHTS = (range(10, 1, -1), range(11, 1, -1))
CNPJ_WEIGHTS = ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
CNPJ_LETTERS = "0123456789ABCDEFGHJKLMNPRSTVWXYZ"
TRADES = (
    "Companhia de Luz {}",
    "Águas {} Saneamento",
    "{} Imóveis e Administração",
    "{} Equipamentos Esportivos",
    "Limpeza {} Serviços",
    "{} Contabilidade",
    "Gráfica {}",
    "{} Tecnologia",
    "Seguradora {}",
    "Suplementos {} Distribuidora",
)
FIRST_BIRTH = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """A person or a company; `tax_id` is bare (no punctuation) and None for who has none."""

    number: int
    name: str
    tax_id: str | None
    company: bool
    female: bool
    email: str
    phone: str
    born: date


def _check_digit(body: str, weights: Sequence[int]) -> str:
    # Letters count as their ASCII code minus 48: that is what the alphanumeric CNPJ prescribes.
    rest = sum((ord(sign) - 48) * weight for sign, weight in zip(body, weights, strict=True)) % 11
    return "0" if rest < 2 else str(11 - rest)


def cpf(number: int) -> str:
    """The valid CPF whose first nine digits are this number."""
    body = f"{number:09d}"
    for weights in CPF_WEIGHTS:
        body += _check_digit(body, weights)
    return body


def cnpj(root: str) -> str:
    """The valid CNPJ of the head office of this eight-character root."""
    body = root + "0001"
    for weights in CNPJ_WEIGHTS:
        body += _check_digit(body, weights)
    return body


def wrong(tax_id: str) -> str:
    """The same tax id with a wrong last digit."""
    return tax_id[:-1] + str((int(tax_id[-1]) + 1) % 10)


def punctuated(tax_id: str) -> str:
    """A tax id the way people write it."""
    if len(tax_id) == 11:
        return f"{tax_id[:3]}.{tax_id[3:6]}.{tax_id[6:9]}-{tax_id[9:]}"
    return f"{tax_id[:2]}.{tax_id[2:5]}.{tax_id[5:8]}/{tax_id[8:12]}-{tax_id[12:]}"


def bare(tax_id: object) -> str:
    """A tax id without punctuation; empty for what is none."""
    return "".join(sign for sign in tax_id.upper() if sign.isalnum()) if isinstance(tax_id, str) else ""


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    from faker.providers.person.pt_BR import Provider

    return tuple(Provider.first_names_female), tuple(Provider.first_names_male), tuple(Provider.last_names)


def _root(draw: random.Random, letters: bool) -> str:
    if letters:
        return "".join(draw.choice(CNPJ_LETTERS) for _ in range(7)) + draw.choice("ABCDEFGH")
    return f"{draw.randrange(10**7, 10**8)}"


def person(draw: random.Random, number: int, *, has_tax_id: bool = True) -> Person:
    """One invented person; the number makes the CPF unique."""
    women, men, families = _names()
    female = draw.random() < 0.55
    first = draw.choice(women if female else men)
    name = f"{first} {draw.choice(families)} {draw.choice(families)}"
    return Person(
        number=number,
        name=name,
        tax_id=cpf(100_000_000 + number * 7919 % 800_000_000) if has_tax_id else None,
        company=False,
        female=female,
        email=f"cliente{number}@example.com",
        phone=f"{draw.choice((11, 21, 31, 62, 85))}9{draw.randrange(10**7, 10**8)}",
        born=FIRST_BIRTH + timedelta(days=draw.randrange(20_000)),
    )


def company(draw: random.Random, number: int, *, letters: bool = False, has_tax_id: bool = True) -> Person:
    """One invented company; `letters` gives it a CNPJ of the kind issued since July 2026."""
    families = _names()[2]
    trade = TRADES[number % len(TRADES)].format(f"{draw.choice(families)} {draw.choice(families)}")
    return Person(
        number=number,
        name=f"{trade} Ltda",
        tax_id=cnpj(_root(draw, letters)) if has_tax_id else None,
        company=True,
        female=False,
        email=f"financeiro{number}@example.com",
        phone=f"{draw.choice((11, 21, 31, 62, 85))}3{draw.randrange(10**6, 10**7)}",
        born=FIRST_BIRTH + timedelta(days=draw.randrange(20_000)),
    )
