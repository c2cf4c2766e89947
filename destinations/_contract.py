"""What an executor hands to a destination, and what it expects back.

A writer writes one kind of document, in two halves: `send` makes the one call that writes, `resolve` finds out by
reading what became of it. Nothing is read after the write in `send`, so that whatever fails later is known to have been
sent. No write is ever repeated. Both raise what `connections/_errors.py` names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from connections._errors import Problem


@dataclass(frozen=True)
class Receipt:
    """The target took the document and books it later, or did not say under which id: `text` is what it gave."""

    text: str = ""


@dataclass(frozen=True)
class Action:
    """One thing to do, or, for `resolve`, one thing that was done.

    `verb` is "create" or "update". `base` is the target's record as last read, for targets that replace whole records.
    For `resolve`, `sent_at` is when it was sent and `receipt` what the target gave for it, None where it gave nothing;
    of a document that an earlier run sent, `payload` holds what was sent then of the fields that `looks_by` names.
    """

    kind: str
    document_id: str
    verb: str
    payload: dict[str, Any]
    target_id: str | None = None
    reference: str | None = None
    base: dict[str, Any] | None = None
    receipt: str | None = None
    sent_at: datetime | None = None


class Writer(Protocol):
    @property
    def looks_by(self) -> tuple[str, ...]:
        """The fields of the payload by which `resolve` finds the document; the ledger keeps them with the intent."""
        ...

    async def send(self, action: Action) -> str | Receipt:
        """Writes the document, after whatever reading it needs: the target's id for it, or a receipt."""
        ...

    async def resolve(self, action: Action) -> str | None:
        """The target's id of what was sent, None where it is not there; reads only.

        Raises Rejected where the target says that it refused it after all, and anything else where nobody can say.
        """
        ...


@runtime_checkable
class BatchWriter(Protocol):
    """Writes many documents in one call, the target answering for every line by itself; it changes none."""

    largest: int
    """The most documents of one call."""

    @property
    def looks_by(self) -> tuple[str, ...]:
        """As of a `Writer`."""
        ...

    def together(self, action: Action) -> str:
        """Only documents with the same answer may go in one call."""
        ...

    async def send_all(self, actions: Sequence[Action]) -> Sequence[str | Receipt | Problem]:
        """Writes the documents in one call: for each the target's id, a receipt, or why it did not say yes."""
        ...

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        """For each document what `resolve` says; a problem where nobody can say."""
        ...


@runtime_checkable
class Census(Protocol):
    """A writer whose records can be asked for by their id, so that it can be said that one is gone."""

    async def stands(self, target_id: str) -> bool:
        """Whether the record is still there; raises where nobody can say."""
        ...
