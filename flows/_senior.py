"""What Senior's flows share: titles with their rules and their apportionment (`_senior.sql`), and how they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connections.senior_erp import SeniorErp
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._sql import machinery
from flows._steps import extract

# What the ERP refused is tried once more on another day: its reason mostly lies in the ERP's own registers.
REMOVAL = Kind("removal", "Títulos com valores antigos", on_change="ignore", counts_as="cancelled", refusals="daily")
TITLE = Kind("title", "Títulos", on_change="hold", refusals="daily")
DELETED = Kind("deleted", "Excluídos na folha", on_change="ignore")


class SeniorSettings(IntegrationSettings):
    """What a tenant may say about titles: readings that the vendor leaves open.

    `currency_of`: whether a title's own currency is enough ("effective") or the branch must have one ("branch").
    `predicted_titles_exempt`: whether predicted titles may be entered outside the branch's period.
    `on_drift` "overwrite": a title that was changed in the ERP and not paid is deleted and entered anew.
    """

    predicted_titles_exempt: bool = False
    currency_of: Literal["effective", "branch"] = "effective"


@dataclass(frozen=True)
class SeniorIntegration(Integration):
    """An integration whose SQL stands on `_senior.sql`."""

    @property
    def sql(self) -> dict[str, str]:
        return {**machinery("senior"), **super().sql}


def read_master_data(run: Run, erp: SeniorErp, resources: Sequence[Any]) -> None:
    """What the posting rules look at, as it is now, and who connects."""
    settings = run.settings
    run.variables(
        erp_user=erp.settings.user,
        predicted_titles_exempt=settings.predicted_titles_exempt,
        currency_of=settings.currency_of,
        on_drift=settings.on_drift,
        reversed_status=erp.settings.reversed_status,
        effected_status=erp.settings.effected_status,
    )
    extract(run, "senior_erp", resources)
    for table in ("chart", "branches", "terms", "erp_user"):
        run.table(table)


def judge_titles(run: Run) -> None:
    """Apportionments and facts of the titles at hand (tables "titles", "share_lines")."""
    for table in ("shares", "shares_in_words", "title_facts", "sound_titles"):
        run.table(table)
