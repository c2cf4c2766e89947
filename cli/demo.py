"""`contrapartida demo`: the real flows against the stand-ins, with a real Prefect server."""

import json
import os
import secrets
import shlex
import threading
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import _show
from cli._flows import integrations
from cli._mistake import Mistake
from cli.sandbox import Size

if TYPE_CHECKING:
    from cli._outcome import Outcome
    from cli._server import Server

TENANT = "demo"
PACE = 600.0
"""The vendors' limits, six hundred times as generous: a rehearsal need not wait."""
QUERIES = (
    "select kind, state, count(*) as documents, sum(amount) as amount from {integration}.documents "
    "group by all order by all",
    "select kind, label, amount, because from {integration}.held_back limit 5",
    "select recorded_at, kind, what, detail, because from {integration}.timeline where document_id = '{document}'",
)


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox and Prefect running until Ctrl-C.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 7,
    size: Annotated[Size, typer.Option(help="300, 20,000 or 1,000,000 receipts.")] = "small",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Of Prefect's UI; else the next free one.")] = 4200,
) -> int:
    """Run every integration against the stand-ins; a second demo finds everything posted and writes nothing.

    Data stays in ./data (CONTRAPARTIDA_DATA names another folder). No internet is needed.
    """
    from flows._folder import data_root

    root = data_root()
    with ExitStack() as exits:
        exits.enter_context(_alone(root / TENANT))
        _must_be_the_same_world(root / TENANT / "world.json", {"seed": seed, "size": size})
        _note("Starting a Prefect server and the vendors' stand-ins ...")
        with _show.steps("starting Prefect's server and the vendors' stand-ins") as shown:
            server = exits.enter_context(_prefect(root / "prefect", port))
            url = exits.enter_context(_sandbox(root / TENANT / "sandbox.jsonl", seed, size))
            _become_the_tenant(root / TENANT / "settings.toml", url)
            before = _writes(url)
            outcomes = _run_all(url, server, shown)
            written = {system: count - before[system] for system, count in _writes(url).items()}
        _tell(outcomes, written, root, server, keep=keep)
        if keep:
            _wait(root / TENANT / "settings.toml", server)
    return 1 if any(outcome.failed for outcome in outcomes) else 0


def _note(what: str) -> None:
    """A line per step where no terminal shows a moving one."""
    if not _show.err().is_terminal:
        _show.err().print(what, markup=False)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    home.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(home / "demo.lock", timeout=0):
            yield
    except Timeout:
        raise Mistake(
            f"another demo is running on {home}; end it, or name another folder in CONTRAPARTIDA_DATA"
        ) from None


def _must_be_the_same_world(note: Path, asked: dict[str, Any]) -> None:
    """What was posted to one invented world means nothing in another."""
    if note.exists() and (held := json.loads(note.read_text("utf-8"))) != asked:
        told = " ".join(f"--{name} {value}" for name, value in held.items())
        raise Mistake(f"{note.parent} holds the demo of {told}; ask for the same, or delete that folder to begin anew")
    note.write_text(json.dumps(asked), "utf-8")


@contextmanager
def _prefect(home: Path, port: int) -> Iterator["Server"]:
    """A server of the demo's own, and this process its client, whatever else is configured."""
    from cli._server import free_port, starting, without_prefect

    clean = without_prefect()
    with starting(home, free_port(port), clean, ui=True) as server:
        for name in set(os.environ) - set(clean):
            del os.environ[name]
        os.environ |= {"PREFECT_HOME": str(home), "PREFECT_API_URL": server.api, "DO_NOT_TRACK": "1"}
        yield server


@contextmanager
def _sandbox(journal: Path, seed: int, size: str) -> Iterator[str]:
    from sandbox._serve import serving

    with serving(seed=seed, size=size, pace=PACE, journal=journal) as url:
        yield url


