"""What is read from Moskit: won deals, the companies and contacts they are made with, funnels, custom fields.

Observed by third parties: bare arrays with the cursor in a header (under the name of either brand), parameters that
are ignored without a word, cursors that do not work on some routes, main e-mails named by id. Assumed: that `status`,
`closeDate` and `id` can be searched by; where they cannot, lists are read instead, and single records by their id.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from dlt.sources import DltResource

from connections._errors import Missing, Unreadable
from connections._http import Reading
from connections._pages import Rows, rows_of
from connections.moskit import Moskit
from sources._staging import resource
from sources._types import FREE_TEXT, MONEY, Column, Table, day, digits, identifier, moment, read_money, text

ZONE = ZoneInfo("America/Sao_Paulo")
WON = "WON"
IS_WON = {"field": "status", "expression": "one_of", "values": [WON]}
TOKEN = ("X-Moskit-Listing-Next-Page-Token", "X-Ollow-Listing-Next-Page-Token")
IDS_AT_ONCE = 50
SEARCHED = ("deals", "companies", "contacts")
MOST_PAGES = 20_000


@lru_cache(maxsize=65536)
def read_moment(value: Any) -> datetime:
    """A moment in ISO 8601; without an offset it is one of São Paulo. Raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    parsed = datetime.fromisoformat(value.strip())
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=ZONE)


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date:
    """The business date of a moment, in America/Sao_Paulo."""
    return read_moment(value).astimezone(ZONE).date()


