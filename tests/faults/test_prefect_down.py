"""The Prefect server fails while a run is at work: what was begun is posted and recorded all the same."""

import selectors
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests._world import TENANT, World
from tests.faults._killing import Step, trapped
from tests.faults._scenes import paid, receipt
from tests.faults._truth import truth, written


class Line:
    """A TCP line to a server that can be made to fail: with an answer of 500, or by hanging up."""

    def __init__(self, server: str) -> None:
        address = urlsplit(server)
        self._server = (str(address.hostname), address.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._fault: str | None = None
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def fails(self, how: str) -> None:
        """From now on nobody gets through; who is connected is cut off."""
        self._fault = how
        while self._open:
            self._open.pop().close()

    def close(self) -> None:
        self.fails("gone")
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._turn_away if self._fault else self._connect, args=(caller,), daemon=True
            ).start()

    def _turn_away(self, caller: socket.socket) -> None:
        with caller:
            if self._fault == "answers 500":
                caller.recv(65536)
                caller.sendall(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def _connect(self, caller: socket.socket) -> None:
        server = socket.create_connection(self._server)
        self._open += [caller, server]
        with selectors.DefaultSelector() as ready, caller, server:
            for one, other in ((caller, server), (server, caller)):
                ready.register(one, selectors.EVENT_READ, other)
            try:
                while True:
                    for key, _ in ready.select():
                        said = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not said:
                            return
                        key.data.sendall(said)
            except (OSError, ValueError):
                return


@pytest.fixture
def line(prefect_server: str) -> Iterator[Line]:
    made = Line(prefect_server)
    yield made
    made.close()


@pytest.mark.parametrize("how", ["answers 500", "hangs up"])
def test_a_prefect_server_that_fails_during_a_run_stops_no_posting(world: World, line: Line, how: str) -> None:
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    from flows.pacto_to_kamino import pacto_to_kamino

    world.plant("pacto", "movparcela", receipt(1, **paid()))
    settings = {
        PREFECT_API_URL: f"{line.url}/api",
        PREFECT_CLIENT_MAX_RETRIES: 0,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with (
        temporary_settings(settings),
        trapped(Step("before", "page"), lambda: line.fails(how)),
        pytest.raises(httpx.HTTPError),  # by Prefect, which cannot note how the run ended
    ):
        pacto_to_kamino(TENANT, world.now(), False, return_state=True)

    told = written(truth(world))
    assert told == {"person 39053344705": ("create",), "receivable PACTO-1-1": ("create", "settle")}
    assert world.query("pacto_to_kamino", "select state from runs") == [("Posted",)]
    assert world.run("pacto_to_kamino").state == "Nothing to post"
