"""What is read from Defontana: the chart, the business centers, and what stands in the books already.

Observed: the centers' tree, an account's analyses, voucher lists with pages from 0, providers with pages from 1.
Assumed: the chart as a tree like the centers', the fields of the purchase ledger (settings of the connection), comments
in voucher lists (where they are missing, each voucher is asked for by itself).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from dlt.sources import DltResource

from connections._errors import Missing, Unavailable, Unreadable
from connections._pages import Rows, every_page, rows_of
from connections.defontana import PROVIDERS as PROVIDER_LIST
from connections.defontana import PURCHASES as PURCHASE_LIST
from connections.defontana import VOUCHERS as VOUCHER_LIST
from connections.defontana import Defontana, Listing, Row, comment_of, voucher_key
from sources._staging import resource
from sources._types import FREE_TEXT, Column, Table, day, digits, identifier, money, text

MOST_LEVELS = 30
YES, NO = frozenset({"s", "si", "sí", "true", "1", "y"}), frozenset({"n", "no", "false", "0"})


def read_day(value: Any) -> date:
    """The date part: the books write `T00:00:00`, with or without a Z that means nothing."""
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value.strip()[:10])


def read_flag(value: Any) -> bool:
    """Yes or no: `S` and `N` (observed), or a boolean in any form; raises ValueError for anything else."""
    said = str(value).strip().casefold()
    if said not in YES | NO:
        raise ValueError(value)
    return said in YES


def read_whole(value: Any) -> int:
    """A whole number, as a number or as a text."""
    number = Decimal(value) if isinstance(value, int | Decimal | str) and not isinstance(value, bool) else None
    if number is None or not number.is_finite() or number != int(number) or abs(number) >= 10**18:
        raise ValueError(value)
    return int(number)


def flag(name: str, *path: str) -> Column:
    return Column(name, path, pa.bool_(), read_flag)


def whole(name: str, *path: str) -> Column:
    return Column(name, path, pa.int64(), read_whole)


LINES = (
    identifier("code", "code"),
    text("description", "description"),
    flag("imputable", "imputable"),
    flag("activo", "activo"),
)
ACCOUNTS = Table("accounts", LINES)
CENTERS = Table("centers", LINES)
ANALYSES = Table(
    "analyses",
    (
        identifier("account", "account", required=True),
        flag("uses_center", "usesBussinessCenterAnalysis"),
        flag("uses_file", "usesFileAnalysis"),
        flag("uses_document", "usesDocumentAnalysis"),
        flag("uses_classifier_1", "usesClassifier1Analysis"),
        flag("uses_classifier_2", "usesClassifier2Analysis"),
        flag("uses_currency", "usesReferenceCurrencyAnalysis"),
        flag("uses_bank", "usesBankAnalysis"),
    ),
)
VOUCHERS = Table(
    "vouchers",
    (
        text("voucher_type", "voucherType"),
        whole("number", "number"),
        whole("fiscal_year", "fiscalYear"),
        day("date", "date", read=read_day),
        text("comment", "comment", classified=FREE_TEXT),
    ),
)
VOUCHER_LINES = Table(
    "voucher_lines",
    (
        identifier("target_id", "target_id"),
        identifier("account", "accountCode"),
        money("debit", "debit"),
        money("credit", "credit"),
        text("center", "bussinessCenterId"),
        digits("file", "fileId", classified="tax_id"),
        identifier("document_number", "documentNumber"),
    ),
)
PURCHASES = Table(
    "purchases",
    (
        text("document_type", "document_type"),
        digits("legal_code", "legal_code", classified="tax_id"),
        identifier("number", "number"),
        money("total", "total"),
    ),
)
PROVIDERS = Table("providers", (digits("legal_code", "legalCode", classified="tax_id"),))


def plans(defontana: Defontana) -> list[DltResource]:
    """The chart of accounts and the business centers, groups included."""
    return [
        resource(ACCOUNTS, lambda: _tree(defontana, defontana.settings.chart_path, "cuentas")),
        resource(CENTERS, lambda: _tree(defontana, "/api/Accounting/GetBusinessCenterPlan", "centrosNegocios")),
    ]


def analyses(defontana: Defontana, accounts: Sequence[str]) -> list[DltResource]:
    """What an entry on each of these accounts must carry: a call per account. One that is refused stays unknown."""

    def read() -> Iterator[Rows]:
        for account in accounts:
            try:
                body = defontana.wait(defontana.read, "/api/Accounting/GetAccountAnalisys", {"Account": account})
            except Unreadable:
                body = {}
            yield [{**(body if isinstance(body, dict) else {}), "account": account}]

    return [resource(ANALYSES, read)]


def vouchers(
    defontana: Defontana, kinds: Sequence[str], *, since: date, until: date, known: Sequence[str]
) -> list[DltResource]:
    """Vouchers of these types by date, with their comments; a voucher whose key is `known` needs none."""

    def read() -> Iterator[Rows]:
        for kind in kinds:
            window = {"VoucherType": kind, "FromDate": since.isoformat(), "ToDate": until.isoformat()}
            for rows in _every(defontana, VOUCHER_LIST, window):
                yield [_commented(defontana, row, set(known)) for row in rows]

    return [resource(VOUCHERS, read)]


def voucher_lines(defontana: Defontana, target_ids: Sequence[str]) -> list[DltResource]:
    """The lines of vouchers of ours, by their key. Of one that is refused nothing is known; nor of any after the first
    that is not answered: nothing waits for a comparison.
    """

    def read() -> Iterator[Rows]:
        for target_id in target_ids:
            try:
                body = defontana.wait(defontana.voucher, *target_id.rsplit("-", 2))
            except Unreadable:
                continue
            except Unavailable:
                return
            yield [{**line, "target_id": target_id} for line in rows_of(body.get("detail"), "Defontana GetVoucher")]

    return [resource(VOUCHER_LINES, read)]


def purchases(defontana: Defontana, *, since: date, until: date) -> list[DltResource]:
    """The purchase ledger by date."""
    window = {"StartDate": since.isoformat(), "FinishDate": until.isoformat()}
    names = defontana.settings
    fields = {
        "document_type": names.purchase_type_fields,
        "legal_code": names.purchase_supplier_fields,
        "number": names.purchase_number_fields,
        "total": names.purchase_total_fields,
    }

    def read() -> Iterator[Rows]:
        for rows in _every(defontana, PURCHASE_LIST, window):
            yield [{name: _first(row, given) for name, given in fields.items()} for row in rows]

    return [resource(PURCHASES, read)]


def no_purchases() -> list[DltResource]:
    """The table of `purchases`, empty: where nobody asks whether an invoice is registered."""
    return [resource(PURCHASES, lambda: iter(()))]


def providers(defontana: Defontana) -> list[DltResource]:
    """Everybody from whom the company buys: their fichas exist."""
    return [resource(PROVIDERS, lambda: _every(defontana, PROVIDER_LIST, {"status": 0}))]


def _every(defontana: Defontana, listing: Listing, window: Row) -> Iterator[Rows]:
    fetch = defontana.pages(listing, window)
    key = _voucher if listing is VOUCHER_LIST else _nothing
    return every_page(defontana, fetch, first=listing.first, key=key, what=f"Defontana {listing.path}")


def _voucher(row: Row) -> tuple[Any, ...]:
    return row.get("voucherType"), row.get("fiscalYear"), row.get("number")


def _nothing(row: Row) -> None:
    """Rows of these lists have no id of their own."""
    del row


def _first(row: Row, names: Sequence[str]) -> Any:
    """The first of these fields that the row has filled."""
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _commented(defontana: Defontana, row: Row, known: set[str]) -> Row:
    comment = comment_of(row)
    if comment is None and voucher_key(row) not in known:
        try:
            body = defontana.wait(defontana.voucher, row.get("voucherType"), row.get("fiscalYear"), row.get("number"))
        except Missing:  # deleted since it was listed
            return {**row, "comment": None}
        comment = comment_of(body["header"])
    return {**row, "comment": comment}


def _tree(defontana: Defontana, path: str, name: str) -> Iterator[Rows]:
    body = defontana.wait(defontana.read, path)
    if not isinstance(body, dict) or name not in body:
        raise Unreadable(f"Defontana {path}: la respuesta no trae {name}")
    yield list(_flat(rows_of(body[name], f"Defontana {path}"), MOST_LEVELS))


def _flat(rows: Rows, levels: int) -> Iterator[Row]:
    for row in rows:
        yield row
        if levels:
            yield from _flat(rows_of(row.get("descendientes"), "Defontana descendientes"), levels - 1)
