"""What is written to Conta Azul: people, the service that sales consist of, sales, receivables and payables.

There is no idempotency on the wire and no reference that can be searched by: a sale keeps ours in its notes, a
receivable or payable at the end of its description. Documented: nothing changes a financial event once it is booked.
"""

import asyncio
import re
import unicodedata
from typing import Any

from connections._errors import Missing, Rejected, Unknown
from connections.contaazul import ContaAzul
from destinations._contract import Action

PEOPLE = "/v1/pessoas"
SALE = "/v1/venda"
NUMBER_TAKEN = "Número da venda já utilizado"
NUMBER_TRIES = 3
NO_SUCH_ROUTE = "Not Found"
ROLES = {"CLIENTE": "Cliente", "FORNECEDOR": "Fornecedor", "TRANSPORTADORA": "Transportadora"}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST_PAGES = 1_000


class People:
    """Customers and suppliers; a known person gets a role that is missing, and is otherwise left alone."""

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca

    async def create(self, action: Action) -> str:
        return _id(await self._ca.write(PEOPLE, action.payload))

    async def update(self, action: Action) -> str:
        """Adds the wanted roles to those that the person has just now."""
        key = str(action.target_id)
        record = await self._ca.read(f"{PEOPLE}/{key}")
        roles = [str(role.get("tipo_perfil")) for role in record.get("perfis") or []]
        known = [ROLES.get(role.upper(), role) for role in roles]
        wanted = [str(role["tipo_perfil"]) for role in action.payload["perfis"]]
        body = {"perfis": [{"tipo_perfil": role} for role in dict.fromkeys((*known, *wanted))]}
        await self._ca.write(f"{PEOPLE}/{key}", body, method="PATCH")
        return key

    async def find(self, action: Action) -> str | None:
        """By document, else by exact name, in whatever role; several are no answer."""
        payload = action.payload
        document = payload.get("cnpj") or payload.get("cpf")
        asked = {"documentos": [_plain(document), document]} if document else {"busca": payload["nome"]}
        field, plain, wanted = ("documento", _plain, document) if document else ("nome", _name, payload["nome"])
        found: dict[str, dict[str, Any]] = {}
        for role in ROLES.values():
            params = {**asked, "tipos_pessoa": payload["tipo_pessoa"], "tipo_perfil": role}
            for row in await _listed(self._ca, PEOPLE, params, "items"):
                if plain(row.get(field)) == plain(wanted):
                    found[str(row["id"])] = row
        if len(found) > 1:
            raise Rejected(f"há {len(found)} pessoas iguais no Conta Azul")
        return next(iter(found), None)


class Services:
    """The service that sales consist of where deals name no product of Conta Azul's."""

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca

    async def create(self, action: Action) -> str:
        return _id(await self._ca.write("/v1/servicos", action.payload))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("services are not changed")

    async def find(self, action: Action) -> str | None:
        wanted = action.payload["descricao"]
        body = await self._ca.read("/v1/servicos", {"busca_textual": wanted, "pagina": 1, "tamanho_pagina": 100})
        return next((str(row["id"]) for row in body.get("itens") or [] if row.get("descricao") == wanted), None)


class Sales:
    """Pending sales. The number is the next one of the ERP, which no call reserves: one sale after the other."""

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca
        self._numbering = asyncio.Lock()
        self._next: int | None = None

    async def create(self, action: Action) -> str:
        """A number that somebody else took meanwhile is refused, and the next one is asked for."""
        async with self._numbering:
            for _ in range(NUMBER_TRIES):
                number = self._next or await self._number()
                # Until the answer is here, nobody knows whether the number is used.
                self._next = None
                try:
                    made = _id(await self._ca.write(SALE, {**action.payload, "numero": number}))
                except Rejected as refused:
                    if NUMBER_TAKEN not in str(refused):
                        self._next = number
                        raise
                    continue
                self._next = number + 1
                return made
            raise Rejected(f"{NUMBER_TAKEN}, {NUMBER_TRIES} vezes seguidas")

    async def update(self, action: Action) -> str:
        raise NotImplementedError("a sale is sent once")

    async def find(self, action: Action) -> str | None:
        """Among the client's sales of that day, the one whose notes hold our reference, whole: 1 is not 12."""
        payload = action.payload
        day = payload["data_venda"]
        params = {"data_inicio": day, "data_fim": day, "ids_clientes": payload["id_cliente"]}
        for row in await _listed(self._ca, f"{SALE}/busca", params, "itens"):
            sale = (await self._ca.read(f"{SALE}/{row['id']}")).get("venda") or {}
            if action.reference and f"[{action.reference}]" in str(sale.get("observacoes")):
                return str(row["id"])
        return None

    async def _number(self) -> int:
        number = await self._ca.read(f"{SALE}/proximo-numero")
        return int(number or 1)


