"""`contrapartida backup`, `verify` and `restore`, as somebody meets them whose ledgers lie here."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows._ledger import Entry, Ledger
from tests._command import Said, contrapartida

SETTINGS = """
[academia]
sandbox = true
[academia.kamino]
app = "the-secret-app"
cn = "academia"
hassh = "a-misspelt-secret"
[academia.pacto_to_kamino]
window_days = 30
[school.kamino]
cn = "school"
"""
ONE = "pacto_to_kamino"
KEPT = ("access.jsonl", f"{ONE}/ledger.duckdb", f"{ONE}/mapping/cuentas.csv", "tokens/contaazul.json")
FACTS: dict[str, Any] = dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version"))


def write_down(folder: Path, *documents: str) -> None:
    """A run that sent these documents, and was never told what became of the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        ledger = Ledger(connection, folder / "ledger.duckdb")
        ledger.begin("r", FACTS)
        ledger.record([Entry("receivable", each, "create", "sending") for each in documents])
        ledger.record([Entry("receivable", each, "create", "posted", target_id=each) for each in documents[:-1]])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a tenant with everything in it that cannot be made again, and much that can."""
    home = tmp_path / "data" / "academia"
    write_down(home / ONE, "1", "2")
    for name in ("access.jsonl", "tokens/contaazul.json", f"{ONE}/mapping/cuentas.csv", f"{ONE}/published.duckdb"):
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_text("", "utf-8")
    (tmp_path / "settings.toml").write_text(SETTINGS, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTRAPARTIDA_DATA", "data")
    return home


def backed_up(*words: str) -> Path:
    """The backup that the command has made."""
    said = contrapartida("backup", "--tenant", "academia", *words)
    assert said.code == 0, said.err
    return Path(said.out.splitlines()[-1].removeprefix("Backed up: "))


def restore(backup: Path, *words: str) -> Said:
    return contrapartida("restore", str(backup), "--tenant", "academia", *words)


def test_a_backup_holds_what_cannot_be_made_again_and_no_secret_of_the_settings(home: Path) -> None:
    backup = backed_up()
    files = {str(file.relative_to(backup)) for file in backup.rglob("*") if file.is_file()}
    manifest = json.loads((backup / "manifest.json").read_text("utf-8"))
    kept = {*KEPT, "settings.toml"}
    assert (files, set(manifest["files"])) == (kept | {"manifest.json"}, kept)
    assert manifest["secrets_left_out"] == ["kamino.app", "kamino.hassh"]
    assert manifest["ledgers"][ONE]["attempts"] == {"rows": "3", "amount": "0.00"}
    assert tomllib.loads((backup / "settings.toml").read_text("utf-8")) == {
        "academia": {"sandbox": True, "kamino": {"cn": "academia"}, "pacto_to_kamino": {"window_days": 30}}
    }


def test_secrets_are_in_it_where_that_was_asked_for(home: Path) -> None:
    backup = backed_up("--with-secrets")
    told = (backup / "settings.toml").read_text("utf-8")
    assert ("the-secret-app" in told, "a-misspelt-secret" in told, "school" in told) == (True, True, False)


def test_a_whole_backup_is_whole_and_every_change_to_it_is_told(home: Path) -> None:
    backup = backed_up("--to", "elsewhere")
    whole = contrapartida("verify", str(backup))
    with duckdb.connect(str(backup / ONE / "ledger.duckdb")) as ledger:
        ledger.execute("delete from attempts where event = 'posted'")
    (backup / "access.jsonl").unlink()
    (backup / "settings.toml").write_text("", "utf-8")
    changed = contrapartida("verify", str(backup))
    shutil.copy(backup / "manifest.json", backup / ONE / "ledger.duckdb")
    unreadable = contrapartida("verify", str(backup))

    moment = json.loads((backup / "manifest.json").read_text("utf-8"))["made_at"]
    assert whole == Said(
        0, f"{ONE}: 3 steps, 0 decisions\nWhole: 5 files of tenant academia, as they were at {moment}\n", ""
    )
    assert (changed.code, changed.err) == (
        1,
        f"contrapartida: the backup {backup.absolute()} is not what it was when it was made: access.jsonl is missing; "
        f"{ONE}/ledger.duckdb was changed; settings.toml was changed; "
        f"attempts of {ONE} holds 2 rows, 0.00 amount instead of 3 rows, 0.00 amount\n",
    )
    assert (unreadable.code, unreadable.err.count("\n"), "a ledger cannot be read" in unreadable.err) == (1, 1, True)
    assert restore(backup).code == 1


def test_what_was_lost_is_put_back_and_what_the_next_run_looks_for_is_said(home: Path) -> None:
    backup = backed_up()
    shutil.rmtree(home)
    Path("settings.toml").unlink()
    said = restore(backup)
    assert (said.code, [line.split(", as it was")[0] for line in said.out.splitlines()]) == (
        0,
        [
            "settings.toml is there again; fill in its secrets: kamino.app, kamino.hassh",
            f"{ONE}: the ledger is there again",
            "  The next run looks first whether receivable 2 is in the target: it may have been sent.",
            "  Whatever was sent after that moment is looked for there by our reference, and not sent again.",
        ],
    )
    assert {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()} == {
        *KEPT,
        *(f"{ONE}/lock", f"{ONE}/lock.json"),
    }
    with duckdb.connect(str(home / ONE / "ledger.duckdb"), read_only=True) as ledger:
        ends = ledger.sql("select state, message from runs").fetchall()
        assert ends[1:] == [("Restored", f"restored: {backup.name}")]


def test_a_ledger_that_holds_something_gives_way_only_where_that_is_asked_for_and_is_kept(home: Path) -> None:
    backup = backed_up()
    write_down(home / ONE, "3")
    (home / "access.jsonl").unlink()
    refused, lost = restore(backup), not (home / "access.jsonl").exists()
    replaced = restore(backup, "--replace", "--integration", ONE)
    (kept,) = (home / ONE).glob("before-*-ledger.duckdb")

    assert (refused.code, refused.out, lost) == (1, "", True)
    assert refused.err == (
        f"contrapartida: the ledger of academia/{ONE} is there and holds 4 steps, which the backup may not know of: "
        "restore another --integration, or add --replace, which keeps what is there beside it\n"
    )
    assert (replaced.code, (home / "access.jsonl").exists()) == (0, False), replaced.err
    with duckdb.connect(str(kept), read_only=True) as before:
        assert before.sql("select count(*) from attempts").fetchall() == [(4,)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["backup", "--tenant", "school"], "there is nothing of tenant 'school' in {folder}/data that could be lost"),
        (["verify", "data"], "{folder}/data is no backup: there is no manifest.json in it"),
        (["restore", "data", "--tenant", "academia"], "{folder}/data is no backup: there is no manifest.json in it"),
    ],
)
def test_a_mistake_is_one_sentence(home: Path, words: list[str], sentence: str) -> None:
    said = contrapartida(*words)
    assert said == Said(1, "", f"contrapartida: {sentence.format(folder=Path.cwd())}\n")
    assert not Path("backups").exists()


def test_a_backup_of_somebody_else_is_not_put_back(home: Path) -> None:
    backup = backed_up()
    said = contrapartida("restore", str(backup), "--tenant", "school")
    assert said == Said(
        1, "", f"contrapartida: {backup.absolute()} is a backup of tenant 'academia', not of 'school'\n"
    )
