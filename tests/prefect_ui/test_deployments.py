"""`prefect deploy --all`, a worker, and one run at a time per tenant and integration."""

from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Cancelled, Cancelling, Pending

from tests.architecture._tree import things
from tests.prefect_ui._house import POOL, House, eventually
from tests.prefect_ui.conftest import NOW, Story


def test_every_integration_is_deployed_and_runs_where_it_was_deployed_from(house: House) -> None:
    deployed = {str(each.entrypoint): each for each in house.api.read_deployments()}
    assert sorted(deployed) == ["flows/_nightly.py:backup", *(f"flows/{name}.py:{name}" for name in things("flows"))]
    one = deployed["flows/pacto_to_kamino.py:pacto_to_kamino"]
    schedule = one.schedules[0].schedule
    assert isinstance(schedule, CronSchedule)
    assert one.concurrency_options
    assert one.global_concurrency_limit
    assert {
        "name": one.name,
        "tags": one.tags,
        "parameters": one.parameters,
        "schedule": (schedule.cron, schedule.timezone),
        "at once": (one.global_concurrency_limit.limit, one.concurrency_options.collision_strategy.value),
        "pool": one.work_pool_name,
        "pull": one.pull_steps,
    } == {
        "name": "demo",
        "tags": ["demo", "pacto_to_kamino"],
        "parameters": {"tenant": "demo"},
        "schedule": ("0 6,18 * * *", "America/Sao_Paulo"),
        "at once": (1, "ENQUEUE"),
        "pool": POOL,
        "pull": [{"prefect.deployments.steps.set_working_directory": {"directory": str(house.folder)}}],
    }


def test_a_run_whose_machine_died_gives_its_place_back(house: House) -> None:
    dead, next_one = (house.start("kamino_to_pacto/demo") for _ in range(2))
    states = [house.propose(dead, Pending()), house.propose(next_one, Pending())]
    house.let_leases_run_out()
    eventually(lambda: house.propose(next_one, Pending()) == "Pending", "the place of the dead run is free")
    for each in (dead, next_one):
        house.propose(each, Cancelled())
    assert states == ["Pending", "AwaitingConcurrencySlot"]


def test_a_run_waits_for_a_running_one_and_runs_even_if_that_one_is_killed(story: Story) -> None:
    waited = story.waited
    assert (story.killed.state_name, story.by_hand, waited.state_name) == (
        "Crashed",
        "Skipped",
        "Posted, some held back",
    )
    assert (waited.name, sorted(waited.tags)) == ("pacto → kamino · demo · 2026-11-21", ["demo", "pacto_to_kamino"])


def test_a_run_that_somebody_cancels_stops_before_its_next_call(house: House) -> None:
    house.world.no_faults()
    house.world.forget_calls()
    written = house.world.writes()
    house.world.fault("pacto", "slow", seconds=5)
    with house.worker():
        run = house.start("kamino_to_pacto/demo", as_of=NOW)
        eventually(lambda: house.world.calls("pacto"), "the run reads from Pacto")
        house.propose(run, Cancelling())
        eventually(lambda: house.flow_run(run).end_time, "the run ends")
    house.world.no_faults()
    ended = house.flow_run(run)
    assert ended.state is not None
    assert (ended.state_name, ended.state.message, len(house.world.calls("pacto")), house.world.writes()) == (
        "Stopped",
        "a execução foi interrompida; o que falta fica para a próxima",
        1,
        written,
    )
