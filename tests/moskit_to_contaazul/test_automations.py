"""Automations: wrong ones are told at the start in clear sentences, and a check shows what right ones would do."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.automations import What, automations
from connections._errors import Misconfigured
from connections._settings import SettingsFile, load
from flows.moskit_to_contaazul_financeiro import Settings
from sandbox._people import cnpj, punctuated
from tests._world import TENANT, World
from tests.moskit_to_contaazul._automations import automation, configure, payable, receivable
from tests.systems.moskit import company, deal

SECTION = "moskit_to_contaazul_financeiro"


def told(monkeypatch: pytest.MonkeyPatch, *configured: dict[str, Any]) -> str:
    """What a run that starts with these automations says."""
    configure(monkeypatch, *configured)
    with pytest.raises(Misconfigured) as complaint:
        load(Settings, TENANT, SECTION, SettingsFile(Path("none.toml")))
    return str(complaint.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (automation(receivable(valor="", conta=" ")), "these fields are required: Valor, Conta"),
        (automation(receivable(centro="x")), "unknown fields: centro; there are data_competencia"),
        (automation(receivable(valor="{{ dael.price }}")), "valor: '{{ dael.price }}' asks for dael; there are deal"),
        (automation(receivable(valor="{{ deal.price | mony }}")), "cannot be read: No filter named 'mony'"),
        (automation(receivable(valor="{{ deal.price")), "cannot be read: unexpected end of template"),
        (automation(filter="deal.price >"), "filter of 'Negócio ganho':"),
        (automation(id="Vendas 1"), "automations.1.id is wrong"),
        (automation(trigger="lost_deal"), "automations.1.trigger is wrong: Input should be 'won_deal'"),
        ({**automation(), "actions": []}, "automations.1.actions is wrong"),
        ({name: value for name, value in automation().items() if name != "title"}, "automations.1.title is wrong"),
    ],
    ids=range(10),
)
def test_a_wrong_automation_is_told_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], sentence: str
) -> None:
    assert sentence in told(monkeypatch, wrong)


def test_a_right_automation_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(monkeypatch, automation(receivable(), payable()))
    settings = load(Settings, TENANT, SECTION, SettingsFile(Path("none.toml"))).settings
    (only,) = settings.automations or ()
    assert [step.create for step in only.actions] == ["receivable", "payable"]


def test_a_check_shows_what_each_automation_would_have_done_and_sends_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commission = payable(valor="{{ (deal.price * 10 / 100) | money }}")
    configure(monkeypatch, automation(receivable(), commission, filter="deal.price > 11"))
    world.plant("moskit", "companies", company())
    world.plant("moskit", "deals", deal(1), deal(2, price=1_000), deal(3, price=123_457))
    for name in ("WINDOW_DAYS", "OVERLAP_DAYS"):
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{SECTION}__{name}".upper(), "1")

    assert automations(What.check, TENANT, days=366) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    said = {(line[2], line[3]): " ".join(line[4:]) for line in lines if line[:2] == ["Negócio", "ganho"]}
    assert {key: words.split("  ")[0] for key, words in said.items()}.keys() == {
        ("1", "receivable"),
        ("1", "payable"),
        ("2", "receivable"),
        ("2", "payable"),
        ("3", "receivable"),
        ("3", "payable"),
    }
    assert (said["1", "receivable"], "left alone" in said["2", "payable"], "would wait" in said["3", "payable"]) == (
        "1250.00 would be created",
        True,
        True,
    )
    assert world.journal() == []


FLOW = "moskit_to_contaazul_financeiro"
COMMISSION = "CF_comissao"


def test_a_filter_that_cannot_be_judged_holds_the_action_instead_of_letting_it_pass(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, automation(filter=f"fields.{COMMISSION} > 10"))
    world.plant("moskit", "companies", company())
    as_text = [{"id": COMMISSION, "textValue": "12"}]
    as_number = [{"id": COMMISSION, "numericValue": 12}]
    world.plant("moskit", "deals", deal(1), deal(2, entityCustomFields=as_text), deal(3, entityCustomFields=as_number))
    world.run(FLOW)
    told = "O filtro da automação não pôde ser avaliado com os dados deste negócio (Negócio ganho)"
    assert world.held_back(FLOW) == {"receivable vendas/1/1": told, "receivable vendas/2/1": told}
    assert [body["descricao"] for body in _titles(world)] == ["Implantação 3 [moskit:vendas/3/1]"]


def test_prices_of_products_are_in_reais_as_the_deal_s_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(
        monkeypatch,
        automation(
            receivable(valor="{{ products[0].finalPrice | money }}", observacao="{{ products[0].price | money }}")
        ),
    )
    world.plant("moskit", "companies", company())
    sold = {"id": 1, "product": {"id": 513_472}, "quantity": 2, "price": 61_725, "finalPrice": 123_450}
    world.plant("moskit", "deals", deal(1, price=123_450, dealProducts=[sold]))
    world.run(FLOW)
    assert [(body["valor"], body["observacao"]) for body in _titles(world)] == [(Decimal("1234.50"), "617.25")]


def test_a_deal_without_closing_date_waits_for_it_and_is_not_created_a_second_time_when_it_comes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, automation(receivable(data_competencia="2026-11-20"), recapture=True))
    world.plant("moskit", "companies", company())
    world.plant("moskit", "deals", deal(1, closeDate=None))
    world.run(FLOW)
    assert list(world.held_back(FLOW).values()) == ["O negócio está ganho sem data de fechamento no Moskit"]
    world.plant("moskit", "deals", deal(1))
    world.run(FLOW)
    assert len(_titles(world)) == 1


def test_a_cnpj_from_a_numeric_field_gets_its_leading_zero_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cnpj("01234567")
    configure(monkeypatch, automation(receivable(documento="{{ company.fields.CF_cnpj }}")))
    fields = [{"id": "CF_cnpj", "numericValue": int(whole)}]
    world.plant("moskit", "companies", company(entityCustomFields=fields))
    world.plant("moskit", "deals", deal(1))
    world.run(FLOW)
    people = [entry["body"] for entry in world.journal("contaazul") if entry["route"] == "/v1/pessoas"]
    assert [body["cnpj"] for body in people] == [punctuated(whole)]


def _titles(world: World) -> list[dict[str, Any]]:
    """Receivables and payables that Conta Azul accepted."""
    return [entry["body"] for entry in world.journal("contaazul") if "/contas-a-" in entry["route"]]
