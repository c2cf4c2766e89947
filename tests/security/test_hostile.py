"""Names and texts that look like SQL, paths, templates or markup: they are texts, and stay what they are."""

from pathlib import Path

import pytest

from tests._world import World
from tests.systems.pacto import receipt

HOSTILE = (
    """Ana "D'Ávila"'; drop table ledger.links; -- $1 {0} {nome} %s %(a)s \\u0041 \\ | ` <script>x</script> = +1"""
    " \u202e \U0001f469\u200d\U0001f4bc"  # turns the writing round; one sign of three characters
)
TENANTS = (
    "../elsewhere",
    "/tmp/elsewhere",
    "..",
    "",
    "aca demia",
    "academia/../outra",
    "academia'; drop table ledger.links; --",
    'academia" or 1=1',
    "ACADEMIA",
    "académia",
    "academia\x00",
    "a" * 5000,
)


def test_hostile_texts_arrive_as_they_were_typed(world: World) -> None:
    chart = next(row for row in world.rows("kamino", "planoconta") if row["Nome"] == "Mensalidades")
    world.plant("kamino", "planoconta", {**chart, "ID": "40999", "Nome": HOSTILE})
    who = {"codigo": 40321, "nome": HOSTILE, "cpfCnpj": "390.533.447-05", "email": "ana@example.com"}
    line = {"codigo": 99, "descricao": HOSTILE}
    world.plant("pacto", "movparcela", receipt(1, descricao=HOSTILE, pessoa=who, planoConta=line))
    states = [world.run("pacto_to_kamino").state, world.run("pacto_to_kamino").state]
    person, receivable = (entry["body"] for entry in world.journal("kamino"))
    assert states == ["Posted", "Nothing to post"]
    assert (person["Nome"], HOSTILE in receivable.values()) == (HOSTILE, True)
    assert world.query("pacto_to_kamino", "select label from documents where kind = 'receivable'") == [(HOSTILE,)]


def test_a_refusal_in_hostile_words_is_told_as_it_came_but_for_signs_that_nobody_sees(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.fault("kamino", "sucesso_false", route="/api/financeiro/recebimento", message=HOSTILE)
    states = [world.run("pacto_to_kamino").state, world.run("pacto_to_kamino").state]
    assert states == ["Rejected", "Nothing to post, some held back"]
    seen = " ".join("".join(sign if sign.isprintable() else " " for sign in HOSTILE).split())
    assert seen in world.held_back("pacto_to_kamino")["receivable 1"]


@pytest.mark.parametrize("tenant", TENANTS, ids=ascii)
def test_a_tenant_is_a_name_and_never_a_path_or_sql(world: World, tmp_path: Path, tenant: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    told = world.run("pacto_to_kamino", tenant=tenant)
    assert (told.state, sorted(tmp_path.rglob("*")), world.calls()) == ("Misconfigured", before, [])
