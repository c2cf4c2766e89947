"""From a vendor's pages to the staging area: ours, plain dlt, Singer and the floor, round by round on the same pages.

A contender is a process of its own. Its time runs from the first call that the server sees to its exit, so nobody's
imports count, and everything after them does. Speed without exactness is nothing: rows and cents are compared with
what was served.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import httpx

from bench import _world
from bench._result import Line, Measured
from bench.peers import _singer
from connections._json import parse

ROWS = 200_000
ROUNDS = 3
GOAL_RATIO = 2.0
OURS = "contrapartida"
LONGEST_SECONDS = 300
COMPARE = """
select count(staged.codigo), count(*) filter (staged.valor::decimal(18, 2) = truth.valor),
    any_value(typeof(staged.valor))
from read_csv($truth, types = {'codigo': 'BIGINT', 'valor': 'DECIMAL(18, 2)'}) as truth
left join raw.movparcela as staged on staged.codigo::bigint = truth.codigo"""


@dataclass
class Contender:
    """Who reads; what its rounds took; how its table compares with what was served."""

    name: str
    command: Callable[[str, Path], list[str]]
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    rows: int = 0
    exact: int = 0
    kind: str = ""


def measure(rows: int = ROWS, rounds: int = ROUNDS, *, with_singer: bool = True) -> Measured:
    """Medians of rounds in which everyone takes a turn."""
    programs = _singer.installed() if with_singer else None
    contenders = list(_contenders(programs))
    with tempfile.TemporaryDirectory() as folder, _served(rows, Path(folder)) as address:
        served = Path(folder, "truth.csv").read_text("utf-8").count("\n") - 1
        for _ in range(rounds):
            for contender in contenders:
                _take_turn(contender, address, Path(folder))
    lines = [*_lines(contenders, served)]
    if with_singer and programs is None:
        lines.append(Line("  Singer", "not installed", f"see {_singer.MADE.name}/singer.log; pinned in singer.txt"))
    return Measured(tuple(lines), _notes(contenders, served, rounds))


def _contenders(programs: Path | None) -> Iterator[Contender]:
    yield Contender(OURS, _peer("contrapartida"))
    yield Contender("dlt rest_api, jsonl", _peer("dlt_rest_api", "jsonl"))
    yield Contender("dlt rest_api, parquet", _peer("dlt_rest_api", "parquet"))
    if programs:
        yield Contender("Singer", lambda address, folder: _singer.command(programs, address, folder))
    yield Contender("the floor: httpx, read_json", _peer("floor"))


def _peer(module: str, *more: str) -> Callable[[str, Path], list[str]]:
    return lambda address, folder: [sys.executable, "-m", f"bench.peers.{module}", address, str(folder), *more]


@contextmanager
def _served(rows: int, folder: Path) -> Iterator[str]:
    port = _world.free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bench._pages", str(port), str(rows), str(folder / "truth.csv")]
    with _world.process(command, f"{address}/first_call_at"):
        yield address


def _take_turn(contender: Contender, address: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        before = os.times()
        done = subprocess.run(
            contender.command(address, Path(place)),
            cwd=_world.ROOT,
            env={**os.environ, **_world.QUIET},
            capture_output=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        ended = time.time()
        if done.returncode:
            raise RuntimeError(f"{contender.name} failed: {done.stderr.decode()[-2000:]}")
        began = parse(httpx.get(f"{address}/first_call_at", trust_env=False).content)
        contender.seconds.append(ended - float(began))
        after = os.times()
        contender.cpu_seconds.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
        with duckdb.connect(str(Path(place, "staging.duckdb")), read_only=True) as staging:
            found = staging.execute(COMPARE, {"truth": str(folder / "truth.csv")}).fetchone()
        assert found is not None
        contender.rows, contender.exact, contender.kind = found


def _lines(contenders: list[Contender], served: int) -> Iterator[Line]:
    speeds = {each.name: served / statistics.median(each.seconds) for each in contenders}
    peers = [each.name for each in contenders[1:-1]]
    best = max(peers, key=speeds.__getitem__)
    ratio = speeds[OURS] / speeds[best]
    ours = contenders[0]
    yield Line(
        f"Extraction to staging, {served:,} receipts",
        f"{speeds[OURS]:,.0f} rows/s",
        f"{ratio:.1f} × {best}; {_exactness(ours, served)}",
        f"≥ {GOAL_RATIO:g} × the faster peer, exact decimals",
        ratio >= GOAL_RATIO and ours.exact == served and ours.kind.startswith("DECIMAL"),
    )
    for each in contenders[1:]:
        yield Line(f"  {each.name}", f"{speeds[each.name]:,.0f} rows/s", _exactness(each, served))


def _exactness(contender: Contender, served: int) -> str:
    rows = "all rows" if contender.rows == served else f"{served - contender.rows:,} rows MISSING"
    wrong = contender.rows - contender.exact
    cents = "every cent" if not wrong else f"{wrong:,} amounts WRONG"
    return f"{rows}, {cents}, {contender.kind}"


def _notes(contenders: list[Contender], served: int, rounds: int) -> tuple[str, ...]:
    spent = "; ".join(
        f"{each.name} {statistics.median(each.seconds):.1f} s ({min(each.seconds):.1f}-{max(each.seconds):.1f}), "
        f"CPU {statistics.median(each.cpu_seconds):.1f} s with imports"
        for each in contenders
    )
    return (f"Extraction: medians of {rounds} interleaved rounds over {served:,} rows: {spent}.",)
