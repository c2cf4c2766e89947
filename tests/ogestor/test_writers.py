"""What the writers of panel and ERP make of answers and listings that come in other forms than the notes show."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from connections._errors import Missing, Problem, Unreadable
from destinations._contract import Action, Receipt
from destinations.ogestor_erp import BankSlips, Clients, Receivables, States
from destinations.ogestor_panel import Invoices, InvoiceStates

Row = dict[str, Any]
CANNOT_SAY = "cannot say"


class Target:
    """One of oGestor's applications: what it answers to a write, what it lists, what it shows by its address."""

    def __init__(self, answer: Any = None, rows: tuple[Row, ...] = (), single: Mapping[str, Row] | None = None) -> None:
        self.answer, self.rows, self.single = answer, rows, single or {}
        self.asked: list[str] = []

    async def write(self, path: str, body: Any, params: Any = None, *, method: str = "POST") -> Any:
        self.asked.append(f"{method} {path}")
        return self.answer

    async def read(self, path: str) -> Any:
        self.asked.append(f"GET {path}")
        if path not in self.single:
            raise Missing("não existe lá")
        return self.single[path]

    async def every(self, path: str, **asked: str) -> list[Row]:
        self.asked.append(f"list {path}")
        return list(self.rows)


def action(payload: Row, **more: Any) -> Action:
    return Action("kind", "document", "create", payload, **more)


def resolved(writer: Any, what: Action) -> str | None:
    try:
        found: str | None = asyncio.run(writer.resolve(what))
    except Problem:
        return CANNOT_SAY
    return found


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"codigo": 231}, "231"),
        ({"codigo": "231"}, "231"),
        ({"codigo": True}, Receipt()),
        ({"id": 231}, Receipt()),
        ([], Receipt()),
        (None, Receipt()),
    ],
)
def test_a_code_may_come_as_a_text_and_an_answer_without_one_is_an_answer(answer: Any, said: str | Receipt) -> None:
    target: Any = Target(answer)
    for writer, payload in ((Invoices(target), {}), (Receivables(target), {}), (Clients(target), {})):
        assert asyncio.run(writer.send(action(payload))) == said
    assert [asked.split()[0] for asked in target.asked] == ["POST"] * 3


def test_what_happens_to_a_record_keeps_the_id_that_it_has() -> None:
    target: Any = Target({"ok": True})
    told = [
        asyncio.run(writer.send(action({}, target_id="9")))
        for writer in (InvoiceStates(target, "baixar"), States(target, "receber"))
    ]
    assert (told, target.asked) == (["9", "9"], ["POST /faturas/9/baixar", "PUT /contas-receber/9/receber"])


SENT = {"cliente_id": 17, "mes_referencia": "07", "ano_referencia": "2026", "lancamento": "2026-07-01"}


def invoice(code: Any, **changed: Any) -> Row:
    return {"codigo": code, "status": "Aguardando Pagamento", **SENT, **changed}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((), None),
        ((invoice(1),), "1"),
        ((invoice("1", cliente_id="17", mes_referencia=7, ano_referencia=2026),), "1"),
        ((invoice(1, cliente_id=18), invoice(2, mes_referencia="08")), None),
        ((invoice(1, status="Cancelada"), invoice(2)), "2"),
        ((invoice(1, status="Cancelada"),), "1"),
        ((invoice(1), invoice(2)), CANNOT_SAY),
        ((invoice(1, mes_referencia=None),), CANNOT_SAY),
        ((invoice(1, mes_referencia=None, lancamento="2025-07-01"),), None),
        (({**invoice(1), "codigo": None},), CANNOT_SAY),
    ],
)
def test_an_invoice_whose_answer_was_lost_is_found_by_client_and_month(rows: tuple[Row, ...], found: Any) -> None:
    target: Any = Target(rows=rows)
    assert resolved(Invoices(target), action(SENT)) == found


TITLE = {"codigo": 902, "cliente_id": "44", "num_doc": 231, "valor": 89.9}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((), None),
        (({**TITLE, "codigo_externo": "fatura:231"},), "902"),
        (({**TITLE, "codigo_externo": "fatura:230"},), None),
        (({**TITLE, "codigo_externo": None},), None),
        ((TITLE,), "902"),
        (({**TITLE, "num_doc": "NF-777"},), None),
        (
            ({**TITLE, "codigo_externo": "fatura:231"}, {**TITLE, "codigo": 903, "codigo_externo": "fatura:231"}),
            CANNOT_SAY,
        ),
    ],
)
def test_a_receivable_is_found_by_our_reference_or_where_that_is_hidden_by_all_that_was_sent(
    rows: tuple[Row, ...], found: Any
) -> None:
    target: Any = Target(rows=rows)
    sent = {"cliente_id": 44, "num_doc": "231", "valor": "89.90"}
    assert resolved(Receivables(target), action(sent, reference="fatura:231")) == found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"situacao": "Pago/Liquidado", "valor_pago": "91.98", "data_pagamento": "2026-11-19"}, "9"),
        ({"situacao": "PAGO", "valor_pago": 91.98, "data_pagamento": "2026-11-19 00:00:00"}, "9"),
        ({"situacao": "Pago/Liquidado"}, "9"),
        ({"situacao": "Pago/Liquidado", "valor_pago": "89.90", "data_pagamento": "2026-11-19"}, None),
        ({"situacao": "Aberto", "valor_pago": "0.00"}, None),
    ],
)
def test_a_settlement_is_known_by_what_the_receivable_shows(row: Row, found: Any) -> None:
    by_address: Any = Target(single={"/contas-receber/9": {"codigo": "9", **row}})
    listed: Any = Target(rows=({"codigo": 8}, {"codigo": 9, **row}))
    sent = action({"valor": "91.98", "data_pagamento": "2026-11-19"}, target_id="9", reference="fatura:231")
    assert [resolved(States(target, "receber"), sent) for target in (by_address, listed)] == [found, found]


def test_only_the_whole_listing_says_that_a_record_is_gone() -> None:
    there: Any = Target(rows=({"codigo": 9},))
    gone: Any = Target(rows=({"codigo": 8},))
    assert [asyncio.run(Receivables(target).stands("9")) for target in (there, gone)] == [True, False]
    assert gone.asked == ["GET /contas-receber/9", "list /contas-receber"]


def test_of_two_slips_of_a_receivable_the_living_one_is_ours() -> None:
    rows = (
        {"codigo": 1, "conta_receber_id": "902", "situacao": "Cancelado"},
        {"codigo": 2, "conta_receber_id": 902, "situacao": "Em aberto"},
        {"codigo": 3, "conta_receber_id": 903, "situacao": "Em aberto"},
    )
    target: Any = Target(rows=rows)
    assert resolved(BankSlips(target), action({"conta_receber_id": 902})) == "2"


def test_what_cannot_be_read_stays_unknown() -> None:
    class Mute(Target):
        async def every(self, path: str, **asked: str) -> list[Row]:
            raise Unreadable("as páginas se contradizem")

    target: Any = Mute()
    with pytest.raises(Unreadable):
        asyncio.run(Invoices(target).resolve(action(SENT)))
