"""Payments made in Kamino become paid expenses in PactoERP, and Kamino keeps the reference of each."""

from datetime import date, datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from connections.kamino import Kamino
from connections.pacto import Pacto
from destinations.kamino import PayableReferences
from destinations.pacto import Payments, Suppliers
from expectations.kamino_to_pacto import SUITE
from flows._conduct import conduct, title
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import kamino as kamino_reads
from sources import pacto as pacto_reads


class Settings(IntegrationSettings):
    """`[<tenant>.kamino_to_pacto]`.

    Payables paid in the last `window_days` are registered; due dates are read up to `ahead_days` from now, for
    what was paid before it was due.
    """

    window_days: int = 45
    overlap_days: int = 2
    ahead_days: int = 60
    most_read_again: int = 500


INTEGRATION = Integration(
    name="kamino_to_pacto", title="kamino → pacto", connections=(Kamino, Pacto), settings=Settings
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def kamino_to_pacto(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Registers Kamino's payments in Pacto for one tenant, and Pacto's references in Kamino."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    kamino, pacto = run.connection(Kamino), run.connection(Pacto)
    _read(run, kamino, pacto)
    for table in ("payables", "entries", "pacto_descriptions"):
        run.table(table)
    check(run, SUITE)
    run.table("payees")
    mirror(run)
    drift = run.settings.on_drift
    plan_and_push(run, Kind("supplier", "Fornecedores", on_change="ignore", registry=True), pacto, Suppliers(pacto))
    plan_and_push(run, Kind("payment", "Pagamentos", on_change="hold"), pacto, Payments(pacto))
    plan_and_push(run, Kind("reference", "Referências", on_drift=drift), kamino, PayableReferences(kamino))


def _read(run: Run, kamino: Kamino, pacto: Pacto) -> None:
    settings = run.settings
    last: date | None = run.rows("last_whole_run")[0][0]
    since = min(run.today - timedelta(days=settings.window_days), last or run.today)
    since -= timedelta(days=settings.overlap_days)
    run.variables(since=since, company=pacto.settings.company, paid=str(kamino.settings.status_paid))
    due = (since, run.today + timedelta(days=settings.ahead_days))
    payables = kamino_reads.payables(kamino, due=due, paid=(since, run.today))
    extract(run, "kamino", [*payables, *kamino_reads.payables_again(kamino, [])])
    if waiting := run.rows("waiting")[: settings.most_read_again]:
        extract(run, "kamino", kamino_reads.payables_again(kamino, waiting))
    extract(run, "pacto", [*pacto_reads.master_data(pacto), *pacto_reads.books(pacto)])
