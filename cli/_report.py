"""The tables of a run: kinds with counts and amounts, and the plan with old and new values."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cli._outcome import Outcome, amounts
from cli._show import WIDTH_OF_A_FILE, add, money, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

SHOWN = {
    "read": "read",
    "created": "created",
    "updated": "updated",
    "settled": "settled",
    "cancelled": "cancelled",
    "linked": "linked",
    "unchanged": "unchanged",
    "held_back": "held back",
    "rejected": "rejected",
    "unknown": "unknown",
    "not_sent": "not sent",
    "ignored": "ignored",
    "drift": "drift",
    "notice": "notices",
}
DEMO = {
    "read": ("read",),
    "posted": ("created", "updated"),
    "settled": ("settled",),
    "cancelled": ("cancelled",),
    "linked": ("linked",),
    "unchanged": ("unchanged",),
    "held\nback": ("held_back",),
    "refused": ("rejected", "unknown"),
    "not\nsent": ("not_sent",),
    "ignored": ("ignored",),
}
OPTIONAL = ("linked", "refused", "not\nsent", "ignored")


def shown_in(console: "Console", made: "Table", outcomes: Sequence[Outcome]) -> "Table | Text":
    """The table where it fits; on a narrow terminal the same as sentences, for a folded table tells nothing."""
    anywhere = console.options.update(width=WIDTH_OF_A_FILE)
    return made if console.measure(made, options=anywhere).maximum <= console.width else sentences(outcomes)


def sentences(outcomes: Sequence[Outcome]) -> "Text":
    """A line per integration, and below it a line per kind with what became of its documents."""
    from rich.text import Text

    told = Text()
    for outcome in outcomes:
        told.append(f"\n{outcome.integration}  ", "bold").append(f"{outcome.state}\n", _colour(outcome))
        for kind, counts in outcome.kinds.items():
            parts = (
                " ".join([_count(counts[name]), title, *_sums(counts, (name,)).split("\n")]).strip()
                for name, title in SHOWN.items()
                if counts[name]
            )
            told.append(f"  {kind}: {', '.join(parts) or 'none'}\n")
    return told


def kinds_table(outcome: Outcome) -> "Table":
    """A row per kind; a column only where there is something to say."""
    kinds = outcome.kinds
    names = {name: title for name, title in SHOWN.items() if outcome.count(name)} or {"read": "read"}
    made = table("kind", *names.values(), right=tuple(names.values()))
    for kind, told in kinds.items():
        add(made, kind, *(told[name] or "–" for name in names))
        sums = [_sums(told, (name,)) for name in names]
        if any(sums):
            add(made, "", *sums, style="dim")
    return made


def runs_table(outcomes: Sequence[Outcome]) -> "Table":
    """A section per integration with its state, a row per kind, the amounts of what was posted and is held back."""
    shown = {
        title: names for title, names in DEMO.items() if title not in OPTIONAL or any(o.count(*names) for o in outcomes)
    }
    figures = (*shown, "amount\nposted", "amount\nheld back")
    made = table("integration\nand state", *figures, right=figures)
    for outcome in outcomes:
        kinds = {kind: told for kind, told in outcome.kinds.items() if told["read"]}
        add(made, _headed(outcome), end=not kinds)
        for place, (kind, told) in enumerate(kinds.items(), 1):
            done = _sums(told, ("created", "updated", "settled", "cancelled"))
            held = _sums(told, ("held_back", "rejected", "unknown"))
            counts = [_count(sum(told[name] for name in names)) for names in shown.values()]
            add(made, f"  {kind}", *counts, done or "–", held or "–", end=place == len(kinds))
    return made


def _headed(outcome: Outcome) -> "Text":
    from rich.text import Text

    return Text.assemble((outcome.integration, "bold"), "\n", (outcome.state, _colour(outcome)))


def _colour(outcome: Outcome) -> str:
    return "red" if outcome.failed else "yellow" if outcome.exit_code else "green"


def _count(number: int) -> str:
    return f"{number:,}" if number else "–"


def plan_table(plan: Sequence[dict[str, Any]]) -> "Table":
    """Every action with the values that change: what stands there, what is wanted."""
    made = table("kind", "document", "label", "action", "amount", "old → new", "because", right=("amount",))
    for row in plan:
        amount = money(row["currency"], row["amount"]) if row["amount"] is not None else ""
        action = f"{row['action']} (drift)" if row["drift"] else row["action"]
        cells = (row["kind"], row["document_id"], row["label"], action, amount, changes(row), row["because"])
        add(made, *cells)
    return made


def changes(row: dict[str, Any]) -> str:
    """The fields that differ between the target (or else what was last written) and what is wanted."""
    old = _fields(row["in_target"] or row["last_written"])
    new = _fields(row["wanted"])
    names = [*new, *(name for name in old if name not in new)]
    return "; ".join(
        f"{name}: {_said(old.get(name))} → {_said(new.get(name))}" if name in old else f"{name}: {_said(new[name])}"
        for name in names
        if old.get(name) != new.get(name)
    )


def _fields(text: str | None) -> dict[str, Any]:
    found = json.loads(text, parse_float=str) if text else {}
    return found if isinstance(found, dict) else {"value": found}


def _said(value: Any) -> str:
    return "–" if value is None else str(value)


def _sums(told: dict[str, Any], names: tuple[str, ...]) -> str:
    return "\n".join(money(currency, amount) for currency, amount in amounts(told, *names).items())
