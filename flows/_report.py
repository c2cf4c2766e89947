"""What finance reads of a run in Prefect: the summary with the bridge, what is held back, drift, what to do."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event

from flows._markdown import plain
from flows._privacy import veil_for
from flows._run import Run
from flows._sql import machinery
from flows._words import POSTING, WAITING, WORDS

TERMINAL = logging.getLogger("contrapartida.progress")
"""How far long work is; whoever shows it listens here."""
BRIDGE = machinery("bridge")
MOST_ROWS = 200
SIGNS = {"BRL": "R$", "CLP": "$"}
SUMMED = (*POSTING, "linked", "unchanged", "held_back", "rejected", "unknown", "not_sent", "ignored", "changed_since")
"""What was read is the sum of these; drift is told beside it."""
Kinds = dict[str, dict[str, Any]]
"""Counts and amounts by outcome, of each kind."""


def show_artifact(make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Shows something in Prefect; that Prefect cannot take it is no reason to stop posting."""
    try:
        return make(*arguments, **named)
    except httpx.HTTPError as error:
        get_run_logger().warning("Prefect did not take an artifact (%s)", type(error).__name__)
        return None


class Progress:
    """Long work shows how far it is, as a progress artifact of the run in the Prefect UI."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._told = 0.0
        self._artifact: Any = None

    def __enter__(self) -> Self:
        if self._total:
            self._artifact = show_artifact(create_progress_artifact, 0.0, description=self._what)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._artifact and kind is None:
            show_artifact(update_progress_artifact, self._artifact, progress=100.0 * self._done / self._total)

    def advance(self, count: int) -> None:
        """`count` more are done; the artifact is touched once per five per cent, a terminal each time."""
        self._done += count
        share = 100.0 * self._done / self._total
        TERMINAL.info(self._what, extra={"done": self._done, "total": self._total})
        if self._artifact and share - self._told >= 5:
            self._told = share
            show_artifact(update_progress_artifact, self._artifact, progress=share)


def write(run: Run, state: str, summary: dict[str, Any]) -> None:
    """The artifacts of a run that came to its end: summary, what waits for a person, drift."""
    report = _Report(run)
    report.summary(state, summary)
    report.held_back()
    report.drift()
    _announce(run, summary["kinds"])


def write_stopped(run: Run, state: str, message: str) -> None:
    """The one artifact of a run that stopped on its way: why, what was posted until then, what to do."""
    [(posted,)] = run.rows("posted_so_far", BRIDGE)
    _Report(run).stopped(state, message, posted)


def _announce(run: Run, kinds: dict[str, dict[str, Any]]) -> None:
    """Events that a Prefect automation can turn into a message to whom it concerns."""
    for name in WAITING:
        counts = {kind: told[name] for kind, told in kinds.items() if told[name]}
        if counts:
            resource = {"prefect.resource.id": f"contrapartida.{run.tenant}.{run.integration.name}"}
            emit_event(f"contrapartida.{name}", resource, payload={"run_id": run.id, "counts": counts})


class _Report:
    """One run, told in the language of its readers."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._words = WORDS[run.integration.language]
        self._titles = {kind.name: kind.title or kind.name for kind in run.findings.kinds}

    def summary(self, state: str, summary: dict[str, Any]) -> None:
        words = self._words
        kinds = {self._titles[name]: told for name, told in summary["kinds"].items() if told["read"]}
        counted = " · ".join(self._counted(kinds))
        parts = [f"# {self._state(state)}", self._title(), f"**{counted}**" if counted else ""]
        parts += [words.rehearsal] if self._run.dry_run else []
        parts += ["\n".join(self._bridge(kinds)), words.closes] if kinds else []
        parts += [f"## {words.what_to_do}", "\n".join(self._to_do(kinds)) or words.nothing_to_do]
        parts += [self._footer(summary["calls"])]
        self._show_text(parts, counted or self._state(state))

    def stopped(self, state: str, message: str, posted: int) -> None:
        words = self._words
        before = words.already_posted.format(count=_count(posted)) if posted else words.nothing_posted
        parts = [f"# {self._state(state)}", self._title(), words.stopped.format(message=plain(message)), before]
        parts += [f"## {words.what_to_do}", words.repair.get(state, words.ask_the_maintainers)]
        self._show_text([*parts, self._footer(self._run.calls)], f"{self._state(state)}: {plain(message)}")

    def held_back(self) -> None:
        count, rows = self._rows("reasons")
        shown = [
            self._named(
                document=document,
                amount=_amount(currency, amount),
                because=because,
                label=label,
                kind=self._titles[kind],
                outcome=self._words.outcomes[outcome],
            )
            for kind, document, label, amount, currency, outcome, because in rows
        ]
        self._show_table("held_back", shown, count, "select * from held_back")

    def drift(self) -> None:
        count, rows = self._rows("drifts")
        shown = [
            self._named(
                document=document,
                amount=_amount(currency, amount),
                because=because,
                last_written=last_written,
                in_target=in_target,
                wanted=wanted,
                label=label,
                kind=self._titles[kind],
            )
            for kind, document, label, amount, currency, because, last_written, in_target, wanted in rows
        ]
        self._show_table("drift", shown, count, "select * from last_run.planned where drift")

    # -- the parts of the summary ---------------------------------------------------------------------------

    def _title(self) -> str:
        return f"{self._run.integration.title} · {self._run.tenant} · {self._run.today:%d/%m/%Y}"

    def _state(self, state: str) -> str:
        words, (head, _, tail) = self._words, state.partition(", some ")
        named = words.states.get(head, head)
        return {"held back": words.held_back, "not sent": words.not_sent}.get(tail, "{state}").format(state=named)

    def _counted(self, kinds: Kinds) -> Iterator[str]:
        for name in (*POSTING, *WAITING, "linked"):
            if count := sum(told[name] for told in kinds.values()):
                yield f"{_count(count)} {self._words.outcomes[name].lower()}"

    def _bridge(self, kinds: Kinds) -> Iterator[str]:
        """A column per kind; what was read, what became of it, and what is left: nothing."""
        yield "| | " + " | ".join(kinds) + " |"
        yield "|:--" + "|--:" * len(kinds) + "|"
        yield _row(self._words.outcomes["read"], (_cell(told, "read") for told in kinds.values()), strong=True)
        for name in SUMMED:
            if any(told[name] or _amounts(told, name) for told in kinds.values()):
                yield _row(self._words.outcomes[name], (_cell(told, name) for told in kinds.values()))
        yield _row(self._words.difference, (_difference(told) for told in kinds.values()), strong=True)

    def _to_do(self, kinds: Kinds) -> Iterator[str]:
        _, reasons = self._rows("reasons_in_short")
        for name in WAITING:
            if count := sum(told[name] for told in kinds.values()):
                yield f"- **{_count(count)} {self._words.outcomes[name].lower()}:** {self._words.advice[name]}"
                yield from self._reasons([row[1:] for row in reasons if row[0] == name])

    def _reasons(self, rows: Sequence[Sequence[Any]]) -> Iterator[str]:
        for because, currency, documents, amount, _ in rows:
            sum_of_them = f" ({_money(currency, amount)})" if amount else ""
            yield f"    - {_count(documents)} × {plain(because)}{sum_of_them}"
        if rows and (more := rows[0][-1] - len(rows)):
            yield "    - " + self._words.and_more.format(count=_count(more), artifact=self._key("held_back"))

    def _footer(self, calls: dict[str, dict[str, int]]) -> str:
        words = self._words
        told = "; ".join(
            f"{system} "
            + ", ".join(
                (words.reads if method == "GET" else words.writes).format(count=_count(count))
                for method, count in methods.items()
            )
            for system, methods in calls.items()
            if methods
        )
        return words.footer.format(calls=told or words.no_calls, run=self._run.id)

    # -- Prefect --------------------------------------------------------------------------------------------

    def _show_text(self, parts: Iterable[str], description: str) -> None:
        text = "\n\n".join(part for part in parts if part)
        show_artifact(create_markdown_artifact, text, key=self._key("summary"), description=description)

    def _show_table(self, name: str, rows: list[dict[str, str]], count: int, query: str) -> None:
        if not count:
            return
        words = self._words
        told = words.documents if count <= MOST_ROWS else words.largest
        description = told.format(count=_count(count), most=MOST_ROWS, query=query)
        show_artifact(create_table_artifact, rows, key=self._key(name), description=description)

    def _key(self, name: str) -> str:
        return f"{self._run.integration.name.replace('_', '-')}-{self._words.artifacts[name]}"

    def _named(self, **cells: str | None) -> dict[str, str]:
        return {self._words.columns[name]: plain(value or "") for name, value in cells.items()}

    def _rows(self, block: str) -> tuple[int, list[tuple[Any, ...]]]:
        """How many rows a block has, and the first of them, without what is personal."""
        rows = self._run.rows(block, BRIDGE)
        first = rows[:MOST_ROWS]
        texts = [cell for row in first for cell in row if isinstance(cell, str)]
        veil = veil_for(self._run.database, self._run.classified, texts)
        return len(rows), [tuple(veil(cell) if isinstance(cell, str) else cell for cell in row) for row in first]


