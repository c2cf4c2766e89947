"""What the integration's SQL makes of what people type and of what does not fit in a vendor's number, row by row."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sources import defontana
from tests.rindegastos_to_defontana._blocks import MAPPED, UP_TO_FACTS, Blocks
from tests.systems.rindegastos import expense, report

LARGEST, LARGEST_RATE = Decimal("999999999999.999999"), Decimal("999999999.999999")
NEEDS = (
    *("usesBussinessCenterAnalysis", "usesFileAnalysis", "usesDocumentAnalysis", "usesClassifier1Analysis"),
    *("usesClassifier2Analysis", "usesReferenceCurrencyAnalysis", "usesBankAnalysis"),
)


@pytest.mark.parametrize(
    ("typed", "number", "unclear"),
    [
        ("4521", 4521, False),
        ("  0004521 ", 4521, False),
        ("F-4521", 4521, False),
        ("4.521", 4521, False),
        ("Factura 4521 del 03-11-2026", 4521, False),
        ("N° 4521 por $ 11.900, RUT 77.732.169-2", 4521, False),
        ("4521 / 4521", 4521, False),
        ("4521 (2026-11-03 10:35)", 4521, False),
        ("4521 y 4522", None, True),
        ("4521, 2", None, True),
        ("4521.12", None, True),
        ("1" * 44, None, True),
        ("S/N", None, False),
        ("000", None, False),
    ],
)
def test_a_document_number_is_the_only_number_that_can_be_meant(
    tmp_path: Path, typed: str, number: int | None, unclear: bool
) -> None:
    blocks = Blocks(tmp_path)
    blocks.spend([report(1)], [expense(1, number=typed)])
    blocks.make("extra_fields", "spent")

    assert blocks.rows("select document_number, coalesce(number_is_unclear, false) from spent") == [(number, unclear)]


@pytest.mark.parametrize("typed", ["77.732.169-2", "077.732.169-2", "77732169-2", " 077732169-2 "])
def test_a_rut_with_a_zero_before_it_is_the_same_rut(tmp_path: Path, typed: str) -> None:
    blocks = Blocks(tmp_path)
    blocks.spend([report(1, EmployeeIdentification="09.123.456-" + "4")], [expense(1, rut=typed)])
    blocks.make("extra_fields", "spent", "standing_vouchers", "reports")

    assert blocks.rows("select supplier_rut, dotted_rut(supplier_rut), employee_rut from spent, reports") == [
        ("777321692", "77.732.169-2", "91234564")
    ]


@pytest.mark.parametrize("invoices", ["cancel", "register"])
@pytest.mark.parametrize("document", ["39", "33", "34", "BHE"])
def test_the_largest_amount_and_the_largest_rate_are_judged_like_any_other(
    tmp_path: Path, invoices: str, document: str
) -> None:
    blocks = Blocks(tmp_path, invoices=invoices)
    money = {"Net": LARGEST, "Tax": LARGEST, "OtherTaxes": LARGEST, "Retention": LARGEST}
    foreign = {"OriginalCurrency": "USD", "OriginalAmount": LARGEST, "ExchangeRate": LARGEST_RATE}
    blocks.spend(
        [report(125417, LARGEST, 2)],
        [expense(1, LARGEST, document, **money), expense(2, LARGEST, document, **{**money, **foreign})],
    )
    blocks.make(*UP_TO_FACTS)

    [(agrees, total)] = blocks.rows("select exchange_agrees, sum_of_expenses from facts")
    assert (agrees, total) == (False, "$ 1.999.999.999.999,999998")


def test_a_rate_beyond_all_measure_is_no_rate_and_holds_its_report(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path)
    blocks.spend([report(125417)], [expense(1, ExchangeRate=LARGEST_RATE + 1)])
    blocks.make(*UP_TO_FACTS)

    assert blocks.rows("select amounts_are_readable, unreadable_text from facts") == [
        (False, "1 Materiales: ExchangeRate «1000000000.999999»")
    ]


def given(blocks: Blocks, table: str, *rows: tuple[Any, ...]) -> None:
    marks = ", ".join("?" for _ in rows[0])
    blocks.database.executemany(f"insert into given_{table} values ({marks})", [list(row) for row in rows])


def category(key: int, name: str, code: str) -> dict[str, Any]:
    return expense(key, Category=name, CategoryCode=code)


def test_categories_of_one_name_are_told_apart_by_their_code_and_ambiguous_without_one(tmp_path: Path) -> None:
    blocks = Blocks(tmp_path, accepts=False)
    given(
        blocks,
        "categories",
        (2, "Otros", "0801", "4210101005", "1110501001", "confirmada"),
        (3, "Otros", "0802", "4210101006", None, ""),
        (4, "Viajes", "0901", "4210101009", None, ""),
    )
    blocks.spend(
        [report(125417)],
        [
            category(1, "Otros", "0801"),
            category(2, "OTROS ", "0802"),
            category(3, "Otros", ""),
            category(4, "viajes", ""),
            category(5, "Pasajes", "0901"),
            category(6, "Viajes", "9999"),
        ],
    )
    blocks.make(*UP_TO_FACTS[: UP_TO_FACTS.index("analyses") + 2])

    assert blocks.rows(
        "select expense_id, debit_account, category_is_ambiguous from all_expenses order by expense_id"
    ) == [
        ("1", "4210101005", False),
        ("2", "4210101006", False),
        ("3", None, True),
        ("4", "4210101009", False),
        ("5", "4210101009", False),
        ("6", None, False),
    ]


def test_what_an_account_asks_for_is_unknown_where_it_cannot_be_read_and_holds_what_is_posted_there(
    tmp_path: Path,
) -> None:
    blocks = Blocks(tmp_path)
    accounts: list[dict[str, Any]] = [
        {"code": "4210101005", "description": "MATERIALES", "imputable": "S", "activo": "quizás"},
        {"code": "2110401001", "description": "REEMBOLSOS AL PERSONAL", "imputable": True, "activo": "SI"},
    ]
    analysis: dict[str, Any] = {**dict.fromkeys(NEEDS, False)} | {"account": "2110401001", "usesBankAnalysis": "?"}
    blocks.stage(defontana, defontana.ACCOUNTS, accounts)
    blocks.stage(defontana, defontana.ANALYSES, [analysis])
    blocks.spend([report(125417)], [expense(1)])
    blocks.make(*UP_TO_FACTS)

    assert blocks.rows(
        "select accounts_receive_postings, unusable_accounts, analyses_are_readable, unread_analyses from facts"
    ) == [
        (False, "Materiales: 4210101005 tiene su ficha ilegible en Defontana", False, "4210101005 2110401001"),
    ]


def test_mapped_names_are_the_blocks_that_facts_need() -> None:
    assert set(MAPPED) < set(UP_TO_FACTS)
