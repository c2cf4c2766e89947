"""What Senior's flows share: titles with their rules and their apportionment (`_senior.sql`), and how they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._sql import machinery
from flows._steps import extract

Reads = Callable[[Sequence[Any]], Sequence[Any]]
"""What is to be read for these keys."""

REMOVAL = Kind("removal", "Títulos com valor antigo", on_change="ignore", counts_as="cancelled")
TITLE = Kind("title", "Títulos", on_change="ignore")


class SeniorSettings(IntegrationSettings):
    """What a tenant may say about titles: readings that the vendor leaves open.

    `currency_of`: whether a title's own currency is enough ("effective") or the branch must have one ("branch").
    `predicted_titles_exempt`: whether predicted titles may be entered outside the branch's period.
    """

    predicted_titles_exempt: bool = False
    currency_of: Literal["effective", "branch"] = "effective"


@dataclass(frozen=True)
class SeniorIntegration(Integration):
    """An integration whose SQL stands on `_senior.sql`."""

    @property
    def sql(self) -> dict[str, str]:
        return {**machinery("senior"), **super().sql}


def read_master_data(run: Run, user: str, resources: Sequence[Any]) -> None:
    """What the posting rules look at, as it is now, and who connects."""
    settings = run.settings
    run.variables(
        erp_user=user,
        predicted_titles_exempt=settings.predicted_titles_exempt,
        currency_of=settings.currency_of,
    )
    extract(run, "senior_erp", resources)


def read_titles(run: Run, titles: Reads, movements: Reads) -> None:
    """What the ERP holds of the titles at hand, their movements included; the table "titles" is there already."""
    for block, reads in (("suppliers_to_read", titles), ("titles_to_read", movements)):
        extract(run, "senior_erp", reads(run.rows(block)))
