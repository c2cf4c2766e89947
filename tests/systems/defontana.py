"""How stories speak of Defontana: vouchers with their lines, the purchase ledger, fichas."""

from typing import Any

from tests._systems import Names, Row, System

ACCOUNT_SIGNS = {"debit": "D", "credit": "C"}


def purchase(number: int, rut: str = "77.732.169-2", kind: str = "FCAELECT", total: int = 11900) -> Row:
    """A document of the purchase ledger."""
    key = f"{kind}|{rut}|{number}"
    return {
        "key": key,
        "documentType": kind,
        "legalCode": rut,
        "number": number,
        "date": "2026-11-03T00:00:00",
        "total": total,
    }


def ficha(rut: str, name: str = "Ana Rojas Soto", *, provider: bool = False) -> Row:
    """Somebody whom the books know."""
    return {"fileId": rut, "name": name, "provider": provider, "active": True}


def account(code: str, description: str) -> Row:
    """A line of the chart that receives postings and asks nothing of them."""
    analyses = ("BussinessCenter", "File", "Document", "Classifier1", "Classifier2", "ReferenceCurrency", "Bank")
    asked = {f"uses{analysis}Analysis": False for analysis in analyses}
    return {"code": code, "description": description, "imputable": "S", "activo": "S", **asked}


def lines(body: Row) -> list[str]:
    """The lines of a voucher as an accountant reads them; what is blank is left out."""
    return [_line(each) for each in body["detail"]]


def _line(line: Row) -> str:
    side = "debit" if line["debit"] else "credit"
    extras = [line["bussinessCenterId"], line["fileId"], line["documentType"], line["documentNumber"] or ""]
    currency = f"{line['referenceCurrencyId']} {line['referenceExchangeRate']}" if line["referenceCurrencyId"] else ""
    told = [ACCOUNT_SIGNS[side], line["accountCode"], line[side], *extras, currency, f"({line['comment']})"]
    return " ".join(str(each) for each in told if each != "")


def _shown(names: Names, name: str, value: Any) -> Any:
    return [_line(each) for each in value] if name == "detail" else value


SYSTEM = System(
    people_and_money=("vouchers", "purchases"),
    shorthand={
        "purchases": ("purchases", lambda row: purchase(row.get("number", 4521), row.get("legalCode", "77.732.169-2"))),
        "accounts": ("accounts", lambda row: account(row["code"], row["description"])),
        "fichas": ("fichas", lambda row: ficha(row["fileId"])),
    },
    nouns={
        "/api/Accounting/InsertVoucher": ("voucher", "key"),
        "/api/PurchaseOrder/SaveProvider": ("ficha", "legalCode"),
    },
    shown=_shown,
)
