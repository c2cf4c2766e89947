"""An address that webhooks are sent to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Heard:
    """One call to the address."""

    path: str
    token: str | None
    event: dict[str, Any]


class Receiver(ThreadingHTTPServer):
    """Answers with `status` and keeps what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status = 200
        self.heard: list[Heard] = []
        self.arrived = threading.Condition()
        self.url = f"http://127.0.0.1:{self.server_port}/hooks"

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The events, once so many have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.heard) >= count, timeout=20), self.heard
        return [heard.event for heard in self.heard]


class _Hook(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.arrived:
            status = self.server.status
            self.server.heard.append(Heard(self.path, self.headers.get("asaas-access-token"), event))
            self.server.arrived.notify_all()
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Such an address, on this machine."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
