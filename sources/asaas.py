"""What is read from Asaas: charges, by due date and by payment date, and single ones that listings do not show.

Documented: offset paging up to 100, no filter by change, removed charges are not listed, naive Brasília dates.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from dlt.sources import DltResource

from connections._errors import Missing, Unreadable
from connections._pages import Page, Rows, every_page, rows_of, whole
from connections.asaas import Asaas
from sources._ogestor import read_day
from sources._staging import resource
from sources._types import Column, Table, day, flag, identifier, money, text

PAGE_SIZE = 100
COLUMNS: tuple[Column, ...] = (
    identifier("id", "id", required=True),
    text("external_reference", "externalReference"),
    text("status", "status"),
    flag("deleted", "deleted"),
    text("billing_type", "billingType"),
    money("value", "value", required=True),
    money("net_value", "netValue"),
    money("original_value", "originalValue"),
    money("interest_value", "interestValue"),
    money("fine__value", "fine", "value"),
    text("fine__type", "fine", "type"),
    day("due_date", "dueDate", read=read_day, required=True),
    day("payment_date", "paymentDate", read=read_day),
    day("client_payment_date", "clientPaymentDate", read=read_day),
    day("credit_date", "creditDate", read=read_day),
)
CHARGES = Table("payments", COLUMNS, keep_record=True)
REMOVED = Table("payments_one_by_one", COLUMNS, keep_record=True)


def charges(asaas: Asaas, *, due_from: date, paid_from: date) -> list[DltResource]:
    """Charges due since a day or paid since another, once each."""
    windows = ({"dueDate[ge]": due_from.isoformat()}, {"paymentDate[ge]": paid_from.isoformat()})

    def read() -> Iterator[Rows]:
        known: set[Any] = set()
        for window in windows:
            for rows in _paged(asaas, window):
                fresh = [row for row in rows if row.get("id") not in known]
                known.update(row.get("id") for row in fresh)
                yield fresh

    return [resource(CHARGES, read)]


def single_charges(asaas: Asaas, ids: Sequence[str]) -> list[DltResource]:
    """Charges by their ids, one call each: the only way to see removed ones."""

    def read() -> Iterator[Rows]:
        for each in ids:
            try:
                row = asaas.wait(asaas.read, f"/v3/payments/{each}")
            except Missing:  # the panel names a charge that the partner never had: nothing is known of it
                continue
            if not isinstance(row, dict) or row.get("id") != each:
                raise Unreadable(f"Asaas /v3/payments: pedida a cobrança {each}, veio outra")
            yield [row]

    return [resource(REMOVED, read)]


def _paged(asaas: Asaas, window: dict[str, str]) -> Iterator[Rows]:
    async def fetch(number: int) -> Page:
        asked = {**window, "offset": number * PAGE_SIZE, "limit": PAGE_SIZE}
        body = await asaas.read("/v3/payments", asked)
        if not isinstance(body, dict) or "totalCount" not in body:
            raise Unreadable(f"Asaas /v3/payments: página {number} sem totais")
        total = whole(body.get("totalCount"), "Asaas /v3/payments")
        offset = body.get("offset")
        echoed = offset // PAGE_SIZE if isinstance(offset, int) else None
        return Page(rows_of(body.get("data"), "Asaas /v3/payments"), echoed, total, -(-total // PAGE_SIZE))

    return every_page(asaas, fetch, first=0, key=lambda row: row.get("id"), what="Asaas /v3/payments")
