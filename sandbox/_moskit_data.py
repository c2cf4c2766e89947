"""The data that Moskit holds at the start: a funnel, companies and contacts, deals won, lost and open (some broken)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sandbox import _agency as agency
from sandbox._call import Planted
from sandbox._numbers import Number
from sandbox._people import Person, punctuated
from sandbox._table import Row, Table
from sandbox._world import START, Size

FIRST_DEAL, FIRST_COMPANY, FIRST_CONTACT = 48_290_001, 14_310_001, 45_042_001
USER = 154_348
MOST_DEALS = 20_000
PIPELINES = {52_050: "Vendas", 52_051: "Parcerias"}
STAGES = {
    109_017: ("Qualificação", 52_050),
    109_018: ("Proposta", 52_050),
    109_019: ("Fechamento", 52_050),
    109_117: ("Conversa", 52_051),
    109_119: ("Contrato", 52_051),
}
LAST_STAGES = (109_019, 109_019, 109_119)
PRODUCTS = {513_472: "Implantação", 513_473: "Consultoria", 513_474: "Treinamento"}
CNPJ_FIELD, TERM_FIELD, ORIGIN_FIELD = "CF_Lo1qjyidSaYRODer", "CF_POEMywieC5JWdDdk", "CF_Pj3qYeidir3ArqQe"
CUSTOM_FIELDS = (
    {"id": CNPJ_FIELD, "name": "CNPJ", "type": "NUMBER", "module": "COMPANY"},
    {"id": TERM_FIELD, "name": "Condição", "type": "TEXT", "module": "DEAL"},
    {
        "id": ORIGIN_FIELD,
        "name": "Canal",
        "type": "SINGLE_OPTION",
        "module": "DEAL",
        "options": [{"id": 165_206, "label": "Indicação"}, {"id": 165_207, "label": "Site"}],
    },
)


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Moskit's tables at the start, and what in them is strange on purpose."""
    cast = agency.cast(seed, size)
    draw = random.Random(f"moskit {seed}")  # noqa: S311
    names = ("deals", "companies", "contacts", "pipelines", "stages", "customFields", "products", "users")
    made = {name: Table("id") for name in names}
    made["pipelines"].load({"id": key, "name": name} for key, name in PIPELINES.items())
    made["stages"].load({"id": key, "name": name, "pipeline": {"id": of}} for key, (name, of) in STAGES.items())
    made["customFields"].load(dict(field) for field in CUSTOM_FIELDS)
    made["products"].load({"id": key, "name": name, "sku": f"P-{key}"} for key, name in PRODUCTS.items())
    made["users"].load([{"id": USER, "name": "Vendas"}])
    made["webhook"] = Table("id")
    made["companies"].load(company_row(FIRST_COMPANY + n, who) for n, who in enumerate(cast.companies))
    made["contacts"].load(contact_row(FIRST_CONTACT + n, who) for n, who in enumerate(cast.contacts))
    odd, planted = _odd(cast, made)
    made["deals"].load(odd)
    made["deals"].load(_deals(draw, min(size.receipts // 3, MOST_DEALS), len(cast.companies), FIRST_DEAL + 100))
    return made, planted


def company_row(key: int, who: Person) -> Row:
    """A company as Moskit gives it. Every other one keeps its CNPJ in a numeric field too, which drops zeros."""
    fields: list[Row] = []
    if who.tax_id and who.tax_id.isdigit() and key % 2:
        fields.append({"id": CNPJ_FIELD, "numericValue": int(who.tax_id)})
    return {
        **_registered(key, who),
        "cnpj": punctuated(who.tax_id) if who.tax_id else None,
        "domain": None,
        "employees": [{"contact": {"id": FIRST_CONTACT + key - FIRST_COMPANY}}],
        "entityCustomFields": fields,
    }


def contact_row(key: int, who: Person) -> Row:
    """A contact as Moskit gives it."""
    return {**_registered(key, who), "cpf": who.tax_id, "employers": [], "entityCustomFields": []}


def deal_row(key: int, **changed: Any) -> Row:
    """A deal as Moskit gives it: won on 2026-11-20 for R$ 1.250,00, in cents."""
    return {
        "id": key,
        "name": f"Implantação {key}",
        "status": "WON",
        "price": 125_000,
        "dateCreated": "2026-10-20T13:30:17.000-03:00",
        "previsionCloseDate": None,
        "closeDate": "2026-11-20T10:05:00.000-03:00",
        "createdBy": {"id": USER},
        "responsible": {"id": USER},
        "stage": {"id": 109_019},
        "lostReason": None,
        "companies": [],
        "contacts": [],
        "activities": [],
        "dealProducts": [],
        "entityCustomFields": [],
        "origin": "MOSKIT_API_V2",
        "source": "Site",
        **changed,
    }


def _registered(key: int, who: Person) -> Row:
    return {
        "id": key,
        "name": who.name,
        "notes": None,
        "emails": [{"id": key * 10, "address": f"outro.{who.email}"}, {"id": key * 10 + 1, "address": who.email}],
        "primaryEmail": {"id": key * 10 + 1},
        "phones": [{"id": key * 10, "number": who.phone, "type": {"id": 1}}],
        "primaryPhone": {"id": key * 10},
        "deals": [],
        "activities": [],
        "createdBy": {"id": USER},
        "responsible": {"id": USER},
        "dateCreated": "2026-06-01T09:00:00.000-03:00",
        "origin": "MOSKIT_WEB",
        "source": None,
        "picture": None,
    }


def _deals(draw: random.Random, count: int, people: int, first: int) -> Iterator[Row]:
    for n in range(count):
        cents = draw.randrange(5_000, 9_000_000)
        product, quantity = draw.choice(list(PRODUCTS)), draw.choice((1, 1, 2))
        who = draw.randrange(people)
        status = "WON" if n % 10 < 7 else ("OPEN", "LOST", "WON")[n % 3]
        yield deal_row(
            first + n,
            name=f"{PRODUCTS[product]} {first + n}",
            status=status,
            # What somebody forgot to fill in: no value, or nobody to bill.
            price=None if n % 23 == 5 else cents * quantity,
            closeDate=None if status == "OPEN" else closed_at(draw),
            stage={"id": draw.choice(LAST_STAGES)},
            companies=[{"id": FIRST_COMPANY + who}] if n % 4 and n % 29 else [],
            contacts=[{"id": FIRST_CONTACT + who}] if n % 29 else [],
            dealProducts=[
                {
                    "id": first + n,
                    "product": {"id": product},
                    "quantity": quantity,
                    "price": cents,
                    "finalPrice": cents * quantity,
                }
            ],
            entityCustomFields=[{"id": TERM_FIELD, "textValue": "Pagamento em 30 dias"}],
        )


def closed_at(draw: random.Random) -> str:
    """A moment in the last forty days, as Moskit writes it: with an offset, or in UTC."""
    moment = START - timedelta(minutes=draw.randrange(60, 40 * 24 * 60))
    if draw.random() < 0.3:
        return datetime.fromtimestamp(moment.timestamp(), tz=moment.tzinfo).isoformat(timespec="milliseconds")
    utc = moment - (moment.utcoffset() or timedelta())
    return utc.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _odd(cast: agency.Cast, made: dict[str, Table]) -> tuple[list[Row], list[Planted]]:
    """Deals that a posting rule must hold back, or that are deliberately not sent."""
    people = (cast.wrong_cnpj, cast.nameless, cast.twice_in_conta_azul, cast.namesake, cast.only_a_supplier)
    first = FIRST_COMPANY + len(cast.companies)
    keys = {who.number: first + n for n, who in enumerate(people)}
    made["companies"].load(company_row(keys[who.number], who) for who in people)

    def of(who: Person) -> Row:
        return {"companies": [{"id": keys[who.number]}]}

    fine = {"companies": [{"id": FIRST_COMPANY}]}
    odd: tuple[tuple[str, bool, Row], ...] = (
        ("is won without a value", False, {"price": None, **fine}),
        ("is won for nothing", False, {"price": 0, **fine}),
        ("is won with nobody", False, {}),
        ("has a price that is no number of cents", True, {"price": Number("1250.55"), **fine}),
        ("has a price written as text", True, {"price": "R$ 1.250,00", **fine}),
        ("has a negative price", True, {"price": -125_000, **fine}),
        ("is won without a closing date", True, {"closeDate": None, **fine}),
        ("was closed on a day that does not exist", True, {"closeDate": "2026-02-30T10:00:00.000-03:00", **fine}),
        ("belongs to a company that was deleted", True, {"companies": [{"id": 99_999_999}]}),
        ("belongs to a company with a wrong CNPJ", True, of(cast.wrong_cnpj)),
        ("belongs to a company without a name", True, of(cast.nameless)),
        ("belongs to a company that Conta Azul has twice", True, of(cast.twice_in_conta_azul)),
        ("belongs to a company without CNPJ whose name Conta Azul has twice", True, of(cast.namesake)),
        ("belongs to a company that Conta Azul knows as a supplier only", False, of(cast.only_a_supplier)),
    )
    rows = [deal_row(FIRST_DEAL + n, **changed) for n, (_, _, changed) in enumerate(odd)]
    return rows, [Planted("deals", FIRST_DEAL + n, what, broken) for n, (what, broken, _) in enumerate(odd)]
