"""Deals won in Moskit become receivables and payables in Conta Azul, as the tenant's automations say."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from prefect import flow
from prefect.client.schemas.objects import State

from connections._json import parse
from connections.contaazul import ContaAzul
from connections.moskit import Moskit
from destinations.contaazul import People, Roles, Titles
from expectations.moskit_to_contaazul_financeiro import SUITE
from flows._conduct import conduct, title
from flows._moskit import by_turns, reading
from flows._moskit_to_contaazul_financeiro import OPTIONAL, REQUIRED, Automation, rendered
from flows._payment_terms import Parcel, parcels, read_terms
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import contaazul as contaazul_reads
from sources import moskit as moskit_reads

ABOUT = ("document_id", "deal_id", "automation", "side", "ignored_because", "unjudged_filter", "empty_fields")
TEXTS = (*ABOUT, *REQUIRED, *OPTIONAL)
RENDERED = pa.schema([*((name, pa.string()) for name in TEXTS), ("due_days", pa.int32()), ("is_won", pa.bool_())])
PART = pa.struct([("number", pa.int32()), ("due_on", pa.date32()), ("amount", pa.decimal128(18, 2))])
PARTS = pa.schema(
    [
        ("side", pa.string()),
        ("document_id", pa.string()),
        ("parcels", pa.list_(PART)),
        ("unreadable", pa.string()),
    ]
)


class Settings(IntegrationSettings):
    """`[<tenant>.moskit_to_contaazul_financeiro]`.

    Deals won in the last `window_days` before the first run, and ever since, fire the automations, and those seen
    before that still wait.
    """

    window_days: int = 45
    overlap_days: int = 2
    most_deals_read_again: int = 500
    automations: tuple[Automation, ...] | None = None


INTEGRATION = Integration(
    name="moskit_to_contaazul_financeiro",
    title="moskit → conta azul financeiro",
    connections=(Moskit, ContaAzul),
    settings=Settings,
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def moskit_to_contaazul_financeiro(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Lets a tenant's automations create receivables and payables from won deals."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    moskit, contaazul = run.connection(Moskit), run.connection(ContaAzul)
    _read_moskit(run, moskit)
    _render(run)
    run.table("captures")
    run.table("entries")
    _part(run)
    _read_contaazul(run, contaazul)
    for table in ("accounts", "categories"):
        run.table(table)
    check(run, SUITE)
    run.table("parties")
    run.view("titles")
    mirror(run)
    for kind, writer in (
        (Kind("person", title="Clientes e fornecedores", on_change="ignore", registry=True), People(contaazul)),
        (Kind("role", title="Papéis", registry=True), Roles(contaazul)),
        (Kind("receivable", title="Contas a receber", on_change="notice"), Titles(contaazul, "contas-a-receber")),
        (Kind("payable", title="Contas a pagar", on_change="notice"), Titles(contaazul, "contas-a-pagar")),
    ):
        plan_and_push(run, kind, contaazul, writer)


def _read_moskit(run: Run, moskit: Moskit) -> None:
    deals = reading(run)
    waiting, followed = ([row[0] for row in run.rows(block)] for block in ("waiting", "followed"))
    also = [*deals.named, *by_turns(run, waiting), *followed]
    won = moskit_reads.won_deals(moskit, since=deals.read_since, also=also)
    extract(run, "moskit", [*won, *moskit_reads.structure(moskit)])
    companies, contacts, products = run.rows("wanted_parties")[0]
    reads = moskit_reads.parties(moskit, companies=companies, contacts=contacts)
    extract(run, "moskit", [*reads, *moskit_reads.products(moskit, products)])


def _read_contaazul(run: Run, contaazul: ContaAzul) -> None:
    first, last = run.rows("due_window")[0]
    extract(
        run,
        "contaazul",
        [
            *contaazul_reads.people(contaazul),
            *contaazul_reads.lookups(contaazul),
            *contaazul_reads.titles(contaazul, first=first, last=last),
        ],
    )


def _render(run: Run) -> None:
    """Fills in the templates of every automation for every deal, into the table `rendered`."""
    rows = list(rendered(run.settings.automations or (), list(_subjects(run))))
    filled = pa.Table.from_pylist(rows, schema=RENDERED)
    run.database.register("filled", filled)
    run.database.execute("create or replace table rendered as from filled")
    run.database.unregister("filled")
    run.database.execute(run.integration.sql["superseded"])


def _part(run: Run) -> None:
    """The parcels of every document, or what could not be read of its payment terms, into the table `parts`."""
    rows = [
        {"side": side, "document_id": document_id, **_parts(said, amount, accrued_on, due_on)}
        for side, document_id, said, amount, accrued_on, due_on in run.rows("to_be_parted")
    ]
    run.database.register("filled", pa.Table.from_pylist(rows, schema=PARTS))
    run.database.execute("create or replace table parts as from filled")
    run.database.unregister("filled")


def _parts(said: str | None, amount: Decimal | None, accrued_on: date | None, due_on: date | None) -> dict[str, Any]:
    """One parcel where there are no terms, or nothing to divide; a posting rule holds the latter."""
    made: list[Parcel] | None = [] if amount is None or due_on is None else [Parcel(due_on, amount)]
    if said is not None:
        terms = read_terms(said)
        if terms is None:
            made = None
        elif amount is not None and amount > 0 and accrued_on is not None:
            made = parcels(terms, amount, accrued_on)
    numbered = [{"number": n, "due_on": each.due_on, "amount": each.amount} for n, each in enumerate(made or [], 1)]
    return {"parcels": numbered, "unreadable": said if made is None else None}


def _subjects(run: Run) -> Iterator[dict[str, Any]]:
    """What templates see of each deal: the records as Moskit gave them, with names where it gives ids."""
    fields = dict(run.rows("field_names"))
    products = dict(run.rows("product_names"))
    for deal, company, contact, known in run.rows("subjects"):
        about, firm, person = ({} if each is None else parse(each.encode()) for each in (deal, company, contact))
        yield {
            "deal": {**about, **known, "price": known["amount"]},
            "company": {**firm, "fields": _fields(firm, fields)},
            "contact": {**person, "fields": _fields(person, fields)},
            "products": [_product(each, products) for each in _objects(about, "dealProducts")],
            "fields": _fields(about, fields),
        }


def _fields(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Custom fields by id and by name."""
    held = {
        str(each.get("id")): next(
            (each[kind] for kind in ("textValue", "numericValue", "dateValue", "options") if kind in each), None
        )
        for each in _objects(record, "entityCustomFields")
    }
    return held | {names[key]: value for key, value in held.items() if key in names}


def _product(line: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A line of what was sold, its prices in reais; one that is no whole number of cents is left empty."""
    product = line.get("product")
    key = str(product.get("id") if isinstance(product, dict) else None)
    prices: dict[str, Any] = {name: _reais(line[name]) for name in ("price", "finalPrice") if name in line}
    return {**line, **prices, "name": names.get(key)}


def _reais(cents: Any) -> Decimal | None:
    try:
        return moskit_reads.read_cents(cents)
    except (ValueError, TypeError, ArithmeticError):
        return None


def _objects(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects as a record holds it; what is no such thing is not among them."""
    listed = record.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
