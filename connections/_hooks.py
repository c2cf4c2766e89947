"""News that a system sends by itself: a hint that something happened, never the truth about it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import SecretStr

from connections._json import Json, parse


@dataclass(frozen=True)
class News:
    """One event: its id, the same however often it is sent, what it is about in the system's words, and the id of the
    record that it names, by which a run can ask the system for it; None where a run must look for itself.
    """

    id: str
    what: str
    names: str | None = None


class Sender(Protocol):
    """What a connection says of the events that its system sends."""

    hook_token_in: tuple[Literal["header", "query"], str]
    """Where the token stands, and its name there; the token is the setting `hook_token`."""

    @staticmethod
    def news(body: Json) -> News | None:
        """The event in a body, None for one that no flow waits for; raises ValueError where there is none."""
        ...


def is_from(sender: Sender, settings: Any, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
    """Whether a call carries the tenant's token, compared in constant time; never where none is set."""
    token: SecretStr | None = settings.hook_token
    place, name = sender.hook_token_in
    given = (headers if place == "header" else query).get(name, "")
    return token is not None and hmac.compare_digest(token.get_secret_value().encode(), given.encode())


def news_in(sender: Sender, content: bytes) -> News | None:
    """The event in what was sent, None for one of no concern; raises ValueError or Unreadable where there is none."""
    return sender.news(parse(content))
