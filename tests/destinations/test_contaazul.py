"""What is written to Conta Azul, and how it is found out what became of it, in whatever words that comes."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from connections._errors import Missing, Rejected, Unavailable
from connections.contaazul import ContaAzulSettings
from destinations._contract import Receipt
from destinations.contaazul import People, Roles, Sales, Services, Titles, mentions
from tests.destinations._asked import Asked, action, done, told

SETTINGS = ContaAzulSettings(client_id="x", client_secret=SecretStr("x"), protocol_patience_seconds=0)
ACCEPTED = {"id": "made"}


def listed(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """The pages of a listing: one that is empty is asked for twice."""
    page = {"itens": list(rows), "itens_totais": len(rows)}
    return [page] if rows else [page, page]


def asked(*says: Any) -> Any:
    return Asked(SETTINGS, list(says))


# -- people --------------------------------------------------------------------------------------------------


def found(payload: dict[str, Any], *rows: dict[str, Any]) -> Any:
    """What a look for the person brings, if these are Conta Azul's customers."""
    customers, nobody = listed(*rows), listed()
    there = asked(*customers, *nobody, *nobody, *nobody, *nobody, *nobody)
    return done(People(there).resolve, action(payload={"tipo_pessoa": "Jurídica", **payload}))


@pytest.mark.parametrize("name", ["Padaria Sa\u0303o Joa\u0303o", " Padaria  São João ", "PADARIA SAO JOAO"])
def test_a_name_is_the_same_however_its_accents_capitals_and_spaces_are_written(name: str) -> None:
    assert found({"nome": "Padaria São João"}, {"id": "p-1", "nome": name}) == "p-1"


@pytest.mark.parametrize("name", ["Padaria São João-ME", "PadariaSão João", None])
def test_a_similar_name_is_another_person(name: str) -> None:
    assert found({"nome": "Padaria São João"}, {"id": "p-1", "nome": name}) is None


def test_the_same_name_of_another_kind_is_another_person() -> None:
    assert found({"nome": "Ana"}, {"id": "p-1", "nome": "Ana", "tipo_pessoa": "FISICA"}) is None


@pytest.mark.parametrize("document", ["12.ABC.345/01DE-35", "12abc34501de35"])
def test_a_document_is_the_same_however_it_is_written(document: str) -> None:
    payload = {"nome": "Padaria", "cnpj": "12ABC34501DE35"}
    assert found(payload, {"id": "p-1", "nome": "Outro nome", "documento": document}) == "p-1"


def test_whoever_is_inactive_does_not_count_and_several_active_ones_are_no_answer() -> None:
    one, other, inactive = ({"id": f"p-{n}", "nome": "Padaria", "ativo": n < 3} for n in (1, 2, 3))
    assert found({"nome": "Padaria"}, one, inactive) == "p-1"
    told_of_two = ("Unknown", "há 2 pessoas ativas iguais no Conta Azul; inative as que não valem")
    assert told(found({"nome": "Padaria"}, one, other)) == told_of_two


def test_roles_are_added_to_those_that_a_person_has_just_now_and_are_there_once_all_are() -> None:
    there = asked({"perfis": [{"tipo_perfil": "FORNECEDOR"}]}, {"perfis": [{"tipo_perfil": "FORNECEDOR"}]}, None)
    wanted = action("update", target_id="p-1", payload={"perfis": [{"tipo_perfil": "Cliente"}]})
    roles = Roles(there)
    assert (done(roles.resolve, wanted), done(roles.send, wanted)) == (None, "p-1")
    assert there.calls[-1][2] == {"perfis": [{"tipo_perfil": "Fornecedor"}, {"tipo_perfil": "Cliente"}]}


def test_a_service_is_found_by_its_folded_description_among_active_ones() -> None:
    rows = ({"id": "s-0", "descricao": "Venda Moskit", "status": "INATIVO"}, {"id": "s-1", "descricao": "VENDA MOSKIT"})
    assert done(Services(asked(*listed(*rows))).resolve, action(payload={"descricao": "Venda Moskit"})) == "s-1"


