"""A fault of the software is told where it is; whom it was about, nobody reads in Prefect."""

import re

import pytest

from flows import _steps, moskit_to_contaazul
from flows._faults import Fault
from tests._world import TENANT, World

SOMEBODY = "Zuleica Quartzo"


def failing(*_: object) -> None:
    raise ValueError(f"could not convert '{SOMEBODY}'")


def test_neither_the_run_nor_its_step_quotes_the_value_that_it_failed_on(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_steps, "judge_suite", failing)
    state = moskit_to_contaazul.moskit_to_contaazul(TENANT, world.now(), True, return_state=True)
    with pytest.raises(Fault) as raised:
        state.result(raise_on_failure=True)
    where = r"ValueError in tests/flows/test_faults\.py:\d+ \(failing\)"
    assert re.fullmatch(where, str(raised.value))
    assert re.search(where, state.message or "")
    assert "Task run failed with exception" in caplog.text
    assert SOMEBODY not in caplog.text
