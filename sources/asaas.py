"""What is read from Asaas: charges, by due date and by payment date, and single ones that listings do not show.

Documented: offset paging up to 100, no filter by change, filters by plan of instalments and by external reference,
removed charges are not listed, naive Brasília dates, refunds as a list of which `DONE` ones took place.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from dlt.sources import DltResource

from connections._errors import Missing, Refused, Unreadable
from connections._pages import DOUBT, Page, Rows, every_page, rows_of, whole
from connections._paths import below
from connections.asaas import Asaas
from sources._ogestor import read_day
from sources._staging import resource
from sources._types import MONEY, Column, Table, day, flag, identifier, money, number, read_money, text

PAGE_SIZE = 100
RATE = pa.decimal128(18, 6)
REFUND_IS_DONE = {
    "DONE": True,
    "PENDING": False,
    "AWAITING_CRITICAL_ACTION_AUTHORIZATION": False,
    "AWAITING_CUSTOMER_EXTERNAL_AUTHORIZATION": False,
    "CANCELLED": False,
}


def read_refunded(value: Any) -> Decimal:
    """What was given back of a charge: the sum of its refunds that are done; raises where one cannot be read."""
    return sum((read_money(refund["value"]) for refund in _done(value)), Decimal("0.00"))


def read_refunded_on(value: Any) -> date | None:
    """The day of the last refund that is done: documented is its effective date for Pix, its creation for all."""
    days = [read_day(str(refund.get("effectiveDate") or refund.get("dateCreated"))[:10]) for refund in _done(value)]
    return max((day for day in days if day), default=None)


def read_rate(value: Any) -> Decimal:
    """A percentage or an amount, with up to six decimals."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise ValueError(value)
    rate = Decimal(value)
    if not rate.is_finite() or abs(rate) >= 10**12:
        raise ValueError(value)
    return rate.quantize(Decimal("0.000001"))


def _done(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(value)
    try:
        return [refund for refund in value if REFUND_IS_DONE[str(refund.get("status"))]]
    except KeyError as unknown:
        raise ValueError(value) from unknown


COLUMNS: tuple[Column, ...] = (
    identifier("id", "id", required=True),
    text("external_reference", "externalReference"),
    identifier("installment", "installment"),
    number("installment_number", "installmentNumber"),
    text("status", "status"),
    flag("deleted", "deleted"),
    text("billing_type", "billingType"),
    money("value", "value", required=True),
    money("net_value", "netValue"),
    money("original_value", "originalValue"),
    money("interest_value", "interestValue"),
    Column("fine__value", ("fine", "value"), RATE, read_rate),
    text("fine__type", "fine", "type"),
    Column("discount__value", ("discount", "value"), RATE, read_rate),
    text("discount__type", "discount", "type"),
    number("discount__days", "discount", "dueDateLimitDays"),
    day("discount__limit", "discount", "limitDate", read=read_day),
    day("due_date", "dueDate", read=read_day, required=True),
    day("payment_date", "paymentDate", read=read_day),
    day("client_payment_date", "clientPaymentDate", read=read_day),
    day("credit_date", "creditDate", read=read_day),
    Column("refunded", ("refunds",), MONEY, read_refunded),
    Column("refunded_on", ("refunds",), pa.date32(), read_refunded_on),
)
CHARGES = Table("payments", COLUMNS)
SINGLE = Table("payments_one_by_one", COLUMNS)


def charges(asaas: Asaas, *, due_from: date, paid_from: date) -> list[DltResource]:
    """Charges due since a day or paid since another, once each."""
    windows = ({"dueDate[ge]": due_from.isoformat()}, {"paymentDate[ge]": paid_from.isoformat()})
    return [resource(CHARGES, lambda: _once(rows for window in windows for rows in _paged(asaas, window)))]


def no_charges() -> list[DltResource]:
    """None of the listings."""
    return [resource(CHARGES, lambda: iter(()))]


def single_charges(asaas: Asaas, ids: Sequence[str]) -> list[DltResource]:
    """Charges and plans of instalments by their ids, removed ones included, each with what else pays the same: the
    other parts of its plan, and the other charges of its reference.
    """
    return [resource(SINGLE, lambda: _once(_singles(asaas, ids)))]


def _singles(asaas: Asaas, ids: Sequence[str]) -> Iterator[Rows]:
    asked: set[tuple[str, str]] = set()
    for each in ids:
        row = _one(asaas, each)
        others = [("installment", each)]
        if row is not None:
            yield [row]
            others = [(name, str(row[name])) for name in ("installment", "externalReference") if row.get(name)]
        for name, value in others:
            if (name, value) not in asked:
                asked.add((name, value))
                # A filter that is not heeded shows everything: what was not asked for is left out.
                for rows in _paged(asaas, {name: value}):
                    yield [other for other in rows if other.get(name) == value]


def _one(asaas: Asaas, charge: str) -> dict[str, Any] | None:
    try:
        row = asaas.wait(asaas.read, below("/v3/payments", charge))
    except (Missing, Refused):  # a plan of instalments, or a charge that the partner never had
        return None
    if not isinstance(row, dict) or row.get("id") != charge:
        return {"id": charge, DOUBT: "foi pedida, e veio outra"}
    return row


def _once(pages: Iterator[Rows]) -> Iterator[Rows]:
    """The same rows, each once."""
    known: set[Any] = set()
    for rows in pages:
        fresh = [row for row in rows if row.get("id") not in known]
        known.update(row.get("id") for row in fresh)
        yield fresh


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
