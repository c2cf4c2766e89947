"""A fault of the software as Prefect may keep it: where and of which class it is, and nothing of what it was about.

The text of an unexpected error often quotes the value that it failed on, which may be somebody's name or salary.
"""

import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from connections._errors import Problem
from expectations._rules import NotJudged
from flows._folder import DISK_TROUBLE
from flows._ledger import Fenced

P = ParamSpec("P")
R = TypeVar("R")
HOUSE = Path(__file__).parents[1]


class Fault(Exception):
    """A fault of the software: `ConversionException in flows/_steps.py:81 (check)`."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__} in {_place(error)}")
        self.with_traceback(error.__traceback__)


EXPECTED = (Problem, NotJudged, Fenced, *DISK_TROUBLE, Fault)
"""What ends a run under a name of its own."""


def without_values(step: Callable[P, R]) -> Callable[P, R]:
    """What a step raises unexpectedly becomes a Fault; what is said to people in a sentence stays."""

    @wraps(step)
    def careful(*given: P.args, **named: P.kwargs) -> R:
        try:
            return step(*given, **named)
        except EXPECTED:
            raise
        except Exception as error:  # noqa: BLE001 - raised again, without what it quotes
            raise Fault(error) from None

    return careful


def _place(error: Exception) -> str:
    """The innermost line of ours that it went through, else of anybody's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(HOUSE) and ".venv" not in each.filename]
    if not (frame := next(reversed(ours or frames), None)):
        return "an unknown place"
    name = Path(frame.filename)
    shown = name.relative_to(HOUSE) if name.is_relative_to(HOUSE) else name.name
    return f"{shown}:{frame.lineno} ({frame.name})"
