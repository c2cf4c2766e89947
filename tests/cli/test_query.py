"""`contrapartida query`: whatever is asked, nothing can be changed and nothing outside can be seen."""

import json
from pathlib import Path

import duckdb
import pytest

from tests._command import Said, contrapartida

WRITES = (
    "drop view held_back",
    "insert into documents values ('receivable', '3', 1, now())",
    "select 1; drop table documents",
    "attach 'other.duckdb'",
    "copy documents to 'stolen.csv'",
    "set enable_external_access = true",
    "install httpfs",
    "",
)
LOOKS_OUTSIDE = ("from read_text('settings.toml')", "from 'data/academia/one_to_two/ledger.duckdb'", "from glob('*')")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tenant's folder with one published file."""
    home = tmp_path / "data" / "academia" / "one_to_two"
    home.mkdir(parents=True)
    (tmp_path / "settings.toml").write_text("[academia]\n", "utf-8")
    with duckdb.connect(str(home / "published.duckdb")) as published:
        published.execute(
            "create table documents as select * from (values "
            "('receivable', '1', 129.90::decimal(18, 2), timestamptz '2026-11-21 09:00:00.123456+00'), "
            "('receivable', '=2+3', 0.10::decimal(18, 2), null)) as rows(kind, document_id, amount, since)"
        )
        published.execute("create view held_back as from documents where since is null")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRAPARTIDA_DATA", "data")
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path


def ask(sql: str, shape: str = "table") -> Said:
    return contrapartida("query", sql, "--tenant", "academia", "--format", shape)


def test_an_answer_is_a_table_a_sheet_or_json(folder: Path) -> None:
    question = "from one_to_two.documents order by amount desc"
    assert [line.split() for line in ask(question).out.splitlines() if line.strip()][2:] == [
        ["receivable", "1", "129.90", "2026-11-21", "09:00:00+00:00"],
        ["receivable", "=2+3", "0.10"],
    ]
    assert ask(question, "csv").out == (
        "kind,document_id,amount,since\nreceivable,1,129.90,2026-11-21 09:00:00.123456+00:00\nreceivable,'=2+3,0.10,\n"
    )
    assert json.loads(ask(question, "json").out) == [
        {"kind": "receivable", "document_id": "1", "amount": "129.90", "since": "2026-11-21T09:00:00.123456+00:00"},
        {"kind": "receivable", "document_id": "=2+3", "amount": "0.10", "since": None},
    ]


def test_a_tenant_with_one_integration_may_leave_its_name_out(folder: Path) -> None:
    assert ask("select document_id from held_back", "csv").out == "document_id\n'=2+3\n"


@pytest.mark.parametrize("sql", WRITES)
def test_what_could_change_something_is_refused(folder: Path, sql: str) -> None:
    before = sorted(path for path in folder.rglob("*") if path.is_file())
    said = ask(sql)
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "here nothing can be changed" in said.err
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize("sql", LOOKS_OUTSIDE)
def test_what_lies_outside_cannot_be_seen(folder: Path, sql: str) -> None:
    said = ask(sql)
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert "disabled by configuration" in said.err


def test_a_question_with_a_fault_is_told_so(folder: Path) -> None:
    assert ask("from receipts") == Said(
        1, "", "contrapartida: Catalog Error: Table with name receipts does not exist! "
        'Did you mean "documents"?\n'
    )  # fmt: skip
