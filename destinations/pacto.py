"""What is written to PactoERP: suppliers and paid expenses. All of it assumed: no public trace of these writes.

There is no idempotency on the wire: whoever writes has looked before.
"""

from typing import Any

from connections._errors import Rejected, Unknown
from connections.pacto import Pacto
from destinations._contract import Action


class Suppliers:
    """Beneficiaries; created only. The id that payments use is the person's, not the supplier's."""

    def __init__(self, pacto: Pacto) -> None:
        self._pacto = pacto

    async def create(self, action: Action) -> str:
        try:
            return _person(_content(await self._pacto.write("/v1/fornecedor", action.payload)))
        except Rejected:
            # "CPF/CNPJ já cadastrado" comes when somebody registered it meanwhile: then it is there to be found.
            if (found := await self.find(action)) is not None:
                return found
            raise

    async def update(self, action: Action) -> str:
        raise NotImplementedError("suppliers are not changed")

    async def find(self, action: Action) -> str | None:
        tax_id = action.payload.get("cpfCnpj")
        filters = {"cpfCnpj": tax_id, "empresa": self._pacto.settings.company}
        rows = await _first_page(self._pacto, "/v1/fornecedor", filters if tax_id else {})
        name, wanted = ("cpfCnpj", tax_id) if tax_id else ("nome", action.payload["nome"])
        same = _only([row for row in rows if _plain(row.get(name)) == _plain(wanted)])
        return _person(same) if same else None


class Payments:
    """Paid expenses as entries of `movconta`."""

    def __init__(self, pacto: Pacto) -> None:
        self._pacto = pacto

    async def create(self, action: Action) -> str:
        return _code(_content(await self._pacto.write("/v1/movconta", action.payload)))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("no route to change an entry is known")

    async def find(self, action: Action) -> str | None:
        """Among the newest entries only; the next run's full reading finds the others."""
        rows = await _first_page(self._pacto, "/v1/movconta", {}, sort="codigo,desc")
        same = _only([row for row in rows if row.get("codigoExterno") == action.reference])
        return _code(same) if same else None


async def _first_page(
    pacto: Pacto, path: str, filters: dict[str, Any], sort: str = "codigo,asc"
) -> list[dict[str, Any]]:
    from connections._json import dump

    params: dict[str, Any] = {"page": 0, "size": pacto.settings.page_size, "sort": sort}
    if filters:
        params["filters"] = dump(filters).decode()
    content = (await pacto.read(path, params)).get("content")
    return [row for row in content or [] if isinstance(row, dict)]


def _only(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    if len(rows) > 1:
        raise Rejected(f"há {len(rows)} registros iguais na Pacto")
    return rows[0] if rows else None


def _content(body: Any) -> dict[str, Any]:
    content = body.get("content") if isinstance(body, dict) else None
    if not isinstance(content, dict):
        raise Unknown("Pacto: respondeu sem o registro gravado")
    return content


def _code(record: dict[str, Any]) -> str:
    code = record.get("codigo")
    if isinstance(code, bool) or not isinstance(code, int):
        raise Unknown("Pacto: respondeu sem o código do registro gravado")
    return str(code)


def _person(record: dict[str, Any]) -> str:
    person = record.get("pessoa")
    return _code(person if isinstance(person, dict) else {"codigo": person})


def _plain(value: Any) -> str:
    return "".join(sign for sign in str(value or "").upper() if sign.isalnum())
