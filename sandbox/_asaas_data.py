"""The charges that Asaas holds at the start, and the shape of a charge; amounts in reais, dates without zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox import _reseller as reseller
from sandbox._call import Planted
from sandbox._numbers import Number, cents
from sandbox._table import Row, Table
from sandbox._world import Size

FEE = 199  # cents per bank slip; observed by third parties, between 0.99 and 1.99
ADDRESS = "https://www.asaas.com"
PAID_STATUSES = ("CONFIRMED", "RECEIVED", "RECEIVED_IN_CASH", "DUNNING_RECEIVED")


def payment_id(number: int) -> str:
    return f"pay_{number:012d}"


def customer_id(client: int) -> str:
    return f"cus_{client:012d}"


def reference(invoice: int) -> str:
    """What the panel writes into a charge, so that it can be found again."""
    return f"fatura:{invoice}"


def tables(seed: int, size: Size, size_name: str) -> tuple[dict[str, Table], list[Planted]]:
    """Customers and charges of the reseller's invoices."""
    clients = reseller.clients(seed, size)
    made = {
        "customer": Table("id", {"externalReference": _reference}),
        "payment": Table("id", {"externalReference": _reference}),
        "webhook": Table("id"),
    }
    made["customer"].load(customer_row(c.code, c.who.name, c.who.tax_id, c.email, reseller.TODAY) for c in clients)
    charges, planted = [], []
    for invoice in reseller.invoices(clients, size_name):
        row = _charge(invoice)
        charges.append(row)
        if invoice.story == reseller.TWICE:
            charges.append(charge_row(900_000 + invoice.code, invoice.code, row["customer"], row["value"], invoice.due))
            planted.append(Planted("payment", charges[-1]["id"], "a second charge under the same reference"))
    stray = charge_row(999_999, 888_888, customer_id(reseller.FIRST_CLIENT), cents(4990), reseller.TODAY)
    charges.append({**stray, **paid(stray, 4990, reseller.TODAY, status="RECEIVED")})
    planted.append(Planted("payment", stray["id"], "paid for an invoice that the panel does not know"))
    made["payment"].load(charges)
    return made, planted


def register(made: dict[str, Table], invoice: Row, client: Row, today: date) -> str:
    """The charge of a new invoice of oGestor's panel, which registers it by itself; gives the charge's id."""
    customer = customer_id(client["codigo"])
    if customer not in made["customer"].rows:
        email = next(iter(client.get("emails") or []), "")
        made["customer"].put(customer_row(client["codigo"], client["nome"], client["cpf_cnpj"], email, today))
    value = cents(int(Decimal(invoice["valor"]) * 100))
    row = charge_row(invoice["codigo"], invoice["codigo"], customer, value, date.fromisoformat(invoice["vencimento"]))
    made["payment"].put({**row, "description": invoice["descricao"], "dateCreated": today.isoformat()})
    return str(row["id"])


def customer_row(client: int, name: str, tax_id: str | None, email: str, created: date) -> Row:
    """A customer as Asaas shows it."""
    return {
        "object": "customer",
        "id": customer_id(client),
        "dateCreated": created.isoformat(),
        "name": name,
        "email": email,
        "cpfCnpj": tax_id,
        "personType": "FISICA" if tax_id and len(tax_id) == 11 else "JURIDICA",
        "deleted": False,
        "externalReference": f"revenda:{client}",
        "notificationDisabled": True,
    }


