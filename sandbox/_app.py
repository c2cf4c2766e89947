"""The ASGI application: finds the vendor's route, lets faults happen, and delivers the answer or fails to."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from sandbox import _control
from sandbox._call import Answer, Call, Handler, RefusedError, Route, System
from sandbox._faults import Fault, afflict
from sandbox._world import World

LARGEST_BODY = 1024 * 1024
LINGER_NOT = struct.pack("ii", 1, 0)  # closing the socket then resets the connection
PIECE = 16  # bytes of a dripping answer at a time


class Sandbox:
    """Every vendor under its prefix, the control plane under `/_sim`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._patterns: dict[tuple[str, str], re.Pattern[str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return
        query_text = scope["query_string"].decode("latin-1")
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        path = scope["path"]
        if path.startswith("/_sim"):
            answer = _control.answer(self.world, request.method, path.removeprefix("/_sim"), query, body)
            await _deliver(answer, send)
            return
        name, _, rest = path.removeprefix("/").partition("/")
        system = self.world.systems.get(name)
        if system is None:
            await _deliver(Answer({"error": f"no such system: {name}"}, 404), send)
            return
        call = Call(name, request.method, f"/{rest}", query, request.headers, body or b"", query_text=query_text)
        answer, fault = self.respond(system, call, too_large=body is None)
        answer.headers = {**call.answer_headers, **answer.headers}
        status = None if answer.dropped else answer.status
        self.world.record_call(call, status, fault.fault if fault else None)
        await _deliver(answer, send)

    def respond(self, system: System, call: Call, *, too_large: bool) -> tuple[Answer, Fault | None]:
        """What the vendor answers, and the fault that interfered, if any."""
        route = self._route(system, call)
        if isinstance(route, Answer):
            return route, None
        refusal = system.guard(call, route)
        if refusal is not None:
            return refusal, None
        run: Handler = route.handler
        if too_large:
            run = _refuse_body(system)
        fault = self.world.faults.due(call)
        if fault is not None:
            return afflict(fault, call, run, system.dialect), fault
        try:
            return run(call), None
        except RefusedError as refused:
            return refused.answer, None

    def _route(self, system: System, call: Call) -> Route | Answer:
        allowed = False
        for route in system.routes:
            match = self._pattern(system.name, route.pattern).match(call.path)
            if match is None:
                continue
            allowed = True
            if route.method == call.method:
                call.route, call.parts = route.pattern, match.groupdict()
                return route
        missing = system.dialect.unknown_route(call)
        missing.status = 405 if allowed else missing.status
        return missing

    def _pattern(self, system: str, pattern: str) -> re.Pattern[str]:
        key = (system, pattern)
        if key not in self._patterns:
            self._patterns[key] = compile_path(pattern)[0]
        return self._patterns[key]


def _refuse_body(system: System) -> Handler:
    return lambda call: system.dialect.malformed()  # noqa: ARG005


async def _read(request: Request) -> bytes | None:
    """The body; None when a vendor's gateway would not take so much. The control plane has no limit."""
    limited = not request.scope["path"].startswith("/_sim")
    body = bytearray()
    too_large = False
    async for piece in request.stream():
        too_large = too_large or (limited and len(body) + len(piece) > LARGEST_BODY)
        if not too_large:
            body += piece
    return None if too_large else bytes(body)


async def _deliver(answer: Answer, send: Send) -> None:
    if answer.delay:
        await asyncio.sleep(answer.delay)
    if answer.dropped:
        await _drop(send)
        return
    body = answer.body()
    headers = {"content-type": answer.media, **answer.headers}
    if answer.drip is None:
        headers["content-length"] = str(len(body))
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items() if value]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    if answer.drip is not None:
        await _drip(body, answer.drip, send)
    await send({"type": "http.response.body", "body": body})


async def _drip(body: bytes, pause: float, send: Send) -> None:
    """Piece by piece, then blanks for ever; ends when the client has gone."""
    cycle = _cycle(send)
    place = 0
    while not cycle.disconnected and not cycle.transport.is_closing():
        piece = body[place : place + PIECE] or b" "
        place += PIECE
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(pause)


async def _drop(send: Send) -> None:
    """Reset the TCP connection without a byte of an answer."""
    cycle = _cycle(send)
    raw: socket.socket = cycle.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    cycle.transport.abort()
    while not cycle.disconnected:
        await asyncio.sleep(0)


def _cycle(send: Send) -> Any:
    # uvicorn hands out a bound method of its request cycle, which knows the connection.
    return send.__self__  # type: ignore[attr-defined]
