"""`contrapartida retry`: a person asks that a document be sent again: one rejected, or one gone from the target."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._asking import note
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._ledger import Entry


def retry(
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    kind: Annotated[str, typer.Option(help="As the table of held-back documents shows it, e.g. receivable.")],
    document: Annotated[str, typer.Option(help="The document's id, as that table shows it.")],
) -> int:
    """Have the next run send a document again: one that the target rejected, although nothing in it has changed, or
    one that was posted and is no longer in the target. The run looks for it first, and sends nothing that is there.
    """
    known_integration(integration)

    def again(ledger: "duckdb.DuckDBPyConnection", person: str) -> "Entry":
        from flows._ledger import Entry

        sentence = f"{person} asked to send {kind} {document} again"
        event = _event(ledger, kind, document)
        return Entry(kind, document, verb="ask", event=event, because=sentence)

    note(integration, tenant, "Retry asked", again)
    print(f"Noted: the next run of {integration} for {tenant} sends {kind} {document} again, unless the target has it.")
    return 0


def _event(ledger: "duckdb.DuckDBPyConnection", kind: str, document: str) -> str:
    """What is recorded: a retry of what was rejected; what was posted counts as never posted from here on."""
    found = ledger.execute(
        "select last_event from ledger.standing where kind = $kind and document_id = $document",
        {"kind": kind, "document": document},
    ).fetchone()
    if found is None:
        raise Mistake(f"{kind} {document} was never sent, so there is nothing to send again; was its id copied whole?")
    if found[0] == "rejected":
        return "retry"
    if found[0] in ("posted", "linked"):
        return "reopened"
    raise Mistake(f"{kind} {document} was not rejected: its last event is '{found[0]}'; nothing was changed")
