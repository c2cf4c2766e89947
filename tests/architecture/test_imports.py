"""Who may know whom: the contracts in pyproject.toml bind every new file, and no two things of the business meet."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp

from tests.architecture._tree import PACKAGES, ROOT

LINT = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True, no_logo=True))"
# One file per folder, each importing what it must not; together they break every contract.
OFFENDERS = {
    "connections/invented.py": "import duckdb, prefect",
    "destinations/invented.py": "import dlt, httpx, rich",
    "expectations/invented.py": "import connections.invented, dlt",
    "flows/invented.py": "import flows._invented, sandbox.invented",
    "flows/_invented.py": "import flows.invented",
    "sandbox/invented.py": "import duckdb",
    "sources/invented.py": "import destinations.invented, duckdb",
}


def test_the_contracts_hold() -> None:
    told = _lint(ROOT)
    assert told.returncode == 0, told.stdout


def test_each_contract_binds_systems_and_integrations_that_are_yet_to_come(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, line in OFFENDERS.items():
        (tmp_path / name).write_text(f"{line}\n", "utf-8")
    told = _lint(tmp_path)
    assert re.search(r"Contracts: 0 kept, \d+ broken", told.stdout), told.stdout


def test_a_thing_of_the_business_knows_no_other_of_its_folder() -> None:
    met = [
        f"{importer} knows {thing}"
        for importer, thing in _things_imported()
        if "._" not in importer and importer.split(".")[0] == thing.split(".")[0]
    ]
    assert met == []


def test_machinery_knows_no_thing_of_the_business_but_the_one_it_is_a_part_of() -> None:
    met = [
        f"{importer} knows {thing}"
        for importer, thing in _things_imported()
        if "._" in importer
        and not importer.startswith(thing.replace(".", "._"))
        and _vendor(importer) != _vendor(thing)
    ]
    assert met == []


def _things_imported() -> Iterator[tuple[str, str]]:
    """Every import of a thing of the business: importer, imported. Commands may know commands."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if "." in imported and "._" not in imported and not importer.startswith("cli."):
                yield importer, imported


def _lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False)


def _vendor(module: str) -> str:
    """Whose module this is: what several things of one vendor share knows that vendor."""
    return module.partition(".")[2].removeprefix("_").partition("_")[0]
