"""How much of what a vendor allows a push of real writes uses, and that nothing is turned away.

The judge is the vendors' log of calls: after each accepted call the earliest moment is known at which the vendor
would have taken the next one. A minute of Kamino lasts a few seconds here, for the vendor and for us.
"""

import tempfile
from pathlib import Path
from typing import Any

from bench import _posted, _world
from bench._result import Line, Measured

RECEIPTS = 300
PACE = 5  # Kamino: 100 calls per window; Pacto: 5 per second and route
WINDOW_SECONDS = 5.0
KAMINO_CALLS = 20
GOAL_SHARE = 0.95


def measure(receipts: int = RECEIPTS, pace: int = PACE) -> Measured:
    """A first run of each direction, everything still to be written."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _world.sandbox(receipts, pace, WINDOW_SECONDS) as vendors,
    ):
        limits = {"kamino__calls_per_minute": KAMINO_CALLS * pace, "pacto__calls_per_second": pace}
        tenant = _posted.tenant_of(vendors, _posted.prefect(), Path(folder), **limits)
        tenant.run("pacto_to_kamino", WINDOW_SECONDS)
        kamino = _calls(vendors, "kamino")
        vendors.forget_calls()
        tenant.run("kamino_to_pacto", WINDOW_SECONDS)
        pacto = [call for call in _calls(vendors, "pacto") if call["route"] == "/v1/movconta"]
    lines = (
        _line("Kamino, all of its calls a minute", kamino, KAMINO_CALLS * pace, WINDOW_SECONDS),
        _line("Pacto, entries", pacto, pace, 1.0),
    )
    return Measured(
        lines,
        (
            f"Rate budget: Kamino's minute lasts {WINDOW_SECONDS:g} s on both sides; by default four of "
            f"its 20 calls are left to other integrations.",
            "Rate budget: Pacto is kept at one call per 1.25 s instead of 1 s on purpose: at exactly one second some "
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
