"""Deals won in Moskit become pending sales in Conta Azul, once each, for their company or else their contact."""

from datetime import datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from connections.contaazul import ContaAzul
from connections.moskit import Moskit
from destinations.contaazul import People, Sales, Services
from expectations.moskit_to_contaazul import SUITE
from flows._conduct import conduct, title
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import contaazul as contaazul_reads
from sources import moskit as moskit_reads


class Settings(IntegrationSettings):
    """`[<tenant>.moskit_to_contaazul]`.

    Deals won in the last `window_days` are sent, and those seen before that still wait. A sale consists of
    `service_id`, else of the service called `service_name`, which is made where it is not there.
    """

    window_days: int = 45
    overlap_days: int = 2
    most_deals_read_again: int = 500
    service_id: str | None = None
    service_name: str = "Venda Moskit"


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
    _read_contaazul(run, contaazul)
    check(run, SUITE)
    run.table("payers")
    mirror(run)
    people = People(contaazul)
    plan_and_push(run, Kind("service", title="Serviço", on_change="ignore"), contaazul, Services(contaazul))
    plan_and_push(run, Kind("person", title="Clientes", on_change="ignore"), contaazul, people)
    plan_and_push(run, Kind("role", title="Perfil de cliente"), contaazul, people)
    plan_and_push(run, Kind("sale", title="Vendas", on_change="ignore"), contaazul, Sales(contaazul))


def _read_moskit(run: Run, moskit: Moskit) -> None:
    settings = run.settings
    since = run.today - timedelta(days=settings.window_days + settings.overlap_days)
    run.variables(since=since, service_id=settings.service_id, service_name=settings.service_name)
    run.variables(tax_id_fields=list(moskit.settings.tax_id_fields or ()) or None)
    waiting = [row[0] for row in run.rows("waiting")][: settings.most_deals_read_again]
    extract(run, "moskit", moskit_reads.won_deals(moskit, since=since, also=waiting))
    run.table("deals")
    companies, contacts = run.rows("wanted_parties")[0]
    extract(run, "moskit", moskit_reads.parties(moskit, companies=companies, contacts=contacts))
    run.table("custom_values")
    run.table("parties")


def _read_contaazul(run: Run, contaazul: ContaAzul) -> None:
    first, last = run.rows("sale_window")[0]
    extract(
        run,
        "contaazul",
        [
            *contaazul_reads.people(contaazul),
            *contaazul_reads.services(contaazul, run.settings.service_name),
            *contaazul_reads.sales(contaazul, first=first, last=last),
        ],
    )
    alike = [row[0] for row in run.rows("sales_alike")]
    extract(run, "contaazul", contaazul_reads.notes_of_sales(contaazul, alike))
