"""SOAP as Senior's G5 middleware speaks it: WSDL and XSD made from the contracts, requests read, answers written.

Documented: RPC/literal, one namespace, four parts per operation (`user`, `password`, `encryption`, `parameters`),
unqualified children, every element optional and nillable. Observed: prefix `S`, blank texts as one space, null dates
as 31/12/1900, doubles with a point in their shortest form.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from sandbox._call import Answer
from sandbox._senior_contracts import Field, Operation, operations

NAMESPACE = "http://services.senior.com.br"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XML = "text/xml;charset=utf-8"
NO_DATE = "31/12/1900"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
PARTS = (("user", "xsd:string"), ("password", "xsd:string"), ("encryption", "xsd:int"))

Row = dict[str, Any]


class MalformedError(ValueError):
    """What came is no envelope that this service can read."""


class Request:
    """One call: which operation, by whom, asking what."""

    def __init__(self, operation: str, user: str, password: str, encryption: str, parameters: Any) -> None:
        self.operation = operation
        self.user = user
        self.password = password
        self.encryption = encryption
        self._parameters = parameters

    def parameters(self, operation: Operation) -> Row:
        """The parameters by name: texts trimmed, numbers exact, grids as lists, absent and nil as None."""
        return {} if self._parameters is None else _read(self._parameters, operation.asked)

    def is_in_order(self, operation: Operation) -> bool:
        """Whether every element stands where the schema's sequence puts it."""
        return self._parameters is None or _ordered(self._parameters, operation.asked)


def read(body: bytes) -> Request:
    """The request in an envelope; document type declarations are refused. Raises MalformedError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as problem:
        raise MalformedError(str(problem)) from problem
    if root.getroottree().docinfo.doctype:
        raise MalformedError("document type declarations are refused")
    wrapper = root.find(f"{{{ENVELOPE}}}Body/*")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or wrapper is None or etree.QName(wrapper).namespace != NAMESPACE:
        raise MalformedError("no operation in the envelope")
    told = {etree.QName(part).localname: part for part in wrapper}
    user, password, encryption = (_text(told.get(name)) or "" for name in ("user", "password", "encryption"))
    return Request(etree.QName(wrapper).localname, user, password, encryption, told.get("parameters"))


def answered(operation: Operation, result: Row, *, empty_grids: bool = False) -> Answer:
    """The envelope that carries a result; fields that the result does not name are left out."""
    parts = [_written(field, result[field.name], empty_grids) for field in operation.told if field.name in result]
    body = f'<ns2:{operation.name}Response xmlns:ns2="{NAMESPACE}"><result>{"".join(parts)}</result>'
    return _enveloped(f"{body}</ns2:{operation.name}Response>")


def failed(operation: Operation, sentence: str) -> Answer:
    """An execution error: status 200, only `erroExecucao` says something, grids are one empty element (observed)."""
    result: Row = {field.name: [{}] if field.grid else None for field in operation.told}
    return answered(operation, {**result, "erroExecucao": sentence}, empty_grids=True)


def fault(sentence: str, code: str = "S:Server") -> Answer:
    """A SOAP 1.1 fault under status 500: assumed for what never reached a service."""
    body = f"<S:Fault><faultcode>{code}</faultcode><faultstring>{escape(sentence)}</faultstring></S:Fault>"
    answer = _enveloped(body)
    answer.status = 500
    return answer


def wsdl(service: str, servlet: str, address: str, offered: dict[str, Operation] | None = None) -> Answer:
    """The service's description, its schema beside it under `?xsd=1`; all its operations, or those that it offers."""
    found = (operations(service) if offered is None else offered).values()
    messages = "".join(_messages(operation) for operation in found)
    ports = "".join(
        f'<operation name="{each.name}" parameterOrder="user password encryption parameters">'
        f'<input message="tns:{each.name}"/><output message="tns:{each.name}Response"/></operation>'
        for each in found
    )
    literal = f'<soap:body use="literal" namespace="{NAMESPACE}"/>'
    bound = "".join(
        f'<operation name="{each.name}"><soap:operation soapAction=""/><input>{literal}</input>'
        f"<output>{literal}</output></operation>"
        for each in found
    )
    text = (
        f'{HEAD}<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
        f' xmlns:tns="{NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" name="g5-senior-services"'
        f' targetNamespace="{NAMESPACE}"><types><xsd:schema><xsd:import namespace="{NAMESPACE}"'
        f' schemaLocation="{address}?xsd=1"/></xsd:schema></types>{messages}'
        f'<portType name="{servlet}">{ports}</portType>'
        f'<binding name="{servlet}PortBinding" type="tns:{servlet}">'
        f'<soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="rpc"/>{bound}</binding>'
        f'<service name="g5-senior-services"><port name="{servlet}Port" binding="tns:{servlet}PortBinding">'
        f'<soap:address location="{address}"/></port></service></definitions>'
    )
    return Answer(text=text, media=XML)


