"""`contrapartida retry`: a person asks that a document be sent again: one rejected, or one gone from the target."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._asking import note
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._ledger import Entry


def retry(  # noqa: PLR0913, PLR0917 - one per option
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    kind: Annotated[
        str | None, typer.Option(help="As the table of held-back documents shows it, e.g. receivable.")
    ] = None,
    document: Annotated[str | None, typer.Option(help="The document's id, as that table shows it.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Everything that the target refused (of one --kind, if given).")
    ] = False,
    because: Annotated[str | None, typer.Option(help="With --all: only what was refused with these words.")] = None,
) -> int:
    """Have the next run send a document again: one that the target rejected, although nothing in it has changed, or
    one that was posted and is no longer in the target. The run looks for it first, and sends nothing that is there.
    """
    known_integration(integration)
    if every == bool(document) or (document and not kind) or (because and not every):
        raise Mistake("say which: --kind and --document for one, or --all, with --because TEXT for some of them")

    def again(ledger: "duckdb.DuckDBPyConnection", person: str) -> "list[Entry]":
        return (
            _all_refused(ledger, person, kind, because) if every else [_one(ledger, person, str(kind), str(document))]
        )

    count = note(integration, tenant, "Retry asked", again)
    what = f"{count} refused documents" if every else f"{kind} {document}"
    print(f"Noted: the next run of {integration} for {tenant} sends {what} again, unless the target has it.")
    return 0


def _all_refused(
    ledger: "duckdb.DuckDBPyConnection", person: str, kind: str | None, because: str | None
) -> "list[Entry]":
    found = ledger.execute(
        """
        select kind, document_id
        from ledger.standing
        join ledger.attempts as refusal on refusal.entry = last_entry
        where last_event = 'rejected' and kind = coalesce($kind, kind)
            and contains(lower(coalesce(refusal.because, '')), lower(coalesce($because, '')))
        order by all
        """,
        {"kind": kind, "because": because},
    ).fetchall()
    if not found:
        raise Mistake("nothing was refused that way, so there is nothing to send again")
    return [_asked(kind, document, person, "retry") for kind, document in found]


def _one(ledger: "duckdb.DuckDBPyConnection", person: str, kind: str, document: str) -> "Entry":
    return _asked(kind, document, person, _event(ledger, kind, document))


def _asked(kind: str, document: str, person: str, event: str) -> "Entry":
    from flows._ledger import Entry

    return Entry(kind, document, verb="ask", event=event, because=f"{person} asked to send {kind} {document} again")


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
