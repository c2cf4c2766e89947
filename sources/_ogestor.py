"""How oGestor's listings are read: pages of 50 from 1, totals in the envelope (assumed: `connections/_ogestor.py`)."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from connections._errors import Unreadable
from connections._ogestor import OGestor
from connections._pages import Page, Rows, every_page, rows_of, whole


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date:
    """The date of `yyyy-MM-dd`; raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value.strip())


def read_moment(value: Any) -> datetime:
    """The moment of an ISO text with its offset; raises ValueError otherwise."""
    moment = datetime.fromisoformat(value if isinstance(value, str) else "")
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def paged(ogestor: OGestor, path: str, **asked: str) -> Iterator[Rows]:
    """Every row of a listing, once."""

    async def fetch(number: int) -> Page:
        body = await ogestor.read(path, {**asked, "page": number})
        what = f"{ogestor.system} {path}"
        if not isinstance(body, dict) or "total" not in body:
            raise Unreadable(f"{what}: página {number} sem totais")
        rows = rows_of(body.get("data"), what)
        pages = whole(body.get("last_page"), what)
        return Page(rows, body.get("current_page"), whole(body.get("total"), what), pages)

    return every_page(ogestor, fetch, first=1, key=lambda row: row.get("codigo"), what=f"{ogestor.system} {path}")


def since(moment: datetime | None) -> dict[str, str]:
    """The filter by change; none reads everything."""
    return {"atualizado_desde": moment.isoformat()} if moment else {}
