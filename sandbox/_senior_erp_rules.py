"""What Senior's ERP refuses, in its own words: accounting (C) and payables (F), judged on its own master data.

The sentences are the vendor's to the letter, slips included. The order of evaluation and what the vendor's text
leaves open are assumed; where two readings are possible, a quirk chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox._table import Row, Table

OUTSIDE_EXERCISE = "Data fora do período de exercício"
BEFORE_PERIOD = "Data do lançamento é menor que o período permitido"
AFTER_PERIOD = "Data do lançamento é maior que o período permitido"
TOO_FAR_AHEAD = "Data informada está acima da quantidade de dias, após a data de hoje, aceita para lançamentos"
NO_ACCOUNT = "Nenhum conta contábil informada"
SAME_ACCOUNTS = "Informe contas contábeis diferentes"
DEBIT_UNFIT = "Conta a débito não é analítica ou está inativa"
CREDIT_UNFIT = "Conta a crédito não é analítica ou está inativa"
NO_AMOUNT = "Informe uma valor para o lançamento"
HISTORY_UNFIT = "Histórico padrão inválido ou inexistente"
NO_COMPLEMENT = "Nenhum complemento informado para o lançamento"
EMPTY_BATCH = "Este lote não possui lançamentos"
NOTHING_PREPARED = "Nenhum lançamento preparado (GeraLancamento)"
NOT_THE_OFFICIAL_DATE = "Data do lançamento fora do período inicial"
PERCENTS = {
    "D": "Total dos percentuais do rateio a débito diferem de 100%",
    "C": "Total dos percentuais do rateio a crédito diferem de 100%",
}
AMOUNTS = {
    "D": "Total dos valores do rateio a débito diferem do valor do lançamento",
    "C": "Total dos valores do rateio a crédito diferem do valor do lançamento",
}
SHARE_WITHOUT_ACCOUNT = "Conta contábil não informada (Adiciona Rateio)"
SHARE_OF_UNKNOWN_ACCOUNT = "Conta contábil inválida ou inexistente (AdicionaRateio)"
SHARE_WITHOUT_CENTER = "Centro de custos não informado (AdicionaRateio)"
SHARE_PERCENT = "Percentual inválido para o rateio"
SHARE_WITHOUT_AMOUNT = "Valor não informado para o rateio (AdicionaRateio)"

SUPPLIER_INACTIVE = "Fornecedor Inativo"
TRANSACTION_INACTIVE = "Transação Inativa"
OTHER_MODULE = "Módulo da Transação incompatível com Ctas a Pagar"
OTHER_BALANCE = "Tipo de Título incompatível com tipo de Transação"
ENTERED_BEFORE_ISSUE = "Data Entrada deve ser maior ou igual a Data Emissão"
ENTERED_OUTSIDE_PERIOD = "Data Entrada fora do período definido pela Filial"
ISSUED_IN_THE_FUTURE = "Data Emissão maior que Data atual"
DUE_BEFORE_ISSUE = "Vencimento Original menor que Data Emissão"
DUE_TOO_SOON = "Data de Vcto e Data de Entrada incompatível com parâmetro da Filial"
NO_CURRENCY = "Moeda não definida na Filial"
DISCOUNT = "Percentual Desconto inválido"
FINE = "Percentual Multa inválido"
INTEREST = "Percentual Juros inválido"
INTEREST_TYPE = "Tipo de Juros não definido (Fornecedor/Filial)"
TITLE_SHARE_WITHOUT_CENTER = "Centro de custos não informado"
TITLE_SHARE_WITHOUT_AMOUNT = "Valor não informado para o rateio"
TITLE_PERCENTS = "Total dos percentuais do rateio diferem de 100%"
TITLE_AMOUNTS = "Total dos valores do rateio diferem do valor do título"

HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ground:
    """What a judgement stands on: the ERP's tables, its date, the user who asks, and the readings chosen."""

    tables: dict[str, Table]
    today: date
    user: Row
    quirks: dict[str, str]

    def row(self, table: str, *key: Any) -> Row | None:
        return self.tables[table].rows.get(key[0] if len(key) == 1 else "/".join(str(part) for part in key))


def batch(branch: Row, day: date | None) -> Iterator[str]:
    """What is wrong with a batch before it is opened."""
    if not _within(day, branch.get("ctbExi"), branch.get("ctbExf")):
        yield OUTSIDE_EXERCISE


def entry(line: Row, ground: Ground, branch: Row) -> Iterator[str]:
    """What is wrong with an entry, in the order in which the ERP looks."""
    yield from _dates(day(line["datLct"]), ground, branch)
    yield from _accounts(line, ground)
    if (line["vlrLct"] or 0) <= 0:
        yield NO_AMOUNT
    history = ground.row("historico", line["codHpd"]) if line["codHpd"] else None
    if line["codHpd"] and (history is None or history["tipHpd"] != "N"):
        yield HISTORY_UNFIT
    if not line["cplLct"] and (not line["codHpd"] or ground.quirks["complemento"] == "sempre"):
        yield NO_COMPLEMENT
    yield from _apportionment(line, ground)


