"""What a refusal says, whatever its envelope: a vendor's own words, short and plain, for the person who must act.

Envelopes that were observed or are documented at one vendor or another: `message`, `error.message`, `error`, `erro`,
`erros`, `errors` (of texts, of objects, by field), `Mensagem`, `detail` and `title` (RFC 7807), bare lists and texts,
SOAP faults, a gateway's page for people. None of them is relied on: what is not recognised is told by name.
"""

import html
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connections._errors import Unreadable
from connections._json import Json, parse

LONGEST = 300
MOST_LEVELS = 8
MOST_BYTES_OF_A_PAGE = 20_000
SAYING = (
    "mensagem", "message", "msg", "errmsg", "errormessage", "mensagemerro", "exceptionmessage", "faultstring",
    "description", "descricao", "errordescription", "title", "titulo", "detail", "detalhe", "motivo", "reason",
)  # fmt: skip
"""Fields whose text is the sentence itself, in the order in which they read well together."""
HOLDING = (
    "error", "erro", "errors", "erros", "details", "detalhes", "detail", "detalhe", "message", "mensagem", "messages",
    "mensagens", "violations", "validations", "fielderrors", "errfields", "invalidparams", "fault",
)  # fmt: skip
"""Fields that hold sentences, or objects with sentences."""
NAMING = ("field", "campo", "property", "propertyname", "param", "name", "loc", "path")
"""Fields that say what a sentence is about."""
CODES = ("code", "codigo", "errorcode", "errcode", "statuscode", "status")
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<\?.*?\?>|<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def words_of(body: bytes) -> str:
    """What an answer says, in at most `LONGEST` characters; blank where it says nothing."""
    try:
        return said_in(parse(body))
    except Unreadable:
        return _cut(_text_of(body[:MOST_BYTES_OF_A_PAGE]))


def said_in(value: Json) -> str:
    """The same of a body, or of a part of one, that was read already; never JSON, never Python."""
    return _cut("; ".join(dict.fromkeys(each for each in _sentences(value, MOST_LEVELS) if each)))


def _sentences(value: Any, levels: int) -> Iterator[str]:
    if isinstance(value, str):
        yield _plain(value)
    elif isinstance(value, list) and levels:
        for each in value:
            yield from _sentences(each, levels - 1)
    elif isinstance(value, dict) and levels:
        yield from _of_object({_bare(name): each for name, each in value.items()}, levels - 1)


def _of_object(fields: dict[str, Any], levels: int) -> Iterator[str]:
    told = dict.fromkeys(_plain(fields[name]) for name in SAYING if isinstance(fields.get(name), str))
    headline = ": ".join(each for each in told if each)
    held = [name for name in HOLDING if isinstance(fields.get(name), dict | list)]
    inside = [each for name in held for each in _held(fields[name], levels)]
    if headline or inside:
        about = next((_plain(fields[name]) for name in NAMING if isinstance(fields.get(name), str)), "")
        yield f"{about}: {headline}" if about and headline and about not in headline else headline
        yield from inside
        return
    if alone := [_plain(fields[name]) for name in ("error", "erro") if isinstance(fields.get(name), str)]:
        yield from alone
        return
    yield from _by_name(fields, levels) or [f"{name} {fields[name]}" for name in CODES if _is_scalar(fields.get(name))]


def _held(value: Any, levels: int) -> list[str]:
    """The sentences in a field that holds some: by field, where it is an object of none of the known names."""
    if isinstance(value, dict) and not {_bare(name) for name in value} & {*SAYING, *HOLDING, *CODES}:
        return _by_name(value, levels)
    return list(_sentences(value, levels))


def _by_name(fields: dict[str, Any], levels: int) -> list[str]:
    """`name: sentence` for every field that holds one; an envelope around another is not worth its name."""
    told = {name: said for name, each in fields.items() if (said := "; ".join(filter(None, _sentences(each, levels))))}
    return [said if isinstance(fields[name], dict) else f"{name}: {said}" for name, said in told.items()]


def _text_of(page: bytes) -> str:
    try:
        text = page.decode("utf-8")
    except UnicodeDecodeError:
        text = page.decode("cp1252", "replace")
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return ""  # half an object: nothing that a person could read
    return _plain(html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text))))


def _bare(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | Decimal) and not isinstance(value, bool) and value != ""


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
