"""One house for all tests of this folder, the story that they look at, and a browser to look with."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from prefect.client.schemas.objects import FlowRun

from tests.prefect_ui._house import PATIENCE_SECONDS, POOL, House, eventually, opened_house
from tests.systems.pacto import receipt

NOW = "2026-11-21T09:00:00-03:00"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOSTILE = (
    "![x](http://127.0.0.1:9/a.png) <img src=//127.0.0.1:9/b.png> [Kamino](http://127.0.0.1:9) http://127.0.0.1:9/c"
)
"""What somebody typed at the source in the hope that finance looks at it."""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


@dataclass(frozen=True)
class Story:
    """Three runs of one integration of one tenant at the same time, and how each ended."""

    killed: FlowRun
    waited: FlowRun
    by_hand: str


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Every integration deployed as the README says, at a server of its own; no worker yet."""
    with opened_house(tmp_path_factory.mktemp("house")) as made:
        made.prefect("work-pool", "create", POOL, "--type", "process")
        made.prefect("deploy", "--all")
        yield made


@pytest.fixture(scope="session")
def story(house: House) -> Story:
    """A worker takes a run and a second one; somebody starts a third by hand; then the first is killed."""
    house.world.plant("pacto", "movparcela", receipt(990_001, planoConta={"codigo": 99, "descricao": HOSTILE}))
    house.world.fault("kamino", "slow", route="/api/pessoa/*", seconds=PATIENCE_SECONDS)
    with house.worker():
        first = house.start("pacto_to_kamino/demo", as_of=NOW)
        eventually(lambda: house.world.calls("kamino"), "the first run reads from Kamino")
        second = house.start("pacto_to_kamino/demo", as_of=NOW)
        eventually(lambda: house.state_name(second) == "AwaitingConcurrencySlot", "the second run waits")
        by_hand = house.contrapartida("run", "pacto_to_kamino", "--tenant", "demo", "--as-of", NOW)
        held = json.loads((house.world.data / "demo/pacto_to_kamino/lock.json").read_text("utf-8"))
        os.kill(held["pid"], signal.SIGKILL)
        eventually(lambda: house.flow_run(first).end_time, "the worker tells that the first run was killed")
        eventually(lambda: house.flow_run(second).end_time, "the second run ends")
    return Story(house.flow_run(first), house.flow_run(second), by_hand["state"])


@pytest.fixture
def page() -> Iterator[Page]:
    """A window of the browser that this machine has.

    For one test only: as long as it is open an event loop runs in this thread, and flows of other tests would find it.
    """
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no browser is installed")
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        made = chromium.new_page(viewport={"width": 1400, "height": 900}, timezone_id="America/Sao_Paulo")
        made.set_default_timeout(PATIENCE_SECONDS * 1000)
        yield made
        chromium.close()
