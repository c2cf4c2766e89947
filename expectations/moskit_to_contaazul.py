"""What must hold before a won deal of Moskit is sent to Conta Azul; sentences as finance reads them."""

from expectations._rules import rule, suite

SUITE = suite(
    "moskit_to_contaazul",
    rule("deal_has_an_id", because="O negócio veio sem identificação do Moskit"),
    rule("record_is_readable", because="O cadastro do negócio, da empresa ou do contato não pôde ser lido no Moskit"),
    rule("status_is_known", because="A situação do negócio não é ganho, perdido nem aberto", shows="status"),
    rule(
        "party_is_readable",
        because="A empresa ou o contato do negócio não pôde ser lido no Moskit",
        shows="unreadable_text",
    ),
    rule(
        "price_is_readable", because="O valor do negócio não é um número inteiro de centavos", shows="unreadable_text"
    ),
    rule("price_is_positive", because="O valor do negócio deve ser maior que zero", shows="amount"),
    rule("closing_date_is_given", because="O negócio está ganho sem data de fechamento no Moskit"),
    rule("closing_date_exists", because="A data de fechamento não existe no calendário", shows="unreadable_text"),
    rule(
        "party_is_in_moskit",
        because="A empresa ou o contato do negócio não existe mais no Moskit",
        shows="party_shown",
    ),
    rule("party_has_a_name", because="A empresa ou o contato do negócio não tem nome", shows="party_shown"),
    rule(
        "party_name_fits",
        because="O nome da empresa ou do contato tem mais de 200 caracteres, o máximo no Conta Azul",
        shows="party_shown",
    ),
    rule(
        "tax_id_is_valid",
        because="O CPF/CNPJ da empresa ou do contato não é válido; confira os dígitos no Moskit",
        shows="masked_tax_id",
    ),
    rule(
        "payment_terms_are_readable",
        because="A condição de pagamento deve ser à vista, dias como 30/60/90, ou parcelas como 3x ou 3x dia 10",
        shows="terms_text",
    ),
)
