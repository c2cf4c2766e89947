"""One action, one outcome: what is sent, what is looked for, and what the ledger is told of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connections._errors import Denied, Problem, Rejected, Unavailable, Unknown, Unreadable
from destinations._contract import Action, BatchWriter
from flows._push import Outcome, attempt_all, groups

REJECTED, UNAVAILABLE, UNKNOWN = Rejected("Período fechado"), Unavailable("sem conexão"), Unknown("sem resposta")
DENIED, UNREADABLE = Denied("chave recusada"), Unreadable("página ilegível")


@dataclass
class Told:
    """A writer that does what it is told: an id, nothing, or a problem for each of its three answers."""

    create_says: Any = "7"
    update_says: Any = "7"
    find_says: Any = None
    did: list[str] = field(default_factory=list)

    def _say(self, verb: str, said: Any) -> Any:
        self.did.append(verb)
        if isinstance(said, Exception):
            raise said
        return said

    async def create(self, action: Action) -> str:
        return str(self._say("create", self.create_says))

    async def update(self, action: Action) -> str:
        return str(self._say("update", self.update_says))

    async def find(self, action: Action) -> str | None:
        found: str | None = self._say("find", self.find_says)
        return found


def action(verb: str, document_id: str = "1") -> Action:
    return Action("receivable", document_id, verb, {})


def posted(target_id: str = "7") -> Outcome:
    return Outcome("posted", target_id)


def unknown(problem: Problem) -> Outcome:
    return Outcome("unknown", None, problem)


LOST = Unknown("falha inesperada ao enviar (ValueError)")
SENT: dict[str, tuple[str, Told, Outcome, list[str]]] = {
    "created": ("create", Told(), posted(), ["create"]),
    "updated": ("update", Told(), posted(), ["update"]),
    "refused": ("create", Told(REJECTED), Outcome("rejected", None, REJECTED), ["create"]),
    "update refused": ("update", Told(update_says=REJECTED), Outcome("rejected", None, REJECTED), ["update"]),
    "not sent": ("create", Told(UNAVAILABLE), Outcome("unavailable", None, UNAVAILABLE), ["create"]),
    "credential refused": ("create", Told(DENIED), Outcome("unavailable", None, DENIED), ["create"]),
    "what had to be read first is unreadable": (
        "update",
        Told(update_says=UNREADABLE),
        Outcome("unavailable", None, UNREADABLE),
        ["update"],
    ),
    "answer lost, and it is there": ("create", Told(UNKNOWN, find_says="7"), posted(), ["create", "find"]),
    "answer lost, and it is not there": ("create", Told(UNKNOWN), unknown(UNKNOWN), ["create", "find"]),
    "answer lost, and it cannot be looked for": (
        "create",
        Told(UNKNOWN, find_says=UNREADABLE),
        unknown(UNKNOWN),
        ["create", "find"],
    ),
    "answer to an update lost": ("update", Told(update_says=UNKNOWN), unknown(UNKNOWN), ["update"]),
    "looked for first, and it is there": ("find", Told(find_says="7"), Outcome("linked", "7"), ["find"]),
    "looked for first, and it is not there": ("find", Told(), posted(), ["find", "create"]),
    "looked for first, and then refused": (
        "find",
        Told(REJECTED),
        Outcome("rejected", None, REJECTED),
        ["find", "create"],
    ),
    "looked for first, and nobody answers": ("find", Told(find_says=UNAVAILABLE), unknown(UNAVAILABLE), ["find"]),
    "looked for first, and there are two": ("find", Told(find_says=REJECTED), unknown(REJECTED), ["find"]),
}


@pytest.mark.parametrize("case", SENT)
def test_an_action(case: str) -> None:
    verb, writer, outcome, did = SENT[case]
    assert (asyncio.run(attempt_all(writer, [action(verb)])), writer.did) == ([outcome], did)


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_fault_of_ours_while_sending_leaves_the_outcome_unknown(verb: str) -> None:
    writer = Told(ValueError("ours"), ValueError("ours"))
    [outcome] = asyncio.run(attempt_all(writer, [action(verb)]))
    assert (outcome.event, str(outcome.problem), writer.did) == ("unknown", str(LOST), [verb])


def test_outcomes_come_in_the_order_of_the_actions_and_none_disturbs_another() -> None:
    class Each(Told):
        async def create(self, action: Action) -> str:
            if action.document_id == "2":
                raise REJECTED
            await asyncio.sleep(0)
            return f"T{action.document_id}"

    outcomes = asyncio.run(attempt_all(Each(), [action("create", each) for each in ("1", "2", "3")]))
    assert outcomes == [posted("T1"), Outcome("rejected", None, REJECTED), posted("T3")]


# -- many documents in one call --------------------------------------------------------------------------------------


@dataclass
class Lines:
    """A writer of batches: what it says for the whole call, or line by line."""

    says: Any = ()
    finds: Any = ()
    largest: int = 2
    did: list[str] = field(default_factory=list)

    def together(self, action: Action) -> str:
        return action.document_id[0]

    async def create_all(self, actions: Sequence[Action]) -> Sequence[str | Problem]:
        self.did.append("create " + " ".join(each.document_id for each in actions))
        if isinstance(self.says, Exception):
            raise self.says
        return list(self.says)

    async def find_all(self, actions: Sequence[Action]) -> Sequence[str | None]:
        self.did.append("find " + " ".join(each.document_id for each in actions))
        if isinstance(self.finds, Exception):
            raise self.finds
        return list(self.finds)


BATCHES: dict[str, tuple[str, Lines, list[Outcome], list[str]]] = {
    "each line its own outcome": (
        "create",
        Lines(["7", REJECTED]),
        [posted(), Outcome("rejected", None, REJECTED)],
        ["create a b"],
    ),
    "a line without an answer": ("create", Lines(["7", UNKNOWN]), [posted(), unknown(UNKNOWN)], ["create a b"]),
    "the whole call refused": ("create", Lines(REJECTED), [Outcome("rejected", None, REJECTED)] * 2, ["create a b"]),
    "the whole call not sent": (
        "create",
        Lines(UNAVAILABLE),
        [Outcome("unavailable", None, UNAVAILABLE)] * 2,
        ["create a b"],
    ),
    "the answer lost, and half of it is there": (
        "create",
        Lines(UNKNOWN, ["7", None]),
        [posted(), unknown(UNKNOWN)],
        ["create a b", "find a b"],
    ),
    "the answer lost, and nobody to ask": (
        "create",
        Lines(UNKNOWN, UNAVAILABLE),
        [unknown(UNKNOWN)] * 2,
        ["create a b", "find a b"],
    ),
    "looked for first, and half of it is there": (
        "find",
        Lines(["8"], ["7", None]),
        [Outcome("linked", "7"), posted("8")],
        ["find a b", "create b"],
    ),
    "looked for first, and nobody to ask": ("find", Lines((), UNAVAILABLE), [unknown(UNAVAILABLE)] * 2, ["find a b"]),
}


@pytest.mark.parametrize("case", BATCHES)
def test_a_batch(case: str) -> None:
    verb, writer, outcomes, did = BATCHES[case]
    assert isinstance(writer, BatchWriter)
    actions = [action(verb, each) for each in ("a", "b")]
    assert (asyncio.run(attempt_all(writer, actions)), writer.did) == (outcomes, did)


def test_single_calls_go_out_as_many_at_once_as_the_budget_allows() -> None:
    planned: list[Any] = [({}, action("create", each)) for each in "abcde"]
    assert [[each[1].document_id for each in group] for group in groups(Told(), planned, 2)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]


def test_a_batch_holds_what_belongs_together_and_no_more_than_fits() -> None:
    verbs = {"a1": "create", "b1": "create", "a2": "create", "a3": "create", "a4": "find"}
    planned: list[Any] = [({}, action(verb, each)) for each, verb in verbs.items()]
    assert [[each[1].document_id for each in group] for group in groups(Lines(), planned, 9)] == [
        ["a1", "a2"],
        ["a3"],
        ["b1"],
        ["a4"],
    ]
