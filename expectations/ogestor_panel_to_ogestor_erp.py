"""What must hold before a client or an invoice of the reseller panel is posted in the ERP."""

from expectations._rules import rule, suite

SUITE = suite(
    "ogestor_panel_to_ogestor_erp",
    rule("client_has_a_code", because="O cliente veio sem código do painel", kinds=["customer"]),
    rule("client_has_a_name", because="O cliente não tem nome", kinds=["customer"]),
    rule("client_has_a_tax_id", because="O cliente não tem CPF/CNPJ", kinds=["customer"]),
    rule(
        "tax_id_is_valid",
        because="O CPF/CNPJ do cliente tem dígito verificador errado",
        shows="masked_tax_id",
        kinds=["customer"],
    ),
    rule(
        "tax_id_is_of_one_client",
        because="Mais de um cliente do painel tem este CPF/CNPJ; deixe só um",
        shows="masked_tax_id",
        kinds=["customer"],
    ),
    rule("client_has_an_email", because="O cliente não tem e-mail, e a fatura é enviada por ele", kinds=["customer"]),
    rule(
        "invoice_is_readable",
        because="Um valor ou uma data da fatura não pode ser lido",
        shows="unreadable_text",
        kinds=["receivable"],
    ),
    rule("client_is_known", because="O cliente da fatura não existe no painel", kinds=["receivable"]),
    rule(
        "amount_is_positive", because="O valor da fatura deve ser maior que zero", shows="amount", kinds=["receivable"]
    ),
    rule("due_date_is_given", because="A fatura não tem vencimento", kinds=["receivable"]),
    rule(
        "due_date_is_not_before_issue",
        because="O vencimento da fatura é anterior ao lançamento",
        shows="due_on",
        kinds=["receivable"],
    ),
    rule("month_is_given", because="A fatura não diz o seu mês de referência", kinds=["receivable"]),
    rule("year_is_given", because="A fatura não diz o seu ano de referência", kinds=["receivable"]),
    rule("status_is_known", because="A situação da fatura não é conhecida", shows="status", kinds=["receivable"]),
    rule("payment_date_is_given", because="A fatura está paga sem data de pagamento", kinds=["settlement"]),
    rule("paid_amount_is_positive", because="A fatura está paga sem valor pago", kinds=["settlement"]),
    rule(
        "payment_is_not_in_the_future",
        because="A data de pagamento é posterior a hoje",
        shows="paid_on",
        kinds=["settlement"],
    ),
    rule(
        "credit_follows_payment",
        because="A data de crédito é anterior à de pagamento",
        shows="credited_on",
        kinds=["settlement"],
    ),
    rule(
        "payment_adds_up",
        because="O valor pago não é o da fatura mais juros e multa, menos desconto",
        shows="sums",
        kinds=["settlement"],
    ),
)
