"""`contrapartida demo` twice on the same data, as a newcomer runs it; the stand-ins' journal judges."""

import json
import re
import shlex
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from cli._flows import integrations
from cli._show import money
from tests._command import Said, contrapartida, finished

pytestmark = pytest.mark.timeout(1200)
POSTED = ("created", "updated", "settled", "cancelled")
WAITING = ("held_back", "rejected", "unknown")
HEAD = {
    "read": ["read"],
    "posted": ["created", "updated"],
    "settled": ["settled"],
    "cancelled": ["cancelled"],
    "linked": ["linked"],
    "unchanged": ["unchanged"],
    "held back": ["held_back"],
    "refused": ["rejected", "unknown"],
    "ignored": ["ignored"],
}


@dataclass(frozen=True)
class Demo:
    """What two demos in one folder printed, and how many writes each vendor's journal holds after each."""

    folder: Path
    said: list[Said]
    journals: list[Counter[str]]

    def runs(self, integration: str) -> list[dict[str, Any]]:
        """What the published file tells of the integration's runs, the oldest first."""
        path = self.folder / "data" / "demo" / integration / "published.duckdb"
        with duckdb.connect(str(path), read_only=True) as published:
            rows = published.sql("select state, summary from runs order by started_at").fetchall()
        return [{"state": state, **json.loads(summary)} for state, summary in rows]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("a folder with é")
    elsewhere = {"CONTRAPARTIDA_DATA": "data", "CONTRAPARTIDA_SETTINGS": "settings.toml"}
    journal = folder / "data" / "demo" / "sandbox.jsonl"
    said, journals = [], []
    for _ in range(2):
        said.append(contrapartida("demo", cwd=folder, env=elsewhere))
        records = (json.loads(line) for line in journal.read_text("utf-8").splitlines())
        journals.append(Counter(record["system"] for record in records if record["kind"] == "write"))
    return Demo(folder, said, journals)


def expected_rows(integration: str, run: dict[str, Any], head: list[str]) -> list[list[str]]:
    """What the table must show of a run, from what the run recorded."""
    rows = [[integration], [run["state"]]]
    for kind, told in run["kinds"].items():
        if told["read"]:
            counts = (sum(told[name] for name in HEAD[title]) for title in head)
            rows.append([kind, *(f"{count:,}" if count else "–" for count in counts)])
            rows[-1] += [_sum(told["amounts"], POSTED), _sum(told["amounts"], WAITING)]
    return rows


def _sum(amounts: dict[str, dict[str, str]], names: tuple[str, ...]) -> str:
    sums = {currency: sum(Decimal(by.get(name, 0)) for name in names) for currency, by in amounts.items()}
    return " ".join(money(currency, amount) for currency, amount in sums.items() if amount) or "–"


def shown_rows(said: Said) -> tuple[list[str], list[list[str]]]:
    """The titles of the count columns, and the cells of each line below the head."""
    lines = said.out.split("Writes accepted")[0].splitlines()
    rule = next(place for place, line in enumerate(lines) if line.strip().startswith("───"))
    head = [title for title in HEAD if title.split()[0] in f"{lines[rule - 2]} {lines[rule - 1]}".split()]
    return head, [re.split(r"\s{2,}", line.strip()) for line in lines[rule + 1 :] if line.strip()]


@pytest.mark.parametrize("time", [0, 1])
def test_its_table_is_what_the_runs_recorded(demo: Demo, time: int) -> None:
    head, rows = shown_rows(demo.said[time])
    assert rows == [row for name in integrations() for row in expected_rows(name, demo.runs(name)[time], head)]


def test_both_end_well(demo: Demo) -> None:
    assert [said.code for said in demo.said] == [0, 0], demo.said[-1].err


def test_the_first_writes_what_it_says_and_the_second_writes_nothing(demo: Demo) -> None:
    told = ", ".join(f"{demo.journals[0][system]:,} by {system}" for system in sorted(demo.journals[0]))
    assert [re.findall(r"Writes accepted .*", said.out) for said in demo.said] == [
        [f"Writes accepted by the stand-ins: {told}."],
        ["Writes accepted by the stand-ins: none; everything is in step already."],
    ]
    assert demo.journals[0] == demo.journals[1]


def test_each_of_its_three_questions_is_answered(demo: Demo) -> None:
    asked = [shlex.split(line) for line in demo.said[0].out.splitlines() if " query " in line]
    answers = [finished(words, cwd=demo.folder) for words in asked]
    assert [(said.code, said.err, len(said.out.splitlines()) > 3) for said in answers] == [(0, "", True)] * 3


def test_it_names_the_published_files_and_the_address_of_the_ui(demo: Demo) -> None:
    shown = demo.said[0].out
    files = re.search(r"Published files: (\S+),", shown)
    assert files
    assert sorted(path.parent.name for path in demo.folder.glob(files[1])) == integrations()
    assert re.search(r"Prefect's UI: +http://127\.0\.0\.1:\d+", shown)


def test_it_leaves_nothing_running(demo: Demo) -> None:
    address = re.search(r"http://127\.0\.0\.1:\d+", demo.said[1].out)
    assert address
    with pytest.raises(httpx.ConnectError):
        httpx.get(address[0])


def test_another_world_needs_another_folder(demo: Demo) -> None:
    said = contrapartida("demo", "--seed", "8", cwd=demo.folder, env={"CONTRAPARTIDA_DATA": "data"})
    assert (said.code, said.out) == (1, "")
    assert f"{demo.folder}/data/demo holds the demo of --seed 7 --size small" in said.err
