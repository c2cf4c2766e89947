"""The data that Kamino holds at the start: master data, people, payables (some broken), few receivables."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sandbox import _gym as gym
from sandbox._call import Planted
from sandbox._numbers import Number, cents
from sandbox._people import Person, bare, punctuated
from sandbox._table import Row, Table
from sandbox._world import START, Size

FIRST_PERSON, FIRST_SUPPLIER, FIRST_PAYABLE, FIRST_RECEIVABLE = 501, 71, 55_001, 88_001
SUPPLIER_SHIFT = 1_000_000  # keeps suppliers beyond the few first ones clear of the customers' ids
TODAY = START.date()
EXPENSE, REVENUE, ACCOUNT = 1, 2, 3
TYPE_NAMES = {EXPENSE: "Despesa", REVENUE: "Receita", ACCOUNT: "Conta corrente"}
PENDING, PAID, CANCELLED, SCHEDULED = 1, 2, 3, 4
ACCOUNTS = {f"{10201 + n}": name for n, name in enumerate(gym.ACCOUNTS)}
REVENUES = {f"{30101 + n}": name for n, name in enumerate(gym.REVENUES)}
EXPENSES = {f"{40201 + n}": name for n, name in enumerate(gym.EXPENSES)}
ODD_LINES = {
    "30121": (gym.REVENUE_DOUBLED, REVENUE, True),
    "30122": (gym.REVENUE_DOUBLED, REVENUE, True),
    "30123": (gym.REVENUE_OTHER_CASE[1], REVENUE, True),
    "30124": (gym.REVENUE_INACTIVE, REVENUE, False),
    "40221": (gym.EXPENSE_MISSING, EXPENSE, True),
    "40222": (gym.EXPENSE_DOUBLED, EXPENSE, True),
    "40223": (gym.EXPENSE_OTHER_CASE[1], EXPENSE, True),
    "40224": (gym.EXPENSE_INACTIVE, EXPENSE, True),
}
ONLY_HERE_COST_CENTER = 9
BUSINESS_UNITS = ("Academia", "Loja")
WAYS_TO_PAY = ("Boleto", "Pix", "TED", "Débito automático")


def tables(seed: int, size: Size) -> tuple[dict[str, Table], list[Planted]]:
    """Kamino's tables at the start, and what in them is strange on purpose."""
    cast = gym.cast(seed, size)
    draw = random.Random(f"kamino {seed}")  # noqa: S311
    made = {
        "pessoa": Table("ID", {"document": lambda row: bare(row.get("CPFCNPJ"))}),
        "recebimento": Table("ID", {"CodigoExterno": _external_code}),
        "pagamento": Table("ID", {"CodigoExterno": _external_code}),
        "planoconta": Table("ID"),
        "centrocusto": Table("ID"),
        "unidadenegocio": Table("ID"),
        "contabanco": Table("ID"),
    }
    _load_master(made)
    customers = cast.in_kamino()
    twins = [cast.doubled_in_kamino, cast.doubled_in_kamino]
    people = [person_row(FIRST_PERSON + n, who, draw) for n, who in enumerate([*customers, *twins])]
    suppliers = [*cast.suppliers, cast.wrong_cnpj, cast.nameless_supplier, cast.undocumented]
    made["pessoa"].load(person_row(_supplier_id(n), who, draw) for n, who in enumerate(suppliers))
    made["pessoa"].load(people)
    payables, planted = _payables(cast, size, draw)
    made["pagamento"].load(payables)
    made["recebimento"].load(_receivable(FIRST_RECEIVABLE + n, people[n]["ID"], draw) for n in range(3))
    what = "shares its CPF with another Kamino person"
    return made, [*planted, *(Planted("pessoa", row["ID"], what) for row in people[-2:])]


def _external_code(row: Row) -> str | None:
    code = row.get("CodigoExterno")
    return code if isinstance(code, str) else None


def _supplier_id(number: int) -> int:
    return FIRST_SUPPLIER + number if number < 100 else SUPPLIER_SHIFT + number


def plan_line(key: str, name: str, kind: int, active: bool, bank: int | None = None) -> Row:
    """One line of the plan of accounts. The id is a text; the name is what matches Pacto's description."""
    return {
        "ID": key,
        "NumeroID": int(key),
        "IDPlanoConta": key,
        "IDPai": key[:3] if len(key) > 3 else None,
        "Nome": name,
        "Ativo": active,
        "ControlaSaldo": kind == ACCOUNT,
        "Tipo": kind,
        "DescricaoTipo": TYPE_NAMES[kind],
        "CartaoCredito": False,
        "TipoContaGerencial": None,
        "IDTipoImposto": None,
        "Nivel": 3 if len(key) > 3 else 2,
        "GrupoContaCorrente": bank is not None,
        "ValorAtual": cents(0),
        "SaldoBloqueado": cents(0),
        "IDContaBanco": bank,
        "UsarExtratoBanco": bank is not None,
        "Kamino": name.endswith("Kamino"),
        "ExcluiFluxoCaixa": False,
        "CodigoExterno": None,
        "DataUltimoExtratoConciliado": None,
        "DataUltimoExtratoPendente": None,
    }


