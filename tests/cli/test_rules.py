"""The catalogue of posting rules: printed from the suites, and the copy of it in docs/."""

import importlib
import os
import subprocess
import sys

from cli._flows import integrations
from cli.rules import catalogue
from tests.architecture._tree import ROOT


def test_the_page_of_rules_is_as_it_is_generated() -> None:
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page.partition("\n\n")[2] == catalogue(integrations()) + "\n"


def test_every_message_of_seniors_erp_is_in_the_catalogue_once_per_sentence() -> None:
    rules = importlib.import_module("expectations.senior_hcm_to_senior_erp").SUITE.rules
    codes = {rule.code for rule in rules if rule.code}
    assert codes == {f"C{n:02d}" for n in range(1, 21)} | {f"F{n:02d}" for n in range(1, 19)}
    assert [rule.fact for rule in rules if rule.code and not rule.reads] == []


def test_the_command_prints_code_sentence_source_and_severity() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "cli", "rules", "--integration", "senior_hcm_to_senior_erp"],
        cwd=ROOT, env={**os.environ, "COLUMNS": "300"}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    [line] = [line for line in told.splitlines() if "Este lote não possui lançamentos" in line]
    assert [cell.strip() for cell in line.split("  ") if cell.strip()] == [
        "C11", "Este lote não possui lançamentos", "E640LOT, E640LCT", "warning, holds back effect",
    ]  # fmt: skip
