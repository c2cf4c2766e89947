"""What people ask for: a deleted voucher posted again, a report centralised by hand, and who may do what."""

import shutil
from collections.abc import Callable

import pytest

from cli.access import access
from cli.centralise import centralise
from cli.mapping import mapping
from cli.query import query
from cli.retry import retry
from flows._access import NotPermitted, somebody
from tests._world import TENANT, World
from tests.rindegastos_to_defontana.test_report import INTEGRATION, example
from tests.systems.defontana import ficha
from tests.systems.rindegastos import expense, report


def test_a_voucher_deleted_in_defontana_is_posted_again_only_when_a_person_asks(world: World) -> None:
    example(world)
    world.run(INTEGRATION)
    world.remove("defontana", "vouchers", "TRASPASO-2026-1")

    by_itself = world.run(INTEGRATION)
    retry(INTEGRATION, TENANT, "voucher", "125417")
    asked = world.run(INTEGRATION)

    drift = world.query(INTEGRATION, "select because from decisions where action = 'gone' and kind = 'voucher'")
    assert (by_itself.state, drift) == (
        "Nothing to post",
        [("Ya no está en el destino, donde había sido contabilizado; no se contabilizó de nuevo",)],
    )
    assert asked.counts == {
        "voucher": {"read": 1, "created": 1},
        "mark": {"read": 3, "updated": 3},
        "report_mark": {"read": 1, "updated": 1},
    }
    assert [entry["id"] for entry in world.journal("defontana")] == ["TRASPASO-2026-1", "TRASPASO-2026-2"]
    marks = {row["IntegrationExternalCode"] for row in world.rows("rindegastos", "expenses")}
    assert marks == {"TRASPASO-2026-2"}
    assert world.run(INTEGRATION).state == "Nothing to post"


def test_an_answer_lost_while_posting_again_makes_no_second_voucher(world: World) -> None:
    example(world)
    world.run(INTEGRATION)
    world.remove("defontana", "vouchers", "TRASPASO-2026-1")
    world.run(INTEGRATION)
    retry(INTEGRATION, TENANT, "voucher", "125417")
    world.fault("defontana", "answer_lost", method="POST")
    world.fault("defontana", "status", code=503, method="GET", route="*/GetVoucherList", on_call=7, times=8)

    world.run(INTEGRATION)
    world.no_faults()
    world.run(INTEGRATION)

    assert [entry["id"] for entry in world.journal("defontana")] == ["TRASPASO-2026-1", "TRASPASO-2026-2"]
    assert {row["IntegrationExternalCode"] for row in world.rows("rindegastos", "expenses")} == {"TRASPASO-2026-2"}


def test_a_voucher_deleted_long_after_its_report_is_posted_again_when_a_person_asks(world: World) -> None:
    example(world)
    world.run(INTEGRATION)
    world.advance(days=1500)
    world.remove("defontana", "vouchers", "TRASPASO-2026-1")

    by_itself = world.run(INTEGRATION)
    retry(INTEGRATION, TENANT, "voucher", "125417")
    asked = world.run(INTEGRATION)

    assert (by_itself.counts.get("voucher"), asked.counts["voucher"]) == ({}, {"read": 1, "created": 1})
    assert [entry["id"] for entry in world.journal("defontana")] == ["TRASPASO-2026-1", "TRASPASO-2026-2"]
    assert marked_with(world) == {"TRASPASO-2026-2"}


def test_an_old_voucher_that_still_stands_is_found_and_not_posted_again_however_often_it_is_asked_for(
    world: World,
) -> None:
    example(world)
    world.run(INTEGRATION)
    world.advance(days=1500)
    written = world.writes()

    retry(INTEGRATION, TENANT, "voucher", "125417")
    asked = world.run(INTEGRATION)

    assert (asked.counts["voucher"], world.writes()) == ({"read": 1, "linked": 1}, written)
    assert world.run(INTEGRATION).state == "Nothing to post"


def test_marks_of_a_replaced_voucher_that_could_not_be_sent_are_made_by_a_later_run(world: World) -> None:
    example(world)
    world.run(INTEGRATION)
    world.advance(days=100)
    world.remove("defontana", "vouchers", "TRASPASO-2026-1")
    retry(INTEGRATION, TENANT, "voucher", "125417")
    world.fault("rindegastos", "status", code=503, method="PUT", times=100)

    world.run(INTEGRATION)
    between = marked_with(world)
    world.no_faults()
    world.run(INTEGRATION)

    assert (between, marked_with(world)) == ({"TRASPASO-2026-1"}, {"TRASPASO-2026-2"})
    assert world.run(INTEGRATION).state == "Nothing to post"


def marked_with(world: World) -> set[str]:
    """What expenses and reports are marked with in Rindegastos."""
    rows = [*world.rows("rindegastos", "expenses"), *world.rows("rindegastos", "reports")]
    return {row["IntegrationExternalCode"] for row in rows}


