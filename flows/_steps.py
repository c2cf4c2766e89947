"""The steps of every integration, the same verbs everywhere: extract, check, plan, push, publish.

Each is one Prefect task per system or kind, never one per document.
"""

import threading
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from connections._errors import Denied, Problem, Unavailable
from connections._http import Connection
from connections._json import dump, parse
from destinations._contract import Action, BatchWriter, Census, Writer
from expectations._judge import check as judge_suite
from expectations._judge import import_judge
from expectations._rules import Suite
from flows._decide import Contradiction, compare, count_gone, take, take_mirror
from flows._folder import DISK_TROUBLE, RegistryBusy
from flows._ledger import Entry
from flows._push import Outcome, Planned, are_gone, groups, look_all, pieces, send_all
from flows._report import Progress
from flows._run import Kind, Run
from flows._sql import machinery, quoted

PLAN = machinery("plan")
STEPS = machinery("steps")
HOW = {"posted": "created", "linked": "linked"}
# A target that fails this often in a row is left alone until the next run.
MOST_FAILURES_IN_A_ROW = 8
MOST_LOOKS_AT_ONCE = 16
MOST_CENSUS = 500
"""How many records of a kind one run asks for by their id; other days ask for others first."""

__all__ = ["Contradiction", "check", "extract", "mirror", "plan_and_push", "warm_up"]


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


