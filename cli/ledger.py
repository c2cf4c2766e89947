"""`contrapartida ledger`: which ledger counts, said by a person."""

from typing import Annotated, Literal

import typer

from cli import _show
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

Action = Literal["adopt"]


def ledger(
    action: Annotated[Action, typer.Argument(help="adopt: runs go on with the ledger that is here, on purpose.")],
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
) -> int:
    """Say that runs go on with the ledger that lies here, or with an empty one where none does.

    A run refuses to post with another ledger than the last run had. Where that one cannot be restored, adopt begins
    anew: what stands in the target is then found by our reference and linked.
    """
    del action
    from connections._settings import known_tenant, settings_file

    known_integration(integration)
    known_tenant(settings_file(), tenant)
    print(f"Runs of {integration} for {tenant} go on with the ledger {_adopted(integration, tenant)}.")
    return 0


def _adopted(integration: str, tenant: str) -> str:
    from cli.run import _api
    from flows._access import Access
    from flows._folder import Busy, Folder

    person = Access(tenant).caller(integration, "approve")
    with _show.steps(f"{integration} · {tenant}") as shown, _api(shown):
        from flows._same_ledger import adopt

        try:
            return adopt(Folder(tenant, integration), person)
        except Busy as busy:
            raise Mistake(f"{busy} is working on {tenant}/{integration}; ask again when it has ended") from None