def _row(name: str, cells: Iterable[str], *, strong: bool = False) -> str:
    return "| " + " | ".join(f"**{cell}**" if strong else cell for cell in (name, *cells)) + " |"


def _cell(told: dict[str, Any], name: str) -> str:
    counted = [_count(told[name])] if told[name] else []
    return " · ".join([*counted, *_amounts(told, name)]) or "–"


def _amounts(told: dict[str, Any], name: str) -> list[str]:
    return [_money(currency, by[name]) for currency, by in told["amounts"].items() if Decimal(by.get(name, 0))]


def _difference(told: dict[str, Any]) -> str:
    documents = told["read"] - sum(told[name] for name in SUMMED)
    amounts = [
        _money(currency, Decimal(by["read"]) - sum((Decimal(by.get(name, 0)) for name in SUMMED), Decimal(0)))
        for currency, by in told["amounts"].items()
        if Decimal(by.get("read", 0))
    ]
    return " · ".join([_count(documents), *amounts])


def _amount(currency: str | None, amount: Decimal | None) -> str:
    return _money(currency, amount) if amount is not None else ""


def _count(count: int) -> str:
    return f"{count:,}".replace(",", ".")


def _money(currency: str | None, amount: Decimal | str) -> str:
    """An amount as it is written in Brazil and Chile: R$ 1.234,56; a peso has no cents."""
    exact = Decimal(amount)
    digits = 0 if currency == "CLP" and exact == exact.to_integral_value() else 2
    text = f"{abs(exact):,.{digits}f}".translate(str.maketrans(",.", ".,"))
    return f"{'-' if exact < 0 else ''}{SIGNS.get(currency or 'BRL', currency)} {text}"
