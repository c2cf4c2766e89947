"""What must hold before an invoice is a title in Senior's ERP and its shares are in payroll."""

from expectations._rules import Rule, rule, suite
from expectations._senior import BRANCH, FITS, READABLE, REGISTERS, TITLE_RULES

TITLES = ("title", "removal")
SHARES = ("movement",)
ADDS_UP_BY_ITSELF = ("F17", "F18")  # an invoice is on one account and one cost center, whole


def _own(fact: str, because: str, reads: str, shows: str | None = None) -> Rule:
    return rule(fact, because=because, reads=reads, shows=shows, kinds=TITLES)


def _of_shares(fact: str, because: str, reads: str, shows: str | None = None) -> Rule:
    return rule(fact, because=because, reads=reads, shows=shows, kinds=SHARES)


SUITE = suite(
    "senior_hcm_invoices_to_senior_erp",
    READABLE,
    REGISTERS,
    FITS,
    _own("definition_is_known", "A fatura não tem definição", "definicao"),
    _own("invoice_has_a_number", "A fatura não tem número de título", "numTit"),
    _own("invoice_is_told_apart", "Há mais de uma fatura com este título", "numTit"),
    _of_shares(
        "movement_is_defined", "A definição da fatura não diz o evento ou o destino (V ou F)", "codEve, destino"
    ),
    _of_shares("shares_are_fit", "Um colaborador da fatura não tem matrícula ou valor maior que zero", "numCad, valor"),
    _of_shares("shares_do_not_exceed", "Os colaboradores somam mais que a fatura", "valor, vlrOri", "shared_amount"),
    _of_shares("shares_add_up", "Os colaboradores não somam o valor da fatura", "valor, vlrOri", "shared_amount"),
    BRANCH,
    *(each for each in TITLE_RULES if each.code not in ADDS_UP_BY_ITSELF),
)
