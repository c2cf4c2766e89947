"""What is written to Kamino: people, receivables and their settlement, references on payables.

Observed: people and receivables are saved by one POST each, `ID` 0 inserts. Inferred from clients: `ID` above
0 updates, `SitConta` 2 with date and amount settles. Assumed: `SitConta` 3 cancels, 1 reopens; payables are
saved by a POST alike; listings can be asked by `ID`, `IDPessoa` and `CodigoExterno` (where they cannot, they come
whole). Whether an update replaces the record is unknown, so a record is always sent whole, as it was read last.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from connections._brazil import read_tax_id
from connections._errors import Rejected, Unavailable, Unknown
from connections._folding import folded
from connections._pages import Page, every_row
from connections.kamino import Kamino
from destinations._contract import Action, Receipt

PEOPLE = "/api/pessoa/lista/paginada"
EVERYBODY = "/api/pessoa/lista"
RECEIVABLE = "/api/financeiro/recebimento"
RECEIVABLES = "/api/financeiro/recebimentos/paginada"
PAYABLE = "/api/financeiro/pagamento"
PAYABLES = "/api/financeiro/pagamento/lista/paginada"
WHERE_EMPTY = "where_empty"
"""The part of a payload that is written only where the record holds nothing: defaults, and what is taken for true."""
ALWAYS = {"CompetDe": "1990-01-01", "CompetAte": "2100-12-31"}
EMBEDDED = {"Pessoa": "IDPessoa", "ContaClassificacao": "IDContaClassificacao"}
Row = dict[str, Any]


class People:
    """Customers; created only, never changed: Kamino's registry belongs to its users."""

    looks_by = ("Nome", "CPFCNPJ")

    def __init__(self, kamino: Kamino) -> None:
        self._kamino = kamino

    async def send(self, action: Action) -> str | Receipt:
        return _saved(await self._kamino.write("/api/pessoa/grava", {"ID": 0, **action.payload}))

    async def resolve(self, action: Action) -> str | None:
        """By tax id, else by name among everybody; of two with the same, the one that is active."""
        rows = await self._alike(action.payload)
        active = [row for row in rows if row.get("Ativo") is not False]
        if rows and not active:
            raise Rejected("a pessoa está inativa na Kamino; reative o cadastro lá")
        return _only(active, "pessoas")

    async def stands(self, target_id: str) -> bool:
        rows = await _listed(self._kamino, PEOPLE, {"ID": target_id})
        return any(_id(row) == target_id for row in rows)

    async def _alike(self, payload: Row) -> list[Row]:
        if tax_id := payload.get("CPFCNPJ"):
            rows = await _listed(self._kamino, PEOPLE, {"CPFCNPJ": tax_id})
            return [row for row in rows if read_tax_id(str(row.get("CPFCNPJ") or "")) == tax_id]
        everybody = await self._kamino.whole_list(EVERYBODY)
        return [row for row in everybody if folded(str(row.get("Nome") or "")) == folded(payload["Nome"])]


class Receivables:
    """Receivables, and every change of their state: settled, reopened, cancelled.

    A kind sends the fields that are its own; all others stay as they were read, or as an earlier kind of this run left
    them. What was sent without an answer is read again before anything else is written over it.

    `received` is what settles those that are received already when they are created, by our reference: it goes out in
    the same call. The first one that is so created is looked at; where Kamino did not settle it, all are settled by a
    call of their own.
    """

    looks_by = ("IDPessoa", "VlrVenc", "DtaVenc", "SitConta", "DtaPagto")

    def __init__(self, kamino: Kamino, received: Mapping[str, Row] | None = None) -> None:
        self._kamino = kamino
        self._received = dict(received or {})
        self._settled: set[str] = set()
        """Ids of those that were created settled."""
        self._is_proven = False
        self._left: dict[str, Row | None] = {}
        """By id what this run has left there, None while nobody knows."""

    async def send(self, action: Action) -> str | Receipt:
        if action.target_id is None:
            return await self._created(action)
        if action.target_id in self._settled and await self._stands_settled(action):
            return action.target_id
        record = self._changed(await self._base(action), action)
        self._left[action.target_id] = None
        answer = await self._kamino.write(RECEIVABLE, {**record, "ID": _number(action.target_id)})
        if isinstance(_saved(answer), Receipt):
            return Receipt()  # nothing says that it was changed: it is looked at
        self._left[action.target_id] = record
        return action.target_id

    async def _created(self, action: Action) -> str | Receipt:
        """Settled at once where it may be; what is refused so is created as it always was, and the rest with it."""
        settles = self._received.get(str(action.reference))
        record = self._changed({}, action)
        if settles:
            try:
                return await self._new(self._changed(record, replace(action, payload=settles)), settled=True)
            except Rejected:
                made = await self._new(record)
                self._received.clear()
                return made
        return await self._new(record)

    async def _new(self, record: Row, *, settled: bool = False) -> str | Receipt:
        answer = _saved(await self._kamino.write(RECEIVABLE, {**record, "ID": 0}))
        if isinstance(answer, str):
            self._left[answer] = record
            self._settled |= {answer} if settled else set()
        return answer

    async def _stands_settled(self, action: Action) -> bool:
        """Whether what was created settled stands so: seen once, it is taken for true of all others of this run."""
        target_id = str(action.target_id)
        self._settled.discard(target_id)
        if not self._is_proven:
            record = await self._record(target_id)
            self._is_proven = record is not None and _is_as_sent(record, action.payload)
            if not self._is_proven:
                self._left |= dict.fromkeys({target_id, *self._settled})
                self._settled.clear()
        return self._is_proven

    async def resolve(self, action: Action) -> str | None:
        """What is new by our reference, among all of that person; a change by the record that it was made on.

        Where Kamino does not show our reference, the plan recognises what was sent by person, amount and due date.
        """
        if action.target_id:
            record = await self._record(action.target_id)
            return action.target_id if record is not None and _is_as_sent(record, action.payload) else None
        person = action.payload.get("IDPessoa")
        rows = await _listed(self._kamino, RECEIVABLES, {"IDPessoa": person, "CodigoExterno": action.reference})
        return _only([row for row in rows if _code(row) == action.reference], "recebimentos")

    async def stands(self, target_id: str) -> bool:
        return await self._record(target_id) is not None

    def _changed(self, base: Row, action: Action) -> Row:
        """The record with the fields of this kind, our reference where it has none, no trace of a payment undone."""
        settings = self._kamino.settings
        own = {name: value for name, value in action.payload.items() if name != WHERE_EMPTY}
        record = {"SitConta": settings.status_pending, **base, **own}
        for name, value in {"CodigoExterno": action.reference, **action.payload.get(WHERE_EMPTY, {})}.items():
            if record.get(name) in (None, ""):
                record[name] = value
        if str(record["SitConta"]) != str(settings.status_paid):
            record |= {"DtaPagto": None, "VlrPagto": None}
        return record

    async def _base(self, action: Action) -> Row:
        target_id = action.target_id or ""
        if (left := self._left.get(target_id)) is not None:
            return left
        if target_id not in self._left and action.base is not None:
            return _own(action.base)
        record = await self._record(target_id)
        if record is None:
            raise Unavailable(
                "Kamino: o recebimento não foi encontrado para ser alterado; a próxima execução o procura"
            )
        return _own(record)

    async def _record(self, target_id: str) -> Row | None:
        """By id, whenever it accrues; asked once more over all dates, where a listing without dates shows less."""
        for window in ({}, ALWAYS):
            rows = await _listed(self._kamino, RECEIVABLES, {**window, "ID": target_id})
            if found := next((row for row in rows if _id(row) == target_id), None):
                return found
        return None


