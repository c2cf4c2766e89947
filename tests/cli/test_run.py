"""`contrapartida run` and `retry`, as a person at a terminal and a script that reads JSON meet them."""

import json
from typing import Any

import pytest

from cli._outcome import Outcome
from tests._command import contrapartida
from tests._world import World
from tests.systems.pacto import receipt

EXIT_CODES = {
    ("Posted", False): 0,
    ("Nothing to post", False): 0,
    ("Skipped", False): 0,
    ("Planned", False): 0,
    ("Posted, some held back", False): 2,
    ("Nothing to post, some held back", False): 2,
    ("Rejected", True): 3,
    ("Unknown outcome", True): 3,
    ("Credential refused", True): 1,
    ("Unavailable", True): 1,
    ("Misconfigured", True): 1,
    ("Stopped", True): 130,
}
SENT = ("read", "created", "updated", "settled", "cancelled", "linked", "unchanged")
NOT_SENT = ("held_back", "rejected", "unknown", "not_sent", "ignored", "changed_since", "drift", "notice")
RUN = ("run", "pacto_to_kamino", "--tenant", "academia", "--as-of", "2026-11-21T09:00:00-03:00")
RETRY = ("retry", "pacto_to_kamino", "--tenant", "academia", "--kind", "receivable", "--document", "1")


def counted(**numbers: Any) -> dict[str, Any]:
    """What is told of a kind."""
    return {**dict.fromkeys(SENT + NOT_SENT, 0), "amounts": {}, **numbers}


@pytest.mark.parametrize("state", EXIT_CODES)
def test_how_a_run_ended_is_its_exit_code(state: tuple[str, bool]) -> None:
    name, failed = state
    assert Outcome("any", name, "", failed, summary={}).exit_code == EXIT_CODES[state]


def test_a_plan_a_rejection_and_a_retry(world: World) -> None:
    """Two receipts of one customer, one of them with a classification that Kamino does not know."""
    unknown = {"planoConta": {"codigo": 99, "descricao": "Aulas de Dança"}}
    world.plant("pacto", "movparcela", receipt(1), receipt(2, **unknown))

    planned = contrapartida(*RUN, "--dry-run")
    assert (planned.code, world.writes()) == (0, [])
    shown = {tuple(line.split()[:2]): line for line in planned.out.splitlines()}
    assert "create  R$ 129,90  amount: 129.90; due_on: 2026-11-30" in shown["receivable", "1"]
    assert "(Aulas de Dança)" in shown["receivable", "2"]

    refusal = {"fault": "sucesso_false", "route": "/api/financeiro/recebimento", "message": "Período fechado."}
    world.fault("kamino", method="POST", **refusal)
    rejected = contrapartida(*RUN, "--json")
    assert rejected.out, rejected.err
    told = json.loads(rejected.out.splitlines()[-1])
    assert (rejected.code, told | {"run_id": len(told["run_id"])}) == (
        3,
        {
            "run_id": 12,
            "state": "Rejected",
            "message": "3 lidos, 1 lançados, 1 retidos, 1 recusados pelo destino",
            "kinds": {
                "person": counted(read=1, created=1, amounts={"BRL": {"read": "0.00", "created": "0.00"}}),
                "receivable": counted(
                    read=2,
                    held_back=1,
                    rejected=1,
                    amounts={"BRL": {"read": "259.80", "held_back": "129.90", "rejected": "129.90"}},
                ),
                "reversal": counted(),
                "settlement": counted(),
                "cancellation": counted(),
                "reference": counted(),
            },
            "calls": {"pacto": {"GET": 4}, "kamino": {"GET": 10, "POST": 2}},
        },
    )

    asked = contrapartida(*RETRY)
    sentence = (
        "Noted: the next run of pacto_to_kamino for academia sends receivable 1 again, unless the target has it.\n"
    )
    assert (asked.code, asked.out) == (0, sentence)
    posted = contrapartida(*RUN)
    assert (posted.code, "Posted, some held back" in posted.out) == (2, True)
    assert [(route, verb) for route, verb, _ in world.writes()] == [
        ("/api/pessoa/grava", "create"),
        ("/api/financeiro/recebimento", "create"),
    ]


def test_a_refused_credential_fails_the_run_with_one_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__PACTO__API_KEY", "not-the-key")
    said = contrapartida(*RUN)
    assert (said.code, said.out, said.err.count("\n"), world.writes()) == (1, "", 1, [])
    assert said.err.startswith("contrapartida: Credential refused: Pacto: credencial recusada")
