"""`contrapartida demo`: the real flows against the stand-ins, with a real Prefect server."""

import json
import os
import threading
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
    "select kind, state, count(*) as documents, sum(amount) as amount from {integration}.documents group by all",
    "select kind, label, amount, because from {integration}.held_back limit 10",
    "select what, detail, because from {integration}.timeline where document_id = "
    "(select document_id from {integration}.links limit 1)",
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
        shown = exits.enter_context(_show.steps("starting Prefect's server and the sandbox"))
        server = exits.enter_context(_prefect(root / "prefect", port))
        url = exits.enter_context(_sandbox(root / TENANT / "sandbox.jsonl", seed, size))
        _become_the_tenant(root / TENANT / "settings.toml", url, server)
        before = _writes(url)
        outcomes = _run_all(url, server, shown)
        written = {system: count - before[system] for system, count in _writes(url).items()}
        exits.enter_context(_silent(shown))
        _tell(outcomes, written, root, server if keep else None)
        if keep:
            _wait(url)
    return 1 if any(outcome.failed for outcome in outcomes) else 0