def _become_the_tenant(settings: Path, url: str) -> None:
    """Writes the tenant's settings.toml, and makes it the only place that speaks for the tenant."""
    from cli._rehearsal import as_toml, of_integrations, sections
    from connections._settings import PREFIX

    settings.write_text(as_toml(TENANT, sections(url, PACE) | of_integrations(url)), "utf-8")
    for name in [name for name in os.environ if name.startswith(f"{PREFIX}__{TENANT.upper()}__")]:
        del os.environ[name]
    os.environ |= {"CONTRAPARTIDA_SETTINGS": str(settings), "CONTRAPARTIDA_INSTALLATION": _name_of(settings.parent)}


def _name_of(home: Path) -> str:
    """As long as the demo's folder lives; who deletes it begins anew, also for the Prefect server that stays."""
    note = home / "installation"
    if not note.exists():
        note.write_text(secrets.token_hex(6), "utf-8")
    return note.read_text("utf-8")


def _run_all(url: str, server: "Server", shown: _show.Steps) -> list["Outcome"]:
    from cli._flows import flow_of
    from cli._rehearsal import ask

    as_of = datetime.fromisoformat(ask(url, "clock")["clock"])
    for name in integrations():
        flow_of(name)  # takes seconds, as the server does
    shown.listen()
    server.wait()
    outcomes = []
    for name in integrations():
        shown.say(f"{name} · {TENANT}")
        outcomes.append(_run(name, as_of))
        _note(f"{name}: {outcomes[-1].state}")
    return outcomes


def _run(name: str, as_of: datetime) -> "Outcome":
    from cli._outcome import Outcome, run_flow

    try:
        return run_flow(name, TENANT, as_of, dry_run=False)
    except Exception as fault:  # noqa: BLE001 - the other integrations are still shown
        traceback.print_exception(fault)
        return Outcome(name, "Failed", f"{type(fault).__name__}: a fault of the software", failed=True, summary={})


def _writes(url: str) -> Counter[str]:
    """How many writes each stand-in has accepted so far."""
    from cli._rehearsal import ask

    accepted = Counter(entry["system"] for entry in ask(url, "journal"))
    return Counter({system: accepted[system] for system in ask(url, "")["systems"]})


def _tell(outcomes: list["Outcome"], written: dict[str, int], root: Path, server: "Server", *, keep: bool) -> None:
    from cli._report import runs_table, shown_in

    out = _show.out()
    out.print(shown_in(out, runs_table(outcomes), outcomes))
    for outcome in outcomes:
        if outcome.failed:
            out.print(f"{outcome.integration}: {outcome.message}", markup=False)
    told = ", ".join(f"{count:,} by {system}" for system, count in written.items() if count)
    out.print(f"Writes accepted by the stand-ins: {told or 'none; everything is in step already'}.\n", markup=False)
    again = "" if keep else f" (while {_show.program()} demo --keep runs)"
    out.print(f"Prefect's UI:    {server.address}{again}", markup=False)
    files = {each.integration: root / TENANT / each.integration / "published.duckdb" for each in outcomes}
    readable = [each for each in outcomes if files[each.integration].exists()]
    if readable:
        out.print(f"Published files: {_show.near(root / TENANT)}/*/published.duckdb, of each integration", markup=False)
        fullest = max(readable, key=lambda each: each.count("read")).integration
        _suggest(fullest, files[fullest])


def _suggest(integration: str, published: Path) -> None:
    """Three questions that are worth asking, the last one about the document with the longest story."""
    from cli._outcome import longest_story

    document = longest_story(published)
    _show.out().print("\nThree questions to try:")
    for question in QUERIES:
        sql = question.format(integration=integration, document=document)
        _show.out().print(f"  {_show.query(sql, TENANT)}", markup=False, soft_wrap=True)


def _wait(settings: Path, server: "Server") -> None:
    say = _show.err().print
    say("\nThe stand-ins and Prefect keep running; Ctrl-C stops them. For runs of your own, in another terminal:")
    say(
        f"  export CONTRAPARTIDA_SETTINGS={shlex.quote(_show.near(settings))} PREFECT_API_URL={server.api} "
        f"CONTRAPARTIDA_INSTALLATION={_name_of(settings.parent)}",
        markup=False,
    )
    say(f"  {_show.program()} run {integrations()[-1]} --tenant {TENANT} --dry-run", markup=False)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
