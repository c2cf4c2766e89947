"""Defontana: a login by query parameters gives a bearer token; `success` says the truth, whatever the status.

Observed by third parties: the login, tokens that live for a year or more, 401 once they do not, `success:false`
under status 200. Documented: only GET and POST exist. Assumed: five calls a second.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json, parse
from connections._pages import Fetch, Page, rows_of, whole
from connections._settings import SystemSettings

Row = dict[str, Any]


@dataclass(frozen=True)
class Listing:
    """A list of Defontana's: each has its own name for rows and page, and its own first page (observed)."""

    path: str
    rows: str
    page: str
    first: int


VOUCHERS = Listing("/api/Accounting/GetVoucherList", "items", "Page", 0)
PURCHASES = Listing("/api/Purchase/List", "data", "Page", 0)
PROVIDERS = Listing("/api/PurchaseOrder/GetProviders", "providersList", "pageNumber", 1)


class DefontanaSettings(SystemSettings):
    """`[<tenant>.defontana]`. `client` and `company` are the ids that the ERP shows, not RUTs.

    `chart_path` is where the chart of accounts is read, and `purchase_*_fields` what the fields of the purchase ledger
    are called, the first that a row has counting: assumed, since no public client names them.
    """

    hosts: ClassVar[tuple[str, ...]] = (
        "api.defontana.com",
        "replapi.defontana.com",
        "api-v2.defontana.com",
        "replapi-v2.defontana.com",
    )

    base_url: str = "https://api.defontana.com"
    timeout_seconds: float = 60.0
    client: str
    company: str
    user: str
    password: SecretStr
    calls_per_second: int = 5
    page_size: int = 100
    chart_path: str = "/api/Accounting/GetAccountPlan"
    purchase_type_fields: tuple[str, ...] = ("documentType",)
    purchase_supplier_fields: tuple[str, ...] = ("legalCode", "fileId")
    purchase_number_fields: tuple[str, ...] = ("number", "documentNumber")
    purchase_total_fields: tuple[str, ...] = ("total", "amount")


class Defontana(Connection):
    """Signs in when a call is turned away for want of a token; one login at a time, since a new one may end others."""

    system = "defontana"
    settings_class = DefontanaSettings
    settings: DefontanaSettings

    def __init__(self, settings: DefontanaSettings) -> None:
        super().__init__(settings)
        self._token: str | None = None

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    async def sign_in(self) -> bool:
        keys = self.settings
        given = {"client": keys.client, "company": keys.company, "user": keys.user}
        answer = await self._sent("GET", "/api/Auth", {**given, "password": keys.password.get_secret_value()}, None)
        try:
            body = parse(answer.body)
        except Unreadable:
            return False
        token = body.get("access_token") if isinstance(body, dict) and body.get("success") is True else None
        if answer.status != 200 or not isinstance(token, str) or not token:
            return False
        self._token = token
        return True

    def credential(self) -> str:
        return f"{self.settings.client}|{self.settings.company}|{self.settings.user}"

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        if not isinstance(body, dict):
            return None
        if body.get("success") in (False, "false", "False"):
            words = [str(body[name]) for name in ("message", "exceptionMessage") if body.get(name)]
            return ": ".join(words) or "rechazado sin mensaje"
        if isinstance(body.get("errors"), dict) and isinstance(body.get("status"), int):
            return f"{body.get('title') or 'solicitud inválida'} ({', '.join(map(str, body['errors']))})"
        return None

    async def probe(self) -> None:
        await self.read("/api/Accounting/GetBusinessCenterPlan")

    def pages(self, listing: Listing, window: Row) -> Fetch:
        """The pages of a list."""
        what = f"Defontana {listing.path}"

        async def fetch(number: int) -> Page:
            asked = {**window, "itemsPerPage": self.settings.page_size, listing.page: number}
            body = await self.read(listing.path, asked)
            if not isinstance(body, dict) or "totalItems" not in body:
                raise Unreadable(f"{what}: la página {number} vino sin totales")
            return Page(rows_of(body.get(listing.rows), what), None, whole(body["totalItems"], what))

        return fetch

    async def voucher(self, kind: Any, year: Any, number: Any) -> Row:
        """A voucher with its header and its lines; raises Unreadable where it is refused, or is another one."""
        asked = {"VoucherType": kind, "Number": number, "FiscalYear": year, "Isopening": "false"}
        body = await self.read("/api/Accounting/GetVoucher", asked)
        header = body.get("header") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(header, dict):
            raise Unreadable(f"Defontana: el comprobante {kind}-{year}-{number} vino sin encabezado")
        return {**body, "header": header}


def voucher_key(row: Row) -> str:
    """A voucher's id, as finance says it: TRASPASO-2026-1187."""
    return f"{row.get('voucherType')}-{row.get('fiscalYear')}-{row.get('number')}"


def comment_of(row: Row) -> str | None:
    """The comment of a voucher, under either name by which it was seen; None where none is shown."""
    said = row.get("comment") or row.get("gloss")
    return said if isinstance(said, str) and said.strip() else None
