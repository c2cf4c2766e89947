"""SOAP over the one way in which every system is reached: zeep builds what is sent, `Connection` carries it.

The server's own WSDL says what operations there are; its schemas are fetched from the same path, whatever host they
name. Answers are read as text by the server's own types, so that an amount is never a binary fraction.
What comes is hostile: no document type declarations, no entities, no external documents, no endless trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, ClassVar
from urllib.parse import urlsplit

import zeep
from lxml import etree

from connections._errors import Problem, Refused, Rejected, Unavailable, Unreadable
from connections._http import Answer, Connection
from connections._json import Json

ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
LARGEST_DESCRIPTION_DOCUMENTS = 20
FAULTY = 500
Fields = dict[str, Any]
"""A type's fields by name: None for a text or number, the fields of the row for a repeated element."""


_faults: ContextVar[list[str]] = ContextVar("faults", default=[])  # noqa: B039 - set anew for every question


def parse_xml(body: bytes) -> Any:
    """The root element of `body`; raises Unreadable for anything that is not plain XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("a resposta não é XML completo") from error
    if root.getroottree().docinfo.doctype:
        raise Unreadable("a resposta traz uma declaração de tipo de documento, que não se aceita")
    return root


class Service:
    """The operations of one service as its WSDL describes them."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        careful = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        try:
            self._client = zeep.Client("service.wsdl", transport=_Fetched(documents), settings=careful)
            self.operations = frozenset(self._client.service._operations)
        except Problem:
            raise
        except Exception as error:  # a page, or half a description: zeep fails on it in many ways
            raise Unreadable("a descrição do serviço não é um WSDL que se possa ler") from error
        self._told: dict[str, Fields] = {}

    def envelope(self, operation: str, parts: Mapping[str, Any]) -> Any:
        """What is sent to ask for an operation.

        Raises Unreadable where the service has no such operation, Rejected where a value fits no envelope.
        """
        if operation not in self.operations:
            raise Unreadable("o serviço não tem a operação {operation}", operation=operation)
        try:
            return self._client.create_message(self._client.service, operation, **parts)
        except (ValueError, TypeError, ArithmeticError, zeep.exceptions.Error) as error:
            raise Rejected("contém um valor que não cabe na mensagem; corrija-o na origem") from error

    def result(self, operation: str, envelope: Any) -> Fields:
        """The part of the answer that carries the result: texts by name, repeated elements as lists."""
        part = envelope.find(f"{ENVELOPE}Body/*/*")
        if part is None:
            raise Unreadable("a resposta não traz resultado")
        if operation not in self._told:
            self._told[operation] = self._fields(operation)
        return _read(part, self._told[operation])

    def _fields(self, operation: str) -> Fields:
        described = self._client.service._binding.get(operation)
        (part,) = described.abstract.output_message.parts.values()
        return _fields_of(part.type)


