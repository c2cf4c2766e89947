"""Vendors may differ from what is assumed of them: what is posted stays the same, once."""

from decimal import Decimal

import pytest

from tests._world import World
from tests.faults._scenes import paid, payable, receipt, supplier
from tests.faults._truth import truth, written

pytestmark = pytest.mark.long

READINGS = [
    {"pacto": {"dates": "br", "filters": "ignored"}, "kamino": {"external_code": "hidden"}},
    {"pacto": {"dates": "mixed"}, "kamino": {"filters": "ignored", "update": "partial"}},
]
LIFE = [
    receipt(1),
    {"codigo": 1, **paid()},
    {"codigo": 1, "situacao": "EA", "dataPagamento": None, "valorPago": None},
    {"codigo": 1, "valor": Decimal("149.95")},
    {"codigo": 1, "situacao": "CA"},
]


@pytest.mark.parametrize("reading", READINGS, ids=["dates as text, no filters at Pacto", "no filters at Kamino"])
def test_other_readings_of_the_vendors_change_nothing_of_what_is_posted(
    world: World, reading: dict[str, dict[str, str]]
) -> None:
    for system, quirks in reading.items():
        world.quirk(system, **quirks)
    world.plant("pacto", "movparcela", receipt(1), receipt(2, **paid()))
    world.plant("kamino", "pessoa", supplier(71, "Companhia de Luz Ltda"))
    world.plant("kamino", "pagamento", payable(1))

    states = [world.run(each).state for each in ("pacto_to_kamino", "kamino_to_pacto") for _ in range(2)]

    told = truth(world)
    assert states == ["Posted", "Nothing to post"] * 2
    assert written(told) == {
        "entry KAMINO-1": ("create",),
        "payable 1": ("reference",),
        "person 39053344705": ("create",),
        "receivable PACTO-1-1": ("create",),
        "receivable PACTO-1-2": ("create", "settle"),
        f"supplier {supplier(71, '')['CPFCNPJ']}": ("create",),
    }
    paid_on = [row["DtaPagto"] for name in ("1", "2") for row in told[f"receivable PACTO-1-{name}"].records]
    assert paid_on == [None, "2026-11-10T00:00:00"]


def test_a_life_ends_alike_where_kamino_merges_records_instead_of_replacing_them(world: World) -> None:
    world.quirk("kamino", update="partial")

    for change in LIFE:
        world.plant("pacto", "movparcela", change)
        assert world.run("pacto_to_kamino").state == "Posted"

    (receivable,) = truth(world)["receivable PACTO-1-1"].records
    verbs = ("create", "settle", "reopen", "update", "cancel")
    assert (written(truth(world))["receivable PACTO-1-1"], receivable["SitConta"]) == (verbs, 3)
    assert (receivable["VlrVenc"], receivable["DtaPagto"]) == (Decimal("149.95"), None)
