"""The steps of every integration, the same verbs everywhere: extract, check, plan, push, publish.

Each is one Prefect task per system or kind, never one per document.
"""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from connections._errors import Denied, Problem, Unavailable
from connections._http import Connection
from connections._json import parse
from destinations._contract import Action, BatchWriter, Writer
from expectations._judge import check as judge_suite
from expectations._judge import import_judge
from expectations._rules import Suite
from flows._folder import DISK_TROUBLE
from flows._ledger import Entry
from flows._push import Outcome, attempt_all, groups
from flows._report import Progress
from flows._run import Kind, Run
from flows._sql import machinery, quoted

PLAN = machinery("plan")
STEPS = machinery("steps")
HOW = {"posted": "created", "linked": "linked"}
# A target that fails this often in a row is left alone until the next run.
MOST_FAILURES_IN_A_ROW = 8


class Contradiction(Problem):
    """The integration's SQL names a document twice: nothing of this kind, or after it, is sent."""


def warm_up() -> None:
    """Imports the slow judge while the network is busy."""
    threading.Thread(target=import_judge, name="import-judge", daemon=True).start()


@task(task_run_name="extract {system}", cache_policy=NO_CACHE)
def extract(run: Run, system: str, resources: Sequence[Any]) -> dict[str, int]:
    """Reads `resources` into the staging area, whole, before anything is written anywhere; rows per table."""
    from flows._dlt import settled

    with settled():
        _staged(run, system, resources)
    names = [resource.name for resource in resources]
    for resource in resources:
        for column, hints in resource.compute_table_schema()["columns"].items():
            if what := hints.get("x-classified"):
                run.classified.add((f"raw_{system}", resource.name, column, what))
    counts = _copy_staged(run, f"raw_{system}", names)
    get_run_logger().info("read from %s: %s", system, ", ".join(f"{n} {name}" for name, n in counts.items()))
    return counts


def _staged(run: Run, system: str, resources: Sequence[Any]) -> None:
    """Loads `resources` with dlt; raises what a source raised, without what is personal."""
    import dlt

    pipeline = dlt.pipeline(
        f"{run.tenant}_{run.integration.name}_{system}",
        pipelines_dir=str(run.folder.pipelines),
        destination=dlt.destinations.duckdb(str(run.folder.staging)),
        dataset_name=f"raw_{system}",
    )
    try:
        pipeline.run(list(resources))
    except Exception as error:  # noqa: BLE001 - dlt wraps whatever a source raised; raised again below
        pipeline.abort_packages()
        known = _first_known(error)
        raise (run.private(known) if isinstance(known, Problem) else known or error) from None


@task(task_run_name="check", cache_policy=NO_CACHE)
def check(run: Run, suite: Suite) -> int:
    """Judges the integration's facts; documents that break a rule are held back. The number of them."""
    run.table("facts")
    run.findings.breached = judge_suite(run.database, "facts", suite, "breaches")
    if not run.dry_run:
        run.ledger.judge()
    get_run_logger().info("%s documents break a posting rule", run.findings.breached)
    return run.findings.breached


@task(task_run_name="plan {kind.name}", cache_policy=NO_CACHE)
def plan(run: Run, kind: Kind) -> dict[str, int]:
    """Decides what happens to every document of a kind, by the one decision table; documents per action."""
    run.findings.kinds.append(kind)
    database = run.database
    database.execute(f"create or replace temp view block as {run.integration.sql[kind.name]}")
    database.execute(PLAN["take_documents"], {"kind": kind.name})
    if repeated := database.execute(PLAN["repeated"], {"kind": kind.name}).fetchall():
        raise Contradiction(f"{kind.name}: named more than once: {', '.join(row[0] for row in repeated)}")
    policy = {"kind": kind.name, "on_change": kind.on_change, "on_drift": kind.on_drift}
    database.execute(PLAN["decide"], policy)
    if run.dry_run:
        database.execute(STEPS["pretend"], {"kind": kind.name})
    else:
        run.ledger.decide(kind.name)
    counts = dict(database.execute(STEPS["count_actions"], {"kind": kind.name}).fetchall())
    get_run_logger().info("%s: %s", kind.name, ", ".join(f"{n} {action}" for action, n in counts.items()) or "none")
    return counts


