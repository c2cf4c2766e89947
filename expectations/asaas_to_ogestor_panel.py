"""What must hold before the panel is told what became of a charge, or of a plan of instalments."""

from expectations._rules import rule, suite

SETTLEMENT = ["settlement"]

SUITE = suite(
    "asaas_to_ogestor_panel",
    rule("charge_is_readable", because="Um valor ou uma data da cobrança não pode ser lido", shows="unreadable_text"),
    rule("status_is_known", because="A situação da cobrança no parceiro não é conhecida", shows="status"),
    rule(
        "reference_names_an_invoice",
        because="A referência da cobrança não diz de que fatura ela é; se é de outro sistema, inclua a referência em "
        "charges_of_others",
        shows="reference_text",
    ),
    rule("invoice_exists", because="A fatura desta cobrança não existe no painel", shows="external_reference"),
    rule(
        "invoice_status_is_known",
        because="A situação da fatura no painel não é conhecida",
        shows="invoice_status",
    ),
    rule("payment_date_is_given", because="A cobrança está paga sem data de pagamento", kinds=SETTLEMENT),
    rule(
        "payment_is_not_in_the_future",
        because="A data de pagamento é posterior a hoje",
        shows="paid_on",
        kinds=SETTLEMENT,
    ),
    rule(
        "paid_amount_is_positive",
        because="O valor pago deve ser maior que zero",
        shows="paid_amount",
        kinds=SETTLEMENT,
    ),
    rule(
        "charge_is_of_the_invoices_amount",
        because="O valor da cobrança no parceiro não é o da fatura; registre na fatura, no painel, o que foi pago",
        shows="amounts",
        kinds=SETTLEMENT,
    ),
    rule(
        "amount_is_paid_in_full",
        because="Foi pago menos que o valor da fatura; registre na fatura, no painel, o que foi pago, ou aceite o "
        "resto como desconto: inclua a cobrança em discounts_accepted",
        shows="shortfall_text",
        kinds=SETTLEMENT,
    ),
    rule(
        "what_was_given_back_is_told",
        because="O pagamento foi devolvido em parte no parceiro depois da baixa; deixe na fatura, no painel, só o que "
        "ficou",
        shows="kept_text",
        kinds=SETTLEMENT,
    ),
    rule(
        "credit_follows_payment",
        because="A data de crédito é anterior à de pagamento",
        shows="credited_on",
        kinds=SETTLEMENT,
    ),
    rule(
        "payment_was_not_undone",
        because="O recebimento foi desfeito no parceiro depois da baixa; estorne a fatura no painel",
        shows="status",
        kinds=SETTLEMENT,
    ),
    rule("invoice_is_registered", because="A fatura ainda está Em Processamento no painel"),
    rule(
        "invoice_is_not_cancelled",
        because="A fatura foi cancelada no painel e paga no parceiro; devolva o pagamento no parceiro",
    ),
    rule(
        "invoice_is_not_reversed",
        because="A fatura está estornada no painel e paga no parceiro; devolva o pagamento no parceiro, ou registre-o "
        "na fatura, no painel",
        shows="status",
    ),
    rule(
        "cancelled_is_not_charged",
        because="A fatura está cancelada no painel, e a cobrança continua aberta no parceiro; remova a cobrança lá",
        shows="status",
        kinds=SETTLEMENT,
    ),
)
