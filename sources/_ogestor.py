"""How oGestor's listings are read: pages of 50 from 1, totals in the envelope (assumed: `connections/_ogestor.py`)."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from connections._ogestor import OGestor, day_of, moment_of
from connections._pages import Page, Rows, every_page


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date:
    """The date of `yyyy-MM-dd`, or of a moment; raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    return day_of(value)


def read_moment(value: Any) -> datetime:
    """The moment of an ISO text; raises ValueError otherwise."""
    return moment_of(value if isinstance(value, str) else "")


def paged(ogestor: OGestor, path: str, **asked: str) -> Iterator[Rows]:
    """Every row of a listing, once."""

    async def fetch(number: int) -> Page:
        return await ogestor.page(path, number, **asked)

    return every_page(ogestor, fetch, first=1, key=lambda row: row.get("codigo"), what=f"{ogestor.system} {path}")


def since(moment: datetime | None) -> dict[str, str]:
    """The filter by change; none reads everything."""
    return {"atualizado_desde": moment.isoformat()} if moment else {}
