"""SOAP by hand for tests: what goes out is written here, so that no client of ours is part of what is judged."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import httpx
from lxml import etree

SERVLET = "/g5-senior-services/sapiens_Synccom_senior_g5_co_"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
USER = ("integracao", "senha-inventada-do-erp")
OTHER_USER = ("controladoria", "senha-inventada-da-controladoria")


def written(parameters: Mapping[str, Any]) -> str:
    """Parameters as elements: grids are lists, None is left out, dates turn to dd/MM/yyyy where they are ISO."""
    return "".join(_elements(parameters))


def envelope(operation: str, inner: str, user: tuple[str, str] = USER) -> str:
    parts = f"<user>{user[0]}</user><password>{user[1]}</password><encryption>0</encryption>"
    body = f"<n:{operation}>{parts}<parameters>{inner}</parameters></n:{operation}>"
    spaces = f'xmlns:s="{ENVELOPE}" xmlns:n="http://services.senior.com.br"'
    return f"<s:Envelope {spaces}><s:Body>{body}</s:Body></s:Envelope>"


def posted(client: httpx.Client, service: str, text: str | bytes) -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    return client.post(SERVLET + service, content=content, headers={"Content-Type": "text/xml; charset=UTF-8"})


def asked(
    client: httpx.Client, service: str, operation: str, parameters: Mapping[str, Any], user: tuple[str, str] = USER
) -> dict[str, Any]:
    """The result of an operation: texts as they came, grids as lists of rows."""
    answer = posted(client, service, envelope(operation, written(parameters), user))
    assert answer.status_code == 200, answer.text
    root = etree.fromstring(answer.content)
    result = root.find(f"{{{ENVELOPE}}}Body/*/result")
    assert result is not None, answer.text
    return _row(result)


def _elements(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name, value in parameters.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, Mapping):
                yield f"<{name}>{written(each)}</{name}>"
            elif each is not None:
                yield f"<{name}>{escape(_text(each))}</{name}>"


def _text(value: Any) -> str:
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if len(text) == 10 and text[4] == text[7] == "-":
        return f"{text[8:]}/{text[5:7]}/{text[:4]}"
    return text


def _row(element: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for child in element:
        if len(child):
            row.setdefault(child.tag, []).append(_row(child))
        else:
            row[child.tag] = child.text
    return row
