"""A month of payroll with 5,000 employees, 2 % of its entries broken: what the ERP's journal says is what counts."""

from collections import Counter
from decimal import Decimal

import pytest

from sandbox._senior_hcm_data import entry, month
from tests import _senior_vectors as vectors
from tests._world import TENANT, World

pytestmark = pytest.mark.long

FLOW = "senior_hcm_to_senior_erp"
EMPLOYEES, BROKEN = 5_000, 0.02
SENTENCES = {
    "C01": vectors.EXERCISE,
    "C01 sem exercício": vectors.EXERCISE,
    "C02a": vectors.BEFORE,
    "C02b": vectors.AFTER,
    "C03": vectors.AHEAD,
    "C04": vectors.NO_ACCOUNT,
    "C05": vectors.SAME,
    "C06": vectors.DEBIT,
    "C07": vectors.CREDIT,
    "C08": vectors.NO_AMOUNT,
    "C09": vectors.HISTORY,
    "C10": vectors.COMPLEMENT,
    "C14": vectors.DEBIT_PERCENTS,
    "C14 a crédito": vectors.CREDIT_PERCENTS,
    "C15a": vectors.DEBIT_AMOUNTS,
    "C15b": vectors.CREDIT_AMOUNTS,
    "C16": vectors.SHARE_ACCOUNT,
    "C17": vectors.SHARE_UNKNOWN,
    "C18": vectors.SHARE_CENTER,
    "C19": vectors.SHARE_PERCENT,
    "C20": vectors.SHARE_AMOUNT,
}


def posted(world: World) -> Counter[str]:
    """How often each entry stands in the ERP's journal."""
    return Counter(each["reference"] for each in world.journal("senior_erp") if "Importar_3" in each["route"])


@pytest.mark.timeout(3600)
def test_a_month_is_posted_once_broken_entries_wait_and_are_posted_when_corrected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{FLOW}__WINDOW_DAYS".upper(), "400")
    rows = list(month(EMPLOYEES, broken=BROKEN))
    broken = {row["ideUni"]: SENTENCES[breach] for row, breach in rows if breach}
    good = {row["ideUni"]: row["vlrLct"] for row, breach in rows if not breach}
    world.plant("senior_hcm", "lancamento", *(row for row, _ in rows))

    first = world.run(FLOW)

    assert first.state == "Posted, some held back", first.message
    assert posted(world) == Counter(good.keys())
    told = dict(world.query(FLOW, "select document_id, because from last_run.breaches where is_first"))
    assert {document: told[document] for document in broken} == broken
    held = world.query(FLOW, "select document_id from last_run.outcomes where kind = 'entry' and outcome = 'held_back'")
    assert {document for (document,) in held} == set(broken)
    assert first.summary["kinds"]["entry"]["amounts"]["BRL"]["created"] == str(sum(good.values(), Decimal(0)))

    again = world.run(FLOW)

    assert (again.state, again.counts["entry"]["unchanged"]) == ("Nothing to post, some held back", len(good))
    assert posted(world) == Counter(good.keys())

    world.plant("senior_hcm", "lancamento", *(entry(document) for document in broken))
    corrected = world.run(FLOW)

    assert (corrected.state, corrected.counts["entry"]["created"]) == ("Posted", len(broken))
    assert posted(world) == Counter([*good, *broken])
    assert [verb for _, verb, _ in world.writes("senior_erp")][-1] == "process"


def test_every_kind_of_breach_occurs_in_the_month() -> None:
    assert {breach for _, breach in month(200, broken=BROKEN * 10) if breach} == set(SENTENCES)
