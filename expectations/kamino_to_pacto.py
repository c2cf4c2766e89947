"""What must hold before a payment of Kamino is registered in Pacto; sentences as finance reads them."""

from expectations._rules import rule, suite

REGISTERED = ("supplier", "payment")

SUITE = suite(
    "kamino_to_pacto",
    rule(
        "record_is_readable",
        because="O pagamento não se lê na Kamino; corrija-o lá",
        shows="unreadable_text",
        kinds=REGISTERED,
    ),
    rule(
        "amount_is_readable",
        because="O valor do pagamento não é um valor em reais com até duas casas decimais",
        shows="unreadable_text",
        kinds=REGISTERED,
    ),
    rule(
        "amount_is_positive", because="O valor do pagamento deve ser maior que zero", shows="amount", kinds=REGISTERED
    ),
    rule(
        "dates_exist",
        because="Uma data do pagamento não existe no calendário",
        shows="unreadable_text",
        kinds=REGISTERED,
    ),
    rule("payment_date_is_given", because="O pagamento está pago sem data de pagamento", kinds=REGISTERED),
    rule(
        "payment_is_not_in_the_future",
        because="A data de pagamento é posterior a hoje",
        shows="paid_on",
        kinds=REGISTERED,
    ),
    rule(
        "currency_is_real",
        because="O pagamento não está em reais, e a Pacto só registra reais; registre-o lá à mão com a referência "
        "KAMINO- e o ID do pagamento",
        shows="currency_sign",
        kinds=REGISTERED,
    ),
    rule("beneficiary_has_a_name", because="O pagamento não diz quem é o beneficiário", kinds=REGISTERED),
    rule(
        "tax_id_is_valid",
        because="O CPF/CNPJ do beneficiário não é válido; confira os dígitos",
        shows="masked_tax_id",
        kinds=REGISTERED,
    ),
    rule(
        "beneficiary_has_one_identity",
        because="O mesmo beneficiário aparece na Kamino com mais de um CPF/CNPJ ou nome",
        kinds=REGISTERED,
    ),
    rule(
        "beneficiary_is_told_apart",
        because="Há mais de um beneficiário sem CPF/CNPJ com este nome na Kamino",
        kinds=REGISTERED,
    ),
    rule("classification_is_given", because="O pagamento não tem classificação na Kamino", kinds=REGISTERED),
    rule(
        "registers_are_readable",
        because="O cadastro da classificação, do centro de custo ou da conta não se lê na Pacto; confira-o lá",
        shows="classification",
        kinds=REGISTERED,
    ),
    rule(
        "classification_exists",
        because="A classificação não existe no plano de contas da Pacto com descrição igual",
        shows="classification",
        kinds=REGISTERED,
    ),
    rule(
        "classification_is_spelled_alike",
        because="A classificação difere da Pacto só em maiúsculas ou acentos; lá está escrito",
        shows="near_classification",
        kinds=REGISTERED,
    ),
    rule(
        "classification_is_active",
        because="O plano de contas está inativo na Pacto",
        shows="classification",
        kinds=REGISTERED,
    ),
    rule(
        "classification_is_unique",
        because="Há mais de um plano de contas ativo com esta descrição na Pacto",
        shows="classification",
        kinds=REGISTERED,
    ),
    rule(
        "cost_center_exists",
        because="O centro de custo não existe na Pacto com descrição igual",
        shows="cost_center",
        kinds=REGISTERED,
    ),
    rule(
        "cost_center_is_active_and_unique",
        because="O centro de custo está inativo ou repetido na Pacto",
        shows="cost_center",
        kinds=REGISTERED,
    ),
    rule("account_is_given", because="O pagamento não diz de que conta corrente saiu", kinds=REGISTERED),
    rule(
        "account_exists",
        because="A conta corrente não existe na Pacto com descrição igual",
        shows="account",
        kinds=REGISTERED,
    ),
    rule(
        "account_is_active_and_unique",
        because="A conta corrente está inativa ou repetida na Pacto",
        shows="account",
        kinds=REGISTERED,
    ),
    rule(
        "was_not_reopened_after_posting",
        because="O pagamento deixou de estar pago na Kamino depois de registrado na Pacto; estorne-o na Pacto",
        kinds=("payment",),
    ),
)
