"""Senior's HCM (Administração de Pessoal) as the integration reads and writes it; the contract is assumed.

Nothing public says how payroll output is fetched: a plain JSON interface beside the payroll's database is assumed,
with basic authentication by a user of payroll, who is another one than the ERP's.
"""

import base64
from typing import ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json
from connections._pages import Fetch, Page, rows_of, whole
from connections._settings import SystemSettings


class SeniorHcmSettings(SystemSettings):
    """`[<tenant>.senior_hcm]`. The address of the interface that hands out payroll; its limit is ours."""

    hosts: ClassVar[tuple[str, ...]] = ("*.seniorcloud.com.br",)

    base_url: str
    user: str
    password: SecretStr
    calls_per_second: int = 10
    page_size: int = 1000


class SeniorHcm(Connection):
    """Pages from 1; refusals as `{"erro": …}`."""

    system = "senior_hcm"
    settings_class = SeniorHcmSettings
    settings: SeniorHcmSettings

    def headers(self) -> dict[str, str]:
        keys = f"{self.settings.user}:{self.settings.password.get_secret_value()}"
        return {"Authorization": f"Basic {base64.b64encode(keys.encode()).decode()}"}

    def credential(self) -> str:
        return self.settings.user

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        return str(body["erro"]) if isinstance(body, dict) and body.get("erro") else None

    def listing(self, path: str, window: dict[str, str]) -> Fetch:
        """How a listing is fetched page by page."""
        what = f"Senior HCM {path}"

        async def fetch(number: int) -> Page:
            body = await self.read(path, {**window, "pagina": number, "tamanho": self.settings.page_size})
            if not isinstance(body, dict) or "totalRegistros" not in body:
                raise Unreadable("{what}: página {page} sem totais", what=what, page=number)
            return Page(
                rows_of(body.get("registros"), what),
                body.get("pagina"),
                whole(body.get("totalRegistros"), what),
                whole(body.get("totalPaginas"), what),
            )

        return fetch

    async def probe(self) -> None:
        await self.read("/faturas/definicoes", {"pagina": 1, "tamanho": 1})
