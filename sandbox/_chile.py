"""What both sides of the invented company know: its chart, centers, categories, and Chileans with valid RUTs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from sandbox._table import Row
from sandbox._world import Size

TRADES = (
    "Ferretería {}",
    "Transportes {}",
    "Restaurant {}",
    "Hotel {}",
    "Librería {}",
    "Comercial {}",
    "Servicentro {}",
)
EMPLOYEE_NUMBERS, SUPPLIER_NUMBERS = 12_000_000, 76_000_000

ACCOUNTS = {
    "1110401001": "CLIENTES",
    "1110501001": "FONDOS POR RENDIR",
    "1110501002": "CAJA CHICA",
    "1110901001": "IVA CREDITO FISCAL",
    "2110101001": "PROVEEDORES NACIONALES",
    "2110301001": "HONORARIOS POR PAGAR",
    "2110301002": "RETENCION HONORARIOS",
    "2110401001": "REEMBOLSOS AL PERSONAL",
    "4210101001": "DIFERENCIA DE REDONDEO",
    "4210101002": "OTROS IMPUESTOS",
    "4210101005": "MATERIALES",
    "4210101006": "COMBUSTIBLES Y LUBRICANTES",
    "4210101007": "ALIMENTACION",
    "4210101008": "ALOJAMIENTO",
    "4210101009": "PASAJES Y MOVILIZACION",
    "4210101010": "ARTICULOS DE OFICINA",
    "4210101011": "HONORARIOS PROFESIONALES",
    "4210101012": "GASTOS DE REPRESENTACION",
    "4210101014": "GASTOS EN EL EXTERIOR",
    "4210101015": "SERVICIOS CON CLASIFICADOR",
}
INACTIVE_ACCOUNT, NOT_IMPUTABLE_ACCOUNT = "4210101012", "4210100000"
BY_FILE = ("1110401001", "1110501001", "1110501002", "2110101001", "2110301001", "2110401001")
BY_DOCUMENT = ("1110401001", "2110101001", "2110301001")
BY_CENTER = tuple(f"42101010{n:02d}" for n in (5, 6, 7, 8, 9, 10, 11, 12, 14, 15))
BY_CURRENCY = ("4210101014",)
BY_CLASSIFIER = ("4210101015",)

CENTERS = {
    "EMP000000000000": ("EMPRESA", "N", "S"),
    "EMPGES000000000": ("AREAS DE GESTION", "N", "S"),
    "EMPGESGESOPE000": ("OPERACIONES", "S", "S"),
    "EMPGESGESADM000": ("ADMINISTRACION", "S", "S"),
    "EMPGESGESCOM000": ("AREA COMERCIAL", "S", "S"),
    "EMPGESGESBOD000": ("BODEGA NORTE", "S", "N"),
    "EMPPRO000000000": ("PROYECTOS", "N", "S"),
    "EMPPROPROOBR012": ("OBRA 12", "S", "S"),
}


@dataclass(frozen=True, slots=True)
class Category:
    """A category of Rindegastos: its code is an account of the ERP, or blank, or means nothing there."""

    name: str
    code: str
    group: str
    group_code: str


CATEGORIES = (
    Category("Materiales", "4210101005", "Operación", "OPE"),
    Category("Combustible", "4210101006", "Movilización", "MOV"),
    Category("Alimentación", "", "Viáticos", "VIA"),
    Category("Alojamiento", "", "Viáticos", "VIA"),
    Category("Pasajes y movilización", "", "Movilización", "MOV"),
    Category("Artículos de oficina", "", "Administración", "ADM"),
    Category("Honorarios profesionales", "", "Administración", "ADM"),
    Category("Gastos en el exterior", "4210101014", "Viáticos", "VIA"),
)
WITHOUT_ACCOUNT = Category("Estacionamiento y peajes", "", "Movilización", "MOV")
ON_INACTIVE_ACCOUNT = Category("Atención a clientes", INACTIVE_ACCOUNT, "Comercial", "COM")
ON_A_GROUP = Category("Otros gastos", NOT_IMPUTABLE_ACCOUNT, "Operación", "OPE")
ON_CLASSIFIED_ACCOUNT = Category("Servicios externos", "4210101015", "Operación", "OPE")
EVERY_CATEGORY = (*CATEGORIES, WITHOUT_ACCOUNT, ON_INACTIVE_ACCOUNT, ON_A_GROUP, ON_CLASSIFIED_ACCOUNT)
COST_CENTERS = (
    ("Operaciones", "EMPGESGESOPE000"),
    ("Administración", ""),
    ("Comercial", "EMPGESGESCOM000"),
    ("Obra 12", ""),
)
WITHOUT_CENTER, ON_INACTIVE_CENTER = ("Proyecto piloto", ""), ("Bodega Norte", "")
EVERY_COST_CENTER = (*COST_CENTERS, WITHOUT_CENTER, ON_INACTIVE_CENTER)


@dataclass(frozen=True, slots=True)
class Party:
    """An employee or a supplier; `rut` is bare: digits and the check digit, no punctuation."""

    number: int
    name: str
    rut: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone who appears."""

    employees: list[Party]
    suppliers: list[Party]


