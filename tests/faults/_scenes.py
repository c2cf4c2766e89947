"""What stands at the vendors and in the tenant's folder before something goes wrong."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox._people import cnpj, cpf
from tests._systems import systems
from tests._world import TENANT, World, opened_world
from tests.systems.kamino import PAYABLE, SUPPLIER, midnight
from tests.systems.pacto import paid, receipt

__all__ = ["BRUNO", "LANDLORD", "UTILITY", "customer", "paid", "payable", "receipt", "supplier"]
Row = dict[str, Any]


def customer(number: int, name: str) -> Row:
    """Who pays, as Pacto's receipts name them."""
    return {"codigo": number, "nome": name, "cpfCnpj": cpf(number), "email": f"{number}@example.com"}


def supplier(number: int, name: str) -> Row:
    """Who is paid, as Kamino's registry holds them."""
    return {**SUPPLIER, "ID": number, "Nome": name, "NomeExibicao": name, "CPFCNPJ": cnpj(f"{number:08d}")}


BRUNO = customer(40322, "Bruno Salles")
UTILITY = supplier(PAYABLE["IDPessoa"], "Companhia de Luz Ltda")
LANDLORD = supplier(72, "Imóveis do Centro Ltda")


def payable(key: int, **changed: Any) -> Row:
    """A payable of Kamino as it is stored, paid to the utility."""
    stored = {name: midnight(str(value)) if isinstance(value, date) else value for name, value in PAYABLE.items()}
    return {**stored, "ID": key, "NroNotaFiscal": str(key), **changed}


@dataclass(frozen=True)
class Scene:
    """A moment in the life of a tenant, which any number of worlds can start from."""

    records: Mapping[tuple[str, str], list[Row]]
    data: Path

    def set_up(self, world: World) -> World:
        """Makes a new world stand as this one stood, ids and ledger included."""
        for (system, table), rows in self.records.items():
            world.plant(system, table, *rows)
        shutil.copytree(self.data, world.data, dirs_exist_ok=True)
        return world


def scene_of(world: World, keep: Path) -> Scene:
    """The world as it stands now; `keep` is where its folder is copied to."""
    shutil.copytree(world.data, keep)
    records = {
        (name, table): rows
        for name, system in systems().items()
        for table in system.people_and_money
        if (rows := world.rows(name, table))
    }
    return Scene(records, keep)


@contextmanager
def another_world(folder: Path) -> Iterator[World]:
    """A world beside the test's own, or for all tests of a module."""
    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, opened_world(folder, patch) as world:
        impatient(patch)
        yield world


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant waits for no vendor longer than a moment."""
    say(monkeypatch, pacto__longest_pause_seconds="0.05", kamino__longest_pause_seconds="0.05")


def say(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """Settings of the tenant for one test: `kamino__page_size="1"`."""
    for name, value in settings.items():
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{name}".upper(), value)
