"""Our contracts against the vendor's own generated schemas, where someone has them.

They are WSDL and XSD files; these tests are skipped without them.
"""

from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree

from sandbox._senior_contracts import SERVICES, SERVLET, Operation, is_documented, operations
from sandbox._senior_hcm_data import entry, title
from sandbox._senior_soap import NAMESPACE, xsd
from tests._soap import ENVELOPE, asked, envelope, posted, written
from tests._specs import ABSENT, SPECS

XS = "{http://www.w3.org/2001/XMLSchema}"
OPERATIONS = [
    each for service in SERVICES for each in operations(service).values() if is_documented(service, each.name)
]
pytestmark = pytest.mark.skipif(not SPECS.exists(), reason=ABSENT)


@cache
def schema_with(type_name: str) -> Path:
    for file in sorted(SPECS.rglob("*.xsd")):
        if f'name="{type_name}"' in file.read_text("utf-8-sig"):
            return file
    raise AssertionError(f"no schema with {type_name}")


def types(root: Any) -> dict[str, list[tuple[str, str, bool]]]:
    """Each complex type with its elements in order: name, type, repeated or not."""
    return {
        each.get("name"): [
            (element.get("name"), element.get("type").split(":")[1], element.get("maxOccurs") == "unbounded")
            for element in each.iter(f"{XS}element")
        ]
        for each in root.iter(f"{XS}complexType")
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.service}.{operation.name}")
def test_our_types_are_the_vendors(operation: Operation) -> None:
    real = types(etree.parse(schema_with(f"{operation.type_prefix}In")).getroot())
    ours = types(etree.fromstring((xsd(operation.service).text or "").encode()))
    mine = {
        name: fields
        for name, fields in ours.items()
        if name.startswith((f"{operation.type_prefix}In", f"{operation.type_prefix}Out"))
    }
    for name, fields in mine.items():
        theirs = real.get(name) or real[_misspelled(name)]
        assert [(n, k.removeprefix(operation.type_prefix).lower(), m) for n, k, m in fields] == [
            (n, k.removeprefix(operation.type_prefix).lower(), m) for n, k, m in theirs
        ], name


def _misspelled(name: str) -> str:
    """One grid of the vendor's keeps its small letter inside the name of its type."""
    return name.replace("InConsulta", "Inconsulta")


@pytest.mark.parametrize("service", sorted({operation.service for operation in OPERATIONS}))
def test_port_and_binding_are_named_as_the_vendors(service: str, base: str) -> None:
    described = etree.fromstring(httpx.get(f"{base}/senior_erp/g5-senior-services/{SERVLET}{service}?wsdl").content)
    wanted = [f"{SERVLET}{service}{ending}" for ending in ("", "PortBinding", "Port")]
    for names in (named(described), *(found for found in map(named, real_descriptions()) if wanted[-1] in found)):
        assert set(wanted) | {"g5-senior-services"} <= names


def real_descriptions() -> list[Any]:
    return [etree.parse(file).getroot() for file in sorted(SPECS.rglob("*.wsdl"))]


def named(description: Any) -> set[str]:
    return {str(name) for name in description.xpath("//@name")}


def test_what_the_stand_in_answers_is_valid_by_the_vendors_schema(base: str, sim: httpx.Client) -> None:
    with httpx.Client(base_url=f"{base}/senior_erp") as erp:
        batch = asked(erp, "mct_ctb_gerarlotectb", "Gerar_2", {"codEmp": 1, "codFil": 1, "datLot": "2026-10-31"})[
            "numLot"
        ]
        line = {**entry("a"), "numLot": batch}
        del line["datLot"]
        row = {name: value for name, value in title("x").items() if name not in ("ideTit", "codEmp")}
        query = {"codEmp": 1, "codFil": 1, "codFor": 500}
        for service, name, given in (
            ("mct_ctb_gerarlotectb", "Gerar_2", {"codEmp": 1, "codFil": 1, "datLot": "2026-10-31"}),
            ("mct_ctb_importacaolctctb", "Importar_3", {"gridLct": [line, {**line, "ctaDeb": 1900}]}),
            ("mfi_cpa_titulos", "EntradaTitulosLoteCP_2", {"codEmp": 1, "codFil": 1, "entradaTitulos": [row, row]}),
            ("mfi_cpa_titulos", "ConsultarTitulosCP_3", query),
            ("mfi_cpa_titulos", "ConsultarTitulosAbertosCP_3", {**query, "retRat": "S"}),
        ):
            operation = operations(service)[name]
            sent = written(given)
            answer = posted(erp, service, envelope(name, sent))
            result = etree.fromstring(answer.content).find(f"{{{ENVELOPE}}}Body/*/result")
            valid(operation, "Out", etree.tostring(result))


def valid(operation: Operation, way: str, element: bytes) -> None:
    """Raises where the element is not what the vendor's type of the operation allows."""
    # Parts of RPC messages have types, not elements: an element of the type is declared beside them.
    name = etree.QName(etree.fromstring(element)).localname
    wrapper = etree.fromstring(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="{NAMESPACE}">'
        f'<xs:import namespace="{NAMESPACE}" schemaLocation="{schema_with(operation.type_prefix + way).as_uri()}"/>'
        f'<xs:element name="{name}" type="tns:{operation.type_prefix}{way}"/></xs:schema>'
    )
    etree.XMLSchema(wrapper).assertValid(etree.fromstring(element))
