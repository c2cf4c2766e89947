"""What the network and the vendors do wrong: afterwards the vendors hold each document once, or nothing yet."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests._world import TENANT, World, opened_world
from tests.faults._scenes import BRUNO, UTILITY, Truth, beneficiary, payable, truth
from tests.systems.pacto import paid, receipt

RECEIVABLE = "/api/financeiro/recebimento"
RECEIVABLES = "/api/financeiro/recebimentos/paginada"
PERSON = "/api/pessoa/grava"
RECEIPTS = "/v1/movparcela"
HTML = {"code": 502, "html": True}


def happens(world: World) -> None:
    """A receipt already received, of somebody new to Kamino; a payment to somebody new to Pacto."""
    world.plant("pacto", "movparcela", receipt(1, **paid()))
    world.plant("kamino", "pessoa", beneficiary(UTILITY))
    world.plant("kamino", "pagamento", payable(1))


@pytest.fixture(scope="module")
def undisturbed(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Truth]:
    """What the vendors hold after an integration ran without any fault."""
    found = {}
    for integration in ("pacto_to_kamino", "kamino_to_pacto"):
        with pytest.MonkeyPatch.context() as patch, opened_world(tmp_path_factory.mktemp("still"), patch) as world:
            happens(world)
            assert world.run(integration).state == "Posted"
            found[integration] = truth(world)
    return found


@pytest.fixture
def story(world: World) -> World:
    """A world in which something waits to be posted."""
    happens(world)
    return world


def say(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """Settings of the tenant for one test: `kamino__page_size="1"`."""
    for name, value in settings.items():
        monkeypatch.setenv(f"CONTRAPARTIDA__{TENANT}__{name}".upper(), value)


def heals(world: World, integration: str, expected: Truth, runs: int = 2) -> None:
    """With the fault gone, at most `runs` runs finish the work and the one after them writes nothing."""
    world.no_faults()
    for _ in range(runs):
        if truth(world) != expected:
            world.run(integration)
    assert truth(world) == expected
    assert world.run(integration).state == "Nothing to post"
    assert truth(world) == expected


def called(world: World, method: str, route: str) -> int:
    return sum(call["method"] == method and call["route"] == route for call in world.calls())


# -- writes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "integration", "route", "looks_at"),
    [
        ("kamino", "pacto_to_kamino", PERSON, "/api/pessoa/lista/paginada"),
        ("kamino", "pacto_to_kamino", RECEIVABLE, RECEIVABLES),
        ("pacto", "kamino_to_pacto", "/v1/fornecedor", "/v1/fornecedor"),
        ("pacto", "kamino_to_pacto", "/v1/movconta", "/v1/movconta"),
    ],
    ids=["person", "receivable", "supplier", "payment"],
)
def test_a_lost_answer_to_a_create_is_resolved_by_one_look(
    story: World, undisturbed: dict[str, Truth], system: str, integration: str, route: str, looks_at: str
) -> None:
    story.run(integration, dry_run=True)
    reads = called(story, "GET", looks_at)
    story.forget_calls()
    story.fault(system, "answer_lost", method="POST", route=route)

    ran = story.run(integration)

    assert ran.state == "Posted"
    assert truth(story) == undisturbed[integration]
    assert called(story, "GET", looks_at) == reads + 1
    heals(story, integration, undisturbed[integration])


def test_a_lost_answer_to_a_settlement_is_resolved_by_one_look(story: World, undisturbed: dict[str, Truth]) -> None:
    story.fault("kamino", "answer_lost", method="POST", route=RECEIVABLE, on_call=2)

    ran = story.run("pacto_to_kamino")

    assert (ran.state, truth(story)) == ("Posted", undisturbed["pacto_to_kamino"])
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"])


def test_a_lost_answer_to_a_change_is_resolved_by_the_next_reading(world: World) -> None:
    world.plant("pacto", "movparcela", receipt(1))
    world.run("pacto_to_kamino")
    world.plant("pacto", "movparcela", {"codigo": 1, "valor": 149.95})
    world.fault("kamino", "answer_lost", method="POST", route=RECEIVABLE)

    states = [world.run("pacto_to_kamino").state for _ in range(3)]

    assert states == ["Unknown outcome", "Nothing to post", "Nothing to post"]
    assert [verb for _, verb, _ in world.writes()] == ["create", "create", "update"]
    assert world.rows("kamino", "recebimento")[0]["VlrVenc"] == Decimal("149.95")


@pytest.mark.parametrize("nth", [1, 2], ids=["receivable", "settlement"])
@pytest.mark.parametrize(
    ("fault", "arguments"),
    [
        ("request_lost", {}),
        ("answer_lost", {}),
        ("status", {"code": 500}),
        ("status", {"code": 500, "committed": True}),
        ("status", HTML),
        ("status", {**HTML, "committed": True}),
        ("status", {"code": 503}),
        ("status", {"code": 504, "committed": True}),
        ("html_200", {}),
        ("html_200", {"committed": True}),
        ("empty_without_error", {"body": "nothing", "committed": True}),
        ("empty_without_error", {"committed": True}),
        ("truncated_json", {}),
        ("garbled", {}),
        ("deep", {"committed": True}),
        ("redirect", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(map(str, value.values())) or "-",
)
def test_whatever_answers_a_write_the_document_is_posted_once(
    story: World, undisturbed: dict[str, Truth], fault: str, arguments: dict[str, Any], nth: int
) -> None:
    story.fault("kamino", fault, method="POST", route=RECEIVABLE, on_call=nth, **arguments)

    ran = story.run("pacto_to_kamino")

    assert ran.state in ("Posted", "Unknown outcome", "Credential refused")
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"])


@pytest.mark.parametrize("route", ["/v1/fornecedor", "/v1/movconta"], ids=["supplier", "payment"])
@pytest.mark.parametrize("fault", ["request_lost", "html_200", "truncated_json", "garbled"])
def test_whatever_answers_a_write_to_pacto_the_document_is_posted_once(
    story: World, undisturbed: dict[str, Truth], fault: str, route: str
) -> None:
    story.fault("pacto", fault, method="POST", route=route)

    ran = story.run("kamino_to_pacto")

    assert ran.state in ("Posted", "Unknown outcome")
    heals(story, "kamino_to_pacto", undisturbed["kamino_to_pacto"])


def test_a_target_that_answers_nothing_is_left_alone_after_a_few_tries(world: World) -> None:
    world.plant("pacto", "movparcela", *(receipt(n) for n in range(1, 61)))
    world.fault("kamino", "status", method="POST", route=RECEIVABLE, code=500, times=0)

    ran = world.run("pacto_to_kamino")

    assert ran.state == "Unavailable"
    assert called(world, "POST", RECEIVABLE) <= 32
    world.no_faults()
    assert world.run("pacto_to_kamino").state == "Posted"
    assert sorted(row["CodigoExterno"] for row in world.rows("kamino", "recebimento")) == sorted(
        f"PACTO-1-{n}" for n in range(1, 61)
    )


# -- rejections ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["200", "400"])
def test_what_kamino_rejects_is_sent_again_only_when_it_changed(
    story: World, undisturbed: dict[str, Truth], status: str
) -> None:
    story.quirk("kamino", rejections=status)
    story.fault("kamino", "sucesso_false", method="POST", route=RECEIVABLE, message="Período contábil fechado.")

    first = story.run("pacto_to_kamino")
    posts = called(story, "POST", RECEIVABLE)
    second = story.run("pacto_to_kamino")

    assert (first.state, second.state) == ("Rejected", "Nothing to post, some held back")
    assert (posts, called(story, "POST", RECEIVABLE)) == (1, 1)
    assert (
        story.held_back("pacto_to_kamino")["receivable 1"]
        == "O destino recusou este conteúdo: Período contábil fechado."
    )
    story.plant("pacto", "movparcela", {"codigo": 1, "descricao": "PARCELA 1 - PLANO ANUAL (corrigida)"})
    assert story.run("pacto_to_kamino").state == "Posted"
    assert [write[2] for write in truth(story).writes] == ["create", "create", "settle"]


# -- credentials --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("system", "name"), [("pacto", "Pacto"), ("kamino", "Kamino")])
def test_a_credential_that_expired_stops_the_reading_and_the_state_says_whose(
    story: World, undisturbed: dict[str, Truth], system: str, name: str
) -> None:
    story.fault(system, "expired_credential", times=0)

    ran = story.run("pacto_to_kamino")

    assert (ran.state, ran.message.split(":")[0]) == ("Credential refused", name)
    assert story.writes() == []
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"])


@pytest.mark.parametrize(
    ("setting", "value", "name"),
    [
        ("pacto__api_key", "wrong", "Pacto"),
        ("pacto__api_key", "sandbox-pacto-key-without-scopes", "Pacto"),
        ("pacto__company", "2", "Pacto"),
        ("kamino__hash", "wrong", "Kamino"),
        ("kamino__cn", "Academia9999", "Kamino"),
    ],
)
def test_a_wrong_credential_writes_nothing_and_the_state_says_whose(
    story: World, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, name: str
) -> None:
    say(monkeypatch, **{setting: value})

    states = {integration: story.run(integration) for integration in ("pacto_to_kamino", "kamino_to_pacto")}

    assert {ran.state for ran in states.values()} == {"Credential refused"}
    assert {ran.message.split(":")[0] for ran in states.values()} == {name}
    assert value not in "".join(ran.message for ran in states.values())
    assert story.writes() == []


@pytest.mark.parametrize(
    ("integration", "system", "route", "nth", "written"),
    [
        ("pacto_to_kamino", "kamino", PERSON, 1, 0),
        ("pacto_to_kamino", "kamino", RECEIVABLE, 1, 1),
        ("pacto_to_kamino", "kamino", RECEIVABLE, 2, 2),
        ("kamino_to_pacto", "pacto", "/v1/movconta", 1, 1),
        ("kamino_to_pacto", "kamino", "/api/financeiro/pagamento", 1, 2),
    ],
    ids=["person", "receivable", "settlement", "payment", "reference"],
)
def test_a_credential_that_expires_in_the_middle_of_the_push_stops_it(
    story: World, undisturbed: dict[str, Truth], integration: str, system: str, route: str, nth: int, written: int
) -> None:
    story.fault(system, "expired_credential", method="POST", route=route, on_call=nth)

    ran = story.run(integration)

    assert (ran.state, ran.message.split(":")[0]) == ("Credential refused", system.title())
    assert truth(story).writes == undisturbed[integration].writes[:written]
    heals(story, integration, undisturbed[integration], runs=1)


def test_a_key_that_may_only_read_registers_nothing(
    story: World, undisturbed: dict[str, Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        say(patch, pacto__api_key="sandbox-pacto-key-read-only")
        ran = story.run("kamino_to_pacto")

    assert (ran.state, story.writes()) == ("Credential refused", [])
    heals(story, "kamino_to_pacto", undisturbed["kamino_to_pacto"], runs=1)


# -- reads --------------------------------------------------------------------------------------------------

ANSWERS = [
    ("status", {"code": 500}, "Unavailable"),
    ("status", HTML, "Unavailable"),
    ("request_lost", {}, "Unavailable"),
    ("storm_429", {"retry_after": "absurd"}, "Unavailable"),
    ("html_200", {}, "Unreadable answer"),
    ("truncated_json", {}, "Unreadable answer"),
    ("garbled", {}, "Unreadable answer"),
    ("empty_without_error", {"body": "nothing"}, "Unreadable answer"),
    ("deep", {}, "Unreadable answer"),
    ("huge", {"megabytes": 65}, "Unreadable answer"),
]


@pytest.mark.parametrize("route", [("pacto", RECEIPTS), ("kamino", RECEIVABLES)], ids=["pacto", "kamino"])
@pytest.mark.parametrize(("fault", "arguments", "state"), ANSWERS)
def test_a_read_that_cannot_be_trusted_is_repeated_and_then_stops_the_run_before_anything_is_written(
    story: World,
    undisturbed: dict[str, Truth],
    route: tuple[str, str],
    fault: str,
    arguments: dict[str, Any],
    state: str,
) -> None:
    system, path = route
    story.fault(system, fault, method="GET", route=path, times=0, **arguments)

    ran = story.run("pacto_to_kamino")

    assert (ran.state, story.writes()) == (state, [])
    story.no_faults()
    story.fault(system, fault, method="GET", route=path, **arguments)
    assert story.run("pacto_to_kamino").state == "Posted"
    assert truth(story) == undisturbed["pacto_to_kamino"]


@pytest.mark.parametrize("fault", ["drip", "slow"])
def test_an_answer_that_never_ends_is_given_up(
    story: World, undisturbed: dict[str, Truth], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    with monkeypatch.context() as patch:
        say(patch, pacto__timeout_seconds="0.25", kamino__timeout_seconds="5")
        story.fault("pacto", fault, method="GET", route=RECEIPTS, times=0, seconds=0.1 if fault == "drip" else 2)
        ran = story.run("pacto_to_kamino")

    assert (ran.state, story.writes()) == ("Unavailable", [])
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"], runs=1)


def test_a_slow_answer_to_a_write_is_resolved_by_looking(
    story: World, undisturbed: dict[str, Truth], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        say(patch, kamino__timeout_seconds="0.5")
        story.fault("kamino", "slow", method="POST", route=RECEIVABLE, seconds=2)
        ran = story.run("pacto_to_kamino")

    assert (ran.state, truth(story)) == ("Posted", undisturbed["pacto_to_kamino"])
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"])


@contextmanager
def another_host() -> Iterator[tuple[str, list[Any]]]:
    """A listening address, and whoever came to it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.5)
        came: list[Any] = []
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", came
        try:
            came.append(listener.accept()[1])
        except TimeoutError:
            return


