"""How stories speak of Asaas: charges."""

from datetime import date
from decimal import Decimal

from sandbox._asaas_data import charge_row
from sandbox._numbers import Number
from tests._systems import Row, System


def _charge(row: Row) -> Row:
    """The pending charge of the invoice `invoice`, R$ 89.90, due on 2026-11-10."""
    invoice = int(str(row["id"]).removeprefix("pay_").split("-")[0])
    made = charge_row(invoice, invoice, "cus_17", Number("89.90"), date(2026, 11, 10))
    return {**made, "status": "PENDING", "value": Decimal("89.90"), "netValue": Decimal("87.91"), "object": "payment"}


SYSTEM = System(
    people_and_money=("customer", "payment"),
    shorthand={"charges": ("payment", _charge)},
)
