"""Invoices that are paid before payroll discounts them: the title in the ERP, the employees' shares in payroll."""

from datetime import datetime
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from connections.senior_erp import SeniorErp
from connections.senior_hcm import SeniorHcm
from destinations.senior_erp import Removals, Titles
from destinations.senior_hcm import Movements
from expectations.senior_hcm_invoices_to_senior_erp import SUITE
from flows._conduct import conduct, title
from flows._report import show_artifact
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

MOST_ROWS = 200


class Settings(SeniorSettings):
    """`[<tenant>.senior_hcm_invoices_to_senior_erp]`. Every invoice that payroll shows is kept in step."""


INTEGRATION = SeniorIntegration(
    name="senior_hcm_invoices_to_senior_erp",
    title="senior hcm, faturas → senior erp",
    connections=(SeniorHcm, SeniorErp),
    settings=Settings,
)
MOVEMENT = Kind("movement", "Movimentos da folha", on_change="hold", refusals="daily")


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def senior_hcm_invoices_to_senior_erp(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Enters launched invoices as titles at once, their shares in payroll, and reconciles what payroll discounted."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    hcm, erp = run.connection(SeniorHcm), run.connection(SeniorErp)
    extract(run, "senior_hcm", hcm_reads.invoices(hcm))
    for table in (
        "invoices",
        "employees",
        "titles",
        "at_source",
        "windows",
        "titles_posted",
        "posted_before",
        "vanished",
        "at_hand",
        "withdrawn",
    ):
        run.table(table)
    read_master_data(run, erp, erp_reads.master_data(erp))
    extract(run, "senior_erp", erp_reads.titles(erp, run.rows("suppliers_to_read")))
    run.table("closed_titles")
    extract(run, "senior_erp", erp_reads.settlements(erp, run.rows("titles_to_read")))
    run.table("share_lines")
    judge_titles(run)
    check(run, SUITE)
    for table in ("dead_titles", "titles_there", "still_there"):
        run.table(table)
    mirror(run)
    titles = Titles(erp)
    plan_and_push(run, REMOVAL, erp, Removals(erp))
    run.table("title_turns")
    plan_and_push(run, TITLE, erp, titles)
    plan_and_push(run, MOVEMENT, hcm, Movements(hcm))
    plan_and_push(run, DELETED, erp, titles)
    reconcile(run)


@task(task_run_name="reconcile", cache_policy=NO_CACHE)
def reconcile(run: Run) -> None:
    """What was launched against what payroll discounted, per employee and per invoice, for finance to read."""
    for table in ("instalments", "discounts"):
        run.table(table)
    for table in ("conciliacao_faturas", "totais_faturas"):
        run.table(table)
        cursor = run.database.execute(f"select * from {table}")  # noqa: S608 - a name of ours
        names = [column[0] for column in cursor.description or []]
        rows = [
            {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchmany(MOST_ROWS)
        ]
        if rows:
            key = f"senior-{table.replace('_', '-')}"
            show_artifact(create_table_artifact, rows, key=key, description=f"{run.tenant}: last_run.{table}")
