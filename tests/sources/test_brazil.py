"""Tax ids and dates as Pacto and Kamino may write them."""

from datetime import date
from typing import Any

import pytest

from connections._brazil import read_tax_id
from sources import kamino, pacto
from sources._brazil import tax_id

SENT: list[tuple[Any, str | None]] = [
    ("390.533.447-05", "39053344705"),
    ("11.222.333/0001-81", "11222333000181"),
    ("12.abc.345/01de-35", "12ABC34501DE35"),
    (1234567890, "01234567890"),
    ("1234567890", "01234567890"),
    (6990590000123, "06990590000123"),
    (191, "191"),
    ("123", "123"),
    ("", None),
    ("-", None),
]


@pytest.mark.parametrize(("sent", "read"), SENT)
def test_a_tax_id_gets_back_the_zeros_that_a_number_loses_where_only_one_reading_fits(
    sent: Any, read: str | None
) -> None:
    assert read_tax_id(sent) == read


def test_a_whole_column_of_tax_ids_reads_as_each_of_them_does() -> None:
    column = tax_id("cpf", "cpf")
    assert column.at_once is not None
    for values in (["390.533.447-05", None, ""], ["11.222.333/0001-81", "39053344705"]):
        assert column.at_once(values).to_pylist() == [read_tax_id(value or "") for value in values]
    with pytest.raises(ValueError, match="not in full"):
        column.at_once(["1234567890"])


@pytest.mark.parametrize("read", [pacto.read_day, kamino.read_day])
@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026-11-30T00:00:00", date(2026, 11, 30)),
        ("2026-11-30T00:00:00-03:00", date(2026, 11, 30)),
        ("2026-12-01T02:59:59Z", date(2026, 11, 30)),
        ("30/11/2026", date(2026, 11, 30)),
        (1796007600000, date(2026, 11, 30)),
    ],
)
def test_a_day_is_the_civil_day_in_brasilia(read: Any, sent: Any, day: date) -> None:
    assert read(sent) == day


@pytest.mark.parametrize("read", [pacto.read_day, kamino.read_day])
@pytest.mark.parametrize("sent", ["31/02/2026", "2026-02-31", "ontem", "", True])
def test_what_is_no_day_is_refused(read: Any, sent: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        read(sent)


def test_the_first_day_of_all_is_no_date_of_kamino() -> None:
    assert kamino.read_day("0001-01-01T00:00:00") is None
