"""Senior's ERP (Gestão Empresarial): SOAP services of the G5 middleware, a user of the ERP's database in every call.

Documented: addresses, RPC/literal, the four parts of a call. Observed: errors under status 200 in `erroExecucao`,
blanks as one space, 31/12/1900 for no date. Unknown: limits (five calls a second are ours), how a wrong password is
told (read from faults and from `erroExecucao` alike).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import SecretStr, field_validator

from connections._budget import Allowance
from connections._errors import Problem, Refused, Rejected, Unknown, Unreadable
from connections._http import Answer
from connections._json import Json
from connections._pages import Fetch, Page, whole
from connections._settings import SystemSettings
from connections._soap import SoapConnection

PLAIN_PASSWORD, TOKEN = 0, 3
DONE = ("0", "1")
"""`tipoRetorno` of a success: 1 where titles are asked for, 0 where master data are."""
TITLES_SERVICE = "mfi_cpa_titulos"
MOVEMENTS = "ExportarBaixaTitulosPagarIntegracao_3"
TITLES_PER_CALL = 200
NO_REASON = "Não foi possível executar o serviço solicitado."
REFUSED = ("credenciais", "usuário ou senha", "senha inválida")


class SeniorErpSettings(SystemSettings):
    """`[<tenant>.senior_erp]`. The user is one of the ERP's database and need not exist in payroll.

    `separator` stands between the module and the way of execution: some servers answer under
    `/sapiens/Sync…` instead of `/sapiens_Sync…` (observed).
    `encryption` 3: `password` is a token, and the user is not sent (observed); whose rights the posting rules look at
    is still `user`.
    `integration_system`: the code of the integrated system that some installations want where settlements are asked
    for or taken back (documented field `sistemaIntegracao`); blank: not sent.
    `reversed_status`: what `sitReg` says of a settlement that was taken back and stays listed;
    `effected_status`: what `sitLot` says of a batch that was processed (both assumed).
    """

    hosts: ClassVar[tuple[str, ...]] = ("*.seniorcloud.com.br",)

    base_url: str
    user: str
    password: SecretStr
    separator: Literal["_", "/"] = "_"
    encryption: int = PLAIN_PASSWORD
    integration_system: str = ""
    reversed_status: str = "E"
    effected_status: str = "2"
    calls_per_second: int = 5
    timeout_seconds: float = 180.0
    page_size: int = 500
    lines_per_call: int = 200
    """No limit is known; clients of these services send about two hundred lines at a time."""

    @field_validator("encryption")
    @classmethod
    def _is_known(cls, way: int) -> int:
        if way not in (PLAIN_PASSWORD, TOKEN):
            raise ValueError("encryption is 0 (password) or 3 (token)")
        return way


@dataclass(frozen=True)
class Movements:
    """What the ERP told of the movements of titles, and which titles it would not speak of, with its words."""

    rows: list[dict[str, Any]]
    refused: list[tuple[dict[str, Any], Problem]]


class SeniorErp(SoapConnection):
    """Reads and writes are all POSTs of envelopes to one address per service."""

    system = "senior_erp"
    settings_class = SeniorErpSettings
    settings: SeniorErpSettings

    def path(self, service: str) -> str:
        return f"/g5-senior-services/sapiens{self.settings.separator}Synccom_senior_g5_co_{service}"

    def parts(self, parameters: Json) -> dict[str, Any]:
        keys = self.settings
        user = "" if keys.encryption == TOKEN else keys.user
        said = {"user": user, "password": keys.password.get_secret_value(), "encryption": keys.encryption}
        return {**said, "parameters": parameters}

    def integrated(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Parameters with the code of the integrated system, where the installation wants one."""
        code = self.settings.integration_system
        return {**parameters, "sistemaIntegracao": code} if code else parameters

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

    def listing(self, service: str, operation: str, grid: str, asked: dict[str, Any]) -> Fetch:
        """How a grid is fetched page by page."""

        async def fetch(number: int) -> Page:
            page = {**asked, "indicePagina": number, "limitePagina": self.settings.page_size}
            told = await self.call(service, operation, page)
            must_be_done(told, operation)
            rows = [row for row in told.get(grid) or () if any(row.values())]
            total = told.get("totalRegistros")
            return Page(rows, None, None if total is None else whole(total, operation))

        return fetch

    async def movements(self, place: dict[str, Any], titles: Sequence[dict[str, Any]]) -> Movements:
        """The movements of some titles of one branch; a title that spoils the question is left out of it."""
        found = Movements([], [])
        lots = [list(titles[start : start + TITLES_PER_CALL]) for start in range(0, len(titles), TITLES_PER_CALL)]
        while lots:
            lot = lots.pop()
            try:
                rows, refused = await self._movements_of(place, lot)
            except Refused as problem:
                half = len(lot) // 2
                lots += [lot[:half], lot[half:]] if half else []
                found.refused.extend([] if half else [(lot[0], problem)])
            else:
                found.rows.extend(rows)
                found.refused.extend(refused)
        return found

    async def _movements_of(
        self, place: dict[str, Any], titles: Sequence[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], Problem]]]:
        """One question, asked again for what is left until the ERP says that it has told all (assumed)."""
        rows: dict[tuple[Any, ...], dict[str, Any]] = {}
        while True:
            known = len(rows)
            told = await self.call(TITLES_SERVICE, MOVEMENTS, self.integrated({**place, "consulta": list(titles)}))
            must_be_done(told, MOVEMENTS)
            for row in told.get("baixaTituloPagar") or ():
                if row.get("numTit") and row.get("seqMov"):
                    rows[tuple(row.get(name) for name in ("codFor", "codTpt", "numTit", "seqMov"))] = row
            if (told.get("finalizaramRegistros") or "S").upper() == "S":
                break
            if len(rows) == known:
                raise Refused("Senior ERP: o ERP não entregou todas as baixas pedidas")
        wrong: list[tuple[dict[str, Any], Problem]] = [
            (row, Refused(row["msgErr"])) for row in told.get("gridErros") or () if row.get("msgErr")
        ]
        return list(rows.values()), wrong

    async def probe(self) -> None:
        await self.call("ger_db", "GetDBDate", {})


def must_be_done(told: dict[str, Any], operation: str) -> None:
    """Raises Refused for the answer to a question that says that it is none."""
    code, words = (told.get("tipoRetorno") or "").strip(), told.get("mensagemRetorno")
    if code not in DONE and (code or words):
        raise Refused("Senior ERP: {operation} recusou a leitura: {words}", operation=operation, words=words or code)


def _text(envelope: Any, name: str) -> str | None:
    found = next(envelope.iter(name), None)
    return (found.text or "").strip() or None if found is not None else None
