"""A Prefect server for as long as it is needed, and never longer."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli._mistake import Mistake

HOST = "127.0.0.1"
START_SECONDS = 180
"""A slow disk needs a minute for the first start, when the server makes its database."""
PORTS_TRIED = 100
LAST_WORDS_SECONDS = 10


@dataclass(frozen=True)
class Server:
    """Started, not yet ready."""

    port: int
    log: Path
    process: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def api(self) -> str:
        return f"{self.address}/api"

    def wait(self) -> None:
        """Returns when the server answers; a Mistake says why it does not."""
        import httpx

        deadline = time.monotonic() + START_SECONDS
        with httpx.Client(trust_env=False, timeout=5) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    if client.get(f"{self.api}/health").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise Mistake(f"the Prefect server did not start on port {self.port}; its last words are in {self.log}")


@contextmanager
def starting(home: Path, port: int, environment: Mapping[str, str], *, ui: bool) -> Iterator[Server]:
    """Starts a server on loopback that keeps its data in `home`; stopped at the end, however that comes."""
    home.mkdir(parents=True, exist_ok=True)
    options = ["--ui"] if ui else ["--no-ui", "--no-services"]
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", HOST, "--port", str(port), *options]
    log = home / "contrapartida-server.log"
    with log.open("wb") as words:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own arguments
            [sys.executable, "-m", "cli._leash", *command],
            stdin=subprocess.PIPE,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment(environment, home, port),
        )
    try:
        yield Server(port, log, process)
    finally:
        send_what_waits()
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def send_what_waits() -> None:
    """Logs and events that this process still holds: Prefect would wait long, at exit, for a server that is gone."""
    if "prefect" in sys.modules:
        from prefect.events.worker import EventsWorker
        from prefect.logging.handlers import APILogWorker

        EventsWorker.drain_all(timeout=LAST_WORDS_SECONDS)
        APILogWorker.drain_all(timeout=LAST_WORDS_SECONDS)


def free_port(first: int) -> int:
    """`first`, or the next port that nobody listens on; 0 takes any."""
    for port in range(first, min(first + PORTS_TRIED, 65_536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Mistake(f"no free port from {first} on; give another --port")


def without_prefect() -> dict[str, str]:
    """The environment without Prefect's settings, logging apart: what a demo does must not depend on them."""
    kept = "PREFECT_LOGGING_"
    return {
        name: value for name, value in os.environ.items() if not name.startswith("PREFECT_") or name.startswith(kept)
    }


def _environment(given: Mapping[str, str], home: Path, port: int) -> dict[str, str]:
    """A server asks no other server, counts nobody, and its UI asks it at its own port."""
    return {
        **{name: value for name, value in given.items() if name != "PREFECT_API_URL"},
        "PREFECT_HOME": str(home),
        "PREFECT_UI_API_URL": f"http://{HOST}:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
