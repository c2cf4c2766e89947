"""Receipts of PactoERP become receivables in Kamino, are settled when received, cancelled when cancelled."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from connections._json import parse
from connections.kamino import Kamino
from connections.pacto import Pacto
from destinations.kamino import People, Receivables
from expectations.pacto_to_kamino import SUITE
from flows._conduct import conduct, title
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import kamino as kamino_reads
from sources import pacto as pacto_reads


class Settings(IntegrationSettings):
    """`[<tenant>.pacto_to_kamino]`.

    Receipts launched in the last `window_days` are kept in step, and those posted earlier until they are settled
    or cancelled. A description that a receipt lacks may be given here once for all.
    """

    window_days: int = 45
    overlap_days: int = 2
    receipts_by: Literal["period", "person"] = "period"
    most_people_read_again: int = 500
    default_classification: str | None = None
    default_cost_center: str | None = None
    default_account: str | None = None


INTEGRATION = Integration(
    name="pacto_to_kamino", title="pacto → kamino", connections=(Pacto, Kamino), settings=Settings
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def pacto_to_kamino(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Keeps Kamino's receivables in step with Pacto's receipts for one tenant."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    pacto, kamino = run.connection(Pacto), run.connection(Kamino)
    _read_pacto(run, pacto)
    _read_kamino(run, kamino)
    for table in ("kamino_receivables", "kamino_lines", "kamino_cost_centers"):
        run.table(table)
    for view in ("turns", "counterparts"):
        run.view(view)
    check(run, SUITE)
    for table in ("settled_by_hand", "payers"):
        run.table(table)
    mirror(run)
    drift = run.settings.on_drift
    plan_and_push(run, Kind("person", "Clientes", on_change="ignore", registry=True), kamino, People(kamino))
    receivables = Receivables(kamino, _received(run) if kamino.settings.settles_at_creation else None)
    plan_and_push(run, Kind("receivable", "Recebimentos", on_drift=drift), kamino, receivables)
    plan_and_push(run, Kind("reversal", "Estornos", on_drift=drift), kamino, receivables)
    plan_and_push(run, Kind("settlement", "Baixas", on_drift=drift, counts_as="settled"), kamino, receivables)
    plan_and_push(
        run, Kind("cancellation", "Cancelamentos", on_drift=drift, counts_as="cancelled"), kamino, receivables
    )
    plan_and_push(run, Kind("reference", "Referências", on_drift=drift), kamino, receivables)


def _received(run: Run) -> dict[str, Any]:
    """By our reference what settles the receipts that are received already and not in Kamino yet."""
    run.view("settlement")
    return {reference: parse(payload.encode()) for reference, payload in run.rows("received_already")}


def _read_pacto(run: Run, pacto: Pacto) -> None:
    settings = run.settings
    since = _since(run, settings.window_days, settings.overlap_days)
    by_person = settings.receipts_by == "person"
    run.variables(
        since=since,
        by_person=by_person,
        company=str(pacto.settings.company),
        default_classification=settings.default_classification,
        default_cost_center=settings.default_cost_center,
        default_account=settings.default_account,
    )
    if by_person:
        reads = [*pacto_reads.no_receipts(), *pacto_reads.receipts_of_everybody(pacto)]
    else:
        window = pacto_reads.receipts(pacto, since=since, until=run.today)
        reads = [*window, *pacto_reads.no_receipts_of_people()]
    again = [*pacto_reads.receipts_of_days(pacto, []), *pacto_reads.receipts_of_people(pacto, [])]
    extract(run, "pacto", [*reads, *again])
    run.table("receipts")
    if not by_person and (days := _waiting(run, 1)):
        extract(run, "pacto", pacto_reads.receipts_of_days(pacto, days))
        run.table("receipts")
    if people := _waiting(run, 2):
        extract(run, "pacto", pacto_reads.receipts_of_people(pacto, people))
        run.table("receipts")


def _since(run: Run, window: int, overlap: int) -> date:
    """Where the window begins: a while before today, or before the last run that came to its end, if earlier."""
    last: date | None = run.rows("last_whole_run")[0][0]
    return min(run.today - timedelta(days=window), last or run.today) - timedelta(days=overlap)


def _waiting(run: Run, column: int) -> list[Any]:
    """Days (1) or people (2) of receipts that wait and were not read, as many as one run reads again."""
    found = dict.fromkeys(row[column] for row in run.rows("waiting") if row[column] is not None)
    return list(found)[: run.settings.most_people_read_again]


def _read_kamino(run: Run, kamino: Kamino) -> None:
    settings = kamino.settings
    run.variables(
        pending=str(settings.status_pending), paid=str(settings.status_paid), cancelled=str(settings.status_cancelled)
    )
    first, last = run.rows("accrual_window")[0]
    run.variables(accrued_from=first, accrued_to=last)
    extract(
        run,
        "kamino",
        [
            *kamino_reads.people(kamino),
            *kamino_reads.master_data(kamino),
            *kamino_reads.receivables(kamino, accrued_from=first, accrued_to=last),
            *kamino_reads.receivables_again(kamino, []),
        ],
    )
    unread = [row[0] for row in run.rows("unread_receivables")][: run.settings.most_people_read_again]
    run.database.execute("create or replace table asked_by_id as select unnest($ids::text[]) as id", {"ids": unread})
    if unread:
        extract(run, "kamino", kamino_reads.receivables_again(kamino, unread))
