"""What is kept is for its owner alone, whatever the umask; analysts get what is published, where the tenant says so."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests._command import contrapartida
from tests._world import TENANT, World
from tests.systems.pacto import paid, receipt

INTEGRATION = "pacto_to_kamino"


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """Whoever starts us lets everybody read and write everything."""
    before = os.umask(0)
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, str]:
    """Every path below a folder, and the folder itself, with what may be done with it."""
    return {str(each.relative_to(root)): oct(stat.S_IMODE(each.stat().st_mode)) for each in (root, *root.rglob("*"))}


def unlike(found: dict[str, str], root: Path) -> dict[str, str]:
    """Those that somebody else may read, write or enter."""
    return {name: mode for name, mode in found.items() if mode != ("0o700" if (root / name).is_dir() else "0o600")}


def test_what_a_run_and_a_command_write_is_for_their_owner_alone(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    assert world.run(INTEGRATION).state == "Posted"
    assert world.run(INTEGRATION, dry_run=True).state == "Planned"
    for words in (("backup",), ("access", "grant", "--person", "Ana", "--permission", "approve")):
        said = contrapartida(*words, "--tenant", TENANT)
        assert said.code == 0, said.err
    written = modes(world.data)
    assert unlike(written, world.data) == {}
    assert unlike(modes(Path("backups")), Path("backups")) == {}
    assert {f"{TENANT}/access.jsonl", f"{TENANT}/{INTEGRATION}/ledger.duckdb"} <= set(written)


def test_what_an_older_version_left_open_is_told_and_closed_by_the_next_run(world: World) -> None:
    world.run(INTEGRATION)
    (world.data / TENANT).chmod(0o755)
    (world.folder(INTEGRATION) / "ledger.duckdb").chmod(0o644)
    told = [line for line in contrapartida("doctor", "--tenant", TENANT).out.splitlines() if line.startswith("✗")]
    world.run(INTEGRATION)
    home, ledger = f"data/{TENANT}", f"data/{TENANT}/{INTEGRATION}/ledger.duckdb"
    assert (told, unlike(modes(world.data), world.data)) == (
        [
            f"✗ {home} is open to others (0755): chmod 700 {home}",
            f"✗ {ledger} is open to others (0644): chmod 600 {ledger}",
        ],
        {},
    )


def test_a_group_of_analysts_reads_what_is_published_and_nothing_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__ANALYSTS", grp.getgrgid(os.getgid()).gr_name)
    world.run(INTEGRATION)
    world.run(INTEGRATION, dry_run=True)
    assert contrapartida("doctor", "--tenant", TENANT).code == 0
    assert unlike(modes(world.data), world.data) == {
        ".": "0o711",
        TENANT: "0o750",
        f"{TENANT}/{INTEGRATION}": "0o750",
        f"{TENANT}/{INTEGRATION}/published.duckdb": "0o640",
    }


def test_a_group_that_is_none_stops_the_run_before_anything_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__ANALYSTS", "nobody-of-this-name")
    ran = world.run(INTEGRATION)
    assert (ran.state, ran.message, world.writes()) == (
        "Misconfigured",
        "analysts = 'nobody-of-this-name': this machine knows no such group",
        [],
    )
