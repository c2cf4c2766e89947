"""Deals won in Moskit become receivables and payables in Conta Azul, as the tenant's automations say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from prefect import flow
from prefect.client.schemas.objects import State

from connections._json import parse
from connections.contaazul import ContaAzul
from connections.moskit import Moskit
from destinations.contaazul import People, Titles
from expectations.moskit_to_contaazul_financeiro import SUITE
from flows._conduct import conduct, title
from flows._moskit_to_contaazul_financeiro import OPTIONAL, REQUIRED, Automation, rendered
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import contaazul as contaazul_reads
from sources import moskit as moskit_reads

ABOUT = ("document_id", "deal_id", "automation", "side", "ignored_because", "unjudged_filter", "empty_fields")
TEXTS = (*ABOUT, *REQUIRED, *OPTIONAL)
RENDERED = pa.schema([*((name, pa.string()) for name in TEXTS), ("due_days", pa.int32())])


class Settings(IntegrationSettings):
    """`[<tenant>.moskit_to_contaazul_financeiro]`.

    Deals won in the last `window_days` fire the automations, and those seen before that still wait.
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
    _read_contaazul(run, contaazul)
    for table in ("accounts", "categories"):
        run.table(table)
    check(run, SUITE)
    run.table("parties")
    run.view("titles")
    mirror(run)
    people = People(contaazul)
    plan_and_push(run, Kind("person", title="Clientes e fornecedores", on_change="ignore"), contaazul, people)
    plan_and_push(run, Kind("role", title="Papéis"), contaazul, people)
    for kind, called, side in (
        ("receivable", "Contas a receber", "contas-a-receber"),
        ("payable", "Contas a pagar", "contas-a-pagar"),
    ):
        plan_and_push(run, Kind(kind, title=called, on_change="ignore"), contaazul, Titles(contaazul, side))


def _read_moskit(run: Run, moskit: Moskit) -> None:
    settings = run.settings
    since = run.today - timedelta(days=settings.window_days + settings.overlap_days)
    run.variables(since=since)
    waiting = [row[0] for row in run.rows("waiting")][: settings.most_deals_read_again]
    extract(
        run, "moskit", [*moskit_reads.won_deals(moskit, since=since, also=waiting), *moskit_reads.structure(moskit)]
    )
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
            "products": [_product(each, products) for each in about.get("dealProducts") or []],
            "fields": _fields(about, fields),
        }


def _fields(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Custom fields by id and by name."""
    held = {
        each["id"]: next(
            (each[kind] for kind in ("textValue", "numericValue", "dateValue", "options") if kind in each), None
        )
        for each in record.get("entityCustomFields") or []
    }
    return held | {names[key]: value for key, value in held.items() if key in names}


def _product(line: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A line of what was sold, its prices in reais; one that is no whole number of cents is left empty."""
    key = str((line.get("product") or {}).get("id"))
    prices: dict[str, Any] = {name: _reais(line[name]) for name in ("price", "finalPrice") if name in line}
    return {**line, **prices, "name": names.get(key)}


def _reais(cents: Any) -> Decimal | None:
    try:
        return moskit_reads.read_cents(cents)
    except ValueError:
        return None
