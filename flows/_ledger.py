"""The ledger: what was decided, sent, answered and linked. Rows are only added, and only by the newest run."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from flows._schema import open_ledger
from flows._sql import machinery

SQL = machinery("ledger")
TABLES = (
    *("run_starts", "run_ends", "decisions", "attempts", "links", "breaches", "acts", "mappings", "mapping_uses"),
    "meta",
)


class Fenced(Exception):
    """A newer run has started: this one may not write any more."""


@dataclass(frozen=True)
class Entry:
    """One step of one document's posting, as `attempts` records it."""

    kind: str
    document_id: str
    verb: str
    event: str
    payload_hash: str | None = None
    fields: str | None = None
    target_id: str | None = None
    because: str | None = None
    how: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    receipt: str | None = None
    sent: str | None = None
    """As JSON, what was sent of that by which the document can be looked for."""


NAMED = tuple(each.name for each in fields(Entry) if each.name != "how")


class Ledger:
    """The ledger of one folder, attached to `connection` as `ledger`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path | str) -> None:
        self._connection = connection
        self._token = 0
        self.run_id = ""
        open_ledger(connection, path)

    @property
    def id(self) -> str:
        """Of this file, for as long as it lives, whatever becomes of its schema."""
        row = self._connection.execute(SQL["ledger_id"]).fetchone()
        return str(row[0]) if row else ""

    def steps(self) -> int:
        """How much it holds that would be missed."""
        row = self._connection.execute(SQL["steps"]).fetchone()
        return int(row[0]) if row else 0

    def begin(self, run_id: str, facts: Mapping[str, Any]) -> None:
        """This run takes the right to write from every older one."""
        self.run_id = run_id
        row = self._connection.execute(SQL["begin"], {"run_id": run_id, "now": _now(), **facts}).fetchone()
        self._token = row[0] if row else 0

    def end(self, state: str, message: str, summary: Mapping[str, Any]) -> None:
        given = {"state": state, "message": message, "summary": json.dumps(summary, default=str)}
        self._write([("end", {"run_id": self.run_id, "now": _now(), **given})])

    def close(self) -> None:
        """The file is whole in itself from here on: no second file beside it is needed to read it."""
        self._connection.execute("checkpoint ledger")

    def record(self, entries: Iterable[Entry]) -> None:
        """Appends attempts, and the links they made, in one commit; durable when this returns."""
        attempts = list(entries)
        links = [entry for entry in attempts if entry.how]
        given = {"run_id": self.run_id, "now": _now()}
        statements = [("attempts", given | _columns(attempts, *NAMED))]
        if links:
            statements.append(("links", given | _columns(links, "kind", "document_id", "target_id", "how")))
        self._write(statements)

    def decide(self, kind: str) -> None:
        """Records the decisions of a planned kind, and the links to what the mirror showed."""
        given = {"run_id": self.run_id, "kind": kind, "now": _now()}
        self._write([(block, given) for block in ("decide", "forget_nameless", "link_found", "link_targets")])

    def judge(self) -> None:
        """Records which rules were newly broken, and which are kept again."""
        given = {"run_id": self.run_id, "now": _now()}
        self._write([("open_breaches", given), ("close_breaches", given)])

    def act(self, person: str, act: str) -> None:
        """Records who did something."""
        self._write([("act", {"run_id": self.run_id, "person": person, "act": act, "now": _now()})])

    def acts_elsewhere(self, acts: Sequence[tuple[str, str, datetime]]) -> None:
        """Records what people did outside of any run, each act once, at its own moment."""
        names = ("persons", "acts", "moments")
        given = {name: [act[place] for act in acts] for place, name in enumerate(names)}
        self._write([("acts_elsewhere", {"run_id": self.run_id, **given})])

    def mapped(self, version: str, content: str) -> None:
        """Records the version of the mapping that this run works with; its content once."""
        version_of = {"version": version, "content": content, "now": _now()}
        self._write([("mapping", version_of), ("mapping_use", {"run_id": self.run_id, "version": version})])

    def _write(self, statements: list[tuple[str, dict[str, Any]]]) -> None:
        connection = self._connection
        connection.execute("begin")
        try:
            newest = connection.execute(SQL["newest_token"]).fetchone()
            if newest is None or newest[0] != self._token:
                raise Fenced(f"run {self.run_id} was replaced by a newer run")
            for block, values in statements:
                connection.execute(SQL[block], values)
            connection.execute("commit")
        except BaseException:
            with suppress(duckdb.Error):  # a commit that failed has rolled back already
                connection.execute("rollback")
            raise


def _columns(entries: Sequence[Entry], *names: str) -> dict[str, list[Any]]:
    """The values of many entries, a list per name: one statement writes them all."""
    return {name: [getattr(entry, name) for entry in entries] for name in names}


def _now() -> datetime:
    return datetime.now(UTC)


def summary_of(path: Path, prefect_run_id: str) -> dict[str, Any] | None:
    """The summary that a finished run recorded (counts, amounts, calls).

    None where it recorded none, or where another run holds the file just now.
    """
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute(
                "select summary from runs where prefect_run_id = $id", {"id": prefect_run_id}
            ).fetchone()
    except duckdb.IOException:
        return None
    return dict(json.loads(row[0])) if row and row[0] else None
