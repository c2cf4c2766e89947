"""What is written to Conta Azul: people, the service that sales consist of, sales, receivables and payables.

There is no idempotency on the wire and no reference that can be searched by: a sale keeps ours in its notes, a
receivable or payable at the end of its description. Documented: nothing changes a financial event once it is booked.
No decision hangs on the vendor's wording: a number that was taken shows by the next one having moved, a route that is
not there by its status.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from connections._errors import Missing, Rejected, Unknown
from connections._folding import folded
from connections._pages import every_row
from connections._paths import below
from connections.contaazul import ContaAzul, count, listing
from destinations._contract import Action, Receipt

PEOPLE, SERVICES, SALE = "/v1/pessoas", "/v1/servicos", "/v1/venda"
FINANCE = "/v1/financeiro"
EVENTS = f"{FINANCE}/eventos-financeiros"
SERVICES_AT_ONCE = 100
NUMBER_TRIES = 4
NO_SUCH_ROUTE = frozenset({404, 405, 410})
PROTOCOL, EVENT = "protocolo", "evento"
ROLES = {"CLIENTE": "Cliente", "FORNECEDOR": "Fornecedor", "TRANSPORTADORA": "Transportadora"}
QUOTES = frozenset({"ORCAMENTO", "ORCAMENTO_ACEITO", "ORCAMENTO_RECUSADO", "EM_ORCAMENTO", "CONTRATO"})
DEAD = frozenset({"CANCELADO", "CANCELADA", "CANCELED", "CANCELLED", *QUOTES})
YEAR = timedelta(days=364)
"""Documented: a search by due date covers a year at most."""


class People:
    """New customers and suppliers; those whom Conta Azul knows are otherwise left alone."""

    looks_by = ("nome", "tipo_pessoa", "cpf", "cnpj")

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca

    async def send(self, action: Action) -> str | Receipt:
        return _id(await self._ca.write(PEOPLE, action.payload))

    async def resolve(self, action: Action) -> str | None:
        """By document, else by folded name and kind, in whatever role; among active people, several being no answer."""
        found: dict[str, dict[str, Any]] = {}
        for asked in _questions(action.payload):
            for role in ROLES.values():
                params = {**asked, "tipos_pessoa": action.payload["tipo_pessoa"], "tipo_perfil": role}
                for row in await _rows(self._ca, PEOPLE, params):
                    if row.get("ativo") is not False and row.get("id") and _is_person(row, action.payload):
                        found[str(row["id"])] = row
            if found:
                break
        if len(found) > 1:
            raise Unknown(f"há {len(found)} pessoas ativas iguais no Conta Azul; inative as que não valem")
        return next(iter(found), None)


class Roles:
    """The roles of people whom Conta Azul knows: what is missing is added to what they are just now."""

    looks_by = ("perfis",)

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca

    async def send(self, action: Action) -> str | Receipt:
        has, wanted = await self._roles(action)
        body = {"perfis": [{"tipo_perfil": role} for role in dict.fromkeys((*has, *wanted))]}
        await self._ca.write(below(PEOPLE, action.target_id), body, method="PATCH")
        return str(action.target_id)

    async def resolve(self, action: Action) -> str | None:
        has, wanted = await self._roles(action)
        return action.target_id if set(wanted) <= set(has) else None

    async def _roles(self, action: Action) -> tuple[list[str], list[str]]:
        """The roles that the person has, and those that are wanted, in the words that are written."""
        record = await self._ca.read(below(PEOPLE, action.target_id))
        roles = record.get("perfis") if isinstance(record, dict) else None
        said = [str(role.get("tipo_perfil") if isinstance(role, dict) else role) for role in roles or []]
        wanted = [str(role["tipo_perfil"]) for role in action.payload["perfis"]]
        return [ROLES.get(role.upper(), role) for role in said], wanted


class Services:
    """The service that sales consist of where deals name nothing that Conta Azul sells."""

    looks_by = ("descricao",)

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca

    async def send(self, action: Action) -> str | Receipt:
        return _id(await self._ca.write(SERVICES, action.payload))

    async def resolve(self, action: Action) -> str | None:
        wanted = action.payload["descricao"]
        rows = await _rows(self._ca, SERVICES, {"busca_textual": wanted}, size=SERVICES_AT_ONCE)
        found = [str(row["id"]) for row in rows if _is_service(row, wanted)]
        if len(found) > 1:
            raise Unknown(f"há {len(found)} serviços ativos com esta descrição no Conta Azul; deixe só um")
        return found[0] if found else None


class Sales:
    """Pending sales. The number is the next one of the ERP, which no call reserves: one sale after the other."""

    looks_by = ("id_cliente",)

    def __init__(self, ca: ContaAzul) -> None:
        self._ca = ca
        self._numbering = asyncio.Lock()
        self._next: int | None = None

    async def send(self, action: Action) -> str | Receipt:
        """Whatever a refusal says: where the next number has moved, somebody took ours, and the newer one is tried."""
        async with self._numbering:
            number = self._next or await self._number()
            for tries_left in reversed(range(NUMBER_TRIES)):
                # Until the answer is here, nobody knows whether the number is used.
                self._next = None
                try:
                    body = await self._ca.write(SALE, {**action.payload, "numero": number})
                except Rejected:
                    newer = await self._number()
                    if newer == number or not tries_left:
                        raise
                    number = newer
                    continue
                self._next = number + 1
                return _id(body)
            raise AssertionError("the last try returns or raises")

    async def resolve(self, action: Action) -> str | None:
        """Among all sales of the client, whatever their day, the one whose notes hold our reference, whole."""
        found = [row for row in await self._sales_of(action) if await self._is_ours(row, action)]
        living = [row for row in found if _situation(row) not in DEAD]
        if len(living) > 1:
            numbers = ", ".join(str(row.get("numero")) for row in living)
            raise Unknown(f"há {len(living)} vendas com a referência {action.reference} no Conta Azul (nº {numbers})")
        return str((living or found)[0]["id"]) if found else None

    async def stands(self, target_id: str) -> bool:
        try:
            await self._ca.read(below(SALE, target_id))
        except Missing:
            return False
        return True

    async def _sales_of(self, action: Action) -> list[dict[str, Any]]:
        """The client's sales, whatever their day: filters may be ignored, and their clock is not ours."""
        client = action.payload["id_cliente"]
        rows = await _rows(self._ca, f"{SALE}/busca", {"ids_clientes": client})
        return [row for row in rows if row.get("id") and _client(row) in (None, client)]

    async def _is_ours(self, row: dict[str, Any], action: Action) -> bool:
        if isinstance(row.get("observacoes"), str) and row["observacoes"]:
            return mentions(row["observacoes"], action.reference)
        try:
            body = await self._ca.read(below(SALE, row["id"]))
        except Missing:
            return False
        sale = body.get("venda", body) if isinstance(body, dict) else None
        return isinstance(sale, dict) and mentions(sale.get("observacoes"), action.reference)

    async def _number(self) -> int:
        said = await self._ca.read(f"{SALE}/proximo-numero")
        if said is None:
            return 1
        if (number := count(said)) is None:
            raise Unknown("Conta Azul: o próximo número de venda não é um número")
        return number or 1


