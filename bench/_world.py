"""The surroundings of a measurement: a sandbox, a Prefect server, a tenant's settings; on loopback, and temporary."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import httpx

from connections._json import dump, parse

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, and its control plane."""

    url: str

    def ask(self, path: str) -> Any:
        return parse(httpx.get(f"{self.url}/_sim/{path}", timeout=120, trust_env=False).raise_for_status().content)

    def tell(self, path: str, body: dict[str, Any]) -> Any:
        answer = httpx.post(f"{self.url}/_sim/{path}", content=dump(body), timeout=120, trust_env=False)
        return parse(answer.raise_for_status().content)

    def forget_calls(self) -> None:
        httpx.delete(f"{self.url}/_sim/calls", timeout=120, trust_env=False).raise_for_status()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.ask("clock")["clock"])

    def tenant(self, name: str = "bench") -> dict[str, str]:
        """The environment that lets a tenant work with this sandbox, its limits out of the way."""
        pacto, kamino = self.ask("credentials/pacto"), self.ask("credentials/kamino")
        settings = {
            "SANDBOX": "true",
            "PACTO__BASE_URL": f"{self.url}/pacto",
            "PACTO__API_KEY": pacto["api_key"],
            "PACTO__CALLS_PER_SECOND": "1000000",
            "KAMINO__BASE_URL": f"{self.url}/kamino",
            "KAMINO__CALLS_PER_MINUTE": "1000000",
            **{f"KAMINO__{key}".upper(): str(kamino[key]) for key in ("app", "cn", "id_usr", "usr", "hash")},
        }
        return {f"CONTRAPARTIDA__{name}__{key}".upper(): value for key, value in settings.items()}


@contextmanager
def sandbox(receipts: int, pace: float = 1_000_000.0) -> Iterator[Sandbox]:
    """A sandbox of this many receipts in a process of its own; see `bench/_served.py`."""
    port = free_port()
    command = [sys.executable, "-m", "bench._served", *map(str, (port, receipts, pace))]
    with process(command, f"http://127.0.0.1:{port}/_sim/clock"):
        yield Sandbox(f"http://127.0.0.1:{port}")


@contextmanager
def prefect_server(home: Path) -> Iterator[dict[str, str]]:
    """A Prefect server of its own; gives the environment of its clients."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/api"
    environment = {**QUIET, "PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with process(command, f"{url}/health", environment):
        yield {**environment, "PREFECT_API_URL": url}


@contextmanager
def process(command: list[str], answers_at: str, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A server that lives as long as the block; the block begins when it answers."""
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_until_it_answers(running, answers_at)
        yield
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(running: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        try:
            if httpx.get(address, timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"{' '.join(running.args[1:4] if isinstance(running.args, list) else ())} did not start")


def in_fresh_process(work: Callable[..., T], *arguments: Any) -> T:
    """What `work` returns in a process of its own, whose memory nobody used before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the process that started this one held
        peak = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
