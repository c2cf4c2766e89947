"""`contrapartida ledger`: whether a ledger is sound, and which one counts."""

from typing import Annotated, Literal

import typer

from cli import _show
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

Action = Literal["verify", "adopt"]


def ledger(
    action: Annotated[Action, typer.Argument(help="verify: read all of it; adopt: runs go on with what is here.")],
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help=f"One of: {', '.join(integrations())}.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
) -> int:
    """Say whether a ledger is sound (verify), or that runs go on with the one that lies here (adopt).

    verify reads every value, also while a run is on, tries the rules that must hold in a log, and computes the current
    state of each document anew from it; exit code 1: something is wrong.

    A run refuses to post with another ledger than the last run had. Where that one cannot be restored, adopt begins
    anew, with an empty one where none is here: what stands in the target is then found by our reference and linked.
    """
    from connections._settings import known_tenant, settings_file

    known_integration(integration)
    known_tenant(settings_file(), tenant)
    if action == "verify":
        return _verified(integration, tenant)
    print(f"Runs of {integration} for {tenant} go on with the ledger {_adopted(integration, tenant)}.")
    return 0


def _verified(integration: str, tenant: str) -> int:
    from flows._access import Access
    from flows._folder import Folder
    from flows._ledger_rules import RULES, broken_rules

    Access(tenant).caller(integration, "view")
    folder = Folder(tenant, integration)
    if not folder.ledger.exists():
        raise Mistake(f"there is no ledger of tenant '{tenant}' for {integration}; nothing was ever run for it here")
    broken = broken_rules(folder.ledger)
    for sentence in broken:
        print(f"✗ {sentence}")
    if not broken:
        print(f"Sound: every value can be read, and {len(RULES)} rules hold.")
    return 1 if broken else 0


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