def charge_row(number: int, invoice: int, customer: str, value: Number, due: date) -> Row:
    """A charge that nobody has paid."""
    face = int(Decimal(value) * 100)
    return {
        "object": "payment",
        "id": payment_id(number),
        "dateCreated": due.replace(day=1).isoformat(),
        "customer": customer,
        "subscription": None,
        "installment": None,
        "checkoutSession": None,
        "paymentLink": None,
        "value": value,
        "netValue": cents(face - FEE),
        "originalValue": None,
        "interestValue": None,
        "description": None,
        "billingType": "BOLETO",
        "canBePaidAfterDueDate": True,
        "pixTransaction": None,
        "status": "OVERDUE" if due < reseller.TODAY else "PENDING",
        "dueDate": due.isoformat(),
        "originalDueDate": due.isoformat(),
        "paymentDate": None,
        "clientPaymentDate": None,
        "confirmedDate": None,
        "installmentNumber": None,
        "invoiceUrl": f"{ADDRESS}/i/{number:012d}",
        "invoiceNumber": f"{number:08d}",
        "externalReference": reference(invoice),
        "deleted": False,
        "anticipated": False,
        "anticipable": False,
        "creditDate": None,
        "estimatedCreditDate": None,
        "transactionReceiptUrl": None,
        "nossoNumero": f"{10_000_000 + number}",
        "bankSlipUrl": f"{ADDRESS}/b/pdf/{number:012d}",
        "lastInvoiceViewedDate": None,
        "lastBankSlipViewedDate": None,
        "discount": {"value": cents(0), "limitDate": None, "dueDateLimitDays": 0, "type": "FIXED"},
        "fine": {"value": cents(200), "type": "PERCENTAGE"},
        "interest": {"value": cents(100), "type": "PERCENTAGE"},
        "postalService": False,
        "custody": None,
        "chargeback": None,
        "refunds": None,
    }


def paid(row: Row, amount: int, on: date, *, status: str) -> Row:
    """What a payment of so many cents changes; late or in part, the face value moves to `originalValue`."""
    face = int(Decimal(row["originalValue"] or row["value"]) * 100)
    cash = status == "RECEIVED_IN_CASH"
    credit = next_business_day(on)
    return {
        "status": status,
        "value": cents(amount),
        "netValue": cents(amount if cash else amount - FEE),
        "originalValue": cents(face) if amount != face else None,
        "interestValue": cents(amount - face) if amount > face else None,
        "paymentDate": on.isoformat(),
        "clientPaymentDate": on.isoformat(),
        "confirmedDate": on.isoformat(),
        "estimatedCreditDate": None if cash else credit.isoformat(),
        "creditDate": credit.isoformat() if status == "RECEIVED" else None,
    }


def next_business_day(day: date) -> date:
    """The next day that is no Saturday or Sunday."""
    day += timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def refund_row(amount: Number, moment: datetime, why: str | None) -> Row:
    """A refund that is done."""
    return {
        "dateCreated": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "status": "DONE",
        "value": amount,
        "description": why,
        "effectiveDate": moment.strftime("%Y-%m-%d %H:%M:%S"),
    }


def _charge(invoice: reseller.Invoice) -> Row:
    client = invoice.client
    row = charge_row(invoice.code, invoice.code, customer_id(client.code), cents(client.cents), invoice.due)
    row["description"] = f"Mensalidade {invoice.month:02d}/{invoice.year}"
    match invoice.story:
        case reseller.OPEN:
            return row
        case reseller.CANCELLED:
            return {**row, "deleted": True}
        case reseller.CASH:
            return {**row, **paid(row, invoice.paid_cents, invoice.paid_on, status="RECEIVED_IN_CASH")}
    row |= paid(row, invoice.paid_cents, invoice.paid_on, status="RECEIVED")
    if invoice.story == reseller.REFUNDED:
        moment = datetime.combine(invoice.due, datetime.min.time())
        return {**row, "status": "REFUNDED", "refunds": [refund_row(row["value"], moment, "desistência")]}
    if invoice.story == reseller.DISPUTED:
        return {**row, "status": "CHARGEBACK_REQUESTED", "chargeback": {"status": "REQUESTED", "reason": "FRAUD"}}
    return row


def _reference(row: Row) -> str | None:
    found = row.get("externalReference")
    return found if isinstance(found, str) else None