@pytest.mark.parametrize(
    ("system", "method", "route"), [("pacto", "GET", RECEIPTS), ("kamino", "POST", PERSON)], ids=["read", "write"]
)
def test_a_redirect_to_another_host_is_refused_and_nobody_goes_there(
    story: World, undisturbed: dict[str, Truth], system: str, method: str, route: str
) -> None:
    with another_host() as (address, came):
        story.fault(system, "redirect", method=method, route=route, location=address)
        ran = story.run("pacto_to_kamino")

    assert (ran.state, story.writes(), came) == ("Credential refused", [], [])
    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"], runs=1)


# -- pages --------------------------------------------------------------------------------------------------

PAGED = [("pacto", RECEIPTS), ("kamino", RECEIVABLES)]
LIES = [("wrong_total", {"by": 7}), ("wrong_total", {"by": -1}), ("empty_page", {}), ("repeated_page", {})]


@pytest.fixture
def paged(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Four receipts, two of them posted before, on pages of one."""
    world.plant("pacto", "movparcela", receipt(1), receipt(2))
    world.run("pacto_to_kamino")
    world.plant("pacto", "movparcela", receipt(3), receipt(4))
    say(monkeypatch, pacto__page_size="1", kamino__page_size="1")
    return world


@pytest.mark.parametrize("route", PAGED, ids=["pacto", "kamino"])
@pytest.mark.parametrize(("lie", "arguments"), [*LIES, ("repeated_page", {"honest": True})])
def test_pages_that_lie_are_read_again_and_then_stop_the_run_before_anything_is_written(
    paged: World, route: tuple[str, str], lie: str, arguments: dict[str, Any]
) -> None:
    system, path = route
    before = paged.writes()
    paged.fault(system, lie, method="GET", route=path, on_call=2, times=0, **arguments)

    always = paged.run("pacto_to_kamino")

    assert (always.state, paged.writes()) == ("Unreadable answer", before)
    paged.no_faults()
    paged.fault(system, lie, method="GET", route=path, on_call=2, **arguments)
    assert paged.run("pacto_to_kamino").state == "Posted"
    assert [row["CodigoExterno"] for row in paged.rows("kamino", "recebimento")] == [
        f"PACTO-1-{n}" for n in (1, 2, 3, 4)
    ]


def test_a_list_of_people_that_comes_empty_creates_nobody_twice(world: World) -> None:
    world.plant("kamino", "pessoa", {"ID": 501, "Nome": BRUNO["nome"], "CPFCNPJ": "11144477735", "Ativo": True})
    world.plant("pacto", "movparcela", receipt(1, pessoa=BRUNO))
    world.fault("kamino", "empty_page", method="GET", route="/api/pessoa/lista")

    world.run("pacto_to_kamino")
    world.run("pacto_to_kamino")

    assert [row["ID"] for row in world.rows("kamino", "pessoa")] == [501]
    assert [row["IDPessoa"] for row in world.rows("kamino", "recebimento")] == [501]


@pytest.mark.parametrize("route", ["/v1/fornecedor", "/v1/movconta"], ids=["supplier", "payment"])
def test_books_that_come_empty_without_an_error_register_nothing_twice(
    story: World, undisturbed: dict[str, Truth], route: str
) -> None:
    story.fault("pacto", "answer_lost", method="POST", route=route)
    story.fault("pacto", "request_lost", method="GET", route=route, on_call=2, times=4)
    story.run("kamino_to_pacto")
    story.no_faults()
    story.fault("pacto", "empty_without_error", method="GET", route=route)

    story.run("kamino_to_pacto")

    heals(story, "kamino_to_pacto", undisturbed["kamino_to_pacto"])


def test_receipts_that_come_empty_without_an_error_wait_for_the_next_run(
    story: World, undisturbed: dict[str, Truth]
) -> None:
    story.fault("pacto", "empty_without_error", method="GET", route=RECEIPTS, times=3)

    story.run("pacto_to_kamino")

    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"], runs=1)


# -- vendors that differ from the notes ---------------------------------------------------------------------


@pytest.mark.parametrize("dates", ["iso", "br", "mixed"])
def test_dates_of_pacto_mean_the_same_in_whatever_form(story: World, undisturbed: dict[str, Truth], dates: str) -> None:
    story.quirk("pacto", dates=dates)

    states = [story.run("pacto_to_kamino").state, story.run("pacto_to_kamino").state]

    assert (states, truth(story)) == (["Posted", "Nothing to post"], undisturbed["pacto_to_kamino"])


@pytest.mark.parametrize("system", ["pacto", "kamino"])
@pytest.mark.parametrize("integration", ["pacto_to_kamino", "kamino_to_pacto"])
def test_filters_may_be_ignored(story: World, undisturbed: dict[str, Truth], integration: str, system: str) -> None:
    story.quirk(system, filters="ignored")

    states = [story.run(integration).state, story.run(integration).state]

    assert (states, truth(story)) == (["Posted", "Nothing to post"], undisturbed[integration])


def test_a_life_ends_alike_whether_kamino_replaces_records_or_merges_them(prefect_server: str, tmp_path: Path) -> None:
    told = []
    for update in ("replace", "partial"):
        folder = tmp_path / update
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch, opened_world(folder, patch) as world:
            world.quirk("kamino", update=update)
            for change in (
                receipt(1),
                {"codigo": 1, **paid()},
                {"codigo": 1, "situacao": "EA", "dataPagamento": None, "valorPago": None},
                {"codigo": 1, "valor": 149.95},
                {"codigo": 1, "situacao": "CA"},
            ):
                world.plant("pacto", "movparcela", change)
                assert world.run("pacto_to_kamino").state == "Posted"
            assert world.run("pacto_to_kamino").state == "Nothing to post"
            told.append(truth(world))

    assert [write[2] for write in told[0].writes] == ["create", "create", "settle", "reopen", "update", "cancel"]
    assert told[0] == told[1]


@pytest.mark.parametrize("nth", [1, 2], ids=["receivable", "settlement"])
def test_a_lost_answer_is_resolved_even_where_kamino_hides_our_reference(
    story: World, undisturbed: dict[str, Truth], nth: int
) -> None:
    story.quirk("kamino", external_code="hidden")
    story.fault("kamino", "answer_lost", method="POST", route=RECEIVABLE, on_call=nth)

    story.run("pacto_to_kamino")

    heals(story, "pacto_to_kamino", undisturbed["pacto_to_kamino"])


def test_payments_are_registered_once_where_kamino_hides_their_reference(
    story: World, undisturbed: dict[str, Truth]
) -> None:
    story.quirk("kamino", external_code="hidden")

    states = [story.run("kamino_to_pacto").state, story.run("kamino_to_pacto").state]

    assert (states, truth(story)) == (["Posted", "Nothing to post"], undisturbed["kamino_to_pacto"])
