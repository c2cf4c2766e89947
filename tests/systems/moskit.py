"""How stories speak of Moskit: deals, and the companies and contacts they are made with. Prices are in cents."""

from typing import Any

from sandbox._moskit_data import deal_row
from sandbox._people import punctuated
from tests._systems import Row, System

BAKERY, TAX_ID = 14310499, "11222333000181"


def company(key: int = BAKERY, **changed: Any) -> Row:
    """A company as Moskit gives it."""
    return {
        "id": key,
        "name": "Padaria Sol Ltda",
        "cnpj": punctuated(TAX_ID),
        "emails": [{"id": 7, "address": "outro@padariasol.example"}, {"id": 8, "address": "fin@padariasol.example"}],
        "primaryEmail": {"id": 8},
        "phones": [],
        "entityCustomFields": [],
        **changed,
    }


def contact(key: int = 45042755, **changed: Any) -> Row:
    """A contact as Moskit gives it."""
    return {
        "id": key,
        "name": "Ana Clara Duarte",
        "cpf": "390.533.447-05",
        "emails": [{"id": 9, "address": "ana@example.com"}],
        "primaryEmail": {"id": 9},
        "phones": [],
        "entityCustomFields": [],
        **changed,
    }


def deal(key: int, **changed: Any) -> Row:
    """A deal as Moskit gives it: won on 2026-11-20 for R$ 1.250,00 with the bakery."""
    return deal_row(key, **{"companies": [{"id": BAKERY}], **changed})


def midday(day: str) -> str:
    """Moments carry their offset."""
    return f"{day}T12:00:00.000-03:00"


SYSTEM = System(
    people_and_money=("deals", "companies", "contacts"),
    shorthand={
        "deals": ("deals", lambda row: deal(row["id"])),
        "companies_of_deals": ("companies", lambda row: company()),
        "contacts_of_deals": ("contacts", lambda row: contact()),
    },
    nouns={f"/{table}": (noun, "name") for table, noun in (("deals", "deal"), ("companies", "company"))},
    day=midday,
)
