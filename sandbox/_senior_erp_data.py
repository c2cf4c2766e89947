"""The master data that Senior's ERP holds at the start: one company, one branch, and a thing of each kind to trip over.

Column names are those of the vendor's data dictionary; which of E070FIL's two pairs of dates is the exercise and which
the posting window is assumed, as are the letters `A`/`S` of analytic and synthetic.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox._numbers import Number
from sandbox._senior_people import SENT_BEFORE, SUPPLIERS
from sandbox._table import Row, Table

USER = {"nome": "integracao", "senha": "senha-inventada-do-erp"}
OTHER_USER = {"nome": "controladoria", "senha": "senha-inventada-da-controladoria"}
FIRST_BATCH, FIRST_ENTRY = 101, 9_000_001

USERS = (
    {**USER, "lanForLim": "N", "vctMenor": "S"},
    {**OTHER_USER, "lanForLim": "S", "vctMenor": "N"},
)
HEAD_OFFICE: Row = {
    "id": "1/1",
    "codEmp": 1,
    "codFil": 1,
    "nomFil": "Matriz",
    "ctbExi": "2026-01-01",
    "ctbExf": "2026-12-31",
    "ctbPei": "10/2026",
    "ctbPef": "11/2026",
    "ctbQdl": 45,
    "ctbAli": "S",
    "pagPdi": "2026-10-01",
    "pagPdf": "2026-12-31",
    "pagEev": 3,
    "pagMoe": "01",
    "pagMul": "2.00",
    "pagJmm": "1.00",
    "pagTjr": "S",
}
_NOTHING_SET = dict.fromkeys(("ctbExi", "ctbExf", "ctbPei", "ctbPef", "ctbQdl"))
BRANCHES: tuple[Row, ...] = (
    HEAD_OFFICE,
    {
        **HEAD_OFFICE,
        **_NOTHING_SET,
        "id": "1/2",
        "codFil": 2,
        "nomFil": "Filial sem exercício, moeda nem tipo de juros",
        "ctbAli": "N",
        "pagEev": 0,
        "pagMoe": "",
        "pagMul": "0.00",
        "pagTjr": "",
    },
    {**HEAD_OFFICE, "id": "1/3", "codFil": 3, "nomFil": "Filial que aceita cinco dias à frente", "ctbQdl": 5},
)
ACCOUNTS = {
    4101: ("Salários e ordenados", "A", "A"),
    4102: ("Encargos sociais", "A", "A"),
    4103: ("Benefícios", "A", "A"),
    4199: ("Rateio padrão que não fecha", "A", "A"),
    2101: ("Salários a pagar", "A", "A"),
    2102: ("Encargos a recolher", "A", "A"),
    2103: ("Consignações a repassar", "A", "A"),
    1900: ("Ativo (sintética)", "S", "A"),
    1901: ("Conta encerrada", "A", "I"),
}
DEFAULT_APPORTIONMENT = {
    4103: (("100", "50.0000"), ("200", "50.0000")),
    4199: (("100", "50.0000"), ("200", "40.0000")),
}
COST_CENTERS = {"100": "Administração", "200": "Produção", "300": "Comercial"}
HISTORIES = {10: ("Folha de pagamento", "N"), 20: ("Provisão", "N"), 90: ("Encerramento", "E")}
TRANSACTIONS = {
    "90500": ("Entrada de título", "CPE", "A", "1"),
    "90535": ("Entrada de título previsto", "CPP", "A", "1"),
    "90510": ("Entrada de adiantamento", "CPE", "A", "2"),
    "90599": ("Entrada (fora de uso)", "CPE", "I", "1"),
    "90301": ("Título a receber", "CRE", "A", "1"),
    "90550": ("Baixa de título", "CPE", "A", "3"),
}
TITLE_TYPES = {"01": ("Duplicata", "D"), "OUT": ("Outros", "O"), "ADI": ("Adiantamento", "C")}
# Supplier → the discount, fine, interest and interest type of its definition for company 1, branch 1.
SUPPLIER_TERMS = {
    502: ("-1.00", None, None, None),
    503: (None, "-2.00", None, None),
    504: (None, None, "101.00", "S"),
    505: (None, None, "1.50", "X"),
}


def tables() -> dict[str, Table]:
    """The ERP's tables at the start: master data, and the titles that payroll sent before; no entry was posted yet."""
    made = {
        "usuario": Table("nome"),
        "filial": Table("id"),
        "conta": Table("id"),
        "centro": Table("id"),
        "historico": Table("codHpd"),
        "fornecedor": Table("codFor"),
        "definicao": Table("id"),
        "transacao": Table("id"),
        "tipo": Table("codTpt"),
        "lote": Table("numLot"),
        "lancamento": Table("numLct", {"numLot": lambda row: row.get("numLot")}),
        "titulo": Table("id"),
        "baixa": Table("id", {"titulo": lambda row: row.get("titulo")}),
    }
    made["usuario"].load(dict(row) for row in USERS)
    made["filial"].load(dict(row) for row in BRANCHES)
    made["conta"].load(account(number) for number in ACCOUNTS)
    made["centro"].load(
        {"id": f"1/{code}", "codEmp": 1, "codCcu": code, "desCcu": name, "anaSin": "A", "aceRat": "S"}
        for code, name in COST_CENTERS.items()
    )
    made["historico"].load({"codHpd": code, "desHpd": name, "tipHpd": kind} for code, (name, kind) in HISTORIES.items())
    made["fornecedor"].load(
        {
            "codFor": code,
            "nomFor": name,
            "sitFor": state,
            "cgcCpf": tax_id,
            "salDup": "0.00",
            "salOut": "0.00",
            "salCre": "0.00",
        }
        for code, (name, state, tax_id) in SUPPLIERS.items()
    )
    made["definicao"].load(_terms(code) for code in SUPPLIER_TERMS)
    made["transacao"].load(
        {
            "id": f"1/{code}",
            "codEmp": 1,
            "codTns": code,
            "desTns": name,
            "lisMod": module,
            "sitTns": state,
            "pagDec": balance,
            "pagAsh": "S",
        }
        for code, (name, module, state, balance) in TRANSACTIONS.items()
    )
    made["tipo"].load(
        {"codTpt": code, "desTpt": name, "pagSom": balance, "sitTpt": "A"}
        for code, (name, balance) in TITLE_TYPES.items()
    )
    for number, supplier, amount, payments in SENT_BEFORE:
        found, movements = sent_before(number, supplier, amount, payments)
        made["titulo"].load([found])
        made["baixa"].load(movements)
    return made


