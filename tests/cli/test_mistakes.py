"""A mistake of a person gets one sentence that says what is wrong and what there is; never a traceback."""

import sys
from pathlib import Path

import pytest

from cli._flows import integrations
from tests._command import Said, contrapartida, finished

HEAVY = ("prefect", "dlt", "duckdb", "great_expectations", "pandas", "pyarrow", "sqlalchemy", "httpx", "uvicorn")
WHERE = {
    "CONTRAPARTIDA__ACADEMIA__SANDBOX": "true",
    "CONTRAPARTIDA_SETTINGS": "settings.toml",
    "CONTRAPARTIDA_DATA": "data",
}
MISTAKES = {
    "an unknown command": (
        ["post"],
        "No such command 'post'; see 'contrapartida --help'",
    ),
    "an unknown integration": (
        ["run", "bank_to_ledger", "--tenant", "academia"],
        f"unknown integration 'bank_to_ledger'; there are: {', '.join(integrations())}",
    ),
    "an unknown tenant": (
        ["run", integrations()[0], "--tenant", "academy"],
        "unknown tenant 'academy'; settings.toml and the environment know: academia",
    ),
    "a tenant that is no name": (
        ["run", integrations()[0], "--tenant", "../academia"],
        "'../academia' is not a tenant's name: lower-case letters, digits and single underscores, a letter first",
    ),
    "no tenant": (
        ["run", integrations()[0]],
        "Missing option '--tenant'; see 'contrapartida run --help'",
    ),
    "a moment that is none": (
        ["run", integrations()[0], "--tenant", "academia", "--as-of", "31/02/2026"],
        "--as-of '31/02/2026' is not a moment; write it like 2026-11-21 or 2026-11-21T09:00:00-03:00",
    ),
    "a size that is none": (
        ["sandbox", "--size", "huge"],
        "Invalid value for '--size': 'huge' is not one of 'small', 'medium', 'large'; "
        "see 'contrapartida sandbox --help'",
    ),
    "a question about what was never published": (
        ["query", "from held_back", "--tenant", "academia"],
        "nothing is published for tenant 'academia' in {folder}/data; tenants with something: none yet",
    ),
    "a document asked for again where nothing was ever run": (
        ["retry", integrations()[0], "--tenant", "academia", "--kind", "receivable", "--document", "1"],
        f"there is no ledger of tenant 'academia' for {integrations()[0]}; nothing was ever run for it here",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_one_sentence_and_exit_code_1(mistake: str, tmp_path: Path) -> None:
    words, sentence = MISTAKES[mistake]
    said = contrapartida(*words, cwd=tmp_path, env=WHERE)
    assert said == Said(1, "", f"contrapartida: {sentence.format(folder=tmp_path)}\n")


def test_settings_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[academia\n", "utf-8")
    said = contrapartida("run", integrations()[0], "--tenant", "academia", cwd=tmp_path, env=WHERE)
    sentence = "settings.toml cannot be read: Expected ']' at the end of a table declaration (at line 1, column 10)"
    assert said == Said(1, "", f"contrapartida: {sentence}\n")


def test_help_comes_before_anything_heavy_is_imported() -> None:
    code = (
        "import sys, cli; sys.argv = ['contrapartida', 'run', '--help']; code = cli.main(); "
        f"print(code, sorted({{name.split('.')[0] for name in sys.modules}} & set({HEAVY})))"
    )
    said = finished([sys.executable, "-c", code])
    assert said.out.splitlines()[-1] == "0 []"


def test_help_names_every_command() -> None:
    modules = {path.stem for path in Path(__file__).parents[2].glob("cli/[a-z]*.py")}
    shown = contrapartida("--help").out
    assert {name for name in modules if f"│ {name} " not in shown} == set()
