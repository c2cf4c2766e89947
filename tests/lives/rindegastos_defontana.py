"""A life of expense reports: closed, changed, filed twice, mended; vouchers typed, moved and deleted by hand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from tests.lives._life import Event, Life
from tests.systems.defontana import ficha
from tests.systems.rindegastos import expense, report

RUTS = ("12.345.678-5", "9.123.456-4", "76.322.465-1")
SUPPLIER = "77.732.169-2"


class RindegastosDefontana(Life):
    integrations = ("rindegastos_to_defontana",)
    writes: ClassVar = {"rindegastos_to_defontana": [("defontana", "/api/Accounting/InsertVoucher", "POST")]}
    readings: ClassVar = {
        "rindegastos": {
            "categories": ("missing",),
            "page_cap": ("30",),
            "numbers": ("text",),
            "codes": ("blank",),
            "order": ("reversed",),
            "marked": ("nothing",),
            "integrated": ("text",),
        },
        "defontana": {
            "list_comment": ("hidden",),
            "login": ("replaces",),
            "refusals": ("400",),
            "page_cap": ("20",),
            "numbers": ("text",),
            "days": ("zulu", "date"),
            "inserted": ("number", "bare"),
            "absent": ("404", "empty"),
            "providers": ("suppliers",),
            "order": ("reversed",),
            "flags": ("boolean",),
        },
    }

    def begin(self) -> None:
        self.count = 0
        self.groups: dict[int, int] = {}
        """A report with a copy of another one's receipt, and that one: at most one of them is posted."""
        self.totals: dict[int, set[int]] = {}
        """Every total that a report has had, while nobody knows when it was posted."""
        self.touched: set[str] = set()
        """Vouchers that somebody changed by hand."""
        self.deleted: set[int] = set()
        """Reports whose voucher somebody deleted: they may stay without one, or be posted once more."""
        self.world.plant("defontana", "fichas", *(ficha(rut) for rut in RUTS), ficha(SUPPLIER, provider=True))
        months = [f"{year}-{month:02d}" for year in (2026, 2027, 2028) for month in range(1, 13)]
        self.world.plant("defontana", "periods", *({"period": month, "open": True} for month in months))

    # -- what happens ---------------------------------------------------------------------------------------

    def at_the_source(self) -> Sequence[Event]:
        return (
            self.a_good_report_is_closed,
            self.a_good_report_is_closed,
            self.an_expense_is_changed,
            self.a_receipt_is_filed_again,
            self.a_report_is_closed_without_a_rut,
            self.a_rut_is_given,
        )

    def by_hand(self) -> Sequence[Event]:
        return (
            self.somebody_types_the_voucher,
            self.somebody_moves_a_voucher,
            self.somebody_changes_a_line,
            self.somebody_deletes_a_voucher,
            self.somebody_types_another_voucher,
        )

    def a_report_is_closed(self, **changed: Any) -> int:
        self.count += 1
        key, amounts = 1000 + self.count, [self.draw.randint(1, 3_000_000) for _ in range(self.draw.randint(1, 3))]
        self.world.plant(
            "rindegastos",
            "expenses",
            *(expense(key * 10 + n, amount, ReportId=key) for n, amount in enumerate(amounts)),
        )
        said = {"CloseDate": self.world.now().date().isoformat(), "EmployeeIdentification": self.draw.choice(RUTS)}
        self.totals[key] = {sum(amounts)}
        self.world.plant("rindegastos", "reports", report(key, sum(amounts), len(amounts), **{**said, **changed}))
        return key

    def a_good_report_is_closed(self) -> None:
        self.a_report_is_closed()

    def a_report_is_closed_without_a_rut(self) -> None:
        self.a_report_is_closed(EmployeeIdentification="")

    def a_rut_is_given(self) -> None:
        for row in self._reports(lambda row: not row["EmployeeIdentification"]):
            self.world.plant("rindegastos", "reports", {"Id": row["Id"], "EmployeeIdentification": RUTS[0]})

    def an_expense_is_changed(self) -> None:
        """Only what is not integrated yet can be changed."""
        for row in self._reports(lambda row: not row["IntegrationExternalCode"])[:1]:
            first = next(each for each in self._expenses(row["Id"]) if not each["IntegrationExternalCode"])
            more = self.draw.randint(1, 9_000)
            amount = first["Total"] + more
            money = {"Total": amount, "Net": amount, "OriginalAmount": amount}
            self.world.plant("rindegastos", "expenses", {"Id": first["Id"], **money})
            total = row["ReportTotalApproved"] + more
            self.totals[row["Id"]].add(total)
            said = {"ReportTotalApproved": total, "ReportTotal": total}
            self.world.plant("rindegastos", "reports", {"Id": row["Id"], **said})

    def a_receipt_is_filed_again(self) -> None:
        known = [row for row in self._reports() if row["Id"] not in {*self.groups, *self.groups.values()}]
        if not known:
            return
        original = self.draw.choice(known)["Id"]
        copied = self._expenses(original)[0]
        key = self.a_report_is_closed()
        self.groups[key] = original
        first = self._expenses(key)[0]
        self.world.plant("rindegastos", "expenses", {"Id": first["Id"], "ExtraFields": copied["ExtraFields"]})

    def somebody_types_the_voucher(self) -> None:
        free = [row for row in self._reports() if not self._vouchers(row["Id"]) and row["Id"] not in self._grouped()]
        for row in free[:1]:
            self._type(f"rendición #rg:{row['Id']}", row["ReportTotalApproved"])
            self.totals[row["Id"]].add(row["ReportTotalApproved"])

    def somebody_types_another_voucher(self) -> None:
        self._type("Reclasificación #rg pendiente", 1000)

    def somebody_moves_a_voucher(self) -> None:
        for voucher in self._ours()[:1]:
            day = f"{voucher['fiscalYear']}-{self.draw.randint(10, 12)}-{self.draw.randint(1, 28):02d}T00:00:00"
            self._touch(voucher, date=day)

    def somebody_changes_a_line(self) -> None:
        for voucher in self._ours()[-1:]:
            lines = [
                {**line, "debit": line["debit"] and 1, "credit": line["credit"] and 1} for line in voucher["detail"]
            ]
            self._touch(voucher, detail=lines[:1] + lines[-1:])

    def somebody_deletes_a_voucher(self) -> None:
        for voucher in self._ours()[:1]:
            self.deleted.add(_report_of(voucher))
            self.world.remove("defontana", "vouchers", voucher["key"])

    # -- what must be true ----------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        wrong: list[str] = []
        for row in self._reports():
            key, vouchers = row["Id"], self._vouchers(row["Id"])
            if len(vouchers) > 1:
                wrong.append(f"report {key} stands {len(vouchers)} times: {[each['key'] for each in vouchers]}")
            if not vouchers and row["EmployeeIdentification"] and key not in self.deleted | self._grouped():
                wrong.append(f"report {key} stands nowhere")
            wrong += [problem for each in vouchers for problem in self._wrongs_of(row, each)]
        for copy, original in self.groups.items():
            if self._vouchers(copy) and self._vouchers(original) and original not in self.deleted:
                wrong.append(f"the receipt of {original} is posted again with {copy}")
        return wrong

    def _wrongs_of(self, row: dict[str, Any], voucher: dict[str, Any]) -> list[str]:
        debit, credit = (sum(line[side] for line in voucher["detail"]) for side in ("debit", "credit"))
        wrong = []
        if voucher["key"] not in self.touched and not (debit == credit and debit in self.totals[row["Id"]]):
            wrong.append(f"{voucher['key']} has {debit} and {credit}, its report {row['ReportTotalApproved']}")
        marks = {each["IntegrationExternalCode"] for each in (row, *self._expenses(row["Id"]))}
        if marks != {voucher["key"]} and row["Id"] not in self.deleted:
            wrong.append(f"report {row['Id']} is marked {marks}, its voucher is {voucher['key']}")
        return wrong

    # -- looking --------------------------------------------------------------------------------------------

    def _reports(self, fits: Any = None) -> list[dict[str, Any]]:
        rows = [row for row in self.world.rows("rindegastos", "reports") if fits is None or fits(row)]
        self.draw.shuffle(rows)
        return rows

    def _expenses(self, key: int) -> list[dict[str, Any]]:
        return [row for row in self.world.rows("rindegastos", "expenses") if row["ReportId"] == key]

    def _vouchers(self, key: int) -> list[dict[str, Any]]:
        return [row for row in self.world.rows("defontana", "vouchers") if _report_of(row) == key]

    def _ours(self) -> list[dict[str, Any]]:
        rows = [row for row in self.world.rows("defontana", "vouchers") if _report_of(row)]
        self.draw.shuffle(rows)
        return rows

    def _grouped(self) -> set[int]:
        return {*self.groups, *self.groups.values()}

    def _touch(self, voucher: dict[str, Any], **changed: Any) -> None:
        self.touched.add(voucher["key"])
        self.world.plant("defontana", "vouchers", {"key": voucher["key"], **changed})

    def _type(self, comment: str, total: int) -> None:
        day = self.world.now() - timedelta(days=self.draw.randint(0, 3))
        taken = [row["number"] for row in self.world.rows("defontana", "vouchers") if row["fiscalYear"] == day.year]
        number = max([0, *taken]) + 1000
        lines = [{"accountCode": "4210101005", "debit": total, "credit": 0}]
        lines.append({"accountCode": "2110401001", "debit": 0, "credit": total})
        row = {"key": f"TRASPASO-{day.year}-{number}", "voucherType": "TRASPASO", "number": number}
        row |= {"fiscalYear": day.year, "date": f"{day:%Y-%m-%d}T00:00:00", "entryDate": f"{day:%Y-%m-%d}T10:00:00"}
        self.world.plant("defontana", "vouchers", {**row, "comment": comment, "detail": lines})


def _report_of(voucher: dict[str, Any]) -> int:
    said = str(voucher["comment"]).rpartition("#rg:")[2].split(" ")[0]
    return int(said) if "#rg:" in str(voucher["comment"]) and said.isdigit() else 0
