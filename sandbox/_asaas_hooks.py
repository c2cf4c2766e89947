"""What Asaas tells of its charges by webhook, and how it sends: in order or not, as the address asked for.

Only an answer of 200 counts. Back-off and time-out were observed by third parties; that 15 failures in a row
interrupt the queue, and that its events are kept for 14 days, is documented.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sandbox._numbers import dumps
from sandbox._table import Row
from sandbox._webhooks import Habits, Sender
from sandbox._world import World

HABITS = Habits(
    accepted=range(200, 201),
    waits=(30, 60, 210, 300, 900, 1500, *(3600,) * 5, *(7200,) * 2, 10_800),
    most_failures=15,
    timeout_seconds=10.0,
    kept=timedelta(days=14),
    headers=lambda hook: {"asaas-access-token": str(hook["authToken"])},
    in_order=lambda hook: bool(hook["sendType"] == "SEQUENTIALLY"),
)


class Events:
    """Events about charges, numbered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sender = Sender(world, "asaas", HABITS)
        self._count = 0

    def happened(self, event: str, payment: Row) -> None:
        """An event about a charge, for every address that asked for it."""
        if self.world.replaying:  # it was told when it happened
            return
        self._count += 1
        digest = hashlib.md5(f"{self.world.seed} {self._count}".encode(), usedforsecurity=False).hexdigest()
        body = dumps(
            {
                "id": f"evt_{digest}&{self._count}",
                "event": event,
                "dateCreated": self.world.clock.strftime("%Y-%m-%d %H:%M:%S"),
                "payment": payment,
            }
        )
        for hook in self.sender.hooks():
            if event in hook["events"]:
                self.sender.tell(hook, body)


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
