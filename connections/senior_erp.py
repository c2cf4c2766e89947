"""Senior's ERP (Gestão Empresarial): SOAP services of the G5 middleware, a user of the ERP's database in every call.

Documented: addresses, RPC/literal, the four parts of a call. Observed: errors under status 200 in `erroExecucao`,
blanks as one space, 31/12/1900 for no date. Unknown: limits (five calls a second are ours), how a wrong password is
told (read from faults and from `erroExecucao` alike).
"""

from typing import Any, ClassVar, Literal

from pydantic import SecretStr

from connections import _soap
from connections._budget import Allowance
from connections._errors import Rejected, Unknown, Unreadable
from connections._http import Answer
from connections._json import Json
from connections._settings import SystemSettings

PLAIN_PASSWORD = 0
NO_REASON = "Não foi possível executar o serviço solicitado."
REFUSED = ("credenciais", "usuário ou senha", "senha inválida")


class SeniorErpSettings(SystemSettings):
    """`[<tenant>.senior_erp]`. The user is one of the ERP's database and need not exist in payroll.

    `separator` stands between the module and the way of execution: some servers answer under
    `/sapiens/Sync…` instead of `/sapiens_Sync…` (observed).
    """

    hosts: ClassVar[tuple[str, ...]] = ("*.seniorcloud.com.br",)

    base_url: str
    user: str
    password: SecretStr
    separator: Literal["_", "/"] = "_"
    calls_per_second: int = 5
    timeout_seconds: float = 180.0
    page_size: int = 500
    lines_per_call: int = 200
    """No limit is known; clients of these services send about two hundred lines at a time."""


class SeniorErp(_soap.SoapConnection):
    """Reads and writes are all POSTs of envelopes to one address per service."""

    system = "senior_erp"
    settings_class = SeniorErpSettings
    settings: SeniorErpSettings

    def path(self, service: str) -> str:
        return f"/g5-senior-services/sapiens{self.settings.separator}Synccom_senior_g5_co_{service}"

    def parts(self, parameters: Json) -> dict[str, Any]:
        keys = self.settings
        said = {"user": keys.user, "password": keys.password.get_secret_value(), "encryption": PLAIN_PASSWORD}
        return {**said, "parameters": parameters}

    def credential(self) -> str:
        return self.settings.user

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        del method, path
        return "all", Allowance(self.settings.calls_per_second, 1)

    def refusal(self, body: Json) -> str | None:
        return _text(body, "faultstring") or _text(body, "erroExecucao")

    def denies(self, answer: Answer) -> bool:
        if super().denies(answer):
            return True
        if b"faultstring" not in answer.body and b"erroExecucao" not in answer.body:
            return False
        try:
            words = self.refusal(self.decode(answer.body))
        except Unreadable:
            return False
        return words is not None and words.casefold().startswith(REFUSED)

    async def submit(self, service: str, operation: str, parameters: Json) -> dict[str, Any]:
        try:
            return await super().submit(service, operation, parameters)
        except Rejected as problem:
            if str(problem) == NO_REASON:
                # Nobody says how far an execution came that failed without a reason.
                raise Unknown(NO_REASON) from problem
            raise

    async def probe(self) -> None:
        await self.call("ger_db", "GetDBDate", {})


def _text(envelope: Any, name: str) -> str | None:
    found = next(envelope.iter(name), None)
    return (found.text or "").strip() or None if found is not None else None
