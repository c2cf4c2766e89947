"""How stories speak of Senior's HCM: entries, titles and settlements of payroll, invoices and what became of them."""

from typing import Any

from sandbox import _senior_hcm_data as data
from tests._systems import System


def _of(make: Any, key: str) -> Any:
    return lambda row: make(row[key])


SYSTEM = System(
    people_and_money=(
        *("lancamento", "titulo", "baixa", "baixa_erp", "movimento", "fatura_definicao", "fatura_lancamento"),
        *("fatura_colaborador", "ficha_financeira"),
    ),
    shorthand={
        "payroll_entries": ("lancamento", _of(data.entry, "ideUni")),
        "payroll_titles": ("titulo", _of(data.title, "ideTit")),
        "payroll_settlements": ("baixa", _of(data.settlement, "ideBai")),
        "invoice_definitions": ("fatura_definicao", _of(data.definition, "id")),
        "invoice_launches": ("fatura_lancamento", _of(data.launch, "id")),
    },
    nouns={
        "/folha/baixas-erp": ("settlement", "referencia"),
        "/folha/baixas-erp/{id}/estorno": ("settlement", "id"),
        "/folha/movimentos": ("movement", "referencia"),
    },
)
