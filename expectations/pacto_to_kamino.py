"""What must hold before a receipt of Pacto is posted to Kamino; sentences as finance reads them."""

from expectations._rules import rule, suite

POSTED = ("person", "receivable")
SETTLED = ("settlement",)

SUITE = suite(
    "pacto_to_kamino",
    rule("record_is_readable", because="O recebimento não se lê na Pacto; corrija-o lá", shows="unreadable_text"),
    rule(
        "amount_is_readable",
        because="O valor do recebimento não é um valor em reais com até duas casas decimais",
        shows="unreadable_text",
    ),
    rule("amount_is_positive", because="O valor do recebimento deve ser maior que zero", shows="amount"),
    rule("dates_exist", because="Uma data do recebimento não existe no calendário", shows="unreadable_text"),
    rule("due_date_is_given", because="O recebimento não tem data de vencimento", kinds=POSTED),
    rule("status_is_known", because="A situação do recebimento é desconhecida", shows="status"),
    rule("customer_has_a_name", because="O cliente não tem nome na Pacto", kinds=POSTED),
    rule(
        "tax_id_is_valid",
        because="O CPF/CNPJ do cliente não é válido; confira os dígitos",
        shows="masked_tax_id",
        kinds=POSTED,
    ),
    rule(
        "customer_has_one_identity",
        because="O mesmo cliente aparece na Pacto com mais de um CPF/CNPJ ou nome",
        kinds=POSTED,
    ),
    rule(
        "customer_is_told_apart",
        because="Há mais de um cliente sem CPF/CNPJ com este nome na Pacto",
        kinds=POSTED,
    ),
    rule("classification_is_given", because="O recebimento não tem plano de contas na Pacto", kinds=POSTED),
    rule(
        "registers_are_readable",
        because="O cadastro do plano de contas ou do centro de custo não se lê na Kamino; confira-o lá",
        shows="classification",
        kinds=POSTED,
    ),
    rule(
        "classification_exists",
        because="O plano de contas não existe na Kamino com descrição igual",
        shows="classification",
        kinds=POSTED,
    ),
    rule(
        "classification_is_spelled_alike",
        because="O plano de contas difere do da Kamino só em maiúsculas ou acentos; lá está escrito",
        shows="near_classification",
        kinds=POSTED,
    ),
    rule(
        "classification_is_active",
        because="O plano de contas está inativo na Kamino",
        shows="classification",
        kinds=POSTED,
    ),
    rule(
        "classification_is_unique",
        because="Há mais de um plano de contas ativo com esta descrição na Kamino",
        shows="classification",
        kinds=POSTED,
    ),
    rule(
        "cost_center_exists",
        because="O centro de custo não existe ou está inativo na Kamino",
        shows="cost_center",
        kinds=POSTED,
    ),
    rule(
        "cost_center_is_spelled_alike",
        because="O centro de custo difere do da Kamino só em maiúsculas ou acentos; lá está escrito",
        shows="near_cost_center",
        kinds=POSTED,
    ),
    rule(
        "cost_center_is_unique",
        because="Há mais de um centro de custo com esta descrição na Kamino",
        shows="cost_center",
        kinds=POSTED,
    ),
    rule("account_is_given", because="O recebimento pago não diz em que conta corrente entrou", kinds=SETTLED),
    rule(
        "account_is_readable",
        because="O cadastro da conta corrente não se lê na Kamino; confira-o lá",
        shows="account",
        kinds=SETTLED,
    ),
    rule(
        "account_exists",
        because="A conta corrente não existe na Kamino com descrição igual",
        shows="account",
        kinds=SETTLED,
    ),
    rule(
        "account_is_active_and_unique",
        because="A conta corrente está inativa ou repetida na Kamino",
        shows="account",
        kinds=SETTLED,
    ),
    rule("payment_date_is_given", because="O recebimento está pago sem data de pagamento", kinds=SETTLED),
    rule(
        "payment_is_not_in_the_future",
        because="A data de pagamento é posterior a hoje",
        shows="paid_on",
        kinds=SETTLED,
    ),
    rule("paid_amount_is_positive", because="O valor pago deve ser maior que zero", kinds=SETTLED),
    rule(
        "was_not_reopened_after_cancellation",
        because="O recebimento voltou a valer na Pacto depois de cancelado na Kamino; reabra-o lá",
    ),
)