def _dates(on: date | None, ground: Ground, branch: Row) -> Iterator[str]:
    if on is None or not _within(on, branch.get("ctbExi"), branch.get("ctbExf")):
        yield OUTSIDE_EXERCISE
    elif ground.user.get("lanForLim") != "S":
        first, last = _first_day(branch.get("ctbPei")), _last_day(branch.get("ctbPef"))
        if first and on < first:
            yield BEFORE_PERIOD
        elif last and on > last:
            yield AFTER_PERIOD
    ahead = branch.get("ctbQdl")
    if (
        on
        and ahead is not None
        and ground.quirks["qtd_dias"] == "validar"
        and on > ground.today + timedelta(days=ahead)
    ):
        yield TOO_FAR_AHEAD


def _accounts(line: Row, ground: Ground) -> Iterator[str]:
    debit, credit = line["ctaDeb"], line["ctaCre"]
    if not debit and not credit:
        yield NO_ACCOUNT
    elif debit == credit:
        yield SAME_ACCOUNTS
    for number, sentence in ((debit, DEBIT_UNFIT), (credit, CREDIT_UNFIT)):
        found = ground.row("conta", line["codEmp"], number)
        if number and (found is None or found["anaSin"] != "A" or found["sitCta"] != "A"):
            yield sentence


def _apportionment(line: Row, ground: Ground) -> Iterator[str]:
    shares = apportioned(line, ground)
    for share in shares:
        yield from _share(share, line, ground)
    for side, number in (("D", line["ctaDeb"]), ("C", line["ctaCre"])):
        of_side = [share for share in shares if number and share["ctaRed"] == number]
        if of_side and sum(share["perRat"] or 0 for share in of_side) != HUNDRED:
            yield PERCENTS[side]
    for side, number in (("D", line["ctaDeb"]), ("C", line["ctaCre"])):
        of_side = [share for share in shares if number and share["ctaRed"] == number]
        if of_side and sum(share["vlrRat"] or 0 for share in of_side) != line["vlrLct"]:
            yield AMOUNTS[side]


def _share(share: Row, line: Row, ground: Ground) -> Iterator[str]:
    number = share["ctaRed"]
    if not number:
        yield SHARE_WITHOUT_ACCOUNT
    elif ground.row("conta", line["codEmp"], number) is None or number not in (line["ctaDeb"], line["ctaCre"]):
        yield SHARE_OF_UNKNOWN_ACCOUNT
    if not _is_center(share["codCcu"], line["codEmp"], ground):
        yield SHARE_WITHOUT_CENTER
    if not 0 < (share["perRat"] or 0) <= HUNDRED:
        yield SHARE_PERCENT
    if (share["vlrRat"] or 0) <= 0:
        yield SHARE_WITHOUT_AMOUNT


def apportioned(line: Row, ground: Ground) -> list[Row]:
    """The apportionment as sent, else the chart's own; amounts that were left out follow from the percents."""
    shares = [dict(share) for share in line["rateio"]]
    for number in (line["ctaDeb"], line["ctaCre"]):
        found = ground.row("conta", line["codEmp"], number)
        if found and not any(share["ctaRed"] == number for share in shares):
            shares += [
                {"codCcu": each["codCcu"], "ctaRed": number, "perRat": Decimal(each["perRat"]), "vlrRat": None}
                for each in found.get("rateio") or ()
            ]
    for number in {share["ctaRed"] for share in shares}:
        _fill([share for share in shares if share["ctaRed"] == number], line["vlrLct"] or Decimal(0))
    return shares


def _fill(shares: list[Row], amount: Decimal) -> None:
    """Amounts from percents, rounded half up, what is left over on the last one (assumed)."""
    if any(share["vlrRat"] is not None or share["perRat"] is None for share in shares):
        return
    for share in shares:
        share["vlrRat"] = (amount * share["perRat"] / HUNDRED).quantize(CENT, ROUND_HALF_UP)
    if sum(share["perRat"] for share in shares) == HUNDRED:
        shares[-1]["vlrRat"] += amount - sum(share["vlrRat"] for share in shares)


def effect(batch_row: Row, entries: list[Row], quirks: dict[str, str]) -> str | None:
    """Why a batch is not effected; None when it is."""
    if not entries:
        return NOTHING_PREPARED
    official = day(batch_row["datLot"])
    if official and not all(_is_official(day(each["datLct"]), official, quirks["data_oficial"]) for each in entries):
        return NOT_THE_OFFICIAL_DATE
    return None


def _is_official(on: date | None, official: date, policy: str) -> bool:
    if on is None:
        return False
    if policy == "mesmo_mes":
        return (on.year, on.month) == (official.year, official.month)
    return on >= official if policy == "nao_menor" else on == official


