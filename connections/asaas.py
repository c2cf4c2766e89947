"""Asaas, the online payments partner: a key in `access_token`, 25,000 calls in twelve hours, errors as a list.

Documented by the vendor. How a second partner would come in: `flows/asaas_to_ogestor_panel.py`.
"""

import re
from typing import ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._hooks import News
from connections._http import Connection
from connections._json import Json
from connections._settings import SystemSettings

USER_AGENT = "contrapartida"
PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class AsaasSettings(SystemSettings):
    """`[<tenant>.asaas]`. The key is shown once, under Integrações; `hook_token` is the one given to its webhook."""

    hosts: ClassVar[tuple[str, ...]] = ("api.asaas.com", "api-sandbox.asaas.com")

    base_url: str = "https://api.asaas.com"
    access_token: SecretStr
    hook_token: SecretStr | None = None
    calls_per_minute: int = 120
    """Well below the quota of the account, which others use too; 25,000 in twelve hours are 34 a minute on end."""


class Asaas(Connection):
    """Charges and what became of them. Read only: the panel registers the charges."""

    system = "asaas"
    settings_class = AsaasSettings
    settings: AsaasSettings
    hook_token_in: ClassVar = ("header", "asaas-access-token")

    def headers(self) -> dict[str, str]:
        return {"access_token": self.settings.access_token.get_secret_value(), "User-Agent": USER_AGENT}

    def credential(self) -> str:
        return self.settings.access_token.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_minute, 60)

    def refusal(self, body: Json) -> str | None:
        errors = body.get("errors") if isinstance(body, dict) else None
        if not isinstance(errors, list) or not errors:
            return None
        return "; ".join(str(each.get("description") or each.get("code")) for each in errors if isinstance(each, dict))

    async def probe(self) -> None:
        await self.read("/v3/payments", {"limit": 1})

    @staticmethod
    def news(body: Json) -> News | None:
        """The event of a charge: documented are `id`, `event` and the charge as it was then.

        Events of other resources (invoices, transfers, subscriptions …) are of no concern, and are no mistake: a
        refusal would hold up every event behind them.
        """
        if not isinstance(body, dict) or not isinstance(body.get("event"), str):
            raise ValueError("not an event of Asaas")
        event, charge = body["event"], body.get("payment")
        names = charge.get("id") if isinstance(charge, dict) else None
        if not event.startswith("PAYMENT_") or event.endswith("_VIEWED") or not isinstance(names, str):
            return None
        # An event without an id is told apart by what it says and when: it may come again, too.
        known_as = body.get("id") or f"{event} {names} {body.get('dateCreated')}"
        return News(str(known_as), f"{event} {names}", names if PLAIN_ID.fullmatch(names) else None)
