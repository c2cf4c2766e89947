"""A month of payroll as Senior's HCM hands it out: entries, titles, settlements, invoices; some broken on purpose.

The routes and the field names are assumed (nothing of this side is public); the names of fields are those that the
ERP's services use for the same thing, so that finance reads one vocabulary on both sides.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox._call import Planted
from sandbox._numbers import Number, cents
from sandbox._senior_people import SENT_BEFORE
from sandbox._table import Row, Table

EMPLOYEES = {"small": 25, "medium": 500, "large": 5_000}
MONTH, CLOSED_ON, ADVANCED_ON = "2026-10", "2026-10-31", "2026-11-13"
# What is booked for each employee: name, debit, credit, whether it is apportioned.
BOOKED = (
    ("SALARIO", 4101, 2101, True),
    ("HORAS EXTRAS", 4101, 2101, True),
    ("ADICIONAL NOTURNO", 4101, 2101, False),
    ("DSR", 4101, 2101, False),
    ("INSS EMPREGADO", 2101, 2102, False),
    ("IRRF", 2101, 2102, False),
    ("INSS EMPRESA", 4102, 2102, True),
    ("FGTS", 4102, 2102, True),
    ("VALE TRANSPORTE", 2101, 2103, False),
    ("PLANO DE SAUDE", 2101, 2103, False),
    ("PROVISAO FERIAS", 4101, 2102, True),
    ("PROVISAO 13 SALARIO", 4101, 2102, True),
)
_CENTERS = ("100", "200", "300")
_PENSIONS = ("1320.00", "987.65", "2410.10", "755.50", "1104.33", "1890.00", "612.07", "1475.90")


def entry(key: str, **changed: Any) -> Row:
    """An entry of payroll: R$ 1,500.00 of salaries, 31/10/2026, apportioned 60 to 40."""
    row: Row = {
        "ideUni": key,
        "codEmp": 1,
        "codFil": 1,
        "datLct": CLOSED_ON,
        "datLot": None,
        "ctaDeb": 4101,
        "ctaCre": 2101,
        "vlrLct": Number("1500.00"),
        "codHpd": 10,
        "cplLct": "SALARIOS 10/2026",
        "docLct": "FP202610",
        "rateio": [share(4101, "100", "60.0000", "900.00"), share(4101, "200", "40.0000", "600.00")],
    }
    return {**row, **changed}


def share(account: int, center: str, percent: str | None, amount: str | None) -> Row:
    """One line of an apportionment; a percent or an amount may be left to the integration."""
    return {
        "ctaRed": account,
        "codCcu": center,
        "perRat": None if percent is None else Number(percent),
        "vlrRat": None if amount is None else Number(amount),
    }


def title(key: str, **changed: Any) -> Row:
    """A title of payroll: R$ 1,500.00 for the health plan, issued and entered 20/10/2026, due 05/11/2026."""
    row: Row = {
        "ideTit": key,
        "codEmp": 1,
        "codFil": 1,
        "codFor": 500,
        "codTpt": "01",
        "numTit": f"FP202610-{key}",
        "codTns": "90500",
        "datEmi": "2026-10-20",
        "datEnt": "2026-10-20",
        "vctOri": "2026-11-05",
        "vlrOri": Number("1500.00"),
        "codMoe": None,
        "perDsc": None,
        "perMul": None,
        "perJrs": None,
        "tipJrs": None,
        "obsTcp": "FOLHA 10/2026",
        "rateio": [{**share(4101, "100", "100.0000", "1500.00")}],
    }
    return {**row, **changed}


BROKEN_ENTRIES: dict[str, Row] = {
    "C01": {"datLct": "2025-12-31"},
    "C01 sem exercício": {"codFil": 2},
    "C02a": {"datLct": "2026-09-30"},
    "C02b": {"datLct": "2026-12-01"},
    "C03": {"codFil": 3, "datLct": "2026-11-30"},
    "C04": {"ctaDeb": 0, "ctaCre": None, "rateio": []},
    "C05": {"ctaCre": 4101},
    "C06": {"ctaDeb": 1900, "rateio": []},
    "C07": {"ctaCre": 1901},
    "C08": {"vlrLct": Number("0.00"), "rateio": []},
    "C09": {"codHpd": 90},
    "C10": {"codHpd": 0, "cplLct": " "},
    "C13": {"datLot": "2026-10-30"},
    "C14": {"rateio": [share(4101, "100", "60.0000", "900.00"), share(4101, "200", "39.9999", "600.00")]},
    "C14 a crédito": {"rateio": [share(2101, "100", "99.0000", "1500.00")]},
    "C15a": {"rateio": [share(4101, "100", "60.0000", "900.00"), share(4101, "200", "40.0000", "600.01")]},
    "C15b": {"rateio": [share(2101, "100", "100.0000", "1499.99")]},
    "C16": {"rateio": [share(0, "100", "100.0000", "1500.00")]},
    "C17": {"rateio": [share(2102, "100", "100.0000", "1500.00")]},
    "C18": {"rateio": [share(4101, "999", "100.0000", "1500.00")]},
    "C19": {"rateio": [share(4101, "100", "100.0001", "1500.00")]},
    "C20": {"rateio": [share(4101, "100", "100.0000", "0.00")]},
}
BROKEN_TITLES: dict[str, Row] = {
    "F01": {"codFor": 501},
    "F02": {"codTns": "90599"},
    "F03": {"codTns": "90301"},
    "F04": {"codTpt": "ADI"},
    "F05": {"datEmi": "2026-10-21"},
    "F06": {"datEmi": "2026-09-30", "datEnt": "2026-09-30"},
    "F07": {"datEmi": "2026-11-25", "datEnt": "2026-11-25", "vctOri": "2026-12-20"},
    "F08": {"vctOri": "2026-10-19"},
    "F09": {"vctOri": "2026-10-22"},
    "F10": {"codFil": 2, "perJrs": Number("0.00")},
    "F11": {"codFor": 502},
    "F12": {"codFor": 503},
    "F13": {"codFor": 504},
    "F14": {"codFil": 2, "codMoe": "01"},
    "F15": {"rateio": [share(4101, " ", "100.0000", "1500.00")]},
    "F16": {"rateio": [share(4101, "100", "100.0000", "0.00")]},
    "F17": {"rateio": [share(4101, "100", "99.9999", "1500.00")]},
    "F18": {"rateio": [share(4101, "100", "100.0000", "1499.99")]},
}


def payroll(employees: int, seed: int = 7) -> Iterator[Row]:
    """The entries of a month, twelve for each employee."""
    return (row for row, _ in month(employees, seed))


def month(employees: int, seed: int = 7, broken: float = 0.0) -> Iterator[tuple[Row, str | None]]:
    """The entries of a month, so large a part of them broken, each rule in turn; and which rule each one breaks."""
    draw = random.Random(f"payroll {seed}")  # noqa: S311
    breaches = [name for name in BROKEN_ENTRIES if name != "C13"]
    turn = 0
    for number in range(1, employees + 1):
        center = draw.choice(_CENTERS)
        for place, (name, debit, credit, apportioned) in enumerate(BOOKED, 1):
            key = f"FP-{MONTH}-{number:06d}-{place:02d}"
            if draw.random() < broken:
                breach = breaches[turn % len(breaches)]
                yield entry(key, **BROKEN_ENTRIES[breach]), breach
                turn += 1
                continue
            amount = draw.randrange(1_00, 9_000_00)
            shares = _shares(debit, center, amount, number) if apportioned else []
            accounts = {"ctaDeb": debit, "ctaCre": credit}
            yield entry(key, **accounts, vlrLct=cents(amount), cplLct=f"{name} 10/2026", rateio=shares), None


def advances(employees: int, seed: int) -> Iterator[Row]:
    """A batch of another day with nothing broken in it: the advance on the next month's salary."""
    draw = random.Random(f"advances {seed}")  # noqa: S311
    for number in range(1, employees + 1):
        booked = {"ctaDeb": 2101, "ctaCre": 2103, "rateio": [], "cplLct": "ADIANTAMENTO 11/2026", "docLct": "AD202611"}
        amount = cents(draw.randrange(500_00, 3_000_00))
        yield entry(f"AD-2026-11-{number:06d}", datLct=ADVANCED_ON, vlrLct=amount, **booked)


