"""Asaas' webhook sender: at least once, in order, with back-off on the sandbox's clock, until it gives up.

Only an answer of 200 counts. What is sent is frozen when the event happens: a repetition never shows newer state.
Back-off and time-out were observed by third parties; that 15 failures in a row interrupt the queue is documented.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from sandbox._numbers import dumps
from sandbox._table import Row
from sandbox._world import World

WAITS = (0, 30, 60, 210, 300, 900, 1500, *(3600,) * 5, *(7200,) * 2, 10_800)
MOST_FAILURES = 15
KEPT = timedelta(days=14)
TIMEOUT_SECONDS = 10.0


@dataclass
class Queue:
    """The events that wait for one address."""

    waiting: deque[tuple[datetime, bytes]] = field(default_factory=deque)
    failures: int = 0
    next_try: datetime | None = None


class Sender:
    """Sends in a thread of its own, so that an event may arrive before the call that caused it is answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queues: dict[str, Queue] = {}
        self._events = 0
        self._lock = threading.Lock()

    def happened(self, event: str, payment: Row) -> None:
        """An event about a charge, for every address that asked for it."""
        if self.world.replaying:  # it was told when it happened
            return
        self._events += 1
        digest = hashlib.md5(f"{self.world.seed} {self._events}".encode(), usedforsecurity=False).hexdigest()
        body = dumps(
            {
                "id": f"evt_{digest}&{self._events}",
                "event": event,
                "dateCreated": self.world.clock.strftime("%Y-%m-%d %H:%M:%S"),
                "payment": payment,
            }
        )
        for hook in self._hooks():
            if hook["enabled"] and event in hook["events"]:
                with self._lock:
                    self.queues.setdefault(hook["id"], Queue()).waiting.append((self.world.clock, body))
        self.send()

    def send(self) -> None:
        """Starts sending what is due."""
        for hook in self._hooks():
            if hook["enabled"] and not hook["interrupted"]:
                threading.Thread(target=self._drain, args=(hook,), daemon=True, name="asaas-webhook").start()

    def resume(self, hook: Row) -> None:
        """Forgets the failures of an address and tries again at once."""
        queue = self.queues.setdefault(hook["id"], Queue())
        queue.failures, queue.next_try = 0, None
        self.send()

    def _hooks(self) -> list[Row]:
        return list(self.world.systems["asaas"].tables["webhook"].rows.values())

    def _drain(self, hook: Row) -> None:
        with self._lock:
            queue = self.queues.setdefault(hook["id"], Queue())
            now = self.world.clock
            while queue.waiting and (queue.next_try is None or queue.next_try <= now):
                happened, body = queue.waiting[0]
                if now - happened > KEPT or _delivered(hook, body):
                    queue.waiting.popleft()
                    queue.failures, queue.next_try = 0, None
                elif not self._failed(hook, queue, now):
                    return

    def _failed(self, hook: Row, queue: Queue, now: datetime) -> bool:
        """Whether it is worth going on."""
        queue.failures += 1
        if queue.failures >= MOST_FAILURES:
            self.world.systems["asaas"].tables["webhook"].put({**hook, "interrupted": True})
            return False
        queue.next_try = now + timedelta(seconds=WAITS[min(queue.failures, len(WAITS) - 1)])
        return True


def _delivered(hook: Row, body: bytes) -> bool:
    headers = {"content-type": "application/json", "asaas-access-token": str(hook["authToken"])}
    try:
        answer = httpx.post(hook["url"], content=body, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


def hook_row(number: int, asked: dict[str, Any]) -> Row:
    """A webhook as Asaas keeps it."""
    return {
        "id": f"wh_{number}",
        "name": asked.get("name"),
        "url": asked.get("url"),
        "email": asked.get("email"),
        "enabled": bool(asked.get("enabled", True)),
        "interrupted": bool(asked.get("interrupted", False)),
        "apiVersion": 3,
        "hasAuthToken": bool(asked.get("authToken")),
        "authToken": asked.get("authToken") or "",
        "sendType": asked.get("sendType") or "SEQUENTIALLY",
        "events": list(asked.get("events") or []),
    }
