"""What is written to Defontana: vouchers, each with our token in its comment.

Observed: the body, number 0 with automatic foliation, the answer's key. There is no idempotency on the wire: whatever
became of a voucher is told by the token alone, on whatever day of its fiscal year a person may have moved it to. A
voucher is never changed by us: the accountant owns it.
"""

import re

from connections._errors import Unknown, Unreadable
from connections._pages import every_row, whole
from connections.defontana import VOUCHERS, Defontana, Row, comment_of, voucher_key
from destinations._contract import Action, Receipt

TOKEN = re.compile(r"#rg:(\d+)")


class Vouchers:
    """Accounting vouchers; created only."""

    looks_by: tuple[str, ...] = ("header",)

    def __init__(self, defontana: Defontana) -> None:
        self._defontana = defontana
        self._listed: dict[tuple[str, int], dict[str, Row]] = {}
        self._comments: dict[str, str] = {}

    async def send(self, action: Action) -> str | Receipt:
        body = await self._defontana.write("/api/Accounting/InsertVoucher", action.payload)
        try:
            number = whole(body.get("number"), "number") if isinstance(body, dict) else 0
        except Unreadable:
            number = 0
        # The key is ours but for the number; an answer that does not say it is no reason to doubt the voucher.
        return voucher_key({**action.payload["header"], "number": number}) if number else Receipt()

    async def resolve(self, action: Action) -> str | None:
        """The voucher of that type and fiscal year whose comment holds our token; its own day is looked at first."""
        header, report = action.payload["header"], str(action.reference or action.document_id)
        day = str(header["date"])[:10]
        for first, last in ((day, day), (f"{day[:4]}-01-01", f"{day[:4]}-12-31")):
            listed = await self._between(header["voucherType"], first, last)
            found = [key for key, row in listed.items() if await self._is_ours(key, row, report)]
            if len(found) > 1:
                raise Unknown(f"hay {len(found)} comprobantes con el mismo informe en Defontana: {', '.join(found)}")
            if found:
                return found[0]
        return None

    async def stands(self, target_id: str) -> bool:
        """Whether the voucher is there: asked for by its key, and by the list of its year where it is not given."""
        kind, year, number = target_id.rsplit("-", 2)
        try:
            header = (await self._defontana.voucher(kind, year, number))["header"]
            if str(header.get("number")) == number:
                return True
        except Unreadable:  # refused, in whatever words: the list of the year says whether it is there
            pass
        if (kind, int(year)) not in self._listed:
            self._listed[kind, int(year)] = await self._between(kind, f"{year}-01-01", f"{year}-12-31")
        return target_id in self._listed[kind, int(year)]

    async def _between(self, kind: str, first: str, last: str) -> dict[str, Row]:
        window = {"VoucherType": kind, "FromDate": first, "ToDate": last}
        fetch = self._defontana.pages(VOUCHERS, window)
        rows = await every_row(fetch, first=VOUCHERS.first, key=voucher_key, what="Defontana GetVoucherList")
        return {voucher_key(row): row for row in rows}

    async def _is_ours(self, key: str, row: Row, report: str) -> bool:
        if key not in self._comments:
            comment = comment_of(row)
            if comment is None:  # a list need not show comments
                body = await self._defontana.voucher(row.get("voucherType"), row.get("fiscalYear"), row.get("number"))
                comment = comment_of(body["header"])
            self._comments[key] = comment or ""
        return report in TOKEN.findall(self._comments[key])
