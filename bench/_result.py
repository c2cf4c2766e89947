"""What a measurement hands back: lines of the table, and what is worth knowing beside them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One goal: what was measured, ours, what it is compared with, and whether the goal was met (None: no goal)."""

    what: str
    ours: str
    other: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Measured:
    """The lines of one measurement, and its notes."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


def show(measured: Measured) -> None:
    """One measurement on its own: `python -m bench.<name>`."""
    for line in measured.lines:
        met = {True: "met", False: "NOT met", None: ""}[line.met]
        print(" | ".join(part for part in (line.what, line.ours, line.other, line.ratio, line.goal, met) if part))
    for note in measured.notes:
        print(f"  {note}")
