"""News that a system sends by itself: a hint that something happened, never the truth about it."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import SecretStr

from connections._json import Json, parse


@dataclass(frozen=True)
class News:
    """One event: its id, the same however often it is sent, and what it is about in the system's words."""

    id: str
    what: str


class Sender(Protocol):
    """What a connection says of the events that its system sends."""

    hook_header: str
    """The header that carries the token; the token is the setting `hook_token`."""

    @staticmethod
    def news(body: Json) -> News:
        """The event in a body; raises ValueError where there is none."""
        ...


def is_from(sender: Sender, settings: Any, headers: Mapping[str, str]) -> bool:
    """Whether a call carries the tenant's token, compared in constant time; never where none is set."""
    token: SecretStr | None = settings.hook_token
    given = headers.get(sender.hook_header, "")
    return token is not None and hmac.compare_digest(token.get_secret_value().encode(), given.encode())


def news_in(sender: Sender, content: bytes) -> News:
    """The event in what was sent; raises ValueError or Unreadable where there is none."""
    return sender.news(parse(content))
