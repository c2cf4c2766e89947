"""What goes to Kamino, call by call, and what is made of its answers."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connections._errors import Rejected
from connections.kamino import KaminoSettings
from destinations.kamino import PAYABLE, RECEIVABLE, PayableReferences, People, Receivables
from tests.destinations._asked import Asked, action, done, told

KEY = SecretStr("x")
SETTINGS = KaminoSettings(
    base_url="https://minha.kamino.tech", app=KEY, cn="c", id_usr="1", usr=KEY, hash=KEY, page_size=2
)
SAVED = {"Sucesso": True, "ID": 7}
NEW = {"IDPessoa": 5, "VlrVenc": Decimal("129.90"), "DtaCompet": "2026-11-01", "CodigoExterno": "PACTO-1-1"}
STORED = {"ID": 7, **NEW, "SitConta": 1, "_DataVencimento": "30/11/2026", "Obs": "digitado à mão", "DtaPagto": None}


def kamino(*says: Any) -> Any:
    return Asked(SETTINGS, list(says))


def page(*rows: dict[str, Any], of: int = 1) -> dict[str, Any]:
    return {"Dados": list(rows), "TotalPaginas": of}


# -- receivables -----------------------------------------------------------------------------------------------------


def test_a_new_receivable_is_inserted_pending() -> None:
    there = kamino(SAVED)
    assert done(Receivables(there).create, action(payload=NEW)) == "7"
    assert there.calls == [("POST", RECEIVABLE, {"SitConta": 1, **NEW, "DtaPagto": None, "VlrPagto": None, "ID": 0})]


def test_a_receivable_inserted_moments_ago_is_settled_whole() -> None:
    paid = {**NEW, "SitConta": 2, "DtaPagto": "2026-11-10", "VlrPagto": Decimal("129.90"), "IDPlanoContaPagto": "10204"}
    there = kamino(SAVED)
    assert done(Receivables(there).create, action(payload=paid, target_id="7")) == "7"
    assert there.calls == [("POST", RECEIVABLE, {**paid, "ID": 7})]


def test_an_update_sends_the_record_as_it_was_read_with_what_changed() -> None:
    there = kamino(SAVED)
    change = action("update", payload={"VlrVenc": Decimal("140.00")}, target_id="7", base=STORED)
    assert done(Receivables(there).update, change) == "7"
    whole = {name: value for name, value in STORED.items() if name != "_DataVencimento"}
    assert there.calls == [("POST", RECEIVABLE, {**whole, "VlrVenc": Decimal("140.00"), "VlrPagto": None})]


def test_a_settlement_taken_back_loses_date_and_amount() -> None:
    there = kamino(SAVED)
    settled = {**STORED, "SitConta": 2, "DtaPagto": "2026-11-10T00:00:00", "VlrPagto": Decimal("129.90")}
    done(Receivables(there).update, action("update", payload={"SitConta": 1}, target_id="7", base=settled))
    assert {name: there.calls[0][2][name] for name in ("SitConta", "DtaPagto", "VlrPagto")} == {
        "SitConta": 1,
        "DtaPagto": None,
        "VlrPagto": None,
    }


@pytest.mark.parametrize(
    "body", [{}, {"Sucesso": True}, {"ID": 0}, {"ID": None}, {"ID": True}, {"ID": "7"}, [7], None, "ok"]
)
def test_an_answer_without_an_id_is_not_believed(body: Any) -> None:
    assert told(done(Receivables(kamino(body)).create, action(payload=NEW))) == (
        "Unknown",
        "Kamino: respondeu sem o ID do registro gravado",
    )


FOUND: dict[str, tuple[list[dict[str, Any]], dict[str, Any], object]] = {
    "one with our reference": ([page(STORED)], {}, "7"),
    "none": ([page()], {}, None),
    "others, for the filter was ignored": ([page({**STORED, "CodigoExterno": "PACTO-1-9"}, {"ID": 8})], {}, None),
    "on the second page": ([page({"ID": 8}, of=2), page(STORED, of=2)], {}, "7"),
    "twice": ([page(STORED, {**STORED, "ID": 8})], {}, ("Rejected", "há 2 registros iguais na Kamino")),
    "settled already": ([page({**STORED, "SitConta": 2})], {"target_id": "7", "payload": {**NEW, "SitConta": 2}}, "7"),
    "not settled yet": ([page(STORED)], {"target_id": "7", "payload": {**NEW, "SitConta": 2}}, None),
}


@pytest.mark.parametrize("there", FOUND)
def test_a_receivable_is_looked_for_by_its_reference(there: str) -> None:
    pages, given, found = FOUND[there]
    asked = kamino(*pages)
    came = done(Receivables(asked).find, action("find", **{"payload": NEW, "reference": "PACTO-1-1", **given}))
    assert (told(came) if isinstance(found, tuple) else came) == found
    assert asked.calls[0] == (
        "GET",
        "/api/financeiro/recebimentos/paginada",
        {
            "CompetDe": "2026-11-01",
            "CompetAte": "2026-11-01",
            "CodigoExterno": "PACTO-1-1",
            "_pagina": 1,
            "_tamanhoPagina": 2,
        },
    )
    assert [call[0] for call in asked.calls] == ["GET"] * len(pages)


# -- people ----------------------------------------------------------------------------------------------------------

ANA = {"ID": 7, "Nome": "Ana Clara", "CPFCNPJ": "390.533.447-05"}


def test_a_person_is_created_with_what_is_known() -> None:
    there = kamino({"ID": 7})
    assert done(People(there).create, action(payload={"Nome": "Ana Clara", "Cliente": True})) == "7"
    assert there.calls == [("POST", "/api/pessoa/grava", {"ID": 0, "Nome": "Ana Clara", "Cliente": True})]


@pytest.mark.parametrize(
    ("payload", "rows", "found"),
    [
        ({"Nome": "Ana", "CPFCNPJ": "39053344705"}, [ANA, {**ANA, "ID": 8, "CPFCNPJ": "52998224725"}], "7"),
        ({"Nome": "Ana Clara", "CPFCNPJ": "52998224725"}, [ANA], None),
        ({"Nome": "ana clara"}, [ANA], "7"),
        ({"Nome": "Ana"}, [ANA], None),
        ({"Nome": "Ana", "CPFCNPJ": "39053344705"}, [], None),
    ],
)
def test_a_person_is_looked_for_by_tax_id_or_else_by_name(
    payload: dict[str, Any], rows: list[dict[str, Any]], found: str | None
) -> None:
    assert done(People(kamino(page(*rows))).find, action("find", payload=payload)) == found


def test_two_people_with_one_tax_id_are_not_guessed_between() -> None:
    there = kamino(page(ANA, {**ANA, "ID": 8}))
    came = done(People(there).find, action("find", payload={"Nome": "Ana", "CPFCNPJ": "39053344705"}))
    assert told(came) == ("Rejected", "há 2 registros iguais na Kamino")


# -- references on payables ------------------------------------------------------------------------------------------

STANDS = {"ID": 55012, "CodigoExterno": None, "ValorVencimento": Decimal("1830.45"), "_DataVencimento": "x", "Obs": "a"}
REFER: dict[str, Any] = {
    "payload": {"CodigoExterno": "PACTO-1-918301"},
    "target_id": "55012",
    "base": {"DataVencimento": "2026-11-10T00:00:00"},
}


def test_a_reference_is_written_on_the_record_as_it_stands_now() -> None:
    there = kamino(page(STANDS), {"Sucesso": True, "ID": 55012})
    assert done(PayableReferences(there).create, action(**REFER)) == "55012"
    written = {name: value for name, value in STANDS.items() if name != "_DataVencimento"}
    assert there.calls == [
        (
            "GET",
            "/api/financeiro/pagamento/lista/paginada",
            {"VencDe": "2026-11-10", "VencAte": "2026-11-10", "ID": "55012", "_pagina": 1, "_tamanhoPagina": 2},
        ),
        ("POST", PAYABLE, {**written, "CodigoExterno": "PACTO-1-918301"}),
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "o pagamento não foi encontrado na Kamino"),
        ([{"ID": 1}], "o pagamento não foi encontrado na Kamino"),
        ([{**STANDS, "CodigoExterno": "OUTRO-9"}], "o pagamento já tem outra referência: OUTRO-9"),
    ],
)
def test_nobody_elses_reference_is_overwritten(rows: list[dict[str, Any]], said: str) -> None:
    there = kamino(page(*rows))
    assert told(done(PayableReferences(there).update, action("update", **REFER))) == ("Rejected", said)
    assert [call[0] for call in there.calls] == ["GET"]


@pytest.mark.parametrize(("stands", "found"), [("PACTO-1-918301", "55012"), (None, None), ("OUTRO-9", None)])
def test_a_reference_is_there_when_the_record_shows_it(stands: str | None, found: str | None) -> None:
    there = kamino(page({**STANDS, "CodigoExterno": stands}))
    assert done(PayableReferences(there).find, action("find", **REFER)) == found


def test_what_kamino_says_no_to_is_told_in_its_words() -> None:
    there = kamino(Rejected("Conta já baixada."))
    assert told(done(Receivables(there).create, action(payload=NEW))) == ("Rejected", "Conta já baixada.")