class Titles:
    """Receivables or payables; the first parcel's id stands for the whole event, because lists show parcels only.

    The answer's shape tells what it is: the parcels, the event, or a protocol of the time before October 2026.
    """

    looks_by = ("id_cliente", "condicao_pagamento")

    def __init__(self, ca: ContaAzul, side: str) -> None:
        self._ca = ca
        self._side = side
        self._route = ca.settings.finance_route

    async def send(self, action: Action) -> str | Receipt:
        """A route that is not there is told by its status; the one before it is taken then."""
        route = self._route  # what is sent beside this one may learn meanwhile that the route is not there
        try:
            body = await self._ca.write(self._path(route), action.payload)
        except Rejected as refused:
            if route == "old" or refused.status not in NO_SUCH_ROUTE:
                raise
            body = await self._ca.write(self._path("old"), action.payload)
            self._route = "old"
        if protocol := _text(body, "protocolo") or _text(body, "protocolId"):
            return Receipt(f"{PROTOCOL} {protocol}")
        parcels = body.get("parcelas") if isinstance(body, dict) else None
        if isinstance(parcels, list) and (first := _first_parcel(parcels)):
            return first
        event = _text(body, "id")
        return Receipt(f"{EVENT} {event}" if event else "")

    async def resolve(self, action: Action) -> str | None:
        """By our reference, whatever the day it is due by now; else by what the receipt names."""
        if found := await self._searched(action):
            return found
        what, _, key = (action.receipt or "").partition(" ")
        if what == PROTOCOL:
            event = await self._event_of(key)
            return await self._parcel_of(event) if event else None
        return await self._parcel_of(key) if what == EVENT else None

    async def stands(self, target_id: str) -> bool:
        try:
            await self._ca.read(below(f"{EVENTS}/parcelas", target_id))
        except Missing:
            return False
        return True

    async def _searched(self, action: Action) -> str | None:
        """The first parcel of the event that carries our reference; more parcels than were sent are two events."""
        parts = action.payload["condicao_pagamento"]["parcelas"]
        dates = [date.fromisoformat(part["data_vencimento"]) for part in parts]
        same: dict[str, dict[str, Any]] = {}
        for start, end in _years(min(dates) - YEAR, max(dates) + 2 * YEAR):
            params = {"data_vencimento_de": start.isoformat(), "data_vencimento_ate": end.isoformat()}
            if self._side == "contas-a-receber":
                params["ids_clientes"] = action.payload["id_cliente"]
            for row in await _rows(self._ca, f"{EVENTS}/{self._side}/buscar", params):
                if row.get("id") and mentions(row.get("descricao"), action.reference):
                    same[str(row["id"])] = row
        living = {key: row for key, row in same.items() if _word(row.get("status_traduzido")) not in DEAD}
        if len(living) > len(parts):
            raise Unknown(f"há mais de um lançamento com a referência {action.reference} no Conta Azul; deixe só um")
        return _first_parcel(list((living or same).values()))

    def _path(self, route: str) -> str:
        return f"{EVENTS if route == 'old' else FINANCE}/{self._side}"

    async def _event_of(self, protocol: str) -> str | None:
        """The event that a protocol brought, asked for less and less often; None where nobody knows the protocol."""
        pause, waited = 0.25, 0.0
        while True:
            try:
                body = await self._ca.read(below("/v1/protocolo", protocol))
            except Missing:
                return None
            status = (_text(body, "status") or "").upper()
            if status == "SUCCESS" and (event := _text(body, "evento_financeiro_id")):
                return event
            if status == "ERROR":
                raise Rejected(_text(body, "resposta") or "recusado sem mensagem")
            if waited + pause > self._ca.settings.protocol_patience_seconds:
                raise Unknown(f"Conta Azul: o protocolo {protocol} ainda está em processamento")
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 2, 8.0)

    async def _parcel_of(self, event: str) -> str:
        try:
            rows = await self._ca.read(f"{below(EVENTS, event)}/parcelas")
        except Missing:
            rows = None
        if not isinstance(rows, list) or not (first := _first_parcel(rows)):
            raise Unknown("Conta Azul: o lançamento foi aceito e ainda não mostra as parcelas")
        return first


