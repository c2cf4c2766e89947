"""How stories speak of Rindegastos: expense reports and their expenses, in pesos."""

from decimal import Decimal

from tests._systems import Row, System

REPORT: Row = {
    "Title": "Rendición septiembre",
    "ReportNumber": "218",
    "SendDate": "2026-11-05",
    "CloseDate": "2026-11-10",
    "EmployeeId": 61,
    "EmployeeName": "Ana Rojas Soto",
    "EmployeeIdentification": "12.345.678-5",
    "ApproverId": 64,
    "ApproverName": "Luis Soto",
    "PolicyId": 4044,
    "PolicyName": "Gastos generales",
    "Status": 1,
    "CustomStatus": "",
    "FundId": 0,
    "FundName": "",
    "ReportTotal": 5950,
    "ReportTotalApproved": 5950,
    "Currency": "CLP",
    "Note": "",
    "Integrated": "",
    "IntegrationDate": "",
    "IntegrationExternalCode": "",
    "IntegrationInternalCode": "",
    "NbrExpenses": 1,
    "NbrApprovedExpenses": 1,
    "NbrRejectedExpenses": 0,
    "ExtraFields": [],
    "Files": [],
}
EXPENSE: Row = {
    "Status": 1,
    "Supplier": "Ferretería Los Aromos SpA",
    "IssueDate": "2026-11-03",
    "OriginalAmount": 5950,
    "OriginalCurrency": "CLP",
    "ExchangeRate": 1,
    "Net": 5950,
    "Tax": 0,
    "TaxName": "",
    "OtherTaxes": 0,
    "RetentionName": "",
    "Retention": 0,
    "Total": 5950,
    "Currency": "CLP",
    "Reimbursable": True,
    "Category": "Materiales",
    "CategoryCode": "4210101005",
    "CategoryGroup": "Operación",
    "CategoryGroupCode": "OPE",
    "SatInfo": None,
    "SunatInfo": None,
    "Note": "pernos",
    "IntegrationDate": "",
    "IntegrationExternalCode": "",
    "ExtraFields": [],
    "Files": [],
    "NbrFiles": 0,
    "ReportId": 125417,
    "ExpensePolicyId": 4044,
    "UserId": 61,
}
DOCUMENTS = {
    "33": "Factura electrónica",
    "34": "Factura exenta electrónica",
    "39": "Boleta electrónica",
    "BHE": "Boleta de honorarios",
    "": "",
}


def fields(
    document: str = "39", rut: str = "77.732.169-2", number: str = "4521", center: str = "Operaciones"
) -> list[Row]:
    """The extra fields of an expense."""
    values = {
        "Tipo de documento": (DOCUMENTS.get(document, document), document if document in DOCUMENTS else ""),
        "RUT Proveedor": (rut, ""),
        "Número de documento": (number, ""),
        "Centro de costo": (center, "EMPGESGESOPE000" if center == "Operaciones" else ""),
    }
    return [{"Name": name, "Value": value, "Code": code} for name, (value, code) in values.items()]


def expense(key: int, total: Decimal | int | str = 5950, document: str = "39", **changed: object) -> Row:
    """An approved expense of report 125417: a boleta for materials, unless told otherwise."""
    said = {name: changed.pop(name) for name in ("rut", "number", "center") if name in changed}
    said.setdefault("number", str(4520 + key))
    money = {"Total": total, "Net": total, "OriginalAmount": total}
    return {**EXPENSE, "Id": key, **money, "ExtraFields": fields(document, **said), **changed}  # type: ignore[arg-type]


def report(key: int, total: Decimal | int = 5950, count: int = 1, **changed: object) -> Row:
    """A closed report of Ana's with so many approved expenses and this total."""
    counts = {"NbrExpenses": count, "NbrApprovedExpenses": count}
    return {**REPORT, "Id": key, "ReportTotal": total, "ReportTotalApproved": total, **counts, **changed}


def _expense_row(row: Row) -> Row:
    """A story may say `document`, `rut`, `number` and `center` instead of the extra fields."""
    said = {name: str(row.pop(name)) for name in ("document", "rut", "number", "center") if name in row}
    said.setdefault("number", str(4520 + row["Id"]))
    total = row.get("Total", EXPENSE["Total"])
    return {**EXPENSE, "Net": total, "OriginalAmount": total, "ExtraFields": fields(**said)}


SYSTEM = System(
    people_and_money=("reports", "expenses"),
    shorthand={
        "expense_reports": ("reports", lambda row: REPORT),
        "expenses": ("expenses", _expense_row),
    },
    nouns={
        f"/{version}/{call}": (noun, "Id")
        for version in ("v1", "v2")
        for call, noun in (
            ("setExpenseIntegration", "expense"),
            ("setExpenseReportIntegration", "expense report"),
        )
    }
    | {
        "/v2/setExpenseIntegrationBulk": ("expenses", "Ids"),
        "/v2/setExpenseReportIntegrationBulk": ("expense reports", "Ids"),
    },
    untold=frozenset({"Id"}),
)
