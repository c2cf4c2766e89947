"""5,000 won deals, one in five broken in the ways that the requirement names; the second run writes nothing."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from sandbox._people import cnpj, punctuated, wrong
from tests._world import World
from tests.systems.moskit import company, contact, deal

pytestmark = pytest.mark.long

FLOW = "moskit_to_contaazul"
DEALS, COMPANIES = 5_000, 250
TAX_IDS = [cnpj(f"{20_000_000 + n}") if n % 5 else cnpj(f"2{n:05d}AB") for n in range(COMPANIES)]
WRONG, NAMELESS, TWICE = 90_001, 90_002, 90_003
BROKEN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ignored", "Ganho sem valor: não é enviado", {"price": None}),
    ("ignored", "Ganho sem valor: não é enviado", {"price": 0}),
    ("ignored", "Ganho sem contato e sem empresa: não é enviado", {"companies": []}),
    ("held_back", "O valor do negócio não é um número inteiro de centavos", {"price": Decimal("10.55")}),
    ("held_back", "O negócio está ganho sem data de fechamento no Moskit", {"closeDate": None}),
    ("held_back", "A data de fechamento não existe no calendário", {"closeDate": "2026-02-30T10:00:00Z"}),
    ("held_back", "A empresa ou o contato do negócio não existe mais no Moskit", {"companies": [{"id": 99_999}]}),
    ("held_back", "O CPF/CNPJ da empresa ou do contato não é válido", {"companies": [{"id": WRONG}]}),
    ("held_back", "A empresa ou o contato do negócio não tem nome", {"companies": [{"id": NAMELESS}]}),
    ("held_back", "O cliente ainda não está no Conta Azul: Há mais de um registro", {"companies": [{"id": TWICE}]}),
)


def _deal(number: int) -> dict[str, Any]:
    good = {"companies": [{"id": 1_000 + number % COMPANIES}], "price": 1_000 + number}
    return deal(number, **(good | BROKEN[number // 5 % len(BROKEN)][2] if number % 5 == 0 else good))


@pytest.mark.timeout(1800)
def test_five_thousand_deals_close_to_the_cent_and_the_second_run_writes_nothing(world: World) -> None:
    world.plant(
        "moskit",
        "companies",
        *(company(1_000 + n, name=f"Empresa {n} Ltda", cnpj=punctuated(TAX_IDS[n])) for n in range(COMPANIES)),
        company(WRONG, cnpj=punctuated(wrong(cnpj("30000000")))),
        company(NAMELESS, name="", cnpj=None),
        company(TWICE, cnpj=punctuated(cnpj("31000000"))),
    )
    world.plant("moskit", "contacts", contact())
    from tests.systems.contaazul import person

    world.plant("contaazul", "pessoas", *(person(key, documento=cnpj("31000000")) for key in ("p1", "p2")))
    deals = [_deal(number) for number in range(1, DEALS + 1)]
    world.plant("moskit", "deals", *deals)
    broken = Counter(BROKEN[n // 5 % len(BROKEN)][0] for n in range(1, DEALS + 1) if n % 5 == 0)
    good = [n for n in range(1, DEALS + 1) if n % 5]

    first = world.run(FLOW)

    assert first.counts["sale"] == {"read": DEALS, "created": len(good), **broken}
    amounts = first.summary["kinds"]["sale"]["amounts"]["BRL"]
    assert Decimal(amounts["created"]) == Decimal(sum(1_000 + n for n in good)).scaleb(-2)
    accepted = [entry["body"] for entry in world.journal("contaazul") if entry["route"] == "/v1/venda"]
    assert Counter(body["observacoes"] for body in accepted) == Counter(
        f"Negócio {n} do Moskit [moskit:{n}]" for n in good
    )
    assert sum(body["itens"][0]["valor"] for body in accepted) == Decimal(amounts["created"])
    told = world.query(FLOW, "select because from last_run.outcomes where kind = 'sale' and because is not null")
    reasons = {sentence for _, sentence, _ in BROKEN}
    assert {next((each for each in reasons if because.startswith(each)), because) for (because,) in told} == reasons

    written = len(world.journal())
    assert world.run(FLOW).state == "Nothing to post, some held back"
    assert len(world.journal()) == written
