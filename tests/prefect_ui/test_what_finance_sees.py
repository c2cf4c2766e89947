"""The Prefect UI as a person without a terminal sees it.

CONTRAPARTIDA_UPDATE_PICTURES=1 also renews the pictures of the README.
"""

import os
from decimal import Decimal

import duckdb
from playwright.sync_api import Page, expect

from tests.architecture._tree import ROOT
from tests.prefect_ui._house import House
from tests.prefect_ui.conftest import HOSTILE, Story


def test_the_run_list_names_each_run_and_says_how_it_ended(house: House, story: Story, page: Page) -> None:
    page.goto(f"{house.url}/runs")
    runs = page.locator(".state-list-item").filter(has_text=str(story.waited.name))
    for state in ("Posted, some held back", "Crashed", "Skipped"):
        expect(runs.filter(has_text=state)).to_have_count(1)


def test_a_run_shows_its_summary_in_portuguese_down_to_the_cent(house: House, story: Story, page: Page) -> None:
    page.goto(f"{house.url}/runs")
    ended = page.locator(".state-list-item").filter(has_text="Posted, some held back")
    ended.get_by_role("link", name=str(story.waited.name)).click()
    page.get_by_text("Artifacts", exact=True).click()
    summary = page.get_by_text("pacto-to-kamino-resumo")
    expect(summary).to_be_visible()
    expect(page.get_by_text("pacto-to-kamino-retidos")).to_be_visible()
    picture(page, "run.png")
    summary.click()
    expect(page.get_by_role("heading", name="Lançado, com retidos")).to_be_visible()
    expect(page.get_by_role("heading", name="O que fazer")).to_be_visible()
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Lidos")).to_contain_text(reais(read(house, "receivable")))
    expect(rows.filter(has_text="Lidos")).to_contain_text(reais(read(house, "settlement")))
    expect(rows.filter(has_text="Diferença")).to_contain_text("0 · R$ 0,00")
    picture(page, "summary.png")


def test_what_is_held_back_stands_in_a_table_with_its_reason(house: House, story: Story, page: Page) -> None:
    page.goto(f"{house.url}/runs/flow-run/{story.waited.id}")
    page.get_by_text("Artifacts", exact=True).click()
    page.get_by_text("pacto-to-kamino-retidos").click()
    rows = page.get_by_role("row")
    expect(rows.first).to_contain_text("motivo")
    expect(rows.filter(has_text="O valor do recebimento deve ser maior que zero").first).to_contain_text("Recebimentos")


def test_what_others_wrote_is_shown_as_text_and_as_nothing_else(house: House, story: Story, page: Page) -> None:
    page.goto(f"{house.url}/runs/flow-run/{story.waited.id}")
    page.get_by_text("Artifacts", exact=True).click()
    page.get_by_text("pacto-to-kamino-retidos").click()
    expect(page.get_by_role("row").filter(has_text=HOSTILE)).to_have_count(1)
    expect(page.locator("img[src*='127.0.0.1:9/'], a[href*='127.0.0.1:9']")).to_have_count(0)


def read(house: House, kind: str) -> Decimal:
    """What was read of a kind, by the published file."""
    with duckdb.connect(str(house.world.data / "demo/pacto_to_kamino/published.duckdb"), read_only=True) as file:
        query = "select sum(amount) from last_run.bridge where outcome = 'read' and kind = $kind"
        return Decimal(file.execute(query, {"kind": kind}).fetchall()[0][0])


def reais(amount: Decimal) -> str:
    return "R$ " + f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def picture(page: Page, name: str) -> None:
    """Renews a picture of the README, when that is asked for."""
    if os.environ.get("CONTRAPARTIDA_UPDATE_PICTURES"):
        page.wait_for_timeout(1500)  # until nothing moves any more
        page.screenshot(path=ROOT / "docs" / name)