class SoapConnection(Connection):
    """A system that is spoken to in SOAP 1.1; `path` says where each service lies."""

    media_type: ClassVar[str] = "text/xml; charset=utf-8"

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._services: dict[str, Service] = {}

    def path(self, service: str) -> str:
        """Where a service is asked, its description beside it under `?wsdl`."""
        raise NotImplementedError

    def parts(self, parameters: Json) -> dict[str, Any]:
        """The parts of a call: the parameters, and whatever else the system wants in every call."""
        return {"parameters": parameters}

    def headers(self) -> dict[str, str]:
        return {"SOAPAction": '""'}

    def encode(self, body: Json) -> bytes:
        return bytes(etree.tostring(body, xml_declaration=True, encoding="UTF-8"))

    def decode(self, body: bytes) -> Json:
        return parse_xml(body)

    async def call(self, service: str, operation: str, parameters: Json) -> Fields:
        """Asks for something that only reads: it is repeated while the failure may pass."""
        described = await self._service(service)
        question = described.envelope(operation, self.parts(parameters))
        faults: list[str] = []
        _faults.set(faults)
        try:
            answer = await self.ask(self.path(service), question=question)
        except Unreadable as problem:
            if "words" in problem.values:
                raise Refused(problem.sentence, **problem.values) from problem
            raise
        except Unavailable as problem:
            if faults:
                raise Refused("{system}: recusou a leitura: {words}", system=self._name, words=faults[-1]) from problem
            raise
        return described.result(operation, answer.body)

    async def offers(self, service: str, operation: str) -> bool:
        """Whether a service has an operation: installations differ."""
        return operation in (await self._service(service)).operations

    async def fits(self, service: str, operation: str, parameters: Json) -> Problem | None:
        """Why this cannot be put into an envelope; None where it can."""
        described = await self._service(service)
        try:
            described.envelope(operation, self.parts(parameters))
        except Rejected as problem:
            return problem
        return None

    async def submit(self, service: str, operation: str, parameters: Json) -> Fields:
        """Asks once for something that writes. Raises Rejected, Denied, Unavailable or Unknown."""
        described = await self._service(service)
        answer = await self.write(self.path(service), described.envelope(operation, self.parts(parameters)))
        return described.result(operation, answer)

    async def _exchange(self, method: str, path: str, params: dict[str, Any] | None, content: bytes | None) -> Answer:
        """One call; a fault under status 500, which SOAP 1.1 asks for, is remembered: it is an answer after all."""
        answer = await super()._exchange(method, path, params, content)
        if answer.status == FAULTY and (words := _fault_in(answer.body)):
            _faults.get().append(words)
        return answer

    async def _service(self, name: str) -> Service:
        if name not in self._services:
            self._services[name] = Service(await self._documents(name))
        return self._services[name]

    async def _documents(self, name: str) -> dict[str, bytes]:
        """The description of a service and its schemas, each under a name that is no address."""
        documents: dict[str, bytes] = {}
        wanted = {"service.wsdl": f"{self.path(name)}?wsdl"}
        while wanted:
            place, address = wanted.popitem()
            root = await self.read(address)
            for each in root.iter("{*}import", "{*}include"):
                if location := each.get("schemaLocation") or each.get("location"):
                    known = f"{urlsplit(location).query or location}.xsd".replace("/", "_")
                    if known not in documents and known not in wanted:
                        wanted[known] = f"{self.path(name)}?{urlsplit(location).query}"
                    each.set("schemaLocation" if each.get("schemaLocation") else "location", known)
            documents[place] = etree.tostring(root)
            if len(documents) > LARGEST_DESCRIPTION_DOCUMENTS:
                raise Unreadable("a descrição do serviço tem documentos demais")
        return documents


class _Fetched:
    """The documents that were fetched beforehand: zeep opens no connection of its own."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents

    def load(self, url: str) -> bytes:
        name = url.rsplit("/", 1)[-1]  # zeep makes every name a path of the working folder
        if name not in self._documents:
            raise Unreadable("a descrição do serviço remete a outro documento")
        return self._documents[name]


def _fault_in(body: bytes) -> str | None:
    try:
        root = parse_xml(body)
    except Unreadable:
        return None
    words = root.findtext(f"{ENVELOPE}Body/{ENVELOPE}Fault/faultstring")
    return (words or "").strip() or None


def _fields_of(described: Any) -> Fields:
    """What a type of the schema may hold; anything that is no complex type holds text."""
    elements = getattr(described, "elements", None) or ()
    return {name: _fields_of(element.type) if element.accepts_multiple else None for name, element in elements}


def _read(element: Any, fields: Fields) -> Fields:
    row: Fields = {name: [] if inner is not None else None for name, inner in fields.items()}
    for child in element:
        name = etree.QName(child).localname
        inner = fields.get(name)
        if inner is not None:
            if len(child):
                row[name].append(_read(child, inner))
        elif name in fields and child.get(NIL) not in ("true", "1"):
            row[name] = (child.text or "").strip() or None
    return row
