"""Payment terms as people write them, and parcels that add up to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows._payment_terms import Terms, parcels, read_terms

SOLD_ON = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "option", "due_on"),
    [
        ("À vista", "À vista", ["2026-11-20"]),
        ("pagamento a vista", "À vista", ["2026-11-20"]),
        ("30/60/90", "30, 60, 90", ["2026-12-20", "2027-01-19", "2027-02-18"]),
        ("30, 60 e 90 dias", "30, 60, 90", ["2026-12-20", "2027-01-19", "2027-02-18"]),
        ("Pagamento em 30 dias", "30", ["2026-12-20"]),
        ("0/30", "0, 30", ["2026-11-20", "2026-12-20"]),
        ("3x", "3x", ["2026-12-20", "2027-01-20", "2027-02-20"]),
        ("2 parcelas", "2x", ["2026-12-20", "2027-01-20"]),
        ("3x dia 31", "3x", ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ("2x todo dia 10", "2x", ["2026-12-10", "2027-01-10"]),
    ],
)
def test_terms_are_read_and_parcels_fall_due(text: str, option: str, due_on: list[str]) -> None:
    terms = read_terms(text)
    assert terms is not None
    made = parcels(terms, Decimal(300), SOLD_ON) or []
    assert (terms.option, [each.due_on.isoformat() for each in made]) == (option, due_on)


@pytest.mark.parametrize(
    "text", ["", "a combinar", "30/15", "30/30", "0x", "999x", "3x dia 32", "30% à vista", "9999", "3 x 100,00"]
)
def test_what_cannot_be_followed_is_not_guessed(text: str) -> None:
    assert read_terms(text) is None


@given(cents=st.integers(1, 10**12), parts=st.integers(1, 120))
def test_parcels_add_up_to_the_cent_and_differ_by_one_at_most(cents: int, parts: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    made = parcels(Terms(f"{parts}x", (), parts), amount, SOLD_ON)
    if cents < parts:
        assert made is None
    else:
        amounts = [each.amount for each in made or []]
        assert (sum(amounts), len(amounts), max(amounts) - min(amounts) <= Decimal("0.01")) == (amount, parts, True)
        assert amounts == sorted(amounts, reverse=True)