# -- sales ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Número da venda já utilizado", "respondeu 400", "Erro de validação"])
def test_a_number_that_somebody_took_shows_by_the_next_one_having_moved_whatever_the_refusal_says(words: str) -> None:
    there = asked(7, Rejected(words, status=400), 8, ACCEPTED)
    assert done(Sales(there).send, action(payload={"id_cliente": "p"})) == "made"
    assert [body["numero"] for method, _, body in there.calls if method == "POST"] == [7, 8]


def test_a_refusal_is_one_where_the_next_number_has_not_moved_and_numbers_are_not_tried_for_ever() -> None:
    refused = Rejected("Cliente não encontrado", status=400)
    assert told(done(Sales(asked(7, refused, 7)).send, action())) == ("Rejected", "Cliente não encontrado")
    moving = [each for number in range(7, 11) for each in (number, refused)]
    assert told(done(Sales(asked(*moving, 11)).send, action())) == ("Rejected", "Cliente não encontrado")


@pytest.mark.parametrize("number", [None, "12", 12])
def test_the_next_number_may_be_nothing_or_text(number: Any) -> None:
    there = asked(number, ACCEPTED)
    assert done(Sales(there).send, action()) == "made"
    assert there.calls[1][2]["numero"] == (1 if number is None else 12)


@pytest.mark.parametrize("answer", [None, {}, {"id_venda": "5f"}, {"id": 5}, []])
def test_a_sale_that_was_taken_without_an_id_that_can_be_read_is_a_receipt(answer: Any) -> None:
    assert done(Sales(asked(1, answer)).send, action()) == Receipt()


def test_a_sale_is_looked_for_by_client_and_reference_whatever_its_day_and_whatever_the_list_leaves_out() -> None:
    rows = (
        {"id": "elses", "cliente": {"id": "q"}},
        {"id": "other", "cliente": {"id": "p"}, "observacoes": "Negócio 12 do Moskit [moskit:12]"},
        {"id": "asked", "cliente": {"id": "p"}, "data": "2026-01-01"},
    )
    there = asked(*listed(*rows), {"venda": {"observacoes": "mexida por Ana moskit:1"}})
    sought = action(payload={"id_cliente": "p"}, reference="[moskit:1]")
    assert (done(Sales(there).resolve, sought), there.calls[1][1]) == ("asked", "/v1/venda/asked")
    assert there.calls[0][2] == {"ids_clientes": "p", "pagina": 1, "tamanho_pagina": 200}


def test_a_living_sale_is_preferred_to_a_cancelled_one_and_two_living_ones_are_no_answer() -> None:
    def sale(key: str, situation: str) -> dict[str, Any]:
        return {"id": key, "numero": 7, "situacao": {"nome": situation}, "observacoes": "[moskit:1]"}

    sought = action(payload={"id_cliente": "p"}, reference="[moskit:1]")
    dead, living = sale("a", "CANCELADO"), sale("b", "EM_ANDAMENTO")
    assert done(Sales(asked(*listed(dead, living))).resolve, sought) == "b"
    assert done(Sales(asked(*listed(dead))).resolve, sought) == "a"
    two = done(Sales(asked(*listed(living, sale("c", "APROVADO")))).resolve, sought)
    assert told(two) == ("Unknown", "há 2 vendas com a referência [moskit:1] no Conta Azul (nº 7, 7)")


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("[moskit:1]", True),
        ("venda moskit:1, ver e-mail", True),
        ("MOSKIT:1", True),
        ("[moskit:12]", False),
        ("[moskit:1-2]", False),
        ("xmoskit:1", False),
        (None, False),
    ],
)
def test_a_reference_is_found_whole_with_or_without_its_brackets(text: str | None, is_it: bool) -> None:
    assert mentions(text, "[moskit:1]") is is_it


# -- receivables and payables --------------------------------------------------------------------------------

PARCELS = {"parcelas": [{"data_vencimento": "2026-12-20"}]}
SOONER, LATER = ({"id": key, "data_vencimento": f"2026-1{key}-20"} for key in "12")
TITLE = {"id_cliente": "p", "condicao_pagamento": PARCELS}


