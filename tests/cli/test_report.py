"""The report of a run on a terminal of any width: a table where it fits, sentences where it does not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from cli._outcome import Outcome
from cli._report import changes, kinds_table, runs_table, shown_in

if TYPE_CHECKING:
    from rich.table import Table

NAMES = ("read", "created", "updated", "settled", "cancelled", "linked", "unchanged")
NOT_SENT = ("held_back", "rejected", "unknown", "not_sent", "ignored", "changed_since", "drift", "notice")
AMOUNTS = {
    "BRL": {"read": "1541.47", "created": "1500.00", "held_back": "41.47"},
    "CLP": {"read": "2000.00", "created": "2000.00"},
}
COUNTS = dict.fromkeys(NAMES + NOT_SENT, 0) | {"read": 1286, "created": 1284, "held_back": 2}
KINDS = {"receivable": {**COUNTS, "amounts": AMOUNTS}}
OUTCOME = Outcome("pacto_to_kamino", "Posted, some held back", "", failed=False, summary={"kinds": KINDS})
SENTENCES = (
    "pacto_to_kamino Posted, some held back receivable: 1,286 read R$ 1.541,47 $ 2.000, "
    "1,284 created R$ 1.500,00 $ 2.000, 2 held back R$ 41,47"
)


def printed(made: "Table", width: int) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(shown_in(console, made, [OUTCOME]))
    return captured.get()


@pytest.mark.parametrize("table", [lambda: runs_table([OUTCOME]), lambda: kinds_table(OUTCOME)])
def test_a_narrow_terminal_gets_sentences_instead_of_a_folded_table(table: Callable[[], "Table"]) -> None:
    whole = printed(table(), 200)
    needed = max(len(line.rstrip()) for line in whole.splitlines()) + 1
    assert [line.rstrip() for line in printed(table(), needed).splitlines()] == [
        line.rstrip() for line in whole.splitlines()
    ]
    assert " ".join(printed(table(), needed - 1).split()) == SENTENCES


def test_an_action_shows_only_the_fields_that_differ_with_old_and_new_values() -> None:
    row = {
        "in_target": '{"amount": "100.00", "due_on": "2026-11-30", "account": "Caixa"}',
        "last_written": None,
        "wanted": '{"amount": "120.00", "due_on": "2026-11-30", "note": null}',
    }
    assert changes(row) == "amount: 100.00 → 120.00; account: Caixa → –"
