"""What Conta Azul may answer instead of what was documented or observed: the same content, told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox._call import Answer, Call, RefusedError, Route

ROWS = ("itens", "items")
TOTALS = ("itens_totais", "totalItems", "total_itens", "total_items")


def told_otherwise(route: Route, quirks: Mapping[str, str]) -> Route:
    """The route, answering as the quirks say; the authorization server has an envelope of its own."""
    if route.scope == "open":
        return route

    def handled(call: Call) -> Answer:
        try:
            answer = route.handler(call)
        except RefusedError as refused:
            raise RefusedError(_refused(refused.answer, quirks["errors"])) from refused
        if isinstance(answer.payload, dict):
            answer.payload = _listed(answer.payload, quirks)
        return answer

    return replace(route, handler=handled)


def _refused(answer: Answer, way: str) -> Answer:
    said = answer.payload if isinstance(answer.payload, dict) else {}
    words = str(said.get("message") or said.get("error") or answer.status)
    match way:
        case "message":
            return replace(answer, payload={"message": words})
        case "nested":
            return replace(answer, payload={"error": {"code": "ERRO", "message": words}})
        case "erro":
            return replace(answer, payload={"erro": words})
        case "plain":
            return replace(answer, payload=None, text=words, media="text/plain;charset=UTF-8")
    return answer


def _listed(payload: dict[str, Any], quirks: Mapping[str, str]) -> dict[str, Any]:
    """A list that is empty may be null or not be there; its total may come as text or with a fraction of nothing."""
    told = {name: _counted(value, quirks["numbers"]) if name in TOTALS else value for name, value in payload.items()}
    for name in ROWS:
        if quirks["rows"] != "listed" and name in told and not told[name]:
            told[name] = None
            if quirks["rows"] == "missing":
                del told[name]
    return told


def _counted(total: Any, way: str) -> Any:
    if way == "text":
        return str(total)
    return Decimal(total).quantize(Decimal("1.0")) if way == "decimals" else total
