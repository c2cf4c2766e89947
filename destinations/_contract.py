"""What an executor hands to a destination, and what it expects back.

A writer writes one kind of document. It makes one call per action, never repeats a write, and raises
Rejected, Denied, Unavailable or Unknown (`connections/_errors.py`) where the target did not say yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from connections._errors import Problem


@dataclass(frozen=True)
class Action:
    """One thing to do. `base` is the target's record as last read, for targets that replace whole records; `said`
    is what was said when the document was last sent, where nobody knows what became of it.
    """

    kind: str
    document_id: str
    verb: str
    payload: dict[str, Any]
    target_id: str | None = None
    reference: str | None = None
    base: dict[str, Any] | None = None
    said: str | None = None


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


@runtime_checkable
class BatchWriter(Protocol):
    """Writes many documents in one call, the target answering for every line by itself; it changes none."""

    largest: int
    """The most documents of one call."""

    def together(self, action: Action) -> str:
        """Only documents with the same answer may go in one call."""
        ...

    async def create_all(self, actions: Sequence[Action]) -> Sequence[str | Problem]:
        """Writes the documents in one call: for each the target's id, or why the target did not say yes to it."""
        ...

    async def find_all(self, actions: Sequence[Action]) -> Sequence[str | None]:
        """For each document the target's id if it stands there already; reads only."""
        ...
