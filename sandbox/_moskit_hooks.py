"""What Moskit tells of deals by webhook: a change of status, in a shape of its own.

Observed: one real event, and that an address is dropped after three failed repetitions. Documented nowhere: a
signature, an id, an order; an event may come twice. Assumed: any 2xx is success, and how long a repetition waits.
Addresses are set on a screen only: here `/_sim/plant` puts them into the table `webhook`.
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
    accepted=range(200, 300),
    waits=(60, 300, 900),
    most_failures=4,
    timeout_seconds=10.0,
    kept=timedelta(days=1),
)
VALUES = {"numericValue": "numberValue"}
"""Fields of a custom field's value that a webhook names otherwise than the interface does."""


class Events:
    """Events about deals, sent once or, where the quirk says so, twice."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sender = Sender(world, "moskit", HABITS)
        self._count = 0

    def status_changed(self, old: Row, new: Row) -> None:
        """A deal was won, lost or opened again."""
        self._count += 1
        opaque = hashlib.sha256(f"{self.world.seed} {self._count}".encode()).hexdigest()
        body = dumps(
            {
                "metadata": {
                    "event": "deal-statusChanged",
                    "entity": "deal",
                    "operation": "statusChanged",
                    "hash": opaque,
                    "actor": new["responsible"],
                },
                "before": {"id": old["id"], "status": old["status"]},
                "after": _told(new),
            }
        )
        times = 2 if self.world.systems["moskit"].quirks["webhooks"] == "twice" else 1
        for hook in self.sender.hooks():
            self.sender.tell(hook, *[body] * times)

    def tick(self) -> None:
        """Repetitions whose time has come."""
        self.sender.send()


def _told(deal: Row) -> Row:
    same = ("id", "name", "status", "price", "stage", "responsible", "closeDate", "dealProducts")
    return {
        **{name: deal.get(name) for name in same},
        "contact": next(iter(deal.get("contacts") or ()), None),
        "company": next(iter(deal.get("companies") or ()), None),
        "customFieldValues": [_value(field) for field in deal.get("entityCustomFields") or ()],
    }


def _value(field: dict[str, Any]) -> dict[str, Any]:
    return {VALUES.get(name, name): value for name, value in field.items()}
