"""`contrapartida run`: one run of one integration for one tenant."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from cli import _show
from cli._flows import integration_of, integrations, known_integration
from cli._mistake import Mistake
from cli._outcome import Outcome, planned, run_flow
from connections._errors import Problem


def run(
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books: a tenant of settings.toml or of the environment.")],
    as_of: Annotated[
        str | None, typer.Option(help="The moment that counts as now, e.g. 2026-11-21 or 2026-11-21T09:00:00-03:00.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop after the plan and show every action.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object as the last line of stdout.")] = False,
) -> int:
    """Run one integration once.

    Exit code:

    - 0: posted, planned or nothing to post
    - 2: something is held back and waits for a person
    - 3: the target rejected a document, or its answer is unknown
    - 1: the run failed or could not start
    - 130: somebody stopped it; what was sent is recorded, and the next run does the rest
    """
    try:
        outcome = _run(integration, tenant, as_of, dry_run=dry_run)
    except Problem as problem:
        if as_json:
            _print_json(Outcome(integration, "Misconfigured", str(problem), failed=True, summary={}), None)
        raise
    plan = _plan(outcome, tenant) if outcome.state == "Planned" else None
    if as_json:
        _print_json(outcome, plan)
    else:
        _print(outcome, tenant, plan)
    return outcome.exit_code


def _run(integration: str, tenant: str, as_of: str | None, *, dry_run: bool) -> Outcome:
    from connections._settings import known_tenant, settings_file

    known_integration(integration)
    known_tenant(settings_file(), tenant)
    moment = _moment(as_of, integration, tenant) if as_of else None
    with _show.steps(f"{integration} · {tenant}") as shown, _api(shown):
        return run_flow(integration, tenant, moment, dry_run=dry_run)


def _moment(text: str, integration: str, tenant: str) -> datetime:
    """A moment without an offset is one of the tenant's zone."""
    from connections._settings import load, settings_file

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Mistake(
            f"--as-of '{text}' is not a moment; write it like 2026-11-21 or 2026-11-21T09:00:00-03:00"
        ) from None
    if moment.tzinfo is not None:
        return moment
    settings = load(integration_of(integration).settings, tenant, integration, settings_file()).settings
    return moment.replace(tzinfo=ZoneInfo(settings.zone))


@contextmanager
def _api(shown: _show.Steps) -> Iterator[None]:
    """The Prefect server that is configured, else one of our own for this run."""
    from cli import _server

    shown.say("waiting for Prefect to be imported")
    from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

    shown.listen()
    current = get_current_settings()
    if current.api.url:
        _must_answer(current.api.url)
        yield
        return
    _show.err().print(
        "No PREFECT_API_URL is configured: starting a Prefect server for this run alone, which takes about 20 seconds."
    )
    environment = current.to_environment_variables(exclude_unset=True)
    with _server.starting(current.home, _server.free_port(0), {**os.environ, **environment}, ui=False) as server:
        shown.say("waiting for the Prefect server")
        server.wait()
        with temporary_settings({PREFECT_API_URL: server.api}):
            yield


def _must_answer(api: str) -> None:
    import httpx

    try:
        httpx.get(f"{api}/health", timeout=15)
    except httpx.TransportError as error:
        raise Mistake(
            f"the Prefect server at {api} does not answer ({error}); start it or correct PREFECT_API_URL"
        ) from None


def _plan(outcome: Outcome, tenant: str) -> list[dict[str, Any]]:
    from flows._folder import Folder

    return [_show.plain(row) for row in planned(Folder(tenant, outcome.integration).rehearsed)]


def _print_json(outcome: Outcome, plan: list[dict[str, Any]] | None) -> None:
    told = outcome.as_json() | ({} if plan is None else {"plan": plan})
    print(json.dumps(told, ensure_ascii=False))


def _print(outcome: Outcome, tenant: str, plan: list[dict[str, Any]] | None) -> None:
    from cli._report import kinds_table, plan_table, shown_in
    from flows._folder import Folder

    if outcome.kinds:
        _show.out().print(shown_in(_show.out(), kinds_table(outcome), [outcome]))
    if plan:
        _show.out().print(plan_table(plan))
    if outcome.failed:
        _show.err().print(f"contrapartida: {outcome.state}: {outcome.message}", markup=False)
        return
    _show.out().print(f"{outcome.state}: {outcome.message}", markup=False)
    published = Folder(tenant, outcome.integration).published
    if plan is None and published.exists():
        asked = _show.query(f"from {outcome.integration}.held_back", tenant)
        _show.out().print(f"Published in {_show.near(published)}\nWhat waits for a person: {asked}", markup=False)
