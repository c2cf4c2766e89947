"""Deals won in Moskit become pending sales in Conta Azul, once each, for their company or else their contact."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import field_validator

from connections._json import parse
from connections.contaazul import ContaAzul
from connections.moskit import Moskit
from destinations.contaazul import People, Roles, Sales, Services
from expectations.moskit_to_contaazul import SUITE
from flows._conduct import conduct, title
from flows._moskit import by_turns, reading
from flows._payment_terms import AT_ONCE, Terms, parcels, read_terms
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import contaazul as contaazul_reads
from sources import moskit as moskit_reads

PARCEL = pa.struct([("data_vencimento", pa.date32()), ("valor", pa.decimal128(18, 2))])
TERMS = pa.schema(
    [
        ("document_id", pa.string()),
        ("option", pa.string()),
        ("parcels", pa.list_(PARCEL)),
        ("unreadable", pa.string()),
    ]
)


class Settings(IntegrationSettings):
    """`[<tenant>.moskit_to_contaazul]`.

    Deals won in the last `window_days` before the first run, and ever since, are sent, and those seen before that still
    wait. With `products` a sale consists of what the deal has sold, where that explains its value; otherwise, and for
    what Conta Azul has no service or product of that name for, of `service_id`, else of the service called
    `service_name`, which is made where it is not there. `payment_terms` are "à vista", "30/60/90", "3x" or
    "3x dia 10"; `payment_terms_field` is a custom field of the deal, by id or name, that says them for a deal.
    """

    window_days: int = 45
    overlap_days: int = 2
    most_deals_read_again: int = 500
    service_id: str | None = None
    service_name: str = "Venda Moskit"
    products: bool = True
    salesperson: bool = True
    payment_terms: str = AT_ONCE
    payment_terms_field: str | None = None

    @field_validator("payment_terms")
    @classmethod
    def _terms_can_be_followed(cls, text: str) -> str:
        if read_terms(text) is None:
            raise ValueError(f"'{text}' is neither à vista, nor days like 30/60/90, nor parts like 3x or 3x dia 10")
        return text


INTEGRATION = Integration(
    name="moskit_to_contaazul", title="moskit → conta azul", connections=(Moskit, ContaAzul), settings=Settings
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def moskit_to_contaazul(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Sends Moskit's won deals to Conta Azul for one tenant."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    moskit, contaazul = run.connection(Moskit), run.connection(ContaAzul)
    _read_moskit(run, moskit)
    extract(run, "contaazul", contaazul_reads.people(contaazul))
    check(run, SUITE)
    for table in ("payers", "clients"):
        run.table(table)
    _read_contaazul(run, contaazul)
    run.view("items")
    mirror(run)
    for kind, writer in (
        (Kind("service", title="Serviço", on_change="ignore", registry=True), Services(contaazul)),
        (Kind("person", title="Clientes", on_change="ignore", registry=True), People(contaazul)),
        (Kind("role", title="Perfil de cliente", registry=True), Roles(contaazul)),
        (Kind("sale", title="Vendas", on_change="notice"), Sales(contaazul)),
    ):
        plan_and_push(run, kind, contaazul, writer)


def _read_moskit(run: Run, moskit: Moskit) -> None:
    settings = run.settings
    deals = reading(run)
    run.variables(
        service_id=settings.service_id,
        service_name=settings.service_name,
        with_products=settings.products,
        tax_id_fields=list(moskit.settings.tax_id_fields or ()) or None,
    )
    waiting, followed = ([row[0] for row in run.rows(block)] for block in ("waiting", "followed"))
    also = [*deals.named, *by_turns(run, waiting), *followed]
    extract(run, "moskit", moskit_reads.won_deals(moskit, since=deals.read_since, also=also))
    for table in ("deals", "products_of_deals"):
        run.table(table)
    companies, contacts, products, sellers = run.rows("wanted_parties")[0]
    extract(
        run,
        "moskit",
        [
            *moskit_reads.parties(moskit, companies=companies, contacts=contacts),
            *moskit_reads.products(moskit, products if settings.products else []),
            *moskit_reads.users(moskit, sellers if settings.salesperson else []),
            *moskit_reads.custom_fields(moskit, wanted=settings.payment_terms_field is not None),
        ],
    )
    for table in ("lines", "gross", "custom_values", "parties"):
        run.table(table)
    _write_down_terms(run)


def _read_contaazul(run: Run, contaazul: ContaAzul) -> None:
    first, last = run.rows("sale_window")[0]
    clients = [row[0] for row in run.database.execute("select id from clients order by id").fetchall()]
    (named,) = run.rows("sold_by_name")[0]
    sold = len(named) > 1
    (sellers,) = run.database.execute("select count(*) from raw_moskit.users").fetchone() or (0,)
    extract(
        run,
        "contaazul",
        [
            *contaazul_reads.services(contaazul, sorted(named)),
            *contaazul_reads.products(contaazul, wanted=sold),
            *contaazul_reads.sellers(contaazul, wanted=sellers > 0),
            *contaazul_reads.sales(contaazul, first=first, last=last, clients=clients),
        ],
    )
    alike = [row[0] for row in run.rows("sales_alike")]
    extract(run, "contaazul", contaazul_reads.notes_of_sales(contaazul, alike))


def _write_down_terms(run: Run) -> None:
    """The parcels of every deal to be sent, or what could not be read of its payment terms, into the table `terms`."""
    filled = pa.Table.from_pylist(list(_terms(run)), schema=TERMS)
    run.database.register("filled", filled)
    run.database.execute("create or replace table terms as from filled")
    run.database.unregister("filled")


def _terms(run: Run) -> Iterator[dict[str, Any]]:
    settings = run.settings
    fields = {key: (name, _options(parse(record.encode()))) for key, name, record in run.rows("field_names")}
    for document_id, record, amount, closed_on in run.rows("to_be_paid"):
        said = settings.payment_terms
        if settings.payment_terms_field:
            said = _said(parse(record.encode()), settings.payment_terms_field, fields) or said
        terms = read_terms(said)
        if amount is None or closed_on is None or amount <= 0:
            terms = terms and Terms(AT_ONCE)  # a posting rule holds this deal already
            made: Any = []
        else:
            made = terms and parcels(terms, amount, closed_on)
        yield {
            "document_id": document_id,
            "option": terms.option if terms else None,
            "parcels": [{"data_vencimento": each.due_on, "valor": each.amount} for each in made or []],
            "unreadable": said if terms is None or made is None else None,
        }


def _said(deal: dict[str, Any], wanted: str, fields: dict[str, tuple[str | None, dict[str, str]]]) -> str | None:
    """What a custom field of a deal says, options by their names; None where it says nothing."""
    listed = deal.get("entityCustomFields")
    for each in listed if isinstance(listed, list) else ():
        key = each.get("id") if isinstance(each, dict) else None
        name, options = fields.get(str(key), (None, {}))
        if key is None or wanted not in (key, name):
            continue
        chosen = each.get("options")
        texts = [options.get(str(one), str(one)) for one in chosen] if isinstance(chosen, list) else []
        said = each.get("textValue") or each.get("numericValue") or ", ".join(texts)
        return " ".join(str(said).split()) or None
    return None


def _options(field: dict[str, Any]) -> dict[str, str]:
    listed = field.get("options")
    known = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {str(each.get("id")): str(each.get("label") or each.get("name")) for each in known}
