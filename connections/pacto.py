"""PactoERP's gateway: one key per unit, one call a second per route, errors under status 200.

Sources: third-party clients that report live answers (observed); the vendor publishes no reference.
"""

from typing import Any, ClassVar

from pydantic import SecretStr

from connections._budget import Allowance
from connections._errors import Unreadable
from connections._http import Connection
from connections._json import Json, dump
from connections._pages import Page, rows_of, whole
from connections._settings import SystemSettings
from connections._words import said_in

PAUSE_SECONDS = 1.25
"""Observed: clients that pause so long are never turned away; at exactly one second some answers came back empty."""


class PactoSettings(SystemSettings):
    """`[<tenant>.pacto]`. `company` is the `empresaId` header: the company's code within the key."""

    hosts: ClassVar[tuple[str, ...]] = ("apigw.pactosolucoes.com.br",)

    base_url: str = "https://apigw.pactosolucoes.com.br"
    api_key: SecretStr
    company: int = 1
    calls_per_second: int = 1
    page_size: int = 500


class Pacto(Connection):
    """The limit is counted per route (observed: "Maximo 1 requisicao(oes) por 1 segundo(s)")."""

    system = "pacto"
    settings_class = PactoSettings
    settings: PactoSettings

    def headers(self) -> dict[str, str]:
        key = self.settings.api_key.get_secret_value()
        return {"Authorization": f"Bearer {key}", "empresaId": str(self.settings.company)}

    def credential(self) -> str:
        return self.settings.api_key.get_secret_value()

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method  # reads and writes of a route are counted together
        return _route(path), Allowance(self.settings.calls_per_second, PAUSE_SECONDS)

    def refusal(self, body: Json) -> str | None:
        if isinstance(body, dict) and body.get("erro"):
            return said_in(body["erro"]) or "recusado sem mensagem"
        return None

    async def page(
        self, path: str, number: int, *, filters: dict[str, Any] | None = None, sort: str | None = None
    ) -> Page:
        """One page of a listing (from 0), with the totals it is measured by; unknown filters are ignored."""
        params: dict[str, Any] = {"page": number, "size": self.settings.page_size}
        if sort:
            params["sort"] = sort
        if filters:
            params["filters"] = dump(filters).decode()
        body, what = await self.read(path, params), f"Pacto {path}"
        if not isinstance(body, dict) or "totalElements" not in body:
            raise Unreadable(f"{what}: página {number} sem totais")
        return Page(
            rows_of(body.get("content"), what),
            body.get("number"),
            whole(body.get("totalElements"), what),
            whole(body.get("totalPages"), what),
        )

    async def probe(self) -> None:
        await self.read("/v1/conta", {"page": 0, "size": 1})


def _route(path: str) -> str:
    """The route without the codes in it: `/parcelas/40321` counts as `/parcelas/*`."""
    return "/".join("*" if part.isdigit() else part for part in path.split("/"))
