"""The measurements run, and what they count is right; how fast they are is for `make bench` to say."""

import re
from collections.abc import Iterator

import pytest

from bench import _posted, budget, calls, check, extract, idle, plan
from bench._result import Line

pytestmark = pytest.mark.long


@pytest.fixture
def prefect_of_the_tests(prefect_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Runs report to the server of the tests instead of one of their own."""
    monkeypatch.setattr(_posted, "prefect", lambda: {"PREFECT_API_URL": f"{prefect_server}/api"})
    yield
    _posted._lasting.close()
    _posted.posted.cache_clear()
    _posted._folder.cache_clear()


def test_every_breach_is_listed_and_counted_alike() -> None:
    (line,) = check.measure(documents=20_000, tries=1).lines
    assert re.fullmatch(r"([1-9]\d*) breaches listed, \1 by Great Expectations", line.beside)


def test_only_what_changed_is_planned() -> None:
    (line,) = plan.measure(documents=2_000).lines
    assert line.beside == "1,980 skip, 20 update"


def test_only_ours_is_exact_to_the_cent() -> None:
    ours, *others = extract.measure(rows=2_000, rounds=1, with_singer=False).lines
    assert "all rows, every cent, DECIMAL(18,2)" in ours.beside
    assert [(line.what.strip(), line.beside) for line in others] == [
        ("dlt rest_api, jsonl", "all rows, 2 amounts WRONG, DOUBLE"),
        ("dlt rest_api, parquet", "all rows, 2 amounts WRONG, DOUBLE"),
        ("the floor: httpx, read_json", "all rows, 2 amounts WRONG, DECIMAL(18,2)"),
    ]


@pytest.mark.usefixtures("prefect_of_the_tests")
def test_nothing_is_written_without_a_change_and_one_call_for_each_change() -> None:
    (unchanged,) = idle.measure(receipts=60, rounds=1).lines
    (changed,) = calls.measure(receipts=60, changed=10).lines
    assert unchanged.figure.startswith("0 writes")
    assert changed.beside.startswith("1.000 writes")


def test_the_share_of_a_budget_is_told_from_the_log_of_calls() -> None:
    first, in_time, late = ([_call(second)] * 3 for second in (0, 5, 10))
    assert [_told(first + in_time), _told(first + late), _told([*first, _call(1, status=429), *in_time])] == [
        ("100.0%", True),
        ("50.0%", False),
        ("100.0%", False),
    ]


def _told(log: list[dict[str, object]]) -> tuple[str, bool | None]:
    line: Line = budget._line("a vendor", log, allowed=3, seconds=5.0)
    return line.figure, line.met


def _call(at: float, status: int = 200) -> dict[str, object]:
    return {"monotonic": at, "method": "POST", "status": status}
