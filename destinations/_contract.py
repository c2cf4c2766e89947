"""What an executor hands to a destination, and what it expects back.

A writer writes one kind of document. It makes one call per action, never repeats a write, and raises
Rejected, Denied, Unavailable or Unknown (`connections/_errors.py`) where the target did not say yes.
"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Action:
    """One thing to do. `base` is the target's record as last read, for targets that replace whole records."""

    kind: str
    document_id: str
    verb: str
    payload: dict[str, Any]
    target_id: str | None = None
    reference: str | None = None
    base: dict[str, Any] | None = None


class Writer(Protocol):
    async def create(self, action: Action) -> str:
        """Writes the document and returns the target's id for it."""
        ...

    async def update(self, action: Action) -> str:
        """Changes the record `action.target_id` to the document's content and returns its id."""
        ...

    async def find(self, action: Action) -> str | None:
        """The target's id for this document if it stands there already; reads only."""
        ...