def _load_master(made: dict[str, Table]) -> None:
    groups = (
        ("102", "Disponível", ACCOUNT),
        ("301", "Receitas Operacionais", REVENUE),
        ("402", "Despesas", EXPENSE),
    )
    plan = made["planoconta"]
    plan.load(plan_line(key, name, kind, True) for key, name, kind in groups)
    plan.load(plan_line(key, name, ACCOUNT, True, n) for n, (key, name) in enumerate(ACCOUNTS.items(), 1))
    plan.load(plan_line(key, name, REVENUE, True) for key, name in REVENUES.items())
    plan.load(plan_line(key, name, EXPENSE, True) for key, name in EXPENSES.items())
    plan.load(plan_line(key, *line) for key, line in ODD_LINES.items())
    centers = [*enumerate(gym.COST_CENTERS, 3), (ONLY_HERE_COST_CENTER, gym.COST_CENTER_ONLY_KAMINO)]
    made["centrocusto"].load({"ID": key, "Nome": name, "NomeExibicao": name, "Ativo": True} for key, name in centers)
    made["unidadenegocio"].load({"ID": n, "Nome": name, "Ativo": True} for n, name in enumerate(BUSINESS_UNITS, 1))
    made["contabanco"].load(
        {"ID": n, "Nome": name, "IDPlanoConta": key, "Ativo": True} for n, (key, name) in enumerate(ACCOUNTS.items(), 1)
    )


def person_row(key: int, who: Person, draw: random.Random) -> Row:
    """A person as Kamino stores it; some tax ids keep the punctuation that somebody typed."""
    shown = punctuated(who.tax_id) if who.tax_id and draw.random() < 0.15 else who.tax_id
    return {
        "ID": key,
        "Nome": who.name,
        "NomeFantasia": who.name if who.company else None,
        "NomeExibicao": who.name,
        "CPFCNPJ": shown,
        "TipoEmpresa": 2 if who.company else 1,
        "Cliente": who.number < gym.SUPPLIER_NUMBERS,
        "Fornecedor": who.number >= gym.SUPPLIER_NUMBERS,
        "Ativo": True,
        "Email": who.email,
        "Telefone": who.phone,
        "Celular": None,
        "Logradouro": "Rua das Palmeiras",
        "Nro": str(draw.randrange(1, 2000)),
        "Complemento": None,
        "Bairro": "Centro",
        "CEP": "74000000",
        "Cidade": "Goiânia",
        "UF": "GO",
        "NomePais": "Brasil",
        "Sexo": None,
        "ClienteDesde": None,
        "DataNascimentoFundacao": None,
        "IE": None,
        "Observacoes": None,
    }


def midnight(day: date) -> str:
    """A day the way Kamino writes it."""
    return f"{day.isoformat()}T00:00:00"


