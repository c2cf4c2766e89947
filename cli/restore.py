"""`contrapartida restore`: puts a backup back and says what the next run will look for."""

from pathlib import Path
from typing import Annotated

import typer

from cli._flows import integrations, known_integration
from cli._mistake import Mistake


def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder that `backup` made.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    integration: Annotated[
        str | None, typer.Option(help=f"Of one integration alone: {', '.join(integrations())}.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also what is there; it is kept beside, under a name of its own.")
    ] = False,
) -> int:
    """Put back what a backup holds, after it was found whole; a ledger that holds something stays, unless told so.

    Nothing is lost by it: the next run looks in the target for whatever the restored ledger does not know, and sends
    only what is not there.
    """
    from flows._access import Access
    from flows._folder import Busy
    from flows._restore import plan_of, restored_settings, sentences
    from flows._restore import restore as put_back

    if integration:
        known_integration(integration)
    plan = plan_of(backup.absolute(), tenant, integration)
    person = Access(tenant).caller(integration or "*", "approve")
    try:
        told = put_back(plan, person, replace=replace)
    except Busy as busy:
        raise Mistake(f"{busy} is working for {tenant}; restore when it has ended") from None
    if restored_settings(plan) and (missing := plan.manifest["secrets_left_out"]):
        print(f"settings.toml is there again; fill in its secrets: {', '.join(missing)}")
    for each in told:
        for line in sentences(each):
            print(line)
    return 0
