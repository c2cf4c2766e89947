"""The data that Rindegastos holds at the start: policies, users, funds, and reports with their expenses."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sandbox import _chile as chile
from sandbox._call import Planted
from sandbox._table import Row, Table
from sandbox._world import START, Size

TODAY = START.date()
FIRST_REPORT, FIRST_EXPENSE, FIRST_FUND, FIRST_USER, POLICY = 125_001, 650_001, 4_301, 61, 4_044
APPROVED, REJECTED, IN_PROCESS = 1, 2, 0
CLOSED, OPEN = 1, 0
VAT = Decimal("0.19")
RETENTION = {2023: "0.13", 2024: "0.1375", 2025: "0.145", 2026: "0.1525", 2027: "0.16", 2028: "0.17"}
FEWEST_REPORTS, MOST_REPORTS = 40, 2_000
FEATURES = ("Tipo de documento", "RUT Proveedor", "Número de documento", "Centro de costo")
DOCUMENTS = {
    "33": "Factura electrónica",
    "34": "Factura exenta electrónica",
    "39": "Boleta electrónica",
    "BHE": "Boleta de honorarios",
    "": "Comprobante",
}
INTEGRATED_BEFORE = "COMPROBANTE-77"

Spoil = Callable[[Row, list[Row]], None]


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Rindegastos' tables at the start, and what in them is strange on purpose."""
    made = {
        "expenses": Table("Id", {"ReportId": lambda row: row.get("ReportId")}),
        "reports": Table("Id"),
        "funds": Table("Id"),
        "users": Table("Id"),
        "policies": Table("Id"),
        "categories": Table("Id"),
        "options": Table("Id"),
    }
    _load_master(made, chile.cast(seed, size))
    reports, expenses, planted = spending(seed, size)
    made["reports"].load(reports)
    made["expenses"].load(expenses)
    return made, planted


