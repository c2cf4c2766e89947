"""What is written to Kamino: people, receivables and their settlement, references on payables.

Observed: people and receivables are saved by one POST each, `ID` 0 inserts. Inferred from clients: `ID` above
0 updates, `SitConta` 2 with date and amount settles. Assumed: `SitConta` 3 cancels, 1 reopens; payables are
saved by a POST alike. Whether an update replaces the record is unknown, so a record is always sent whole.
"""

from typing import Any

from connections._errors import Rejected, Unknown
from connections.kamino import Kamino
from destinations._contract import Action

RECEIVABLE = "/api/financeiro/recebimento"
PAYABLE = "/api/financeiro/pagamento"


class People:
    """Customers; created only, never changed: Kamino's registry belongs to its users."""

    def __init__(self, kamino: Kamino) -> None:
        self._kamino = kamino

    async def create(self, action: Action) -> str:
        return _saved(await self._kamino.write("/api/pessoa/grava", {"ID": 0, **action.payload}))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("people are not changed")

    async def find(self, action: Action) -> str | None:
        tax_id = action.payload.get("CPFCNPJ")
        params = {"CPFCNPJ": tax_id} if tax_id else {"NomeContem": action.payload["Nome"]}
        name, wanted = ("CPFCNPJ", tax_id) if tax_id else ("Nome", action.payload["Nome"])
        rows = await _listed(self._kamino, "/api/pessoa/lista/paginada", params)
        return _only([row for row in rows if _plain(row.get(name)) == _plain(wanted)])


class Receivables:
    """Receivables, and every change of their state: settled, reopened, cancelled."""

    def __init__(self, kamino: Kamino) -> None:
        self._kamino = kamino

    async def create(self, action: Action) -> str:
        """Inserts; or, for a record inserted moments ago (`target_id`), saves it whole with its new state."""
        return await self._save({"SitConta": self._kamino.settings.status_pending, **action.payload}, action)

    async def update(self, action: Action) -> str:
        return await self._save({**_own(action.base), **action.payload}, action)

    async def _save(self, record: dict[str, Any], action: Action) -> str:
        if record.get("SitConta") != self._kamino.settings.status_paid:
            record = {**record, "DtaPagto": None, "VlrPagto": None}
        return _saved(await self._kamino.write(RECEIVABLE, {**record, "ID": int(action.target_id or 0)}))

    async def find(self, action: Action) -> str | None:
        accrued_on = str(action.payload.get("DtaCompet", ""))[:10]
        window = {"CompetDe": accrued_on, "CompetAte": accrued_on, "CodigoExterno": action.reference}
        rows = await _listed(self._kamino, "/api/financeiro/recebimentos/paginada", window)
        state = action.payload.get("SitConta")
        return _only(
            [
                row
                for row in rows
                if row.get("CodigoExterno") == action.reference
                and (action.target_id is None or row.get("SitConta") == state)
            ]
        )


class PayableReferences:
    """The id that the other system gave a payment, written on the payable; the record is read just before."""

    def __init__(self, kamino: Kamino) -> None:
        self._kamino = kamino

    async def create(self, action: Action) -> str:
        return await self.update(action)

    async def update(self, action: Action) -> str:
        record = await self._record(action)
        if record is None:
            raise Rejected("o pagamento não foi encontrado na Kamino")
        wanted = action.payload["CodigoExterno"]
        if record.get("CodigoExterno") not in (None, "", wanted):
            raise Rejected(f"o pagamento já tem outra referência: {record['CodigoExterno']}")
        return _saved(await self._kamino.write(PAYABLE, {**_own(record), "CodigoExterno": wanted}))

    async def find(self, action: Action) -> str | None:
        record = await self._record(action)
        if record is None or record.get("CodigoExterno") != action.payload["CodigoExterno"]:
            return None
        return str(record["ID"])

    async def _record(self, action: Action) -> dict[str, Any] | None:
        due_on = str((action.base or {}).get("DataVencimento") or "")[:10]
        window = {"VencDe": due_on, "VencAte": due_on, "ID": action.target_id}
        rows = await _listed(self._kamino, "/api/financeiro/pagamento/lista/paginada", window)
        return next((row for row in rows if str(row.get("ID")) == action.target_id), None)


async def _listed(kamino: Kamino, path: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row of a short listing; callers check each row, because filters may be ignored."""
    rows: list[dict[str, Any]] = []
    number, pages = 1, 1
    while number <= pages:
        body = await kamino.read(path, {**params, "_pagina": number, "_tamanhoPagina": kamino.settings.page_size})
        rows += body.get("Dados") or []
        pages = int(body.get("TotalPaginas") or 0)
        number += 1
    return rows


def _saved(body: Any) -> str:
    saved = body.get("ID") if isinstance(body, dict) else None
    if isinstance(saved, bool) or not isinstance(saved, int) or saved <= 0:
        raise Unknown("Kamino: respondeu sem o ID do registro gravado")
    return str(saved)


def _own(record: dict[str, Any] | None) -> dict[str, Any]:
    """A record as read, without the underscored twins that Kamino adds to its dates."""
    return {name: value for name, value in (record or {}).items() if not name.startswith("_")}


def _only(rows: list[dict[str, Any]]) -> str | None:
    if len(rows) > 1:
        raise Rejected(f"há {len(rows)} registros iguais na Kamino")
    return str(rows[0]["ID"]) if rows else None


def _plain(value: Any) -> str:
    return "".join(sign for sign in str(value or "").upper() if sign.isalnum())
