"""What stands at the vendors and in the tenant's folder before something goes wrong, and what is true afterwards."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox._people import cnpj
from tests._systems import systems
from tests._world import World

Rows = Mapping[tuple[str, str], list[dict[str, Any]]]
BRUNO = {"codigo": 40322, "nome": "Bruno Salles", "cpfCnpj": "111.444.777-35", "email": "bruno@example.com"}
UTILITY = {"ID": 71, "Nome": "Companhia de Luz Ltda", "CPFCNPJ": cnpj("12345678")}
LANDLORD = {"ID": 72, "Nome": "Imóveis do Centro Ltda", "CPFCNPJ": cnpj("87654321")}


def beneficiary(who: Mapping[str, Any]) -> dict[str, Any]:
    """A supplier as Kamino's registry holds it."""
    return {"NomeExibicao": who["Nome"], "Fornecedor": True, "Ativo": True, "Cliente": False, **who}


def payable(key: int, **changed: Any) -> dict[str, Any]:
    """A payable of Kamino as it is stored: R$ 480.50 to the utility, due and paid on 2026-11-10."""
    return {
        "ID": key,
        "IDPessoa": UTILITY["ID"],
        "IDContaClassificacao": "40201",
        "NroNotaFiscal": str(key),
        "Obs": None,
        "ValorVencimento": 480.50,
        "DataVencimento": "2026-11-10T00:00:00",
        "Situacao": 2,
        "SimbMoeda": "R$",
        "DataPagamento": "2026-11-10T00:00:00",
        "ValorPagamento": 480.50,
        "DataCompetencia": "2026-11-01T00:00:00",
        "DataHoraInclusao": "2026-11-02T10:00:00",
        "IDCentroCusto": 3,
        "IDPlanoContaPagto": "10201",
        "CodigoExterno": None,
        "IDConciliacaoBancaria": None,
        "IDExtratoBanco": None,
        **changed,
    }


@dataclass(frozen=True)
class Truth:
    """What the vendors say happened: the accepted writes in order, and every record of people and money."""

    writes: list[tuple[str, str, str, str, str | None]]
    records: Rows


def truth(world: World) -> Truth:
    """The vendors' side of the story; the bodies of writes show in the records that they left behind."""
    writes = [
        (entry["system"], entry["route"], entry["verb"], str(entry["id"]), entry["reference"])
        for entry in world.journal()
    ]
    return Truth(writes, _records(world))


@dataclass(frozen=True)
class Scene:
    """A moment in the life of a tenant, which any number of worlds can start from."""

    records: Rows
    data: Path

    def set_up(self, world: World) -> None:
        """Makes a new world stand as this one stood, ids and ledger included."""
        for (system, table), rows in self.records.items():
            world.plant(system, table, *rows)
        shutil.copytree(self.data, world.data, dirs_exist_ok=True)


def scene_of(world: World, keep: Path) -> Scene:
    """The world as it stands now; `keep` is where its folder is copied to."""
    shutil.copytree(world.data, keep)
    return Scene(_records(world), keep)


def _records(world: World) -> Rows:
    return {
        (name, table): world.rows(name, table)
        for name, system in systems().items()
        for table in system.people_and_money
    }
