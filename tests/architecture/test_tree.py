"""What no file of the tree may hold, and what every SQL file must."""

import re
from pathlib import Path

import pytest

from tests.architecture._tree import ROOT, files

TEXTS = {file.relative_to(ROOT): file.read_text("utf-8") for file in files() if file.suffix not in (".png", ".pyc")}
SQL = {path: text for path, text in TEXTS.items() if path.suffix == ".sql"}

REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|crates|debian|anaconda|docker|maven)\.(?:org|com|io|net)\b")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp/w)/\w")


@pytest.mark.parametrize(
    "forbidden", [REGISTRY, MACHINE], ids=["the host of a package registry", "a path of one machine"]
)
def test_no_file_names(forbidden: re.Pattern[str]) -> None:
    found = [f"{path}: {match[0]}" for path, text in TEXTS.items() if (match := forbidden.search(text))]
    assert found == []


def test_the_lock_holds_versions_and_hashes_and_no_addresses() -> None:
    lines = TEXTS[Path("requirements.lock")].replace(" \\\n", " ").splitlines()
    pinned = re.compile(r"[\w.\[\],-]+==[\w.!+]+( ; .*?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_every_sql_statement_is_a_block_with_a_name_and_a_purpose() -> None:
    statements = {path: re.split(r"(?m)^(?=-- name: )", text) for path, text in SQL.items()}
    told = re.compile(r"-- name: \w+\n-- purpose: \S")
    assert [
        f"{path}: {block.splitlines()[0]}"
        for path, blocks in statements.items()
        for block in blocks
        if block.strip() and not told.match(block)
    ] == []


def test_no_sql_computes_with_doubles_or_stands_on_a_primary_key() -> None:
    forbidden = re.compile(r"(?i)\b(?:double|float\d?|real|on conflict|primary key)\b")
    statements = {path: re.sub(r"--.*|'(?:[^']|'')*'", "", text) for path, text in SQL.items()}
    assert {path: found for path, text in statements.items() if (found := forbidden.findall(text))} == {}