def read_cents(value: Any) -> Decimal:
    """A whole number of cents; raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise ValueError(value)
    return read_money(Decimal(int(value)).scaleb(-2))


def deals_table(unit: str) -> Table:
    """Deals; their first company and contact, as `companies` and `contacts` are lists of ids."""
    read = read_cents if unit == "cents" else read_money
    return Table(
        "deals",
        (
            identifier("id", "id", required=True),
            text("name", "name", classified=FREE_TEXT),
            text("status", "status"),
            Column("price", ("price",), MONEY, read),
            moment("closed_at", "closeDate", read=read_moment),
            day("closed_on", "closeDate", read=read_day),
            identifier("stage_id", "stage", "id"),
            identifier("company_id", "company", "id"),
            identifier("contact_id", "contact", "id"),
        ),
        keep_record=True,
    )


def _party(name: str, tax_id: str) -> Table:
    return Table(
        name,
        (
            identifier("id", "id", required=True),
            text("name", "name", classified="name"),
            digits("tax_id", tax_id, classified="tax_id"),
            text("email", "email", classified="contact"),
        ),
        keep_record=True,
    )


COMPANIES, CONTACTS = _party("companies", "cnpj"), _party("contacts", "cpf")
PRODUCTS = Table("products", (identifier("id", "id", required=True), text("name", "name")))
PIPELINES = Table("pipelines", (identifier("id", "id", required=True), text("name", "name")))
STAGES = Table(
    "stages",
    (identifier("id", "id", required=True), text("name", "name"), identifier("pipeline_id", "pipeline", "id")),
)
CUSTOM_FIELDS = Table(
    "custom_fields",
    (
        identifier("id", "id", required=True),
        text("name", "name"),
        text("type", "type"),
        text("module", "module"),
    ),
    keep_record=True,
)


def won_deals(moskit: Moskit, *, since: date, also: Sequence[str]) -> list[DltResource]:
    """Deals won since a day, and those of `also` whatever became of them; once each."""

    def read() -> Iterator[Rows]:
        known: set[Any] = set()
        for rows in _won(moskit, since):
            fresh = [_deal(row) for row in rows if row.get("id") not in known]
            known.update(row["id"] for row in fresh)
            yield fresh
        missed = [key for key in also if key not in {str(each) for each in known}]
        for rows in _by_id(moskit, "deals", missed):
            yield [_deal(row) for row in rows]

    return [resource(deals_table(moskit.settings.price_unit), read)]


def parties(moskit: Moskit, *, companies: Sequence[str], contacts: Sequence[str]) -> list[DltResource]:
    """These companies and contacts; one that was deleted is not among them."""
    wanted = ((COMPANIES, companies), (CONTACTS, contacts))
    return [resource(table, _reader(moskit, table.name, ids)) for table, ids in wanted]


def products(moskit: Moskit, ids: Sequence[str]) -> list[DltResource]:
    """These products, for their names."""
    return [resource(PRODUCTS, partial(_by_id, moskit, "products", ids))]


def structure(moskit: Moskit) -> list[DltResource]:
    """Funnels with their stages, and what the custom fields are called."""
    wanted = ((PIPELINES, "pipelines"), (STAGES, "stages"), (CUSTOM_FIELDS, "customFields"))
    return [resource(table, partial(_pages, moskit, f"/{path}", {})) for table, path in wanted]


def _reader(moskit: Moskit, path: str, ids: Sequence[str]) -> Callable[[], Iterator[Rows]]:
    def read() -> Iterator[Rows]:
        for rows in _by_id(moskit, path, ids):
            yield [{**row, "email": _main_email(row)} for row in rows]

    return read


def _won(moskit: Moskit, since: date) -> Iterator[Rows]:
    """Won deals closed since a day, and those without a closing date: whoever has to complete them must hear of it."""
    start = datetime(since.year, since.month, since.day, tzinfo=ZONE)
    search = partial(_pages, moskit, "/deals/search", {"sort": "id", "order": "ASC"})
    if {"status", "closeDate"} <= _searchable(moskit, "deals"):
        since_then = {"field": "closeDate", "expression": "gte", "values": [start.isoformat()]}
        never = {"field": "closeDate", "expression": "null", "values": []}
        dated, undated = search([IS_WON, since_then]), search([IS_WON, never])
    else:
        dated = _until(_pages(moskit, "/deals", {"sort": "closeDate", "order": "DESC"}), start)
        undated = _while_undated(_pages(moskit, "/deals", {"sort": "closeDate", "order": "ASC"}))
    # Filters are ignored without a word where they are not known.
    for rows in dated:
        yield [row for row in rows if row.get("status") == WON]
    for rows in undated:
        yield [row for row in rows if row.get("status") == WON and row.get("closeDate") is None]


def _until(pages: Iterator[Rows], start: datetime) -> Iterator[Rows]:
    """Pages by closing date, newest first, down to `start`; to the end where that order was not followed."""
    latest: datetime | None = None
    descending = True
    for rows in pages:
        yield rows
        closed = [moment for row in rows if (moment := _moment_of(row.get("closeDate")))]
        if not closed:
            continue
        descending = descending and closed == sorted(closed, reverse=True) and (latest is None or closed[0] <= latest)
        latest = closed[-1]
        if descending and latest < start:
            return


def _while_undated(pages: Iterator[Rows]) -> Iterator[Rows]:
    """Pages by closing date, oldest first, as long as rows have none: such rows stand at one end of the order."""
    for rows in pages:
        yield rows
        if all(row.get("closeDate") for row in rows):
            return


def _moment_of(value: Any) -> datetime | None:
    """A moment, or nothing where it cannot be read."""
    try:
        return read_moment(value)
    except (ValueError, TypeError):
        return None


def _searchable(moskit: Moskit, path: str) -> set[str]:
    """Which fields this account can be searched by; the shape of the list is not documented."""
    listed = moskit.wait(moskit.read, f"/{path}/search")
    if not isinstance(listed, list):
        raise Unreadable(f"Moskit /{path}/search: a lista de campos não veio como lista")
    names = ("field", "name", "id")
    return {str(each.get(name)) if isinstance(each, dict) else str(each) for each in listed for name in names}


def _by_id(moskit: Moskit, path: str, ids: Sequence[str]) -> Iterator[Rows]:
    """Records by their ids, fifty to a call; those that the search does not bring, one by one."""
    by_search = path in SEARCHED and len(ids) > 1 and "id" in _searchable(moskit, path)
    for start in range(0, len(ids), IDS_AT_ONCE):
        wanted = list(ids[start : start + IDS_AT_ONCE])
        found: list[dict[str, Any]] = []
        if by_search:
            asked = [{"field": "id", "expression": "one_of", "values": wanted}]
            for rows in _pages(moskit, f"/{path}/search", {}, asked):
                found += [row for row in rows if str(row.get("id")) in wanted]
        seen = {str(row["id"]) for row in found}
        yield found + [row for key in wanted if key not in seen and (row := _one(moskit, f"/{path}/{key}"))]


def _one(moskit: Moskit, path: str) -> dict[str, Any] | None:
    try:
        body = moskit.wait(moskit.read, path)
    except Missing:
        return None
    if not isinstance(body, dict):
        raise Unreadable(f"Moskit {path}: o registro não veio como objeto")
    return body


def _pages(moskit: Moskit, path: str, params: dict[str, Any], question: Any = None) -> Iterator[Rows]:
    """Every page of a listing, each record once: by the cursor, or by offsets where the cursor stands still."""
    seen: set[Any] = set()
    tokens: set[str] = set()
    following: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        asked = {**params, "quantity": moskit.settings.page_size, **following}
        reading = moskit.wait(moskit.ask, path, asked, question)
        rows = rows_of(reading.body, f"Moskit {path}")
        fresh = [row for row in rows if row.get("id") not in seen]
        seen.update(row.get("id") for row in fresh)
        if fresh:
            yield fresh
        token = _token(reading)
        if token is None or not rows:
            return
        if token not in tokens and fresh and "start" not in following:
            tokens.add(token)
            following = {"nextPageToken": token}
        elif not fresh and "start" in following:
            raise Unreadable(f"Moskit {path}: as páginas se repetem sem fim")
        else:
            following = {"start": len(seen)}
    raise Unreadable(f"Moskit {path}: mais de {MOST_PAGES} páginas")


def _token(reading: Reading) -> str | None:
    return next((reading.headers[name] for name in TOKEN if reading.headers.get(name)), None)


def _deal(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "company": _first(row, "companies"), "contact": _first(row, "contacts")}


def _first(row: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = [each for each in rows_of(row.get(name), f"Moskit {name}") if each.get("id")]
    return found[0] if found else None


def _main_email(row: dict[str, Any]) -> str | None:
    addresses = rows_of(row.get("emails"), "Moskit emails")
    main = (row.get("primaryEmail") or {}).get("id")
    ordered = sorted(addresses, key=lambda each: each.get("id") != main)
    return next((str(each["address"]) for each in ordered if each.get("address")), None)
