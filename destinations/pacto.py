"""What is written to PactoERP: suppliers and paid expenses. All of it assumed: no public trace of these writes.

There is no idempotency on the wire: whoever writes has looked before. Unknown filters are silently ignored, so a look
checks every row that comes, over all pages.
"""

import re
from typing import Any

from connections._brazil import read_tax_id
from connections._errors import Unknown
from connections._folding import folded
from connections._pages import Page, every_row
from connections.pacto import Pacto
from destinations._contract import Action, Receipt

SUPPLIERS = "/v1/fornecedor"
ENTRIES = "/v1/movconta"
MARKER = re.compile(r"\[\s*KAMINO\s*[:-]\s*(\d+)\s*\]", re.IGNORECASE)
Row = dict[str, Any]


class Suppliers:
    """Beneficiaries; created only. The id that payments use is the person's, not the supplier's."""

    looks_by = ("nome", "cpfCnpj")

    def __init__(self, pacto: Pacto) -> None:
        self._pacto = pacto

    async def send(self, action: Action) -> str | Receipt:
        return _told(_person(_content(await self._pacto.write(SUPPLIERS, action.payload))))

    async def resolve(self, action: Action) -> str | None:
        """By tax id, else by name; by the person's code, where the supplier shows one."""
        tax_id, name = action.payload.get("cpfCnpj"), action.payload.get("nome")
        filters = {"cpfCnpj": tax_id, "empresa": self._pacto.settings.company} if tax_id else None
        rows = await _listed(self._pacto, SUPPLIERS, filters)
        alike = [
            row
            for row in rows
            if (
                read_tax_id(str(row.get("cpfCnpj") or "")) == tax_id
                if tax_id
                else folded(str(row.get("nome") or "")) == folded(str(name))
            )
        ]
        return _only(alike, _person, "fornecedores")


class Payments:
    """Paid expenses as entries of `movconta`."""

    looks_by = ("codigoExterno",)

    def __init__(self, pacto: Pacto) -> None:
        self._pacto = pacto
        self._codes: set[str] | None = None

    async def send(self, action: Action) -> str | Receipt:
        return _told(_code(_content(await self._pacto.write(ENTRIES, action.payload))))

    async def resolve(self, action: Action) -> str | None:
        """By our reference, or by the marker that stands in the description too, over all entries."""
        rows = await _listed(self._pacto, ENTRIES, None)
        return _only([row for row in rows if action.reference in _references(row)], _code, "lançamentos")

    async def stands(self, target_id: str) -> bool:
        """The entries cannot be asked for one by one: all are read once more, once per run."""
        if self._codes is None:
            self._codes = {str(_code(row)) for row in await _listed(self._pacto, ENTRIES, None)}
        return target_id in self._codes


async def _listed(pacto: Pacto, path: str, filters: Row | None) -> list[Row]:
    async def fetch(number: int) -> Page:
        return await pacto.page(path, number, filters=filters, sort="codigo,asc")

    return await every_row(fetch, first=0, key=lambda row: row.get("codigo"), what=f"Pacto {path}")


def _references(row: Row) -> set[str]:
    marked = MARKER.findall(f"{row.get('observacao') or ''} {row.get('descricao') or ''}")
    return {str(row.get("codigoExterno") or "").strip().upper(), *(f"KAMINO-{number}" for number in marked)}


def _only(rows: list[Row], id_of: Any, what: str) -> str | None:
    if not rows:
        return None
    found = {id_of(row) for row in rows}
    if len(found) > 1 or None in found:
        raise Unknown(f"há {len(rows)} {what} iguais na Pacto, ou sem código; confira lá")
    return str(found.pop())


def _content(body: Any) -> Row:
    content = body.get("content") if isinstance(body, dict) else None
    return content if isinstance(content, dict) else {}


def _told(code: str | None) -> str | Receipt:
    """The code that the answer carries; what was saved without one is looked for."""
    return Receipt() if code is None else code


def _code(record: Row) -> str | None:
    code = record.get("codigo")
    if isinstance(code, bool) or not isinstance(code, int | str):
        return None
    return str(code).strip() or None


def _person(record: Row) -> str | None:
    person = record.get("pessoa")
    return _code(person if isinstance(person, dict) else {"codigo": person})
