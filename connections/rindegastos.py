"""Rindegastos: one bearer token per company, two living versions, errors possibly under status 200.

Documented: base address, token, the vendor's own SDKs on v1. Observed: v2's HTTP 200 around a `statusCode` of 400,
pages of at most 100. Assumed: two calls a second, since the vendor names no limit and clients pause by themselves.
"""

from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json
from connections._pages import Fetch, Page, rows_of, whole
from connections._settings import SystemSettings

Row = dict[str, Any]
EVER = "1900-01-01"
"""The vendor's documentation wants a `Since`."""


class RindegastosSettings(SystemSettings):
    """`[<tenant>.rindegastos]`. The token is made by a company's administrator under Integración › API."""

    hosts: ClassVar[tuple[str, ...]] = ("api.rindegastos.com",)

    base_url: str = "https://api.rindegastos.com"
    timeout_seconds: float = 60.0
    token: SecretStr
    version: Literal["v1", "v2"] = "v1"
    calls_per_second: int = 2
    page_size: int = 100


class Rindegastos(Connection):
    """Reads by query, writes by PUT; the version is a prefix of every path."""

    system = "rindegastos"
    settings_class = RindegastosSettings
    settings: RindegastosSettings

    def path(self, call: str) -> str:
        """`getExpenses` as this tenant's version has it."""
        return f"/{self.settings.version}/{call}"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings.token.get_secret_value()}"}

    def credential(self) -> str:
        return self.settings.token.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        if not isinstance(body, dict) or not str(body.get("statusCode")).startswith(("4", "5")):
            return None
        said = body.get("message") or body.get("error") or body["statusCode"]
        return "; ".join(map(str, said)) if isinstance(said, list) else str(said)

    async def probe(self) -> None:
        await self.read(self.path("getExpensePolicies"), {"ResultsPerPage": 1, "Page": 1})

    def pages(self, call: str, name: str, asked: Row) -> Fetch:
        """The pages of a list, from 1."""
        what = f"Rindegastos {call}"

        async def fetch(number: int) -> Page:
            params = {**asked, "ResultsPerPage": self.settings.page_size, "Page": number}
            body = await self.read(self.path(call), params)
            records = body.get("Records") if isinstance(body, dict) else None
            if not isinstance(body, dict) or not isinstance(records, dict) or "TotalRecords" not in records:
                raise Unreadable(f"{what}: la página {number} vino sin totales")
            return Page(rows_of(body.get(name), what), records.get("Page"), whole(records["TotalRecords"], what))

        return fetch
