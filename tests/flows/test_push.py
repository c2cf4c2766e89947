"""One action, one outcome: what is sent, what is looked for, and what the ledger is told of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from connections._errors import Denied, NotSent, Problem, Rejected, Unavailable, Unknown, Unreadable
from connections._http import wrote
from destinations._contract import Action, BatchWriter, Receipt
from flows._push import ABSENT, Outcome, are_gone, groups, look_all, send_all

REJECTED, NOT_SENT, UNKNOWN = Rejected("Período fechado"), NotSent("sem conexão"), Unknown("sem resposta")
DENIED, UNREADABLE, SILENT = Denied("chave recusada"), Unreadable("página ilegível"), Unavailable("sem resposta")


@dataclass
class Told:
    """A writer that does what it is told: an id, a receipt, nothing, or a problem. `writes_first`: before it fails."""

    send_says: Any = "7"
    resolve_says: Any = None
    writes_first: bool = False
    looks_by: tuple[str, ...] = ()
    did: list[str] = field(default_factory=list)

    def _say(self, verb: str, said: Any) -> Any:
        self.did.append(verb)
        if isinstance(said, Exception):
            raise said
        return said

    async def send(self, action: Action) -> str | Receipt:
        if self.writes_first:
            wrote.set(True)
        said: str | Receipt = self._say("send", self.send_says)
        return said

    async def resolve(self, action: Action) -> str | None:
        found: str | None = self._say("resolve", self.resolve_says)
        return found


def action(verb: str = "create", document_id: str = "1") -> Action:
    return Action("receivable", document_id, verb, {})


def sent(writer: Any, *actions: Action, look_first: bool = False) -> list[Outcome]:
    return asyncio.run(send_all(writer, actions or [action()], look_first=look_first))


def looked(writer: Any, *actions: Action) -> list[Outcome]:
    return asyncio.run(look_all(writer, actions or [action()]))


def posted(target_id: str = "7") -> Outcome:
    return Outcome("posted", target_id)


def unknown(problem: Problem) -> Outcome:
    return Outcome("unknown", None, problem)


def not_sent(problem: Problem) -> Outcome:
    return Outcome("not_sent", None, problem)


SENT: dict[str, tuple[Told, Outcome]] = {
    "the answer brings the id": (Told(), posted()),
    "the answer brings a receipt": (Told(Receipt("p-1")), Outcome("accepted", receipt="p-1")),
    "refused": (Told(REJECTED), Outcome("rejected", None, REJECTED)),
    "not sent": (Told(NOT_SENT), not_sent(NOT_SENT)),
    "credential refused": (Told(DENIED), not_sent(DENIED)),
    "what had to be read first does not answer": (Told(SILENT), not_sent(SILENT)),
    "what had to be read first is unreadable": (Told(UNREADABLE), not_sent(UNREADABLE)),
    "answer lost": (Told(UNKNOWN), unknown(UNKNOWN)),
    "accepted, and then the credential was refused": (Told(DENIED, writes_first=True), unknown(DENIED)),
    "accepted, and then nobody answered": (Told(SILENT, writes_first=True), unknown(SILENT)),
    "accepted, and then something was unreadable": (Told(UNREADABLE, writes_first=True), unknown(UNREADABLE)),
}


@pytest.mark.parametrize("case", SENT)
def test_what_is_sent(case: str) -> None:
    writer, outcome = SENT[case]
    assert (sent(writer), writer.did) == ([outcome], ["send"])


def test_a_fault_of_ours_while_sending_leaves_the_outcome_unknown() -> None:
    [outcome] = sent(Told(ValueError("ours")))
    assert (outcome.event, str(outcome.problem)) == ("unknown", "falha inesperada ao enviar (ValueError)")


LOOKED: dict[str, tuple[Told, Outcome]] = {
    "it is there": (Told(resolve_says="7"), Outcome("linked", "7")),
    "it is not there": (Told(), ABSENT),
    "refused after all": (Told(resolve_says=REJECTED), Outcome("rejected", None, REJECTED)),
    "nobody can say": (Told(resolve_says=SILENT), unknown(SILENT)),
    "nobody can say which": (Told(resolve_says=UNKNOWN), unknown(UNKNOWN)),
}


@pytest.mark.parametrize("case", LOOKED)
def test_what_is_looked_for(case: str) -> None:
    writer, outcome = LOOKED[case]
    assert (looked(writer), writer.did) == ([outcome], ["resolve"])


def test_an_odd_answer_to_a_look_concerns_its_own_document() -> None:
    class Odd(Told):
        async def resolve(self, action: Action) -> str | None:
            return ["a list where an object was"][action.document_id]  # type: ignore[call-overload,no-any-return]

    assert [outcome.event for outcome in looked(Odd(), action(), action(document_id="2"))] == ["unknown", "unknown"]


FIRST: dict[str, tuple[Told, Outcome, list[str]]] = {
    "there already": (Told(resolve_says="8"), Outcome("linked", "8"), ["resolve"]),
    "not there": (Told(), posted(), ["resolve", "send"]),
    "nobody can say": (Told(resolve_says=SILENT), not_sent(SILENT), ["resolve"]),
}


@pytest.mark.parametrize("case", FIRST)
def test_what_others_may_have_created_is_looked_for_before_it_is_created(case: str) -> None:
    writer, outcome, did = FIRST[case]
    assert (sent(writer, look_first=True), writer.did) == ([outcome], did)


def test_outcomes_come_in_the_order_of_the_actions_and_none_disturbs_another() -> None:
    class Each(Told):
        async def send(self, action: Action) -> str | Receipt:
            if action.document_id == "2":
                wrote.set(True)
                raise DENIED
            await asyncio.sleep(0)
            if action.document_id == "3":
                raise DENIED
            return f"T{action.document_id}"

    outcomes = sent(Each(), *(action(document_id=each) for each in ("1", "2", "3")))
    assert outcomes == [posted("T1"), unknown(DENIED), not_sent(DENIED)]


# -- many documents in one call --------------------------------------------------------------------------------------


@dataclass
class Lines:
    """A writer of batches: what it says for the whole call, or line by line."""

    says: Any = ()
    finds: Any = ()
    largest: int = 2
    writes_first: bool = False
    looks_by: tuple[str, ...] = ()
    did: list[str] = field(default_factory=list)

    def together(self, action: Action) -> str:
        return action.document_id[0]

    async def send_all(self, actions: Sequence[Action]) -> Sequence[str | Receipt | Problem]:
        self.did.append("send " + " ".join(each.document_id for each in actions))
        if self.writes_first:
            wrote.set(True)
        if isinstance(self.says, Exception):
            raise self.says
        return list(self.says)

    async def resolve_all(self, actions: Sequence[Action]) -> Sequence[str | Problem | None]:
        self.did.append("resolve " + " ".join(each.document_id for each in actions))
        if isinstance(self.finds, Exception):
            raise self.finds
        return list(self.finds)


BATCHES: dict[str, tuple[Lines, list[Outcome]]] = {
    "each line its own outcome": (Lines(["7", REJECTED]), [posted(), Outcome("rejected", None, REJECTED)]),
    "a line without an answer": (Lines(["7", UNKNOWN]), [posted(), unknown(UNKNOWN)]),
    "a line without an id": (Lines(["7", Receipt()]), [posted(), Outcome("accepted", receipt="")]),
    "the whole call refused": (Lines(REJECTED), [Outcome("rejected", None, REJECTED)] * 2),
    "the whole call not sent": (Lines(NOT_SENT), [not_sent(NOT_SENT)] * 2),
    "the answer lost": (Lines(UNKNOWN), [unknown(UNKNOWN)] * 2),
    "accepted, and its answer unreadable": (Lines(UNREADABLE, writes_first=True), [unknown(UNREADABLE)] * 2),
}


@pytest.mark.parametrize("case", BATCHES)
def test_a_batch(case: str) -> None:
    writer, outcomes = BATCHES[case]
    assert isinstance(writer, BatchWriter)
    assert sent(writer, action(document_id="a1"), action(document_id="a2")) == outcomes


def test_an_answer_about_one_line_of_two_leaves_both_unknown() -> None:
    told = sent(Lines(["7"]), action(document_id="a1"), action(document_id="a2"))
    said = "o destino não respondeu sobre todas as linhas"
    assert [(each.event, str(each.problem)) for each in told] == [("unknown", said)] * 2


def test_a_batch_is_looked_for_by_what_belongs_together_and_answers_in_order() -> None:
    writer = Lines(finds=["7"])
    outcomes = looked(writer, action(document_id="b"), action(document_id="a"))
    assert (outcomes, writer.did) == ([Outcome("linked", "7")] * 2, ["resolve a", "resolve b"])


def test_a_batch_whose_look_fails_in_part_is_unknown_in_that_part() -> None:
    assert looked(Lines(finds=["7", SILENT]), action(document_id="a1"), action(document_id="a2")) == [
        Outcome("linked", "7"),
        unknown(SILENT),
    ]


# -- what is gone ----------------------------------------------------------------------------------------------------


def test_only_what_was_asked_for_by_its_id_and_is_not_there_is_gone() -> None:
    class Records:
        async def stands(self, target_id: str) -> bool:
            if target_id == "9":
                raise SILENT
            return target_id == "7"

    assert asyncio.run(are_gone(Records(), ["7", "8", "9"])) == [False, True, False]


# -- what goes out together ------------------------------------------------------------------------------------------


def test_single_calls_go_out_as_many_at_once_as_the_budget_allows() -> None:
    planned: list[Any] = [({}, action("create", each)) for each in "abcde"]
    assert [[each[1].document_id for each in group] for group in groups(Told(), planned, 2)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]


def test_a_batch_holds_what_belongs_together_and_no_more_than_fits() -> None:
    verbs = {"a1": "create", "b1": "create", "a2": "create", "a3": "create", "a4": "update"}
    planned: list[Any] = [({}, action(verb, each)) for each, verb in verbs.items()]
    assert [[each[1].document_id for each in group] for group in groups(Lines(), planned, 9)] == [
        ["a1", "a2"],
        ["a3"],
        ["b1"],
        ["a4"],
    ]
