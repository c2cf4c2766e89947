"""What the online payments partner knows of its charges is told to oGestor's reseller panel, once.

Only this integration and Asaas' own files (`connections/asaas.py`, `sources/asaas.py`) know which partner it is. A
second one is a connection, a source and an integration of its own beside this one, as the words for the states of a
charge and the ways to list charges are each partner's: new files only, and a deployment in `prefect.yaml`. What is
written to the panel (`destinations/ogestor_panel.py`), the flow to the ERP and `contrapartida hooks` stay as they are.
"""

from datetime import datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from connections.asaas import Asaas
from connections.ogestor_panel import OGestorPanel
from destinations.ogestor_panel import InvoiceStates
from expectations.asaas_to_ogestor_panel import SUITE
from flows._conduct import conduct, title
from flows._ogestor import follow, speak
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import asaas as asaas_reads
from sources import ogestor_panel as panel_reads


class Settings(IntegrationSettings):
    """`[<tenant>.asaas_to_ogestor_panel]`.

    Charges due in the last `due_days` (or later) or paid in the last `paid_days` are read, and invoices that changed
    in the last `paid_days`; others, and whatever is not ended yet, are looked at one by one, `most_single_reads` of
    each at most in one run. A payment below the invoice's amount waits for a person, who accepts it by naming the
    charge in `discounts_accepted`. Charges whose reference is like one of `charges_of_others` (`loja-*`; an empty
    text: those without a reference) belong to other systems of the same account.
    """

    due_days: int = 400
    paid_days: int = 45
    most_single_reads: int = 500
    discounts_accepted: tuple[str, ...] = ()
    charges_of_others: tuple[str, ...] = ()


INTEGRATION = Integration(
    name="asaas_to_ogestor_panel",
    title="asaas → ogestor painel",
    connections=(Asaas, OGestorPanel),
    settings=Settings,
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def asaas_to_ogestor_panel(
    tenant: str, as_of: datetime | None = None, dry_run: bool = False, heard: list[str] | None = None
) -> State[Any]:
    """Settles, reverses and cancels the panel's invoices as their charges are paid, refunded and removed.

    With `heard`, the ids of charges that events named, only these are looked at, with their invoices.
    """
    return conduct(INTEGRATION, lambda run: _path(run, heard or []), tenant, as_of, dry_run=dry_run)


def _path(run: Run, heard: list[str]) -> None:
    asaas, panel = run.connection(Asaas), run.connection(OGestorPanel)
    speak(run)
    run.view("followed")
    _read(run, asaas, panel, heard)
    check(run, SUITE)
    mirror(run)
    drift = run.settings.on_drift
    settle = Kind("settlement", "Baixas", on_drift=drift, counts_as="settled")
    plan_and_push(run, settle, panel, InvoiceStates(panel, "baixar"))
    plan_and_push(run, Kind("dispute", "Contestações", on_drift=drift), panel, InvoiceStates(panel, "disputa"))
    plan_and_push(run, Kind("reversal", "Estornos", on_drift=drift), panel, InvoiceStates(panel, "estornar"))
    cancel = Kind("cancellation", "Cancelamentos", on_drift=drift, counts_as="cancelled")
    plan_and_push(run, cancel, panel, InvoiceStates(panel, "cancelar"))
    follow(run, "ogestor_panel_to_ogestor_erp")


def _read(run: Run, asaas: Asaas, panel: OGestorPanel, heard: list[str]) -> None:
    """Both listings, or what was heard of; then one by one what each names and the other's listing did not show."""
    settings = run.settings
    due_from = run.today - timedelta(days=settings.due_days)
    run.variables(
        due_from=due_from,
        discounts_accepted=list(settings.discounts_accepted),
        charges_of_others=list(settings.charges_of_others),
        most_single_reads=settings.most_single_reads,
    )
    only_these = 0 < len(heard) <= settings.most_single_reads and _read_heard(run, asaas, heard)
    run.variables(reads_all=not only_these)
    if not only_these:
        paid_from = run.today - timedelta(days=settings.paid_days)
        changed_since = run.as_of - timedelta(days=settings.paid_days)
        extract(run, "ogestor_panel", panel_reads.invoices(panel, changed_since=changed_since))
        extract(run, "asaas", asaas_reads.charges(asaas, due_from=due_from, paid_from=paid_from))
        run.table("unseen_charges")
        extract(run, "asaas", asaas_reads.single_charges(asaas, _first(run, "unseen_charges")))
        run.table("charges")
    run.table("units")
    run.table("unseen_invoices")
    extract(run, "ogestor_panel", panel_reads.single_invoices(panel, _first(run, "unseen_invoices")))
    for table in ("invoices", "split", "payments", "vanished"):
        run.table(table)


def _read_heard(run: Run, asaas: Asaas, heard: list[str]) -> bool:
    """Reads the charges that events named, with what else pays the same invoices; whether that is enough to go by."""
    extract(run, "ogestor_panel", panel_reads.no_invoices())
    extract(run, "asaas", [*asaas_reads.no_charges(), *asaas_reads.single_charges(asaas, sorted(set(heard)))])
    run.table("unseen_charges")
    run.table("charges")
    return not run.rows("unnamed")


def _first(run: Run, table: str) -> list[str]:
    """Whose turn it is in this run, of what is looked at one by one."""
    most = run.settings.most_single_reads
    return [row[0] for row in run.database.table(table).order("turn").limit(most).fetchall()]