class PayableReferences:
    """The id that the other system gave a payment, written on the payable; the record is read just before."""

    looks_by = ("CodigoExterno",)

    def __init__(self, kamino: Kamino) -> None:
        self._kamino = kamino

    async def send(self, action: Action) -> str | Receipt:
        record = await self._record(action)
        if record is None:
            raise Rejected("o pagamento não foi encontrado na Kamino")
        wanted = action.payload["CodigoExterno"]
        if record.get("CodigoExterno") not in (None, "", wanted):
            raise Rejected(f"o pagamento já tem outra referência: {record['CodigoExterno']}")
        answer = _saved(await self._kamino.write(PAYABLE, {**_own(record), "CodigoExterno": wanted}))
        return answer if isinstance(answer, Receipt) else str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        record = await self._record(action)
        return action.target_id if record and record.get("CodigoExterno") == action.payload["CodigoExterno"] else None

    async def _record(self, action: Action) -> Row | None:
        """On the day it is due (observed filter), then by id alone (assumed)."""
        due_on = _day((action.base or {}).get("DataVencimento"))
        windows = [{"VencDe": due_on, "VencAte": due_on}, {}] if due_on else [{}]
        for window in windows:
            rows = await _listed(self._kamino, PAYABLES, {**window, "ID": action.target_id})
            if found := next((row for row in rows if _id(row) == action.target_id), None):
                return found
        return None


async def _listed(kamino: Kamino, path: str, params: Row) -> list[Row]:
    """Every row of a listing; callers check each row, because filters may be ignored."""
    asked = {name: value for name, value in params.items() if value is not None}

    async def fetch(number: int) -> Page:
        return await kamino.page(path, number, asked)

    return await every_row(fetch, first=1, key=lambda row: row.get("ID"), what=f"Kamino {path}")


def _saved(body: Any) -> str | Receipt:
    """The id that the answer carries; what was saved without one is looked for."""
    saved = body.get("ID") if isinstance(body, dict) else None
    told = str(saved).strip() if isinstance(saved, int | str) and not isinstance(saved, bool) else ""
    return told if told.isascii() and told.isdigit() and int(told) > 0 else Receipt()


def _number(target_id: str | None) -> int | str:
    """An id as it travels: a number, 0 for what is new; one that is no number goes as it came."""
    return int(target_id or 0) if (target_id or "0").isdigit() else str(target_id)


def _own(record: Row) -> Row:
    """A record as read, without the underscored twins of its dates, and with the ids of whom it names."""
    own = {name: value for name, value in record.items() if not name.startswith("_")}
    for name, id_ in EMBEDDED.items():
        inner = record.get(name)
        if id_ not in own and isinstance(inner, dict) and inner.get("ID") is not None:
            own[id_] = inner["ID"]
    return own


def _id(row: Row) -> str:
    return str(row.get("ID"))


def _code(row: Row) -> str:
    return str(row.get("CodigoExterno") or "").strip()


def _is_as_sent(record: Row, payload: Row) -> bool:
    """Whether the record shows what was sent, as far as it shows it."""
    compared: dict[str, Callable[[Any], Any]] = {"SitConta": str, "VlrVenc": _amount, "DtaVenc": _day, "DtaPagto": _day}
    sent = {name: plain for name, plain in compared.items() if payload.get(name) is not None}
    return bool(sent) and all(plain(record.get(name)) == plain(payload[name]) for name, plain in sent.items())


def _amount(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _day(value: Any) -> str:
    return str(value or "")[:10]


def _only(rows: list[Row], what: str) -> str | None:
    if len({_id(row) for row in rows}) > 1:
        raise Unknown(f"há {len(rows)} {what} iguais na Kamino ({', '.join(sorted(map(_id, rows)))}); deixe só uma")
    return _id(rows[0]) if rows else None
