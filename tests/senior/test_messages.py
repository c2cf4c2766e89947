"""Every message of Senior's ERP is judged before a call is spent, in the vendor's words: the vectors all at once.

The stand-in judges the same vectors by itself (`tests/sandbox/test_senior_erp.py`), on other code and its own data.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pytest

from sandbox._senior_hcm_data import entry, title
from tests._senior_vectors import ENTRIES, TITLES, Vector
from tests._world import TENANT, World

FLOW = "senior_hcm_to_senior_erp"
# What a switch of the ERP is called among our settings.
SETTINGS = {
    ("qtd_dias", "ignorar"): ("days_ahead_checked", "false"),
    ("complemento", "sempre"): ("complement", "always"),
    ("periodo_cpp", "isentar"): ("predicted_titles_exempt", "true"),
    ("moeda", "filial"): ("currency_of", "branch"),
}


def ground(vector: Vector) -> tuple[bool, tuple[tuple[str, str], ...]]:
    return vector.other_user, tuple(sorted(vector.quirks.items()))


GROUNDS = [
    pytest.param(key, list(vectors), id=" ".join(["other user" if key[0] else "user", *(value for _, value in key[1])]))
    for key, vectors in groupby(sorted([*ENTRIES, *TITLES], key=ground), key=ground)
]


@pytest.mark.parametrize(("key", "vectors"), GROUNDS)
def test_each_vector_is_held_by_its_sentence_or_posted(
    payroll: World, monkeypatch: pytest.MonkeyPatch, key: Any, vectors: list[Vector]
) -> None:
    other_user, quirks = key
    choose(payroll, monkeypatch, other_user, dict(quirks))
    entries = [vector for vector in vectors if vector.code.startswith("C")]
    titles = [vector for vector in vectors if vector.code.startswith("F")]
    payroll.plant("senior_hcm", "lancamento", *(entry(each.key, **each.changed) for each in entries))
    payroll.plant("senior_hcm", "titulo", *(title(each.key, numTit=number(each), **each.changed) for each in titles))

    payroll.run(FLOW)

    assert judged(payroll, "entry") == {vector.key: vector.sentence for vector in entries}
    assert judged(payroll, "title") == {vector.key: vector.sentence for vector in titles}
    accepted = {str(each["reference"]) for each in payroll.journal("senior_erp") if "Importar_3" in each["route"]}
    assert accepted == {vector.key for vector in entries if vector.sentence is None}


def choose(world: World, monkeypatch: pytest.MonkeyPatch, other_user: bool, quirks: Mapping[str, str]) -> None:
    """Sets the ERP and our settings alike."""
    if quirks:
        world.quirk("senior_erp", **quirks)
    prefix = f"CONTRAPARTIDA__{TENANT}__".upper()
    for quirk in quirks.items():
        name, value = SETTINGS[quirk]
        monkeypatch.setenv(f"{prefix}{FLOW}__{name}".upper(), value)
    if other_user:
        monkeypatch.setenv(f"{prefix}SENIOR_ERP__USER", "controladoria")
        monkeypatch.setenv(f"{prefix}SENIOR_ERP__PASSWORD", "senha-inventada-da-controladoria")


def number(vector: Vector) -> str:
    """A title's number has fifteen signs at most: its place among the vectors."""
    return f"V{TITLES.index(vector)}"


def judged(world: World, kind: str) -> dict[str, str | None]:
    """For each vector the sentence of the first rule that it breaks, None where it was posted."""
    first = dict(world.query(FLOW, "select document_id, because from last_run.breaches where is_first"))
    rows = world.query(FLOW, f"select document_id, outcome, because from last_run.outcomes where kind = '{kind}'")
    told: dict[str, str | None] = {}
    for document, outcome, because in rows:
        key = document.partition("@")[0]
        name = key.removeprefix("título ")
        sentence = first.get(key)
        assert (outcome == "created") == (sentence is None), f"{name}: {outcome}, {because}"
        told[name] = sentence
    return told


