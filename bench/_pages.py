"""The pages of a vendor, written before anybody asks, so that no reader waits for them.

`python -m bench._pages PORT ROWS TRUTH` serves what the sandbox answers to `GET /pacto/v1/movparcela`, byte for
byte, and writes to the file TRUTH what it serves: `codigo,valor`, a line per receipt, amounts digit by digit.
"""

import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import uvicorn

from bench._served import world_of
from connections._json import dump, parse
from sandbox._call import Call
from sandbox._numbers import cents

ROUTE = "/v1/movparcela"
PAGE_ROWS = 500
LARGE_EVERY = 997
LARGE = cents(99_999_999_999_999_99)  # one cent less than 100 trillion, which no double holds


def main(port: int, rows: int, truth: Path) -> None:
    """Serves until a signal."""
    bodies = written(rows)
    receipts = [row for body in bodies for row in parse(body)["content"]]
    truth.write_text("codigo,valor\n" + "".join(f"{row['codigo']},{row['valor']}\n" for row in receipts), "utf-8")
    uvicorn.run(Pages(bodies), port=port, log_level="error", log_config=None, lifespan="off", ws="none")


def written(rows: int) -> list[bytes]:
    """The pages of about so many receipts: those that are broken on purpose left out, a few amounts very large."""
    pacto = world_of(rows, pace=1).systems["pacto"]
    table = pacto.tables["movparcela"]
    for planted in pacto.planted:
        if planted.table == "movparcela":
            table.remove(planted.id)
    for row in list(table.rows.values())[::LARGE_EVERY]:
        table.put({**row, "valor": LARGE})
    answer = next(route.handler for route in pacto.routes if (route.method, route.pattern) == ("GET", ROUTE))
    # The page after the last is empty: that is how one of the readers finds the end.
    asked = [{"page": str(page), "size": str(PAGE_ROWS), "sort": "codigo,asc"} for page in range(_pages(table) + 1)]
    return [answer(Call("pacto", "GET", ROUTE, query, {}, b"")).body() for query in asked]


def _pages(table: Any) -> int:
    return -(-len(table.rows) // PAGE_ROWS)


class Pages:
    """Every address is the listing, except `/first_call_at`: when the listing was first asked since then."""

    def __init__(self, bodies: list[bytes]) -> None:
        self._bodies = bodies
        self._first_call_at: float | None = None

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        del receive
        body = self._body(scope["path"], parse_qs(scope["query_string"].decode()))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _body(self, path: str, query: dict[str, list[str]]) -> bytes:
        if path == "/first_call_at":
            first, self._first_call_at = self._first_call_at, None
            return dump(first)
        self._first_call_at = self._first_call_at or time.time()
        page = int(query.get("page", ["0"])[0])
        return self._bodies[min(page, len(self._bodies) - 1)]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
