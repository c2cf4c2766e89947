"""What a measurement hands back: lines of the table, and what is worth knowing beside them."""

from dataclasses import dataclass


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
