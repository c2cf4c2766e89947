"""Senior's flows without Prefect and without dlt: the same path, SQL, sources, writers and executor, in one process.

Against the stand-ins over HTTP, with a ledger in a file; what a run told is returned kind by kind.
"""

import importlib
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import duckdb

from connections._http import Connection
from destinations._contract import BatchWriter, Writer
from expectations._judge import list_breaches
from flows._decide import PLAN, take, take_mirror
from flows._execute import Executor
from flows._functions import register
from flows._ledger import Ledger
from flows._run import Kind
from flows._sql import machinery, quoted
from tests._world import World

ZONE = ZoneInfo("America/Sao_Paulo")


@dataclass
class Told:
    """What one run decided and did: per document the action or the outcome, and why."""

    decided: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)

    def of(self, action: str) -> dict[str, str | None]:
        """`kind document` → why, of what was decided so."""
        return {name: why for name, (did, why) in self.decided.items() if did == action}


class Desk:
    """One tenant's desk: connections that stay open, and a ledger per integration."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.folder = folder
        self.settings: dict[str, dict[str, Any]] = {}

    def set(self, integration: str, **settings: Any) -> None:
        """Settings of an integration, or of a system."""
        self.settings.setdefault(integration, {}).update(settings)

    def lose_ledger(self, integration: str) -> None:
        (self.folder / f"{integration}.ledger").unlink(missing_ok=True)

    def run(self, integration: str, *, dry_run: bool = False) -> Told:
        flow = importlib.import_module(f"flows.{integration}")
        with self._run(flow.INTEGRATION, dry_run=dry_run) as run, _alone(flow, run):
            flow._path(run)
            told: Told = run.told
            return told

    def query(self, integration: str, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger."""
        with duckdb.connect(str(self.folder / f"{integration}.ledger"), read_only=True) as ledger:
            return ledger.execute(sql).fetchall()

    def held(self, integration: str) -> dict[str, str]:
        rows = self.query(integration, "select kind, document_id, because from held_back order by all")
        return {f"{kind} {document}": because for kind, document, because in rows}

    @contextmanager
    def _run(self, integration: Any, *, dry_run: bool) -> Iterator[Any]:
        with duckdb.connect() as database:
            run = SimpleNamespace(
                integration=integration,
                dry_run=dry_run,
                database=database,
                as_of=self.world.now(),
                told=Told(),
                findings=SimpleNamespace(stopped=None, breached=0, kinds=[]),
            )
            run.today = self.world.now().astimezone(ZONE).date()
            run.settings = integration.settings(**self.settings.get(integration.name, {}))
            sql = integration.sql
            run.table = lambda block: _table(database, block, sql[block])
            run.rows = lambda block: database.execute(sql[block]).fetchall()
            run.variables = lambda **values: _set(database, values)
            register(database)
            for name, statement in machinery("plan").items():
                if name in ("tables", "sentences"):
                    database.execute("set variable language = 'pt-BR'")
                    database.execute(statement)
            run.ledger = Ledger(database, self.folder / f"{integration.name}.ledger")
            facts = {"integration": integration.name, "tenant": "academia", "as_of": run.as_of, "dry_run": dry_run}
            run_id = uuid.uuid4().hex[:12]
            run.ledger.begin(run_id, {**facts, "prefect_run_id": run_id, "version": "test"})
            run.variables(run_id=run_id, dry_run=dry_run, today=run.today, language="pt-BR")
            database.execute(machinery("steps")["links_now"])
            made = {cls: cls(self._of_system(cls)) for cls in integration.connections}
            run.connection = made.__getitem__
            for each in made.values():
                each.__enter__()
            try:
                yield run
            finally:
                for each in made.values():
                    each.__exit__(None, None, None)

    def _of_system(self, cls: type[Connection]) -> Any:
        from cli._rehearsal import sections

        given = {**sections(self.world.url, 600)[cls.system], **self.settings.get(cls.system, {})}
        return cls.settings_class(**given, sandbox=True, longest_pause_seconds=1)


def _set(database: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> None:
    for name, value in values.items():
        typed = "$value::varchar" if value is None else "$value"
        database.execute(f"set variable {quoted(name)} = {typed}", {"value": value})


@contextmanager
def _alone(flow: Any, run: Any) -> Iterator[None]:
    """The steps of the flow, each without what Prefect, dlt and Great Expectations add to it."""
    steps = {"extract": _extract, "check": _check, "mirror": _mirror, "plan_and_push": _plan_and_push}
    shared = importlib.import_module("flows._senior")
    places = [(module, name) for module in (flow, shared) for name in steps if hasattr(module, name)]
    patches: list[Any] = [mock.patch.object(module, name, steps[name]) for module, name in places]
    if hasattr(flow, "reconcile"):
        patches.append(mock.patch.object(flow, "reconcile", return_value=None))
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def _extract(run: Any, system: str, resources: Sequence[Any]) -> None:
    run.database.execute(f"create schema if not exists raw_{system}")
    for resource in resources:
        tables = list(resource)
        import pyarrow as pa

        whole = pa.concat_tables(tables)
        run.database.register("staged", whole)
        run.database.execute(f"create or replace table raw_{system}.{quoted(resource.name)} as from staged")
        run.database.unregister("staged")


def _check(run: Any, suite: Any) -> None:
    run.table("facts")
    list_breaches(run.database, "facts", suite, "breaches")
    if not run.dry_run:
        run.ledger.judge()


def _mirror(run: Any) -> None:
    take_mirror(run.database, run.integration.sql["mirror"])


def _plan_and_push(run: Any, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> None:
    executor = Executor(run, kind, connection, writer)
    take(run.database, kind, run.integration.sql[kind.name])
    if not run.dry_run and (opened := executor.opened()):
        executor.settle(opened)
    executor.compare(ask=True)
    run.database.execute(PLAN["decide"])
    if run.dry_run:
        run.database.execute(machinery("steps")["pretend"], {"kind": kind.name})
    else:
        run.ledger.decide(kind.name)
    rows = run.database.execute("select document_id, action, because from plan where kind = $kind", {"kind": kind.name})
    for document, action, because in rows.fetchall():
        run.told.decided[f"{kind.name} {document}"] = (action, because)
    if run.dry_run or run.findings.stopped:
        return
    actions = executor.actions()
    place = 0
    for outcomes, stop in executor.push(actions):
        for outcome in outcomes:
            run.told.sent[f"{kind.name} {outcome.event}"] += 1
            if outcome.problem:
                run.told.sent[f"{kind.name} {outcome.event}: {outcome.problem}"] += 1
        place += len(outcomes)
        run.findings.stopped = stop


def days(count: int) -> timedelta:
    return timedelta(days=count)


def on(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007


def _table(database: duckdb.DuckDBPyConnection, block: str, statement: str) -> None:
    try:
        database.execute(f"create or replace table {quoted(block)} as {statement}")
    except duckdb.Error as error:
        raise AssertionError(f"block {block}: {error}") from error
