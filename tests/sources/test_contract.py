"""What every source promises the staging area: declared columns, exact money, nothing that grew by itself."""

import importlib
import pkgutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import sources
from sources._staging import resource
from sources._types import FREE_TEXT, MONEY, Table, identifier, money
from tests._world import World
from tests.systems.pacto import paid, receipt

SYSTEMS = sorted(found.name for found in pkgutil.iter_modules(sources.__path__) if found.name[0] != "_")
TABLES = {
    f"{system}.{table.name}": table
    for system in SYSTEMS
    for table in vars(importlib.import_module(f"sources.{system}")).values()
    if isinstance(table, Table)
}


@pytest.mark.parametrize("name", TABLES)
def test_no_column_can_hold_a_double(name: str) -> None:
    assert [field.name for field in TABLES[name].schema if pa.types.is_floating(field.type)] == []


@pytest.mark.parametrize("name", TABLES)
def test_whatever_is_decimal_has_two_decimals_or_more(name: str) -> None:
    decimals = {field.name: field.type for field in TABLES[name].schema if pa.types.is_decimal(field.type)}
    assert {column: kind for column, kind in decimals.items() if kind.scale < MONEY.scale} == {}


@pytest.mark.parametrize("name", TABLES)
def test_columns_have_names_of_their_own_in_snake_case(name: str) -> None:
    names = TABLES[name].schema.names
    assert (sorted(set(names)), [column for column in names if column != column.lower()]) == (sorted(names), [])


@pytest.mark.parametrize("name", TABLES)
def test_a_column_that_is_called_like_a_person_is_classified(name: str) -> None:
    telling = ("cpf", "cnpj", "rut", "email", "telefone", "celular", "phone")
    silent = [
        column.name
        for column in TABLES[name].columns
        if any(word in column.name for word in telling) and pa.types.is_string(column.type) and not column.classified
    ]
    assert silent == []


@pytest.mark.parametrize("name", TABLES)
def test_what_is_classified_says_as_what(name: str) -> None:
    said = {column.classified for column in TABLES[name].columns if column.classified}
    assert said <= {"name", "tax_id", "contact", "address", "bank", "health", FREE_TEXT}


THINGS = Table("things", (identifier("codigo", "codigo", required=True), money("valor", "valor")))


def load(folder: Path, made: Any) -> duckdb.DuckDBPyConnection:
    import dlt

    pipeline = dlt.pipeline(
        "contract",
        pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.duckdb(str(folder / "staging.duckdb")),
        dataset_name="raw_shop",
    )
    pipeline.run(made)
    return duckdb.connect(str(folder / "staging.duckdb"), read_only=True)


def things(rows: list[dict[str, Any]]) -> Any:
    return resource(THINGS, lambda: iter([rows] if rows else []))


def test_the_staging_area_holds_what_this_run_read_exactly_and_nothing_older(tmp_path: Path) -> None:
    first = [{"codigo": 1, "valor": Decimal("9999999999999999.99")}, {"codigo": 2, "valor": Decimal("0.10")}]
    for rows in (first, [{"codigo": 3, "valor": Decimal("0.20")}], []):
        with load(tmp_path, things(rows)) as staging:
            assert staging.execute("select codigo, valor from raw_shop.things order by all").fetchall() == [
                (str(row["codigo"]), row["valor"]) for row in rows
            ]
            kinds = dict(staging.execute("select column_name, column_type from (describe raw_shop.things)").fetchall())
    assert kinds == {"codigo": "VARCHAR", "valor": "DECIMAL(18,2)", "unreadable": "VARCHAR"}


def test_a_column_that_nobody_declared_stops_the_run(tmp_path: Path) -> None:
    load(tmp_path, things([{"codigo": 1}])).close()
    grown = Table("things", (*THINGS.columns, identifier("novo", "novo")))
    with pytest.raises(Exception, match="novo"):
        load(tmp_path, resource(grown, lambda: iter([[{"codigo": 1, "novo": 7}]])))


def test_no_run_leaves_a_double_in_what_it_read(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.run("pacto_to_kamino")
    world.run("kamino_to_pacto")
    for integration in ("pacto_to_kamino", "kamino_to_pacto"):
        inexact = world.query(
            integration,
            "select schema_name || '.' || table_name || '.' || column_name from duckdb_columns() "
            "where data_type in ('DOUBLE', 'FLOAT', 'HUGEINT') and not internal",
        )
        assert (integration, inexact) == (integration, [])
