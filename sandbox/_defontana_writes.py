"""What may be written to Defontana: vouchers and fichas, judged as an accountant would. Refusal texts are assumed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sandbox import _defontana_data as data
from sandbox._call import Answer, Call, RefusedError
from sandbox._table import Row, Table
from sandbox._world import World, Write

LINE = (
    *("accountCode", "debit", "credit", "secondaryDebit", "secondaryCredit", "exchangeRate", "comment", "fileId"),
    *("documentType", "documentSeries", "documentNumber", "documentExpirationDate", "bussinessCenterId"),
    *("classifier1Id", "classifier2Id", "referenceCurrencyId", "referenceExchangeRate", "movementTypeId"),
    *("movementSeries", "movementNumber", "accountAmountRate", "ctaCreditOrDebitAmount"),
)
NEEDS = {
    "usesBussinessCenterAnalysis": ("bussinessCenterId", "centro de negocios"),
    "usesFileAnalysis": ("fileId", "ficha"),
    "usesDocumentAnalysis": ("documentNumber", "documento"),
    "usesClassifier1Analysis": ("classifier1Id", "clasificador 1"),
    "usesClassifier2Analysis": ("classifier2Id", "clasificador 2"),
    "usesReferenceCurrencyAnalysis": ("referenceCurrencyId", "moneda de referencia"),
    "usesBankAnalysis": ("movementNumber", "movimiento bancario"),
}
DOTTED = re.compile(r"\d{1,3}(\.\d{3}){1,2}-[\dK]")
LONGEST_COMMENT = 250


class RejectionError(Exception):
    """The ERP says no; `detail` is its exceptionMessage."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.detail = detail


def rejection(message: str, detail: str | None = None) -> Answer:
    """Business failures come under status 200 (observed)."""
    return Answer({"success": False, "message": message, "exceptionMessage": detail})


def invalid(field: str) -> Answer:
    """ASP.NET's model validation; assumed."""
    errors = {"errors": {field: ["The value is not valid."]}, "title": "One or more validation errors occurred."}
    return Answer({**errors, "status": 400}, 400)


