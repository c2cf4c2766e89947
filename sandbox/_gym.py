"""What both sides of the invented gym know: its people, and master data with equal or near descriptions."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sandbox._people import Person, company, person, wrong
from sandbox._world import Size

REVENUES = ("Mensalidades", "Planos Anuais", "Matrículas", "Personal Trainer", "Avaliação Física")
EXPENSES = (
    "Energia Elétrica",
    "Água e Esgoto",
    "Aluguel",
    "Salários",
    "Manutenção de Equipamentos",
    "Material de Limpeza",
    "Marketing",
)
COST_CENTERS = ("Unidade Centro", "Unidade Zona Sul", "Administrativo", "Vendas Online")
ACCOUNTS = ("Banco Exemplo CC 1234-5", "Banco Modelo CC 98765-0", "Caixa Recepção", "Conta Digital Kamino")

REVENUE_MISSING = "Day Use"
REVENUE_DOUBLED = "Aulas Avulsas"
REVENUE_OTHER_CASE = ("Loja de Suplementos", "Loja de suplementos")
REVENUE_INACTIVE = "Locação de Armários"
EXPENSE_MISSING = "Honorários Contábeis"
EXPENSE_DOUBLED = "Taxas de Cartão"
EXPENSE_OTHER_CASE = ("Serviços de TI", "Serviços de Ti")
EXPENSE_INACTIVE = "Seguros"
COST_CENTER_ONLY_PACTO = "Unidade Piloto"
COST_CENTER_ONLY_KAMINO = "Projeto Expansão"

ALREADY_IN_KAMINO = (0, 3, 7)  # of every ten customers
SUPPLIER_NUMBERS = 500_000


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone who appears. The named ones appear only in records that are strange because of them."""

    customers: list[Person]
    suppliers: list[Person]
    wrong_cpf: Person
    nameless: Person
    doubled_in_kamino: Person
    wrong_cnpj: Person
    nameless_supplier: Person
    undocumented: Person

    def in_kamino(self) -> list[Person]:
        """The customers whom Kamino knows from the start."""
        return [who for who in self.customers if who.number % 10 in ALREADY_IN_KAMINO]


def cast(seed: int, size: Size) -> Cast:
    """The people of a world; each side asks for them and gets the same ones."""
    draw = random.Random(f"people {seed}")  # noqa: S311
    customers = [_customer(draw, number) for number in range(1, size.people + 1)]
    first = SUPPLIER_NUMBERS
    suppliers = [company(draw, first + n, letters=n % 8 == 3) for n in range(size.suppliers)]
    extra = [person(draw, size.people + n) for n in (1, 2, 3)]
    outsiders = [company(draw, first + size.suppliers + n) for n in range(3)]
    return Cast(
        customers=customers,
        suppliers=suppliers,
        wrong_cpf=replace(extra[0], tax_id=wrong(extra[0].tax_id or "")),
        nameless=replace(extra[1], name=""),
        doubled_in_kamino=extra[2],
        wrong_cnpj=replace(outsiders[0], tax_id=wrong(outsiders[0].tax_id or "")),
        nameless_supplier=replace(outsiders[1], name=""),
        undocumented=replace(outsiders[2], tax_id=None),
    )


def _customer(draw: random.Random, number: int) -> Person:
    if number % 25 == 4:
        return company(draw, number, letters=number % 50 == 4)
    return person(draw, number, has_tax_id=number % 33 != 5)
