"""What goes to Kamino, call by call, and what is made of its answers."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connections._errors import Rejected, Unknown
from connections.kamino import Kamino, KaminoSettings
from destinations._contract import Receipt
from destinations.kamino import (
    PAYABLE,
    PAYABLES,
    PEOPLE,
    RECEIVABLE,
    RECEIVABLES,
    PayableReferences,
    People,
    Receivables,
)
from tests.destinations._asked import Asked, action, done, told

KEY = SecretStr("x")
SETTINGS = KaminoSettings(
    base_url="https://minha.kamino.tech", app=KEY, cn="c", id_usr="1", usr=KEY, hash=KEY, page_size=2
)
SAVED = {"Sucesso": True, "ID": 7}
NEW = {
    "IDPessoa": 5,
    "VlrVenc": Decimal("129.90"),
    "DtaVenc": "2026-11-30",
    "CodigoExterno": "PACTO-1-1",
    "where_empty": {"DtaCompet": "2026-11-30"},
}
STORED = {
    "ID": 7,
    "IDPessoa": 5,
    "VlrVenc": Decimal("129.90"),
    "DtaVenc": "2026-11-30T00:00:00",
    "CodigoExterno": "PACTO-1-1",
    "SitConta": 1,
    "_DataVencimento": "30/11/2026",
    "Obs": "digitado à mão",
    "DtaPagto": None,
}
WHOLE = {name: value for name, value in STORED.items() if name != "_DataVencimento"}
PAID = {"SitConta": 2, "DtaPagto": "2026-11-10", "where_empty": {"VlrPagto": Decimal("129.90")}}


class AskedKamino(Asked):
    page = Kamino.page
    whole_list = Kamino.whole_list


def kamino(*says: Any) -> Any:
    return AskedKamino(SETTINGS, list(says))


def page(*rows: dict[str, Any], number: int = 1, of: int | None = None) -> dict[str, Any]:
    total = len(rows) if of is None else of
    return {"Dados": list(rows), "PaginaAtual": number, "TotalLinhas": total, "TotalPaginas": -(-total // 2)}


NOTHING = (page(), page())
"""A listing that is empty is read twice before it is believed."""


# -- receivables -----------------------------------------------------------------------------------------------------


def test_a_new_receivable_is_inserted_pending_with_its_defaults() -> None:
    there = kamino(SAVED)
    assert done(Receivables(there).send, action(payload=NEW, reference="PACTO-1-1")) == "7"
    sent = {name: value for name, value in NEW.items() if name != "where_empty"}
    assert there.calls == [
        (
            "POST",
            RECEIVABLE,
            {"SitConta": 1, "DtaCompet": "2026-11-30", **sent, "DtaPagto": None, "VlrPagto": None, "ID": 0},
        )
    ]


def test_a_settlement_writes_its_own_fields_over_the_record_as_it_was_read() -> None:
    edited = {**STORED, "VlrVenc": Decimal("150.00")}
    there = kamino(SAVED)
    change = action("update", payload=PAID, target_id="7", base=edited, reference="PACTO-1-1")
    assert done(Receivables(there).send, change) == "7"
    written = {**WHOLE, "VlrVenc": Decimal("150.00"), "SitConta": 2, "DtaPagto": "2026-11-10"}
    assert there.calls == [("POST", RECEIVABLE, {**written, "VlrPagto": Decimal("129.90")})]


def test_an_amount_that_is_only_taken_for_paid_is_not_written_over_what_stands_there() -> None:
    settled = {**STORED, "SitConta": 2, "DtaPagto": "2026-11-09T00:00:00", "VlrPagto": Decimal("131.00")}
    there = kamino(SAVED)
    done(Receivables(there).send, action("update", payload=PAID, target_id="7", base=settled))
    assert (there.calls[0][2]["VlrPagto"], there.calls[0][2]["DtaPagto"]) == (Decimal("131.00"), "2026-11-10")


def test_what_this_run_wrote_is_not_undone_by_its_next_kind() -> None:
    there = kamino(SAVED, SAVED)
    writer = Receivables(there)
    done(writer.send, action("update", payload={"VlrVenc": Decimal("140.00")}, target_id="7", base=STORED))
    done(writer.send, action("update", payload=PAID, target_id="7", base=STORED))
    assert there.calls[1][2]["VlrVenc"] == Decimal("140.00")


def test_what_was_sent_without_an_answer_is_read_again_before_the_next_change() -> None:
    there = kamino(Unknown("sem resposta"), page({**STORED, "VlrVenc": Decimal("140.00")}), SAVED)
    writer = Receivables(there)
    done(writer.send, action("update", payload={"VlrVenc": Decimal("140.00")}, target_id="7", base=STORED))
    assert done(writer.send, action("update", payload=PAID, target_id="7", base=STORED)) == "7"
    assert [call[0] for call in there.calls] == ["POST", "GET", "POST"]
    assert there.calls[2][2]["VlrVenc"] == Decimal("140.00")


def test_a_settlement_taken_back_loses_date_and_amount() -> None:
    there = kamino(SAVED)
    settled = {**STORED, "SitConta": 2, "DtaPagto": "2026-11-10T00:00:00", "VlrPagto": Decimal("129.90")}
    done(Receivables(there).send, action("update", payload={"SitConta": 1}, target_id="7", base=settled))
    assert {name: there.calls[0][2][name] for name in ("SitConta", "DtaPagto", "VlrPagto")} == {
        "SitConta": 1,
        "DtaPagto": None,
        "VlrPagto": None,
    }


def test_a_record_that_was_typed_by_hand_gets_our_reference_and_keeps_anybody_elses() -> None:
    for code, kept in ((None, "PACTO-1-1"), ("", "PACTO-1-1"), ("MENSALIDADE 9", "MENSALIDADE 9")):
        there = kamino(SAVED)
        base = {**STORED, "CodigoExterno": code}
        done(Receivables(there).send, action("update", payload=PAID, target_id="7", base=base, reference="PACTO-1-1"))
        assert there.calls[0][2]["CodigoExterno"] == kept


@pytest.mark.parametrize("body", [{}, {"Sucesso": True}, {"ID": 0}, {"ID": None}, {"ID": True}, {"ID": "x"}, [7], None])
def test_what_was_saved_without_a_readable_id_is_looked_for(body: Any) -> None:
    assert done(Receivables(kamino(body)).send, action(payload=NEW)) == Receipt()


def test_an_id_may_come_as_text() -> None:
    assert done(Receivables(kamino({"ID": "7"})).send, action(payload=NEW)) == "7"


HIDDEN = {name: value for name, value in STORED.items() if name != "CodigoExterno"}
FOUND: dict[str, tuple[tuple[dict[str, Any], ...], object]] = {
    "one with our reference": ((page(STORED),), "7"),
    "with another amount, day and state since": (
        (page({**STORED, "VlrVenc": 1, "DtaVenc": None, "SitConta": 3}),),
        "7",
    ),
    "none": (NOTHING, None),
    "others, for the filter was ignored": ((page({**STORED, "CodigoExterno": "PACTO-1-9"}, {"ID": 8}),), None),
    "on the second of three pages that are capped": (
        (page({"ID": 8}, of=3), page(STORED, number=2, of=3), page({"ID": 9}, number=3, of=3)),
        "7",
    ),
    "twice": (
        (page(STORED, {**STORED, "ID": 8}),),
        ("Unknown", "há 2 recebimentos iguais na Kamino (7, 8); deixe só uma"),
    ),
    "one like it whose code is not shown": ((page(HIDDEN),), None),
}


@pytest.mark.parametrize("there", FOUND)
def test_a_receivable_is_looked_for_by_its_reference_among_all_of_that_person(there: str) -> None:
    pages, found = FOUND[there]
    asked = kamino(*pages)
    came = done(Receivables(asked).resolve, action(payload=NEW, reference="PACTO-1-1"))
    assert (told(came) if isinstance(found, tuple) else came) == found
    window = {"IDPessoa": 5, "CodigoExterno": "PACTO-1-1", "_pagina": 1, "_tamanhoPagina": 2}
    assert asked.calls[0] == ("GET", RECEIVABLES, window)


@pytest.mark.parametrize(
    ("record", "sent", "found"),
    [
        ({**STORED, "SitConta": 2, "DtaPagto": "2026-11-10T00:00:00"}, PAID, "7"),
        ({**STORED, "SitConta": 2, "DtaPagto": "2026-11-09T00:00:00"}, PAID, None),
        (STORED, PAID, None),
        ({**STORED, "VlrVenc": 140, "DtaVenc": "2026-11-30"}, {**NEW, "VlrVenc": Decimal("140.00")}, "7"),
        (STORED, {**NEW, "VlrVenc": Decimal("140.00")}, None),
    ],
)
def test_a_change_is_there_when_the_record_shows_it(record: Any, sent: Any, found: str | None) -> None:
    there = kamino(page(record))
    assert done(Receivables(there).resolve, action("update", payload=sent, target_id="7")) == found


@pytest.mark.parametrize(
    ("pages", "stands"),
    [([page(STORED)], True), ([*NOTHING, page(STORED)], True), ([*NOTHING, page({"ID": 8})], False)],
)
def test_a_receivable_is_gone_when_it_is_on_no_day(pages: list[Any], stands: bool) -> None:
    assert done(Receivables(kamino(*pages)).stands, "7") is stands  # type: ignore[arg-type]


# -- people ----------------------------------------------------------------------------------------------------------

ANA = {"ID": 7, "Nome": "Ana Clara", "CPFCNPJ": "390.533.447-05"}


def test_a_person_is_created_with_what_is_known() -> None:
    there = kamino({"ID": 7})
    assert done(People(there).send, action(payload={"Nome": "Ana Clara", "Cliente": True})) == "7"
    assert there.calls == [("POST", "/api/pessoa/grava", {"ID": 0, "Nome": "Ana Clara", "Cliente": True})]


INACTIVE = ("Rejected", "a pessoa está inativa na Kamino; reative o cadastro lá")
BY_TAX_ID: list[tuple[tuple[Any, ...], object]] = [
    ((page(ANA, {**ANA, "ID": 8, "CPFCNPJ": "52998224725"}),), "7"),
    ((page({**ANA, "CPFCNPJ": "52998224725"}),), None),
    (NOTHING, None),
    ((page({**ANA, "Ativo": False}, {**ANA, "ID": 8, "Ativo": True}),), "8"),
    ((page({**ANA, "Ativo": False}),), INACTIVE),
    ((page(ANA, {**ANA, "ID": 8}),), ("Unknown", "há 2 pessoas iguais na Kamino (7, 8); deixe só uma")),
]


@pytest.mark.parametrize(("pages", "found"), BY_TAX_ID)
def test_a_person_is_looked_for_by_tax_id(pages: tuple[Any, ...], found: object) -> None:
    there = kamino(*pages)
    came = done(People(there).resolve, action(payload={"Nome": "Ana", "CPFCNPJ": "39053344705"}))
    assert (told(came) if isinstance(found, tuple) else came) == found
    assert there.calls[0][1:] == (PEOPLE, {"CPFCNPJ": "39053344705", "_pagina": 1, "_tamanhoPagina": 2})


@pytest.mark.parametrize(("name", "found"), [("ana  CLARA", "7"), ("Ana", None)])
def test_a_person_without_a_tax_id_is_looked_for_by_name_among_everybody(name: str, found: str | None) -> None:
    there = kamino([ANA])
    assert done(People(there).resolve, action(payload={"Nome": name})) == found
    assert there.calls == [("GET", "/api/pessoa/lista", {})]


# -- references on payables ------------------------------------------------------------------------------------------

STANDS = {"ID": 55012, "CodigoExterno": None, "ValorVencimento": Decimal("1830.45"), "_DataVencimento": "x", "Obs": "a"}
REFER: dict[str, Any] = {
    "payload": {"CodigoExterno": "PACTO-1-918301"},
    "target_id": "55012",
    "base": {"DataVencimento": "2026-11-10T00:00:00"},
}


def test_a_reference_is_written_on_the_record_as_it_stands_now() -> None:
    there = kamino(page({**STANDS, "Pessoa": {"ID": 71}, "ContaClassificacao": {"ID": "40201"}}), {"ID": 55012})
    assert done(PayableReferences(there).send, action(**REFER)) == "55012"
    written = {name: value for name, value in STANDS.items() if name != "_DataVencimento"}
    named = {
        "Pessoa": {"ID": 71},
        "ContaClassificacao": {"ID": "40201"},
        "IDPessoa": 71,
        "IDContaClassificacao": "40201",
    }
    window = {"VencDe": "2026-11-10", "VencAte": "2026-11-10", "ID": "55012", "_pagina": 1, "_tamanhoPagina": 2}
    assert there.calls == [
        ("GET", PAYABLES, window),
        ("POST", PAYABLE, {**written, **named, "CodigoExterno": "PACTO-1-918301"}),
    ]


def test_a_payable_that_is_due_on_another_day_since_is_found_by_its_id() -> None:
    there = kamino(*NOTHING, page(STANDS), {"ID": 55012})
    assert done(PayableReferences(there).send, action(**REFER)) == "55012"


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ((*NOTHING, *NOTHING), "o pagamento não foi encontrado na Kamino"),
        ((page({"ID": 1}), page({"ID": 1})), "o pagamento não foi encontrado na Kamino"),
        ((page({**STANDS, "CodigoExterno": "OUTRO-9"}),), "o pagamento já tem outra referência: OUTRO-9"),
    ],
)
def test_nobody_elses_reference_is_overwritten(pages: tuple[Any, ...], said: str) -> None:
    there = kamino(*pages)
    assert told(done(PayableReferences(there).send, action(**REFER))) == ("Rejected", said)
    assert {call[0] for call in there.calls} == {"GET"}


@pytest.mark.parametrize(("stands", "found"), [("PACTO-1-918301", "55012"), (None, None), ("OUTRO-9", None)])
def test_a_reference_is_there_when_the_record_shows_it(stands: str | None, found: str | None) -> None:
    there = kamino(page({**STANDS, "CodigoExterno": stands}))
    assert done(PayableReferences(there).resolve, action(**REFER)) == found


def test_what_kamino_says_no_to_is_told_in_its_words() -> None:
    there = kamino(Rejected("Conta já baixada."))
    assert told(done(Receivables(there).send, action(payload=NEW))) == ("Rejected", "Conta já baixada.")