def mentions(text: Any, reference: str | None) -> bool:
    """Whether a text holds our reference, whole: 1 is not 12. People may type it without its brackets."""
    if not isinstance(text, str) or not reference:
        return False
    return bool(re.search(rf"(?<![\w-]){re.escape(reference.strip('[]'))}(?![\w/-])", text, re.IGNORECASE))


async def _rows(ca: ContaAzul, path: str, params: dict[str, Any], *, size: int | None = None) -> list[dict[str, Any]]:
    """Every row of a listing; callers check each row, because filters may be ignored."""
    return await every_row(listing(ca, path, params, size=size), first=1, key=_key, what=f"Conta Azul {path}")


def _key(row: dict[str, Any]) -> Any:
    return row.get("id")


def _questions(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """How a person is asked for: whether documents are searched with their punctuation is not known."""
    document = payload.get("cnpj") or payload.get("cpf")
    return [{"documentos": _plain(document)}, {"documentos": document}] if document else [{"busca": payload["nome"]}]


def _is_person(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    if document := wanted.get("cnpj") or wanted.get("cpf"):
        return _plain(row.get("documento")) == _plain(document)
    kind = row.get("tipo_pessoa")
    return folded(str(row.get("nome") or "")) == folded(wanted["nome"]) and (
        not kind or folded(str(kind)) == folded(wanted["tipo_pessoa"])
    )


def _is_service(row: dict[str, Any], wanted: str) -> bool:
    return (
        bool(row.get("id")) and row.get("status") != "INATIVO" and folded(str(row.get("descricao"))) == folded(wanted)
    )


def _client(row: dict[str, Any]) -> str | None:
    client = row.get("cliente")
    key = client.get("id") if isinstance(client, dict) else None
    return None if key is None else str(key)


def _situation(row: dict[str, Any]) -> str:
    said = row.get("situacao")
    return _word(said.get("nome") if isinstance(said, dict) else said)


def _word(said: Any) -> str:
    """A word of the vendor's list, however it is written: Em andamento is EM_ANDAMENTO."""
    return folded(str(said)).replace(" ", "_").upper()


def _first_parcel(rows: list[Any]) -> str | None:
    """The id of the parcel that is due first."""
    known = [row for row in rows if isinstance(row, dict) and _text(row, "id")]
    known.sort(key=lambda row: (str(row.get("data_vencimento")), count(row.get("indice")) or 0, row["id"]))
    return str(known[0]["id"]) if known else None


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    while first <= last:
        end = min(first + YEAR, last)
        yield first, end
        first = end + timedelta(days=1)


def _id(body: Any) -> str | Receipt:
    return _text(body, "id") or Receipt()


def _text(body: Any, name: str) -> str | None:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value else None


def _plain(value: Any) -> str:
    """A document without its punctuation; CNPJ have letters, too."""
    return "".join(sign for sign in str(value or "").upper() if sign.isalnum())