@lru_cache(maxsize=1)
def spending(seed: int, size: Size) -> tuple[list[Row], list[Row], list[Planted]]:
    """Every report and expense, and what is strange among them; rows are never changed in place."""
    people = chile.cast(seed, size)
    draw = random.Random(f"rindegastos {seed}")  # noqa: S311
    breakages = _breakages()
    planted: list[Planted] = []
    every: tuple[list[Row], list[Row]] = ([], [])
    for number in range(min(MOST_REPORTS, max(FEWEST_REPORTS, size.people // 3))):
        report = report_row(FIRST_REPORT + number, people.employees[number % len(people.employees)], draw)
        first = FIRST_EXPENSE + len(every[1])
        expenses = [expense_row(first + n, report, people.suppliers, draw) for n in range(draw.randrange(2, 14))]
        total(report, expenses)
        lot = number % 20
        if lot in (3, 11, 17):
            what, broken, spoil = breakages[len(planted) % len(breakages)]
            spoil(report, expenses)
            planted.append(Planted("reports", report["Id"], what, broken))
        elif lot == 5:
            report.update(Status=OPEN, CloseDate="")
        elif lot == 9:
            for row in (report, *expenses):
                row.update(IntegrationExternalCode=INTEGRATED_BEFORE, IntegrationDate="2026-10-20")
            report["Integrated"] = True
        every[0].append(report)
        every[1].extend(expenses)
    return *every, planted


def _load_master(made: dict[str, Table], people: chile.Cast) -> None:
    made["users"].load(_user(FIRST_USER + n, who) for n, who in enumerate(people.employees))
    made["policies"].load(
        [
            {
                "Id": POLICY,
                "Name": "Gastos generales",
                "Code": "GG",
                "Description": "",
                "IsActive": True,
                "Currency": "CLP",
                "TotalEmployees": len(people.employees),
                "TotalApprovers": 2,
            }
        ]
    )
    made["funds"].load(_fund(FIRST_FUND + n, FIRST_USER + n) for n in range(2))
    made["categories"].load(
        {
            "Id": 901 + n,
            "IdPolicy": POLICY,
            "Name": each.name,
            "Code": each.code,
            "GroupName": each.group,
            "GroupCode": each.group_code,
            "IsActive": True,
        }
        for n, each in enumerate(chile.EVERY_CATEGORY)
    )
    made["options"].load(
        {"Id": n, "IdPolicy": POLICY, "Value": value, "Code": code}
        for n, (value, code) in enumerate(chile.EVERY_COST_CENTER, 1)
    )


def _user(key: int, who: chile.Party) -> Row:
    first, _, rest = who.name.partition(" ")
    return {
        "Id": key,
        "FirstName": first,
        "LastName": rest,
        "Email": f"empleado{who.number}@example.cl",
        "Identification": who.rut,
        "CostingCode": "",
        "EmployeeNumber": "",
        "Department": "",
        "Position": "",
        "CreatedAt": "2025-01-02 10:00:00",
        "LastLogin": "2026-11-20 09:12:00",
        "Role": [{"Admin": who.number == 1, "Management": True}],
    }


def _fund(key: int, employee: int) -> Row:
    return {
        "Id": key,
        "Title": f"Fondo obra {key % 100}",
        "Code": f"FO{key % 100}",
        "Currency": "CLP",
        "IdAssignTo": employee,
        "IdCreator": FIRST_USER,
        "Deposits": 500_000,
        "Withdrawals": 102_600,
        "Balance": 397_400,
        "Status": 1,
        "CreatedAt": "2026-08-01",
        "ExpirationDate": "",
        "FlexibleFund": "0",
        "ManualDeposit": True,
        "AutomaticBlock": False,
    }


def report_row(key: int, who: chile.Party, draw: random.Random) -> Row:
    """A closed report as v1 shows it."""
    closed = TODAY - timedelta(days=draw.randrange(1, 40))
    fund = key % 3 == 0
    kind = {
        "Name": "Tipo de rendición",
        "Value": "Fondos por rendir" if fund else "Reembolso",
        "Code": "FF" if fund else "",
    }
    return {
        "Id": key,
        "Title": f"Rendición {closed:%d-%m} {who.name.split()[0]}",
        "ReportNumber": str(key - 124_783),
        "SendDate": (closed - timedelta(days=3)).isoformat(),
        "CloseDate": closed.isoformat(),
        "EmployeeId": FIRST_USER + who.number - 1,
        "EmployeeName": who.name,
        "EmployeeIdentification": chile.dotted(who.rut) if key % 2 else who.rut,
        "ApproverId": FIRST_USER,
        "ApproverName": "Luis Soto",
        "PolicyId": POLICY,
        "PolicyName": "Gastos generales",
        "Status": CLOSED,
        "CustomStatus": "",
        "FundId": FIRST_FUND if fund else 0,
        "FundName": "Fondo obra 1" if fund else "",
        "ReportTotal": 0,
        "ReportTotalApproved": 0,
        "Currency": "CLP",
        "Note": "",
        "Integrated": "",
        "IntegrationDate": "",
        "IntegrationExternalCode": "",
        "IntegrationInternalCode": "",
        "NbrExpenses": 0,
        "NbrApprovedExpenses": 0,
        "NbrRejectedExpenses": 0,
        "ExtraFields": [kind, {"Name": "Área", "Value": "Obras", "Code": "OB"}],
        "Files": [],
    }


def total(report: Row, expenses: list[Row]) -> None:
    """What Rindegastos adds up on a report."""
    approved = [each for each in expenses if each["Status"] == APPROVED]
    report.update(
        ReportTotal=_sum(expenses),
        ReportTotalApproved=_sum(approved),
        NbrExpenses=len(expenses),
        NbrApprovedExpenses=len(approved),
        NbrRejectedExpenses=sum(each["Status"] == REJECTED for each in expenses),
    )


def _sum(expenses: list[Row]) -> Any:
    amount = sum((Decimal(str(each["Total"])) for each in expenses), Decimal(0))
    return int(amount) if amount == int(amount) else amount


def expense_row(key: int, report: Row, suppliers: list[chile.Party], draw: random.Random) -> Row:
    """An expense of the report: half are boletas, the others facturas, honorarios, vouchers and dollars."""
    code = draw.choices(("39", "33", "34", "BHE", "", "USD"), (50, 25, 6, 6, 8, 5))[0]
    issued = date.fromisoformat(report["SendDate"]) - timedelta(days=draw.randrange(1, 25))
    amount = draw.randrange(1_200, 240_000)
    who = draw.choice(suppliers)
    category = draw.choice(chile.CATEGORIES[:6])
    if code == "BHE":
        category, who = chile.CATEGORIES[6], suppliers[draw.randrange(5)]
    if code == "USD":
        category = chile.CATEGORIES[7]
    center = draw.choice(chile.COST_CENTERS)
    row: Row = {
        "Id": key,
        "Status": REJECTED if draw.random() < 0.04 else APPROVED,
        "Supplier": who.name,
        "IssueDate": issued.isoformat(),
        **_money(code, amount, issued, draw),
        "Currency": "CLP",
        "Reimbursable": True,
        "Category": category.name,
        "CategoryCode": category.code,
        "CategoryGroup": category.group,
        "CategoryGroupCode": category.group_code,
        "SatInfo": None,
        "SunatInfo": None,
        "Note": f"gasto {key % 1000}",
        "IntegrationDate": "",
        "IntegrationExternalCode": "",
        "ExtraFields": features("" if code == "USD" else code, who.rut, str(key % 100_000), center, draw),
        "Files": [],
        "NbrFiles": 0,
        "ReportId": report["Id"],
        "ExpensePolicyId": POLICY,
        "UserId": report["EmployeeId"],
    }
    return row


def _money(code: str, amount: int, issued: date, draw: random.Random) -> Row:
    plain = {
        "OriginalAmount": amount,
        "OriginalCurrency": "CLP",
        "ExchangeRate": 1,
        "Net": amount,
        "Tax": 0,
        "TaxName": "",
        "OtherTaxes": 0,
        "RetentionName": "",
        "Retention": 0,
        "Total": amount,
    }
    if code == "33":
        other = pesos(Decimal(amount) * Decimal("0.06")) if draw.random() < 0.2 else 0
        tax = pesos(amount * VAT)
        paid = amount + tax + other
        return {**plain, "Tax": tax, "TaxName": "IVA", "OtherTaxes": other, "Total": paid, "OriginalAmount": paid}
    if code == "BHE":
        held = pesos(amount * Decimal(RETENTION[issued.year]))
        kept = amount - held
        return {**plain, "RetentionName": "Retención", "Retention": held, "Total": kept, "OriginalAmount": kept}
    if code == "USD":
        rate, dollars = Decimal("941.37"), Decimal(draw.randrange(500, 30_000)) / 100
        spent = (rate * dollars).quantize(Decimal("0.01"))
        return {
            **plain,
            "OriginalAmount": dollars,
            "OriginalCurrency": "USD",
            "ExchangeRate": rate,
            "Net": spent,
            "Total": spent,
        }
    return plain


def pesos(amount: Decimal) -> int:
    """Whole pesos, half up."""
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def features(code: str, rut: str, number: str, center: tuple[str, str], draw: random.Random) -> list[Row]:
    """The extra fields as they arrive: shuffled, with stray spaces, other accents and cases, blank codes."""
    values = ((DOCUMENTS[code], code), (rut, ""), (number, ""), center)
    rows = [{"Name": name, "Value": value, "Code": said} for name, (value, said) in zip(FEATURES, values, strict=True)]
    for row in rows:
        chance = draw.random()
        if chance < 0.1:
            row["Name"] = f"{row['Name']} "
        elif chance < 0.2:
            row["Name"] = row["Name"].replace("ú", "u").upper()
        if draw.random() < 0.1:
            row["Value"] = f" {row['Value']}"
        if row["Name"].startswith("Tipo") and draw.random() < 0.15:
            row["Code"] = ""
    if len(rut) > 8 and draw.random() < 0.5:
        rows[1]["Value"] = chile.dotted(rut) if draw.random() < 0.5 else f"{rut[:-1]}-{rut[-1].lower()}"
    rows.append({"Name": "¿Requiere revisión? ", "Value": "No", "Code": ""})
    draw.shuffle(rows)
    return rows


def feature(expense: Row, name: str, **changed: str) -> None:
    """Changes one extra field of an expense, however its name is spelled."""
    for row in expense["ExtraFields"]:
        if row["Name"].strip().casefold().replace("ú", "u") == name.casefold().replace("ú", "u"):
            row.update(changed)


def _first(report: Row, expenses: list[Row], code: str) -> Row:
    """Makes the first expense an approved document of this kind, nothing strange about it yet."""
    row = expenses[0]
    issued, category = date.fromisoformat(row["IssueDate"]), chile.CATEGORIES[0]
    row.update(_money(code, 47_600, issued, random.Random(1)), Status=APPROVED, Category=category.name)  # noqa: S311
    row["CategoryCode"] = category.code
    feature(row, "Tipo de documento", Value=DOCUMENTS[code], Code=code)
    total(report, expenses)
    return row


def _breakages() -> list[tuple[str, bool, Spoil]]:
    """What is strange about a report, whether it must be held back, and how it comes about."""
    bad = chile.wrong(chile.rut(76_123_456))
    unknown = {"Value": "Vale de colación", "Code": "VC"}
    return [
        ("employee without RUT", True, lambda report, _: report.update(EmployeeIdentification="")),
        ("category without account", True, _in_category(chile.WITHOUT_ACCOUNT)),
        ("cost center without business center", True, _in_center(chile.WITHOUT_CENTER)),
        ("same receipt twice", True, _twice),
        ("supplier's RUT with a wrong digit", True, _with("33", "RUT Proveedor", Value=bad)),
        ("net and tax are not the total", False, _spoiled("39", Net=57, Tax=10)),
        ("employee's RUT with a wrong digit", True, lambda report, _: report.update(EmployeeIdentification=bad)),
        ("report in dollars", True, lambda report, _: report.update(Currency="USD")),
        ("total approved is another", True, lambda report, _: report.update(ReportTotalApproved=1)),
        ("closed in the future", True, lambda report, _: report.update(CloseDate="2026-12-24")),
        ("close date does not exist", True, lambda report, _: report.update(CloseDate="2026-02-31")),
        ("unknown kind of document", True, _with("39", "Tipo de documento", **unknown)),
        ("supplier's RUT is missing", True, _with("33", "RUT Proveedor", Value="")),
        ("number of the document is missing", True, _with("33", "Número de documento", Value="")),
        ("category on an inactive account", True, _in_category(chile.ON_INACTIVE_ACCOUNT)),
        ("category on a group of accounts", True, _in_category(chile.ON_A_GROUP)),
        ("category whose account wants a classifier", True, _in_category(chile.ON_CLASSIFIED_ACCOUNT)),
        ("cost center on an inactive center", True, _in_center(chile.ON_INACTIVE_CENTER)),
        ("cost center is missing", True, _in_center(("", ""))),
        ("amount as text", True, _spoiled("39", Total="1.234,56")),
        ("amount negative", True, _spoiled("39", Total=-500)),
        ("pesos with decimals", True, _spoiled("39", Total=Decimal("1234.5"))),
        ("retention of another year", True, _spoiled("BHE", Retention=1)),
        ("every expense rejected", False, _rejected),
    ]


def _with(code: str, name: str, **changed: str) -> Spoil:
    return lambda report, expenses: feature(_first(report, expenses, code), name, **changed)


def _spoiled(code: str, **changed: Any) -> Spoil:
    return lambda report, expenses: _first(report, expenses, code).update(changed)


def _in_category(category: chile.Category) -> Spoil:
    return _spoiled("39", Category=category.name, CategoryCode=category.code)


def _in_center(center: tuple[str, str]) -> Spoil:
    return _with("39", "Centro de costo", Value=center[0], Code=center[1])


def _twice(report: Row, expenses: list[Row]) -> None:
    first = _first(report, expenses, "33")
    second = {**first, "Id": expenses[1]["Id"], "ExtraFields": [dict(each) for each in first["ExtraFields"]]}
    expenses[1] = second
    total(report, expenses)


def _rejected(report: Row, expenses: list[Row]) -> None:
    for each in expenses:
        each["Status"] = REJECTED
    total(report, expenses)