def _shares(account: int, center: str, amount: int, number: int) -> list[Row]:
    """By percents alone, by both, or all on one center."""
    other = _CENTERS[(_CENTERS.index(center) + 1) % len(_CENTERS)]
    if number % 3 == 0:
        return [
            share(account, code, part, None)
            for code, part in (("100", "33.3333"), ("200", "33.3333"), ("300", "33.3334"))
        ]
    if number % 3 == 1:
        return [share(account, center, "100.0000", str(cents(amount)))]
    first = amount * 7 // 10
    return [
        share(account, center, "70.0000", str(cents(first))),
        share(account, other, "30.0000", str(cents(amount - first))),
    ]


def tables(seed: int, size: str) -> tuple[dict[str, Table], list[Planted]]:
    """The HCM's tables at the start, and what in them is broken on purpose."""
    made = {
        "lancamento": Table("ideUni"),
        "titulo": Table("ideTit"),
        "baixa": Table("ideBai"),
        "fatura_definicao": Table("id"),
        "fatura_lancamento": Table("id"),
        "fatura_colaborador": Table("id"),
        "ficha_financeira": Table("id"),
        "baixa_erp": Table("id"),
        "movimento": Table("id"),
    }
    made["lancamento"].load([*payroll(EMPLOYEES[size], seed), *advances(EMPLOYEES[size], seed)])
    broken = [(name, entry(f"FP-{MONTH}-{name}", **change)) for name, change in BROKEN_ENTRIES.items()]
    made["lancamento"].load(row for _, row in broken)
    bad = [(name, title(name, **change)) for name, change in BROKEN_TITLES.items()]
    made["titulo"].load([*_titles(), *(row for _, row in bad)])
    made["baixa"].load(_settlements())
    _load_invoices(made)
    planted = [Planted("lancamento", row["ideUni"], name) for name, row in broken]
    return made, [*planted, *(Planted("titulo", row["ideTit"], name) for name, row in bad)]


