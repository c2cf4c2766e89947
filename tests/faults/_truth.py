"""What the vendors say happened, told document by document.

Numbers that a vendor gave are replaced by names, so that worlds in which the same things happened in another
order are equal. A document that stands there twice has two records.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests._world import World

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """One document: the accepted writes in order, and what stands at the vendor."""

    writes: tuple[str, ...] = ()
    records: tuple[Row, ...] = ()


Truth = Mapping[str, Told]


@dataclass(frozen=True)
class Table:
    """A vendor's table that the flows write to: where its rows get their names, and whom they name."""

    noun: str
    system: str
    name: str
    key: str
    route: str
    called: Callable[[Row], Any]
    names: Mapping[str, str] = field(default_factory=dict)


TABLES = (
    Table("person", "kamino", "pessoa", "ID", "/api/pessoa/grava", lambda row: row["CPFCNPJ"] or row["Nome"]),
    Table("payee", "pacto", "pessoa", "codigo", "", lambda row: row["cpfCnpj"] or row["nome"]),
    Table(
        "supplier",
        "pacto",
        "fornecedor",
        "codigo",
        "/v1/fornecedor",
        lambda row: row["cpfCnpj"] or row["nome"],
        {"pessoa": "payee"},
    ),
    Table(
        "entry", "pacto", "movconta", "codigo", "/v1/movconta", lambda row: row["codigoExterno"], {"pessoa": "payee"}
    ),
    Table(
        "receivable",
        "kamino",
        "recebimento",
        "ID",
        "/api/financeiro/recebimento",
        lambda row: row["CodigoExterno"] or row["Descri"],
        {"IDPessoa": "person"},
    ),
    Table(
        "payable",
        "kamino",
        "pagamento",
        "ID",
        "/api/financeiro/pagamento",
        lambda row: row["ID"],
        {"IDPessoa": "person", "CodigoExterno": "entry"},
    ),
)


def truth(world: World) -> Truth:
    """The vendors' side of the story: journal and records, never our own ledger."""
    names: dict[tuple[str, str], str] = {}
    records: dict[str, list[Row]] = defaultdict(list)
    for table in TABLES:
        for row in world.rows(table.system, table.name):
            name = f"{table.noun} {table.called(row)}"
            names[table.noun, str(row[table.key])] = name
            records[name].append(_named(table, row, names))
    writes: dict[str, list[str]] = defaultdict(list)
    nouns = {table.route: table.noun for table in TABLES}
    for entry in world.journal():
        writes[names[nouns[entry["route"]], str(entry["id"])]].append(entry["verb"])
    return {name: Told(tuple(writes[name]), tuple(rows)) for name, rows in sorted(records.items())}


def healed(world: World, integration: str, expected: Truth, runs: int = 2) -> Truth:
    """What the vendors say after at most so many more runs, none where they say what is expected already."""
    for _ in range(runs):
        if truth(world) == expected:
            break
        world.run(integration)
    return truth(world)


def written(told: Truth) -> dict[str, tuple[str, ...]]:
    """The accepted writes of each document that was written at all."""
    return {name: document.writes for name, document in told.items() if document.writes}


def _named(table: Table, row: Row, names: Mapping[tuple[str, str], str]) -> Row:
    told = {field: value for field, value in row.items() if field != table.key}
    for field_, noun in table.names.items():
        number = re.search(r"\d+$", str(row.get(field_) or ""))
        if number:
            told[field_] = names.get((noun, number[0]), row[field_])
    return told
