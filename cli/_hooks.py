"""The endpoint for webhooks: one address per system and tenant, each event stored once, one run for many events."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect.exceptions import ObjectNotFound
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cli._flows import flow_of, integration_of, integrations
from connections._errors import Misconfigured, Problem
from connections._hooks import News, is_from, news_in
from connections._settings import SettingsFile, data_root, load
from connections._systems import systems
from flows._secrets import secret_block

LARGEST_EVENT = 256 * 1024
SECONDS_TO_GATHER = 2.0
"""Events come in flocks: those that follow the first within this time are answered by one run."""
SCHEMA = "create table if not exists events (id text primary key, what text, received_at text)"
MOST_NAMED = 500
"""A flock that names more records is answered by a run that reads everything."""
Known = dict[tuple[str, str], tuple[Any, Any, list[str]]]
Start = Callable[[str, str, Sequence[str]], Awaitable[None]]
Gather = Callable[[], Awaitable[None]]


def routes(file: SettingsFile) -> Known:
    """For each system and tenant with a `hook_token`: the connection's class, the settings, what is run."""
    found: Known = {}
    for system, connection in systems().items():
        if not hasattr(connection, "hook_token_in"):
            continue
        readers = [name for name in integrations() if integration_of(name).connections[0] is connection]
        for tenant in file.tenants():
            try:
                settings: Any = load(connection.settings_class, tenant, system, file, secret_block).settings
            except Misconfigured:  # a tenant without this system; `contrapartida doctor` tells what is missing
                continue
            if settings.hook_token is not None and readers:
                found[system, tenant] = (connection, settings, readers)
    return found


def address(base: str, system: str, tenant: str, known: Known) -> str:
    """Where a system is to send its events, as it is entered there; the token itself is not shown."""
    place, name = known[system, tenant][0].hook_token_in
    return f"{base}/hooks/{system}/{tenant}" + (f"?{name}=<hook_token>" if place == "query" else "")


class Hooks:
    """The application. `gather` waits for the rest of a flock, `start` starts a deployment's run, told the records that
    the flock named, or none where it must look for itself; tests give others.
    """

    def __init__(self, known: Known, start: Start | None = None, gather: Gather | None = None) -> None:
        self.known = known
        self._start = start or _run_deployment
        self._rest = gather or _a_moment
        self._waiting: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._named: dict[tuple[str, str], set[str | None]] = {}
        self.app = Starlette(routes=[Route("/hooks/{system}/{tenant}", self.hear, methods=["POST"])])

    async def hear(self, request: Request) -> Response:
        """200 where the event is stored, now or before; what is not ours learns nothing about what exists."""
        place = (request.path_params["system"], request.path_params["tenant"])
        if place not in self.known:
            return Response(status_code=401)
        connection, settings, readers = self.known[place]
        if not is_from(connection, settings, request.headers, request.query_params):
            return Response(status_code=401)
        content = await _content(request)
        if content is None:
            return Response(status_code=413)
        try:
            news = news_in(connection, content)
        except (ValueError, Problem):
            return Response(status_code=400)
        if news is not None:
            for integration in readers:
                self._heard(integration, place[1], news)
        return Response(status_code=200)

    def _heard(self, integration: str, tenant: str, news: News) -> None:
        key = (integration, tenant)
        if not store(data_root() / tenant / integration / "events.sqlite", news):
            return
        self._named.setdefault(key, set()).add(news.names)
        if key not in self._waiting:
            self._waiting[key] = asyncio.create_task(self._soon(key))

    async def _soon(self, key: tuple[str, str]) -> None:
        await self._rest()
        # What comes from here on may be too late for the run that is started now: it starts another.
        del self._waiting[key]
        named = self._named.pop(key)
        names = sorted(name for name in named if name is not None)
        try:
            await self._start(*key, [] if None in named or len(names) > MOST_NAMED else names)
        except ObjectNotFound:
            logging.getLogger(__name__).warning("%s/%s is not deployed: nothing was started", *key)
        except Exception:
            logging.getLogger(__name__).exception("no run of %s/%s was started; the next scheduled one will do", *key)


def store(path: Path, news: News) -> bool:
    """Whether the event is new; durable when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=10)) as events:
        events.execute(SCHEMA)
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        added = events.execute("insert or ignore into events values (?, ?, ?)", (news.id, news.what, moment))
        return added.rowcount == 1


async def _content(request: Request) -> bytes | None:
    """The body, None where it is larger than any event."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_EVENT:
            return None
    return bytes(body)


async def _a_moment() -> None:
    await asyncio.sleep(SECONDS_TO_GATHER)


async def _run_deployment(integration: str, tenant: str, names: Sequence[str]) -> None:
    from prefect.deployments import arun_deployment

    parameters: dict[str, Any] = {"tenant": tenant}
    if names and "heard" in flow_of(integration).parameters.properties:
        parameters["heard"] = list(names)
    await arun_deployment(f"{integration}/{tenant}", parameters=parameters, timeout=0)
