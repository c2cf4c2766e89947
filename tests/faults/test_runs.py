"""Runs that repeat, meet, or find less than they left: nothing is posted twice, and nobody is kept waiting."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests._world import World
from tests.faults._killing import Step, held
from tests.faults._scenes import customer, paid, payable, receipt, supplier
from tests.faults._truth import truth, written

INTEGRATIONS = ("pacto_to_kamino", "kamino_to_pacto")


def _nothing(folder: Path) -> None:
    assert (folder / "ledger.duckdb").exists()


def _staging(folder: Path) -> None:
    (folder / "staging.duckdb").unlink()


def _half_of_staging(folder: Path) -> None:
    staged = (folder / "staging.duckdb").read_bytes()
    (folder / "staging.duckdb").write_bytes(staged[: len(staged) // 2])


def _staging_for_garbage(folder: Path) -> None:
    (folder / "staging.duckdb").write_bytes(b"no database " * 1000)


def _state_of_dlt(folder: Path) -> None:
    shutil.rmtree(folder / "dlt")


def _half_of_the_state_of_dlt(folder: Path) -> None:
    for file in (folder / "dlt").rglob("*.json"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _all_but_the_ledger(folder: Path) -> None:
    for each in folder.iterdir():
        if each.name == "ledger.duckdb":
            continue
        shutil.rmtree(each) if each.is_dir() else each.unlink()


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_the_next_run_writes_nothing_whatever_of_the_folder_was_lost(world: World, integration: str) -> None:
    world.plant("pacto", "movparcela", receipt(1), receipt(2, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    assert world.run(integration).state == "Posted"
    posted = truth(world)
    losses: list[Callable[[Path], None]] = [_nothing, _all_but_the_ledger]
    if integration == "pacto_to_kamino":
        losses += [_staging, _half_of_staging, _staging_for_garbage, _state_of_dlt, _half_of_the_state_of_dlt]

    for loses in losses:
        loses(world.folder(integration))
        ran = world.run(integration)
        assert (ran.state, truth(world) == posted) == ("Nothing to post", True), f"lost{loses.__name__}: {ran.message}"


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_without_its_ledger_a_run_links_what_stands_in_the_target(world: World, integration: str) -> None:
    world.plant("pacto", "movparcela", receipt(1), receipt(2, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))
    assert world.run(integration).state == "Posted"
    posted = truth(world)
    shutil.rmtree(world.folder(integration))
    world.adopt(integration)

    ran = world.run(integration)

    linked = sum(counts.get("linked", 0) for counts in ran.counts.values())
    assert (ran.state, truth(world) == posted, linked) == ("Posted", True, 4 if integration == "pacto_to_kamino" else 3)
    assert world.run(integration).state == "Nothing to post"


def test_of_two_runs_at_once_one_is_skipped_and_says_who_is_at_work(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))

    with held(world, "pacto_to_kamino", Step("after", "intent", kind="receivable")) as working:
        skipped = world.run("pacto_to_kamino")
        other = world.run("kamino_to_pacto")

    runs = world.query("pacto_to_kamino", "select run_id, state from runs")
    assert (skipped.state, other.state) == ("Skipped", "Posted")
    assert runs == [(skipped.message.split()[1], "Posted")]
    assert f"process {working.pid}" in skipped.message
    assert written(truth(world))["receivable PACTO-1-1"] == ("create", "settle")
    assert world.run("pacto_to_kamino").state == "Nothing to post"


def test_a_first_run_links_what_is_there_already_and_creates_the_rest(world: World) -> None:
    """Of twelve receipts four stand in Kamino with our reference, and four as somebody typed them by hand."""
    numbers = range(1, 13)
    payers = {number: customer(100_000_000 + number, f"Cliente {number}") for number in numbers}
    world.plant("pacto", "movparcela", *(receipt(number, pessoa=payers[number]) for number in numbers))
    for number in range(1, 9):
        who = payers[number]
        world.plant("kamino", "pessoa", {"ID": number, "Nome": who["nome"], "CPFCNPJ": who["cpfCnpj"], "Ativo": True})
        world.plant("kamino", "recebimento", _as_kamino_has_it(number, f"PACTO-1-{number}" if number <= 4 else None))

    first, second = world.run("pacto_to_kamino"), world.run("pacto_to_kamino")

    assert (first.state, second.state) == ("Posted", "Nothing to post")
    assert first.counts["person"] == {"read": 12, "created": 4, "linked": 8}
    assert first.counts["receivable"] == {"read": 12, "created": 4, "linked": 8}
    assert len(world.rows("kamino", "pessoa")) == len(world.rows("kamino", "recebimento")) == 12


def _as_kamino_has_it(number: int, reference: str | None) -> dict[str, object]:
    return {
        "ID": 1000 + number,
        "IDPessoa": number,
        "Descri": f"PARCELA {number} - PLANO ANUAL",
        "VlrVenc": 129.90,
        "VlrBruto": 129.90,
        "DtaVenc": "2026-11-30T00:00:00",
        "DtaCompet": "2026-11-01T00:00:00",
        "DtaPagto": None,
        "VlrPagto": None,
        "SitConta": 1,
        "IDMoeda": 1,
        "IDPlanoContaOrigem": "30101",
        "IDCentroCusto": 3,
        "CodigoExterno": reference,
    }
