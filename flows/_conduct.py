"""From call to named state: opens a run, walks its path, closes the bridge, publishes, and says how it ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed

from connections._errors import (
    Denied,
    Disconnected,
    Misconfigured,
    Problem,
    Rejected,
    Stopped,
    Unavailable,
    Unknown,
    Unreadable,
)
from connections._settings import known_tenant, load_all, settings_file
from connections._stopping import listening, stopped
from expectations._rules import NotJudged
from flows import _report
from flows._access import Access, NotPermitted
from flows._decide import Contradiction
from flows._faults import Fault
from flows._folder import DISK_TROUBLE, Busy
from flows._ledger import Fenced
from flows._logs import without_tracebacks
from flows._manifest import count_attached
from flows._privacy import veiled
from flows._private import keep_private, private_files
from flows._publish import publish
from flows._run import Integration, Run
from flows._same_ledger import AnotherLedger, refuse_another
from flows._secrets import secret_block
from flows._sql import machinery
from flows._steps import warm_up
from flows._unusable import Damaged, HeldElsewhere, named
from flows._version import software_version
from flows._words import WORDS

BRIDGE = machinery("bridge")
POSTED = ("created", "updated", "settled", "cancelled")
COUNTS = (
    "read",
    *POSTED,
    "linked",
    "unchanged",
    "held_back",
    "rejected",
    "unknown",
    "not_sent",
    "ignored",
    "changed_since",
    "drift",
    "notice",
)
# The name of a failed state says what happened; its message says what to do.
NAMES: dict[type[BaseException], str] = {
    Misconfigured: "Misconfigured",
    NotPermitted: "Not permitted",
    AnotherLedger: "Another ledger",
    HeldElsewhere: "Held open elsewhere",
    Damaged: "Ledger damaged",
    Disconnected: "Reconnect needed",
    Denied: "Credential refused",
    Unreadable: "Unreadable answer",
    Stopped: "Stopped",
    Unavailable: "Unavailable",
    Rejected: "Rejected",
    Unknown: "Unknown outcome",
    NotJudged: "Rules not judged",
    Contradiction: "Plan contradicts itself",
    **dict.fromkeys(DISK_TROUBLE, "Disk trouble"),
    Fenced: "Replaced by a newer run",
}


class BridgeOpen(Problem):
    """What was read and what was told do not add up; the run fails and its file is not published."""


NAMES[BridgeOpen] = "Bridge does not close"


def title(integration: Integration) -> Callable[[], str]:
    """Names a flow run: `pacto → kamino · demo · 2026-11-21`."""

    def name() -> str:
        given = flow_run.parameters
        moment = given.get("as_of") or datetime.now(UTC)
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        day = moment.astimezone(ZoneInfo(integration.settings.model_fields["zone"].default)).date()
        return f"{integration.title} · {given['tenant']} · {day}" + (" · dry run" if given["dry_run"] else "")

    return name


def conduct(
    integration: Integration,
    path: Callable[[Run], None],
    tenant: str,
    as_of: datetime | None,
    *,
    dry_run: bool,
) -> State[Any]:
    """One run from start to named state; raises only what is a fault of ours."""
    moment = (as_of or datetime.now(UTC)).astimezone(UTC)
    try:
        known_tenant(settings_file(), tenant)
        caller = Access(tenant).caller(integration.name, "view" if dry_run else "run")
        run = Run(integration, tenant, moment, dry_run=dry_run)
        with listening(), private_files(), run.folder.held_by(run.id), run.exits:
            return _walk(run, path, caller)
    except Busy as busy:
        return Completed(name="Skipped", message=f"{busy} is working on {tenant}/{integration.name}")
    except (Misconfigured, NotPermitted, HeldElsewhere, Damaged) as problem:
        return Failed(name=NAMES[type(problem)], message=str(problem))
    except DISK_TROUBLE as trouble:
        return Failed(name=NAMES[OSError], message=str(trouble))


def _walk(run: Run, path: Callable[[Run], None], caller: str) -> State[Any]:
    without_tracebacks(tuple(NAMES))
    warm_up()
    try:
        _open(run)
        run.ledger.acts_elsewhere(Access(run.tenant).acts(run.integration.name))
        run.ledger.act(caller, "dry run" if run.dry_run else "run")
    except duckdb.IOException as error:
        raise _named(run, error) from None
    try:
        _refuse_time_travel(run)
        if not run.dry_run:
            refuse_another(run.folder, run.ledger)
        path(run)
        summary = _close_bridge(run)
        state = _state(run, summary)
        summary["state"] = state.name
        _report.write(run, str(state.name), summary)
        run.ledger.end(str(state.name), state.message or "", summary)
        run.ledger.close()
        publish(run)
        return state
    except Exception as error:  # noqa: BLE001 - recorded as the run's end; a fault of ours is raised again
        return _failed(run, _named(run, error))


def _refuse_time_travel(run: Run) -> None:
    """A day that is still to come may be rehearsed; what is posted for real is posted today."""
    if not run.dry_run and run.is_ahead_of_time():
        raise Misconfigured(f"{run.as_of:%Y-%m-%d} is still to come; rehearse it with --dry-run")


def _open(run: Run) -> None:
    integration = run.integration
    wanted = {cls.system: cls.settings_class for cls in integration.connections}
    filled = load_all({**wanted, integration.name: integration.settings}, run.tenant, settings_file(), secret_block)
    made = [cls(filled[cls.system].settings) for cls in integration.connections]
    run.open(filled[integration.name].settings, made)
    keep_private(run.tenant, run.settings.analysts)
    run.ledger.begin(
        run.id,
        {
            "integration": integration.name,
            "tenant": run.tenant,
            "as_of": run.as_of,
            "dry_run": run.dry_run,
            "prefect_run_id": str(flow_run.id) if flow_run.id else None,
            "version": software_version(),
        },
    )


def _named(run: Run, error: Exception) -> Exception:
    """A damaged ledger is called so wherever a run comes upon it; whether it is the ledger is told by a look."""
    told = named(error, run.folder.ledger) if isinstance(error, duckdb.IOException) else error
    if isinstance(told, Damaged):
        try:
            count_attached(run.database)
        except duckdb.Error:
            return told
    return error


def _failed(run: Run, error: Exception) -> State[Any]:
    """The failed state of a run; a fault of ours is recorded and raised with its traceback."""
    name = next((said for cls, said in NAMES.items() if isinstance(error, cls)), None)
    state = name or "Failed"
    fault = error if isinstance(error, Fault) else Fault(error)
    message = _private(run, error) if name else f"{fault}: a fault of the software"
    try:
        _report.write_stopped(run, state, message)
        run.ledger.end(state, message, {"run_id": run.id, "state": state, "kinds": {}, "calls": run.calls})
        run.ledger.close()
    except (Fenced, duckdb.Error):
        get_run_logger().warning("the end of run %s could not be recorded", run.id)
    if name is None:
        raise fault from None
    get_run_logger().error("%s: %s", name, message)
    return _ended_early(error, message)


def _ended_early(problem: Exception, message: str) -> State[Any]:
    """What somebody stopped is cancelled; all else that ends a run early has failed."""
    name = next(said for cls, said in NAMES.items() if isinstance(problem, cls))
    return Cancelled(name=name, message=message) if isinstance(problem, Stopped) else Failed(name=name, message=message)


def _private(run: Run, error: Exception) -> str:
    """What an error says to its reader, without what is personal: a state's message stays in Prefect."""
    try:
        return str(run.private(error)) if isinstance(error, Problem) else veiled(str(error))
    except duckdb.Error:
        return veiled(str(error))


