"""`contrapartida access`: who may do what with which integration."""

from typing import Annotated, Literal

import typer

from cli import _show
from cli._flows import integrations, known_integration
from cli._mistake import Mistake

Action = Literal["grant", "revoke", "list"]
Permission = Literal["view", "run", "map", "approve"]


def access(
    action: Annotated[Action, typer.Argument(help="What to do.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    person: Annotated[str | None, typer.Option(help="Who, by name.")] = None,
    integration: Annotated[str, typer.Option(help=f"* for all, or one of: {', '.join(integrations())}.")] = "*",
    permission: Annotated[Permission | None, typer.Option(help="What they may do.")] = None,
) -> int:
    """Say who may view (query, plan), run, map (change the mapping) or approve (ask again, grant).

    While a tenant has no grant, everybody who reaches its folder may do everything. A person's token is shown once,
    when they get their first permission; they put it into CONTRAPARTIDA_TOKEN.
    """
    from connections._settings import known_tenant, settings_file
    from flows._access import Access

    known_tenant(settings_file(), tenant)
    if integration != "*":
        known_integration(integration)
    grants = Access(tenant)
    if action == "list":
        grants.caller(integration, "view")
        made = _show.table("person", "integration", "permission")
        for each in grants.people().values():
            for where, what in sorted(each.permissions):
                _show.add(made, each.name, where, what)
        _show.out().print(made)
        return 0
    if not person or not permission:
        raise Mistake(f"say whom and what: contrapartida access {action} --person NAME --permission run")
    if action == "revoke":
        grants.revoke(person, integration, permission)
        print(f"{person} may no longer {permission} {integration}.")
        return 0
    token = grants.grant(person, integration, permission)
    print(f"{person} may {permission} {integration}.")
    if token:
        print(f"Token, shown this once; only its hash is kept: {token}")
    return 0
