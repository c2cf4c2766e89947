"""What the writers of Senior's ERP share: one call for many lines, each with its own answer; what a look reads."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any

from connections._errors import Problem, Rejected, Unknown
from connections._pages import every_row
from connections.senior_erp import SeniorErp
from destinations._contract import Action, Receipt

GOOD = frozenset({"ok", "processado com sucesso", "sucesso"})
"""The words of a success that were seen. What is none of them is decided by looking, not by its wording."""
ENTRIES_SERVICE = "mct_ctb_exportacaolctctb"
KEY = ("codEmp", "codFil", "codFor", "codTpt", "numTit")
MOST_CALLS = 24
"""How often a refused call of two hundred lines is halved until one bad line stands alone."""
BATCHES = ("ExportarLotes", "lotes", "numLot")
ENTRIES = ("ExportarLancamentos", "lancamentos", "numLct")
Row = dict[str, Any]
Told = str | Receipt | Problem


def is_ok(text: str | None) -> bool:
    return (text or "").strip().rstrip(".!").casefold() in GOOD


def refused(sentence: str | None) -> Rejected:
    return Rejected(sentence or "recusado sem mensagem")


def answered(words: str | None, target_id: str) -> Told:
    """What one line's words mean: taken, refused in these words, or nothing said, which is looked for."""
    if not (words or "").strip():
        return Receipt()
    return target_id if is_ok(words) else refused(words)


def each_line(
    actions: Sequence[Action],
    rows: Iterable[Row],
    line_of: Callable[[Row], Hashable],
    told: Callable[[Action, Row], Told],
) -> list[Told]:
    """For each document what its own row of the result says; a line that nobody speaks of is unknown.

    Of a line that is answered twice, the good answer counts: the second one may only say that it is there already.
    """
    by_line: dict[Hashable, list[Row]] = {}
    for row in rows:
        by_line.setdefault(line_of(row), []).append(row)
    return [_best([told(action, row) for row in by_line.get(line_of(action.payload), ())]) for action in actions]


def _best(said: Sequence[Told]) -> Told:
    for kind in (str, Receipt, Problem):
        for each in said:
            if isinstance(each, kind):
                return each
    return Unknown("o ERP não respondeu sobre esta linha")


class Lines:
    """Many lines in one call, in an operation that answers for every line by itself.

    Lines that fit in no envelope are their own fault. Where the ERP refuses a call whole, one line may be the cause:
    what was looked for and is not there goes again in halves, so that its neighbours are not refused with it.
    """

    service: str
    operation: str
    looks_by: tuple[str, ...]

    def __init__(self, erp: SeniorErp) -> None:
        self._erp = erp
        self.largest = erp.settings.lines_per_call

    def asked(self, actions: Sequence[Action]) -> dict[str, Any]:
        """The parameters of the call."""
        raise NotImplementedError

    def told(self, actions: Sequence[Action], result: Row) -> list[Told]:
        """What the result says of each line."""
        raise NotImplementedError

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        raise NotImplementedError

    async def send_all(self, actions: Sequence[Action]) -> list[Told]:
        told: dict[int, Told] = {}
        if await self._misfit(actions):
            told = {place: fault for place, each in enumerate(actions) if (fault := await self._misfit([each]))}
        waiting = [[place for place in range(len(actions)) if place not in told]]
        calls = 0
        while waiting and (places := waiting.pop()):
            calls += 1
            lines = [actions[place] for place in places]
            try:
                result = await self._erp.submit(self.service, self.operation, self.asked(lines))
            except Rejected as problem:
                halves, settled = await self._after_refusal(places, lines, problem, calls)
                waiting += halves
                told |= settled
            except Problem as problem:
                told |= dict.fromkeys(places, problem)
            else:
                told |= zip(places, self.told(lines, result), strict=True)
        return [told[place] for place in range(len(actions))]

    async def _misfit(self, actions: Sequence[Action]) -> Problem | None:
        return await self._erp.fits(self.service, self.operation, self.asked(actions))

    async def _after_refusal(
        self, places: list[int], lines: list[Action], problem: Rejected, calls: int
    ) -> tuple[list[list[int]], dict[int, Told]]:
        """The halves that are to be sent again, and what is settled about the other lines."""
        if len(places) == 1 or calls >= MOST_CALLS:
            return [], dict.fromkeys(places, problem)
        looks = dict(zip(places, await self.resolve_all(lines), strict=True))
        settled: dict[int, Told] = {place: look for place, look in looks.items() if look is not None}
        absent = [place for place, look in looks.items() if look is None]
        half = len(absent) // 2
        return [part for part in (absent[:half], absent[half:]) if part], settled


def code_of(value: Any) -> str:
    """A code as one text, however an answer writes the number: 1, 001 and 1.0 are one."""
    text = str(value if value is not None else "").strip()
    whole, _, rest = text.replace(",", ".").partition(".")
    return (whole.lstrip("0") or "0") if whole.isascii() and whole.isdigit() and not rest.strip("0") else text


def key_of(row: Row) -> str:
    """A title's key as one text, from a payload or from an answer."""
    codes = [code_of(row[name]) for name in KEY[:3]]
    return "/".join([*codes, *(" ".join(str(row[name] or "").split()) for name in KEY[3:])])


async def listed(erp: SeniorErp, grid: tuple[str, str, str], days: Iterable[str], company: Any) -> list[Row]:
    """Batches or entries of one company from the first to the last of these days."""
    operation, name, key = grid
    in_order = sorted({str(day) for day in days}, key=_moment)
    window = {"codEmp": company, "datIni": in_order[0], "datFim": in_order[-1]}
    fetch = erp.listing(ENTRIES_SERVICE, operation, name, window)
    return list(await every_row(fetch, first=1, key=lambda row: row.get(key), what=f"Senior ERP {operation}"))


def _moment(day: str) -> datetime:
    return datetime.strptime(day, "%d/%m/%Y")  # noqa: DTZ007 - days are compared with days
