"""What is read from Moskit: won deals, the companies and contacts they are made with, funnels, custom fields.

Observed by third parties: bare arrays with the cursor in a header (under the name of either brand), parameters that
are ignored without a word, cursors that do not work on some routes, main e-mails named by id. Assumed: that `status`,
`closeDate` and `id` can be searched by; where they cannot, lists are read instead, and single records by their id.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from dlt.sources import DltResource

from connections._errors import Missing, Refused, Unreadable
from connections._http import Reading
from connections._json import dump
from connections._pages import DOUBT, Rows, rows_of
from connections._paths import below
from connections.moskit import Moskit
from sources._staging import resource
from sources._types import FREE_TEXT, MONEY, Column, Table, day, digits, identifier, moment, read_money, text

ZONE = ZoneInfo("America/Sao_Paulo")
WON = "WON"
DELETED = "DELETED"
"""Our own word for the status of a deal that was asked for by its id and is not there any more."""
IS_WON = {"field": "status", "expression": "one_of", "values": [WON]}
TOTAL = ("X-Moskit-Listing-Total", "X-Ollow-Listing-Total")
TOKEN = ("X-Moskit-Listing-Next-Page-Token", "X-Ollow-Listing-Next-Page-Token")
IDS_AT_ONCE = 50
SEARCHED = ("deals", "companies", "contacts")
MOST_PAGES = 20_000
MOST_CENTS = Decimal(10) ** 18
EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+")
LONGEST_EMAIL = 100


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
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(value)
    if not -MOST_CENTS < value < MOST_CENTS or value != int(value):
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
            identifier("responsible_id", "responsible", "id"),
            day("created_on", "dateCreated", read=read_day),
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
USERS = Table("users", (identifier("id", "id", required=True), text("name", "name", classified="name")))
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
    """Deals won since a day, and those of `also` whatever became of them, deleted ones too; once each."""

    def read() -> Iterator[Rows]:
        known: set[str] = set()
        for rows in _won(moskit, since):
            fresh = [row for row in rows if _key(row) not in known]
            known.update(_key(row) for row in fresh)
            yield [_deal(row) for row in fresh]
        missed = [key for key in dict.fromkeys(also) if key not in known]
        for rows in _by_id(moskit, "deals", missed):
            known.update(_key(row) for row in rows)
            yield [_deal(row) for row in rows]
        yield [_deal({"id": key, "status": DELETED}) for key in missed if key not in known]

    return [resource(deals_table(moskit.settings.price_unit), read)]


def parties(moskit: Moskit, *, companies: Sequence[str], contacts: Sequence[str]) -> list[DltResource]:
    """These companies and contacts; one that was deleted is not among them."""
    wanted = ((COMPANIES, companies), (CONTACTS, contacts))
    return [resource(table, _reader(moskit, table.name, ids)) for table, ids in wanted]


def products(moskit: Moskit, ids: Sequence[str]) -> list[DltResource]:
    """These products, for their names."""
    return [resource(PRODUCTS, partial(_by_id, moskit, "products", ids))]


def users(moskit: Moskit, ids: Sequence[str]) -> list[DltResource]:
    """These users, for their names."""
    return [resource(USERS, partial(_by_id, moskit, "users", ids))]


def structure(moskit: Moskit) -> list[DltResource]:
    """Funnels with their stages, and what the custom fields are called."""
    wanted = ((PIPELINES, "pipelines"), (STAGES, "stages"), (CUSTOM_FIELDS, "customFields"))
    return [resource(table, partial(_pages, moskit, f"/{path}", {})) for table, path in wanted]


def custom_fields(moskit: Moskit, *, wanted: bool) -> list[DltResource]:
    """What custom fields are called, and the options of those that have some."""
    return [resource(CUSTOM_FIELDS, lambda: _pages(moskit, "/customFields", {}) if wanted else iter(()))]


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
    """Which fields this account can be searched by; none where that cannot be read: its shape is not documented."""
    try:
        listed = moskit.wait(moskit.read, f"/{path}/search")
    except Missing:
        return set()
    names = ("field", "name", "id")
    return {
        str(each.get(name)) if isinstance(each, dict) else str(each)
        for each in (listed if isinstance(listed, list) else ())
        for name in names
    }


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
        seen = {_key(row) for row in found}
        yield found + [row for key in wanted if key not in seen and (row := _one(moskit, path, key))]


def _one(moskit: Moskit, path: str, key: str) -> dict[str, Any] | None:
    """The record of this id, whatever it says of its id itself."""
    try:
        body = moskit.wait(moskit.read, below(f"/{path}", key))
    except Missing:
        return None
    except Refused as refusal:
        return {"id": key, DOUBT: str(refusal)}
    if not isinstance(body, dict):
        raise Unreadable(f"Moskit /{path}/{key}: o registro não veio como objeto")
    return {**body, "id": key}


def _pages(moskit: Moskit, path: str, params: dict[str, Any], question: Any = None) -> Iterator[Rows]:
    """Every page of a listing, each record once: by the cursor, or by offsets where the cursor stands still."""
    seen: set[str] = set()
    tokens: set[str] = set()
    following: dict[str, Any] = {}
    is_a_guess = False
    for _ in range(MOST_PAGES):
        asked = {**params, "quantity": moskit.settings.page_size, **following}
        reading = moskit.wait(moskit.ask, path, asked, question)
        rows = rows_of(reading.body, f"Moskit {path}")
        fresh = [row for row in rows if _key(row) not in seen]
        seen.update(_key(row) for row in fresh)
        if fresh:
            yield fresh
        token = _header(reading, TOKEN)
        if is_a_guess and not fresh:
            return
        is_a_guess = token is None
        if not rows or (token is None and not (fresh and _goes_on(moskit, reading, rows, len(seen)))):
            return
        if token and token not in tokens and fresh and "start" not in following:
            tokens.add(token)
            following = {"nextPageToken": token}
        elif not fresh and "start" in following:
            raise Unreadable(f"Moskit {path}: as páginas se repetem sem fim")
        else:
            following = {"start": len(seen)}
    raise Unreadable(f"Moskit {path}: mais de {MOST_PAGES} páginas")


def _goes_on(moskit: Moskit, reading: Reading, rows: Rows, seen: int) -> bool:
    """Whether a page without a cursor may have another one after it: it is full, or more are announced."""
    total = _header(reading, TOTAL) or ""
    return len(rows) >= moskit.settings.page_size or (total.isascii() and total.isdigit() and int(total) > seen)


def _header(reading: Reading, names: Sequence[str]) -> str | None:
    return next((reading.headers[name] for name in names if reading.headers.get(name)), None)


def _key(row: dict[str, Any]) -> str:
    """What tells a record apart: its id, or all of it where it has none that can be one."""
    key = row.get("id")
    return str(key) if isinstance(key, str | int) and key != "" else dump(row).decode()


def _deal(row: dict[str, Any]) -> dict[str, Any]:
    closed = row.get("closeDate")
    undated = isinstance(closed, str) and (not closed.strip() or closed.startswith("0000-00-00"))
    return {
        **row,
        "closeDate": None if undated else closed,
        "company": _first(row, "companies"),
        "contact": _first(row, "contacts"),
    }


def _first(row: dict[str, Any], name: str) -> dict[str, Any] | None:
    """The first of a deal's companies or contacts; what is no list of them is kept as it is, for the deal to wait."""
    listed = row.get(name)
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        return {"id": listed if isinstance(listed, list | dict) else [listed]}
    return next((each for each in listed if each.get("id")), None)


def _main_email(row: dict[str, Any]) -> str | None:
    """The main address, else another, that can be one at all: nothing else is sent, and nothing waits for it."""
    listed, primary = row.get("emails"), row.get("primaryEmail")
    known = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    main = primary.get("id") if isinstance(primary, dict) else None
    ordered = [
        str(each.get("address") or "").strip() for each in sorted(known, key=lambda each: each.get("id") != main)
    ]
    return next((each for each in ordered if len(each) <= LONGEST_EMAIL and EMAIL.fullmatch(each)), None)
