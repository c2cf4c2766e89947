"""`contrapartida rules`: every posting rule of every integration, from the suites themselves."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from cli import _show
from cli._flows import integrations, known_integration

if TYPE_CHECKING:
    from expectations._rules import Rule, Suite

COLUMNS = ("code", "sentence", "reads", "severity")


def rules(
    integration: Annotated[str | None, typer.Option(help="One integration; without it, all of them.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As it stands in docs/rules.md.")] = False,
) -> int:
    """Show what must hold before a document is posted, with the sentence that finance reads."""
    names = [known_integration(integration)] if integration else integrations()
    if markdown:
        print(catalogue(names))
        return 0
    for name in names:
        made = _show.table(*COLUMNS, title=name)
        for rule in _suite(name).rules:
            _show.add(made, *_cells(rule))
        _show.out().print(made)
    return 0


def catalogue(names: Iterable[str]) -> str:
    """The rules of these integrations as Markdown tables, each folded away."""
    return "\n\n".join(_folded(_suite(name)) for name in names)


def _folded(suite: "Suite") -> str:
    lines = [f"<details><summary><code>{suite.name}</code>: {len(suite.rules)} rules</summary>", ""]
    lines += [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in _cells(rule))} |" for rule in suite.rules]
    return "\n".join([*lines, "", "</details>"])


def _cells(rule: "Rule") -> tuple[str, str, str, str]:
    held = ", ".join(rule.kinds) or "everything"
    return rule.code, rule.because, rule.reads, f"warning, holds back {held}" if rule.warns else f"holds back {held}"


def _suite(name: str) -> "Suite":
    found: Suite = importlib.import_module(f"expectations.{name}").SUITE
    return found