@task(task_run_name="settle {kind.name}", cache_policy=NO_CACHE)
def settle(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> dict[str, int]:
    """Looks for what was sent without an end, whatever the source says of it now; documents per answer.

    What is not there counts as never sent once the target has had its time to book it; what nobody can look for stays
    open, and nothing of it is sent.
    """
    opened = _opened(run, kind)
    ended: dict[str, int] = {}
    for piece in pieces(opened, MOST_LOOKS_AT_ONCE):
        looks = connection.wait(look_all, writer, [action for _, action in piece])
        entries = list(_ends(run, piece, looks, connection.settings.booking_seconds))
        run.ledger.record(entries)
        for entry in entries:
            ended[entry.event] = ended.get(entry.event, 0) + 1
    get_run_logger().info("%s: %s of %s open ones settled", kind.name, sum(ended.values()), len(opened))
    return ended


@task(task_run_name="plan {kind.name}", cache_policy=NO_CACHE)
def plan(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> dict[str, int]:
    """Decides what happens to every document of a kind, by the one decision table; documents per action."""
    database = run.database
    compare(database, kind)
    if isinstance(writer, Census) and not run.findings.stopped:
        missing = database.execute(PLAN["missing"]).fetchmany(MOST_CENSUS)
        gone = connection.wait(are_gone, writer, [target_id for _, target_id in missing])
        count_gone(
            database, kind, [document_id for (document_id, _), is_gone in zip(missing, gone, strict=True) if is_gone]
        )
    database.execute(PLAN["decide"])
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
    try:
        with (
            _registry(run, kind, connection, actions),
            Progress(f"{run.integration.title}: {kind.name}", len(actions)) as progress,
        ):
            failures = 0
            for group in groups(writer, actions, connection.concurrency()):
                outcomes = _pushed(run, kind, connection, writer, group)
                for outcome in outcomes:
                    told[outcome.event] = told.get(outcome.event, 0) + 1
                # The lines of one call fail together: that is one failure.
                for outcome in outcomes[-1:] if isinstance(writer, BatchWriter) else outcomes:
                    failures = failures + 1 if outcome.event in ("unknown", "not_sent") else 0
                progress.advance(len(group))
                run.findings.stopped = _reason_to_stop(outcomes, failures, connection)
                if run.findings.stopped:
                    break
    except RegistryBusy:
        run.findings.stopped = Unavailable(
            "{system}: outra execução está gravando cadastros; esta os deixa para a próxima", system=connection.system
        )
    get_run_logger().info("%s: %s", kind.name, ", ".join(f"{n} {event}" for event, n in told.items()) or "nothing sent")
    return told


def plan_and_push(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> None:
    """A kind from decision to outcome; the kinds after it can use the ids it brought."""
    run.findings.kinds.append(kind)
    take(run.database, kind, run.integration.sql[kind.name])
    if not run.dry_run and not run.findings.stopped and _opened(run, kind):
        settle(run, kind, connection, writer)
    plan(run, kind, connection, writer)
    push(run, kind, connection, writer)


def mirror(run: Run) -> None:
    """Takes what the target holds, as the integration's block "mirror" reads it."""
    take_mirror(run.database, run.integration.sql["mirror"])


def _pushed(
    run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter, group: Sequence[Planned]
) -> list[Outcome]:
    """One group from intent to outcome. What the target took without saying where, what it may have taken, and what it
    refused to create is looked for at once: it may stand there.
    """
    run.ledger.record(_entry(planned, action.verb, "sending", sent=_trace(action, writer)) for planned, action in group)
    send = partial(send_all, look_first=kind.registry)
    outcomes: list[Outcome] = connection.wait(send, writer, [action for _, action in group])
    run.ledger.record(_told(run, kind, group, outcomes))
    doubtful = [
        place
        for place, outcome in enumerate(outcomes)
        if outcome.event in ("accepted", "unknown", "rejected") and group[place][1].verb == "create"
    ]
    if doubtful:
        sought = [replace(group[place][1], receipt=outcomes[place].receipt) for place in doubtful]
        looks = connection.wait(look_all, writer, sought)
        better = {place: _better(outcomes[place], look) for place, look in zip(doubtful, looks, strict=True)}
        changed = [place for place in doubtful if better[place] is not outcomes[place]]
        run.ledger.record(_told(run, kind, [group[place] for place in changed], [better[place] for place in changed]))
        outcomes = [better.get(place, outcome) for place, outcome in enumerate(outcomes)]
    return outcomes


def _better(outcome: Outcome, look: Outcome) -> Outcome:
    """What a look right after the call adds to its outcome."""
    if look.event == "linked":
        return replace(look, event="linked" if outcome.event == "rejected" else "posted")
    if outcome.event == "accepted":
        return look if look.problem else outcome
    return outcome


def _registry(run: Run, kind: Kind, connection: Connection, actions: Sequence[Planned]) -> AbstractContextManager[None]:
    """What several integrations write into one target is written by one of them at a time."""
    return run.folder.registry(connection.system) if kind.registry and actions else nullcontext()


def _actions(run: Run, kind: Kind) -> list[Planned]:
    return [(each, _action(kind, each)) for each in _rows(run, "actions", kind)]


def _opened(run: Run, kind: Kind) -> list[Planned]:
    return [(each, _action(kind, each)) for each in _rows(run, "open", kind)]


def _rows(run: Run, block: str, kind: Kind) -> list[dict[str, Any]]:
    cursor = run.database.execute(PLAN[block], {"kind": kind.name})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _action(kind: Kind, planned: dict[str, Any]) -> Action:
    return Action(
        kind=kind.name,
        document_id=planned["document_id"],
        verb=planned["action"],
        payload=parse(planned["payload"].encode()),
        target_id=planned["target_id"],
        reference=planned["reference"],
        base=parse(planned["base"].encode()) if planned["base"] else None,
        receipt=planned.get("receipt"),
        sent_at=planned.get("sent_at"),
    )


def _trace(action: Action, writer: Writer | BatchWriter) -> str:
    """What the ledger keeps of a document that is about to be sent, for it to be looked for later."""
    kept = {name: action.payload[name] for name in writer.looks_by if name in action.payload}
    return dump({"reference": action.reference, "target_id": action.target_id, "payload": kept}).decode()


def _entry(planned: dict[str, Any], verb: str, event: str, **more: Any) -> Entry:
    return Entry(
        **{
            "kind": planned["kind"],
            "document_id": planned["document_id"],
            "verb": verb,
            "event": event,
            "payload_hash": str(planned["payload_hash"]) if planned["payload_hash"] else None,
            "fields": planned["fields"],
            "amount": planned["amount"],
            "currency": planned["currency"],
            **more,
        }
    )


def _told(run: Run, kind: Kind, group: Iterable[Planned], outcomes: Iterable[Outcome]) -> Iterable[Entry]:
    for (planned, action), outcome in zip(group, outcomes, strict=True):
        # What was there already has somebody's content, not this one: the next plan compares it with what is wanted.
        unlike = outcome.event == "linked" and kind.on_change in ("update", "hold")
        yield _entry(
            {**planned, "payload_hash": None, "fields": None} if unlike else planned,
            action.verb,
            outcome.event,
            target_id=outcome.target_id,
            because=outcome.problem.said(run.integration.language) if outcome.problem else None,
            receipt=outcome.receipt,
            how=None if outcome.target_id in (None, planned["linked_target"]) else HOW[outcome.event],
        )


def _ends(run: Run, opened: Iterable[Planned], looks: Iterable[Outcome], booking_seconds: float) -> Iterable[Entry]:
    """What a look ends. That something is not there is an answer only once the target has had its time to book it."""
    for (planned, _), look in zip(opened, looks, strict=True):
        age = (datetime.now(UTC) - planned["sent_at"]).total_seconds() if planned["sent_at"] else booking_seconds
        if look.event in ("linked", "rejected") or (look.event == "absent" and age >= booking_seconds):
            yield _entry(
                planned,
                "find",
                look.event,
                target_id=look.target_id,
                because=look.problem.said(run.integration.language) if look.problem else None,
                how="linked" if look.target_id not in (None, planned["linked_target"]) else None,
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