@task(task_run_name="push {kind.name}", cache_policy=NO_CACHE)
def push(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> dict[str, int]:
    """Sends what was planned: intents are committed before the calls, outcomes after them; documents per outcome."""
    if run.dry_run or run.findings.stopped:
        return {}
    actions = _actions(run, kind)
    told: dict[str, int] = {}
    failures = 0
    with Progress(f"{run.integration.title}: {kind.name}", len(actions)) as progress:
        for group in groups(writer, actions, connection.concurrency()):
            run.ledger.record(_entry(planned, action.verb, "sending") for planned, action in group)
            outcomes = connection.wait(attempt_all, writer, [action for _, action in group])
            run.ledger.record(_told(group, outcomes, run.integration.language))
            for outcome in outcomes:
                told[outcome.event] = told.get(outcome.event, 0) + 1
            # The lines of one call fail together: that is one failure.
            for outcome in outcomes[-1:] if isinstance(writer, BatchWriter) else outcomes:
                failures = failures + 1 if outcome.event in ("unknown", "unavailable") else 0
            progress.advance(len(group))
            run.findings.stopped = _reason_to_stop(outcomes, failures, connection)
            if run.findings.stopped:
                break
    get_run_logger().info("%s: %s", kind.name, ", ".join(f"{n} {event}" for event, n in told.items()) or "nothing sent")
    return told


def plan_and_push(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> None:
    """A kind from decision to outcome; the kinds after it can use the ids it brought."""
    plan(run, kind)
    push(run, kind, connection, writer)


def mirror(run: Run) -> None:
    """Takes what the target holds, as the integration's block "mirror" reads it."""
    run.database.execute(f"create or replace temp view block as {run.integration.sql['mirror']}")
    run.database.execute(PLAN["take_mirror"])


def _actions(run: Run, kind: Kind) -> list[tuple[dict[str, Any], Action]]:
    cursor = run.database.execute(PLAN["actions"], {"kind": kind.name})
    names = [column[0] for column in cursor.description or []]
    planned = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [(each, _action(kind, each)) for each in planned]


def _action(kind: Kind, planned: dict[str, Any]) -> Action:
    return Action(
        kind=kind.name,
        document_id=planned["document_id"],
        verb=planned["action"],
        payload=parse(planned["payload"].encode()),
        target_id=planned["target_id"],
        reference=planned["reference"],
        base=parse(planned["base"].encode()) if planned["base"] else None,
        said=planned["said"],
    )


def _entry(planned: dict[str, Any], verb: str, event: str, **more: Any) -> Entry:
    return Entry(
        kind=planned["kind"],
        document_id=planned["document_id"],
        verb=verb,
        event=event,
        payload_hash=str(planned["payload_hash"]),
        fields=planned["fields"],
        **more,
    )


def _told(
    group: Iterable[tuple[dict[str, Any], Action]], outcomes: Iterable[Outcome], language: str
) -> Iterable[Entry]:
    for (planned, action), outcome in zip(group, outcomes, strict=True):
        # What a look found is what was sent then; the next plan compares it with what is wanted now.
        then = {"payload_hash": planned["sent_hash"], "fields": planned["sent_fields"]}
        yield _entry(
            {**planned, **then} if outcome.event == "linked" else planned,
            action.verb,
            outcome.event,
            target_id=outcome.target_id,
            because=outcome.problem.said(language) if outcome.problem else None,
            how=None if outcome.target_id in (None, planned["linked_target"]) else HOW[outcome.event],
        )


def _reason_to_stop(outcomes: Sequence[Outcome], failures: int, connection: Connection) -> Problem | None:
    for outcome in outcomes:
        if isinstance(outcome.problem, Denied):
            return outcome.problem
    if failures >= MOST_FAILURES_IN_A_ROW:
        return Unavailable(
            "{system}: {failures} falhas seguidas; o resto fica para a próxima execução",
            system=connection.system,
            failures=failures,
        )
    return None


def _copy_staged(run: Run, schema: str, tables: Sequence[str]) -> dict[str, int]:
    """Copies what dlt staged into the work file, which is published when the run is complete."""
    database = run.database
    place = str(run.folder.staging).replace("'", "''")
    counts: dict[str, int] = {}
    database.execute(f"attach '{place}' as staging (read_only)")
    try:
        database.execute(f"create schema if not exists {quoted(schema)}")
        for name in tables:
            table = f"{quoted(schema)}.{quoted(name)}"
            database.execute(f"create or replace table {table} as from staging.{table}")
            counts[name] = database.table(table).shape[0]
    finally:
        database.execute("detach staging")
    return counts


def _first_known(error: BaseException | None) -> BaseException | None:
    """Our own problem, or the disk's, among the errors that dlt wraps around it."""
    while error is not None and not isinstance(error, (Problem, *DISK_TROUBLE)):
        error = error.__cause__ or error.__context__
    return error
