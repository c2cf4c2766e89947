"""Texts with places to fill in, as tenants write them: checked when the run starts, filled without running any code.

The language is Jinja's, in its sandbox. What is not there fills in nothing; what cannot be filled in says so.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import ChainableUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment

CENT = Decimal("0.01")
ZONE = ZoneInfo("America/Sao_Paulo")


def _money(value: Any) -> str:
    """An amount with two decimals; a third decimal is not rounded away but refused."""
    amount = Decimal(str(value))
    if amount != amount.quantize(CENT):
        raise ValueError(value)
    return str(amount.quantize(CENT))


def _cents(value: Any) -> str:
    """A calculated amount, such as a commission, rounded to the cent, half a cent up."""
    return str(Decimal(str(value)).quantize(CENT, ROUND_HALF_UP))


def _date(value: Any) -> str:
    """The day of a date, or of a moment in São Paulo."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (moment.astimezone(ZONE) if moment.tzinfo else moment).date().isoformat()


def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=ChainableUndefined, autoescape=False)
    made.filters |= {"money": _money, "cents": _cents, "date": _date}
    made.finalize = lambda value: "" if value is None else value
    return made


ENVIRONMENT = _environment()


class Unfilled(Exception):
    """A text could not be filled in from this record."""


def complaint(text: str, known: tuple[str, ...]) -> str | None:
    """What is wrong with a text, in one sentence, or None."""
    try:
        parsed = ENVIRONMENT.parse(text)
        names = sorted(meta.find_undeclared_variables(parsed) - set(known))
        inexact = [str(each.value) for each in parsed.find_all(nodes.Const) if isinstance(each.value, float)]
        ENVIRONMENT.from_string(text)
    except TemplateSyntaxError as error:
        return f"'{text}' cannot be read: {error.message}"
    except TemplateError as error:
        return f"'{text}' cannot be read: {error}"
    if names:
        return f"'{text}' asks for {', '.join(names)}; there are {', '.join(known)}"
    if inexact:
        return f"'{text}' calculates with {', '.join(inexact)}, which is not exact; write it as a fraction: 15 / 1000"
    return None


def filled(text: str, record: Mapping[str, Any]) -> str:
    """The text with its places filled in, single-spaced; raises Unfilled."""
    try:
        return " ".join(ENVIRONMENT.from_string(text).render(record).split())
    except (TemplateError, ValueError, TypeError, ArithmeticError) as error:
        raise Unfilled(text) from error


def holds(condition: str, record: Mapping[str, Any]) -> bool:
    """Whether a condition holds of a record; raises Unfilled where that cannot be said."""
    return filled(f"{{% if {condition} %}}1{{% endif %}}", record) == "1"
