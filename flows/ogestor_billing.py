"""Active contracts of oGestor's reseller panel are invoiced, once for each reference month."""

from datetime import datetime
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State
from pydantic import Field

from connections.ogestor_panel import OGestorPanel
from destinations.ogestor_panel import Invoices
from expectations.ogestor_billing import SUITE
from flows._conduct import conduct, title
from flows._ogestor import follow, speak
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import ogestor_panel as panel_reads


class Settings(IntegrationSettings):
    """`[<tenant>.ogestor_billing]`.

    The reference month is that of the run (`--as-of` names another, by any of its days); invoices are issued on that
    day, and due on `due_day`, never before `least_days_to_pay` have passed since then, and since the panel's newest
    invoice was made: one of an old month is not overdue when it is made. Several clients with one tax id wait for a
    person, or are billed each, as `same_tax_id` says.
    """

    due_day: int = Field(10, ge=1, le=28)
    least_days_to_pay: int = Field(5, ge=0)
    description: str = "Mensalidade {month}/{year}: {plans}"
    longest_processing_minutes: int = 10
    same_tax_id: Literal["hold", "bill"] = "hold"


INTEGRATION = Integration(
    name="ogestor_billing", title="ogestor faturamento", connections=(OGestorPanel,), settings=Settings
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def ogestor_billing(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Creates the invoices of a reference month in the panel, and follows them until they wait for their payment."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    panel, settings = run.connection(OGestorPanel), run.settings
    run.variables(
        as_of=run.as_of,
        due_day=settings.due_day,
        least_days_to_pay=settings.least_days_to_pay,
        description=settings.description,
        longest_processing_minutes=settings.longest_processing_minutes,
        same_tax_id=settings.same_tax_id,
    )
    speak(run)
    invoices = panel_reads.invoices(panel, changed_since=None)
    extract(run, "ogestor_panel", [*panel_reads.clients(panel), *panel_reads.contracts(panel), *invoices])
    for table in ("priced_plans", "contracts", "asked", "issued", "dues"):
        run.table(table)
    check(run, SUITE)
    mirror(run)
    writer = Invoices(panel)
    plan_and_push(run, Kind("invoice", "Faturas", on_change="ignore"), panel, writer)
    plan_and_push(run, Kind("registration", "Registros da cobrança"), panel, writer)
    follow(run, "ogestor_panel_to_ogestor_erp")
