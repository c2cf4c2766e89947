"""What may be written to Moskit: deals, companies, contacts; a PUT replaces the whole record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import _moskit_data as data
from sandbox._call import Answer, Call, Handler, RefusedError
from sandbox._table import Row, Table
from sandbox._world import World, Write

REQUIRED = {
    "deals": ("name", "createdBy", "responsible", "status", "stage"),
    "companies": ("name", "createdBy", "responsible"),
    "contacts": ("name", "createdBy", "responsible"),
}
STATUSES = ("OPEN", "WON", "LOST")
WAS = {"WON": "win", "LOST": "lose", "OPEN": "reopen"}


def _refuse(field: str, message: str) -> RefusedError:
    return RefusedError(Answer({"message": message, "errors": [{"field": field, "message": message}]}, 422))


class Writes:
    """The POST and PUT handlers; success is 200 with the record, as observed."""

    def __init__(self, world: World, tables: dict[str, Table], replaced: Callable[[str, Row, Row], None]) -> None:
        self.world = world
        self.tables = tables
        self.replaced = replaced

    def create(self, table: str) -> Handler:
        """A new record."""

        def created(call: Call) -> Answer:
            body = self._body(call, table)
            key = self.tables[table].next_id()
            row = {**_empty(table, key), **_known(table, body), "id": key}
            row["dateCreated"] = self._now()
            return self._accept(call, table, "create", body, row)

        return created

    def replace(self, table: str) -> Handler:
        """A record replaced whole: what the body leaves out is refused (activities) or blanked."""

        def replaced(call: Call) -> Answer:
            key = int(call.parts["key"]) if call.parts["key"].isdigit() else 0
            old = self.tables[table].rows.get(key)
            if old is None:
                raise RefusedError(Answer({"message": "Not Found"}, 404))
            body = self._body(call, table)
            if "activities" not in body:
                raise _refuse("activities", "activities must not be null")
            row = {**_empty(table, key), **_known(table, body), "id": key, "dateCreated": old.get("dateCreated")}
            changed = row.get("status") != old.get("status")
            answer = self._accept(call, table, WAS[row["status"]] if changed else "update", body, row)
            self.replaced(table, old, row)
            return answer

        return replaced

    def _accept(self, call: Call, table: str, verb: str, body: Row, row: Row) -> Answer:
        if table == "deals":
            # What re-opening does to closeDate is not known: here it is cleared, and set anew by the next win.
            closed = body.get("closeDate") or self._now()
            row["closeDate"] = None if row["status"] == "OPEN" else closed
        self.world.accept(call, Write(verb, row["id"], body, [(table, row)]))
        return Answer(row)

    def _now(self) -> str:
        return self.world.clock.isoformat(timespec="milliseconds")

    def _body(self, call: Call, table: str) -> Row:
        try:
            body = call.document()
        except ValueError as problem:
            raise RefusedError(Answer({"message": "Malformed request"}, 400)) from problem
        if table == "deals" and "status" in body and body["status"] not in STATUSES:
            raise _refuse("status", "Enum cannot be null" if body["status"] is None else "Enum is unknown")
        for field in REQUIRED[table]:
            if not body.get(field):
                raise _refuse(field, f"{field} must not be null")
        return body


def _empty(table: str, key: int) -> Row:
    if table == "deals":
        return {**data.deal_row(key), "price": None, "closeDate": None, "source": None}
    made: dict[str, Any] = {"id": key, "emails": [], "phones": [], "primaryEmail": None, "entityCustomFields": []}
    return {**made, ("cnpj" if table == "companies" else "cpf"): None}


def _known(table: str, body: Row) -> Row:
    """What the record has; other fields are dropped without a word."""
    extra = ("notes", "domain", "cnpj", "cpf", "activities", "employees", "employers", "origin", "source", "name")
    known = {*_empty(table, 0), *extra, "createdBy", "responsible"}
    return {name: value for name, value in body.items() if name in known}
