"""What a person does to a ledger outside of any run is recorded in it like a run: who, what, when."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import duckdb

from flows._folder import Folder
from flows._ledger import Ledger
from flows._version import software_version


@contextmanager
def acting(folder: Folder, person: str, state: str, act: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Ledger]]:
    """The ledger of a folder that the caller holds, made where there is none; what was done is recorded if it was."""
    run_id = uuid.uuid4().hex[:12]
    with duckdb.connect() as connection:
        ledger = Ledger(connection, folder.ledger)
        yield connection, ledger
        facts = {"integration": folder.integration, "tenant": folder.tenant, "as_of": datetime.now(UTC)}
        ledger.begin(run_id, {**facts, "dry_run": False, "prefect_run_id": None, "version": software_version()})
        ledger.act(person, act)
        ledger.end(state, act, {"run_id": run_id, "state": state, "kinds": {}, "calls": {}})
        ledger.close()
