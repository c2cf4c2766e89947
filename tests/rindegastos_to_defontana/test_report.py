"""The life of an expense report, as an accountant tells it."""

from tests._world import World
from tests.systems.defontana import ficha, lines, purchase
from tests.systems.rindegastos import expense, report

INTEGRATION = "rindegastos_to_defontana"


def example(world: World) -> None:
    """A factura, a boleta and a boleta de honorarios: the worked example of the posting rules."""
    world.plant("defontana", "fichas", ficha("12.345.678-5"), ficha("77.732.169-2", "Los Aromos", provider=True))
    world.plant("defontana", "purchases", purchase(4521), purchase(88, kind="BHE", total=84750))
    world.plant(
        "rindegastos",
        "expenses",
        expense(1, 11900, "33", Net=10000, Tax=1900),
        expense(2, 5950),
        expense(3, 84750, "BHE", number="88", Category="Honorarios profesionales", CategoryCode="", Retention=15250),
    )
    world.plant("rindegastos", "reports", report(125417, 102600, 3))


def test_a_report_becomes_one_voucher_and_is_marked_expense_by_expense(world: World) -> None:
    example(world)

    first, second = world.run(INTEGRATION), world.run(INTEGRATION)

    assert (first.state, world.held_back(INTEGRATION)) == ("Posted", {})
    voucher = world.journal("defontana")[0]
    assert (voucher["body"]["header"]["comment"], lines(voucher["body"])) == (
        "RG 218 Ana Rojas Soto #rg:125417",
        [
            "D 2110101001 11900 77.732.169-2 FCAELECT 4521 (pernos)",
            "D 4210101005 5950 EMPGESGESOPE000 (pernos)",
            "D 2110301001 84750 77.732.169-2 BHE 88 (pernos)",
            "C 2110401001 102600 12.345.678-5 (Informe 218)",
        ],
    )
    assert sorted(world.writes("rindegastos")) == [
        ("/v1/setExpenseIntegration", "mark", "1"),
        ("/v1/setExpenseIntegration", "mark", "2"),
        ("/v1/setExpenseIntegration", "mark", "3"),
        ("/v1/setExpenseReportIntegration", "mark", "125417"),
    ]
    assert {entry["reference"] for entry in world.journal("rindegastos")} == {voucher["id"]}
    assert second.state == "Nothing to post"
