"""What the writers of Senior's ERP share: clean text, results matched to lines, the window that a look needs."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

from connections._errors import Problem, Rejected, Unknown
from connections._soap import SoapConnection
from destinations._contract import Action

OK = "OK"
ENTRIES_SERVICE = "mct_ctb_exportacaolctctb"
KEY = ("codEmp", "codFil", "codFor", "codTpt", "numTit")
LARGEST_PAGE = 500
Row = dict[str, Any]


def clean(value: Any) -> Any:
    """A payload without the control characters that no XML carries and that stop the ERP's reader (observed)."""
    if isinstance(value, str):
        return "".join(sign for sign in value if sign >= " " or sign in "\t\n\r")
    if isinstance(value, dict):
        return {name: clean(inner) for name, inner in value.items()}
    return [clean(inner) for inner in value] if isinstance(value, list) else value


def is_ok(text: str | None) -> bool:
    return (text or "").strip().casefold() == OK.casefold()


def each_line(
    actions: Sequence[Action],
    rows: Iterable[Row],
    line_of: Callable[[Row], Hashable],
    told: Callable[[Action, Row], str | Problem],
) -> list[str | Problem]:
    """For each document what its own row of the result says; a line that nobody speaks of is unknown."""
    by_line = {line_of(row): row for row in rows}
    lost = Unknown("o ERP não respondeu sobre esta linha")
    return [told(action, by_line[key]) if (key := line_of(action.payload)) in by_line else lost for action in actions]


def refused(sentence: str | None) -> Rejected:
    return Rejected(sentence or "recusado sem mensagem")


def key_of(row: Row) -> str:
    """A title's key as one text, from a payload or from an answer."""
    return "/".join(str(row[name]) for name in KEY)


async def listed(erp: SoapConnection, operation: str, grid: str, actions: Sequence[Action], date: str) -> list[Row]:
    """Batches or entries of one company on the days of these documents."""
    days = sorted({str(action.payload[date]) for action in actions}, key=_moment)
    asked = {"codEmp": actions[0].payload["codEmp"], "datIni": days[0], "datFim": days[-1]}
    rows: list[Row] = []
    number, total = 0, 1
    while number * LARGEST_PAGE < total:
        number += 1
        page = {**asked, "indicePagina": number, "limitePagina": LARGEST_PAGE}
        body = await erp.call(ENTRIES_SERVICE, operation, page)
        rows += body[grid]
        total = int(body.get("totalRegistros") or 0)
    return rows


def _moment(day: str) -> datetime:
    return datetime.strptime(day, "%d/%m/%Y")  # noqa: DTZ007 - days are compared with days