def _close_bridge(run: Run) -> dict[str, Any]:
    """Counts and amounts per kind; raises BridgeOpen where they do not add up to what was read."""
    run.database.execute(BRIDGE["outcomes"])
    run.database.execute(BRIDGE["totals"])
    run.database.execute(machinery("plan")["planned"])
    run.table("control")
    for block in ("gaps", "control_gaps", "sent_gaps"):
        if run.dry_run and block == "sent_gaps":
            continue
        if gaps := run.rows(block, BRIDGE):
            raise BridgeOpen(f"the bridge of run {run.id} does not close ({block}): {gaps}")
    return {"run_id": run.id, "state": None, "kinds": _kinds(run), "calls": run.calls}


def _kinds(run: Run) -> dict[str, dict[str, Any]]:
    kinds: dict[str, dict[str, Any]] = {
        kind.name: {**dict.fromkeys(COUNTS, 0), "amounts": {}} for kind in run.findings.kinds
    }
    called = {kind.name: kind.counts_as for kind in run.findings.kinds}
    rows = run.database.execute("select kind, currency, outcome, documents, amount from bridge order by all").fetchall()
    for kind, currency, outcome, documents, amount in rows:
        name = called[kind] or outcome if outcome in ("created", "updated") else outcome
        kinds[kind][name] += documents
        if currency:
            amounts = kinds[kind]["amounts"].setdefault(currency, {})
            amounts[name] = str(amount + type(amount)(amounts.get(name, 0)))
    return kinds


def _state(run: Run, summary: dict[str, Any]) -> State[Any]:
    kinds = summary["kinds"].values()
    total = {name: sum(kind[name] for kind in kinds) for name in COUNTS}
    posted = sum(total[name] for name in POSTED)
    told = WORDS[run.integration.language].counted(total)
    if run.dry_run:
        return Completed(name="Planned", message=told)
    if problem := run.findings.stopped or stopped():
        return _ended_early(problem, f"{problem.said(run.integration.language)} ({told})")
    if total["unknown"]:
        return Failed(name="Unknown outcome", message=told)
    if total["rejected"]:
        return Failed(name="Rejected", message=told)
    name = "Posted" if posted or total["linked"] else "Nothing to post"
    if total["held_back"]:
        return Completed(name=f"{name}, some held back", message=told)
    return Completed(name=f"{name}, some not sent" if total["not_sent"] else name, message=told)
