"""Faults on demand: what goes wrong on the n-th matching call.

A call counts when the vendor let it in (credentials and rate limit come first).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from fnmatch import fnmatch
from typing import Any

from sandbox._call import Answer, Call, Dialect, Handler, RefusedError

PAGE_HTML = "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
TITLES = {
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Unavailable",
    504: "504 Gateway Time-out",
}
MISSING = object()
KNOWN = ("system", "fault", "method", "route", "on_call", "times")


@dataclass(slots=True)
class Fault:
    """One fault: from its `on_call`-th matching call on, `times` times (0: for ever)."""

    system: str
    fault: str
    method: str | None = None
    route: str = "*"
    on_call: int = 1
    times: int = 1
    arguments: dict[str, Any] = field(default_factory=dict)
    seen: int = 0

    def matches(self, call: Call) -> bool:
        """Whether this fault is about such a call."""
        return (
            self.system == call.system
            and self.method in (None, call.method)
            and (fnmatch(call.path, self.route) or call.route == self.route)
        )

    def fires(self) -> bool:
        """Count a matching call; whether it is one of those that go wrong."""
        self.seen += 1
        return self.seen >= self.on_call and (self.times == 0 or self.seen < self.on_call + self.times)

    def shown(self) -> dict[str, Any]:
        """The fault as the control plane shows it."""
        return {**{name: getattr(self, name) for name in (*KNOWN, "seen")}, **self.arguments}


class Faults:
    """The faults that are planned."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def plan(self, order: dict[str, Any]) -> Fault:
        """Plan a fault. Raises ValueError when there is no such fault."""
        if order.get("fault") not in FAULTS:
            raise ValueError(f"no such fault; known: {', '.join(sorted(FAULTS))}")
        known = {name: order[name] for name in KNOWN if name in order}
        fault = Fault(**known, arguments={name: value for name, value in order.items() if name not in KNOWN})
        self.planned.append(fault)
        return fault

    def due(self, call: Call) -> Fault | None:
        """Count this call in every matching fault; the first one that fires."""
        firing = [fault for fault in self.planned if fault.matches(call) and fault.fires()]
        return firing[0] if firing else None


