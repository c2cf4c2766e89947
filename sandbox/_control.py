"""The control plane `/_sim/`: what a test may ask of a sandbox and no vendor would offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sandbox._call import Answer
from sandbox._numbers import dumps, loads
from sandbox._world import World

Asked = dict[str, Any]  # the query for GET and DELETE, the JSON body for POST


def answer(world: World, method: str, path: str, query: dict[str, str], body: bytes | None) -> Answer:
    """Do what was asked; 400 with the reason when it cannot be done, 404 when there is no such thing."""
    head, _, rest = path.strip("/").partition("/")
    handler = HANDLERS.get((method, head))
    if handler is None:
        return Answer({"error": f"no {method} /_sim/{head}"}, 404)
    try:
        asked: Any = loads(body or b"{}") if method == "POST" else dict(query)
        if not isinstance(asked, dict):
            raise ValueError("the body must be a JSON object")
        if rest:
            asked["system"] = rest
        return Answer(handler(world, asked))
    except KeyError as problem:
        return Answer({"error": f"missing or unknown: {problem.args[0]}"}, 404)
    except (ValueError, TypeError, AttributeError) as problem:
        return Answer({"error": str(problem)}, 400)


def _state(world: World, asked: Asked) -> Asked:  # noqa: ARG001
    counts = {
        name: {table: len(rows.rows) for table, rows in system.tables.items()} for name, system in world.systems.items()
    }
    return {
        "seed": world.seed,
        "size": world.size_name,
        "pace": world.pace,
        "clock": world.clock.isoformat(),
        "systems": list(world.systems),
        "counts": counts,
        "keys": {
            name: {table: rows.key for table, rows in system.tables.items()} for name, system in world.systems.items()
        },
        "quirks": {name: system.quirks for name, system in world.systems.items()},
    }


def _credentials(world: World, asked: Asked) -> Asked:
    """Of one system, or of every one by its name."""
    if "system" in asked:
        return world.systems[asked["system"]].credentials
    return {name: system.credentials for name, system in world.systems.items()}


def _rehearsal(world: World, asked: Asked) -> Asked:  # noqa: ARG001
    return {name: said for system in world.systems.values() for name, said in system.rehearsal.items()}


def _reset(world: World, asked: Asked) -> Asked:
    seed, size = int(asked.get("seed", world.seed)), str(asked.get("size", world.size_name))
    world.reset(seed, size, float(asked.get("pace", world.pace)))
    return _state(world, asked)


def _clock(world: World, asked: Asked) -> Asked:  # noqa: ARG001
    return {"clock": world.clock.isoformat()}


def _move_clock(world: World, asked: Asked) -> Asked:
    if "set" in asked:
        world.set_clock(datetime.fromisoformat(asked["set"]))
    else:
        world.set_clock(world.clock + timedelta(seconds=float(asked["advance_seconds"])))
    return _clock(world, asked)


def _plant(world: World, asked: Asked) -> Asked:
    table = world.systems[asked["system"]].tables[asked["table"]]
    for row in asked.get("rows", ()):
        if not isinstance(row, dict) or not isinstance(row.get(table.key), int | str):
            raise ValueError(f"every row needs its {table.key}")
    if not all(isinstance(key, int | str) for key in asked.get("remove", ())):
        raise ValueError("ids are numbers or texts")
    dumps(asked)  # what cannot be written could not be served either
    return {"touched": world.plant(asked)}


def _rows(world: World, asked: Asked) -> list[Any]:
    table = world.systems[asked["system"]].tables[asked["table"]]
    if "id" in asked:
        return [row for key, row in table.rows.items() if str(key) == asked["id"]]
    start = int(asked.get("offset", 0))
    return list(table.rows.values())[start : start + int(asked.get("limit", len(table.rows)))]


def _planted(world: World, asked: Asked) -> list[Asked]:
    return [
        {"system": name, **asdict(planted)}
        for name, system in world.systems.items()
        if asked.get("system", name) == name
        for planted in system.planted
    ]


def _quirks(world: World, asked: Asked) -> Asked:
    system = asked["system"]
    world.set_quirks(system, {name: str(value) for name, value in asked.items() if name != "system"})
    return world.systems[system].quirks


def _shown_quirks(world: World, asked: Asked) -> Asked:
    return world.systems[asked["system"]].quirks


def _plan_fault(world: World, asked: Asked) -> Asked:
    world.systems[asked["system"]]  # an unknown system is a mistake of the test
    return world.faults.plan(asked).shown()


def _faults(world: World, asked: Asked) -> list[Asked]:  # noqa: ARG001
    return [fault.shown() for fault in world.faults.planned]


def _no_faults(world: World, asked: Asked) -> list[Asked]:
    world.faults.planned.clear()
    return _faults(world, asked)


def _journal(world: World, asked: Asked) -> list[Asked]:
    return _of_system(world.journal.writes, asked)


def _calls(world: World, asked: Asked) -> list[Asked]:
    return _of_system(world.calls, asked)


def _no_calls(world: World, asked: Asked) -> list[Asked]:  # noqa: ARG001
    world.calls.clear()
    return []


def _of_system(records: list[Asked], asked: Asked) -> list[Asked]:
    return [record for record in records if asked.get("system", record["system"]) == record["system"]]


HANDLERS: dict[tuple[str, str], Callable[[World, Asked], Any]] = {
    ("GET", ""): _state,
    ("GET", "credentials"): _credentials,
    ("GET", "rehearsal"): _rehearsal,
    ("POST", "reset"): _reset,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _move_clock,
    ("POST", "plant"): _plant,
    ("GET", "rows"): _rows,
    ("GET", "planted"): _planted,
    ("GET", "quirks"): _shown_quirks,
    ("POST", "quirks"): _quirks,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _plan_fault,
    ("DELETE", "faults"): _no_faults,
    ("GET", "journal"): _journal,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _no_calls,
}
