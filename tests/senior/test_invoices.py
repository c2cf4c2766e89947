"""After the monthly calculation: what was launched for each employee, what payroll discounted, and what differs."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox._numbers import Number
from sandbox._senior_hcm_data import definition, employee, launch, record
from tests._world import World

FLOW = "senior_hcm_invoices_to_senior_erp"
RECONCILED = """
    select fatura || ' · ' || matricula, lancado || ' − ' || descontado || ' = ' || diferenca, situacao
    from last_run.conciliacao_faturas order by all
"""
TOTALS = """
    select fatura, valor_do_titulo || ' · ' || total_lancado || ' · ' || total_descontado, situacao
    from last_run.totais_faturas order by all
"""


def owes(invoice: int, number: int, amount: str, **more: Any) -> Mapping[str, Any]:
    return employee(number, id=f"{invoice}/1/{number}", lancamento=invoice, valor=Number(amount), **more)


def discounted(number: int, amount: str, month: str = "2026-10") -> Mapping[str, Any]:
    return record(number, id=f"{month}/1/{number}/815", competencia=month, valor=Number(amount))


@pytest.fixture
def invoiced(payroll: World) -> World:
    payroll.plant("senior_hcm", "fatura_definicao", definition(1, exigeTotal=False))
    return payroll


def test_each_employee_is_reconciled_and_so_is_the_title(invoiced: World) -> None:
    invoiced.plant("senior_hcm", "fatura_lancamento", launch(1), launch(2, calculada=False, competencia="2026-11"))
    invoiced.plant(
        "senior_hcm", "fatura_colaborador", *(owes(1, number, "150.00") for number in range(1, 5)), owes(2, 1, "600.00")
    )
    invoiced.plant(
        "senior_hcm",
        "ficha_financeira",
        *(discounted(1, "150.00"), discounted(2, "99.99"), discounted(4, "150.01"), discounted(9, "10.00")),
    )

    invoiced.run(FLOW)

    assert invoiced.query(FLOW, RECONCILED) == [
        ("1 · 1", "150.00 − 150.00 = 0.00", "CONCILIADO"),
        ("1 · 2", "150.00 − 99.99 = 50.01", "PARCIAL"),
        ("1 · 3", "150.00 − 0.00 = 150.00", "NÃO DESCONTADO"),
        ("1 · 4", "150.00 − 150.01 = -0.01", "EXCEDENTE"),
        ("2 · 1", "600.00 − 0.00 = 600.00", "AGUARDA CÁLCULO"),
        (None, "0.00 − 10.00 = -10.00", "NÃO LANÇADO"),
    ]
    assert invoiced.query(FLOW, TOTALS) == [
        ("1", "600.00 · 600.00 · 400.00", "EM ABERTO"),
        ("2", "600.00 · 600.00 · 0.00", "EM ABERTO"),
    ]


def test_of_two_invoices_in_one_month_the_first_is_served_first_and_nothing_is_counted_twice(invoiced: World) -> None:
    invoiced.plant("senior_hcm", "fatura_lancamento", launch(1), launch(2))
    invoiced.plant("senior_hcm", "fatura_colaborador", owes(1, 1, "600.00"), owes(2, 1, "600.00"))
    invoiced.plant("senior_hcm", "ficha_financeira", discounted(1, "800.00"))

    invoiced.run(FLOW)

    assert invoiced.query(FLOW, RECONCILED) == [
        ("1 · 1", "600.00 − 600.00 = 0.00", "CONCILIADO"),
        ("2 · 1", "600.00 − 200.00 = 400.00", "PARCIAL"),
    ]
    assert invoiced.query(FLOW, TOTALS) == [
        ("1", "600.00 · 600.00 · 600.00", "CONCILIADA"),
        ("2", "600.00 · 600.00 · 200.00", "EM ABERTO"),
    ]


def test_instalments_are_looked_for_in_the_months_that_they_are_due_in(invoiced: World) -> None:
    invoiced.plant("senior_hcm", "fatura_lancamento", launch(1), launch(2, competencia="2026-11"))
    invoiced.plant(
        "senior_hcm", "fatura_colaborador", owes(1, 1, "100.00", parcelas=3), owes(1, 2, "500.00"), owes(2, 1, "600.00")
    )
    invoiced.plant(
        "senior_hcm",
        "ficha_financeira",
        *(discounted(1, "33.33"), discounted(2, "500.00"), discounted(1, "633.34", "2026-11")),
    )

    invoiced.run(FLOW)
    assert invoiced.query(FLOW, RECONCILED) == [
        ("1 · 1", "100.00 − 66.67 = 33.33", "PARCIAL"),
        ("1 · 2", "500.00 − 500.00 = 0.00", "CONCILIADO"),
        ("2 · 1", "600.00 − 600.00 = 0.00", "CONCILIADO"),
    ]

    invoiced.plant("senior_hcm", "ficha_financeira", discounted(1, "33.33", "2026-12"))
    invoiced.run(FLOW)
    assert invoiced.query(FLOW, TOTALS) == [
        ("1", "600.00 · 600.00 · 600.00", "CONCILIADA"),
        ("2", "600.00 · 600.00 · 600.00", "CONCILIADA"),
    ]
