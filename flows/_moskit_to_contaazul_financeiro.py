"""Automations as a tenant configures them: when a deal is won, receivables and payables are created from templates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows._templates import Unfilled, complaint, filled, holds

REQUIRED = {
    "data_competencia": "Data de competência",
    "valor": "Valor",
    "observacao": "Observação",
    "descricao": "Descrição",
    "conta": "Conta",
    "categoria": "Categoria",
    "nome_cliente": "Nome do cliente",
    "tipo_cliente": "Tipo do cliente",
    "tipo_papel": "Tipo de papel",
}
OPTIONAL = ("data_vencimento", "documento", "email", "parcels")
UNFILLED = "(não preenchido)"
"""What stands in `parcels` where its template could not be filled in: one parcel would be a guess."""
FIELDS = {*REQUIRED, *OPTIONAL} - {"parcels"}
NOT_WON = {
    "DELETED": "Foi excluído no Moskit",
    "LOST": "Não está mais ganho no Moskit",
    "OPEN": "Não está mais ganho no Moskit",
}
SEEN = ("deal", "company", "contact", "products", "fields")
"""What templates and filters see."""


class Step(BaseModel):
    """One action of an automation: what is created, and a template for each field.

    `parcels` are payment terms, counted from Data de competência: "30/60/90", "3x", "3x dia 10"; without them, and
    where they come out empty, there is one parcel, due on data_vencimento or `due_days` after Data de competência.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    create: Literal["receivable", "payable"]
    fields: Mapping[str, str]
    due_days: int = 0
    parcels: str = ""

    @model_validator(mode="after")
    def _fields_are_complete_and_readable(self) -> Self:
        if missing := [called for name, called in REQUIRED.items() if not self.fields.get(name, "").strip()]:
            raise ValueError(f"these fields are required: {', '.join(missing)}")
        if unknown := sorted(set(self.fields) - FIELDS):
            known = ", ".join((*REQUIRED, *OPTIONAL[:-1]))
            raise ValueError(f"unknown fields: {', '.join(unknown)}; there are {known}")
        for name, text in {**self.fields, "parcels": self.parcels}.items():
            if wrong := complaint(text, SEEN):
                raise ValueError(f"{name}: {wrong}")
        return self


class Automation(BaseModel):
    """`id` stands in our references and never changes; deals won before `starts_on` are left alone.

    `recapture`: a deal that is un-won and won again fires again. `funnels` empty: all of them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,29}$")
    title: str = Field(min_length=1)
    starts_on: date
    trigger: Literal["won_deal"] = "won_deal"
    active: bool = True
    recapture: bool = False
    funnels: tuple[int, ...] = ()
    filter: str = ""
    actions: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _filter_is_readable(self) -> Self:
        if self.filter and (wrong := complaint(f"{{% if {self.filter} %}}{{% endif %}}", SEEN)):
            raise ValueError(f"filter of '{self.title}': {wrong}")
        return self


def rendered(automations: Sequence[Automation], deals: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row per deal and action: the fields filled in, or why the automation leaves the deal alone."""
    for automation in automations:
        for deal in deals if automation.active else ():
            ignored = _left_alone(automation, deal)
            passes = None if ignored else _passes(automation, deal) if _funnel_is_known(automation, deal) else None
            if passes is False:
                ignored = "Não passa no filtro da automação"
            for number, step in enumerate(automation.actions, 1):
                row = _row(automation, number, step, deal, ignored)
                yield row | {"unjudged_filter": automation.title if ignored is None and passes is None else None}


def _left_alone(automation: Automation, deal: Mapping[str, Any]) -> str | None:
    about = deal["deal"]
    if about["status"] in NOT_WON:
        return NOT_WON[about["status"]]
    if about["closed_on"] and about["closed_on"] < automation.starts_on:
        return "Ganho antes do início da automação"
    if _funnel_is_known(automation, deal) and not _is_in_funnels(automation, deal):
        return "Fora dos funis da automação"
    return None


def _funnel_is_known(automation: Automation, deal: Mapping[str, Any]) -> bool:
    """A deal whose stage Moskit does not tell is in no funnel that anybody could judge."""
    return not automation.funnels or deal["deal"]["funnel_id"] is not None


def _is_in_funnels(automation: Automation, deal: Mapping[str, Any]) -> bool:
    return not automation.funnels or deal["deal"]["funnel_id"] in {str(each) for each in automation.funnels}


def _passes(automation: Automation, deal: Mapping[str, Any]) -> bool | None:
    """Whether the filter lets a deal through; None where it asks for what the deal does not have."""
    try:
        return not automation.filter or holds(automation.filter, deal)
    except Unfilled:
        return None


def _row(
    automation: Automation, number: int, step: Step, deal: Mapping[str, Any], ignored: str | None
) -> dict[str, Any]:
    about = deal["deal"]
    capture = f"{about['id']}@{about['closed_at']}" if automation.recapture else about["id"]
    fields: dict[str, str | None] = dict.fromkeys((*REQUIRED, *OPTIONAL))
    if ignored is None:
        fields |= {name: _filled(text, deal) for name, text in step.fields.items()}
        fields["parcels"] = _terms(step.parcels, deal)
    return {
        "document_id": f"{automation.id}/{capture}/{number}",
        "deal_id": about["id"],
        "automation": automation.title,
        "side": step.create,
        "due_days": step.due_days,
        "ignored_because": ignored,
        "is_won": about["status"] == "WON",
        **fields,
        "empty_fields": ", ".join(called for name, called in REQUIRED.items() if not fields[name]) or None,
    }


def _filled(text: str, deal: Mapping[str, Any]) -> str | None:
    try:
        return filled(text, deal) or None
    except Unfilled:
        return None


def _terms(text: str, deal: Mapping[str, Any]) -> str | None:
    """What a template of payment terms says, None where there is none or it comes out empty."""
    try:
        return filled(text, deal) or None
    except Unfilled:
        return UNFILLED
