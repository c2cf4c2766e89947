"""How both of oGestor's applications answer a write, and how what stands there is looked for.

Assumed contract: codes are numbers and may come as texts; amounts and dates likewise wobble in the published analogue.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from connections._errors import Unknown, Unreadable
from connections._ogestor import OGestor, day_of, record_of
from connections._paths import below
from destinations._contract import Receipt

Row = dict[str, Any]


def saved(body: Any) -> str | Receipt:
    """The code of what was written; a receipt where the answer does not show one."""
    return code_of(record_of(body)) or Receipt()


def code_of(row: Any) -> str | None:
    """The code of a record, a number or a text."""
    code = row.get("codigo") if isinstance(row, dict) else None
    if isinstance(code, bool) or not isinstance(code, (int, str)):
        return None
    return str(code).strip() or None


async def one(ogestor: OGestor, path: str, code: str, **asked: str | None) -> Row | None:
    """The record with this code, None where it is not there.

    Asked for by its address where there is such a route, else found in the listing: the narrow one that is `asked` for,
    then the whole one. Only the whole listing can say that it is not there.
    """
    try:
        row = record_of(await ogestor.read(below(path, code)))
        if isinstance(row, dict) and code_of(row) == code:
            return row
    except Unreadable:  # no such route, or no such record: the listing tells which
        pass
    narrow = {name: value for name, value in asked.items() if value}
    for filters in ([narrow] if narrow else []) + [{}]:
        there = [row for row in await ogestor.every(path, **filters) if code_of(row) == code]
        if there:
            return there[0]
    return None


def the_only(rows: list[Row], what: str) -> str | None:
    """The code of the one record among these, None where there is none; raises Unknown where there are several."""
    if len(rows) > 1:
        codes = ", ".join(sorted(str(code_of(row)) for row in rows))
        raise Unknown("há mais de um registro que pode ser {what} ({codes}); deixe só um", what=what, codes=codes)
    if not rows:
        return None
    code = code_of(rows[0])
    if code is None:
        raise Unknown("o registro de {what} não mostra o seu código", what=what)
    return code


def is_amount(shown: Any, wanted: Any) -> bool:
    """Whether two amounts are one, as numbers or as texts; what is not shown does not contradict."""
    try:
        return shown is None or Decimal(str(shown)) == Decimal(str(wanted))
    except InvalidOperation:
        return False


def is_flag(shown: Any, wanted: bool) -> bool:
    """Whether a flag says this, as a boolean, as 1 or 0, or as a word of these; one that is not shown says nothing."""
    return str(shown).strip().lower() in (("true", "1") if wanted else ("false", "0"))


def is_day(shown: Any, wanted: Any) -> bool:
    """Whether two dates are one, also where a moment is shown; what is not shown does not contradict."""
    try:
        return shown is None or day_of(str(shown)) == day_of(str(wanted))
    except ValueError:
        return False
