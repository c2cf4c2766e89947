"""The tables that finance fills in: written, looked through, filled in, and what that frees."""

import csv
from pathlib import Path

import pytest

from cli.mapping import mapping
from tests._world import TENANT, World
from tests.rindegastos_to_defontana.test_report import INTEGRATION
from tests.systems.defontana import ficha
from tests.systems.rindegastos import expense, report


@pytest.fixture
def pilot(world: World) -> World:
    """Three reports: one that waits for a cost center alone, one that also lacks the employee's RUT, one that waits
    for a category."""
    world.plant("defontana", "fichas", ficha("12.345.678-5"))
    world.plant(
        "rindegastos",
        "expenses",
        expense(1, 5000, center="Proyecto piloto"),
        expense(2, 7000),
        expense(3, 9000, center="Proyecto piloto", ReportId=125418),
        expense(4, 400, Category="Estacionamiento y peajes", CategoryCode="", ReportId=125419),
    )
    world.plant(
        "rindegastos",
        "reports",
        report(125417, 12000, 2),
        report(125418, 9000, EmployeeIdentification=""),
        report(125419, 400),
    )
    return world


def told(world: World, action: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    mapping(action, INTEGRATION, TENANT, world.now().isoformat())  # type: ignore[arg-type]
    return capsys.readouterr().out.splitlines()


def fill(world: World, file: str, name: str, **cells: str) -> None:
    """What a person does in a spreadsheet that saves with commas and without a mark."""
    path = world.folder(INTEGRATION) / "mapping" / file
    with path.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened, delimiter=";"))
    for row in rows:
        if row["descripcion"] == name:
            row.update(cells)
    with path.open("w", encoding="cp1252", newline="") as opened:
        writer = csv.DictWriter(opened, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return {row["descripcion"]: row for row in csv.DictReader(opened, delimiter=";")}


def test_mapping_one_cost_center_frees_exactly_what_check_said(
    pilot: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told(pilot, "sync", capsys)
    before = told(pilot, "check", capsys)
    fill(pilot, "centros_de_costo.csv", "Proyecto piloto", centro_de_negocios="EMPPROPROOBR012")
    ran = pilot.run(INTEGRATION)

    assert before[:2] == [
        "centros_de_costo.csv «Proyecto piloto»: falta; retiene 3 gastos de 2 informes, $ 21.000. "
        "Asociarlo libera 2 gastos, $ 12.000.",
        "categorias.csv «Estacionamiento y peajes»: falta; retiene 1 gasto de 1 informe, $ 400. "
        "Asociarlo libera 1 gasto, $ 400.",
    ]
    voucher = ran.summary["kinds"]["voucher"]
    assert (voucher["created"], voucher["amounts"]["CLP"]["created"]) == (1, "12000.00")
    assert sum(noun == "/v1/setExpenseIntegration" for noun, _, _ in pilot.writes("rindegastos")) == 2
    assert told(pilot, "check", capsys)[0].startswith("categorias.csv «Estacionamiento y peajes»: falta")


def test_sync_writes_a_table_each_and_keeps_what_people_filled_in(
    pilot: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told(pilot, "sync", capsys)
    folder = pilot.folder(INTEGRATION) / "mapping"
    first = rows(folder / "centros_de_costo.csv")
    fill(pilot, "centros_de_costo.csv", "Proyecto piloto", centro_de_negocios="EMPPROPROOBR012")
    told(pilot, "sync", capsys)

    assert {name: (row["centro_de_negocios"], row["estado"]) for name, row in first.items()} == {
        "Administración": ("EMPGESGESADM000", "sugerida"),
        "Bodega Norte": ("", "falta"),
        "Comercial": ("EMPGESGESCOM000", "por código"),
        "Obra 12": ("EMPPROPROOBR012", "sugerida"),
        "Operaciones": ("EMPGESGESOPE000", "por código"),
        "Proyecto piloto": ("", "falta"),
    }
    again = rows(folder / "centros_de_costo.csv")["Proyecto piloto"]
    assert (again["centro_de_negocios"], again["estado"]) == ("EMPPROPROOBR012", "confirmada")
    assert sorted(file.name for file in folder.iterdir()) == [
        "categorias.csv",
        "categorias_de_factura.csv",
        "centros_de_costo.csv",
        "centros_de_negocios.csv",
        "cuentas.csv",
        "plan_de_cuentas.csv",
        "tipos_de_documento.csv",
    ]


def test_sync_keeps_what_people_filled_in_for_names_that_nothing_shows_any_more(
    pilot: World, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot.plant("rindegastos", "expenses", expense(5, 900, "Vale de colación", ReportId=125420))
    told(pilot, "sync", capsys)
    fill(pilot, "tipos_de_documento.csv", "Vale de colación", clase="comprobante")
    fill(pilot, "centros_de_costo.csv", "Proyecto piloto", centro_de_negocios="EMPPROPROOBR012")
    pilot.clear("rindegastos", "expenses")
    pilot.clear("rindegastos", "options")
    told(pilot, "sync", capsys)

    folder = pilot.folder(INTEGRATION) / "mapping"
    centers, documents = rows(folder / "centros_de_costo.csv"), rows(folder / "tipos_de_documento.csv")
    assert {name: (row["centro_de_negocios"], row["estado"]) for name, row in centers.items()} == {
        "Comercial": ("EMPGESGESCOM000", "por código"),
        "Operaciones": ("EMPGESGESOPE000", "por código"),
        "Proyecto piloto": ("EMPPROPROOBR012", "confirmada"),
    }
    assert (documents["Vale de colación"]["clase"], documents["Vale de colación"]["estado"]) == (
        "comprobante",
        "confirmada",
    )


def test_an_account_typed_over_a_suggestion_is_kept_and_waits_to_be_confirmed(
    pilot: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__RINDEGASTOS_TO_DEFONTANA__SANDBOX", "false")
    told(pilot, "sync", capsys)
    fill(pilot, "centros_de_costo.csv", "Obra 12", centro_de_negocios="EMPGESGESADM000")
    told(pilot, "sync", capsys)

    centers = rows(pilot.folder(INTEGRATION) / "mapping" / "centros_de_costo.csv")
    assert (centers["Obra 12"]["centro_de_negocios"], centers["Obra 12"]["estado"]) == ("EMPGESGESADM000", "sugerida")
    assert centers["Operaciones"]["estado"] == "por código"


def test_check_names_rows_that_point_to_a_group_or_to_nothing(pilot: World, capsys: pytest.CaptureFixture[str]) -> None:
    told(pilot, "sync", capsys)
    fill(pilot, "categorias.csv", "Alimentación", cuenta_debe="4210100000", estado="")
    fill(pilot, "centros_de_costo.csv", "Obra 12", centro_de_negocios="NADA", estado="")

    said = told(pilot, "check", capsys)

    assert [line for line in said if "apunta a" in line] == [
        "categorias.csv «Alimentación»: apunta a 4210100000, que no es imputable.",
        "categorias.csv «Atención a clientes»: apunta a 4210101012, que está inactivo en Defontana.",
        "categorias.csv «Otros gastos»: apunta a 4210100000, que no es imputable.",
        "centros_de_costo.csv «Obra 12»: apunta a NADA, que no existe en Defontana.",
    ]


def test_a_suggestion_counts_only_when_it_is_confirmed(pilot: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pilot.plant("rindegastos", "reports", {"Id": 125418, "EmployeeIdentification": "12.345.678-5"})
    pilot.plant("rindegastos", "expenses", expense(3, 9000, center="Administración", ReportId=125418))
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__RINDEGASTOS_TO_DEFONTANA__SANDBOX", "false")

    pilot.run(INTEGRATION)

    assert "Administración" in pilot.held_back(INTEGRATION)["voucher 125418"]
    assert pilot.journal() == []


def test_a_code_that_the_spreadsheet_mangled_stops_the_run_with_the_line(
    pilot: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told(pilot, "sync", capsys)
    fill(pilot, "categorias.csv", "Alimentación", cuenta_debe="4,21E+09")

    ran = pilot.run(INTEGRATION)

    assert (ran.state, ran.message) == (
        "Misconfigured",
        "categorias.csv, línea 2: la planilla convirtió un código en 4,21E+09; "
        "dé formato de texto a la columna y escríbalo de nuevo",
    )


def test_each_documents_story_says_under_which_mapping_it_was_posted(
    pilot: World, capsys: pytest.CaptureFixture[str]
) -> None:
    told(pilot, "sync", capsys)
    pilot.run(INTEGRATION)
    fill(pilot, "centros_de_costo.csv", "Proyecto piloto", centro_de_negocios="EMPPROPROOBR012")
    pilot.run(INTEGRATION)

    story = pilot.query(
        INTEGRATION,
        "select distinct detail, json_extract_string(content, '$.cost_centers[5].business_center') from timeline "
        "join mappings on version = mapping where document_id = '125417' and what = 'decided' order by detail",
    )
    assert story == [("create", "EMPPROPROOBR012"), ("hold", None)]


def add(world: World, file: str, head: str, *lines: str) -> None:
    """A table that a person has written from nothing."""
    folder = world.folder(INTEGRATION) / "mapping"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text("\n".join([head, *lines]) + "\n", "utf-8")


def test_a_row_that_stands_twice_is_refused_with_both_lines(pilot: World) -> None:
    head = "descripcion;codigo;cuenta_debe;cuenta_haber;estado"
    add(pilot, "categorias.csv", head, "Peajes;77;4210101006;;", "Otros;;4210101005;;", "PEAJES ;77;4210101009;;")
    categories = pilot.run(INTEGRATION)
    (pilot.folder(INTEGRATION) / "mapping" / "categorias.csv").unlink()
    add(pilot, "cuentas.csv", "codigo;descripcion;cuenta;estado", "iva;IVA;1110901001;", "IVA;otra;1110901001;")
    accounts = pilot.run(INTEGRATION)

    assert [(ran.state, ran.message) for ran in (categories, accounts)] == [
        ("Misconfigured", f"{name} está más de una vez; deje una sola fila para cada uno")
        for name in ("categorias.csv, líneas 2 y 4: «Peajes 77»", "cuentas.csv, líneas 2 y 3: «iva»")
    ]


def test_a_refund_is_owed_where_the_table_says_whatever_the_category_says(pilot: World) -> None:
    head = "descripcion;codigo;cuenta_debe;cuenta_haber;estado"
    add(pilot, "categorias.csv", head, "Materiales;4210101005;4210101005;1110501001;confirmada")
    add(pilot, "cuentas.csv", "codigo;descripcion;cuenta;estado", "reembolso;Reembolso;2110401001;confirmada")
    pilot.clear("rindegastos", "reports")
    refund = [{"Name": "Tipo de rendición", "Value": "Reembolso", "Code": "RMB"}]
    pilot.plant("rindegastos", "expenses", expense(8, 700, ReportId=125430), expense(9, 800, ReportId=125431))
    pilot.plant("rindegastos", "reports", report(125430, 700, ExtraFields=refund), report(125431, 800))

    pilot.run(INTEGRATION)

    credits = {
        line["credit"]: line["accountCode"]
        for entry in pilot.journal("defontana")
        for line in entry["body"]["detail"]
        if line["credit"]
    }
    assert credits == {700: "2110401001", 800: "1110501001"}
