"""What a person asks of a document is an entry of the ledger: the next run acts on it, the story shows who asked."""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli._flows import known_integration
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._ledger import Entry

Answer = Callable[["duckdb.DuckDBPyConnection", str], "Sequence[Entry]"]
"""From the open ledger and who asks, the entries; raises Mistake where it cannot be asked."""


def note(integration: str, tenant: str, state: str, answer: Answer) -> int:
    """Records what somebody who may approve asks, and of how many documents; raises Mistake, or NotPermitted, and then
    nothing was recorded.
    """
    import duckdb

    from connections._settings import TENANT
    from flows._access import Access
    from flows._folder import Busy, Folder
    from flows._ledger import Ledger
    from flows._version import software_version

    known_integration(integration)
    folder = Folder(tenant, integration)
    if not TENANT.fullmatch(tenant) or not folder.ledger.exists():
        raise Mistake(f"there is no ledger of tenant '{tenant}' for {integration}; nothing was ever run for it here")
    person = Access(tenant).caller(integration, "approve")
    asked = uuid.uuid4().hex[:12]
    facts = {"integration": integration, "tenant": tenant, "as_of": datetime.now(UTC), "dry_run": False}
    try:
        with folder.held_by(asked), duckdb.connect() as connection:
            ledger = Ledger(connection, folder.ledger)
            entries = answer(connection, person)
            ledger.begin(asked, {**facts, "prefect_run_id": None, "version": software_version()})
            ledger.record(entries)
            for entry in entries:
                ledger.act(person, f"{state.lower()}: {entry.kind} {entry.document_id}")
            summary = {"run_id": asked, "state": state, "kinds": {}, "calls": {}}
            ledger.end(state, "; ".join(str(entry.because) for entry in entries[:3]), summary)
            ledger.close()
    except Busy as busy:
        raise Mistake(f"{busy} is working on {tenant}/{integration}; ask again when it has ended") from None
    return len(entries)
