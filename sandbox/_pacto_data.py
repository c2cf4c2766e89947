"""The data that Pacto holds at the start: a gym's customers, instalments and entries, some of them broken."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from sandbox import _gym as gym
from sandbox._call import Planted
from sandbox._numbers import Number, cents
from sandbox._people import Person, bare, punctuated
from sandbox._table import Row, Table
from sandbox._world import BRASILIA, START, Size, milliseconds

FIRST_PERSON, FIRST_CUSTOMER, FIRST_MATRICULA = 40_000, 20_000, 1_000
FIRST_SUPPLIER, FIRST_SUPPLIER_PERSON = 50, 900_000
FIRST_INSTALMENT, FIRST_ENTRY, FIRST_CONTRACT = 771_001, 918_001, 5_000
DAY = 86_400_000
NOW = milliseconds(START)
RECENT, OLDEST = 40, 200  # days before the start
PRICES = (8990, 9990, 10950, 11945, 12990, 13990, 14990, 15937, 17990, 19990, 24990, 5995, 3333)
PLANS = ("PLANO ANUAL", "PLANO SEMESTRAL", "PLANO MENSAL", "PLANO FAMÍLIA", "PLANO BLACK")
TITLES = tuple(f"PARCELA {n} - {plan}" for plan in PLANS for n in range(1, 13))
DUE_DAYS = (5, 10, 15, 20)

PLAN_LINES = (*gym.REVENUES, *gym.EXPENSES)
PLAN_CODES = {name: 11 + n for n, name in enumerate(PLAN_LINES)}
ODD_REVENUES = (
    (31, gym.REVENUE_MISSING),
    (32, gym.REVENUE_DOUBLED),
    (33, gym.REVENUE_OTHER_CASE[0]),
    (34, gym.REVENUE_INACTIVE),
)
ODD_EXPENSES = ((41, gym.EXPENSE_DOUBLED), (42, gym.EXPENSE_DOUBLED), (43, gym.EXPENSE_OTHER_CASE[0]))
INACTIVE_EXPENSE = 44
ONLY_HERE_COST_CENTER = 9


def customer_code(who: Person) -> int:
    """The `codPessoa` of a customer."""
    return FIRST_PERSON + who.number


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Pacto's tables at the start, and what in them is strange on purpose."""
    cast = gym.cast(seed, size)
    draw = random.Random(f"pacto {seed}")  # noqa: S311
    made = {
        "pessoa": Table("codigo", {"document": lambda row: bare(row.get("cpfCnpj"))}),
        "cliente": Table("codigo", {"pessoa": _person_code, "matricula": matricula_of}),
        "fornecedor": Table("codigo", {"document": lambda row: bare(row.get("cpfCnpj"))}),
        "movparcela": Table("codigo", {"pessoa": _person_code}),
        "movconta": Table("codigo"),
        "planoconta": Table("codigo"),
        "centrocusto": Table("codigo"),
        "conta": Table("codigo"),
        "banco": Table("codigo"),
    }
    _load_master(made)
    _load_people(made, cast, draw)
    instalments, planted, reversed_ones = _instalments(cast, size, draw)
    made["movparcela"].load(instalments)
    made["movconta"].load(_entries(reversed_ones, draw))
    return made, planted


def matricula_of(customer: Row) -> int | None:
    """The matricula as a number, however a planted row writes it."""
    text = str(customer.get("matricula"))
    return int(text) if text.isdigit() else None


def _person_code(row: Row) -> int | None:
    person = row.get("pessoa")
    code = person.get("codigo") if isinstance(person, dict) else person
    return code if isinstance(code, int) else None


