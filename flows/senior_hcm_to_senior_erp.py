"""Payroll of Senior's HCM reaches Senior's ERP: batches and entries, effected when whole; titles and settlements."""

from datetime import datetime, timedelta
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from connections.senior_erp import SeniorErp
from connections.senior_hcm import SeniorHcm
from destinations.senior_erp import (
    Batches,
    BatchRemovals,
    Effects,
    Entries,
    Removals,
    Reversals,
    Settlements,
    Titles,
)
from expectations.senior_hcm_to_senior_erp import SUITE
from flows._conduct import conduct, title
from flows._run import Kind, Run
from flows._senior import (
    DELETED,
    REMOVAL,
    TITLE,
    SeniorIntegration,
    SeniorSettings,
    judge_titles,
    read_master_data,
)
from flows._steps import check, extract, mirror, plan_and_push
from sources import senior_erp as erp_reads
from sources import senior_hcm as hcm_reads


class Settings(SeniorSettings):
    """`[<tenant>.senior_hcm_to_senior_erp]`.

    Entries dated, and titles issued, from `window_days` ago to `ahead_days` from now are read; older months in which
    something still waits, until it ends.
    `days_ahead_checked`: whether the branch's days ahead of today hold for the integration too.
    `complement`: asked for where an entry has no standard history ("without_history"), or always.
    `official_date`: whether an entry has the day of its batch ("same"), its month, or is only not before it.
    `origin`, `batch_type`: the code of payroll in the ERP is unknown, so the one of manual entries is used.
    """

    window_days: int = 92
    ahead_days: int = 62
    days_ahead_checked: bool = True
    complement: Literal["without_history", "always"] = "without_history"
    official_date: Literal["same", "same_month", "not_before"] = "same"
    origin: str = "MAN"
    batch_type: str = "MAN"
    settlement_transaction: str = "90550"


INTEGRATION = SeniorIntegration(
    name="senior_hcm_to_senior_erp",
    title="senior hcm → senior erp",
    connections=(SeniorHcm, SeniorErp),
    settings=Settings,
)
BATCH = Kind("batch", "Lotes", on_change="ignore", refusals="daily")
ENTRY = Kind("entry", "Lançamentos", on_change="hold", refusals="daily")
EFFECT = Kind("effect", "Efetivações", on_change="ignore", counts_as="settled", refusals="daily")
EMPTY_BATCH = Kind("empty_batch", "Lotes vazios", on_change="ignore", counts_as="cancelled", refusals="daily")
SETTLEMENT = Kind("settlement", "Baixas", on_change="hold", counts_as="settled", refusals="daily")
REVERSAL = Kind("reversal", "Estornos", on_change="ignore", counts_as="cancelled", refusals="daily")


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def senior_hcm_to_senior_erp(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Posts payroll's entries, titles and settlements in the ERP for one tenant."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    hcm, erp = run.connection(SeniorHcm), run.connection(SeniorErp)
    _read_payroll(run, hcm)
    _read_erp(run, erp)
    run.table("share_lines")
    judge_titles(run)
    for table in ("entry_facts", "sound_entries", "batches", "at_hand", "withdrawn", "batch_facts"):
        run.table(table)
    check(run, SUITE)
    for table in ("shares_there", "entries_there", "dead_titles", "titles_there", "movements_there", "still_there"):
        run.table(table)
    mirror(run)
    plan_and_push(run, BATCH, erp, Batches(erp))
    plan_and_push(run, ENTRY, erp, Entries(erp))
    plan_and_push(run, EFFECT, erp, Effects(erp))
    plan_and_push(run, EMPTY_BATCH, erp, BatchRemovals(erp))
    plan_and_push(run, REMOVAL, erp, Removals(erp))
    run.table("title_turns")
    titles = Titles(erp)
    plan_and_push(run, TITLE, erp, titles)
    plan_and_push(run, REVERSAL, erp, Reversals(erp))
    plan_and_push(run, SETTLEMENT, erp, Settlements(erp))
    plan_and_push(run, DELETED, erp, titles)


def _read_payroll(run: Run, hcm: SeniorHcm) -> None:
    settings = run.settings
    run.variables(
        first_day=run.today - timedelta(days=settings.window_days),
        last_day=run.today + timedelta(days=settings.ahead_days),
        origin=settings.origin,
        batch_type=settings.batch_type,
        settlement_transaction=settings.settlement_transaction,
        days_ahead_checked=settings.days_ahead_checked,
        complement=settings.complement,
        official_date=settings.official_date,
    )
    run.table("windows")
    windows = run.database.execute("select since, until from windows order by all").fetchall()
    extract(run, "senior_hcm", [*hcm_reads.entries(hcm, windows), *hcm_reads.titles(hcm, windows)])
    for table in ("titles", "settlements", "settled_as"):
        run.table(table)


def _read_erp(run: Run, erp: SeniorErp) -> None:
    read_master_data(run, erp, erp_reads.master_data(erp))
    run.table("months")
    extract(run, "senior_erp", erp_reads.entries(erp, run.rows("months_to_read")))
    for table in (
        "lots_there",
        "lines_there",
        "entries",
        "at_source",
        "titles_posted",
        "posted_before",
        "vanished",
    ):
        run.table(table)
    extract(run, "senior_erp", erp_reads.titles(erp, run.rows("suppliers_to_read")))
    for table in ("closed_titles", "titles_to_read"):
        run.table(table)
    extract(run, "senior_erp", erp_reads.settlements(erp, run.rows("titles_to_read")))
