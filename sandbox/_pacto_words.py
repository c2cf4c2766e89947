"""What Pacto says to everyone: its keys and scopes, its page envelope, and its refusals."""

from __future__ import annotations

from sandbox._call import Answer, Call
from sandbox._table import Row

TOO_MANY = "Rate limit excedido. Maximo 1 requisicao(oes) por 1 segundo(s)"
DEFAULT_PAGE = 10
PARCELS, CUSTOMERS = "adm:financeiro:parcelas:consultar", "adm:cadastros:clientes:consultar"
ENTRIES, SUPPLIERS = "fin:lancamentos:movconta", "fin:cadastros:fornecedor"
SCOPES = (
    *(PARCELS, CUSTOMERS, "adm:cadastros:clientes:incluir"),
    *(f"{ENTRIES}:consultar", f"{ENTRIES}:incluir", f"{SUPPLIERS}:consultar", f"{SUPPLIERS}:incluir"),
    *(f"fin:cadastros:{name}:consultar" for name in ("planoconta", "centrocusto", "conta", "banco")),
)
CREDENTIALS: Row = {
    "api_key": "sandbox-pacto-key-7f3c",
    "empresa_id": "1",
    "without_scopes": {"api_key": "sandbox-pacto-key-without-scopes", "empresa_id": "1"},
    "read_only": {"api_key": "sandbox-pacto-key-read-only", "empresa_id": "1"},
}
KEYS = {
    CREDENTIALS["api_key"]: SCOPES,
    CREDENTIALS["without_scopes"]["api_key"]: (),
    CREDENTIALS["read_only"]["api_key"]: tuple(scope for scope in SCOPES if scope.endswith("consultar")),
}


def unauthorised() -> Answer:
    """A wrong key; the sentence was observed, status and shape are assumed."""
    return Answer({"erro": "Authorization informada inválida"}, 401)


def too_many() -> Answer:
    """The 429 as observed: plain text and no header that says how long to wait."""
    return Answer(status=429, text=TOO_MANY, media="text/plain;charset=UTF-8")


def rejected(message: str) -> Answer:
    """A business error: status 200."""
    return Answer({"erro": message})


def malformed() -> Answer:
    """A request that cannot be read; assumed."""
    return Answer({"erro": "Requisição inválida"}, 400)


def unknown_route(call: Call) -> Answer:
    """No such route; assumed, in Spring's words."""
    return Answer({"status": 404, "error": "Not Found", "path": call.path}, 404)


def nothing() -> Answer:
    """An empty page without an error: what some calls got in place of a 429."""
    return Answer(page([], 0, DEFAULT_PAGE))


def page(rows: list[Row], number: int, size: int, kept: list[Row] | None = None) -> Row:
    """The page envelope; `kept` is what the page shows of the rows."""
    pages = -(-len(rows) // size)
    return {
        "content": rows[number * size : (number + 1) * size] if kept is None else kept,
        "totalElements": len(rows),
        "totalPages": pages,
        "last": number >= pages - 1,
        "size": size,
        "number": number,
    }
