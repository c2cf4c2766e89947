"""How vendors send webhooks: at least once, with back-off on the sandbox's clock, until they give an address up.

What is sent is frozen when the event happens: a repetition never shows newer state.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from sandbox._table import Row
from sandbox._world import World


@dataclass(frozen=True, kw_only=True)
class Habits:
    """A vendor's way of sending. Its table `webhook` has a row per address: `id`, `url`, `enabled`, `interrupted`."""

    accepted: range
    """The statuses that count as heard."""
    waits: tuple[int, ...]
    """Seconds before each repetition of an event; the last one goes on."""
    most_failures: int
    """In a row: with so many an address is interrupted."""
    timeout_seconds: float
    kept: timedelta
    headers: Callable[[Row], dict[str, str]] = lambda hook: {}  # noqa: ARG005
    in_order: Callable[[Row], bool] = lambda hook: False  # noqa: ARG005
    """Whether an event that was not heard keeps back those after it."""


@dataclass(eq=False)
class Event:
    """What happened, as it is told to one address."""

    happened: datetime
    body: bytes
    next_try: datetime
    failures: int = 0


@dataclass
class Queue:
    """The events that wait for one address."""

    waiting: list[Event] = field(default_factory=list)
    failures: int = 0

    def due(self, now: datetime, *, in_order: bool) -> Event | None:
        """The event to send next, None while every one waits."""
        candidates = self.waiting[:1] if in_order else self.waiting
        return next((event for event in candidates if event.next_try <= now), None)


class Sender:
    """Sends in threads of its own, so that an event may arrive before the call that caused it is answered."""

    def __init__(self, world: World, system: str, habits: Habits) -> None:
        self.world = world
        self.system = system
        self.habits = habits
        self._queues: dict[str, Queue] = {}
        self._lock = threading.Lock()

    def tell(self, hook: Row, *bodies: bytes) -> None:
        """Events for an address, sent at once."""
        now = self.world.clock
        with self._lock:
            self._queue(hook).waiting.extend(Event(now, body, now) for body in bodies)
        self.send()

    def send(self) -> None:
        """Starts sending what is due."""
        for hook in self.hooks():
            if hook.get("interrupted"):
                continue
            threading.Thread(target=self._drain, args=(hook,), daemon=True, name=f"{self.system}-webhook").start()

    def resume(self, hook: Row) -> None:
        """Forgets the failures of an address and tries again at once."""
        queue = self._queue(hook)
        queue.failures = 0
        for event in queue.waiting:
            event.failures, event.next_try = 0, self.world.clock
        self.send()

    def failures(self, hook: Row) -> int:
        """How often the address did not hear, in a row."""
        return self._queue(hook).failures

    def hooks(self) -> list[Row]:
        """The addresses that events are for; those of an interrupted one are kept for later."""
        rows = self.world.systems[self.system].tables["webhook"].rows.values()
        return [hook for hook in rows if hook.get("enabled", True)]

    def _queue(self, hook: Row) -> Queue:
        return self._queues.setdefault(hook["id"], Queue())

    def _drain(self, hook: Row) -> None:
        now, in_order = self.world.clock, self.habits.in_order(hook)
        with self._lock:
            queue = self._queue(hook)
            while queue.failures < self.habits.most_failures and (event := queue.due(now, in_order=in_order)):
                if now - event.happened > self.habits.kept or self._heard(hook, event.body):
                    queue.waiting.remove(event)
                    queue.failures = 0
                else:
                    self._failed(hook, queue, event, now)

    def _heard(self, hook: Row, body: bytes) -> bool:
        headers = {"content-type": "application/json", **self.habits.headers(hook)}
        timeout = self.habits.timeout_seconds
        try:
            answer = httpx.post(hook["url"], content=body, headers=headers, timeout=timeout, trust_env=False)
        except httpx.HTTPError:
            return False
        return answer.status_code in self.habits.accepted

    def _failed(self, hook: Row, queue: Queue, event: Event, now: datetime) -> None:
        event.failures += 1
        event.next_try = now + timedelta(seconds=self.habits.waits[min(event.failures, len(self.habits.waits)) - 1])
        queue.failures += 1
        if queue.failures >= self.habits.most_failures:
            self.world.systems[self.system].tables["webhook"].put({**hook, "interrupted": True})
