"""Every posting rule of every integration is broken by a case, says so in its own words, and is kept in the end."""

import importlib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli._flows import integrations
from expectations._rules import Suite

CASES = Path(__file__).parents[1] / "cases"
PARTS = ("held back", "noticed")


def suite_of(integration: str) -> Suite:
    found = importlib.import_module(f"expectations.{integration}").SUITE
    assert isinstance(found, Suite)
    return found


@cache
def stories(integration: str) -> list[list[Mapping[str, Any]]]:
    """The runs of each case of an integration, as they must be."""
    files = sorted((CASES / integration).glob("*/expected.yaml"))
    return [yaml.safe_load(file.read_text("utf-8"))["runs"] for file in files]


@cache
def told(integration: str) -> str:
    """Every reason that a case of an integration expects finance to read."""
    runs = [run for story in stories(integration) for run in story]
    return "\n".join(str(because) for run in runs for part in PARTS for because in run.get(part, {}).values())


def other_sentences(integration: str, because: str) -> list[str]:
    """The sentences of other rules that hold this one within them."""
    rules = suite_of(integration).rules
    return [each.because for each in rules if because in each.because and because != each.because]


def documents_that_broke(integration: str, fact: str, run: Mapping[str, Any]) -> set[str]:
    """The documents of a run of which finance reads this rule's sentence."""
    [because] = [rule.because for rule in suite_of(integration).rules if rule.fact == fact]
    found = {name: str(reason) for part in PARTS for name, reason in run.get(part, {}).items()}
    for longer in other_sentences(integration, because):
        found = {name: reason.replace(longer, "") for name, reason in found.items()}
    return {name for name, reason in found.items() if because in reason}


def freed(integration: str, fact: str) -> Iterator[str]:
    """The documents that broke a rule in one run of a case and kept it in a later one."""
    for story in stories(integration):
        broken = [documents_that_broke(integration, fact, run) for run in story]
        yield from (name for before, after in pairwise(broken) for name in before - after)


RULES = [(name, rule.fact) for name in integrations() for rule in suite_of(name).rules if not rule.warns]
each_rule = pytest.mark.parametrize(("integration", "fact"), RULES, ids=[f"{name}-{fact}" for name, fact in RULES])


@each_rule
def test_a_case_breaks_the_rule_and_finance_reads_why(integration: str, fact: str) -> None:
    because = {rule.fact: rule.because for rule in suite_of(integration).rules}
    reasons = told(integration)
    for longer in other_sentences(integration, because[fact]):
        reasons = reasons.replace(longer, "")
    assert because[fact] in reasons


@each_rule
def test_a_case_does_what_the_sentence_asks_for_and_the_hold_goes(integration: str, fact: str) -> None:
    assert list(freed(integration, fact))


@pytest.mark.parametrize("integration", integrations())
def test_every_rule_has_a_sentence_of_its_own(integration: str) -> None:
    sentences = [rule.because for rule in suite_of(integration).rules]
    assert sorted(set(sentences)) == sorted(sentences)