def cast(seed: int, size: Size) -> Cast:
    """The people of a world; each side asks for them and gets the same ones."""
    draw = random.Random(f"chileans {seed}")  # noqa: S311
    employees = [employee(draw, number) for number in range(1, size.people // 8 + 6)]
    suppliers = [supplier(draw, number) for number in range(1, size.suppliers + 11)]
    return Cast(employees, suppliers)


def check_digit(body: int) -> str:
    """The check digit of a RUT: modulo 11 with weights 2 to 7 from the right."""
    total = sum(int(sign) * (2 + place % 6) for place, sign in enumerate(reversed(str(body))))
    return {11: "0", 10: "K"}.get(11 - total % 11, str(11 - total % 11))


def rut(body: int) -> str:
    """The RUT with these digits."""
    return f"{body}{check_digit(body)}"


def dotted(bare: str) -> str:
    """12345678K as 12.345.678-K."""
    return f"{int(bare[:-1]):,}".replace(",", ".") + f"-{bare[-1]}"


def wrong(bare: str) -> str:
    """The same RUT with a wrong check digit."""
    return bare[:-1] + ("1" if bare[-1] != "1" else "2")


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    from faker.providers.person.es_CL import Provider

    return (*Provider.first_names_female, *Provider.first_names_male), tuple(Provider.last_names)


def employee(draw: random.Random, number: int) -> Party:
    """Somebody who spends; the number makes the RUT unique."""
    firsts, families = _names()
    name = f"{draw.choice(firsts)} {draw.choice(families)} {draw.choice(families)}"
    return Party(number, name, rut(EMPLOYEE_NUMBERS + number * 7919 % 8_000_000))


def supplier(draw: random.Random, number: int) -> Party:
    """Somebody who sells."""
    trade = TRADES[number % len(TRADES)].format(draw.choice(_names()[1]))
    return Party(number, f"{trade} SpA", rut(SUPPLIER_NUMBERS + number * 104_729 % 900_000))


def account_rows() -> list[Row]:
    """The chart, groups included; every line says what an entry on it must carry."""
    groups = {code[:keep].ljust(10, "0") for code in ACCOUNTS for keep in (1, 2, 5)}
    rows = [_account(code, f"GRUPO {code.rstrip('0')}", imputable=False) for code in groups - set(ACCOUNTS)]
    rows += [_account(code, name, imputable=True) for code, name in ACCOUNTS.items()]
    return sorted(rows, key=lambda row: str(row["code"]))


def _account(code: str, description: str, *, imputable: bool) -> Row:
    return {
        "code": code,
        "description": description,
        "imputable": "S" if imputable else "N",
        "activo": "N" if code == INACTIVE_ACCOUNT else "S",
        "usesBussinessCenterAnalysis": code in BY_CENTER,
        "usesFileAnalysis": code in BY_FILE,
        "usesDocumentAnalysis": code in BY_DOCUMENT,
        "usesClassifier1Analysis": code in BY_CLASSIFIER,
        "usesClassifier2Analysis": False,
        "usesReferenceCurrencyAnalysis": code in BY_CURRENCY,
        "usesBankAnalysis": False,
    }


def center_rows() -> list[Row]:
    """The business centers, three signs a level."""
    return [
        {"code": code, "description": name, "imputable": imputable, "activo": active}
        for code, (name, imputable, active) in CENTERS.items()
    ]
