"""The life of a receipt, as finance tells it."""

from tests._world import World
from tests.systems.pacto import paid, receipt


def test_a_receipt_is_created_settled_and_then_left_alone(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1), receipt(2, **paid()))
    first = world.run("pacto_to_kamino")
    second = world.run("pacto_to_kamino")
    assert (first.state, second.state) == ("Posted", "Nothing to post")
    assert [verb for _, verb, _ in world.writes("kamino")] == ["create", "create", "create", "settle"]