def sent_before(
    number: str, supplier: int, amount: str, payments: tuple[tuple[str, str], ...]
) -> tuple[Row, list[Row]]:
    """A title as payroll sent it, and its settlements, which somebody entered in the ERP."""
    key = {"codEmp": 1, "codFil": 1, "numTit": number, "codTpt": "01", "codFor": supplier}
    name = f"1/1/{supplier}/01/{number}"
    left = Decimal(amount) - sum(Decimal(paid) for _, paid in payments)
    state = {"vlrAbe": Number(str(left)), "sitTit": "AB" if left else "LQ", "ultSeq": len(payments)}
    dates = {"datEmi": "2026-10-20", "datEnt": "2026-10-20", "vctOri": "2026-11-05"}
    title = {**key, **dates, **state, "id": name, "vlrOri": Number(amount), "codTns": "90500", "rateio": []}
    movements = [
        {
            **key,
            "id": f"{name}#{place}",
            "titulo": name,
            "seqMov": place,
            "datPgt": paid_on,
            "vlrMov": Number(paid),
            "numDoc": "",
            "obsMcp": "",
            "codTns": "",
        }
        for place, (paid_on, paid) in enumerate(payments, 1)
    ]
    return title | {"obsTcp": "FOLHA 10/2026"}, movements


def account(number: int) -> Row:
    """One line of the chart of accounts, with the apportionment that the chart gives it."""
    name, analytic, state = ACCOUNTS[number]
    return {
        "id": f"1/{number}",
        "codEmp": 1,
        "ctaRed": number,
        "desCta": name,
        "anaSin": analytic,
        "sitCta": state,
        "rateio": [{"codCcu": code, "perRat": share} for code, share in DEFAULT_APPORTIONMENT.get(number, ())],
    }


def _terms(code: int) -> Row:
    discount, fine, interest, kind = SUPPLIER_TERMS[code]
    return {
        "id": f"{code}/1/1",
        "codFor": code,
        "codEmp": 1,
        "codFil": 1,
        "perDsc": discount,
        "pagMul": fine,
        "pagJmm": interest,
        "pagTir": kind,
    }
