"""The posting rules of titles in Senior's ERP, for every integration that enters some: the vendor's sentences."""

from expectations._rules import Rule, rule


def _f(code: str, fact: str, because: str, reads: str) -> Rule:
    return rule(fact, because=because, kinds=("title", "removal"), code=code, reads=reads)


READABLE = rule(
    "values_are_readable",
    because="Um valor ou uma data não pôde ser lido",
    shows="unreadable_text",
    reads="o documento inteiro",
)
REGISTERS = rule(
    "registers_are_readable",
    because="Cadastro ilegível no ERP",
    shows="spoiled_registers",
    reads="E070FIL, E045PLA, E046HPD, E095FOR, E095HFO, E001TNS, E002TPT",
)
FITS = rule("amount_fits", because="O valor não cabe no campo do ERP, de treze dígitos", reads="vlrLct, vlrOri")
BRANCH = rule("branch_is_known", because="A empresa ou a filial não existe no ERP", reads="E070FIL")
TITLE_RULES = (
    _f("", "supplier_is_known", "Fornecedor não cadastrado", "codFor · E095FOR"),
    _f("", "transaction_is_known", "Transação não cadastrada", "codEmp, codTns · E001TNS"),
    _f("", "title_type_is_known", "Tipo de título não cadastrado", "codTpt · E002TPT"),
    _f("", "title_is_complete", "Título sem número ou sem datas", "numTit, datEmi, datEnt, vctOri"),
    _f("", "title_amount_is_positive", "O valor do título deve ser maior que zero", "vlrOri"),
    _f("F01", "supplier_is_active", "Fornecedor Inativo", "codFor · E095FOR.SitFor"),
    _f("F02", "transaction_is_active", "Transação Inativa", "codTns · E001TNS.SitTns"),
    _f(
        "F03",
        "transaction_is_of_payables",
        "Módulo da Transação incompatível com Ctas a Pagar",
        "codTns · E001TNS.LisMod",
    ),
    _f(
        "F04",
        "type_fits_transaction",
        "Tipo de Título incompatível com tipo de Transação",
        "codTpt, codTns · E002TPT.PagSom, E001TNS.PagDec",
    ),
    _f("F05", "entry_is_not_before_issue", "Data Entrada deve ser maior ou igual a Data Emissão", "datEnt, datEmi"),
    _f(
        "F06",
        "entry_is_within_period",
        "Data Entrada fora do período definido pela Filial",
        "datEnt · E070FIL.PagPdi, PagPdf",
    ),
    _f("F07", "issue_is_not_in_the_future", "Data Emissão maior que Data atual", "datEmi · data do ERP"),
    _f("F08", "due_date_is_not_before_issue", "Vencimento Original menor que Data Emissão", "vctOri, datEmi"),
    _f(
        "F09",
        "due_date_is_not_too_soon",
        "Data de Vcto e Data de Entrada incompatível com parâmetro da Filial",
        "datEnt, vctOri · E070FIL.PagEev, definições do usuário",
    ),
    _f("F10", "currency_is_defined", "Moeda não definida na Filial", "codMoe · E070FIL.PagMoe"),
    _f("F11", "discount_is_fit", "Percentual Desconto inválido", "perDsc → E095HFO.PerDsc"),
    _f("F12", "fine_is_fit", "Percentual Multa inválido", "perMul → E095HFO.PagMul → E070FIL.PagMul"),
    _f("F13", "interest_is_fit", "Percentual Juros inválido", "perJrs → E095HFO.PagJmm → E070FIL.PagJmm"),
    _f(
        "F14",
        "interest_type_is_defined",
        "Tipo de Juros não definido (Fornecedor/Filial)",
        "tipJrs → E095HFO.PagTir → E070FIL.PagTjr",
    ),
    _f("F15", "title_centers_are_given", "Centro de custos não informado", "rateio.codCcu · E044CCU"),
    _f("F16", "title_share_amounts_are_given", "Valor não informado para o rateio", "rateio.vlrRat"),
    _f("F17", "title_percents_add_up", "Total dos percentuais do rateio diferem de 100%", "rateio.perRat"),
    _f(
        "F18",
        "title_amounts_add_up",
        "Total dos valores do rateio diferem do valor do título",
        "rateio.vlrRat, vlrOri",
    ),
)