def title(**more: Any) -> Any:
    return action(payload=TITLE, reference="[moskit:vendas/1/1]", **more)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"id": "e", "parcelas": [LATER, SOONER]}, "1"),
        ({"id": "e"}, Receipt("evento e")),
        ({"protocolo": "x", "status": "PENDING"}, Receipt("protocolo x")),
        ({}, Receipt()),
        (None, Receipt()),
    ],
)
def test_the_shape_of_the_answer_tells_what_it_is(answer: Any, said: str | Receipt) -> None:
    there = asked(answer)
    assert (done(Titles(there, "contas-a-receber").send, title()), len(there.calls)) == (said, 1)


@pytest.mark.parametrize("words", ["Not Found", "respondeu 404", "no route"])
def test_a_route_that_is_not_there_is_told_by_its_status_and_the_one_before_it_is_taken(words: str) -> None:
    there = asked(Rejected(words, status=404), {"protocolo": "x"})
    assert done(Titles(there, "contas-a-receber").send, title()) == Receipt("protocolo x")
    refused = asked(Rejected("Not Found: categoria", status=400))
    assert told(done(Titles(refused, "contas-a-pagar").send, title())) == ("Rejected", "Not Found: categoria")


def test_titles_sent_side_by_side_all_learn_that_a_route_is_not_there() -> None:
    class Slow:
        """The newer route is not there, and says so later to whoever asked later."""

        settings = SETTINGS
        waits = 0

        async def write(self, path: str, _payload: Any) -> Any:
            if "eventos-financeiros" in path:
                return {"id": "e", "parcelas": [SOONER]}
            self.waits += 1
            for _ in range(10 * self.waits):
                await asyncio.sleep(0)
            raise Rejected("Not Found", status=404)

    async def sent() -> list[Any]:
        titles = Titles(Slow(), "contas-a-receber")  # type: ignore[arg-type]
        return await asyncio.gather(*(titles.send(title()) for _ in range(3)), return_exceptions=True)

    assert asyncio.run(sent()) == ["1", "1", "1"]


def looked(*after: Any, receipt: str | None = None, rows: tuple[dict[str, Any], ...] = ()) -> Any:
    """What a look for a title brings: three years, the rows in the first of them, and what is asked after it."""
    windows = [*listed(*rows), *listed(), *listed()]
    return done(Titles(asked(*windows, *after), "contas-a-receber").resolve, title(receipt=receipt))


def test_a_title_is_looked_for_by_its_reference_in_years_around_the_day_that_was_sent() -> None:
    row = {"id": "a", "descricao": "mexido [moskit:vendas/1/1]", "data_vencimento": "2027-08-01"}
    assert looked(rows=(row,)) == "a"
    assert looked(rows=({**row, "descricao": "[moskit:vendas/1/12]"},)) is None
    two = looked(rows=(row, {**row, "id": "b"}))
    assert told(two)[0] == "Unknown"


def test_a_protocol_is_asked_what_became_of_it() -> None:
    booked, refused = {"status": "SUCCESS", "evento_financeiro_id": "e"}, {"status": "ERROR", "resposta": "Categoria"}
    assert looked(booked, [{"id": "a"}], receipt="protocolo x") == "a"
    assert told(looked(refused, receipt="protocolo x")) == ("Rejected", "Categoria")
    assert told(looked({"status": "PENDING"}, receipt="protocolo x"))[0] == "Unknown"
    assert told(looked(Unavailable("503"), receipt="protocolo x")) == ("Unavailable", "503")
    assert looked(Missing("404"), receipt="protocolo x") is None
    assert told(looked([], receipt="evento e"))[0] == "Unknown"


@pytest.mark.parametrize("made", [Sales, lambda ca: Titles(ca, "contas-a-pagar")], ids=["sale", "title"])
def test_what_is_not_there_by_its_id_does_not_stand(made: Any) -> None:
    there = (asyncio.run(made(asked({})).stands("k")), asyncio.run(made(asked(Missing("404"))).stands("k")))
    assert there == (True, False)
