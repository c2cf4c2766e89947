"""A house of its own: a copy of the project in a folder whose name has spaces, a Prefect server, a worker, vendors."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State

from cli._server import free_port, starting, without_prefect
from sandbox._serve import serving
from tests._world import World, environment
from tests.architecture._tree import PACKAGES, ROOT

TENANT = "demo"
POOL = "contrapartida"
HOOK_TOKEN = "the-token-of-the-webhook"
LONGEST_GOODBYE_SECONDS = 15
PATIENCE_SECONDS = 240
"""Nothing here takes a quarter of this; a crowded machine may."""
SERVER = {
    # As the README advises for production; the default forgets at a restart which runs hold which places.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # So that a test need not wait half a minute for what happens anyway.
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "1",
    "PREFECT_WORKER_QUERY_SECONDS": "1",
}


@dataclass(frozen=True)
class House:
    """Everything that a deployment needs, and nothing that is shared with another test."""

    folder: Path
    home: Path
    url: str
    world: World
    api: SyncPrefectClient
    environment: dict[str, str]

    def prefect(self, *words: str) -> str:
        """What a command of Prefect's command line prints, given in the project's folder."""
        return self._run("-m", "prefect", "--no-prompt", *words)

    def contrapartida(self, *words: str) -> Any:
        """The JSON that our own command line prints last."""
        return json.loads(self._run("-m", "cli", *words, "--json").splitlines()[-1])

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A process worker of the pool, at work."""
        with self._at_work("worker.log", "-m", "prefect", "worker", "start", "--pool", POOL):
            yield

    @contextmanager
    def hooks(self) -> Iterator[str]:
        """The address where `contrapartida hooks` hears webhooks."""
        port = free_port(0)
        with self._at_work("hooks.log", "-m", "cli", "hooks", "--port", str(port)):
            address = f"http://127.0.0.1:{port}/hooks"
            eventually(lambda: _answers(address), "somebody hears webhooks")
            yield address

    def start(self, deployment: str, **parameters: Any) -> UUID:
        """Asks for a run of a deployment, as a person does with "Quick run"."""
        found = self.api.read_deployment_by_name(deployment)
        return self.api.create_flow_run_from_deployment(found.id, parameters=parameters).id

    def flow_run(self, key: UUID) -> FlowRun:
        return self.api.read_flow_run(key)

    def state_name(self, key: UUID) -> str | None:
        return self.api.read_flow_run(key).state_name

    def propose(self, key: UUID, state: "State[Any]") -> str | None:
        """Asks the server for a state, as a worker does; the name of the state that it grants."""
        self.api.set_flow_run_state(key, state)
        return self.state_name(key)

    def let_leases_run_out(self) -> None:
        """Ten minutes pass for the places that runs hold, without anyone renewing them."""
        folder = self.home / "concurrency_leases"
        then = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()
        for note in folder.glob("*.json"):
            held = json.loads(note.read_text("utf-8"))
            aged = dict.fromkeys(held, then) if note.stem == "expirations" else {**held, "expiration": then}
            note.write_text(json.dumps(aged), "utf-8")

    @contextmanager
    def _at_work(self, log: str, *words: str) -> Iterator[None]:
        with (self.home / log).open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=self.folder, env=self.environment, stdout=said, stderr=said
            )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(LONGEST_GOODBYE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()  # a worker hands SIGTERM to itself as SIGINT, which it may have been started to ignore
                process.wait(LONGEST_GOODBYE_SECONDS)

    def _run(self, *words: str) -> str:
        told = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout


@contextmanager
def opened_house(base: Path) -> Iterator[House]:
    """A house in `base`, with the demo's vendors; nothing is deployed yet."""
    folder, home = base / "a folder with spaces", base / "prefect"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "prefect.yaml", folder)
    clean = {name: value for name, value in without_prefect().items() if not name.startswith("CONTRAPARTIDA")}
    with (
        serving(seed=7, size="small", pace=600) as vendors,
        starting(home, free_port(0), {**clean, **SERVER}, ui=True) as server,
    ):
        world = World(vendors, folder / "data")
        ours = {
            **clean,
            **SERVER,
            **environment(vendors, world.data, tenant=TENANT),
            "CONTRAPARTIDA__DEMO__KAMINO__TIMEOUT_SECONDS": str(PATIENCE_SECONDS),
            "CONTRAPARTIDA__DEMO__ASAAS__HOOK_TOKEN": HOOK_TOKEN,
            "PREFECT_HOME": str(home),
            "PREFECT_API_URL": server.api,
            "DO_NOT_TRACK": "1",
            "COLUMNS": "200",
        }
        server.wait()
        with SyncPrefectClient(api=server.api) as api:
            yield House(folder, home, server.address, world, api, ours)


def _answers(address: str) -> bool:
    try:
        return httpx.post(address, trust_env=False).status_code > 0
    except httpx.TransportError:
        return False


def eventually(holds: Callable[[], Any], what: str) -> Any:
    """What `holds` returns, as soon as that is something; fails, saying `what` never came."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := holds()):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.1)
    return found
