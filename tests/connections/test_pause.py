"""How long to wait, whatever the vendor says: seconds, dates, nothing, nonsense."""

from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as some

from connections._pause import seconds_to_wait

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.25),
        ({"Retry-After": "1.5"}, 1.75),
        ({"Retry-After": "0"}, 0.25),
        ({"Retry-After": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30.25),
        ({"Retry-After": "Sat, 21 Nov 2026 11:59:00 GMT"}, 0.25),
        ({"Retry-After": "Sat, 21 Nov 2026 09:00:30 -0300"}, 30.25),
        ({"RateLimit-Reset": "37"}, 37.25),
        ({"RateLimit-Reset": "37", "Retry-After": "5"}, 37.25),
        ({"RateLimit-Reset": "5", "Retry-After": "tomorrow"}, 5.25),
        ({"Retry-After": "999999999"}, 90),
        ({"Retry-After": "Sat, 21 Nov 2099 12:00:00 GMT"}, 90),
        ({"Retry-After": "-5"}, 2.5),
        ({"Retry-After": "nan"}, 2.5),
        ({"Retry-After": "inf"}, 2.5),
        ({"Retry-After": "tomorrow"}, 2.5),
        ({"Retry-After": ""}, 2.5),
        ({}, 2.5),
    ],
)
def test_seconds_after_a_429(headers: dict[str, str], seconds: float) -> None:
    assert seconds_to_wait(httpx.Headers(headers), turned_away=True, longest=90, now=NOW) == seconds


@pytest.mark.parametrize(("headers", "seconds"), [({}, 0), ({"RateLimit-Reset": "3"}, 3.25), ({"Retry-After": "x"}, 0)])
def test_seconds_after_a_call_that_was_let_in(headers: dict[str, str], seconds: float) -> None:
    assert seconds_to_wait(httpx.Headers(headers), turned_away=False, longest=90, now=NOW) == seconds


@given(
    said=some.text(some.characters(min_codepoint=32, max_codepoint=126)),
    reset=some.text(some.characters(min_codepoint=32, max_codepoint=126)),
    turned_away=some.booleans(),
)
def test_no_header_makes_us_wait_longer_than_allowed_or_less_than_nothing(
    said: str, reset: str, turned_away: bool
) -> None:
    headers = httpx.Headers({"Retry-After": said, "RateLimit-Reset": reset})
    assert 0 <= seconds_to_wait(headers, turned_away=turned_away, longest=90) <= 90
