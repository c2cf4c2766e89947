"""`contrapartida automations check`: what each automation would have done with the deals of the last days."""

import os
from enum import StrEnum
from typing import Annotated, Any

import typer

from cli import _show
from cli._mistake import Mistake

INTEGRATION = "moskit_to_contaazul_financeiro"
ASKED = """
select wished.automation, wished.deal_id, wished.side, told.outcome, told.amount, told.because
from last_run.entries as wished
join last_run.outcomes as told on told.kind = wished.side and told.document_id = wished.document_id
order by wished.automation, try_cast(wished.deal_id as bigint), wished.deal_id, wished.document_id
"""
WOULD = {
    "created": "would be created",
    "linked": "stands there already",
    "unchanged": "was created before",
    "held_back": "would wait",
    "ignored": "left alone",
}


class What(StrEnum):
    check = "check"


def automations(
    what: Annotated[What, typer.Argument(help="check: nothing is sent.")],
    tenant: Annotated[str, typer.Option(help="Whose automations.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="Deals won in so many last days.")] = 7,
) -> int:
    """Show what each automation would have done with the deals of the last days; sends nothing."""
    del what
    from cli.run import _api
    from connections._settings import PREFIX, known_tenant, settings_file

    known_tenant(settings_file(), tenant)
    place = f"{PREFIX}__{tenant}__{INTEGRATION}".upper()
    os.environ |= {f"{place}__WINDOW_DAYS": str(days), f"{place}__OVERLAP_DAYS": "0"}
    with _show.steps(f"{INTEGRATION} · {tenant}") as shown, _api(shown):
        from cli._outcome import run_flow

        outcome = run_flow(INTEGRATION, tenant, None, dry_run=True)
    if outcome.state != "Planned":
        raise Mistake(f"{outcome.state}: {outcome.message}")
    rows = _rows(tenant)
    made = _show.table("automation", "deal", "what", "amount", "would", "because")
    for automation, deal, side, outcome, amount, because in rows:
        _show.add(made, automation, deal, side, amount, WOULD.get(outcome, outcome), because or "")
    _show.out().print(made)
    if not rows:
        _show.out().print("No automation is configured, or no deal was won.")
    return 0


def _rows(tenant: str) -> list[tuple[Any, ...]]:
    import duckdb

    from flows._folder import Folder

    with duckdb.connect(str(Folder(tenant, INTEGRATION).rehearsed), read_only=True) as published:
        return published.sql(ASKED).fetchall()
