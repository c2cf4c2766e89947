"""What is written to Defontana: vouchers, each with our token in its comment.

Observed: the body, number 0 with automatic foliation, the answer's key. There is no idempotency on the wire, so
whoever writes has looked for the token before. A voucher is never changed by us: the accountant owns it.
"""

import re
from typing import Any

from connections._errors import Rejected, Unknown
from connections.defontana import Defontana
from destinations._contract import Action

TOKEN = re.compile(r"#rg:(\d+)")


def voucher_key(row: dict[str, Any]) -> str:
    """A voucher's id, as finance says it: TRASPASO-2026-1187."""
    return f"{row['voucherType']}-{row['fiscalYear']}-{row['number']}"


class Vouchers:
    """Accounting vouchers; created only."""

    def __init__(self, defontana: Defontana) -> None:
        self._defontana = defontana

    async def create(self, action: Action) -> str:
        body = await self._defontana.write("/api/Accounting/InsertVoucher", action.payload)
        if not isinstance(body, dict) or not all(body.get(name) for name in ("voucherType", "fiscalYear", "number")):
            raise Unknown("Defontana: respondió sin la clave del comprobante grabado")
        return voucher_key(body)

    async def update(self, action: Action) -> str:
        raise NotImplementedError("vouchers are not changed")

    async def find(self, action: Action) -> str | None:
        """The voucher of that type and day whose comment holds our token."""
        header = action.payload["header"]
        found = [row for row in await self._of_the_day(header) if await self._is_ours(row, action.document_id)]
        if len(found) > 1:
            raise Rejected(f"hay {len(found)} comprobantes con el mismo informe en Defontana")
        return voucher_key(found[0]) if found else None

    async def _of_the_day(self, header: dict[str, Any]) -> list[dict[str, Any]]:
        day = str(header["date"])[:10]
        window = {"VoucherType": header["voucherType"], "FromDate": day, "ToDate": day}
        size = self._defontana.settings.page_size
        rows: list[dict[str, Any]] = []
        page, total = 0, 1
        while page * size < total:
            asked = {**window, "ItemsPerPage": size, "Page": page}
            body = await self._defontana.read("/api/Accounting/GetVoucherList", asked)
            rows += body.get("items") or []
            total = int(body.get("totalItems") or 0)
            page += 1
        return rows

    async def _is_ours(self, row: dict[str, Any], report: str) -> bool:
        comment = row.get("comment")
        if comment is None:  # whether a list shows comments is not known
            asked = {"VoucherType": row["voucherType"], "Number": row["number"], "FiscalYear": row["fiscalYear"]}
            body = await self._defontana.read("/api/Accounting/GetVoucher", {**asked, "Isopening": "false"})
            comment = (body.get("header") or {}).get("comment")
        return report in TOKEN.findall(str(comment or ""))
