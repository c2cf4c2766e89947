"""What a measurement hands back: lines of the table, and what is worth knowing beside them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """One thing measured: its figure, what stands beside it, its goal and whether that was met (None: no goal)."""

    what: str
    figure: str
    beside: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Measured:
    """The lines of one measurement, and its notes."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Spent:
    """What a piece of work took: seconds of the clock, and of all processors together."""

    seconds: float
    cpu_seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s (CPU {self.cpu_seconds:.2f} s)"

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.seconds + other.seconds, self.cpu_seconds + other.cpu_seconds)


def spent_on(work: Callable[..., Any], *arguments: Any) -> tuple[Spent, Any]:
    """What `work` took in this process, and what it returned."""
    clock, cpu = time.perf_counter(), time.process_time()
    returned = work(*arguments)
    return Spent(time.perf_counter() - clock, time.process_time() - cpu), returned
