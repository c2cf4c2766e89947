"""A run that finds another ledger than the last run had posts nothing until a person says which one counts."""

import shutil
from pathlib import Path

import duckdb
import pytest

from flows._ledger import Ledger
from tests._command import contrapartida
from tests._world import TENANT, World
from tests.faults._scenes import paid, receipt
from tests.faults._truth import truth

INTEGRATION = "pacto_to_kamino"


def id_of(ledger: Path) -> str:
    with duckdb.connect() as connection:
        return Ledger(connection, ledger).id


def lost(folder: Path) -> None:
    shutil.rmtree(folder)


def exchanged(folder: Path) -> None:
    """For one of somebody else, who has posted something."""
    from flows._ledger import Entry

    (folder / "ledger.duckdb").unlink()
    with duckdb.connect() as connection:
        ledger = Ledger(connection, folder / "ledger.duckdb")
        ledger.begin("r", dict.fromkeys(("integration", "tenant", "as_of", "dry_run", "prefect_run_id", "version")))
        ledger.record([Entry("receivable", "9", "create", "posted", target_id="9")])


@pytest.mark.parametrize(("becomes", "called"), [(lost, "an empty one"), (exchanged, "another one")])
def test_nothing_is_posted_with_it_until_somebody_adopts_it(world: World, becomes: object, called: str) -> None:
    assert callable(becomes)
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    assert world.run(INTEGRATION).state == "Posted"
    posted, ledger = truth(world), world.folder(INTEGRATION) / "ledger.duckdb"
    right_one = id_of(ledger)
    becomes(world.folder(INTEGRATION))
    world.plant("pacto", "movparcela", receipt(2))

    refused = [world.run(INTEGRATION) for _ in range(2)]
    rehearsed = world.run(INTEGRATION, dry_run=True)
    untouched = truth(world) == posted
    adopted = contrapartida("ledger", "adopt", INTEGRATION, "--tenant", TENANT)
    ran = world.run(INTEGRATION)

    assert [(each.state, each.message) for each in refused] == [
        (
            "Another ledger",
            f"the last run of academia/pacto_to_kamino had the ledger {right_one}, and here is {called} "
            f"({id_of(ledger)}): nothing was sent. Put the right one back (contrapartida restore BACKUP --tenant "
            "academia), or begin anew on purpose (contrapartida ledger adopt pacto_to_kamino --tenant academia)",
        )
    ] * 2
    assert (rehearsed.state, untouched, adopted.code) == ("Planned", True, 0), adopted.err
    assert (ran.state, ran.counts["receivable"]) == ("Posted", {"read": 2, "created": 1, "linked": 1}), ran.message
    assert world.query(INTEGRATION, "select act from acts where act like 'adopted%'") == [("adopted this ledger",)]


def test_the_right_one_is_put_back_in_place_of_the_empty_one_and_runs_go_on(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.run(INTEGRATION)
    made = contrapartida("backup", "--tenant", TENANT)
    lost(world.folder(INTEGRATION))

    refused = world.run(INTEGRATION)
    (backup,) = Path("backups").iterdir()
    restored = contrapartida("restore", str(backup), "--tenant", TENANT)
    ran = world.run(INTEGRATION)

    assert (made.code, refused.state, restored.code, ran.state) == (0, "Another ledger", 0, "Nothing to post")