def title(row: Row, ground: Ground, branch: Row, transaction: Row, kind: Row) -> Iterator[str]:
    """What is wrong with a payable, in the order in which the ERP looks."""
    supplier = ground.row("fornecedor", row["codFor"]) or {}
    if supplier.get("sitFor") == "I":
        yield SUPPLIER_INACTIVE
    if transaction["sitTns"] == "I":
        yield TRANSACTION_INACTIVE
    if transaction["lisMod"] not in ("CPE", "CPP"):
        yield OTHER_MODULE
    if (kind["pagSom"], transaction["pagDec"]) not in _SAME_BALANCE:
        yield OTHER_BALANCE
    yield from _title_dates(row, ground, branch, transaction)
    strict = ground.quirks["moeda"] == "filial"
    if not _blankless(branch.get("pagMoe")) and (strict or not row["codMoe"]):
        yield NO_CURRENCY
    yield from _terms(row, ground, branch)
    yield from _title_apportionment(row, ground)


_SAME_BALANCE = {*((som, dec) for som in "DO" for dec in "13"), ("C", "2"), ("C", "4")}


def _title_dates(row: Row, ground: Ground, branch: Row, transaction: Row) -> Iterator[str]:
    issued, entered, due = day(row["datEmi"]), day(row["datEnt"]), day(row["vctOri"])
    if not (issued and entered and due):
        return  # such a payable was refused before
    if entered < issued:
        yield ENTERED_BEFORE_ISSUE
    exempt = transaction["lisMod"] == "CPP" and ground.quirks["periodo_cpp"] == "isentar"
    if not exempt and not _within(entered, branch.get("pagPdi"), branch.get("pagPdf")):
        yield ENTERED_OUTSIDE_PERIOD
    if issued > ground.today:
        yield ISSUED_IN_THE_FUTURE
    if due < issued:
        yield DUE_BEFORE_ISSUE
    if ground.user.get("vctMenor") == "S" and entered + timedelta(days=branch.get("pagEev") or 0) > due:
        yield DUE_TOO_SOON


def _terms(row: Row, ground: Ground, branch: Row) -> Iterator[str]:
    own = ground.row("definicao", row["codFor"], row["codEmp"], row["codFil"]) or {}
    for sentence, asked, of_supplier, of_branch in (
        (DISCOUNT, row["perDsc"], own.get("perDsc"), None),
        (FINE, row["perMul"], own.get("pagMul"), branch.get("pagMul")),
        (INTEREST, row["perJrs"], own.get("pagJmm"), branch.get("pagJmm")),
    ):
        if not 0 <= _effective(asked, of_supplier, of_branch) <= HUNDRED:
            yield sentence
    interest = _effective(row["perJrs"], own.get("pagJmm"), branch.get("pagJmm"))
    kind = row["tipJrs"] or _blankless(own.get("pagTir")) or _blankless(branch.get("pagTjr"))
    if interest > 0 and kind not in ("S", "C"):
        yield INTEREST_TYPE


def _effective(asked: Any, of_supplier: Any, of_branch: Any) -> Decimal:
    """What was asked, else what the supplier has, else what the branch has; zero is "has none" (assumed)."""
    if asked is not None:
        return Decimal(asked)
    own = Decimal(of_supplier or 0)
    return own if own else Decimal(of_branch or 0)


def _title_apportionment(row: Row, ground: Ground) -> Iterator[str]:
    shares = [dict(share) for share in row["rateio"]]
    for share in shares:
        if not _is_center(share["codCcu"], row["codEmp"], ground):
            yield TITLE_SHARE_WITHOUT_CENTER
        if (share["vlrRat"] or 0) <= 0:
            yield TITLE_SHARE_WITHOUT_AMOUNT
    if shares and sum(share["perRat"] or 0 for share in shares) != HUNDRED:
        yield TITLE_PERCENTS
    if shares and sum(share["vlrRat"] or 0 for share in shares) != row["vlrOri"]:
        yield TITLE_AMOUNTS


def _is_center(code: str | None, company: Any, ground: Ground) -> bool:
    return bool(code and code.strip("0")) and ground.row("centro", company, code) is not None


def day(text: Any) -> date | None:
    """A date as it travels (dd/MM/yyyy) or as it is kept (ISO); None where there is none."""
    text = str(text or "").strip()
    if not text or text == "31/12/1900":
        return None
    try:
        if "/" in text:
            found = [int(part) for part in text.split("/")]
            return date(found[2], found[1], found[0])
        return date.fromisoformat(text[:10])
    except (ValueError, IndexError):
        return None


def _within(on: date | None, first: Any, last: Any) -> bool:
    low, high = day(first), day(last)
    return on is not None and low is not None and high is not None and low <= on <= high


def _first_day(month: Any) -> date | None:
    return day(f"01/{month}") if _blankless(month) else None


def _last_day(month: Any) -> date | None:
    first = _first_day(month)
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1) if first else None


def _blankless(value: Any) -> str:
    return str(value or "").strip()
