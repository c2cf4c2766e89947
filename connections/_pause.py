"""How long a system asks us to wait, whatever way it says it, and whatever nonsense it may say."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

# Without a word from the system: Kamino's window is a minute, Pacto's a second; the middle is what clients use.
UNSAID_SECONDS = 2.5
# Clocks of both sides differ; a second call turned away costs more than this.
MARGIN_SECONDS = 0.25


def seconds_to_wait(headers: httpx.Headers, *, turned_away: bool, longest: float, now: datetime | None = None) -> float:
    """Seconds until the next call, from RateLimit-Reset or Retry-After (seconds or a date).

    Never negative and never above `longest`, whatever the headers say.
    """
    said = [_seconds(headers.get(name), now) for name in ("RateLimit-Reset", "Retry-After")]
    known = [seconds for seconds in said if seconds is not None]
    if not known:
        return min(UNSAID_SECONDS, longest) if turned_away else 0.0
    return min(max(known) + MARGIN_SECONDS, longest)


def _seconds(value: str | None, now: datetime | None) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value, now)
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(value: str, now: datetime | None) -> float | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
