"""Golden scenarios: `cases/<integration>/<scenario>/` holds what happens (input.yaml) and what must come of it.

`CONTRAPARTIDA_UPDATE_CASES=1` rewrites expected.yaml; the case is then reported as skipped, never as passed.
Dates without quotes become what the vendor sends; `!json 1e400` is sent as it is written.
"""

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import orjson
import pytest
import yaml  # type: ignore[import-untyped]

from tests._world import TENANT, Ran, World, milliseconds, receipt

CASES = Path(__file__).parent / "cases"
UPDATE = "CONTRAPARTIDA_UPDATE_CASES"
ZONE = ZoneInfo("America/Sao_Paulo")
SCENARIOS = sorted({file.parent for file in CASES.rglob("*.yaml")})
Row = dict[str, Any]

PERSON: Row = {
    "Nome": "Ana Clara Duarte",
    "CPFCNPJ": "39053344705",
    "Cliente": True,
    "Fornecedor": False,
    "Ativo": True,
    "Email": "ana@example.com",
}
SUPPLIER: Row = {
    "Nome": "Companhia de Luz Exemplo",
    "NomeExibicao": "Companhia de Luz Exemplo",
    "CPFCNPJ": "11222333000181",
    "Cliente": False,
    "Fornecedor": True,
    "Ativo": True,
    "Email": "financeiro@example.com",
}
PAYABLE: Row = {
    "IDPessoa": 71,
    "IDContaClassificacao": "40201",
    "NroNotaFiscal": "9912",
    "DescricaoFormaPagamento": "Boleto",
    "Obs": None,
    "ValorVencimento": Decimal("1830.45"),
    "DataVencimento": date(2026, 11, 10),
    "Situacao": 2,
    "SimbMoeda": "R$",
    "DataPagamento": date(2026, 11, 10),
    "ValorPagamento": Decimal("1830.45"),
    "DataCompetencia": date(2026, 11, 1),
    "DataHoraInclusao": "2026-10-31T09:12:00",
    "IDCentroCusto": 3,
    "IDPlanoContaPagto": "10201",
    "CodigoExterno": None,
    "IDConciliacaoBancaria": None,
    "IDExtratoBanco": None,
}
SHORT_STEPS = {
    "receipts": ("pacto", "movparcela", lambda row: merged(exact(receipt(row["codigo"])), row)),
    "people": ("kamino", "pessoa", lambda row: merged(PERSON, row)),
    "suppliers": ("kamino", "pessoa", lambda row: merged(SUPPLIER, row)),
    "payables": ("kamino", "pagamento", lambda row: merged(PAYABLE, row)),
}
NOUNS = {
    "/api/pessoa/grava": ("person", "Nome"),
    "/api/financeiro/recebimento": ("receivable", "CodigoExterno"),
    "/api/financeiro/pagamento": ("payable", "ID"),
    "/v1/fornecedor": ("supplier", "nome"),
    "/v1/movconta": ("entry", "codigoExterno"),
}
TOLD_APART = ("ID", "CodigoExterno", "codigoExterno")


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: str(folder.relative_to(CASES)))
def test_case(folder: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    story = read(folder / "input.yaml")
    assert set(story) <= {"about", "settings", "steps"}, "a case has about, settings and steps"
    for name, value in story.get("settings", {}).items():
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{name}".upper(), str(value))
    told = written({"about": story["about"], "runs": list(played(world, story["steps"]))})
    golden = folder / "expected.yaml"
    if os.environ.get(UPDATE):
        golden.write_text(told, "utf-8")
        pytest.skip("expected.yaml was rewritten: read its diff")
    assert golden.exists(), f"{golden} is missing; write it, or let {UPDATE}=1 write it and read it critically"
    difference = "".join(
        difflib.unified_diff(
            written(read(golden)).splitlines(keepends=True), told.splitlines(keepends=True), "expected", "told"
        )
    )
    assert not difference, f"{story['about']}\n{difference}"


def test_every_case_has_a_story_and_belongs_to_an_integration() -> None:
    lone = [str(folder.relative_to(CASES)) for folder in SCENARIOS if not (folder / "input.yaml").exists()]
    assert (lone, {folder.parent.name for folder in SCENARIOS}) == ([], {"pacto_to_kamino", "kamino_to_pacto"})


# -- what happens -----------------------------------------------------------------------------------------------


def played(world: World, steps: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Plays the steps in the world; what each run told, and what it wrote at the vendors."""
    names: dict[tuple[str, str], str] = {}
    for step in steps:
        before = len(journal(world))
        match step:
            case {"run": integration}:
                ran = world.run(integration, dry_run=bool(step.get("dry_run")))
                yield told_by(world, integration, ran, written_at_vendors(world, before, names))
            case {"change": place, "where": where, "to": changed}:
                system, table = place.split(".")
                rows = [{key_of(system): row[key_of(system)], **changed} for row in found(world, place, where)]
                plant(world, system, table, rows)
            case {"remove": place, "where": where}:
                system, table = place.split(".")
                world.remove(system, table, *(row[key_of(system)] for row in found(world, place, where)))
            case {"plant": place, "rows": rows}:
                plant(world, *place.split("."), rows)
            case {"quirk": quirks}:
                for system, chosen in quirks.items():
                    world.quirk(system, **chosen)
            case {"fault": fault}:
                world.fault(**fault)
            case {"advance": delta}:
                world.advance(**{unit: float(amount) for unit, amount in delta.items()})
            case _:
                [(name, rows)] = step.items()
                system, table, complete = SHORT_STEPS[name]
                plant(world, system, table, [complete(row) for row in rows])


def found(world: World, place: str, where: Mapping[str, Any]) -> list[Row]:
    """The rows of a vendor that have these values; a story that finds none is told wrong."""
    rows = [row for row in world.rows(*place.split(".")) if all(row.get(n) == value for n, value in where.items())]
    assert rows, f"no {place} where {where}"
    return rows


def plant(world: World, system: str, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    order = {"system": system, "table": table, "rows": [sent(system, row) for row in rows]}
    world.plant_raw(orjson.dumps(order, default=literal).decode())


def sent(system: str, value: Any) -> Any:
    """A value as the vendor would send it: dates as milliseconds in Pacto, as naive midnights in Kamino."""
    if isinstance(value, Mapping):
        return {name: sent(system, inner) for name, inner in value.items()}
    if isinstance(value, date):
        day = value.isoformat()
        return milliseconds(day) if system == "pacto" else f"{day}T00:00:00"
    return value


def key_of(system: str) -> str:
    return "codigo" if system == "pacto" else "ID"


def merged(defaults: Mapping[str, Any], row: Mapping[str, Any]) -> Row:
    """The row over its defaults; what is nested is merged too."""
    inner = {
        name: merged(defaults[name], value)
        for name, value in row.items()
        if isinstance(value, dict) and isinstance(defaults.get(name), dict)
    }
    return {**defaults, **row, **inner}


def exact(row: Row) -> Row:
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in row.items()}


# -- what came of it --------------------------------------------------------------------------------------------


def told_by(world: World, integration: str, ran: Ran, writes: list[Row]) -> Row:
    """A run as finance reads it; empty parts are left out."""
    told: Row = {"run": integration, "state": ran.state}
    if not ran.summary.get("kinds"):
        return {**told, "message": ran.message, "writes": writes}
    told |= {kind: counted(said) for kind, said in ran.summary["kinds"].items() if said["read"]}
    told["held back"] = world.held_back(integration)
    told["drift"] = [
        {"document": f"{kind} {document}", "because": because, "written": last, "there": there, "wanted": wanted}
        for kind, document, because, last, there, wanted in world.query(
            integration,
            "select kind, document_id, because, last_written, in_target, wanted from last_run.planned where drift order by all",
        )
    ]
    told["writes"] = writes
    return {name: value for name, value in told.items() if value not in ({}, [])}


def counted(said: Mapping[str, Any]) -> Row:
    """Counts that are not zero, each with its amount: `2 · 259.80`."""
    told: Row = {}
    for name, count in said.items():
        if name != "amounts" and count:
            amounts = [f"{by[name]}" for by in said["amounts"].values() if Decimal(by.get(name, 0))]
            told[name] = " · ".join([str(count), *amounts])
    return told


def journal(world: World) -> list[Row]:
    """The vendors' journal with exact numbers."""
    answer = httpx.get(f"{world.url}/_sim/journal").content
    return list(json.loads(answer, parse_float=Decimal))


def written_at_vendors(world: World, before: int, names: dict[tuple[str, str], str]) -> list[Row]:
    """What a run wrote, ids by name: writes of one kind go out together, so each record's own order is shown."""
    entries = journal(world)[before:]
    for entry in entries:
        name_new(world, entry, names)
    told: list[Row] = []
    for _, together in groupby(entries, key=lambda entry: (entry["system"], entry["route"])):
        shown = [readable(world, entry, names) for entry in together]
        told += sorted(shown, key=lambda each: next(iter(each.values())))
    return told


def name_new(world: World, entry: Row, names: dict[tuple[str, str], str]) -> None:
    noun, naming = NOUNS[entry["route"]]
    names.setdefault((noun, str(entry["id"])), f"{noun} {entry['body'].get(naming, entry['id'])}")
    if noun == "supplier":
        person = next(row["pessoa"] for row in world.rows("pacto", "fornecedor") if row["codigo"] == entry["id"])
        names[("payee", str(person))] = names[(noun, str(entry["id"]))]


def readable(world: World, entry: Row, names: dict[tuple[str, str], str]) -> Row:
    body = {
        name: shown(world, entry["system"], name, value, names)
        for name, value in entry["body"].items()
        if value is not None and name not in TOLD_APART and not isinstance(value, dict)
    }
    reference = entry["body"].get("CodigoExterno") or entry["body"].get("codigoExterno") or ""
    named = re.sub(r"-(\d+)$", lambda found: "-" + by_name(names, "entry", found[1]), reference)
    verb = f"{entry['system']} {entry['verb']}"
    told = {verb: names[(NOUNS[entry["route"]][0], str(entry["id"]))], "reference": named, "body": body}
    return {name: value for name, value in told.items() if value}


def by_name(names: dict[tuple[str, str], str], noun: str, number: Any) -> str:
    return names.get((noun, str(number)), str(number))


def shown(world: World, system: str, name: str, value: Any, names: dict[tuple[str, str], str]) -> Any:
    """A value of a body as a person reads it: days, names of lines and people."""
    if name.startswith("data") and isinstance(value, int):
        moment = datetime.fromtimestamp(value / 1000, ZONE)
        return moment.date() if moment.time().isoformat() == "00:00:00" else moment.isoformat()
    if name.startswith("Dta") and re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return date.fromisoformat(value)
    if name.startswith("IDPlanoConta"):
        return f"{value} {lines(world)[value]}"
    if name == "IDPessoa":
        return by_name(names, "person", value)
    return by_name(names, "payee", value) if (system, name) == ("pacto", "pessoa") else value


def lines(world: World) -> dict[str, str]:
    return {row["ID"]: row["Nome"] for row in world.rows("kamino", "planoconta")}


# -- YAML whose numbers are exact -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Raw:
    """JSON that goes out as it is written."""

    text: str


class Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Fractions are decimals; `!json` is JSON as it is written."""


class Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Decimals keep their digits; nothing is an alias of anything."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(node.value))
Loader.add_constructor("!json", lambda loader, node: Raw(node.value))
Dumper.add_representer(Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", str(value)))


def read(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader)


def written(value: Any) -> str:
    return str(yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120))


def literal(value: object) -> orjson.Fragment:
    assert isinstance(value, Decimal | Raw), value
    return orjson.Fragment((value.text if isinstance(value, Raw) else str(value)).encode())
