"""`contrapartida retry`: a person asks that a rejected document be sent again."""

import getpass
import uuid
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from cli._flows import integrations, known_integration
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._folder import Folder


def retry(
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    kind: Annotated[str, typer.Option(help="As the table of held-back documents shows it, e.g. receivable.")],
    document: Annotated[str, typer.Option(help="The document's id, as that table shows it.")],
) -> int:
    """Have the next run send a document again that the target rejected, although nothing in it has changed."""
    import duckdb

    from connections._settings import TENANT
    from flows._folder import Busy, Folder

    known_integration(integration)
    folder = Folder(tenant, integration)
    if not TENANT.fullmatch(tenant) or not folder.ledger.exists():
        raise Mistake(f"there is no ledger of tenant '{tenant}' for {integration}; nothing was ever run for it here")
    asked = uuid.uuid4().hex[:12]
    try:
        with folder.held_by(asked), duckdb.connect() as connection:
            _record(connection, folder, asked, kind, document)
    except Busy as busy:
        raise Mistake(f"{busy} is working on {tenant}/{integration}; ask again when it has ended") from None
    print(f"Noted: the next run of {integration} for {tenant} sends {kind} {document} again.")
    return 0


def _record(connection: "duckdb.DuckDBPyConnection", folder: "Folder", asked: str, kind: str, document: str) -> None:
    from flows._ledger import Entry, Ledger

    ledger = Ledger(connection, folder.ledger)
    found = connection.execute(
        "select last_event from ledger.standing where kind = $kind and document_id = $document",
        {"kind": kind, "document": document},
    ).fetchone()
    if found is None:
        raise Mistake(f"{kind} {document} was never sent, so there is nothing to send again; was its id copied whole?")
    if found[0] != "rejected":
        raise Mistake(f"{kind} {document} was not rejected: its last event is '{found[0]}'; nothing was changed")
    facts = {
        "integration": folder.integration,
        "tenant": folder.tenant,
        "as_of": datetime.now(UTC),
        "dry_run": False,
        "prefect_run_id": None,
        "version": version("contrapartida"),
    }
    sentence = f"{_who()} asked to send {kind} {document} again"
    ledger.begin(asked, facts)
    ledger.record([Entry(kind, document, verb="ask", event="retry", because=sentence)])
    ledger.end("Retry asked", sentence, {"run_id": asked, "state": "Retry asked", "kinds": {}, "calls": {}})


def _who() -> str:
    """The user of this machine; a container's may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
