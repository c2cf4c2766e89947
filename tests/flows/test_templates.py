"""Texts that tenants write: amounts come out to the cent or not at all."""

from decimal import Decimal

import pytest

from flows._templates import Unfilled, complaint, filled


@pytest.mark.parametrize(
    ("text", "price", "told"),
    [
        ("{{ price | money }}", "100.5", "100.50"),
        ("{{ (price * 10 / 100) | cents }}", "100.05", "10.01"),
        ("{{ (price * 10 / 100) | cents }}", "100.04", "10.00"),
        ("{{ (price * 10 / 100) | cents }}", "-100.05", "-10.01"),
        ("{{ (price / 3) | cents }}", "100.00", "33.33"),
        ("{{ (price - (price / 3) | round(2)) | money }}", "100.00", "66.67"),
    ],
)
def test_amounts_come_out_with_two_decimals_and_half_a_cent_goes_up(text: str, price: str, told: str) -> None:
    assert filled(text, {"price": Decimal(price)}) == told


def test_a_third_decimal_is_not_rounded_unless_the_text_says_so() -> None:
    with pytest.raises(Unfilled):
        filled("{{ price | money }}", {"price": Decimal("10.005")})


def test_a_factor_that_is_not_exact_is_refused_when_it_is_configured() -> None:
    assert complaint("{{ (price * 0.1) | cents }}", ("price",)) == (
        "'{{ (price * 0.1) | cents }}' calculates with 0.1, which is not exact; write it as a fraction: 15 / 1000"
    )
    assert complaint("{{ (price * 10 / 100) | cents }}", ("price",)) is None
