"""What may be written to Rindegastos: integration marks one by one and, in v2, in bulk; funds; a report's status."""

from __future__ import annotations

import re
from typing import Any

from sandbox._call import Answer, Call, Handler, RefusedError
from sandbox._table import Row, Table
from sandbox._world import World, Write

LARGEST_BULK = 100
LONGEST_CODE = 255
MOMENT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?")


def error(status: int, message: str | list[str], kind: str, *, under: int | None = None) -> Answer:
    """NestJS style; in v2 possibly under status 200 (observed). For v1 the same body is assumed."""
    return Answer({"statusCode": status, "message": message, "error": kind}, under or status)


def bad(message: str) -> RefusedError:
    return RefusedError(error(400, [message], "Bad Request"))


class Writes:
    """The PUT and POST handlers."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.quirks = quirks

    def mark(self, table: str) -> Handler:
        """One integration mark. Setting the same mark twice is accepted; the success body is assumed."""

        def marked(call: Call) -> Answer:
            body = _document(call)
            row = self._marked(table, body)
            self.world.accept(call, _write(body, [(table, row)], row["Id"]))
            if self.quirks["marked"] == "nothing":
                return Answer(text="")
            return Answer({"Id": row["Id"], "IntegrationStatus": int(body["IntegrationStatus"]), "Message": "OK"})

        return marked

    def mark_many(self, table: str, name: str) -> Handler:
        """Up to a hundred marks. A bare list is refused under status 200 (observed: an integration lost all marks)."""

        def marked(call: Call) -> Answer:
            under = int(self.quirks["refusals"])
            try:
                body = call.document()
            except ValueError:
                return error(400, ["property 0 should not exist"], "Bad Request", under=under)
            given = body.get(name)
            if not isinstance(given, list) or set(body) != {name} or len(given) > LARGEST_BULK:
                return error(
                    400, [f"{name} must contain no more than {LARGEST_BULK} elements"], "Bad Request", under=under
                )
            rows = [(table, self._marked(table, each)) for each in given]
            self.world.accept(call, _write(body, rows, [row["Id"] for _, row in rows]))
            return Answer({"Message": "OK", "Updated": len(rows)})

        return marked

    def custom_status(self, call: Call) -> Answer:
        """A line in the report's log; the person who writes it must be named."""
        body = _document(call)
        if body.get("IdAdmin") not in self.tables["users"].rows:
            raise bad("IdAdmin must be an administrator")
        row = {**self._row("reports", body), "CustomStatus": str(body.get("CustomStatus") or "")}
        self.world.accept(call, _write(body, [("reports", row)], row["Id"]))
        return Answer({"Id": row["Id"], "Message": "OK"})

    def _marked(self, table: str, body: Any) -> Row:
        if not isinstance(body, dict):
            raise bad("property 0 should not exist")
        status, code = body.get("IntegrationStatus"), body.get("IntegrationCode", "")
        if str(status) not in ("0", "1"):
            raise bad("IntegrationStatus must be one of the following values: 0, 1")
        if not isinstance(code, str | int) or len(str(code)) > LONGEST_CODE:
            raise bad("IntegrationCode must be shorter than or equal to 255 characters")
        day = body.get("IntegrationDate", "")
        if day and not (isinstance(day, str) and MOMENT.fullmatch(day)):
            raise bad("IntegrationDate must be a valid date")
        row = self._row(table, body)
        on = str(status) == "1"
        changed: Row = {"IntegrationExternalCode": str(code) if on else "", "IntegrationDate": day if on else ""}
        if table == "reports":
            changed["Integrated"] = True if on else ""
        return {**row, **changed}

    def _row(self, table: str, body: Row) -> Row:
        key = str(body.get("Id") or "")
        row = self.tables[table].rows.get(int(key)) if key.isdigit() else None
        if row is None:
            raise RefusedError(error(404, f"{table} not found", "Not Found"))
        return row


def _document(call: Call) -> Row:
    try:
        return call.document()
    except ValueError as problem:
        raise bad("the body must be a JSON object") from problem


def _write(body: Row, rows: list[tuple[str, Row]], key: Any) -> Write:
    verb = "mark" if str(body.get("IntegrationStatus", "1")) == "1" else "unmark"
    return Write(verb=verb, id=key, body=body, rows=rows, reference=body.get("IntegrationCode"))
