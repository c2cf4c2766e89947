"""The decision table alone: documents, a mirror and a past go in, actions come out; no vendor, no Prefect."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import duckdb

from flows._ledger import Entry, Ledger
from flows._sql import machinery

PLAN = machinery("plan")
KIND = "receivable"


@dataclass(frozen=True)
class Wanted:
    """A document as the source wants it: contents are letters, so that `A` differs from `B` at a glance."""

    content: str = "A"
    document_id: str = "1"
    compared: str | None = "same"
    """What the mirror can compare; "same" as the content."""
    reference: str | None = "R-1"
    natural_key: str | None = None
    target_id: str | None = None
    mirrored: bool = True
    ignored: str | None = None
    held: str | None = None
    waits: str | None = None

    @property
    def fields(self) -> str | None:
        return fields(self.content if self.compared == "same" else self.compared)

    def row(self) -> dict[str, Any]:
        return {
            "document_id": self.document_id,
            "record_id": self.document_id,
            "label": f"document {self.document_id}",
            "amount": "10.00",
            "currency": "BRL",
            "reference": self.reference,
            "natural_key": self.natural_key,
            "target_id": self.target_id,
            "payload": payload(self.content),
            "fields": self.fields,
            "mirrored": self.mirrored,
            "ignored_because": self.ignored,
            "held_because": self.held,
            "waits_because": self.waits,
        }


@dataclass(frozen=True)
class Stands:
    """A record of the target as the mirror shows it."""

    target_id: str = "7"
    compared: str | None = "A"
    reference: str | None = None
    natural_key: str | None = None
    locked: str | None = None

    def row(self) -> dict[str, Any]:
        return {
            "kind": KIND,
            "target_id": self.target_id,
            "reference": self.reference,
            "natural_key": self.natural_key,
            "fields": fields(self.compared),
            "record": f'{{"ID":{self.target_id}}}',
            "locked_because": self.locked,
        }


@dataclass(frozen=True)
class Happened:
    """One step of the past, as the ledger knows it: `Happened("posted", "A", target="7")`."""

    event: str
    content: str = "A"
    document_id: str = "1"
    target: str | None = None
    because: str | None = None
    compared: str | None = "same"

    def entry(self) -> Entry:
        return Entry(
            kind=KIND,
            document_id=self.document_id,
            verb="create",
            event=self.event,
            payload_hash=digest(payload(self.content)),
            fields=fields(self.content if self.compared == "same" else self.compared),
            target_id=self.target,
            because=self.because,
            how="created" if self.target else None,
        )


@dataclass(frozen=True)
class Decided:
    """What the table says of one document."""

    action: str
    target_id: str | None = None
    because: str | None = None
    drift: bool = False


@dataclass(frozen=True)
class Case:
    """A row of the table: what is wanted, what stands there, what happened before, what is broken."""

    wanted: Iterable[Wanted] = (Wanted(),)
    there: Iterable[Stands] = ()
    past: Iterable[Happened] = ()
    broken: Iterable[tuple[str, str | None]] = ()
    """Rules that the document breaks: the sentence, the value shown."""
    on_change: str = "update"
    on_drift: str = "report"


def payload(content: str) -> str:
    return f'{{"content":"{content}"}}'


def fields(compared: str | None) -> str | None:
    return None if compared is None else f'{{"compared":"{compared}"}}'


def digest(text: str) -> str:
    """The first 128 bits of a text's SHA-256, as the plan computes them."""
    return str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32]))


def opened(language: str = "pt-BR") -> tuple[duckdb.DuckDBPyConnection, Ledger]:
    """A run's database with an empty ledger, in memory."""
    database = duckdb.connect()
    database.execute("create schema last_run; use memory.last_run")
    database.execute("set variable run_id = 'now'")
    database.execute("set variable language = $language", {"language": language})
    ledger = Ledger(database, ":memory:")
    for statement in (PLAN["tables"], PLAN["sentences"], machinery("steps")["links_now"]):
        database.execute(statement)
    database.execute(
        "create table breaches (document_id text, position int, fact text, because text, shown text, kinds text[])"
    )
    ledger.begin("before", dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")))
    return database, ledger


def decided(case: Case, language: str = "pt-BR") -> dict[str, Decided]:
    """What the decision table makes of a case, per document."""
    database, ledger = opened(language)
    with database:
        for happened in case.past:
            ledger.record([happened.entry()])
        for position, (because, shown) in enumerate(case.broken, start=1):
            database.execute(
                "insert into breaches values ('1', ?, ?, ?, ?, [])", [position, f"rule_{position}", because, shown]
            )
        taken(database, "mirror", "take_mirror", [stands.row() for stands in case.there])
        taken(database, "documents", "take_documents", [wanted.row() for wanted in case.wanted])
        policy = {"kind": KIND, "on_change": case.on_change, "on_drift": case.on_drift}
        database.execute(PLAN["decide"], policy)
        rows = database.execute("select document_id, action, target_id, because, drift from plan").fetchall()
    return {document: Decided(*said) for document, *said in rows}


def taken(database: duckdb.DuckDBPyConnection, table: str, statement: str, rows: list[dict[str, Any]]) -> None:
    """Hands rows to the plan as an integration's block would."""
    if not rows:
        return
    database.execute(f"create or replace temp table given as select {', '.join(rows[0])} from {table} limit 0")
    for row in rows:
        database.execute(f"insert into given values ({', '.join('?' * len(row))})", list(row.values()))
    database.execute("create or replace temp view block as from given")
    database.execute(PLAN[statement], {"kind": KIND} if statement == "take_documents" else {})
