"""2,000 reports with about 15,000 expenses, broken in every way that is known: the journal must balance."""

from collections import Counter
from pathlib import Path

import httpx
import pytest

from cli._rehearsal import sections
from sandbox._serve import serving
from tests._world import TENANT, World
from tests.rindegastos_to_defontana.test_report import INTEGRATION

pytestmark = pytest.mark.long

PACE = 5000.0


@pytest.mark.timeout(1800)
def test_every_postable_report_is_posted_once_balanced_and_marked(
    prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(seed=7, size="medium", pace=PACE) as url:
        monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__SANDBOX".upper(), "true")
        for section, values in sections(url, PACE).items():
            for name, value in values.items():
                monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{section}__{name}".upper(), str(value))
        world = World(url, tmp_path / "data")

        first = world.run(INTEGRATION)
        written = world.journal()
        second = world.run(INTEGRATION)

        assert (first.state, second.state) == ("Posted, some held back", "Nothing to post, some held back")
        assert len(world.journal()) == len(written)
        _judge(world, written)


def _judge(world: World, written: list[dict[str, object]]) -> None:
    """By the vendors' side alone: what was accepted, what was planted, what is marked."""
    vouchers = world.journal("defontana")
    reports = Counter(str(entry["body"]["header"]["comment"]).rpartition("#rg:")[2] for entry in vouchers)
    for entry in vouchers:
        lines = entry["body"]["detail"]
        assert sum(line["debit"] for line in lines) == sum(line["credit"] for line in lines)
    held = {key.rpartition(" ")[2] for key in world.held_back(INTEGRATION)}
    planted = httpx.get(f"{world.url}/_sim/planted", params={"system": "rindegastos"}).json()
    rows = {str(row["Id"]): row for row in world.rows("rindegastos", "reports")}
    closed = {key for key, row in rows.items() if row["Status"] == 1}
    ignored = {
        key
        for key in closed
        if rows[key]["IntegrationExternalCode"] == "COMPROBANTE-77" or not rows[key]["NbrApprovedExpenses"]
    }
    assert set(reports.values()) == {1}
    assert set(reports) == closed - held - ignored
    assert {str(each["id"]) for each in planted if each["broken"]} <= held
    marked = {key for key, row in rows.items() if str(row["IntegrationExternalCode"]).startswith("TRASPASO-")}
    assert marked == set(reports)
    unmarked = [
        row["Id"]
        for row in world.rows("rindegastos", "expenses")
        if str(row["ReportId"]) in reports and row["Status"] == 1 and not row["IntegrationExternalCode"]
    ]
    assert unmarked == []
    assert len(written) == len(world.journal())
