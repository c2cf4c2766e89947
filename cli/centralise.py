"""`contrapartida centralise`: a person asks that an expense report be posted: where nothing is posted by itself, or
although its receipts look like copies of others.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from cli._asking import note
from cli._mistake import Mistake

if TYPE_CHECKING:
    import duckdb

    from flows._ledger import Entry

INTEGRATION = "rindegastos_to_defontana"
KIND = "voucher"


def centralise(
    report: Annotated[str, typer.Option(help="The report's id in Rindegastos, e.g. 125417.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    no_duplicate: Annotated[
        bool, typer.Option("--no-duplicate", help="Its receipts are no copies, although others look the same.")
    ] = False,
) -> int:
    """Have the next run post an expense report that waits for a person: because `centralise = "on_request"` has it so,
    or, with --no-duplicate, because a receipt of it looks like one filed before. Who said so stands in its story.
    """

    def requested(ledger: "duckdb.DuckDBPyConnection", person: str) -> "list[Entry]":
        from flows._ledger import Entry

        decided = ledger.execute(
            "select action from ledger.decided where kind = $kind and document_id = $report",
            {"kind": KIND, "report": report},
        ).fetchone()
        if decided is None:
            raise Mistake(f"report {report} was never read here; is it closed, and was its id copied whole?")
        if decided[0] != "hold":
            raise Mistake(f"report {report} waits for nobody: the last run decided '{decided[0]}'; nothing was changed")
        said = (
            f"said that no receipt of report {report} is a duplicate"
            if no_duplicate
            else f"asked to centralise report {report}"
        )
        verb = "distinct" if no_duplicate else "ask"
        return [Entry(KIND, report, verb=verb, event="requested", because=f"{person} {said}")]

    note(INTEGRATION, tenant, "No duplicate" if no_duplicate else "Centralisation asked", requested)
    print(f"Noted: the next run of {INTEGRATION} for {tenant} posts report {report}.")
    return 0
