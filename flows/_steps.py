"""The steps of every integration, the same verbs everywhere: extract, check, plan, push, publish.

Each is one Prefect task per system or kind, never one per document.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from connections._errors import Problem, Unavailable
from connections._http import Connection
from destinations._contract import BatchWriter, Writer
from expectations._judge import check as judge_suite
from expectations._judge import import_judge
from expectations._rules import Suite
from flows._decide import PLAN, take, take_mirror, take_waiting
from flows._execute import Executor
from flows._folder import DISK_TROUBLE, RegistryBusy
from flows._push import Planned
from flows._report import Progress
from flows._run import Kind, Run
from flows._sql import machinery, quoted

STEPS = machinery("steps")


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


@task(task_run_name="settle {executor.kind.name}", cache_policy=NO_CACHE)
def settle(executor: Executor, opened: Sequence[Planned]) -> dict[str, int]:
    """Looks for what was sent without an end, whatever the source says of it now; documents per answer."""
    ended = executor.settle(opened)
    get_run_logger().info("%s: %s of %s open ones settled", executor.kind.name, sum(ended.values()), len(opened))
    return ended


@task(task_run_name="plan {executor.kind.name}", cache_policy=NO_CACHE)
def plan(run: Run, executor: Executor) -> dict[str, int]:
    """Decides what happens to every document of a kind, by the one decision table; documents per action."""
    kind, database = executor.kind, run.database
    executor.compare(ask=not run.findings.stopped)
    database.execute(PLAN["decide"])
    if run.dry_run:
        database.execute(STEPS["pretend"], {"kind": kind.name})
    else:
        run.ledger.decide(kind.name)
    counts = dict(database.execute(STEPS["count_actions"], {"kind": kind.name}).fetchall())
    get_run_logger().info("%s: %s", kind.name, ", ".join(f"{n} {action}" for action, n in counts.items()) or "none")
    return counts


@task(task_run_name="push {executor.kind.name}", cache_policy=NO_CACHE)
def push(run: Run, executor: Executor) -> dict[str, int]:
    """Sends what was planned: intents are committed before the calls, outcomes after them; documents per outcome."""
    kind, actions = executor.kind, executor.actions()
    told: Counter[str] = Counter()
    try:
        with (
            _registry(run, executor, actions),
            Progress(f"{run.integration.title}: {kind.name}", len(actions)) as progress,
        ):
            for outcomes, stop in executor.push(actions):
                told.update(outcome.event for outcome in outcomes)
                progress.advance(len(outcomes))
                run.findings.stopped = stop
    except RegistryBusy:
        run.findings.stopped = Unavailable(
            "{system}: outra execução está gravando cadastros; esta os deixa para a próxima",
            system=executor.connection.system,
        )
    get_run_logger().info("%s: %s", kind.name, ", ".join(f"{n} {event}" for event, n in told.items()) or "nothing sent")
    return dict(told)


def plan_and_push(run: Run, kind: Kind, connection: Connection, writer: Writer | BatchWriter) -> None:
    """A kind from decision to outcome; the kinds after it can use the ids it brought."""
    executor = Executor(run, kind, connection, writer)
    run.findings.kinds.append(kind)
    take(run.database, kind, run.integration.sql[kind.name])
    if "waited" in run.integration.sql:
        take_waiting(run.database, kind)
    if not run.dry_run and not run.findings.stopped and (opened := executor.opened()):
        settle(executor, opened)
    plan(run, executor)
    if not run.dry_run and not run.findings.stopped:
        push(run, executor)


def _registry(run: Run, executor: Executor, actions: Sequence[Planned]) -> AbstractContextManager[None]:
    """What several integrations write into one target is written by one of them at a time."""
    wanted = executor.kind.registry and actions
    return run.folder.registry(executor.connection.system) if wanted else nullcontext()


def mirror(run: Run) -> None:
    """Takes what the target holds, as the integration's block "mirror" reads it."""
    take_mirror(run.database, run.integration.sql["mirror"])


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
