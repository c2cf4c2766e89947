"""Automations: wrong ones are told at the start in clear sentences, and a check shows what right ones would do."""

from pathlib import Path
from typing import Any

import pytest

from cli.automations import What, automations
from connections._errors import Misconfigured
from connections._settings import SettingsFile, load
from flows.moskit_to_contaazul_financeiro import Settings
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
