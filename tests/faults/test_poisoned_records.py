"""One poor record stops only itself: from the vendor's answer to the target's journal, whatever stands in a field."""

import re
from collections import Counter

import pytest

from tests._world import World
from tests.faults._poisoned import FIRST, STORIES, Story

STOPPED = ("Rules not judged", "Unreadable source", "Crashed", "Failed")
EVERY = 27
"""One case in so many is tried here; test-all tries all of them."""


def name(story: Story) -> str:
    return f"{story.integration}-{story.declared.name}"


@pytest.mark.parametrize("story", STORIES, ids=name)
def test_some_poisons_in_every_field(story: Story, world: World) -> None:
    survives(story, world, range(len(name(story)) % EVERY, 10_000, EVERY))


@pytest.mark.long
@pytest.mark.parametrize("story", STORIES, ids=name)
def test_every_poison_in_every_field(story: Story, world: World) -> None:
    survives(story, world, range(10_000))


def survives(story: Story, world: World, chosen: range) -> None:
    cases = [case for place, case in enumerate(story.cases()) if place in chosen]
    story.plant(world, len(cases))
    story.poison(world, cases)
    first = world.run(story.integration)
    assert first.summary.get("kinds"), (first.state, first.message)
    written = world.writes()
    told = dict(
        world.query(
            story.integration,
            f"select document_id, (state, because) from documents where kind = '{story.kind}'",
        )
    )
    healthy = [story.document(FIRST), story.document(FIRST + len(cases) + 1)]
    assert [told.get(each, ("missing",))[0] for each in healthy] == ["posted", "posted"], first.message
    silent = {
        case: told.get(document)
        for place, case in enumerate(cases)
        if case[0] not in story.untold and (document := story.document(FIRST + 1 + place)) not in told
    }
    assert silent == {}
    raw = {case: because for case, (_, because) in told.items() if because and re.search(r"[{\[]\s*\"", because)}
    assert raw == {}
    wordless = {case: state for case, (state, because) in told.items() if state == "held back" and not because}
    assert wordless == {}
    again = world.run(story.integration)
    assert again.summary.get("kinds"), (again.state, again.message)
    late = [(entry["route"], entry["body"]) for entry in world.journal()[len(written) :]]
    assert late == []
    assert [write for write, times in Counter(written).items() if times > 1 and write[1] == "create"] == []
