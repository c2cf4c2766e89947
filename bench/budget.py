"""How much of what a vendor allows a push of real writes uses, and that nothing is turned away.

The judge is the vendors' log of calls: after each accepted call the earliest moment is known at which the vendor
would have taken the next one.
"""

import tempfile
from pathlib import Path
from typing import Any

from bench import _posted, _world
from bench._result import Line, Measured
from connections.pacto import PAUSE_SECONDS

RECEIPTS = 300
PACE = 5  # Kamino: 100 calls a minute
KAMINO_CALLS, MINUTE = 20, 60.0
GOAL_SHARE = 0.95


def measure(receipts: int = RECEIPTS, pace: int = PACE) -> Measured:
    """A first run of each direction, everything still to be written."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _world.sandbox(receipts, pace) as vendors,
    ):
        limits = {"kamino__calls_per_minute": KAMINO_CALLS * pace, "pacto__calls_per_second": 1}
        tenant = _posted.tenant_of(vendors, _posted.prefect(), Path(folder), **limits)
        tenant.run("pacto_to_kamino")
        kamino = _calls(vendors, "kamino")
        vendors.forget_calls()
        tenant.run("kamino_to_pacto")
        pacto = [call for call in _calls(vendors, "pacto") if call["route"] == "/v1/movconta"]
    lines = (
        _line("Kamino, all of its calls a minute", kamino, KAMINO_CALLS * pace, MINUTE),
        _line("Pacto, entries", pacto, 1, PAUSE_SECONDS),
    )
    return Measured(
        lines,
        (
            f"Rate budget: all calls are spent here; by default four of Kamino's {KAMINO_CALLS} a minute are left to "
            "other integrations.",
            f"Rate budget: Pacto's second counts as {PAUSE_SECONDS} s on purpose: at exactly one second some "
            "answers were seen to come back empty.",
        ),
    )


def _calls(vendors: _world.Sandbox, system: str) -> list[Any]:
    return [call for call in vendors.ask("calls") if call["system"] == system]


def _line(what: str, calls: list[Any], allowed: int, seconds: float) -> Line:
    turned_away = sum(call["status"] == 429 for call in calls)
    accepted = [(float(call["monotonic"]), call["method"]) for call in calls if call["status"] == 200]
    first = next(n for n, (_, method) in enumerate(accepted) if method == "POST")
    last = max(n for n, (_, method) in enumerate(accepted) if method == "POST")
    moments = [moment for moment, _ in accepted[: last + 1]]
    took = moments[last] - moments[first]
    share = _quickest(moments, first, allowed, seconds) / took
    writes = sum(method == "POST" for _, method in accepted)
    return Line(
        f"Rate budget used, {what}",
        f"{share:.1%}",
        f"{writes:,} writes in {took:.1f} s at {allowed} calls per {seconds:g} s, {turned_away} turned away",
        f"≥ {GOAL_SHARE:.0%}, no 429",
        share >= GOAL_SHARE and not turned_away,
    )


def _quickest(moments: list[float], first: int, allowed: int, seconds: float) -> float:
    """How long the vendor would have made anybody take for the calls from `first` on."""
    taken = moments[: first + 1]
    while len(taken) < len(moments):
        earliest = taken[-allowed] + seconds if len(taken) >= allowed else taken[-1]
        taken.append(max(taken[-1], earliest))
    return taken[-1] - taken[first]
