"""What passes between the server and a vendor: one call, its answer, and what a vendor system is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sandbox._numbers import dumps, loads
from sandbox._table import Row, Table

JSON = "application/json;charset=UTF-8"


@dataclass(slots=True)
class Answer:
    """What the client gets. `payload` is sent as JSON, unless `text` or `raw` says exactly what to send."""

    payload: Any = None
    status: int = 200
    text: str | None = None
    raw: bytes | None = None
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    dropped: bool = False
    delay: float = 0.0
    drip: float | None = None

    def body(self) -> bytes:
        """The bytes of the answer."""
        if self.raw is not None:
            return self.raw
        return self.text.encode() if self.text is not None else dumps(self.payload)


class RefusedError(Exception):
    """A handler gives up with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Call:
    """One HTTP call, its path below the system's prefix."""

    system: str
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    route: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    answer_headers: dict[str, str] = field(default_factory=dict)
    query_text: str = ""

    def every(self, name: str) -> list[str]:
        """All values of a query parameter that may be repeated."""
        return [value for key, value in parse_qsl(self.query_text, keep_blank_values=True) if key == name]

    def document(self) -> Row:
        """The JSON object in the body. Raises ValueError when there is none."""
        try:
            parsed = loads(self.body)
            dumps(parsed)
        except (RecursionError, TypeError) as problem:
            raise ValueError("too deep, or text that is no Unicode") from problem
        if not isinstance(parsed, dict):
            raise ValueError("not an object")
        return parsed


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path such as `/v1/cliente/{codigo}`, and who answers it."""

    method: str
    pattern: str
    handler: Handler
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How this vendor says what every vendor says, so that faults sound like the vendor."""

    page: str
    first_page: int
    rows: str
    total: str
    page_echo: str
    too_many: Callable[[], Answer]
    unauthorised: Callable[[], Answer]
    rejected: Callable[[str], Answer]
    malformed: Callable[[], Answer]
    unknown_route: Callable[[Call], Answer]
    nothing: Callable[[], Answer]
    totals_in: str | None = None
    """The field whose object holds total and page, where they do not stand beside the rows."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A record that was made strange on purpose; `broken` says whether a posting rule must catch it."""

    table: str
    id: int | str
    what: str
    broken: bool = True


@dataclass(slots=True)
class System:
    """One vendor: tables by name, routes, credentials, and quirks with the values that each may take.

    `tick` is what the vendor does by itself as time passes: called whenever the clock has moved. `rehearsal` is how
    integrations are set in a rehearsal with this vendor, by integration, where their defaults would do nothing.
    """

    name: str
    tables: dict[str, Table]
    routes: list[Route]
    dialect: Dialect
    guard: Callable[[Call, Route], Answer | None]
    credentials: Row
    quirks: dict[str, str]
    choices: dict[str, tuple[str, ...]]
    planted: list[Planted] = field(default_factory=list)
    tick: Callable[[], None] | None = None
    rehearsal: dict[str, Row] = field(default_factory=dict)
