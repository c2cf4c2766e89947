"""Every posting rule of every integration is broken by a case, and says so in a sentence of its own."""

import importlib
from functools import cache
from pathlib import Path

import pytest
import yaml

from cli._flows import integrations
from expectations._rules import Suite

CASES = Path(__file__).parents[1] / "cases"


def suite_of(integration: str) -> Suite:
    found = importlib.import_module(f"expectations.{integration}").SUITE
    assert isinstance(found, Suite)
    return found


@cache
def told(integration: str) -> str:
    """Every reason that a case of an integration expects finance to read."""
    runs = [
        run
        for golden in sorted((CASES / integration).glob("*/expected.yaml"))
        for run in yaml.safe_load(golden.read_text("utf-8"))["runs"]
    ]
    return "\n".join(
        str(because) for run in runs for part in ("held back", "noticed") for because in run.get(part, {}).values()
    )


RULES = [(name, rule.fact) for name in integrations() for rule in suite_of(name).rules if not rule.warns]


@pytest.mark.parametrize(("integration", "fact"), RULES, ids=[f"{name}-{fact}" for name, fact in RULES])
def test_a_case_breaks_the_rule_and_finance_reads_why(integration: str, fact: str) -> None:
    because = {rule.fact: rule.because for rule in suite_of(integration).rules}
    reasons = told(integration)
    for longer in because.values():
        if because[fact] in longer and because[fact] != longer:
            reasons = reasons.replace(longer, "")
    assert because[fact] in reasons


@pytest.mark.parametrize("integration", integrations())
def test_every_rule_has_a_sentence_of_its_own(integration: str) -> None:
    sentences = [rule.because for rule in suite_of(integration).rules]
    assert sorted(set(sentences)) == sorted(sentences)
