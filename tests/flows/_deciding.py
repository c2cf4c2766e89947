"""The decision table alone: documents, a mirror and a past go in, actions come out; no vendor, no Prefect."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from flows._decide import compare, count_gone
from flows._functions import register
from flows._ledger import Entry, Ledger
from flows._run import Kind
from flows._sql import machinery

PLAN = machinery("plan")
KIND = "receivable"
Key = str | tuple[str | None, ...]
"""A natural key: of one part, or of several."""


@dataclass(frozen=True)
class Wanted:
    """A document as the source wants it: contents are letters, so that `A` differs from `B` at a glance."""

    content: str = "A"
    document_id: str = "1"
    compared: str | None = "same"
    """What the mirror can compare; "same" as the content."""
    reference: str | None = "R-1"
    natural_key: Key | None = None
    target_id: str | None = None
    mirrored: bool = True
    stage: int | None = None
    ignored: str | None = None
    held: str | None = None
    waits: str | None = None
    noticed: str | None = None
    amount: str | None = "10.00"
    said: str | None = None
    """The payload, where the content's letter is not enough."""

    @property
    def fields(self) -> str | None:
        return fields(self.content if self.compared == "same" else self.compared)

    def row(self) -> dict[str, Any]:
        return {
            "document_id": self.document_id,
            "record_id": self.document_id,
            "label": f"document {self.document_id}",
            "amount": self.amount,
            "currency": "BRL",
            "reference": self.reference,
            "natural_key": listed(self.natural_key),
            "target_id": self.target_id,
            "payload": self.said or payload(self.content),
            "fields": self.fields,
            "mirrored": self.mirrored,
            "stage": self.stage,
            "ignored_because": self.ignored,
            "held_because": self.held,
            "waits_because": self.waits,
            "noticed_because": self.noticed,
        }


@dataclass(frozen=True)
class Stands:
    """A record of the target as the mirror shows it."""

    target_id: str = "7"
    compared: str | None = "A"
    reference: str | None = None
    natural_key: Key | None = None
    locked: str | None = None
    lives: bool = True
    stage: int | None = None
    shown: str | None = None

    def row(self) -> dict[str, Any]:
        return {
            "kind": KIND,
            "target_id": self.target_id,
            "reference": self.reference,
            "natural_key": listed(self.natural_key),
            "lives": self.lives,
            "stage": self.stage,
            "shown": self.shown,
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
    verb: str = "create"
    amount: str | None = "10.00"
    receipt: str | None = None

    def entry(self) -> Entry:
        return Entry(
            kind=KIND,
            document_id=self.document_id,
            verb=self.verb,
            event=self.event,
            payload_hash=digest(payload(self.content)),
            fields=fields(self.content if self.compared == "same" else self.compared),
            target_id=self.target,
            because=self.because,
            how="created" if self.target else None,
            amount=None if self.amount is None else Decimal(self.amount),
            currency="BRL",
            receipt=self.receipt,
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
    gone: tuple[str, ...] = ()
    """Documents whose record was asked for by its id and is not there."""
    registry: bool = False


def listed(key: Key | None) -> list[str | None] | None:
    return [key] if isinstance(key, str) else None if key is None else list(key)


def payload(content: str) -> str:
    return f'{{"content":"{content}"}}'


def fields(compared: str | None) -> str | None:
    return None if compared is None else f'{{"compared":"{compared}"}}'


def digest(text: str) -> str:
    """The first 128 bits of a text's SHA-256, as the plan computes them."""
    return str(uuid.UUID(hashlib.sha256(text.encode()).hexdigest()[:32]))


class Desk:
    """A run's database with a ledger in memory: what is decided at it, sent from it, and remembered by it."""

    def __init__(self, language: str = "pt-BR", ledger: Path | str = ":memory:") -> None:
        self.database = duckdb.connect(config={"threads": 1})
        self.database.execute("create schema last_run; use memory.last_run")
        self.database.execute("set variable language = $language", {"language": language})
        self.database.execute("set variable dry_run = false; set variable today = '2026-11-20'::date")
        register(self.database)
        self.ledger = Ledger(self.database, ledger)
        self.database.execute(machinery("steps")["links_now"])
        self.begin("first")

    def begin(self, run_id: str) -> None:
        """A run begins: its tables are empty, the ledger is what it was."""
        self.database.execute("set variable run_id = $run_id", {"run_id": run_id})
        for statement in (PLAN["tables"], PLAN["sentences"]):
            self.database.execute(statement)
        columns = "document_id text, position int, fact text, because text, shown text, kinds text[]"
        self.database.execute(f"create or replace table breaches ({columns})")
        self.database.execute("create or replace table facts (document_id text)")
        facts = ("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")
        self.ledger.begin(run_id, dict.fromkeys(facts))

    def send(self, *happened: Happened) -> None:
        for each in happened:
            self.ledger.record([each.entry()])

    def judge(self, *broken: tuple[str, str | None]) -> None:
        """The rules that document 1 breaks."""
        self.database.execute("insert into facts values ('1')")
        for position, (because, shown) in enumerate(broken, start=1):
            self.database.execute(
                "insert into breaches values ('1', ?, ?, ?, ?, [])", [position, f"rule_{position}", because, shown]
            )

    def plan(
        self,
        wanted: Iterable[Wanted] = (Wanted(),),
        there: Iterable[Stands] = (),
        *,
        on_change: str = "update",
        on_drift: str = "report",
        gone: Sequence[str] = (),
        registry: bool = False,
    ) -> dict[str, Decided]:
        """What the decision table makes of these documents, each by its id."""
        kind = Kind(KIND, on_change=on_change, on_drift=on_drift, registry=registry)
        taken(self.database, "mirror", "take_mirror", [stands.row() for stands in there])
        taken(self.database, "documents", "take_documents", [each.row() for each in wanted])
        compare(self.database, kind)
        count_gone(self.database, kind, gone)
        self.database.execute(PLAN["decide"])
        rows = self.database.execute("select document_id, action, target_id, because, drift from plan").fetchall()
        return {document: Decided(*said) for document, *said in rows}

    def asked(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger, as a person asks for them."""
        self.database.execute("use ledger.main")
        try:
            return self.database.execute(sql).fetchall()
        finally:
            self.database.execute("use memory.last_run")


def decided(case: Case, language: str = "pt-BR") -> dict[str, Decided]:
    """What the decision table makes of a case, per document."""
    desk = Desk(language)
    with desk.database:
        desk.send(*case.past)
        desk.judge(*case.broken)
        return desk.plan(
            case.wanted,
            case.there,
            on_change=case.on_change,
            on_drift=case.on_drift,
            gone=case.gone,
            registry=case.registry,
        )


def taken(database: duckdb.DuckDBPyConnection, table: str, statement: str, rows: list[dict[str, Any]]) -> None:
    """Hands rows to the plan as an integration's block would."""
    if not rows:
        return
    database.execute(f"create or replace temp table given as select {', '.join(rows[0])} from {table} limit 0")
    for row in rows:
        database.execute(f"insert into given values ({', '.join('?' * len(row))})", list(row.values()))
    database.execute("create or replace temp view block as from given")
    database.execute(PLAN[statement], {"kind": KIND} if statement == "take_documents" else {})
