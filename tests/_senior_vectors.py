"""What each message of Senior's ERP is about, as vectors: an entry or a title, and the sentence that must come of it.

A vector without a sentence passes. The same vectors judge the stand-in and our posting rules: today is 20/10/2026, the
user is the integration's (no entries outside the period, no short due dates), unless a vector says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox._numbers import Number
from sandbox._senior_hcm_data import share

TODAY = "2026-10-20"


@dataclass(frozen=True)
class Vector:
    """`changed` is laid over the ordinary entry or title of `sandbox._senior_hcm_data`."""

    code: str
    story: str
    sentence: str | None
    changed: Mapping[str, Any]
    quirks: Mapping[str, str] = field(default_factory=dict)
    other_user: bool = False

    @property
    def key(self) -> str:
        return f"{self.code} {self.story}"


def _money(amount: str) -> dict[str, Any]:
    return {"vlrLct": Number(amount), "rateio": []}


def _shares(*shares: tuple[Any, ...]) -> dict[str, Any]:
    return {"rateio": [share(*each) for each in shares]}


EXERCISE = "Data fora do período de exercício"
BEFORE = "Data do lançamento é menor que o período permitido"
AFTER = "Data do lançamento é maior que o período permitido"
AHEAD = "Data informada está acima da quantidade de dias, após a data de hoje, aceita para lançamentos"
NO_ACCOUNT = "Nenhum conta contábil informada"
SAME = "Informe contas contábeis diferentes"
DEBIT = "Conta a débito não é analítica ou está inativa"
CREDIT = "Conta a crédito não é analítica ou está inativa"
NO_AMOUNT = "Informe uma valor para o lançamento"
HISTORY = "Histórico padrão inválido ou inexistente"
COMPLEMENT = "Nenhum complemento informado para o lançamento"
OFFICIAL = "Data do lançamento fora do período inicial"
DEBIT_PERCENTS = "Total dos percentuais do rateio a débito diferem de 100%"
CREDIT_PERCENTS = "Total dos percentuais do rateio a crédito diferem de 100%"
DEBIT_AMOUNTS = "Total dos valores do rateio a débito diferem do valor do lançamento"
CREDIT_AMOUNTS = "Total dos valores do rateio a crédito diferem do valor do lançamento"
SHARE_ACCOUNT = "Conta contábil não informada (Adiciona Rateio)"
SHARE_UNKNOWN = "Conta contábil inválida ou inexistente (AdicionaRateio)"
SHARE_CENTER = "Centro de custos não informado (AdicionaRateio)"
SHARE_PERCENT = "Percentual inválido para o rateio"
SHARE_AMOUNT = "Valor não informado para o rateio (AdicionaRateio)"

ENTRIES = (
    Vector("C01", "um dia antes do exercício", EXERCISE, {"datLct": "2025-12-31"}),
    Vector("C01", "um dia depois do exercício", EXERCISE, {"datLct": "2027-01-01"}),
    Vector("C01", "filial sem exercício", EXERCISE, {"codFil": 2}),
    Vector("C01", "último dia do exercício, por quem lança fora do limite", None,
           {"datLct": "2026-12-31"}, {"qtd_dias": "ignorar"}, other_user=True),
    Vector("C01", "dia comum", None, {}),
    Vector("C02a", "um dia antes do período", BEFORE, {"datLct": "2026-09-30"}),
    Vector("C02a", "primeiro dia do período", None, {"datLct": "2026-10-01"}),
    Vector("C02a", "antes do período, por quem lança fora do limite", None, {"datLct": "2026-09-30"}, other_user=True),
    Vector("C02b", "um dia depois do período", AFTER, {"datLct": "2026-12-01"}),
    Vector("C02b", "último dia do período", None, {"datLct": "2026-11-30"}),
    Vector("C02b", "depois do período, por quem lança fora do limite", None, {"datLct": "2026-12-01"}, other_user=True),
    Vector("C03", "seis dias à frente onde cinco são aceitos", AHEAD, {"codFil": 3, "datLct": "2026-10-26"}),
    Vector("C03", "cinco dias à frente onde cinco são aceitos", None, {"codFil": 3, "datLct": "2026-10-25"}),
    Vector("C03", "quarenta e cinco dias à frente", None, {"datLct": "2026-12-04"}, other_user=True),
    Vector("C03", "quarenta e seis dias à frente", AHEAD, {"datLct": "2026-12-05"}, other_user=True),
    Vector("C03", "sem a verificação", None, {"codFil": 3, "datLct": "2026-10-26"}, {"qtd_dias": "ignorar"}),
    Vector("C04", "nenhuma das duas", NO_ACCOUNT, {"ctaDeb": 0, "ctaCre": 0, "rateio": []}),
    Vector("C04", "nenhuma das duas, em branco", NO_ACCOUNT, {"ctaDeb": None, "ctaCre": None, "rateio": []}),
    Vector("C04", "só a débito", None, {"ctaCre": 0}),
    Vector("C04", "só a crédito", None, {"ctaDeb": None, "rateio": []}),
    Vector("C05", "a mesma dos dois lados", SAME, {"ctaCre": 4101}),
    Vector("C05", "duas diferentes", None, {"ctaCre": 2102}),
    Vector("C06", "sintética", DEBIT, {"ctaDeb": 1900, "rateio": []}),
    Vector("C06", "inativa", DEBIT, {"ctaDeb": 1901, "rateio": []}),
    Vector("C06", "inexistente", DEBIT, {"ctaDeb": 9999, "rateio": []}),
    Vector("C06", "analítica e ativa", None, {"ctaDeb": 4102, "rateio": []}),
    Vector("C07", "sintética", CREDIT, {"ctaCre": 1900}),
    Vector("C07", "inativa", CREDIT, {"ctaCre": 1901}),
    Vector("C07", "inexistente", CREDIT, {"ctaCre": 9999}),
    Vector("C07", "analítica e ativa", None, {"ctaCre": 2103}),
    Vector("C08", "zero", NO_AMOUNT, _money("0.00")),
    Vector("C08", "negativo", NO_AMOUNT, _money("-0.01")),
    Vector("C08", "em branco", NO_AMOUNT, {"vlrLct": None, "rateio": []}),
    Vector("C08", "um centavo", None, _money("0.01")),
    Vector("C09", "de outro tipo", HISTORY, {"codHpd": 90}),
    Vector("C09", "inexistente", HISTORY, {"codHpd": 77}),
    Vector("C09", "do tipo N", None, {"codHpd": 20}),
    Vector("C09", "nenhum", None, {"codHpd": 0}),
    Vector("C10", "sem histórico e sem complemento", COMPLEMENT, {"codHpd": 0, "cplLct": "  "}),
    Vector("C10", "com histórico e sem complemento", None, {"cplLct": " "}),
    Vector("C10", "com histórico e sem complemento, exigido sempre", COMPLEMENT, {"cplLct": " "},
           {"complemento": "sempre"}),
    Vector("C10", "sem histórico e com complemento", None, {"codHpd": None}),
    Vector("C14", "três vezes 33,3333", DEBIT_PERCENTS,
           _shares((4101, "100", "33.3333", "500.00"), (4101, "200", "33.3333", "500.00"),
                   (4101, "300", "33.3333", "500.00"))),
    Vector("C14", "33,3333 e 33,3333 e 33,3334", None,
           _shares((4101, "100", "33.3333", "500.00"), (4101, "200", "33.3333", "500.00"),
                   (4101, "300", "33.3334", "500.00"))),
    Vector("C14", "só percentuais, que não fecham", DEBIT_PERCENTS,
           _shares((4101, "100", "50.0000", None), (4101, "200", "49.9999", None))),
    Vector("C14", "rateio do plano de contas que não fecha", DEBIT_PERCENTS, {"ctaDeb": 4199, "rateio": []}),
    Vector("C14", "rateio do plano de contas que fecha", None, {"ctaDeb": 4103, "rateio": []}),
    Vector("C14", "a crédito", CREDIT_PERCENTS, _shares((2101, "100", "99.9999", "1500.00"))),
    Vector("C14", "a crédito, cem por cento", None, _shares((2101, "100", "100.0000", "1500.00"))),
    Vector("C15a", "um centavo a mais", DEBIT_AMOUNTS,
           _shares((4101, "100", "60.0000", "900.00"), (4101, "200", "40.0000", "600.01"))),
    Vector("C15a", "um centavo a menos", DEBIT_AMOUNTS,
           _shares((4101, "100", "60.0000", "900.00"), (4101, "200", "40.0000", "599.99"))),
    Vector("C15a", "só percentuais, que fecham ao centavo", None,
           {"vlrLct": Number("100.00"), **_shares((4101, "100", "33.3333", None), (4101, "200", "33.3333", None),
                                                   (4101, "300", "33.3334", None))}),
    Vector("C15b", "um centavo a menos", CREDIT_AMOUNTS, _shares((2101, "100", "100.0000", "1499.99"))),
    Vector("C15b", "ao centavo", None, _shares((2101, "100", "100.0000", "1500.00"))),
    Vector("C16", "zerada", SHARE_ACCOUNT, _shares((0, "100", "100.0000", "1500.00"))),
    Vector("C16", "em branco", SHARE_ACCOUNT, _shares((None, "100", "100.0000", "1500.00"))),
    Vector("C17", "inexistente", SHARE_UNKNOWN, _shares((9999, "100", "100.0000", "1500.00"))),
    Vector("C17", "de nenhum dos dois lados", SHARE_UNKNOWN, _shares((2102, "100", "100.0000", "1500.00"))),
    Vector("C17", "a do débito", None, _shares((4101, "100", "100.0000", "1500.00"))),
    Vector("C18", "em branco", SHARE_CENTER, _shares((4101, " ", "100.0000", "1500.00"))),
    Vector("C18", "zerado", SHARE_CENTER, _shares((4101, "000", "100.0000", "1500.00"))),
    Vector("C18", "inexistente", SHARE_CENTER, _shares((4101, "999", "100.0000", "1500.00"))),
    Vector("C18", "existente", None, _shares((4101, "300", "100.0000", "1500.00"))),
    Vector("C19", "acima de cem", SHARE_PERCENT, _shares((4101, "100", "100.0001", "1500.00"))),
    Vector("C19", "zero", SHARE_PERCENT,
           _shares((4101, "100", "100.0000", "1499.99"), (4101, "200", "0.0000", "0.01"))),
    Vector("C19", "negativo", SHARE_PERCENT,
           _shares((4101, "100", "110.0000", "1400.00"), (4101, "200", "-10.0000", "100.00"))),
    Vector("C19", "o menor que há", None,
           _shares((4101, "100", "99.9999", "1499.99"), (4101, "200", "0.0001", "0.01"))),
    Vector("C20", "zerado", SHARE_AMOUNT, _shares((4101, "100", "100.0000", "0.00"))),
    Vector("C20", "percentual que não dá um centavo", SHARE_AMOUNT,
           {"vlrLct": Number("0.01"), **_shares((4101, "100", "99.0000", None), (4101, "200", "1.0000", None))}),
    Vector("C20", "um centavo", None,
           _shares((4101, "100", "99.9999", "1499.99"), (4101, "200", "0.0001", "0.01"))),
)  # fmt: skip

F_ACTIVE = "Fornecedor Inativo"
F_TRANSACTION = "Transação Inativa"
F_MODULE = "Módulo da Transação incompatível com Ctas a Pagar"
F_BALANCE = "Tipo de Título incompatível com tipo de Transação"
F_ENTRY = "Data Entrada deve ser maior ou igual a Data Emissão"
F_PERIOD = "Data Entrada fora do período definido pela Filial"
F_FUTURE = "Data Emissão maior que Data atual"
F_DUE = "Vencimento Original menor que Data Emissão"
F_SOON = "Data de Vcto e Data de Entrada incompatível com parâmetro da Filial"
F_CURRENCY = "Moeda não definida na Filial"
F_DISCOUNT = "Percentual Desconto inválido"
F_FINE = "Percentual Multa inválido"
F_INTEREST = "Percentual Juros inválido"
F_KIND = "Tipo de Juros não definido (Fornecedor/Filial)"
F_CENTER = "Centro de custos não informado"
F_AMOUNT = "Valor não informado para o rateio"
F_PERCENTS = "Total dos percentuais do rateio diferem de 100%"
F_AMOUNTS = "Total dos valores do rateio diferem do valor do título"
NO_TERMS: dict[str, Any] = {"codFil": 2, "codMoe": "01", "perJrs": 0}

TITLES = (
    Vector("F01", "inativo", F_ACTIVE, {"codFor": 501}),
    Vector("F01", "ativo", None, {"codFor": 506}),
    Vector("F02", "inativa", F_TRANSACTION, {"codTns": "90599"}),
    Vector("F02", "ativa", None, {"codTns": "90500"}),
    Vector("F03", "a receber", F_MODULE, {"codTns": "90301"}),
    Vector("F03", "previsto", None, {"codTns": "90535"}),
    Vector("F04", "adiantamento em transação de duplicata", F_BALANCE, {"codTpt": "ADI"}),
    Vector("F04", "duplicata em transação de adiantamento", F_BALANCE, {"codTns": "90510"}),
    Vector("F04", "adiantamento em transação de adiantamento", None, {"codTpt": "ADI", "codTns": "90510"}),
    Vector("F04", "outros em transação de duplicata", None, {"codTpt": "OUT"}),
    Vector("F05", "entrada antes da emissão", F_ENTRY, {"datEnt": "2026-10-19"}),
    Vector("F05", "entrada no dia da emissão", None, {}),
    Vector("F05", "emissão amanhã e entrada hoje", F_ENTRY, {"datEmi": "2026-10-21"}),
    Vector("F06", "um dia antes do período", F_PERIOD, {"datEmi": "2026-09-30", "datEnt": "2026-09-30"}),
    Vector("F06", "primeiro dia do período", None, {"datEmi": "2026-09-30", "datEnt": "2026-10-01"}),
    Vector("F06", "último dia do período", None, {"datEnt": "2026-12-31", "vctOri": "2027-01-03"}),
    Vector("F06", "um dia depois do período", F_PERIOD, {"datEnt": "2027-01-01", "vctOri": "2027-01-04"}),
    Vector("F06", "previsto", F_PERIOD, {"datEmi": "2026-09-30", "datEnt": "2026-09-30", "codTns": "90535"}),
    Vector("F06", "previsto, isento por regra", None,
           {"datEmi": "2026-09-30", "datEnt": "2026-09-30", "codTns": "90535"}, {"periodo_cpp": "isentar"}),
    Vector("F07", "emissão amanhã", F_FUTURE, {"datEmi": "2026-10-21", "datEnt": "2026-10-21"}),
    Vector("F07", "emissão hoje", None, {"datEmi": "2026-10-20"}),
    Vector("F08", "vence antes da emissão", F_DUE, {"vctOri": "2026-10-19"}, other_user=True),
    Vector("F08", "vence no dia da emissão", None, {"vctOri": "2026-10-20"}, other_user=True),
    Vector("F09", "dois dias onde três são exigidos", F_SOON, {"vctOri": "2026-10-22"}),
    Vector("F09", "três dias onde três são exigidos", None, {"vctOri": "2026-10-23"}),
    Vector("F09", "dois dias, por quem pode", None, {"vctOri": "2026-10-22"}, other_user=True),
    Vector("F10", "nem no título nem na filial", F_CURRENCY, {**NO_TERMS, "codMoe": None}),
    Vector("F10", "no título", None, NO_TERMS),
    Vector("F10", "no título, exigida na filial", F_CURRENCY, NO_TERMS, {"moeda": "filial"}),
    Vector("F10", "na filial", None, {"codMoe": None}),
    Vector("F11", "negativo no fornecedor", F_DISCOUNT, {"codFor": 502}),
    Vector("F11", "acima de cem no título", F_DISCOUNT, {"perDsc": 101}),
    Vector("F11", "cem no título", None, {"perDsc": 100}),
    Vector("F11", "zero no título, que vale antes do fornecedor", None, {"codFor": 502, "perDsc": 0}),
    Vector("F12", "negativo no fornecedor", F_FINE, {"codFor": 503}),
    Vector("F12", "acima de cem no título", F_FINE, {"perMul": 101}),
    Vector("F12", "cem no título", None, {"perMul": 100}),
    Vector("F13", "acima de cem no fornecedor", F_INTEREST, {"codFor": 504}),
    Vector("F13", "negativo no título", F_INTEREST, {"perJrs": -1}),
    Vector("F13", "cem no título", None, {"perJrs": 100}),
    Vector("F14", "juros da filial sem tipo", F_KIND, {"codFil": 2, "codMoe": "01"}),
    Vector("F14", "tipo que não existe no fornecedor", F_KIND, {"codFor": 505}),
    Vector("F14", "tipo no título", None, {"codFil": 2, "codMoe": "01", "tipJrs": "C"}),
    Vector("F14", "juros zero e tipo em branco", None, NO_TERMS),
    Vector("F15", "em branco", F_CENTER, _shares((4101, " ", "100.0000", "1500.00"))),
    Vector("F15", "inexistente", F_CENTER, _shares((4101, "999", "100.0000", "1500.00"))),
    Vector("F15", "existente", None, _shares((4101, "200", "100.0000", "1500.00"))),
    Vector("F16", "zerado", F_AMOUNT, _shares((4101, "100", "100.0000", "0.00"))),
    Vector("F16", "um centavo", None, _shares((4101, "100", "99.9999", "1499.99"), (4101, "200", "0.0001", "0.01"))),
    Vector("F17", "três vezes 33,3333", F_PERCENTS,
           _shares((4101, "100", "33.3333", "500.00"), (4101, "200", "33.3333", "500.00"),
                   (4101, "300", "33.3333", "500.00"))),
    Vector("F17", "33,3333 e 33,3333 e 33,3334", None,
           _shares((4101, "100", "33.3333", "500.00"), (4101, "200", "33.3333", "500.00"),
                   (4101, "300", "33.3334", "500.00"))),
    Vector("F18", "um centavo a menos", F_AMOUNTS, _shares((4101, "100", "100.0000", "1499.99"))),
    Vector("F18", "sem rateio", None, {"rateio": []}),
    Vector("F18", "ao centavo", None, _shares((4101, "100", "100.0000", "1500.00"))),
)  # fmt: skip