def test_a_report_can_wait_until_a_person_asks_to_centralise_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    example(world)
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__RINDEGASTOS_TO_DEFONTANA__CENTRALISE", "on_request")

    waits = world.run(INTEGRATION)
    because = world.held_back(INTEGRATION)
    centralise("125417", TENANT)
    posted = world.run(INTEGRATION)

    assert (waits.state, because) == (
        "Nothing to post, some held back",
        {"voucher 125417": "Espera que una persona pida centralizarlo"},
    )
    assert (posted.state, len(world.journal("defontana"))) == ("Posted", 1)
    acts = [act for (act,) in world.query(INTEGRATION, "select act from acts order by entry")]
    assert acts == ["run", "centralisation asked: voucher 125417", "run"]


def test_two_receipts_that_look_the_same_are_posted_when_a_person_says_that_they_are_not(world: World) -> None:
    world.plant("defontana", "fichas", ficha("12.345.678-5"))
    world.plant("rindegastos", "expenses", expense(1, number="77"), expense(2, number="77", ReportId=125418))
    world.plant("rindegastos", "reports", report(125417), report(125418))

    world.run(INTEGRATION)
    held = world.held_back(INTEGRATION)
    centralise("125418", TENANT, no_duplicate=True)
    posted = world.run(INTEGRATION)

    assert {key: "rendido más de una vez" in because for key, because in held.items()} == {
        "voucher 125417": True,
        "voucher 125418": True,
    }
    assert [entry["reference"] for entry in world.journal("defontana")] == ["RG 218 Ana Rojas Soto #rg:125418"]
    assert posted.state == "Posted, some held back"
    said = world.query(
        INTEGRATION, "select because from timeline where document_id = '125418' and detail = 'distinct: requested'"
    )
    assert said == [(f"{somebody()} said that no receipt of report 125418 is a duplicate",)]


def granted(capsys: pytest.CaptureFixture[str], person: str, permission: str) -> str:
    access("grant", TENANT, person, INTEGRATION, permission)  # type: ignore[arg-type]
    return capsys.readouterr().out.rpartition(" ")[2].strip()


def refusal(attempt: Callable[[], int]) -> str:
    with pytest.raises(NotPermitted) as error:
        attempt()
    return str(error.value)


def test_where_there_is_a_grant_nobody_else_may(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example(world)
    with pytest.raises(NotPermitted, match="the first grant of a tenant must be 'approve'"):
        granted(capsys, "Ana", "view")
    head = granted(capsys, "Jefa", "approve")

    refused = world.run(INTEGRATION)
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", head)
    ana = granted(capsys, "Ana", "view")
    granted(capsys, "Jefa", "run")
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", ana)
    looked, ran = world.run(INTEGRATION, dry_run=True), world.run(INTEGRATION)
    refusals = [
        refusal(lambda: mapping("sync", INTEGRATION, TENANT)),
        refusal(lambda: retry(INTEGRATION, TENANT, "voucher", "125417")),
        refusal(lambda: access("grant", TENANT, "Ana", INTEGRATION, "run")),
    ]
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", head)
    posted = world.run(INTEGRATION)
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", ana)
    may_query = query("from rindegastos_to_defontana.held_back", TENANT)

    assert (refused.state, looked.state, ran.state, posted.state) == (
        "Not permitted",
        "Planned",
        "Not permitted",
        "Posted",
    )
    assert ran.message == (
        "Ana may not run it: it takes the permission 'run' for rindegastos_to_defontana in tenant academia"
    )
    assert [sentence.partition(":")[0] for sentence in refusals] == [
        "Ana may not change its mapping",
        "Ana may not approve, ask again, and say who may do what",
        "Ana may not approve, ask again, and say who may do what",
    ]
    assert may_query == 0
    assert world.query(INTEGRATION, "select person, act from acts order by entry") == [
        (somebody(), "granted approve: Jefa"),
        ("Jefa", "granted view: Ana"),
        ("Jefa", "granted run: Jefa"),
        ("Ana", "dry run"),
        ("Jefa", "run"),
    ]


def test_a_person_sees_the_integrations_that_they_may_view_and_no_other(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example(world)
    world.run(INTEGRATION)
    shutil.copytree(world.folder(INTEGRATION), world.folder("pacto_to_kamino"))
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", granted(capsys, "Jefa", "approve"))
    ana = granted(capsys, "Ana", "view")
    refused = refusal(lambda: query("select 1", TENANT))
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", ana)

    query("select distinct database_name from duckdb_databases() where not internal and path is not null", TENANT)

    seen = capsys.readouterr().out
    assert (INTEGRATION in seen, "pacto_to_kamino" in seen) == (True, False)
    assert refused.startswith("Jefa may not look at plans")


def test_tokens_stand_nowhere(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    example(world)
    token = granted(capsys, "Jefa", "approve")
    monkeypatch.setenv("CONTRAPARTIDA_TOKEN", token)
    granted(capsys, "Jefa", "run")
    world.run(INTEGRATION)
    access("revoke", TENANT, "Jefa", INTEGRATION, "run")

    assert world.run(INTEGRATION).state == "Not permitted"
    written = [file for file in world.data.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]
    assert (written, token in capsys.readouterr().out) == ([], False)
