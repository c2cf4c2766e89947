"""What is read from Defontana: the chart, the business centers, and what stands in the books already.

Observed: the centers' tree, an account's analyses, voucher lists with pages from 0, providers with pages from 1.
Assumed: the chart as a tree like the centers', the fields of the purchase ledger, comments in voucher lists (where
they are missing, each voucher is asked for by itself).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from dlt.sources import DltResource

from connections._errors import Unreadable
from connections._pages import Page, Rows, every_page, rows_of, whole
from connections.defontana import Defontana
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, digits, flag, identifier, money, number, text

MOST_LEVELS = 30


def read_day(value: Any) -> date:
    """The date part: the books write `T00:00:00`, with or without a Z that means nothing."""
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value.strip()[:10])


LINES = (
    identifier("code", "code", required=True),
    text("description", "description"),
    text("imputable", "imputable"),
    text("activo", "activo"),
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
        number("number", "number"),
        number("fiscal_year", "fiscalYear"),
        day("date", "date", read=read_day, required=True),
        text("comment", "comment", classified=FREE_TEXT),
    ),
)
PURCHASES = Table(
    "purchases",
    (
        text("document_type", "documentType"),
        digits("legal_code", "legalCode", classified="tax_id"),
        identifier("number", "number"),
        day("date", "date", read=read_day),
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
    """What an entry on each of these accounts must carry: a call per account."""

    def read() -> Iterator[Rows]:
        for account in accounts:
            asked = {"Account": account}
            body = defontana.wait(defontana.read, "/api/Accounting/GetAccountAnalisys", asked)
            yield [{**rows_of(body, "Defontana GetAccountAnalisys")[0], "account": account}]

    return [resource(ANALYSES, read)]


def vouchers(defontana: Defontana, kind: str, *, since: date, until: date, known: Sequence[str]) -> list[DltResource]:
    """Vouchers of a type by date, with their comments; a voucher whose key is `known` needs none."""
    window = {"VoucherType": kind, "FromDate": since.isoformat(), "ToDate": until.isoformat()}
    listed = _List(
        "/api/Accounting/GetVoucherList", "items", "Page", 0, lambda row: (row.get("fiscalYear"), row.get("number"))
    )

    def read() -> Iterator[Rows]:
        for rows in listed.every(defontana, window):
            yield [_commented(defontana, row, set(known)) for row in rows]

    return [resource(VOUCHERS, read)]


def purchases(defontana: Defontana, *, since: date, until: date) -> list[DltResource]:
    """The purchase ledger by date."""
    listed = _List("/api/Purchase/List", "data", "Page", 0, lambda row: tuple(sorted(map(str, row.items()))))
    window = {"StartDate": since.isoformat(), "FinishDate": until.isoformat()}
    return [resource(PURCHASES, lambda: listed.every(defontana, window))]


def no_purchases() -> list[DltResource]:
    """The table of `purchases`, empty: where nobody asks whether an invoice is registered."""
    return [resource(PURCHASES, lambda: iter(()))]


def providers(defontana: Defontana) -> list[DltResource]:
    """Everybody from whom the company buys: their fichas exist."""
    listed = _List(
        "/api/PurchaseOrder/GetProviders", "providersList", "pageNumber", 1, lambda row: row.get("legalCode")
    )
    return [resource(PROVIDERS, lambda: listed.every(defontana, {"status": 0}))]


class _List:
    """A list of Defontana's: each has its own name for rows and page, and its own first page."""

    def __init__(self, path: str, rows: str, page: str, first: int, key: Callable[[dict[str, Any]], Any]) -> None:
        self.path, self.rows, self.page, self.first, self.key = path, rows, page, first, key

    def every(self, defontana: Defontana, window: dict[str, Any]) -> Iterator[Rows]:
        what = f"Defontana {self.path}"

        async def fetch(number_: int) -> Page:
            asked = {**window, "itemsPerPage": defontana.settings.page_size, self.page: number_}
            body = await defontana.read(self.path, asked)
            if not isinstance(body, dict) or "totalItems" not in body:
                raise Unreadable(f"{what}: la página {number_} vino sin totales")
            total, size = whole(body["totalItems"], what), whole(body.get("itemsPerPage"), what) or 1
            return Page(rows_of(body.get(self.rows), what), None, total, -(-total // size))

        return every_page(defontana, fetch, first=self.first, key=self.key, what=what)


def _commented(defontana: Defontana, row: dict[str, Any], known: set[str]) -> dict[str, Any]:
    key = f"{row.get('voucherType')}-{row.get('fiscalYear')}-{row.get('number')}"
    if "comment" in row or key in known:
        return row
    asked = {"VoucherType": row["voucherType"], "Number": row["number"], "FiscalYear": row["fiscalYear"]}
    body = defontana.wait(defontana.read, "/api/Accounting/GetVoucher", {**asked, "Isopening": "false"})
    header = body.get("header") if isinstance(body, dict) else None
    return {**row, "comment": (header or {}).get("comment")}


def _tree(defontana: Defontana, path: str, name: str) -> Iterator[Rows]:
    body = defontana.wait(defontana.read, path)
    if not isinstance(body, dict) or name not in body:
        raise Unreadable(f"Defontana {path}: la respuesta no trae {name}")
    yield list(_flat(rows_of(body[name], f"Defontana {path}"), MOST_LEVELS))


def _flat(rows: Rows, levels: int) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        if levels:
            yield from _flat(rows_of(row.get("descendientes"), "Defontana descendientes"), levels - 1)
