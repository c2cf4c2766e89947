"""What goes wrong between the two systems, judged by their journals: every voucher once, every mark made."""

from collections.abc import Callable

import pytest

from expectations._rules import Suite
from flows._run import Run
from flows._steps import check
from tests._world import World
from tests.faults._killing import Step, run_killed
from tests.rindegastos_to_defontana.test_report import INTEGRATION, example
from tests.systems.rindegastos import expense, report

KILLS = [
    Step(moment, step, kind)
    for kind in ("voucher", "mark", "report_mark")
    for moment, step in (("after", "intent"), ("after", "call"), ("before", "outcome"), ("after", "outcome"))
]


def in_step(world: World) -> bool:
    """One voucher, and everything marked with its key."""
    [voucher] = [entry["id"] for entry in world.journal("defontana")]
    rows = [*world.rows("rindegastos", "expenses"), *world.rows("rindegastos", "reports")]
    return {row["IntegrationExternalCode"] for row in rows} == {voucher}


@pytest.mark.long
@pytest.mark.parametrize("kill", KILLS, ids=str)
def test_a_run_killed_in_the_push_leaves_one_voucher_and_every_mark(world: World, kill: Step) -> None:
    example(world)
    run_killed(world, INTEGRATION, kill)

    world.run(INTEGRATION)
    world.run(INTEGRATION)

    assert in_step(world)
    written = world.writes()
    assert world.run(INTEGRATION).state == "Nothing to post"
    assert (world.writes(), world.held_back(INTEGRATION)) == (written, {})


def lost_voucher(world: World) -> None:
    world.fault("defontana", "answer_lost", method="POST")


def lost_before_the_commit(world: World) -> None:
    world.fault("defontana", "request_lost", method="POST")


def lost_mark(world: World) -> None:
    world.fault("rindegastos", "answer_lost", method="PUT", on_call=2)


def lost_mark_of_the_report(world: World) -> None:
    world.fault("rindegastos", "answer_lost", method="PUT", route="*/setExpenseReportIntegration")


def refused_under_200(world: World) -> None:
    world.fault("rindegastos", "erro_200", method="PUT", message="property 0 should not exist")


def storms(world: World) -> None:
    world.fault("rindegastos", "storm_429", times=3)
    world.fault("defontana", "storm_429", method="POST", times=2)
    world.fault("defontana", "status", code=502, html=True, method="GET", on_call=3, times=2)


def expired_token(world: World) -> None:
    world.fault("defontana", "expired_credential", method="POST")


def shrinking_pages(world: World) -> None:
    world.fault("rindegastos", "wrong_total", route="*/getExpenses")


@pytest.mark.parametrize(
    "trouble",
    [
        lost_voucher,
        storms,
        pytest.param(lost_before_the_commit, marks=pytest.mark.long),
        pytest.param(lost_mark, marks=pytest.mark.long),
        pytest.param(lost_mark_of_the_report, marks=pytest.mark.long),
        pytest.param(expired_token, marks=pytest.mark.long),
        pytest.param(shrinking_pages, marks=pytest.mark.long),
    ],
    ids=lambda trouble: trouble.__name__,
)
def test_trouble_on_the_wire_leaves_one_voucher_and_every_mark(world: World, trouble: Callable[[World], None]) -> None:
    example(world)
    trouble(world)

    world.run(INTEGRATION)
    world.run(INTEGRATION)

    assert in_step(world)
    assert world.run(INTEGRATION).state == "Nothing to post"


def test_a_mark_refused_under_status_200_is_a_refusal_and_the_report_waits_for_it(world: World) -> None:
    example(world)
    refused_under_200(world)

    ran = world.run(INTEGRATION)

    held = world.held_back(INTEGRATION)
    refused = [because for key, because in held.items() if key.startswith("mark expense/")]
    assert (ran.state, refused, held["report_mark report/125417"]) == (
        "Rejected",
        ["property 0 should not exist"],
        "Espera la marca de 1 de sus gastos",
    )


def test_a_report_deleted_in_rindegastos_after_it_was_refused_stops_no_later_run(world: World) -> None:
    example(world)
    world.fault("defontana", "status", code=400, method="POST")
    refused = world.run(INTEGRATION)
    world.remove("rindegastos", "reports", 125417)
    world.plant("rindegastos", "expenses", expense(9, 5950, ReportId=125418))
    world.plant("rindegastos", "reports", report(125418, 5950))

    ran = world.run(INTEGRATION)

    assert (refused.state, ran.counts["voucher"]) == ("Rejected", {"read": 2, "created": 1, "ignored": 1})


def test_a_wrong_password_is_said_and_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    example(world)
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__DEFONTANA__PASSWORD", "otra")

    ran = world.run(INTEGRATION)

    assert (ran.state, ran.message, world.journal()) == (
        "Credential refused",
        "Defontana: credencial rechazada o sin permiso (estado 401, GET /api/Accounting/GetAccountPlan); "
        "revise las claves y los permisos del usuario de la integración",
        [],
    )


def test_a_first_run_without_its_ledger_links_what_stands_in_the_books(world: World) -> None:
    example(world)
    world.run(INTEGRATION)
    (world.folder(INTEGRATION) / "ledger.duckdb").unlink()
    world.adopt(INTEGRATION)
    written = world.writes()

    ran = world.run(INTEGRATION)

    assert (ran.counts["voucher"], world.writes()) == ({"read": 1, "linked": 1}, written)


def test_every_page_is_read_before_anything_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    example(world)
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__RINDEGASTOS__PAGE_SIZE", "1")

    world.run(INTEGRATION)

    calls = [(call["method"], call["route"].rpartition("/")[2]) for call in world.calls("rindegastos")]
    first_mark = next(place for place, (method, _) in enumerate(calls) if method == "PUT")
    assert calls[:first_mark].count(("GET", "getExpenses")) == 3
    assert set(calls[first_mark:]) == {("PUT", "setExpenseIntegration"), ("PUT", "setExpenseReportIntegration")}
    assert in_step(world)


def test_a_center_closed_while_the_run_goes_on_is_refused_in_defontanas_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    example(world)

    def check_and_close(run: Run, suite: Suite) -> None:
        check(run, suite)
        world.plant("defontana", "centers", {"code": "EMPGESGESOPE000", "activo": "N"})

    with monkeypatch.context() as patched:
        patched.setattr("flows.rindegastos_to_defontana.check", check_and_close)
        ran = world.run(INTEGRATION)
    refused = world.held_back(INTEGRATION)
    again = world.run(INTEGRATION)

    assert (ran.state, again.state, world.journal()) == ("Rejected", "Nothing to post, some held back", [])
    assert refused == {
        "voucher 125417": "Línea 2: el centro de negocios EMPGESGESOPE000 no existe, no es imputable o está inactivo"
    }
    assert "EMPGESGESOPE000 está inactivo en Defontana" in world.held_back(INTEGRATION)["voucher 125417"]


def test_the_test_host_closed_at_the_weekend_is_said_and_monday_posts(world: World) -> None:
    example(world)
    world.quirk("defontana", host="replication")

    on_saturday = world.run(INTEGRATION)
    world.advance(days=2)
    on_monday = world.run(INTEGRATION)

    assert (on_saturday.state, on_monday.state) == ("Unavailable", "Posted")
    assert in_step(world)