def _load_master(made: dict[str, Table]) -> None:
    lines = [(code, name, name in gym.REVENUES, True) for name, code in PLAN_CODES.items()]
    lines += [(code, name, True, True) for code, name in ODD_REVENUES]
    lines += [(code, name, False, True) for code, name in ODD_EXPENSES]
    lines.append((INACTIVE_EXPENSE, gym.EXPENSE_INACTIVE, False, False))
    made["planoconta"].load(
        {
            "codigo": code,
            "descricao": name,
            "ativo": active,
            "codigoPlano": f"{3 if income else 4}.1.{code:02d}",
            "tipo": "RECEITA" if income else "DESPESA",
            "pai": None,
        }
        for code, name, income, active in lines
    )
    centers = [*enumerate(gym.COST_CENTERS, 1), (ONLY_HERE_COST_CENTER, gym.COST_CENTER_ONLY_PACTO)]
    made["centrocusto"].load({"codigo": c, "descricao": name, "ativo": True} for c, name in centers)
    made["conta"].load({"codigo": c, "descricao": n, "ativo": True} for c, n in enumerate(gym.ACCOUNTS, 1))
    banks = ("Banco Exemplo", "Banco Modelo", "Kamino")
    made["banco"].load({"codigo": c, "descricao": name, "ativo": True} for c, name in enumerate(banks, 1))


def _load_people(made: dict[str, Table], cast: gym.Cast, draw: random.Random) -> None:
    everyone = [*cast.customers, cast.wrong_cpf, cast.nameless, cast.doubled_in_kamino]
    made["pessoa"].load(_person(customer_code(who), who, draw) for who in everyone)
    made["cliente"].load(_customer(who, draw) for who in everyone)
    known = [who for n, who in enumerate(cast.suppliers) if n % 2 == 0]
    made["pessoa"].load(_person(FIRST_SUPPLIER_PERSON + n, who, draw) for n, who in enumerate(known))
    made["fornecedor"].load(_supplier(n, who) for n, who in enumerate(known))


def _person(code: int, who: Person, draw: random.Random) -> Row:
    shown = punctuated(who.tax_id) if who.tax_id and draw.random() < 0.4 else who.tax_id
    born = datetime(who.born.year, who.born.month, who.born.day, tzinfo=BRASILIA)
    return {
        "codigo": code,
        "nome": who.name.upper(),
        "cpfCnpj": shown,
        "email": who.email,
        "telefone": who.phone,
        "dataNascimento": milliseconds(born),
        "sexo": None if who.company else "F" if who.female else "M",
    }


def _customer(who: Person, draw: random.Random) -> Row:
    joined = NOW - draw.randrange(OLDEST, 1000) * DAY
    return {
        "codigo": FIRST_CUSTOMER + who.number * 3,
        "pessoa": customer_code(who),
        "matricula": FIRST_MATRICULA + who.number,
        "situacao": "AT" if draw.random() < 0.8 else "VI",
        "categoria": draw.choice(("ALUNO", "VIP", "COLABORADOR")),
        "dataMatricula": joined,
        "inicioContrato": joined,
        "fimContrato": joined + 365 * DAY,
    }


def _supplier(number: int, who: Person) -> Row:
    return {
        "codigo": FIRST_SUPPLIER + number,
        "empresa": 1,
        "pessoa": FIRST_SUPPLIER_PERSON + number,
        "nome": who.name.upper(),
        "nomeFantasia": who.name.upper(),
        "tipoPessoa": "JURIDICA" if who.company else "FISICA",
        "cpfCnpj": who.tax_id,
        "email": who.email,
        "telefone": who.phone,
    }


