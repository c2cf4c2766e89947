"""The endpoint for webhooks on real HTTP, of a tenant with both systems that send them."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from cli import _hooks
from connections._settings import SettingsFile

TOKEN = "the-token-of-the-webhook"


@dataclass
class Listening:
    """The endpoint, what runs it started, and what it stored."""

    url: str
    data: Path
    started: list[tuple[str, str]] = field(default_factory=list)
    named: list[list[str]] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)
    flock_is_over: threading.Event = field(default_factory=threading.Event)

    async def gather(self) -> None:
        await asyncio.to_thread(self.flock_is_over.wait)

    async def start(self, integration: str, tenant: str, names: Sequence[str]) -> None:
        with self.arrived:
            self.started.append((integration, tenant))
            self.named.append(list(names))
            self.arrived.notify_all()

    def wait_for_runs(self, count: int = 1) -> None:
        self.flock_is_over.set()
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.started) >= count, timeout=20)

    def send(self, place: str, body: Any, **more: Any) -> int:
        content = {"content": body} if isinstance(body, bytes) else {"json": body}
        return httpx.post(f"{self.url}/hooks/{place}", **content, **more).status_code

    def stored(self, integration: str) -> list[tuple[str, str]]:
        path = self.data / "revenda" / integration / "events.sqlite"
        if not path.exists():
            return []
        return sqlite3.connect(path).execute("select id, what from events order by rowid").fetchall()


@contextmanager
def listening_in(folder: Path) -> Iterator[Listening]:
    """The endpoint of the tenants that the environment and the settings in this folder know."""
    made = Listening("", folder / "data")
    known = _hooks.routes(SettingsFile(folder / "settings.toml"))
    server = uvicorn.Server(uvicorn.Config(_hooks.Hooks(known, made.start, made.gather).app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.flock_is_over.set()
        server.should_exit = True
        thread.join()
