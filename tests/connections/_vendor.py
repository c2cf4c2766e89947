"""A vendor of a few lines on real HTTP: it answers what it is told to, and remembers what it was asked."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from connections._budget import Allowance
from connections._http import Connection
from connections._json import Json
from connections._settings import SystemSettings

DROP = object()
"""In place of an answer: the connection is closed without a word."""


@dataclass
class Said:
    """One answer: `pieces` go out one by one; DROP among them ends the connection there."""

    status: int = 200
    body: bytes = b'{"ok":true}'
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterable[Any] | None = None


@dataclass
class Vendor:
    """What the vendor will say, in order (the last answer for ever), and what it was asked."""

    answers: list[Any] = field(default_factory=lambda: [Said()])
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""


class ShopSettings(SystemSettings):
    hosts: ClassVar[tuple[str, ...]] = ("shop.example",)


class Shop(Connection):
    """The plainest of systems: a token, errors as `{"error": …}` under any status."""

    system = "shop"
    settings_class = ShopSettings

    def headers(self) -> dict[str, str]:
        return {"Authorization": "Bearer token"}

    def credential(self) -> str:
        return f"token of {self.settings.base_url}"

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        return "all", Allowance(100_000, 1)

    def refusal(self, body: Json) -> str | None:
        return str(body["error"]) if isinstance(body, dict) and body.get("error") else None


@contextmanager
def vendor() -> Iterator[Vendor]:
    """A vendor at an address of its own on this machine."""
    made = Vendor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answered(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            made.asked.append((self.command, self.path, content))
            said = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            if said is DROP:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self._tell(said)

        def _tell(self, said: Said) -> None:
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if said.pieces is None and said.status != 204:
                self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            try:
                for piece in said.pieces if said.pieces is not None else [said.body]:
                    if piece is DROP:
                        self.connection.shutdown(socket.SHUT_RDWR)
                    else:
                        self.wfile.write(piece)
                        self.wfile.flush()
            except OSError:
                pass  # the client has heard enough
            self.close_connection = said.pieces is not None

        def log_message(self, *args: Any) -> None:
            pass

    for method in ("GET", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.answered)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def shop(url: str, **settings: Any) -> Iterator[Shop]:
    """A connection to the vendor at `url`, without patience."""
    given = {"sandbox": True, "timeout_seconds": 20.0, "longest_pause_seconds": 0.0, **settings}
    with Shop(ShopSettings(base_url=url, **given)) as made:
        yield made
