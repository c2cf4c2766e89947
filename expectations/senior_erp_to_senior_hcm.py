"""What must hold before payroll is told of a settlement of the ERP; sentences as finance reads them."""

from expectations._rules import rule, suite

SUITE = suite(
    "senior_erp_to_senior_hcm",
    rule(
        "values_are_readable",
        because="O valor ou a data da baixa não pôde ser lido",
        shows="unreadable_text",
        reads="vlrMov, datPgt",
    ),
    rule("amount_is_positive", because="O valor da baixa deve ser maior que zero", shows="amount", reads="vlrMov"),
    rule("payment_date_is_given", because="A baixa não tem data de pagamento", reads="datPgt"),
)
