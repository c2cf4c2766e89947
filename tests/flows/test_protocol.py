"""Every order of what may go wrong between executor, ledger and target: at most once always, and once in the end."""

from itertools import product

import pytest

from tests.flows._protocol import CRASHES, CrashAt, explored

ONE = [(crash, None) for crash in CRASHES] + [(None, crash) for crash in CRASHES[1:]]
TWO = [each for each in product(CRASHES, repeat=2) if each not in ONE]


@pytest.mark.parametrize("crashes", ONE, ids=str)
def test_whatever_goes_wrong_in_two_runs_and_one_of_them_crashes_each_document_stands_there_once(
    crashes: tuple[CrashAt | None, ...],
) -> None:
    assert explored(crashes) == ([], [])


@pytest.mark.long
@pytest.mark.parametrize("crashes", TWO, ids=str)
def test_whatever_goes_wrong_in_two_runs_that_both_crash_each_document_stands_there_once(
    crashes: tuple[CrashAt | None, ...],
) -> None:
    assert explored(crashes) == ([], [])
