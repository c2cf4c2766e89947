"""What must hold before payroll reaches Senior's ERP: its own messages to the letter, slips included, in its order.

Where the vendor's text names one side only (C14), the sentence of the other side is ours.
"""

from expectations._rules import Rule, rule, suite
from expectations._senior import BRANCH, FITS, READABLE, REGISTERS, TITLE_RULES

BATCH = ("batch", "effect")


def _c(code: str, fact: str, because: str, reads: str, kinds: tuple[str, ...] = ("entry",)) -> Rule:
    return rule(fact, because=because, kinds=kinds, code=code, reads=reads)


ACCOUNTING_RULES = (
    _c(
        "C01",
        "date_is_within_exercise",
        "Data fora do período de exercício",
        "datLot, datLct · E070FIL.CtbExi, CtbExf",
        ("entry", "batch"),
    ),
    _c(
        "C02",
        "date_is_not_before_period",
        "Data do lançamento é menor que o período permitido",
        "datLct · E070FIL.CtbPei, usuário: Lançar Fora Limite",
    ),
    _c(
        "C02",
        "date_is_not_after_period",
        "Data do lançamento é maior que o período permitido",
        "datLct · E070FIL.CtbPef, usuário: Lançar Fora Limite",
    ),
    _c(
        "C03",
        "date_is_not_too_far_ahead",
        "Data informada está acima da quantidade de dias, após a data de hoje, aceita para lançamentos",
        "datLct · E070FIL.CtbQdl, data do ERP",
    ),
    _c("C04", "an_account_is_given", "Nenhum conta contábil informada", "ctaDeb, ctaCre"),
    _c("C05", "accounts_differ", "Informe contas contábeis diferentes", "ctaDeb, ctaCre"),
    _c(
        "C06",
        "debit_account_is_fit",
        "Conta a débito não é analítica ou está inativa",
        "ctaDeb · E045PLA.AnaSin, SitCta",
    ),
    _c(
        "C07",
        "credit_account_is_fit",
        "Conta a crédito não é analítica ou está inativa",
        "ctaCre · E045PLA.AnaSin, SitCta",
    ),
    _c("C08", "amount_is_given", "Informe uma valor para o lançamento", "vlrLct"),
    _c("C09", "history_is_fit", "Histórico padrão inválido ou inexistente", "codHpd · E046HPD.TipHpd"),
    _c("C10", "complement_is_given", "Nenhum complemento informado para o lançamento", "codHpd, cplLct"),
    _c("C16", "share_accounts_are_given", "Conta contábil não informada (Adiciona Rateio)", "rateio.ctaRed"),
    _c(
        "C17",
        "share_accounts_are_known",
        "Conta contábil inválida ou inexistente (AdicionaRateio)",
        "rateio.ctaRed, ctaDeb, ctaCre · E045PLA",
    ),
    _c(
        "C18",
        "share_centers_are_given",
        "Centro de custos não informado (AdicionaRateio)",
        "rateio.codCcu · E044CCU",
    ),
    _c("C19", "share_percents_are_fit", "Percentual inválido para o rateio", "rateio.perRat"),
    _c("C20", "share_amounts_are_given", "Valor não informado para o rateio (AdicionaRateio)", "rateio.vlrRat"),
    _c(
        "C14",
        "debit_percents_add_up",
        "Total dos percentuais do rateio a débito diferem de 100%",
        "rateio.perRat · E045RAT.PerRat",
    ),
    _c(
        "C14",
        "credit_percents_add_up",
        "Total dos percentuais do rateio a crédito diferem de 100%",
        "rateio.perRat · E045RAT.PerRat",
    ),
    _c(
        "C15",
        "debit_amounts_add_up",
        "Total dos valores do rateio a débito diferem do valor do lançamento",
        "rateio.vlrRat, vlrLct",
    ),
    _c(
        "C15",
        "credit_amounts_add_up",
        "Total dos valores do rateio a crédito diferem do valor do lançamento",
        "rateio.vlrRat, vlrLct",
    ),
    rule(
        "batch_has_entries",
        because="Este lote não possui lançamentos",
        kinds=("effect",),
        code="C11",
        reads="E640LOT, E640LCT",
        warns=True,
    ),
    _c(
        "C12",
        "batch_has_accepted_entries",
        "Nenhum lançamento preparado (GeraLancamento)",
        "os lançamentos do lote",
        BATCH,
    ),
    _c("C13", "date_is_official", "Data do lançamento fora do período inicial", "datLct, datLot"),
)
SUITE = suite("senior_hcm_to_senior_erp", READABLE, REGISTERS, FITS, BRANCH, *ACCOUNTING_RULES, *TITLE_RULES)
