"""Analysts read while flows write: never locked out, never half a run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests._world import World
from tests.systems.pacto import paid, receipt

READER = Path(__file__).with_name("_reader.py")


def test_readers_in_other_processes_always_see_a_whole_run(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.run("pacto_to_kamino")
    published = world.folder("pacto_to_kamino") / "published.duckdb"
    with reading(published, "anew") as anew, reading(published, "keep") as kept:
        for number in (2, 3):
            world.plant("pacto", "movparcela", receipt(number), receipt(number + 10, **paid()), receipt(20, valor="x"))
            world.run("pacto_to_kamino")
    runs = [run_id for (run_id,) in world.query("pacto_to_kamino", "select run_id from runs")]
    assert (anew["runs"], anew["wrong"], anew["reads"] > len(runs)) == (runs, [], True)
    assert (kept["runs"], kept["wrong"], kept["reads"] > len(runs)) == (runs[:1], [], True)


@contextmanager
def reading(path: Path, how: str) -> Iterator[dict[str, Any]]:
    """A reader at work; what it saw is told when the block ends."""
    told: dict[str, Any] = {}
    process = subprocess.Popen(
        [sys.executable, str(READER), str(path), how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield told
    finally:
        told |= json.loads(process.communicate()[0])
