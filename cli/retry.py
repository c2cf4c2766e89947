"""`contrapartida retry`: a person asks that a document be sent again: one rejected, or one gone from the target."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._asking import note
from cli._flows import integration_of, integrations, known_integration
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
    one that was posted and is no longer in the target. What is too old for runs to look at is looked for first.
    """
    known_integration(integration)
    looks_first = kind in integration_of(integration).looks_for

    def again(ledger: "duckdb.DuckDBPyConnection", person: str) -> "Entry":
        from flows._ledger import Entry

        sentence = f"{person} asked to send {kind} {document} again"
        event = _event(ledger, kind, document, looks_first=looks_first)
        return Entry(kind, document, verb="ask", event=event, because=sentence)

    note(integration, tenant, "Retry asked", again)
    unless = ", unless the target still has it" if looks_first else ""
    print(f"Noted: the next run of {integration} for {tenant} sends {kind} {document} again{unless}.")
    return 0


def _event(ledger: "duckdb.DuckDBPyConnection", kind: str, document: str, *, looks_first: bool) -> str:
    """What is recorded: a retry of what was rejected; what is gone counts as never posted from here on."""
    asked = {"kind": kind, "document": document}
    found = ledger.execute(
        "select last_event from ledger.standing where kind = $kind and document_id = $document", asked
    ).fetchone()
    if found is None:
        raise Mistake(f"{kind} {document} was never sent, so there is nothing to send again; was its id copied whole?")
    if found[0] == "rejected":
        return "retry"
    if _is_gone(ledger, asked) or (looks_first and found[0] in ("posted", "linked")):
        return "reopened"
    raise Mistake(f"{kind} {document} was not rejected: its last event is '{found[0]}'; nothing was changed")


def _is_gone(ledger: "duckdb.DuckDBPyConnection", asked: dict[str, str]) -> bool:
    from flows._sql import machinery

    decided = ledger.execute(
        "select because from ledger.decided where kind = $kind and document_id = $document and action = 'drift'", asked
    ).fetchone()
    gone = []
    for language in ("pt-BR", "es-CL"):
        ledger.execute("set variable language = $language", {"language": language})
        ledger.execute(machinery("plan")["sentences"])
        gone += ledger.execute("select sentence from sentences where code = 'gone'").fetchall()
    return decided in gone