def afflict(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:
    """The answer to a call that goes wrong.

    Faults that replace the answer do not process the request, unless their argument `committed` is true.
    """
    return FAULTS[fault.fault](fault, call, run, dialect)


def _processed(call: Call, run: Handler) -> Answer:
    try:
        return run(call)
    except RefusedError as refusal:
        return refusal.answer


def _replacing(make: Callable[[Fault, Dialect], Answer]) -> Callable[..., Answer]:
    def replaced(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:
        if fault.arguments.get("committed"):
            _processed(call, run)
        return make(fault, dialect)

    return replaced


def _spoiling(spoil: Callable[[Fault, Answer], Answer]) -> Callable[..., Answer]:
    def spoiled(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:  # noqa: ARG001
        return spoil(fault, _processed(call, run))

    return spoiled


def _wait(variant: str, seconds: int) -> str | None:
    return {
        "seconds": str(seconds),
        "date": formatdate(time.time() + seconds, usegmt=True),
        "absurd": "999999999",
        "zero": "0",
        "negative": "-5",
    }.get(variant)


def _storm(fault: Fault, dialect: Dialect) -> Answer:
    answer = dialect.too_many()
    seconds = int(fault.arguments.get("seconds", 2))
    for header, argument in (("Retry-After", "retry_after"), ("RateLimit-Reset", "reset")):
        variant = fault.arguments.get(argument)
        if variant is not None:
            # None removes the header, also the one that the vendor itself would add.
            answer.headers[header] = _wait(variant, seconds) or ""
    return answer


def _status(fault: Fault, dialect: Dialect) -> Answer:  # noqa: ARG001
    code = int(fault.arguments.get("code", 500))
    title = TITLES.get(code, f"{code} Error")
    delay = float(fault.arguments.get("seconds", 0))
    if fault.arguments.get("html"):
        return Answer(status=code, text=PAGE_HTML.format(title=title), media="text/html", delay=delay)
    return Answer({"status": code, "error": title[4:], "message": title[4:]}, code, delay=delay)


def _html(fault: Fault, dialect: Dialect) -> Answer:  # noqa: ARG001
    return Answer(text=PAGE_HTML.format(title="Sistema em manutenção"), media="text/html;charset=UTF-8")


def _nothing(fault: Fault, dialect: Dialect) -> Answer:
    return Answer(raw=b"") if fault.arguments.get("body") == "nothing" else dialect.nothing()


def _huge(fault: Fault, dialect: Dialect) -> Answer:
    size = int(fault.arguments.get("megabytes", 32)) * 1024 * 1024
    return Answer(raw=b'{"' + dialect.rows.encode() + b'":[{"descricao":"' + b"a" * size + b'"}]}')


def _deep(fault: Fault, dialect: Dialect) -> Answer:
    depth = int(fault.arguments.get("depth", 100_000))
    return Answer(raw=b'{"' + dialect.rows.encode() + b'":' + b"[" * depth + b"]" * depth + b"}")


def _redirect(fault: Fault, dialect: Dialect) -> Answer:  # noqa: ARG001
    target = str(fault.arguments.get("location", "http://other-host.invalid/"))
    return Answer(status=302, raw=b"", headers={"Location": target})


def _lost(fault: Fault, answer: Answer) -> Answer:  # noqa: ARG001
    return Answer(dropped=True)


def _truncated(fault: Fault, answer: Answer) -> Answer:
    body = answer.body()
    answer.raw = body[: int(len(body) * float(fault.arguments.get("keep", 0.6)))]
    return answer


def _garbled(fault: Fault, answer: Answer) -> Answer:  # noqa: ARG001
    body = answer.body()
    if body.isascii():
        answer.raw = body.replace(b'"', b'"\xe7', 1)
    else:
        answer.raw = body.decode().encode("latin-1", errors="replace")
    return answer


def _slow(fault: Fault, answer: Answer) -> Answer:
    answer.delay = float(fault.arguments.get("seconds", 5))
    return answer


def _drip(fault: Fault, answer: Answer) -> Answer:
    answer.drip = float(fault.arguments.get("seconds", 0.2))
    return answer


def _poisoned(fault: Fault, answer: Answer) -> Answer:
    """Records come with another value in one field, or without it: `records` is a list of where, at, and value."""
    for record in fault.arguments["records"]:
        answer.payload = _poison(answer.payload, record["where"], record["at"], record.get("value", MISSING))
    return answer


def _poison(value: Any, where: dict[str, Any], at: list[str], poison: Any) -> Any:
    if isinstance(value, list):
        return [_poison(each, where, at, poison) for each in value]
    if not isinstance(value, dict):
        return value
    if all(value.get(field) == wanted for field, wanted in where.items()):
        return _with(value, at, poison)
    return {field: _poison(inner, where, at, poison) for field, inner in value.items()}


def _with(record: dict[str, Any], at: list[str], poison: Any) -> dict[str, Any]:
    name, *rest = at
    if rest:
        return {**record, name: _with(record.get(name) or {}, rest, poison)}
    return {field: inner for field, inner in {**record, name: poison}.items() if inner is not MISSING}


def _wrong_total(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:
    answer = _processed(call, run)
    totals = _totals(answer.payload, dialect)
    if dialect.total in totals:
        wrong = totals[dialect.total] + int(fault.arguments.get("by", 7))
        answer.payload = _with_totals(answer.payload, dialect, **{dialect.total: wrong})
    return answer


def _totals(payload: Any, dialect: Dialect) -> dict[str, Any]:
    found = payload.get(dialect.totals_in) if dialect.totals_in and isinstance(payload, dict) else payload
    return found if isinstance(found, dict) else {}


def _with_totals(payload: Any, dialect: Dialect, **changed: Any) -> Any:
    totals = {**_totals(payload, dialect), **changed}
    return {**payload, dialect.totals_in: totals} if dialect.totals_in else totals


def _empty_page(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:  # noqa: ARG001
    answer = _processed(call, run)
    if isinstance(answer.payload, dict) and dialect.rows in answer.payload:
        answer.payload = {**answer.payload, dialect.rows: []}
    elif isinstance(answer.payload, list):
        answer.payload = []
    return answer


def _repeated_page(fault: Fault, call: Call, run: Handler, dialect: Dialect) -> Answer:
    asked = int(call.query.get(dialect.page, dialect.first_page))
    call.query = {**call.query, dialect.page: str(max(asked - 1, dialect.first_page))}
    answer = _processed(call, run)
    if isinstance(answer.payload, dict) and not fault.arguments.get("honest"):
        answer.payload = _with_totals(answer.payload, dialect, **{dialect.page_echo: asked})
    return answer


def _rejected(fault: Fault, dialect: Dialect) -> Answer:
    return dialect.rejected(str(fault.arguments.get("message", "Operação não permitida.")))


FAULTS: dict[str, Callable[..., Answer]] = {
    "storm_429": _replacing(_storm),
    "status": _replacing(_status),
    "request_lost": _replacing(lambda fault, dialect: Answer(dropped=True)),  # noqa: ARG005
    "answer_lost": _spoiling(_lost),
    "truncated_json": _spoiling(_truncated),
    "garbled": _spoiling(_garbled),
    "slow": _spoiling(_slow),
    "drip": _spoiling(_drip),
    "poisoned": _spoiling(_poisoned),
    "html_200": _replacing(_html),
    "huge": _replacing(_huge),
    "deep": _replacing(_deep),
    "redirect": _replacing(_redirect),
    "wrong_total": _wrong_total,
    "empty_page": _empty_page,
    "repeated_page": _repeated_page,
    "expired_credential": _replacing(lambda fault, dialect: dialect.unauthorised()),  # noqa: ARG005
    "empty_without_error": _replacing(_nothing),
    "sucesso_false": _replacing(_rejected),
    "erro_200": _replacing(_rejected),
}
