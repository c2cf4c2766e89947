"""A ledger or a published file that cannot be used: one sentence says why and what to do, and nothing is sent."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests._command import contrapartida
from tests._world import TENANT, World
from tests.faults._scenes import receipt

INTEGRATION = "pacto_to_kamino"
HOLDER = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print(flush=True); sys.stdin.read()"


@contextmanager
def open_elsewhere(file: Path) -> Iterator[int]:
    """Another program has the file open to write to it; its process id."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdin=-1, stdout=-1) as holder:
        assert holder.stdout
        holder.stdout.readline()
        yield holder.pid
        holder.kill()


def test_a_file_that_is_open_elsewhere_is_called_so_with_the_process_that_has_it(world: World) -> None:
    world.run(INTEGRATION)
    world.plant("pacto", "movparcela", receipt(1))
    with open_elsewhere(world.folder(INTEGRATION) / "ledger.duckdb") as pid:
        holder = f"{Path(sys.executable).resolve().name} (process {pid})"
        ran = world.run(INTEGRATION)
        retried = contrapartida("retry", INTEGRATION, "--tenant", TENANT, "--kind", "receivable", "--document", "1")
    with open_elsewhere(world.folder(INTEGRATION) / "published.duckdb") as other:
        asked = contrapartida("query", "from held_back", "--tenant", TENANT)
        unhindered = world.run(INTEGRATION).state

    held = f"ledger.duckdb of academia/{INTEGRATION} is open in {holder}"
    what_to_do = "close it there, and try again"
    assert (ran.state, ran.message, retried.err) == (
        "Held open elsewhere",
        f"{held}: {what_to_do}",
        f"contrapartida: {held}: {what_to_do}\n",
    )
    published = held.replace("ledger", "published").replace(str(pid), str(other))
    assert (asked.code, asked.out, asked.err) == (1, "", f"contrapartida: {published}: {what_to_do}\n")
    assert (unhindered, len(world.rows("kamino", "recebimento"))) == ("Posted", 1)


def flipped(file: Path, place: float) -> None:
    """One bit is not what was written."""
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= 0x40
    file.write_bytes(content)


def test_a_damaged_ledger_names_the_backup_to_restore_and_nothing_is_sent(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.run(INTEGRATION)
    assert contrapartida("backup", "--tenant", TENANT).code == 0
    (backup,) = Path("backups").absolute().iterdir()
    ledger = world.folder(INTEGRATION) / "ledger.duckdb"
    whole, sent = ledger.read_bytes(), len(world.writes())
    world.plant("pacto", "movparcela", receipt(2))
    damages: list[Callable[[], object]] = [
        *(lambda place=place: flipped(ledger, place) for place in (0.1, 0.3, 0.5, 0.7, 0.9)),
        lambda: ledger.write_bytes(whole[: len(whole) * 3 // 4]),
        lambda: ledger.write_bytes(whole[:-1]),
        lambda: ledger.write_bytes(b""),
        lambda: ledger.write_bytes(b"no database " * 1000),
    ]
    told = set()
    for damage in damages:
        ledger.write_bytes(whole)
        damage()
        ran = world.run(INTEGRATION)
        begun, _, way_out = ran.message.rpartition("): ")
        told.add((ran.state, begun.partition(" (")[0], way_out, len(world.writes()) - sent))
    no_backup = contrapartida("backup", "--tenant", TENANT)
    unsound = contrapartida("ledger", "verify", INTEGRATION, "--tenant", TENANT)
    restore = ["restore", str(backup), "--tenant", TENANT, "--integration", INTEGRATION]
    restored = contrapartida(*restore)

    sentence = f"ledger.duckdb of academia/{INTEGRATION} is damaged"
    assert told == {
        (
            "Ledger damaged",
            sentence,
            f"nothing is sent before its newest backup is put back (contrapartida {' '.join(restore)})",
            0,
        )
    }
    assert [(each.code, each.err.count("\n"), sentence in each.err) for each in (no_backup, unsound)] == [
        (1, 1, True)
    ] * 2
    assert (restored.code, world.run(INTEGRATION).state, len(world.rows("kamino", "recebimento"))) == (0, "Posted", 2)


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8])
def test_damage_that_is_met_in_the_middle_of_a_run_is_called_so_too(
    world: World, monkeypatch: pytest.MonkeyPatch, place: float
) -> None:
    """A large ledger is not read through when it is opened."""
    from flows import _schema

    monkeypatch.setattr(_schema, "LARGE_BYTES", 0)
    world.plant("pacto", "movparcela", *(receipt(number) for number in range(1, 40)))
    world.run(INTEGRATION)
    flipped(world.folder(INTEGRATION) / "ledger.duckdb", place)
    sent = world.writes()
    ran = world.run(INTEGRATION)
    assert (ran.state in ("Ledger damaged", "Nothing to post"), world.writes()) == (True, sent), ran.message
