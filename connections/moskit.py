"""Moskit CRM: one key per account, paging in headers, searches by POST.

Observed: about 6 calls a second and 240 a minute, with `Retry-After` on a 429; the second brand and its host.
Assumed: prices of deals are in cents, as those of their products are (observed); 401 for a wrong key.
"""

import hashlib
import json
import re
from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from connections._budget import Allowance
from connections._hooks import News
from connections._http import Connection
from connections._json import Json
from connections._settings import SystemSettings

DEAL_WON = "deal won"
DEAL_ID = re.compile(r"[\w-]{1,64}")


class MoskitSettings(SystemSettings):
    """`[<tenant>.moskit]`. The key is made under Marketplace › API pública.

    `tax_id_fields` links the fields that hold a CPF or CNPJ, best first: "company.cnpj", "contact.cpf", or a custom
    field as "company.CF_…", "contact.CF_…", "deal.CF_…". Without it people are matched by name. Three calls a second
    stay below both limits that were observed. `hook_token` is what the address of its webhook ends with: `?token=…`.
    """

    hosts: ClassVar[tuple[str, ...]] = (
        "api.ms.prod.moskit.services",
        "api.moskitcrm.com",
        "api.ms.prod.ollow.services",
    )

    base_url: str = "https://api.ms.prod.moskit.services/v2"
    api_key: SecretStr
    hook_token: SecretStr | None = None
    price_unit: Literal["cents", "units"] = "cents"
    tax_id_fields: tuple[str, ...] | None = None
    calls_per_second: int = 3
    page_size: int = 50


class Moskit(Connection):
    """Reads and writes of a key share one limit."""

    system = "moskit"
    settings_class = MoskitSettings
    settings: MoskitSettings
    hook_token_in: ClassVar = ("query", "token")

    def headers(self) -> dict[str, str]:
        return {"apikey": self.settings.api_key.get_secret_value()}

    def credential(self) -> str:
        return self.settings.api_key.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        if isinstance(body, dict) and body.get("message") and body.get("errors"):
            return str(body["message"])
        return None

    async def probe(self) -> None:
        await self.read("/pipelines", {"quantity": 1})

    @staticmethod
    def news(body: Json) -> News | None:
        """A deal that was just won. Observed: the event has no id and no signature; one sent twice reads the same.

        An event about anything else is one that no flow waits for; only what is no event at all is refused.
        """
        if not isinstance(body, dict) or not body.keys() & {"metadata", "before", "after"}:
            raise ValueError("not an event of Moskit")
        before, after, about = (_object(body, name) for name in ("before", "after", "metadata"))
        key = after.get("id")
        if about.get("entity", "deal") != "deal" or isinstance(key, bool) or not isinstance(key, int | str):
            return None
        if not DEAL_ID.fullmatch(str(key)) or after.get("status") != "WON" or before.get("status") == "WON":
            return None
        told = json.dumps(body, default=str, sort_keys=True)
        return News(hashlib.sha256(told.encode()).hexdigest(), f"{DEAL_WON} {key}")


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}
