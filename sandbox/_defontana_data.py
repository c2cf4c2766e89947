"""The data that Defontana holds at the start: chart, centers, fichas, open periods, a purchase ledger, vouchers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sandbox import _chile as chile
from sandbox import _rindegastos_data as spent
from sandbox._call import Planted
from sandbox._table import Row, Table
from sandbox._world import Size

VOUCHER_TYPES = ("TRASPASO", "Egreso", "INGRESO")
DOCUMENT_TYPES = ("FCAELECT", "FCEELECT", "BOLETA", "BHE", "FVAELECT", "FENAELECT")
PURCHASES = {"33": "FCAELECT", "34": "FCEELECT", "BHE": "BHE"}
NOT_REGISTERED_EACH = 97
"""Of so many invoices that employees pay, one has not reached the purchase ledger yet."""
BY_HAND = (
    ("TRASPASO", 1181, "2026-10-30", "Centralización remuneraciones octubre"),
    ("TRASPASO", 1182, "2026-11-03", "Reclasificación gastos generales"),
    ("Egreso", 410, "2026-11-05", "Pago proveedores"),
)


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Defontana's tables at the start. Purchases are those that Rindegastos' employees paid, as the SII brings them."""
    people = chile.cast(seed, size)
    made = {
        "accounts": Table("code"),
        "centers": Table("code"),
        "fichas": Table("fileId"),
        "periods": Table("period"),
        "purchases": Table("key"),
        "vouchers": Table("key", {"type": lambda row: row.get("voucherType")}),
    }
    made["accounts"].load(chile.account_rows())
    made["centers"].load(chile.center_rows())
    made["fichas"].load(_ficha(who, provider=False) for who in people.employees)
    made["fichas"].load(_ficha(who, provider=True) for who in people.suppliers)
    made["periods"].load(
        {"period": f"{year}-{month:02d}", "open": (year, month) >= (2026, 10)}
        for year in (2025, 2026)
        for month in range(1, 13)
    )
    made["purchases"].load(_purchases(seed, size))
    made["vouchers"].load(_by_hand(*each) for each in BY_HAND)
    return made, []


def _ficha(who: chile.Party, *, provider: bool) -> Row:
    return {"fileId": chile.dotted(who.rut), "name": who.name, "provider": provider, "active": True}


def _purchases(seed: int, size: Size) -> list[Row]:
    expenses = spent.spending(seed, size)[1]
    rows: dict[str, Row] = {}
    for number, expense in enumerate(expenses):
        features = {each["Name"].strip().casefold(): each for each in expense["ExtraFields"]}
        kind = next((each for name, each in features.items() if name.startswith("tipo")), {"Value": "", "Code": ""})
        code = next((code for code, name in spent.DOCUMENTS.items() if name == kind["Value"].strip()), "")
        if code in PURCHASES and number % NOT_REGISTERED_EACH:
            row = purchase(code, _value(features, "rut"), _value(features, "n"), expense["IssueDate"], expense["Total"])
            rows[row["key"]] = row
    return list(rows.values())


def _value(features: dict[str, Row], start: str) -> str:
    return next((str(each["Value"]).strip() for name, each in features.items() if name.startswith(start)), "")


def purchase(code: str, rut: str, number: str, day: str, total: Any) -> Row:
    """A document of the purchase ledger; its fields are assumed."""
    bare = "".join(sign for sign in rut.upper() if sign.isalnum())
    dotted = chile.dotted(bare) if bare[:-1].isdigit() else rut
    whole = int(total) if isinstance(total, int | Decimal) else 0
    return {
        "key": f"{PURCHASES[code]}|{dotted}|{number}",
        "documentType": PURCHASES[code],
        "legalCode": dotted,
        "number": int(number) if number.isdigit() else 0,
        "date": f"{day}T00:00:00",
        "total": whole,
    }


def _by_hand(kind: str, number: int, day: str, comment: str) -> Row:
    """A voucher that somebody typed: nothing to do with Rindegastos."""
    return {
        "key": f"{kind}-{day[:4]}-{number}",
        "voucherType": kind,
        "number": number,
        "fiscalYear": int(day[:4]),
        "date": f"{day}T00:00:00",
        "entryDate": f"{day}T10:03:11",
        "comment": comment,
        "detail": [
            {"detailLine": 1, "accountCode": "4210101005", "debit": 1000, "credit": 0},
            {"detailLine": 2, "accountCode": "2110101001", "debit": 0, "credit": 1000},
        ],
    }
