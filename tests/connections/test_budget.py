"""How many calls a credential may spend: counted for all processes of this machine, never lost, never for ever."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from connections._budget import GUARD, Allowance, Budget
from connections._errors import Unavailable


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path))
    return tmp_path


def spent(folder: Path) -> list[int]:
    """The calls that stand in each table of each credential's file."""
    counts = []
    for file in sorted(folder.glob("*/*.sqlite")):
        with closing(sqlite3.connect(file)) as database:
            tables = database.execute("select name from sqlite_master where type = 'table' and name like 'calls%'")
            counts += [database.execute(f"select count(*) from {name}").fetchone()[0] for (name,) in tables.fetchall()]
    return counts


def spend(budget: Budget, key: str = "all", times: int = 1) -> None:
    async def all_of_them() -> None:
        for _ in range(times):
            await budget.spend(key, Allowance(1000, 60))

    asyncio.run(all_of_them())


def rates(allowance: Allowance) -> list[tuple[int, int]]:
    return [(rate.limit, rate.interval) for rate in allowance.rates()]


def ms(seconds: float) -> int:
    return round(seconds * 1000 * GUARD)


@pytest.mark.parametrize(
    ("allowance", "counted"),
    [
        (Allowance(20, 60), [(20, ms(60))]),
        (Allowance(1, 1.25), [(1, ms(1.25))]),
        (Allowance(10, 1, Allowance(600, 60)), [(10, ms(1))]),
        (Allowance(10, 1, Allowance(500, 60)), [(10, ms(1)), (500, ms(60))]),
        (Allowance(20, 1, Allowance(10, 60)), [(10, ms(60))]),
        (Allowance(1, 0.00001), [(1, 1)]),
    ],
)
def test_what_an_allowance_means_as_rates(allowance: Allowance, counted: list[tuple[int, int]]) -> None:
    assert rates(allowance) == counted


def test_whoever_holds_the_credential_shares_the_budget(folder: Path) -> None:
    one, other = Budget("the same"), Budget("the same")
    spend(one, times=2)
    spend(other, times=3)
    assert spent(folder) == [5]
    one.close()
    other.close()


def test_two_services_with_temporary_folders_of_their_own_share_the_budget(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        (folder / "tmp" / name).mkdir(parents=True)
        monkeypatch.setattr("tempfile.tempdir", str(folder / "tmp" / name))
        budget = Budget("the same")
        spend(budget, times=2)
        budget.close()
    assert spent(folder) == [4]


def test_a_budget_outlives_whoever_spent_it(folder: Path) -> None:
    for _ in range(3):
        budget = Budget("the same")
        spend(budget)
        budget.close()
    assert spent(folder) == [3]


def test_credentials_and_routes_are_counted_apart(folder: Path) -> None:
    one, other = Budget("one"), Budget("other")
    spend(one, "/a")
    spend(one, "/b", times=2)
    spend(other, "/a", times=4)
    assert sorted(spent(folder)) == [1, 2, 4]
    one.close()
    other.close()


def test_a_credential_leaves_no_trace_in_the_names_on_disk(folder: Path) -> None:
    budget = Budget("kamino|https://minha.kamino.tech|segredo")
    spend(budget)
    budget.close()
    traces = [path for path in folder.rglob("*") if "segredo" in path.name or "minha" in path.name]
    found = [path for path in folder.rglob("*") if path.is_file() and b"segredo" in path.read_bytes()]
    assert (traces, found) == ([], [])


def test_nobody_else_may_read_how_often_we_called(folder: Path) -> None:
    budget = Budget("the same")
    spend(budget)
    modes = {path.name.split(".", 1)[-1]: oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}
    budget.close()
    assert modes == {
        "calls": "0o700",
        **dict.fromkeys(("sqlite", "sqlite.lock", "sqlite-wal", "sqlite-shm"), "0o600"),
    }


def test_a_call_that_cannot_be_counted_is_not_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> bool:
        return False

    budget = Budget("the same")
    monkeypatch.setattr("connections._budget.Limiter.try_acquire_async", never)
    with pytest.raises(Unavailable):
        spend(budget)
    budget.close()
    assert spent(folder) == [0]


def test_calls_of_tomorrow_are_forgotten_after_the_clock_was_set_back(folder: Path) -> None:
    budget = Budget("the same")
    spend(budget, times=2)
    budget.close()
    [file] = folder.glob("*/*.sqlite")
    with closing(sqlite3.connect(file)) as database:
        (table,) = database.execute(
            "select name from sqlite_master where name like 'calls%' and type = 'table'"
        ).fetchone()
        columns = [row[1] for row in database.execute(f"pragma table_info({table})")]
        moment = next(name for name in columns if "time" in name)
        database.execute(f"update {table} set {moment} = {moment} + 86400000")
        database.commit()
    budget = Budget("the same")
    spend(budget)
    budget.close()
    assert spent(folder) == [1]
