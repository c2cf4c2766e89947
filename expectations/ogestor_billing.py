"""What must hold before an active contract is invoiced."""

from expectations._rules import rule, suite

SUITE = suite(
    "ogestor_billing",
    rule("contract_has_a_code", because="A contratação veio sem código do painel"),
    rule(
        "contract_status_is_known", because="A contratação tem um status que não é conhecido", shows="contract_status"
    ),
    rule("client_is_known", because="O cliente da contratação não existe no painel"),
    rule("client_has_a_name", because="O cliente não tem nome"),
    rule("client_has_a_tax_id", because="O cliente não tem CPF/CNPJ"),
    rule("tax_id_is_valid", because="O CPF/CNPJ do cliente tem dígito verificador errado", shows="masked_tax_id"),
    rule("client_has_one_contract", because="O cliente tem mais de uma contratação ativa; deixe só uma"),
    rule(
        "tax_id_is_of_one_client",
        because="Mais de um cliente com contratação ativa tem este CPF/CNPJ; deixe só uma contratação ativa, ou cobre "
        'todas (same_tax_id = "bill")',
        shows="masked_tax_id",
    ),
    rule("client_has_an_email", because="O cliente não tem e-mail, e a fatura é enviada por ele"),
    rule("client_has_a_plan", because="O cliente não tem plano, e sem plano não há o que cobrar"),
    rule("every_plan_has_a_price", because="Um plano do cliente não tem valor mensal ou está inativo", shows="plans"),
    rule("amount_is_positive", because="O valor mensal dos planos deve ser maior que zero", shows="amount"),
    rule(
        "states_of_the_month_are_known",
        because="Uma fatura deste mês tem uma situação que não é conhecida",
        shows="of_unknown_state",
    ),
)
