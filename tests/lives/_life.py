"""A tenant's life drawn from a seed: at the source, by hand in the target, at the vendors, and in the machine room.

What must be true in the end is told by the source alone and by what stands in the target, never by our own ledger. What
people changed by hand may stay as they left it; a document that stands there twice, or not at all, may never be.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from flows._ledger_rules import broken_rules
from tests._world import World
from tests.faults._killing import Step, run_perhaps_killed, started_run

Event = Callable[[], None]
WRITE_FAULTS = (
    "request_lost",
    "answer_lost",
    "status",
    "html_200",
    "truncated_json",
    "garbled",
    "empty_without_error",
    "storm_429",
    "expired_credential",
)
READ_FAULTS = ("request_lost", "status", "truncated_json", "garbled", "storm_429", "wrong_total", "repeated_page")
STEPS = ("start", "page", "judgement", "decision", "intent", "call", "outcome", "end", "publish")
QUIET_RUNS = 3


class Life:
    """One seed's life with one pair of vendors. `log` is what a failure shows: everything that happened, in order."""

    integrations: ClassVar[tuple[str, ...]]
    writes: ClassVar[Mapping[str, Sequence[tuple[str, str, str]]]]
    """For each integration the calls that write: system, route, method."""
    readings: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {}
    """Other honest readings of the vendors' notes: for each system the switches of its stand-in, and their values."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.seed = seed
        self.draw = random.Random(seed)
        self.log: list[str] = []
        self.read_as: dict[str, dict[str, str]] = {}
        """The readings that were drawn, of each system."""

    # -- a pair of vendors says -----------------------------------------------------------------------------

    def begin(self) -> None:
        """What stands at both vendors before the first run."""

    def at_the_source(self) -> Sequence[Event]:
        """What may happen at the source."""
        raise NotImplementedError

    def by_hand(self) -> Sequence[Event]:
        """What people may do in the target."""
        raise NotImplementedError

    def put_in_order(self) -> None:
        """What people see to in the end, so that what had to wait for them can be posted."""

    def wrongs(self) -> list[str]:
        """Everything in the targets that the source does not account for; empty when all is well."""
        raise NotImplementedError

    # -- the life -------------------------------------------------------------------------------------------

    def live(self, rounds: int) -> None:
        """So many rounds in which anything may go wrong, and a few in which nothing does."""
        self._take_readings()
        self.begin()
        for number in range(rounds):
            self._happen(number)
            self._run_somehow(number)
            self.world.no_faults()
            self.world.advance(hours=self.draw.choice((1, 12, 12, 24, 24 * 40)))
        self.put_in_order()
        for _ in range(QUIET_RUNS):
            for integration in self.integrations:
                self.log.append(f"{integration}: {self.world.run(integration).state}")

    def needless(self) -> list[str]:
        """What one more run of everything writes, when nothing has happened."""
        before = len(self.world.writes())
        for integration in self.integrations:
            self.world.run(integration)
        return [" ".join(write) for write in self.world.writes()[before:]]

    def unsound(self) -> list[str]:
        """Every rule that must hold in a ledger and does not, after all of this."""
        ledgers = {each: self.world.folder(each) / "ledger.duckdb" for each in self.integrations}
        return [f"{each}: {broken}" for each, ledger in ledgers.items() for broken in broken_rules(ledger)]

    def _take_readings(self) -> None:
        for system, quirks in self.readings.items():
            drawn = {name: self.draw.choice(values) for name, values in quirks.items() if self.draw.random() < 0.4}
            self.read_as[system] = drawn
            if drawn:
                self.world.quirk(system, **drawn)
                self.log.append(f"{system} reads as {drawn}")

    def _happen(self, number: int) -> None:
        for _ in range(self.draw.randint(2, 6)):
            self._do(self.draw.choice(list(self.at_the_source())))
        for _ in range(self.draw.randint(0, 2) if number else 0):
            self._do(self.draw.choice(list(self.by_hand())))

    def _do(self, event: Event) -> None:
        self.log.append(f"{getattr(event, '__name__', event)}")
        event()

    def _run_somehow(self, number: int) -> None:
        integration = self.draw.choice(self.integrations)
        how = self.draw.choice(("faults", "faults", "faults", "killed", "killed", "at once", "ledger lost"))
        if how == "ledger lost" and number:
            self.log.append(f"the ledger of {integration} is lost")
            for file in self.world.folder(integration).glob("ledger.duckdb*"):
                file.unlink()
            self.world.adopt(integration)
        if how == "at once":
            self.log.append(f"at once: {', '.join(self.integrations)}")
            together = [started_run(self.world, each) for each in self.integrations]
            for child in together:
                child.join()
            return
        for fault in self._faults(integration):
            self.log.append(f"fault {fault}")
            self.world.fault(**fault)
        if how == "killed":
            step = Step(self.draw.choice(("before", "after")), self.draw.choice(STEPS), nth=self.draw.randint(1, 4))
            self.log.append(f"{integration} to be killed {step}: {run_perhaps_killed(self.world, integration, step)}")
        else:
            self.log.append(f"{integration}: {self.world.run(integration).state}")

    def _faults(self, integration: str) -> Iterator[dict[str, Any]]:
        for _ in range(self.draw.randint(0, 2)):
            system, route, method = self.draw.choice(self.writes[integration])
            fault, committed = self.draw.choice(WRITE_FAULTS), self.draw.random() < 0.5
            yield {
                "system": system,
                "route": route,
                "method": method,
                "fault": fault,
                "on_call": self.draw.randint(1, 4),
                "times": self.draw.randint(1, 2),
                # Who is turned away for want of a token is not served.
                "committed": committed and fault != "expired_credential",
                "retry_after": "zero",
            }
        if self.draw.random() < 0.5:
            system, _, _ = self.draw.choice(self.writes[integration])
            yield {
                "system": system,
                "method": "GET",
                "fault": self.draw.choice(READ_FAULTS),
                "on_call": self.draw.randint(1, 8),
                "times": self.draw.randint(1, 3),
                "retry_after": "zero",
            }
