"""Lost answers, kills and refusals of Senior's ERP: no line twice, none lost, each line with its own outcome."""

from collections import Counter
from typing import Any

import pytest

from sandbox._senior_hcm_data import entry, settlement, title
from tests._world import World
from tests.faults._killing import Step, run_killed

FLOW = "senior_hcm_to_senior_erp"
WHOLE_LIFE = Counter({"create batch": 1, "create a": 1, "create b": 1, "process batch": 1, "create T": 1, "settle": 1})


def told(world: World) -> Counter[str]:
    """The ERP's journal in words, so that what was done twice shows."""
    return Counter(_word(each) for each in world.journal("senior_erp"))


def _word(each: dict[str, Any]) -> str:
    what = each["route"].rpartition(".")[2]
    if what in ("Gerar_2", "Processar"):
        return f"{each['verb']} batch"
    if what == "GerarBaixaPorLoteCP_2":
        return str(each["verb"])
    return f"{each['verb']} {each['reference'].rpartition('-')[2]}"


@pytest.fixture
def life(payroll: World) -> World:
    """Two entries, a title and its settlement, all of them to be posted."""
    payroll.plant("senior_hcm", "lancamento", entry("a"), entry("b", rateio=[]))
    payroll.plant("senior_hcm", "titulo", title("T"))
    payroll.plant("senior_hcm", "baixa", settlement("BX-1", numTit="FP202610-T"))
    return payroll


@pytest.mark.parametrize(
    "service", ["gerarlotectb", "importacaolctctb", "processarlotectb"], ids=["batch", "entries", "effect"]
)
def test_an_answer_lost_after_the_commit_is_resolved_by_reading(life: World, service: str) -> None:
    life.fault("senior_erp", "answer_lost", method="POST", route=f"*{service}")
    assert life.run(FLOW).state == "Posted"
    assert told(life) == WHOLE_LIFE
    assert life.run(FLOW).state == "Nothing to post"
    assert told(life) == WHOLE_LIFE


def test_an_answer_lost_while_nothing_can_be_read_waits_for_the_next_run(payroll: World) -> None:
    payroll.plant("senior_hcm", "lancamento", entry("a"))
    payroll.run(FLOW, dry_run=True)
    reads = [call for call in payroll.calls("senior_erp") if call["route"].startswith("mct_ctb_exportacaolctctb.")]
    payroll.fault("senior_erp", "answer_lost", method="POST", route="*importacaolctctb")
    then = {"on_call": len(reads) + 1, "times": 0, "code": 503}
    payroll.fault("senior_erp", "status", method="POST", route="*exportacaolctctb", **then)
    assert payroll.run(FLOW).state == "Unknown outcome"
    payroll.no_faults()
    assert payroll.run(FLOW).state == "Posted"
    assert told(payroll) == Counter({"create batch": 1, "create a": 1, "process batch": 1})


@pytest.mark.long
@pytest.mark.parametrize(
    "step",
    [
        Step("after", "call", kind="batch"),
        Step("after", "outcome", kind="batch"),
        Step("after", "intent", kind="entry"),
        Step("after", "call", kind="entry"),
        Step("after", "outcome", kind="entry"),
        Step("after", "call", kind="effect"),
        Step("after", "call", kind="title"),
        Step("after", "call", kind="settlement"),
    ],
    ids=str,
)
def test_killed_at_any_step_the_next_run_finishes_the_work_once(life: World, step: Step) -> None:
    run_killed(life, FLOW, step)
    life.run(FLOW)
    assert told(life) == WHOLE_LIFE
    assert life.run(FLOW).state == "Nothing to post"
    assert told(life) == WHOLE_LIFE


def test_killed_between_deleting_the_old_title_and_entering_the_new_one(life: World) -> None:
    life.remove("senior_hcm", "baixa", "BX-1")
    life.run(FLOW)
    life.plant("senior_hcm", "titulo", title("T", vlrOri=1600, rateio=[]))
    run_killed(life, FLOW, Step("after", "call", kind="removal"))
    assert life.run(FLOW).state == "Posted"
    assert [row["vlrOri"] for row in life.rows("senior_erp", "titulo")] == [1600]
    assert life.run(FLOW).state == "Nothing to post"


def test_of_ten_lines_seven_are_posted_and_three_wait_with_the_erps_own_words(payroll: World) -> None:
    """The ERP asks for a complement always, which its settings told nobody."""
    payroll.quirk("senior_erp", complemento="sempre")
    payroll.plant("senior_hcm", "lancamento", *(entry(f"ok{n}") for n in range(7)))
    payroll.plant("senior_hcm", "lancamento", *(entry(f"no{n}", cplLct=" ") for n in range(3)))

    ran = payroll.run(FLOW)

    words = "Nenhum complemento informado para o lançamento"
    assert (ran.state, ran.counts["entry"]) == ("Rejected", {"read": 10, "created": 7, "rejected": 3})
    held = payroll.held_back(FLOW)
    assert {name: words in held[f"entry {name}"] for name in ("no0", "no1", "no2")} == dict.fromkeys(
        ("no0", "no1", "no2"), True
    )
    assert held["effect HCM-1-1-20261031-1"] == "3 lançamento(s) do lote ainda não foram aceitos como a folha os tem"
    payroll.forget_calls()
    payroll.run(FLOW)
    assert not [call for call in payroll.calls("senior_erp") if call["route"].endswith("Importar_3")]

    payroll.plant("senior_hcm", "lancamento", *(entry(f"no{n}", cplLct="SALARIOS") for n in range(3)))
    assert payroll.run(FLOW).counts["entry"]["created"] == 3
    assert told(payroll)["process batch"] == 1


def test_a_wrong_password_is_told_as_one_and_nothing_is_sent(life: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__SENIOR_ERP__PASSWORD", "errada")
    assert life.run(FLOW).state == "Credential refused"
    assert told(life) == Counter()


@pytest.mark.parametrize("fault", ["truncated_json", "garbled", "html_200", "deep", "huge", "redirect"])
def test_what_is_no_envelope_stops_the_run_before_anything_is_sent(life: World, fault: str) -> None:
    life.fault("senior_erp", fault, method="POST", route="*cad_filial", times=0)
    assert life.run(FLOW).state in ("Unreadable answer", "Credential refused", "Unavailable")
    assert told(life) == Counter()