def _titles() -> Iterable[Row]:
    yield title("SAUDE")
    yield title("ODONTO", codFor=506, vlrOri=Number("812.40"), rateio=_thirds())
    yield title("PREV", codFor=506, codTns="90535", vlrOri=Number("99.90"), rateio=[])
    yield title("ADTO", codFor=506, codTns="90510", codTpt="ADI", vlrOri=Number("250.00"), rateio=[])
    for number, supplier, amount, _ in SENT_BEFORE:
        yield title(number, numTit=number, codFor=supplier, vlrOri=Number(amount), rateio=[])
    for place, amount in enumerate(_PENSIONS, 1):
        yield title(f"PENSAO-{place:02}", codFor=506, vlrOri=Number(amount), obsTcp="PENSAO 10/2026", rateio=[])


def _thirds() -> list[Row]:
    """A third each by percent alone: the cents that are left over are the integration's to place."""
    return [
        share(4101, code, part, None) for code, part in (("100", "33.3333"), ("200", "33.3333"), ("300", "33.3334"))
    ]


def _settlements() -> Iterable[Row]:
    yield settlement("BX-1", numTit="FP202610-ODONTO", codFor=506, vlrMov=Number("300.00"))


def settlement(key: str, **changed: Any) -> Row:
    """A settlement that payroll decided: R$ 1,500.00 of the health plan's title, 05/11/2026."""
    row: Row = {
        "ideBai": key,
        "codEmp": 1,
        "codFil": 1,
        "codFor": 500,
        "codTpt": "01",
        "numTit": "FP202610-SAUDE",
        "datPgt": "2026-11-05",
        "vlrMov": Number("1500.00"),
        "situacao": "A",
    }
    return {**row, **changed}


def _load_invoices(made: dict[str, Table]) -> None:
    made["fatura_definicao"].load([definition(1)])
    made["fatura_lancamento"].load([launch(1)])
    made["fatura_colaborador"].load(
        employee(number, valor=cents(amount)) for number, amount in enumerate((200_00, 180_50, 149_50, 70_00), 1)
    )
    # The monthly calculation discounted all of the first, part of the second, none of the third, too much of the last.
    discounted = ((1, 200_00), (2, 100_50), (4, 75_00))
    made["ficha_financeira"].load(record(number, valor=cents(amount)) for number, amount in discounted)


def definition(key: int, **changed: Any) -> Row:
    """An invoice type: the pharmacy agreement, discounted by event 815 of the variable movement."""
    row: Row = {
        "id": key,
        "descricao": "Convênio farmácia",
        "codEmp": 1,
        "codFil": 1,
        "codFor": 506,
        "codTpt": "01",
        "codTns": "90500",
        "ctaRed": 2103,
        "codCcu": "100",
        "codEve": 815,
        "destino": "V",
        "diasVcto": 15,
        "exigeTotal": True,
    }
    return {**row, **changed}


def launch(key: int, **changed: Any) -> Row:
    """An invoice of R$ 600.00 that came on 20/10/2026, for the payroll of October."""
    row: Row = {
        "id": key,
        "definicao": 1,
        "competencia": MONTH,
        "numTit": f"FAT202610-{key}",
        "datEmi": "2026-10-20",
        "datEnt": "2026-10-20",
        "vctOri": None,
        "vlrOri": Number("600.00"),
        "calculada": True,
    }
    return {**row, **changed}


def employee(number: int, **changed: Any) -> Row:
    """What one employee owes of an invoice."""
    row: Row = {"id": f"1/1/{number}", "lancamento": 1, "numEmp": 1, "tipCol": 1, "numCad": number, "parcelas": 1}
    return {**row, "valor": Number("150.00"), **changed}


def record(number: int, **changed: Any) -> Row:
    """What the payroll of October discounted from one employee by event 815."""
    row: Row = {
        "id": f"{MONTH}/1/{number}/815",
        "competencia": MONTH,
        "numEmp": 1,
        "tipCol": 1,
        "numCad": number,
        "codEve": 815,
    }
    return {**row, "valor": Number("150.00"), **changed}
