"""A run where nothing changed: it must write nothing, and its time is split into imports, HTTP and local work."""

from bench import _posted
from bench._result import Line, Measured

ROUNDS = 3


def measure(receipts: int = _posted.RECEIPTS, rounds: int = ROUNDS) -> Measured:
    """The median of some runs of the real flow, each in a process of its own."""
    tenant = _posted.posted(receipts)
    before = len(tenant.vendors.ask("journal"))
    runs = sorted((tenant.run() for _ in range(rounds)), key=lambda run: float(run["seconds"]))
    written = len(tenant.vendors.ask("journal")) - before
    run = runs[rounds // 2]
    seconds, imports, http = (float(run[name]) for name in ("seconds", "imports", "http"))
    line = Line(
        f"Run without a change, {receipts:,} receipts",
        f"{written} writes, {seconds:.1f} s",
        f"imports {imports:.1f} s, HTTP {http:.1f} s, local work {seconds - imports - http:.1f} s",
        "0 writes",
        written == 0,
    )
    note = (
        f"Run without a change: median of {rounds}, from the start of the process; CPU {float(run['cpu']):.1f} s; "
        f"it ended as “{run['state']}”."
    )
    return Measured((line,), (note,))