def _payables(cast: gym.Cast, size: Size, draw: random.Random) -> tuple[list[Row], list[Planted]]:
    suppliers = len(cast.suppliers)
    kinds = _breakages(suppliers)
    per_kind = max(1, size.payables // 50 // len(kinds))
    ordinary = size.payables - per_kind * len(kinds)
    included = sorted(_included(draw) for _ in range(ordinary))
    rows = []
    for n, moment in enumerate(included):
        row = _payable(FIRST_PAYABLE + n, _supplier_id(draw.randrange(suppliers)), moment, draw)
        _decide(row, n)
        rows.append(row)
    planted = []
    for what, broken, breaks in kinds:
        for _ in range(per_kind):
            moment = START - timedelta(days=draw.randrange(15, 30), hours=draw.randrange(8))
            key = FIRST_PAYABLE + len(rows)
            row = _payable(key, _supplier_id(draw.randrange(suppliers)), moment, draw)
            _pay(row, TODAY - timedelta(days=draw.randrange(1, 10)))
            breaks(row)
            rows.append(row)
            planted.append(Planted("pagamento", key, what, broken))
    return rows, planted


def _included(draw: random.Random) -> datetime:
    longest = 40 if draw.random() < 0.85 else 200
    return START - timedelta(seconds=60 + int(draw.random() * longest * 86_400))


def _payable(key: int, person: int, moment: datetime, draw: random.Random) -> Row:
    due = moment.date() + timedelta(days=draw.randrange(3, 30))
    return {
        "ID": key,
        "IDPessoa": person,
        "IDContaClassificacao": str(40201 + draw.randrange(len(EXPENSES))),
        "NroNotaFiscal": str(draw.randrange(1000, 99999)),
        "DescricaoFormaPagamento": draw.choice(WAYS_TO_PAY),
        "Obs": None,
        "ValorVencimento": cents(draw.randrange(5_000, 900_000)),
        "DataVencimento": midnight(due),
        "Situacao": PENDING,
        "SimbMoeda": "R$",
        "DataPagamento": None,
        "ValorPagamento": None,
        "DataCompetencia": midnight(due.replace(day=1)),
        "DataHoraInclusao": moment.strftime("%Y-%m-%dT%H:%M:%S"),
        "IDCentroCusto": 3 + draw.randrange(len(gym.COST_CENTERS)),
        "IDPlanoContaPagto": None,
        "CodigoExterno": None,
        "IDConciliacaoBancaria": None,
        "IDExtratoBanco": None,
    }


def _pay(row: Row, day: date) -> None:
    included = date.fromisoformat(row["DataHoraInclusao"][:10])
    row.update(
        Situacao=PAID,
        DataPagamento=midnight(max(day, included)),
        ValorPagamento=row["ValorVencimento"],
        IDPlanoContaPagto=str(10201 + row["ID"] % len(ACCOUNTS)),
    )


def _decide(row: Row, number: int) -> None:
    """Seven of ten are paid, one of those reconciled with the bank; then one each of the other situations."""
    lot = number % 10
    if lot < 7:
        _pay(row, min(date.fromisoformat(row["DataVencimento"][:10]), TODAY))
        if lot == 6:
            row.update(IDConciliacaoBancaria=7_000 + number, IDExtratoBanco=9_000 + number)
    elif lot > 7:
        row["Situacao"] = SCHEDULED if lot == 8 else CANCELLED


def _breakages(suppliers: int) -> list[tuple[str, bool, Callable[[Row], None]]]:
    """What is strange about a paid payable, whether it must be held back, and how it comes about."""
    future = midnight(TODAY + timedelta(days=3))
    more = cents(9_999_999)
    return [
        ("paid without payment date", True, lambda row: row.update(DataPagamento=None)),
        ("beneficiary without tax id", False, lambda row: row.update(IDPessoa=_supplier_id(suppliers + 2))),
        ("CNPJ with a wrong digit", True, lambda row: row.update(IDPessoa=_supplier_id(suppliers))),
        ("empty name", True, lambda row: row.update(IDPessoa=_supplier_id(suppliers + 1))),
        ("classification missing in Pacto", True, lambda row: row.update(IDContaClassificacao="40221")),
        ("classification doubled in Pacto", True, lambda row: row.update(IDContaClassificacao="40222")),
        (
            "classification in other letter case in Pacto",
            True,
            lambda row: row.update(IDContaClassificacao="40223"),
        ),
        ("classification inactive in Pacto", True, lambda row: row.update(IDContaClassificacao="40224")),
        ("cost center unknown in Pacto", True, lambda row: row.update(IDCentroCusto=ONLY_HERE_COST_CENTER)),
        ("paid amount differs from the due amount", True, lambda row: row.update(ValorPagamento=more)),
        ("currency US$", True, lambda row: row.update(SimbMoeda="US$")),
        ("amount zero", True, lambda row: row.update(ValorVencimento=0, ValorPagamento=0)),
        (
            "amount negative",
            True,
            lambda row: row.update(ValorVencimento=cents(-5000), ValorPagamento=cents(-5000)),
        ),
        (
            "amount as text",
            True,
            lambda row: row.update(ValorVencimento="1.234,56", ValorPagamento="1.234,56"),
        ),
        ("amount 1e400", True, lambda row: row.update(ValorVencimento=Number("1e400"))),
        ("impossible date", True, lambda row: row.update(DataVencimento="2026-02-31T00:00:00")),
        ("unknown situation", True, lambda row: row.update(Situacao=9)),
        ("payment date in the future", True, lambda row: row.update(DataPagamento=future)),
    ]


def _receivable(key: int, person: int, draw: random.Random) -> Row:
    """A receivable that somebody typed by hand: nothing to do with Pacto, no external code."""
    due = TODAY + timedelta(days=draw.randrange(5, 40))
    value = cents(draw.randrange(10_000, 90_000))
    return {
        "ID": key,
        "Descri": f"LOCAÇÃO DE ESPAÇO {key}",
        "IDPessoa": person,
        "DtaVenc": midnight(due),
        "DtaCompet": midnight(due.replace(day=1)),
        "DtaPagto": None,
        "VlrVenc": value,
        "VlrBruto": value,
        "VlrPagto": None,
        "SitConta": PENDING,
        "IDPlanoContaOrigem": "30105",
        "IDPlanoContaPagto": None,
        "IDCentroCusto": 3,
        "IDUnidadeNegocio": 1,
        "IDMoeda": 1,
        "CodigoExterno": None,
        "GerarCobranca": False,
        "Obs": None,
        "DataHoraInclusao": "2026-11-03T10:00:00",
        "IDUsuarioInclusao": 1,
        "IDExtratoBanco": None,
        "IDConciliacaoBancaria": None,
    }