@lru_cache(maxsize=8192)
def _due(launched_day: int, months: int, day: int) -> tuple[int, int]:
    """Due date and accrual month (epoch ms) for a launch on this ordinal day; never due before the launch."""
    launched = date.fromordinal(launched_day)
    month = launched.year * 12 + launched.month - 1 + months
    if months == 0 and launched.day > day:
        month += 1
    due = datetime(month // 12, month % 12 + 1, day, tzinfo=BRASILIA)
    return milliseconds(due), milliseconds(due.replace(day=1))


def _instalment(code: int, person: int, launched: int, draw: random.Random) -> Row:
    title = draw.randrange(len(TITLES))
    value = cents(PRICES[int(draw.random() * len(PRICES))])
    launched_day = (START + timedelta(milliseconds=launched - NOW)).toordinal()
    due, accrual = _due(launched_day, int(draw.random() * 3), DUE_DAYS[person % 4])
    return {
        "codigo": code,
        "descricao": TITLES[title],
        "empresa": 1,
        "pessoa": person,
        "contrato": FIRST_CONTRACT + person % 100_000,
        "nrParcela": title % 12 + 1,
        "valor": value,
        "valorPago": None,
        "situacao": "EA",
        "dataLancamento": launched,
        "dataVencimento": due,
        "dataCompetencia": accrual,
        "dataPagamento": None,
        "dataAlteracao": launched,
        "planoConta": 11 if title % 5 else 12 + title % 4,
        "centroCusto": person % 4 + 1,
        "conta": title % 4 + 1,
    }


def _pay(row: Row, at: int) -> None:
    row.update(situacao="PG", dataPagamento=at, dataAlteracao=at, valorPago=row["valor"])


def _instalments(cast: gym.Cast, size: Size, draw: random.Random) -> tuple[list[Row], list[Planted], list[Row]]:
    """All instalments, what was broken, and those whose payment was reversed."""
    kinds = _breakages(cast)
    per_kind = max(1, size.receipts // 50 // len(kinds))
    renegotiated = size.receipts * 3 // 100
    ordinary = size.receipts - renegotiated - per_kind * len(kinds)
    launches = sorted(_launch(draw) for _ in range(ordinary))
    every = ordinary // renegotiated
    people = len(cast.customers)
    rows: list[Row] = []
    reversed_ones: list[Row] = []
    for n, launched in enumerate(launches):
        row = _instalment(FIRST_INSTALMENT + n, FIRST_PERSON + 1 + int(draw.random() * people), launched, draw)
        if n % 100 == 50 and n % every != every // 2:
            row["dataAlteracao"] = _later(launched, draw)
            reversed_ones.append(row)
        else:
            _decide(row, draw)
        rows.append(row)
    for n in range(renegotiated):
        rows.append(_renegotiate(rows[n * every + every // 2], FIRST_INSTALMENT + len(rows), draw))
    planted: list[Planted] = []
    for what, breaks in kinds:
        for _ in range(per_kind):
            person = FIRST_PERSON + 1 + draw.randrange(people)
            launched = NOW - draw.randrange(DAY, (RECENT - 5) * DAY)
            row = _instalment(FIRST_INSTALMENT + len(rows), person, launched, draw)
            breaks(row)
            rows.append(row)
            planted.append(Planted("movparcela", row["codigo"], what))
    return rows, planted, reversed_ones


def _launch(draw: random.Random) -> int:
    longest = RECENT if draw.random() < 0.85 else OLDEST
    return NOW - (60 + int(draw.random() * (longest * 86_400 - 120))) * 1000


def _later(launched: int, draw: random.Random) -> int:
    return launched + int(draw.random() * (NOW - launched)) // 1000 * 1000


def _decide(row: Row, draw: random.Random) -> None:
    """Give an instalment its situation: paid, cancelled or still open."""
    lot = draw.random()
    if lot < 0.57:
        _pay(row, _later(row["dataLancamento"], draw))
    elif lot < 0.64:
        row.update(situacao="CA", dataAlteracao=_later(row["dataLancamento"], draw))


def _renegotiate(old: Row, code: int, draw: random.Random) -> Row:
    """Close an instalment as renegotiated; gives the one that replaces it, with another value."""
    at = old["dataLancamento"] + (NOW - old["dataLancamento"]) // 2000 * 1000
    old.update(situacao="RG", dataPagamento=None, valorPago=None, dataAlteracao=at)
    new = _instalment(code, old["pessoa"], at, draw)
    value = cents(int(old["valor"] * 100) + draw.randrange(500, 3000))
    new.update(descricao=f"{old['descricao']} (RENEGOCIADA)", valor=value, contrato=old["contrato"])
    return new


def _breakages(cast: gym.Cast) -> list[tuple[str, Callable[[Row], None]]]:
    """What makes a receipt impossible to post, one way each; the names are those of `/_sim/planted`."""
    missing, doubled, other_case, inactive = (code for code, _ in ODD_REVENUES)
    return [
        ("CPF with a wrong digit", lambda row: row.update(pessoa=customer_code(cast.wrong_cpf))),
        ("empty name", lambda row: row.update(pessoa=customer_code(cast.nameless))),
        (
            "two Kamino people with this CPF",
            lambda row: row.update(pessoa=customer_code(cast.doubled_in_kamino)),
        ),
        ("amount zero", lambda row: row.update(valor=0)),
        ("amount negative", lambda row: row.update(valor=cents(-12990))),
        ("amount as text", lambda row: row.update(valor="1.234,56")),
        ("amount 1e400", lambda row: row.update(valor=Number("1e400"))),
        ("impossible date", lambda row: row.update(dataVencimento="31/02/2026")),
        ("unknown situation", lambda row: row.update(situacao="XX")),
        ("classification missing in Kamino", lambda row: row.update(planoConta=missing)),
        ("classification doubled in Kamino", lambda row: row.update(planoConta=doubled)),
        ("classification in other letter case in Kamino", lambda row: row.update(planoConta=other_case)),
        ("classification inactive in Kamino", lambda row: row.update(planoConta=inactive)),
        ("cost center unknown in Kamino", lambda row: row.update(centroCusto=ONLY_HERE_COST_CENTER)),
        ("paid without payment date", _paid_without_date),
        ("payment date in the future", lambda row: _pay(row, NOW + 3 * DAY)),
    ]


def _paid_without_date(row: Row) -> None:
    row.update(situacao="PG", valorPago=row["valor"])


def _entries(reversed_ones: list[Row], draw: random.Random) -> list[Row]:
    """Financial entries made by hand or by Pacto itself; a reversal is an entry of type 5."""
    rows = [_entry(FIRST_ENTRY + n, kind, draw) for n, kind in enumerate((1, 1, 1, 3, 3, 4, 7, 8, 8, 10) * 2)]
    for row in reversed_ones:
        entry = _entry(FIRST_ENTRY + len(rows), 5, draw)
        entry.update(
            descricao=f"ESTORNO RECEBIMENTO - {row['descricao']}",
            pessoa=row["pessoa"],
            valor=row["valor"],
            dataLancamento=row["dataAlteracao"],
            planoConta=row["planoConta"],
        )
        rows.append(entry)
    return rows


def _entry(code: int, kind: int, draw: random.Random) -> Row:
    launched = _launch(draw)
    launched_day = (START + timedelta(milliseconds=launched - NOW)).toordinal()
    due, accrual = _due(launched_day, 0, DUE_DAYS[code % 4])
    names = {1: "DESPESA MANUAL", 3: "RECEBÍVEL DÉBITO", 4: "TRANSFERÊNCIA", 7: "CONCILIAÇÃO DE SALDO"}
    return {
        "codigo": code,
        "descricao": f"{names.get(kind, 'RECEBÍVEL CARTÃO')} {code}",
        "empresa": 1,
        "pessoa": FIRST_SUPPLIER_PERSON if kind == 1 else None,
        "valor": cents(draw.randrange(5_000, 500_000)),
        "dataLancamento": launched,
        "dataVencimento": due,
        "dataCompetencia": accrual,
        "tipoOperacao": kind,
        "nrParcela": 1,
        "conta": code % 4 + 1,
        "planoConta": PLAN_CODES["Aluguel"] if kind == 1 else None,
        "centroCusto": 3 if kind == 1 else None,
        "dataQuitacao": None,
        "valorPago": None,
        "observacao": None,
        "codigoExterno": None,
    }
