"""What must hold before an automation creates a receivable or a payable; sentences as finance reads them."""

from expectations._rules import rule, suite

SUITE = suite(
    "moskit_to_contaazul_financeiro",
    rule("deal_has_an_id", because="O negócio veio sem identificação do Moskit"),
    rule("status_is_known", because="A situação do negócio não é ganho, perdido nem aberto", shows="status"),
    rule(
        "filter_can_be_judged",
        because="O filtro da automação não pôde ser avaliado com os dados deste negócio",
        shows="unjudged_filter",
    ),
    rule("record_is_readable", because="O negócio não pôde ser lido no Moskit", shows="unreadable_text"),
    rule("closing_date_is_given", because="O negócio está ganho sem data de fechamento no Moskit"),
    rule("closing_date_exists", because="A data de fechamento não existe no calendário", shows="unreadable_text"),
    rule(
        "it_was_won_again",
        because="Já lançado com outra data de fechamento, que foi corrigida sem um novo ganho; ajuste no Conta Azul à "
        "mão ou, se foi mesmo ganho de novo, reabra o negócio e marque-o como ganho outra vez",
    ),
    rule(
        "every_field_is_filled",
        because="A automação não conseguiu preencher um campo obrigatório",
        shows="empty_fields",
    ),
    rule("amount_is_readable", because="O campo Valor não é um valor em reais com centavos", shows="valor"),
    rule("amount_is_positive", because="O campo Valor deve ser maior que zero", shows="valor"),
    rule(
        "accrual_date_exists",
        because="O campo Data de competência não é uma data (aaaa-mm-dd)",
        shows="data_competencia",
    ),
    rule(
        "due_date_exists",
        because="O campo Data de vencimento não é uma data (aaaa-mm-dd)",
        shows="data_vencimento",
    ),
    rule("account_exists", because="O campo Conta não é uma conta ativa do Conta Azul", shows="conta"),
    rule("account_is_unique", because="Há mais de uma conta ativa com este nome no Conta Azul", shows="conta"),
    rule("account_may_pay", because="Contas a pagar não podem usar uma conta Receba Fácil", shows="conta"),
    rule(
        "category_exists",
        because="O campo Categoria não é uma categoria deste tipo no Conta Azul",
        shows="categoria",
    ),
    rule("category_is_unique", because="Há mais de uma categoria com este nome no Conta Azul", shows="categoria"),
    rule(
        "client_kind_is_known",
        because="O campo Tipo do cliente deve ser Física, Jurídica ou Estrangeira",
        shows="tipo_cliente",
    ),
    rule(
        "role_is_known",
        because="O campo Tipo de papel deve ser Cliente, Fornecedor ou Transportadora",
        shows="tipo_papel",
    ),
    rule("client_name_fits", because="O campo Nome do cliente tem mais de 200 caracteres"),
    rule("tax_id_is_valid", because="O CPF/CNPJ do cliente não é válido; confira os dígitos", shows="masked_tax_id"),
    rule(
        "tax_id_fits_client_kind",
        because="O CPF/CNPJ não combina com o Tipo do cliente: CPF é de pessoa Física, CNPJ de pessoa Jurídica",
        shows="tipo_cliente",
    ),
    rule(
        "parcels_are_readable",
        because="As parcelas devem ser à vista, dias como 30/60/90, ou partes como 3x ou 3x dia 10",
        shows="parcels_text",
    ),
)