class Titles:
    """Receivables or payables, each of one parcel; the parcel's id stands for both.

    The answer's shape tells what it is: the parcels, or a protocol of the time before October 2026.
    """

    def __init__(self, ca: ContaAzul, side: str) -> None:
        self._ca = ca
        self._side = side
        self._route = ca.settings.finance_route

    async def create(self, action: Action) -> str:
        try:
            body = await self._ca.write(self._path(), action.payload)
        except Rejected as refused:
            if self._route == "old" or NO_SUCH_ROUTE not in str(refused):
                raise
            self._route = "old"
            body = await self._ca.write(self._path(), action.payload)
        if protocol := _text(body, "protocolo"):
            return await self._parcel_of(await self._event_of(protocol))
        parcels = body.get("parcelas") if isinstance(body, dict) else None
        return _id(parcels[0]) if parcels else await self._parcel_of(_id(body))

    async def update(self, action: Action) -> str:
        raise NotImplementedError("a financial event cannot be changed")

    async def find(self, action: Action) -> str | None:
        """By due date, amount and our reference; while a protocol is open, what is not there may still come."""
        if found := await self._searched(action):
            return found
        if protocol := UUID.search(action.said or ""):
            try:
                return await self._parcel_of(await self._event_of(protocol[0]))
            except (Missing, Rejected):
                return None
        return None

    async def _searched(self, action: Action) -> str | None:
        due_on = action.payload["condicao_pagamento"]["parcelas"][0]["data_vencimento"]
        params = {"data_vencimento_de": due_on, "data_vencimento_ate": due_on}
        if self._side == "contas-a-receber":
            params["ids_clientes"] = action.payload["id_cliente"]
        path = f"/v1/financeiro/eventos-financeiros/{self._side}/buscar"
        rows = await _listed(self._ca, path, params, "itens")
        same = [row for row in rows if action.reference and action.reference in str(row.get("descricao"))]
        if len(same) > 1:
            raise Rejected(f"há {len(same)} lançamentos iguais no Conta Azul")
        return str(same[0]["id"]) if same else None

    def _path(self) -> str:
        middle = "eventos-financeiros/" if self._route == "old" else ""
        return f"/v1/financeiro/{middle}{self._side}"

    async def _event_of(self, protocol: str) -> str:
        """The event that a protocol brought; its state is asked for less and less often."""
        pause, waited = 0.25, 0.0
        while True:
            body = await self._ca.read(f"/v1/protocolo/{protocol}")
            status = _text(body, "status")
            if status == "SUCCESS":
                return str(body["evento_financeiro_id"])
            if status == "ERROR":
                raise Rejected(_text(body, "resposta") or "recusado sem mensagem")
            if waited + pause > self._ca.settings.protocol_patience_seconds:
                raise Unknown(f"Conta Azul: o protocolo {protocol} ainda está em processamento")
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 8.0)

    async def _parcel_of(self, event: str) -> str:
        rows = await self._ca.read(f"/v1/financeiro/eventos-financeiros/{event}/parcelas")
        if not isinstance(rows, list) or not rows:
            raise Unknown("Conta Azul: o lançamento veio sem parcelas")
        return _id(rows[0])


async def _listed(ca: ContaAzul, path: str, params: dict[str, Any], rows: str) -> list[dict[str, Any]]:
    """Every row of a short listing; callers check each row, because filters may be ignored."""
    found: list[dict[str, Any]] = []
    for number in range(1, MOST_PAGES):
        asked = {**params, "pagina": number, "tamanho_pagina": ca.settings.page_size}
        page = (await ca.read(path, asked)).get(rows) or []
        found += page
        if len(page) < ca.settings.page_size:
            return found
    return found


def _id(body: Any) -> str:
    key = _text(body, "id")
    if not key:
        raise Unknown("Conta Azul: respondeu sem o id do registro gravado")
    return key


def _text(body: Any, name: str) -> str | None:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None


def _name(value: Any) -> str:
    """A name as Moskit's is compared with Conta Azul's: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", str(value or "")).split())


def _plain(value: Any) -> str:
    """A document without its punctuation; CNPJ have letters, too."""
    return "".join(sign for sign in str(value or "").upper() if sign.isalnum())
