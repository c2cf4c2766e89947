"""What Conta Azul says to everyone: pages whose envelope differs by resource, and errors in four shapes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox._call import Answer, Call, RefusedError
from sandbox._table import Row, Table

PAGE_SIZES = (10, 20, 50, 100, 200, 500, 1000)
SHORT_PAGE_SIZES = (10, 20, 50, 100)
NAMESPACE = uuid.UUID("5c2b7a7e-3f5d-4b5e-8f55-0d6f5b0f9a11")


def generic(status: int, message: str, call: Call | None = None) -> Answer:
    """The error of the gateway and of most routes, as observed."""
    names = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}
    body = {
        "timestamp": "2026-11-21T12:00:00.000+00:00",
        "status": status,
        "error": names.get(status, "Error"),
        "message": message,
        "path": call.path if call else "",
    }
    return Answer(body, status)


def in_registry(message: str, status: int = 400) -> Answer:
    """The error of people and products, as observed."""
    return Answer({"error": message}, status)


def in_finance(message: str, status: int = 400) -> Answer:
    """The error of the finance routes, as the newer pages of the vendor document it."""
    return Answer({"code": "VALIDATION_ERROR", "message": message}, status)


def unauthorised() -> Answer:
    """A missing, unknown or expired access token."""
    return Answer({"error": "invalid_token", "error_description": "The access token is invalid or expired"}, 401)


def too_many() -> Answer:
    """The 429: the pages say "see the headers" and name none, so here there is none."""
    return generic(429, "Too Many Requests")


def malformed() -> Answer:
    """A body that cannot be read."""
    return generic(400, "Requisição inválida")


def unknown_route(call: Call) -> Answer:
    """A route that does not exist says so in other words than a record that does not exist."""
    return generic(404, "Not Found", call)


def missing(call: Call) -> RefusedError:
    """No such record."""
    return RefusedError(generic(404, "O recurso solicitado não foi encontrado", call))


def body_of(call: Call) -> Row:
    """The JSON object that was sent."""
    try:
        return call.document()
    except ValueError as problem:
        raise RefusedError(malformed()) from problem


def paged(
    call: Call,
    rows: Sequence[Row],
    shown: Callable[[Row], Row],
    quirks: Mapping[str, str],
    sizes: tuple[int, ...] = PAGE_SIZES,
) -> tuple[list[Row], int, int]:
    """The rows of the page that was asked for, its number and size; 400 for a size that is not allowed.

    Not known, and a quirk each: whether a page holds as many rows as were asked for, and which rows come first.
    """
    if any(name.endswith("[]") for name in call.query):
        raise RefusedError(generic(400, "Parâmetro inválido", call))
    # Zero counts as absent in some modules.
    number = _whole(call, "pagina") or 1
    size = _whole(call, "tamanho_pagina") or 10
    if size not in sizes:
        raise RefusedError(generic(400, f"tamanho_pagina deve ser um de {list(sizes)}", call))
    if quirks["page_cap"] != "none":
        size = min(size, int(quirks["page_cap"]))
    if quirks["order"] == "newest":
        rows = list(reversed(rows))
    start = (number - 1) * size
    return [shown(row) for row in rows[start : start + size]], number, size


def _whole(call: Call, name: str) -> int:
    text = call.query.get(name, "0")
    if not text.isdigit():
        raise RefusedError(generic(400, f"{name} inválido", call))
    return int(text)


def new_id(table: Table, name: str) -> str:
    """A new UUID, the same for the same history."""
    number = len(table.rows) + 1
    while (made := str(uuid.uuid5(NAMESPACE, f"{name}/{number}"))) in table.rows:
        number += 1
    return made


def known_id(name: str, number: int) -> str:
    """The UUID of a record that is there from the start."""
    return str(uuid.uuid5(NAMESPACE, f"{name} from the start/{number}"))


def is_uuid(value: Any) -> bool:
    """Whether a JSON value is a UUID."""
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value.lower()
    except ValueError:
        return False


def worded(code: str, way: str) -> str:
    """A word of a list as its code, or as people read it."""
    if way == "codes":
        return code
    return code.replace("_", " ").capitalize().replace("Orcamento", "Orçamento").replace("orcamento", "orçamento")