def test_all_breaches_of_a_document_are_shown_and_the_first_is_marked(payroll: World) -> None:
    payroll.plant("senior_hcm", "lancamento", entry("X", datLct="2026-09-30", ctaDeb=1900, vlrLct=0, rateio=[]))
    payroll.run(FLOW)
    shown = payroll.query(
        FLOW, "select because, is_first from last_run.breaches where document_id = 'X' order by position"
    )
    assert shown == [
        ("Data do lançamento é menor que o período permitido", True),
        ("Conta a débito não é analítica ou está inativa", False),
        ("Informe uma valor para o lançamento", False),
    ]


def test_the_official_date_of_a_batch_is_a_policy(payroll: World, monkeypatch: pytest.MonkeyPatch) -> None:
    payroll.plant("senior_hcm", "lancamento", entry("X", datLot="2026-10-30"))
    payroll.run(FLOW)
    held = payroll.held_back(FLOW)
    assert held["entry X"] == "Data do lançamento fora do período inicial"
    assert held["batch HCM-1-1-20261030-1"] == "Nenhum lançamento preparado (GeraLancamento)"
    assert payroll.journal("senior_erp") == []
    choose_policy(payroll, monkeypatch, "same_month", "mesmo_mes")
    assert payroll.run(FLOW).state == "Posted"
    assert [verb for _, verb, _ in payroll.writes("senior_erp")] == ["create", "create", "process"]


def test_an_entry_may_be_later_than_its_batch_where_only_earlier_ones_are_forbidden(
    payroll: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_policy(payroll, monkeypatch, "not_before", "nao_menor")
    later, earlier = (
        entry(key, datLct=day, datLot="2026-10-31") for key, day in (("L", "2026-11-03"), ("E", "2026-10-30"))
    )
    payroll.plant("senior_hcm", "lancamento", later, earlier)
    payroll.run(FLOW)
    assert payroll.held_back(FLOW)["entry E"] == "Data do lançamento fora do período inicial"
    imported = [each["reference"] for each in payroll.journal("senior_erp") if "Importar_3" in each["route"]]
    assert imported == ["L"]


def choose_policy(world: World, monkeypatch: pytest.MonkeyPatch, ours: str, theirs: str) -> None:
    world.quirk("senior_erp", data_oficial=theirs)
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{FLOW}__OFFICIAL_DATE".upper(), ours)


def test_a_batch_that_payroll_emptied_is_deleted_with_a_warning(payroll: World) -> None:
    payroll.plant("senior_hcm", "lancamento", entry("X"))
    payroll.fault("senior_erp", "request_lost", method="POST", route="*importacaolctctb", times=0)
    payroll.run(FLOW)
    payroll.no_faults()
    payroll.remove("senior_hcm", "lancamento", "X")
    payroll.plant("senior_hcm", "lancamento", entry("Y", datLct="2026-10-30"))
    payroll.run(FLOW)
    warned = payroll.query(FLOW, "select because from last_run.breaches where document_id = 'HCM-1-1-20261031-1'")
    assert warned == [("Este lote não possui lançamentos",)]
    assert "delete" in [verb for _, verb, _ in payroll.writes("senior_erp")]
    assert payroll.run(FLOW).state == "Nothing to post"


def test_a_batch_that_payroll_emptied_is_warned_of_and_deleted(payroll: World) -> None:
    payroll.plant("senior_hcm", "lancamento", entry("a"))
    payroll.fault("senior_erp", "request_lost", method="POST", route="*importacaolctctb")
    payroll.run(FLOW)
    payroll.remove("senior_hcm", "lancamento", "a")

    payroll.run(FLOW)

    told = payroll.query(
        FLOW, "select kind, state, because from documents where kind in ('effect', 'empty_batch') order by all"
    )
    assert told == [("effect", "ignored", "Este lote não possui lançamentos"), ("empty_batch", "posted", None)]
    assert payroll.held_back(FLOW) == {}
