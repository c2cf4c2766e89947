"""Settlements made in Senior's ERP come back to payroll in Senior's HCM: each once, partial ones and reversals too."""

from datetime import datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from connections.senior_erp import SeniorErp
from connections.senior_hcm import SeniorHcm
from destinations.senior_hcm import Reversals, Settlements
from expectations.senior_erp_to_senior_hcm import SUITE
from flows._conduct import conduct, title
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import senior_erp as erp_reads
from sources import senior_hcm as hcm_reads


class Settings(IntegrationSettings):
    """`[<tenant>.senior_erp_to_senior_hcm]`. Titles issued in the last `window_days` are followed, and every title of
    which payroll was told a settlement.
    """

    window_days: int = 400


INTEGRATION = Integration(
    name="senior_erp_to_senior_hcm",
    title="senior erp → senior hcm",
    connections=(SeniorErp, SeniorHcm),
    settings=Settings,
)


SETTLEMENT = Kind("settlement", "Baixas", on_change="hold", counts_as="settled", refusals="daily")
REVERSAL = Kind("reversal", "Estornos", on_change="ignore", counts_as="cancelled", refusals="daily")


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def senior_erp_to_senior_hcm(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Tells payroll what the ERP settled for one tenant."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    erp, hcm = run.connection(SeniorErp), run.connection(SeniorHcm)
    since = run.today - timedelta(days=run.settings.window_days)
    run.variables(reversed_status=erp.settings.reversed_status)
    reads = [
        *hcm_reads.titles(hcm, [(since, run.today + timedelta(days=62))]),
        *hcm_reads.invoices(hcm),
        *hcm_reads.told_settlements(hcm),
    ]
    extract(run, "senior_hcm", reads)
    run.table("titles")
    extract(run, "senior_erp", erp_reads.settlements(erp, run.rows("titles_to_read")))
    for table in ("untold", "told", "replaced", "movements", "decided_by_payroll"):
        run.table(table)
    check(run, SUITE)
    mirror(run)
    plan_and_push(run, SETTLEMENT, hcm, Settlements(hcm))
    plan_and_push(run, REVERSAL, hcm, Reversals(hcm))
