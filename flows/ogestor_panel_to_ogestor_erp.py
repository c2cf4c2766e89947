"""Clients and invoices of oGestor's reseller panel appear in its ERP, and are settled there as they are paid."""

from datetime import datetime, timedelta
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from connections.ogestor_erp import OGestorErp
from connections.ogestor_panel import OGestorPanel
from destinations.ogestor_erp import BankSlips, Clients, Receivables, States
from expectations.ogestor_panel_to_ogestor_erp import SUITE
from flows._conduct import conduct, title
from flows._ogestor import speak
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import ogestor_erp as erp_reads
from sources import ogestor_panel as panel_reads


class Settings(IntegrationSettings):
    """`[<tenant>.ogestor_panel_to_ogestor_erp]`.

    What changed in the last `window_days` is read, or since the last good run where that is longer ago; what was not
    ended by then is looked at one by one, or with everything else where it is more than `most_single_reads`.
    `refunded_becomes` is what a receivable is after its money went back: open again, or cancelled.
    """

    window_days: int = 45
    overlap_days: int = 2
    most_single_reads: int = 100
    refunded_becomes: Literal["Aberto", "Cancelado"] = "Aberto"


INTEGRATION = Integration(
    name="ogestor_panel_to_ogestor_erp",
    title="ogestor painel → ogestor erp",
    connections=(OGestorPanel, OGestorErp),
    settings=Settings,
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def ogestor_panel_to_ogestor_erp(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Keeps the ERP's clients, receivables and bank slips in step with the panel's for one tenant."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    panel, erp = run.connection(OGestorPanel), run.connection(OGestorErp)
    speak(run)
    since = _read_panel(run, panel)
    check(run, SUITE)
    _read_erp(run, erp, since)
    run.view("titles")
    mirror(run)
    drift = run.settings.on_drift
    plan_and_push(run, Kind("customer", "Clientes", on_drift=drift), erp, Clients(erp))
    plan_and_push(run, Kind("receivable", "Títulos a receber", on_drift=drift), erp, Receivables(erp))
    plan_and_push(run, Kind("bank_slip", "Boletos", on_drift=drift), erp, BankSlips(erp))
    settle = Kind("settlement", "Baixas", on_drift=drift, counts_as="settled")
    plan_and_push(run, settle, erp, States(erp, "receber"))
    plan_and_push(run, Kind("reversal", "Estornos", on_drift=drift), erp, States(erp, "estornar"))
    cancel = Kind("cancellation", "Cancelamentos", on_drift=drift, counts_as="cancelled")
    plan_and_push(run, cancel, erp, States(erp, "cancelar"))
    plan_and_push(run, Kind("dispute", "Contestações"), erp, States(erp, "receber"))


def _read_panel(run: Run, panel: OGestorPanel) -> datetime:
    """Clients, invoices that changed, and one by one those that were not ended; since when changes were read.

    Where too many were not ended to ask for each, the listing is read whole.
    """
    settings = run.settings
    window = run.as_of - timedelta(days=settings.window_days)
    last = run.rows("last_good_run")[0][0]
    since: datetime = min(window, last or window) - timedelta(days=settings.overlap_days)
    run.variables(account=run.connection(OGestorErp).settings.account, refunded_becomes=settings.refunded_becomes)
    extract(run, "ogestor_panel", [*panel_reads.clients(panel), *panel_reads.invoices(panel, changed_since=since)])
    unseen = [row[0] for row in run.rows("unseen_invoices")]
    if len(unseen) > settings.most_single_reads:
        extract(run, "ogestor_panel", panel_reads.invoices(panel, changed_since=None))
        unseen = []
    extract(run, "ogestor_panel", panel_reads.single_invoices(panel, unseen))
    for table in ("clients", "invoices", "vanished"):
        run.table(table)
    return since


def _read_erp(run: Run, erp: OGestorErp, since: datetime) -> None:
    """What the ERP holds, as far back as what is to be posted may stand there."""
    oldest = run.rows("read_from")[0][0]
    since = min(since, (oldest or since) - timedelta(days=run.settings.overlap_days))
    run.variables(erp_since=since)
    extract(run, "ogestor_erp", [*erp_reads.master_data(erp), *erp_reads.receivables(erp, changed_since=since)])
