"""What must hold before the panel is told what became of a charge."""

from expectations._rules import rule, suite

SUITE = suite(
    "asaas_to_ogestor_panel",
    rule("charge_is_readable", because="Um valor ou uma data da cobrança não pode ser lido", shows="unreadable_text"),
    rule("status_is_known", because="A situação da cobrança no parceiro não é conhecida", shows="status"),
    rule(
        "reference_names_an_invoice",
        because="A referência da cobrança não diz de que fatura ela é",
        shows="external_reference",
    ),
    rule("invoice_exists", because="A fatura desta cobrança não existe no painel", shows="external_reference"),
    rule("is_paid_once", because="A fatura foi paga mais de uma vez no parceiro; devolva um dos pagamentos"),
    rule("payment_date_is_given", because="A cobrança está paga sem data de pagamento"),
    rule("payment_is_not_in_the_future", because="A data de pagamento é posterior a hoje", shows="paid_on"),
    rule("paid_amount_is_positive", because="O valor pago deve ser maior que zero", shows="paid_amount"),
    rule(
        "charge_is_of_the_invoices_amount",
        because="O valor da cobrança no parceiro não é o da fatura",
        shows="amounts",
    ),
    rule(
        "amount_is_paid_in_full",
        because="Foi pago menos que o valor da fatura; cobre o resto ou aceite como desconto (short_payment)",
        shows="shortfall_text",
    ),
    rule(
        "is_not_refunded_in_part",
        because="O pagamento foi devolvido em parte no parceiro; ajuste a fatura no painel",
    ),
    rule("credit_follows_payment", because="A data de crédito é anterior à de pagamento", shows="credited_on"),
    rule(
        "payment_was_not_undone",
        because="O recebimento foi desfeito no parceiro depois da baixa; estorne a fatura no painel",
        shows="status",
    ),
    rule("invoice_is_registered", because="A fatura ainda está Em Processamento no painel"),
    rule("invoice_is_not_cancelled", because="A fatura foi cancelada no painel e paga no parceiro; devolva o valor"),
    rule(
        "invoice_is_not_reversed",
        because="A fatura está estornada no painel e paga no parceiro; devolva o valor ou refaça a fatura",
        shows="status",
    ),
)
