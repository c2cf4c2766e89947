"""What finance reads of a run, in Portuguese: the summary with the bridge, what is held back, drift, what to do."""

import logging
from collections.abc import Callable, Sequence
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

from flows._run import Run
from flows._sql import machinery

TERMINAL = logging.getLogger("contrapartida.progress")
"""How far long work is; whoever shows it listens here."""
BRIDGE = machinery("bridge")
MOST_ROWS = 200
OUTCOMES = {
    "read": "Lidos",
    "created": "Lançados",
    "updated": "Alterados",
    "settled": "Baixados",
    "cancelled": "Cancelados",
    "linked": "Vinculados (já estavam lá)",
    "unchanged": "Sem mudança",
    "held_back": "Retidos",
    "rejected": "Recusados pelo destino",
    "unknown": "Sem resposta do destino",
    "ignored": "Fora do escopo",
    "drift": "Alterados à mão no destino",
}
NEXT = {
    "rejected": "**Recusados:** corrija na origem ou no cadastro do destino; o mesmo conteúdo não é reenviado.",
    "unknown": "**Sem resposta:** nada a fazer agora; a próxima execução procura no destino antes de reenviar.",
    "held_back": "**Retidos:** corrija o motivo indicado; cada execução avalia de novo.",
    "drift": "**Alterados à mão:** desfaça no destino ou ajuste na origem; nada foi sobrescrito.",
}


def _shown(make: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
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
            self._artifact = _shown(create_progress_artifact, 0.0, description=self._what)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._artifact and kind is None:
            _shown(update_progress_artifact, self._artifact, progress=100.0 * self._done / self._total)

    def advance(self, count: int) -> None:
        """`count` more are done; the artifact is touched once per five per cent, a terminal each time."""
        self._done += count
        share = 100.0 * self._done / self._total
        TERMINAL.info(self._what, extra={"done": self._done, "total": self._total})
        if self._artifact and share - self._told >= 5:
            self._told = share
            _shown(update_progress_artifact, self._artifact, progress=share)


def write(run: Run, state: str, summary: dict[str, Any]) -> None:
    """The artifacts of a run: summary, held-back documents, drift."""
    key = run.integration.name.replace("_", "-")
    text = _summary(run, state, summary)
    _shown(create_markdown_artifact, text, key=f"{key}-resumo", description=f"{state} · {run.tenant}")
    held = run.rows("reasons", BRIDGE)
    if held:
        _shown(
            create_table_artifact,
            [_reason(row) for row in held[:MOST_ROWS]],
            key=f"{key}-retidos",
            description=_first_of(len(held), "select * from held_back"),
        )
    drifts = run.rows("drifts", BRIDGE)
    if drifts:
        _shown(
            create_table_artifact,
            [_drift(row) for row in drifts[:MOST_ROWS]],
            key=f"{key}-alterados",
            description=_first_of(len(drifts), "select * from last_run.planned where drift"),
        )
    _announce(run, summary["kinds"])


def _announce(run: Run, kinds: dict[str, dict[str, Any]]) -> None:
    """Events that a Prefect automation can turn into a message to whom it concerns."""
    for name in NEXT:
        counts = {kind: told[name] for kind, told in kinds.items() if told[name]}
        if counts:
            resource = {"prefect.resource.id": f"contrapartida.{run.tenant}.{run.integration.name}"}
            emit_event(f"contrapartida.{name}", resource, payload={"run_id": run.id, "counts": counts})


def _summary(run: Run, state: str, summary: dict[str, Any]) -> str:
    lines = [
        f"# {run.integration.title} · {run.tenant} · {run.today:%d/%m/%Y}",
        f"**{state}**" + (" (simulação: nada foi enviado)" if run.dry_run else ""),
        "",
        "A soma de cada linha fecha com o que foi lido, ao centavo.",
        "",
    ]
    lines += _table(summary["kinds"])
    lines += ["", "## O que fazer", ""] + (_next_steps(summary["kinds"]) or ["Nada: tudo foi tratado."])
    calls = "; ".join(
        f"{system}: " + ", ".join(f"{count} {method}" for method, count in methods.items())
        for system, methods in summary["calls"].items()
    )
    lines += [
        "",
        f"Chamadas: {calls or 'nenhuma'}. Execução `{run.id}`; a história completa está no arquivo publicado.",
    ]
    return "\n".join(lines)


def _table(kinds: dict[str, dict[str, Any]]) -> list[str]:
    shown = [name for name in OUTCOMES if any(kind.get(name) for kind in kinds.values())]
    lines = [
        "| | " + " | ".join(OUTCOMES[name] for name in shown) + " |",
        "|---" * (len(shown) + 1) + "|",
    ]
    for kind, told in kinds.items():
        lines.append(f"| {kind} | " + " | ".join(_cell(told, name) for name in shown) + " |")
    return lines


def _cell(told: dict[str, Any], name: str) -> str:
    amounts = [_brl(currency, by[name]) for currency, by in told["amounts"].items() if by.get(name)]
    return " · ".join([str(told[name]), *amounts]) if told[name] else "–"


def _next_steps(kinds: dict[str, dict[str, Any]]) -> list[str]:
    return [f"- {advice}" for name, advice in NEXT.items() if any(kind.get(name) for kind in kinds.values())]


def _reason(row: Sequence[Any]) -> dict[str, str]:
    kind, document, label, amount, currency, outcome, because = row
    return {
        "tipo": kind,
        "documento": document,
        "descrição": label or "",
        "valor": _brl(currency, amount) if amount is not None else "",
        "situação": OUTCOMES[outcome],
        "motivo": because or "",
    }


def _drift(row: Sequence[Any]) -> dict[str, str]:
    kind, document, label, amount, currency, because, last_written, in_target, wanted = row
    return {
        "tipo": kind,
        "documento": document,
        "descrição": label or "",
        "valor": _brl(currency, amount) if amount is not None else "",
        "último lançado": last_written or "",
        "no destino": in_target or "",
        "na origem": wanted or "",
        "motivo": because or "",
    }


def _first_of(count: int, query: str) -> str:
    if count <= MOST_ROWS:
        return f"{count} documentos"
    return f"{count} documentos, aqui os {MOST_ROWS} maiores; todos em published.duckdb: {query}"


def _brl(currency: str | None, amount: Decimal | str) -> str:
    """An amount as it is written in Brazil: R$ 1.234,56."""
    text = f"{Decimal(amount):,.2f}".translate(str.maketrans(",.", ".,"))
    return f"{'R$' if currency in (None, 'BRL') else currency} {text}"
