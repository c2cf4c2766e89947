"""Golden scenarios: `cases/<integration>/<scenario>/` holds what happens (input.yaml) and what must come of it.

`CONTRAPARTIDA_UPDATE_CASES=1` rewrites expected.yaml; the case is then reported as skipped, never as passed.
Dates without quotes become what the vendor sends; `!json 1e400` is sent as it is written.
`cases/<integration>/settings.yaml` holds what every scenario of the integration is set to, its own settings apart; a
setting that is a list is given as JSON.
"""

import difflib
import importlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli._flows import integrations
from cli.centralise import centralise
from cli.retry import retry
from flows import _execute
from flows._folder import Folder
from flows._mapping import write
from flows._push import groups
from tests._systems import Names, Row, systems
from tests._world import TENANT, Ran, Raw, World

CASES = Path(__file__).parent / "cases"
UPDATE = "CONTRAPARTIDA_UPDATE_CASES"
SCENARIOS = sorted({file.parent for file in CASES.glob("*/*/*.yaml")})
SHORTHAND = {
    step: (name, table, complete)
    for name, system in systems().items()
    for step, (table, complete) in system.shorthand.items()
}


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: str(folder.relative_to(CASES)))
def test_case(folder: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is sent side by side arrives in no certain order: numbers that a vendor gives would differ from run to run.
    monkeypatch.setattr(_execute, "groups", lambda writer, planned, _at_once: groups(writer, planned, 1))
    story = read(folder / "input.yaml")
    assert set(story) <= {"about", "settings", "steps"}, "a case has about, settings and steps"
    set_to(monkeypatch, {**settings_of(folder.parent), **story.get("settings", {})})
    told = written({"about": story["about"], "runs": list(played(world, monkeypatch, story["steps"]))})
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


def test_every_integration_has_cases_and_every_case_has_a_story_of_its_integration() -> None:
    lone = [str(folder.relative_to(CASES)) for folder in SCENARIOS if not (folder / "input.yaml").exists()]
    assert (lone, sorted({folder.parent.name for folder in SCENARIOS})) == ([], integrations())


def settings_of(integration: Path) -> Mapping[str, Any]:
    common = integration / "settings.yaml"
    return dict(read(common)) if common.exists() else {}


def set_to(environment: pytest.MonkeyPatch, settings: Mapping[str, Any]) -> None:
    for name, value in settings.items():
        environment.setenv(
            f"CONTRAPARTIDA__{TENANT}__{name}".upper(), json.dumps(value) if isinstance(value, list) else str(value)
        )


# -- what happens -----------------------------------------------------------------------------------------------


def played(world: World, environment: pytest.MonkeyPatch, steps: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Plays the steps in the world; what each run told, and what it wrote at the vendors."""
    names = Names(world)
    for step in steps:
        before = len(world.journal())
        match step:
            case {"run": integration}:
                ran = world.run(integration, dry_run=bool(step.get("dry_run")))
                yield told_by(world, integration, ran, written_at_vendors(names, before))
            case {"change": place, "where": where, "to": changed}:
                system, table = place.split(".")
                key = world.key(system, table)
                plant(world, system, table, [{key: row[key], **changed} for row in found(world, place, where)])
            case {"remove": place, "where": where}:
                system, table = place.split(".")
                key = world.key(system, table)
                world.remove(system, table, *(row[key] for row in found(world, place, where)))
            case {"plant": place, "rows": rows}:
                system, table = place.split(".")
                plant(world, system, table, rows)
            case {"quirk": quirks}:
                for system, chosen in quirks.items():
                    world.quirk(system, **chosen)
            case {"fault": fault}:
                world.fault(**fault)
            case {"settings": changed}:
                set_to(environment, changed)
            case {"mapping": _} | {"centralise": _} | {"retry": _}:
                asked_of_us(step)
            case {"advance": delta}:
                world.advance(**{unit: float(amount) for unit, amount in delta.items()})
            case _:
                [(name, rows)] = step.items()
                system, table, complete = SHORTHAND[name]
                plant(world, system, table, [merged(complete(row), row) for row in rows])


def found(world: World, place: str, where: Mapping[str, Any]) -> list[Row]:
    """The rows of a vendor that have these values; a story that finds none is told wrong."""
    rows = [row for row in world.rows(*place.split(".")) if all(row.get(n) == value for n, value in where.items())]
    assert rows, f"no {place} where {where}"
    return rows


def asked_of_us(step: Mapping[str, Any]) -> None:
    """What people do with the software itself."""
    match step:
        case {"mapping": place, "rows": rows}:
            fill_in(place, rows)
        case {"centralise": report}:
            centralise(str(report), TENANT, no_duplicate=bool(step.get("no_duplicate")))
        case {"retry": integration, "kind": kind, "document": document}:
            retry(integration, TENANT, kind, document)


def fill_in(place: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Somebody fills in a table of the mapping; the rows are all that it holds then, by its own headings."""
    integration, file = place.split("/")
    [table] = [each for each in importlib.import_module(f"flows.{integration}").MAPPING if each.file == file]
    columns = {heading: name for name, heading in table.columns.items()}
    write(Folder(TENANT, integration), table, [{columns[heading]: row[heading] for heading in row} for row in rows])


def plant(world: World, system: str, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    world.plant(system, table, *(sent(system, row) for row in rows))


def sent(system: str, value: Any) -> Any:
    """A value as the vendor would send it: days in its own way of writing them."""
    if isinstance(value, Mapping):
        return {name: sent(system, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [sent(system, inner) for inner in value]
    return systems()[system].day(value.isoformat()) if isinstance(value, date) else value


def merged(defaults: Mapping[str, Any], row: Mapping[str, Any]) -> Row:
    """The row over its defaults; what is nested is merged too."""
    inner = {
        name: merged(defaults[name], value)
        for name, value in row.items()
        if isinstance(value, dict) and isinstance(defaults.get(name), dict)
    }
    return {**defaults, **row, **inner}


# -- what came of it --------------------------------------------------------------------------------------------


def told_by(world: World, integration: str, ran: Ran, writes: list[Row]) -> Row:
    """A run as finance reads it; empty parts are left out."""
    told: Row = {"run": integration, "state": ran.state}
    if not ran.summary.get("kinds"):
        return {**told, "message": ran.message, "writes": writes}
    told |= {kind: counted(said) for kind, said in ran.summary["kinds"].items() if said["read"]}
    if ran.state != "Planned":
        told["held back"], told["noticed"] = world.held_back(integration), world.noticed(integration)
    if ran.state == "Planned":
        told["planned"] = planned(world, integration)
    told["drift"] = [
        {"document": f"{kind} {document}", "because": because, "written": last, "there": there, "wanted": wanted}
        for kind, document, because, last, there, wanted in world.query(
            integration,
            "select kind, document_id, because, last_written, in_target, wanted from last_run.planned "
            "where drift order by all",
        )
    ]
    told["writes"] = writes
    return {name: value for name, value in told.items() if value not in ({}, [])}


def planned(world: World, integration: str) -> Row:
    """What a dry run would do, as its table shows it."""
    rows = world.query(
        integration, "select kind, document_id, action, because, wanted from last_run.planned order by all"
    )
    return {f"{kind} {document}": [action, because or wanted] for kind, document, action, because, wanted in rows}


def counted(said: Mapping[str, Any]) -> Row:
    """Counts that are not zero, each with its amount: `2 · 259.80`."""
    told: Row = {}
    for name, count in said.items():
        if name != "amounts" and count:
            amounts = [f"{by[name]}" for by in said["amounts"].values() if Decimal(by.get(name, 0))]
            told[name] = " · ".join([str(count), *amounts])
    return told


def written_at_vendors(names: Names, before: int) -> list[Row]:
    """What a run wrote, ids by name: writes of one kind go out together, so each record's own order is shown."""
    entries = names.world.journal()[before:]
    for entry in entries:
        learn(names, entry)
    told: list[Row] = []
    for _, together in groupby(entries, key=lambda entry: (entry["system"], entry["route"])):
        shown = [readable(names, entry) for entry in together]
        told += sorted(shown, key=lambda each: next(iter(each.values())))
    return told


def learn(names: Names, entry: Row) -> None:
    system = systems()[entry["system"]]
    noun, naming = system.nouns[entry["route"]]
    name = f"{noun} {entry['body'].get(naming, entry['id'])}"
    for known_as, number in ((noun, entry["id"]), *system.also(names, entry)):
        names.learn(known_as, number, name)


def readable(names: Names, entry: Row) -> Row:
    system = systems()[entry["system"]]
    body = {
        name: system.shown(names, name, value)
        for name, value in entry["body"].items()
        if value is not None and name not in system.untold and not isinstance(value, dict)
    }
    noun, _ = system.nouns[entry["route"]]
    return {f"{entry['system']} {entry['verb']}": names.of(noun, entry["id"]), "body": body}


# -- YAML whose numbers are exact -------------------------------------------------------------------------------


class Loader(yaml.SafeLoader):
    """Fractions are decimals; `!json` is JSON as it is written."""


class Dumper(yaml.SafeDumper):
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
