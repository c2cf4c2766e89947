"""What finance reads of a run, in Portuguese: the summary with the bridge, what is held back, drift, what to do."""

from collections.abc import Sequence
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows._run import Run
from flows._sql import machinery

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
    "rejected": "**Recusados:** corrija o documento na origem ou o cadastro no destino; o mesmo conteúdo não é reenviado.",
    "unknown": "**Sem resposta:** nada a fazer agora; a próxima execução procura no destino antes de reenviar.",
    "held_back": "**Retidos:** corrija o motivo indicado; cada execução avalia de novo.",
    "drift": "**Alterados à mão:** desfaça no destino ou ajuste na origem; nada foi sobrescrito.",
}


class Progress:
    """Long work shows how far it is, as a progress artifact of the run in the Prefect UI."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = total
        self._done = 0
        self._shown = 0.0
        self._artifact: Any = None

    def __enter__(self) -> Self:
        if self._total:
            self._artifact = create_progress_artifact(0.0, description=self._what)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._artifact and kind is None:
            update_progress_artifact(self._artifact, progress=100.0 * self._done / self._total)

    def advance(self, count: int) -> None:
        """`count` more are done; the artifact is touched once per five per cent."""
        self._done += count
        share = 100.0 * self._done / self._total
        if share - self._shown >= 5:
            self._shown = share
            update_progress_artifact(self._artifact, progress=share)


def write(run: Run, state: str, summary: dict[str, Any]) -> None:
    """The artifacts of a run: summary, held-back documents, drift."""
    key = run.integration.name.replace("_", "-")
    create_markdown_artifact(_summary(run, state, summary), key=f"{key}-resumo", description=f"{state} · {run.tenant}")
    held = run.rows("reasons", BRIDGE)
    if held:
        create_table_artifact(
            [_reason(row) for row in held[:MOST_ROWS]],
            key=f"{key}-retidos",
            description=_first_of(len(held), "select * from held_back"),
        )
    drifts = run.rows("drifts", BRIDGE)
    if drifts:
        create_table_artifact(
            [_drift(row) for row in drifts[:MOST_ROWS]],
            key=f"{key}-alterados",
            description=_first_of(len(drifts), "select * from last_run.planned where drift"),
        )


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