class Writes:
    """The POST handlers."""

    def __init__(self, world: World, tables: dict[str, Table], quirks: dict[str, str]) -> None:
        self.world = world
        self.tables = tables
        self.quirks = quirks

    def insert(self, call: Call) -> Answer:
        """A new voucher; number 0 with automatic foliation takes the next one of its type and year."""
        body = _document(call)
        try:
            row = self._judged(body)
        except RejectionError as no:
            raise RefusedError(rejection(str(no), no.detail)) from no
        number = self._next(row["voucherType"], row["fiscalYear"]) if body.get("automaticFoliation") else row["number"]
        row = self._keyed(row, number)
        if row["key"] in self.tables["vouchers"].rows:
            raise RefusedError(rejection("El comprobante ya existe"))
        return self._accepted(call, body, row, "create")

    def update(self, call: Call) -> Answer:
        """The same parameters as an insert; the voucher must exist."""
        body = _document(call)
        try:
            row = self._judged(body)
        except RejectionError as no:
            raise RefusedError(rejection(str(no), no.detail)) from no
        row = self._keyed(row, row["number"])
        if row["key"] not in self.tables["vouchers"].rows:
            raise RefusedError(rejection("El comprobante no existe"))
        return self._accepted(call, body, row, "update")

    def provider(self, call: Call) -> Answer:
        """A provider gets a ficha."""
        body = _document(call)
        legal = str(body.get("legalCode") or "")
        if not DOTTED.fullmatch(legal):
            raise RefusedError(rejection("RUT inválido"))
        row = {"fileId": legal, "name": body.get("name"), "provider": True, "active": True}
        self.world.accept(call, Write(verb="create", id=legal, body=body, rows=[("fichas", row)]))
        return Answer({"success": True, "message": "", "exceptionMessage": None})

    def _accepted(self, call: Call, body: Row, row: Row, verb: str) -> Answer:
        comment = row["comment"]
        self.world.accept(call, Write(verb=verb, id=row["key"], body=body, rows=[("vouchers", row)], reference=comment))
        said = {"key": ("voucherType", "number", "fiscalYear"), "number": ("number",), "bare": ()}[
            self.quirks["inserted"]
        ]
        key = {name: str(row[name]) if self.quirks["numbers"] == "text" else row[name] for name in said}
        return Answer({**key, "success": True, "message": "", "exceptionMessage": None})

    def _keyed(self, row: Row, number: int) -> Row:
        key = f"{row['voucherType']}-{row['fiscalYear']}-{number}"
        return {"key": key, **row, "number": number, "entryDate": self.world.clock.strftime("%Y-%m-%dT%H:%M:%S")}

    def _next(self, kind: str, year: int) -> int:
        """Numbers count up; that a deleted voucher's number is not given again is assumed."""
        same = self.tables["vouchers"].lookup("type", kind)
        there = [row["number"] for row in same if row["fiscalYear"] == year]
        start = f"{kind}-{year}-"
        given = [entry["id"] for entry in self.world.journal.writes if str(entry["id"]).startswith(start)]
        return 1 + max([*there, *(int(key.removeprefix(start)) for key in given)], default=0)

    def _judged(self, body: Row) -> Row:
        header, detail = body.get("header"), body.get("detail")
        if not isinstance(header, dict) or not isinstance(detail, list):
            raise RefusedError(invalid("header"))
        day = str(header.get("date") or "")[:10]
        year = header.get("fiscalYear")
        _require(header.get("voucherType") in data.VOUCHER_TYPES, "El tipo de comprobante no existe")
        _require(day[:4] == str(year), "La fecha no pertenece al ejercicio")
        period = self.tables["periods"].rows.get(day[:7])
        _require(bool(period and period["open"]), "El período contable está cerrado", day[:7])
        comment = header.get("comment")
        _require(isinstance(comment, str) and len(comment) <= LONGEST_COMMENT, "La glosa es demasiado larga")
        _require(len(detail) >= 2, "El comprobante debe tener al menos dos líneas")
        lines = [self._line(number, line) for number, line in enumerate(detail, 1)]
        debit, credit = (sum(Decimal(line[side]) for line in lines) for side in ("debit", "credit"))
        _require(debit == credit, "Comprobante descuadrado", f"Debe {debit} Haber {credit}")
        return {
            "voucherType": header["voucherType"],
            "number": int(header.get("number") or 0),
            "fiscalYear": year,
            "date": f"{day}T00:00:00",
            "comment": comment,
            "detail": lines,
        }

    def _line(self, number: int, line: Any) -> Row:
        if not isinstance(line, dict):
            raise RefusedError(invalid(f"detail[{number}]"))
        debit, credit = _pesos(line.get("debit"), number), _pesos(line.get("credit"), number)
        _require((debit > 0) != (credit > 0), f"Línea {number}: debe tener Debe o Haber, uno solo")
        account = self.tables["accounts"].rows.get(line.get("accountCode"))
        if account is None:
            raise RejectionError(f"Línea {number}: la cuenta {line.get('accountCode')} no existe")
        _require(account["imputable"] == "S", f"Línea {number}: la cuenta {account['code']} no es imputable")
        _require(account["activo"] == "S", f"Línea {number}: la cuenta {account['code']} está inactiva")
        for analysis, (field, name) in NEEDS.items():
            if account.get(analysis):
                _require(bool(line.get(field)), f"Línea {number}: la cuenta {account['code']} requiere {name}")
        self._judge_parts(number, line)
        return {"detailLine": number, **{name: line.get(name) for name in LINE}, "debit": debit, "credit": credit}

    def _judge_parts(self, number: int, line: Row) -> None:
        center = line.get("bussinessCenterId")
        if center:
            found = self.tables["centers"].rows.get(center, {})
            usable = found.get("imputable") == "S" and found.get("activo") == "S"
            _require(
                usable, f"Línea {number}: el centro de negocios {center} no existe, no es imputable o está inactivo"
            )
        ficha = line.get("fileId")
        if ficha:
            _require(ficha in self.tables["fichas"].rows, f"Línea {number}: la ficha {ficha} no existe")
        kind = line.get("documentType")
        if kind:
            _require(kind in data.DOCUMENT_TYPES, f"Línea {number}: el tipo de documento {kind} no existe")
        if line.get("documentNumber"):
            _require(bool(kind and ficha), f"Línea {number}: un documento requiere tipo y ficha")
            _require(bool(line.get("documentExpirationDate")), f"Línea {number}: el documento requiere vencimiento")


def _require(holds: bool, message: str, detail: str | None = None) -> None:
    if not holds:
        raise RejectionError(message, detail)


def _pesos(value: Any, number: int) -> Decimal:
    amount = Decimal(str(value or 0))
    _require(amount >= 0 and amount == int(amount), f"Línea {number}: los montos deben ser pesos enteros, no negativos")
    return Decimal(int(amount))


def _document(call: Call) -> Row:
    try:
        return call.document()
    except ValueError as problem:
        raise RefusedError(invalid("body")) from problem