def xsd(service: str) -> Answer:
    """The schema of every type of a service."""
    types = "".join(
        _type(operation.type_prefix + way, fields)
        for operation in operations(service).values()
        for way, fields in (("In", operation.asked), ("Out", operation.told))
    )
    text = (
        f'{HEAD}<xs:schema xmlns:tns="{NAMESPACE}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        f' targetNamespace="{NAMESPACE}" version="1.0">{types}</xs:schema>'
    )
    return Answer(text=text, media=XML)


def _messages(operation: Operation) -> str:
    parts = [*PARTS, ("parameters", f"tns:{operation.type_prefix}In")]
    asked = "".join(f'<part name="{name}" type="{kind}"/>' for name, kind in parts)
    told = f'<part name="result" type="tns:{operation.type_prefix}Out"/>'
    name = operation.name
    return f'<message name="{name}">{asked}</message><message name="{name}Response">{told}</message>'


def _type(name: str, fields: tuple[Field, ...]) -> str:
    elements, grids = [], []
    for field in fields:
        inner = name + field.name[0].upper() + field.name[1:]
        kind = f"tns:{inner}" if field.grid else f"xs:{field.kind}"
        many = ' maxOccurs="unbounded"' if field.grid else ""
        elements.append(f'<xs:element{many} minOccurs="0" name="{field.name}" nillable="true" type="{kind}"/>')
        if field.grid:
            grids.append(_type(inner, field.grid))
    return (
        f'<xs:complexType name="{name}"><xs:sequence>{"".join(elements)}</xs:sequence></xs:complexType>{"".join(grids)}'
    )


def _read(element: Any, fields: tuple[Field, ...]) -> Row:
    row: Row = {field.name: [] if field.grid else None for field in fields}
    known = {field.name: field for field in fields}
    for child in element:
        field = known.get(etree.QName(child).localname)
        if field is None:
            continue
        if field.grid:
            row[field.name].append(_read(child, field.grid))
        else:
            row[field.name] = _value(_text(child), field.kind)
    return row


def _value(text: str | None, kind: str) -> Any:
    """A number that is none is read as absent: what lenient unmarshalling does (assumed)."""
    if text is None or kind == "string":
        return text
    try:
        return int(text) if kind == "int" else Decimal(text)
    except (ValueError, InvalidOperation):
        return None


def _text(element: Any) -> str | None:
    if element is None or element.get(f"{{{XSI}}}nil") in ("true", "1"):
        return None
    return (element.text or "").strip() or None


def _ordered(element: Any, fields: tuple[Field, ...]) -> bool:
    names = [field.name for field in fields]
    known = {field.name: field for field in fields}
    found = [etree.QName(child).localname for child in element]
    places = [names.index(name) for name in found if name in known]
    inner = (_ordered(child, known[name].grid) for child, name in zip(element, found, strict=True) if name in known)
    return len(places) == len(found) and places == sorted(places) and all(inner)


def _written(field: Field, value: Any, empty_grids: bool) -> str:
    if field.grid:
        rows = "".join(_row(field, row, empty_grids) for row in value)
        return rows or (f"<{field.name}/>" if empty_grids else "")
    if value is None:
        return f'<{field.name} xmlns:xsi="{XSI}" xsi:nil="true"/>'
    return f"<{field.name}>{escape(_shown(value, field.kind))}</{field.name}>"


def _row(field: Field, row: Row, empty_grids: bool) -> str:
    inner = "".join(_written(each, row[each.name], empty_grids) for each in field.grid if each.name in row)
    return f"<{field.name}>{inner}</{field.name}>"


def _shown(value: Any, kind: str) -> str:
    if kind == "double" and _is_number(value):
        text = format(Decimal(value).normalize(), "f")
        return text if "." in text else f"{text}.0"
    return str(value) if value != "" else " "


def _is_number(value: Any) -> bool:
    """Whether this can be shown as a double; what a test planted instead goes out as it is."""
    try:
        return Decimal(value).is_finite()
    except (InvalidOperation, TypeError, ValueError):
        return False


def _enveloped(body: str) -> Answer:
    text = f'{HEAD}<S:Envelope xmlns:S="{ENVELOPE}"><S:Body>{body}</S:Body></S:Envelope>'
    return Answer(text=text, media=XML)
