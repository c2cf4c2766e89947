"""How else Kamino may answer, as far as anybody knows: each a switch, none of them observed."""

from __future__ import annotations

from typing import Any

from sandbox._call import Answer
from sandbox._table import Row

CHOICES: dict[str, tuple[str, ...]] = {
    "page_cap": ("100", "50", "3"),
    "order": ("as_entered", "newest_first"),
    "ids": ("numbers", "texts"),
    "nulls": ("shown", "omitted"),
    "dates": ("naive", "days", "with_zone"),
    "no_date": ("null", "blank", "zeros", "year_one"),
    "payer": ("id_and_object", "object"),
    "paid_amount": ("shown", "hidden"),
    "inactive": ("listed", "left_out"),
    "refusal_words": ("Mensagem", "message", "error", "text"),
    "settled_at_creation": ("honoured", "ignored", "refused"),  # of the body of a creation, documented and never seen
}
DEFAULTS = {name: choices[0] for name, choices in CHOICES.items()}
DATES = ("DtaVenc", "DtaCompet", "DtaPagto", "DataVencimento", "DataPagamento", "DataCompetencia", "DataHoraInclusao")
EMPTY = {"blank": "", "zeros": "0000-00-00T00:00:00", "year_one": "0001-01-01T00:00:00"}


def shown(row: Row, quirks: dict[str, str]) -> Row:
    """A record as this reading of Kamino lists it."""
    told = {name: _dated(name, value, quirks) for name, value in row.items()}
    if quirks["payer"] == "object" and "Descri" in row:
        told.pop("IDPessoa", None)
    if quirks["paid_amount"] == "hidden":
        told.pop("VlrPagto", None)
    if quirks["ids"] == "texts" and isinstance(row.get("ID"), int):
        told["ID"] = str(row["ID"])
    if quirks["nulls"] == "omitted":
        told = {name: value for name, value in told.items() if value is not None}
    return told


def listed(rows: list[Row], quirks: dict[str, str]) -> list[Row]:
    """A listing in the order of this reading."""
    return rows[::-1] if quirks["order"] == "newest_first" else rows


def saved(key: int, quirks: dict[str, str]) -> int | str:
    """The id in the answer to a write."""
    return str(key) if quirks["ids"] == "texts" else key


def refusal(message: str, status: int, quirks: dict[str, str]) -> Answer:
    """`Sucesso: false` with its words; under 4xx the words may stand elsewhere."""
    words = quirks["refusal_words"] if status >= 400 else "Mensagem"
    if words == "text":
        return Answer(status=status, text=message, media="text/plain")
    bodies: dict[str, Any] = {
        "Mensagem": {"Sucesso": False, "Mensagem": message},
        "message": {"message": message},
        "error": {"error": {"message": message}},
    }
    return Answer(bodies[words], status)


def _dated(name: str, value: Any, quirks: dict[str, str]) -> Any:
    if name not in DATES:
        return value
    if value is None:
        return EMPTY.get(quirks["no_date"])
    if quirks["dates"] == "days":
        return value[:10]
    return f"{value}-03:00" if quirks["dates"] == "with_zone" and "T" in value else value
