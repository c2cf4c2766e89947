"""A ledger that an older version wrote is opened, and nothing in it is forgotten or sent again unlooked."""

from pathlib import Path

import duckdb

from flows._ledger import Ledger
from tests.flows._deciding import Decided, Desk, Stands, Wanted

OLD = Path(__file__).parent / "ledgers" / "d7c768d.ledger"
OPEN = "Foi enviado, e ainda não se sabe se chegou; é procurado no destino antes de ser enviado de novo"


def test_what_an_older_version_posted_and_did_not_end_is_known(tmp_path: Path) -> None:
    with duckdb.connect() as writer:
        writer.execute(f"attach '{tmp_path / 'ledger.duckdb'}' as ledger")
        writer.execute(OLD.read_text("utf-8"))
    desk = Desk(ledger=tmp_path / "ledger.duckdb")
    with desk.database:
        wanted = [Wanted(document_id=each, reference=f"R-{each}") for each in "12345"]
        decided = desk.plan(wanted, [Stands("7", "A", reference="R-1")])
        states = desk.asked("select document_id, state, amount::text from documents order by all")
    assert decided == {
        "1": Decided("skip", "7"),
        "2": Decided("hold", None, "O destino recusou este conteúdo: Período fechado"),
        "3": Decided("unknown", None, OPEN),
        "4": Decided("create"),
        "5": Decided("unknown", None, OPEN),
    }
    assert states == [
        ("1", "posted", "10.00"),
        ("2", "rejected", "10.00"),
        ("3", "unknown", "10.00"),
        ("4", "waiting", "10.00"),
        ("5", "unknown", "10.00"),
    ]


def test_an_older_ledger_is_opened_twice(tmp_path: Path) -> None:
    for _ in range(2):
        with duckdb.connect() as connection:
            Ledger(connection, tmp_path / "ledger.duckdb")
