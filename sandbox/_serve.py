"""Runs the sandbox on loopback: in a thread of this process, or in the foreground until a signal."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

    from sandbox._world import World

HOST = "127.0.0.1"
START_SECONDS = 120


@contextmanager
def serving(
    *, seed: int = 7, size: str = "small", pace: float = 1.0, journal: Path | None = None, port: int = 0
) -> Iterator[str]:
    """Serve from a background thread; gives the base URL. Port 0 takes any free one."""
    world = _world(seed, size, pace, journal)
    with _listen(port) as listener:
        server = _server(world)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True, name="sandbox")
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            world.journal.close()


def run(port: int, seed: int, size: str, pace: float, journal: Path | None) -> None:
    """Serve until SIGINT or SIGTERM, then return. Prints nothing."""
    with _listen(port) as listener:
        world = _world(seed, size, pace, journal)
        server = _server(world)

        def leave(number: int, frame: object) -> None:  # noqa: ARG001
            server.should_exit = True

        # Our own handlers: uvicorn's would raise the signal again after a clean stop.
        server.capture_signals = _no_signals  # type: ignore[method-assign]
        previous = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            server.run(sockets=[listener])
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            world.journal.close()


def _world(seed: int, size: str, pace: float, journal: Path | None) -> World:
    from sandbox._world import World

    return World(seed=seed, size=size, pace=pace, journal=journal)


def _listen(port: int) -> socket.socket:
    # The protocol is named so that asyncio switches Nagle's delay off: 40 ms per answer otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(512)
    return listener


def _server(world: World) -> uvicorn.Server:
    import uvicorn

    from sandbox._app import Sandbox

    config = uvicorn.Config(
        Sandbox(world),
        access_log=False,
        log_level="error",
        log_config=None,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )
    return uvicorn.Server(config)


@contextmanager
def _no_signals() -> Iterator[None]:
    yield


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
