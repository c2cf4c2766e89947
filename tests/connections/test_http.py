"""Calls and their answers: what is repeated, what is not, what is refused, and what is said of it."""

import gzip
import itertools
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import stamina

import connections._http as http
from connections._errors import Denied, Missing, NotSent, Problem, Refused, Rejected, Unavailable, Unknown, Unreadable
from connections._http import READ_TRIES, TURNED_AWAY_TRIES, Connection, wrote
from tests.connections._vendor import DROP, Said, Shop, Vendor, shop, vendor

HTML = Said(200, b"<html>Entrar</html>", {"Content-Type": "text/html"})
BUSY = Said(429, b"Rate limit excedido")
DENIED = (
    "Shop: credencial recusada ou sem permissão (status {status}, {call}); "
    "verifique as chaves e as permissões do usuário da integração"
)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """Repeated at once, as often as ever."""
    stamina.set_testing(True, attempts=READ_TRIES, cap=True)
    yield
    stamina.set_testing(False)


@pytest.fixture
def there() -> Iterator[Vendor]:
    with vendor() as made:
        yield made


@pytest.fixture
def ours(there: Vendor) -> Iterator[Shop]:
    with shop(there.url) as made:
        yield made


@dataclass(frozen=True)
class Comes:
    """What comes of a call: a body or a problem, after so many calls, and whether something was written, or may be."""

    body: Any = None
    problem: type[Problem] | None = None
    says: str | None = None
    calls: int = 1
    wrote: bool = False


def came(connection: Connection, there: Vendor, method: str) -> Comes:
    async def asked() -> Comes:
        wrote.set(False)
        try:
            if method == "GET":
                body = await connection.read("/things")
            else:
                body = await connection.write("/things", {"a": 1})
        except Problem as problem:
            return Comes(None, type(problem), str(problem), len(there.asked), wrote.get())
        return Comes(body, calls=len(there.asked), wrote=wrote.get())

    return connection.wait(asked)


READS: dict[str, tuple[list[Any], Comes]] = {
    "an answer": ([Said()], Comes({"ok": True})),
    "a passing failure": ([Said(503), Said(500), Said(504), Said()], Comes({"ok": True}, calls=4)),
    "a failure that does not pass": (
        [Said(502, b"<html>")],
        Comes(None, Unavailable, "Shop: respondeu 502 (GET /things)", READ_TRIES),
    ),
    "turned away, then let in": ([BUSY, BUSY, Said()], Comes({"ok": True}, calls=3)),
    "turned away for good": ([BUSY], Comes(None, Unavailable, "Shop: respondeu 429 (GET /things)", READ_TRIES)),
    "a dropped connection": ([DROP, Said()], Comes({"ok": True}, calls=2)),
    "nobody answers": (
        [DROP],
        Comes(None, Unavailable, "Shop: sem resposta (RemoteProtocolError, GET /things)", READ_TRIES),
    ),
    "half an answer": (
        [Said(headers={"Content-Length": "500"}, pieces=[b'{"content":', DROP])],
        Comes(None, Unavailable, "Shop: sem resposta (RemoteProtocolError, GET /things)", READ_TRIES),
    ),
    "truncated JSON": (
        [Said(body=b'{"content":[')],
        Comes(None, Unreadable, "Shop: a resposta não é JSON completo (GET /things)", READ_TRIES),
    ),
    "a page for people": (
        [HTML],
        Comes(None, Unreadable, "Shop: a resposta não é JSON completo (GET /things)", READ_TRIES),
    ),
    "a page for people, once": ([HTML, Said()], Comes({"ok": True}, calls=2)),
    "an error under 200": (
        [Said(body=b'{"error":"filtro"}')],
        Comes(None, Refused, "Shop: recusou a leitura: filtro (GET /things)"),
    ),
    "an error under 400": (
        [Said(400, b'{"error":"filtro"}')],
        Comes(None, Refused, "Shop: recusou a leitura: filtro (GET /things)"),
    ),
    "an error of another envelope": (
        [Said(422, b'{"errors":[{"description":"per\xc3\xadodo longo demais"}]}')],
        Comes(None, Refused, "Shop: recusou a leitura: período longo demais (GET /things)"),
    ),
    "an error on a page for people": (
        [Said(400, b"<html><h1>Filtro</h1></html>")],
        Comes(None, Refused, "Shop: recusou a leitura: Filtro (GET /things)"),
    ),
    "locked, then open": ([Said(423), Said(425), Said(408), Said()], Comes({"ok": True}, calls=4)),
    "an error without words": (
        [Said(400, b"{}")],
        Comes(None, Refused, "Shop: recusou a leitura: 400 (GET /things)"),
    ),
    "not there": ([Said(404, b"{}")], Comes(None, Missing, "Shop: não existe lá (GET /things)")),
    "a wrong credential": ([Said(401, b"{}")], Comes(None, Denied, DENIED.format(status=401, call="GET /things"))),
    "no permission": ([Said(403, b"{}")], Comes(None, Denied, DENIED.format(status=403, call="GET /things"))),
}
BASE = "verifique o endereço base"
WRITES: dict[str, tuple[list[Any], Comes]] = {
    "accepted": ([Said(201, b'{"id":7}')], Comes({"id": 7}, wrote=True)),
    "accepted without a word": ([Said(204, b"")], Comes(None, wrote=True)),
    "accepted without a word, under another status": ([Said(202, b" ")], Comes(None, wrote=True)),
    "turned away unread, then let in": ([BUSY, BUSY, Said()], Comes({"ok": True}, calls=3, wrote=True)),
    "turned away unread for good": (
        [BUSY],
        Comes(
            None,
            NotSent,
            "Shop: limite de chamadas atingido; nada foi gravado (POST /things)",
            TURNED_AWAY_TRIES,
        ),
    ),
    **{
        f"turned away for now by {status}": (
            [Said(status, b"{}")],
            Comes(None, NotSent, f"Shop: não aceitou agora; nada foi gravado (status {status}, POST /things)"),
        )
        for status in (423, 425)
    },
    "refused under 200": (
        [Said(body=b'{"error":"Pessoa {0} inv\xc3\xa1lida"}')],
        Comes(None, Rejected, "Pessoa {0} inválida"),
    ),
    "refused under 400": ([Said(400, b'{"error":"Valor"}')], Comes(None, Rejected, "Valor")),
    "refused in another envelope": (
        [Said(422, b'{"title":"Dados","errors":{"valor":["negativo"]}}')],
        Comes(None, Rejected, "Dados; valor: negativo"),
    ),
    "refused in plain text": ([Said(409, b"J\xe1 existe")], Comes(None, Rejected, "Já existe")),
    "refused by a page for people": (
        [Said(404, b"<html><style>h1 {}</style><h1>Rota n\xc3\xa3o existe</h1></html>")],
        Comes(None, Rejected, "Rota não existe"),
    ),
    "refused without words": ([Said(422, b"{}")], Comes(None, Rejected, "respondeu 422")),
    "refused by an empty page": ([Said(400, b"<html>")], Comes(None, Rejected, "respondeu 400")),
    **{
        f"failed over there with {status}": (
            [Said(status, b'{"error":"indispon\xc3\xadvel"}')],
            Comes(None, Unknown, f"Shop: respondeu {status} (POST /things)", wrote=True),
        )
        for status in (408, 499, 500, 501, 502, 503, 504, 520, 599)
    },
    "a gateway's page": (
        [Said(502, b"<html>")],
        Comes(None, Unknown, "Shop: respondeu 502 (POST /things)", wrote=True),
    ),
    "a page for people under 200": (
        [HTML],
        Comes(None, Unknown, "Shop: a resposta não é JSON completo (status 200, POST /things)", wrote=True),
    ),
    "half an answer": (
        [Said(headers={"Content-Length": "500"}, pieces=[b'{"id":', DROP])],
        Comes(None, Unknown, "Shop: enviado e sem resposta (RemoteProtocolError, POST /things)", wrote=True),
    ),
    "no answer": (
        [DROP],
        Comes(None, Unknown, "Shop: enviado e sem resposta (RemoteProtocolError, POST /things)", wrote=True),
    ),
    "a wrong credential": ([Said(401, b"{}")], Comes(None, Denied, DENIED.format(status=401, call="POST /things"))),
    **{
        f"sent elsewhere by {status}, where it is to be made again": (
            [Said(status, b"", {"Location": "http://elsewhere.example/things"})],
            Comes(None, Denied, f"Shop: redirecionamento recusado (POST /things); {BASE}"),
        )
        for status in (307, 308)
    },
    **{
        f"sent elsewhere by {status}, as a form is that was taken": (
            [Said(status, b"", {"Location": "http://elsewhere.example/things"})],
            Comes(
                None,
                Unknown,
                "Shop: respondeu com um redirecionamento, e não se sabe se gravou "
                f"(status {status}, POST /things); {BASE}",
                wrote=True,
            ),
        )
        for status in (300, 301, 302, 303)
    },
}


@pytest.mark.parametrize("answer", READS)
def test_a_read(ours: Shop, there: Vendor, answer: str) -> None:
    there.answers, comes = list(READS[answer][0]), READS[answer][1]
    assert came(ours, there, "GET") == comes


@pytest.mark.parametrize("answer", WRITES)
def test_a_write_is_sent_once_unless_it_was_turned_away_unread(ours: Shop, there: Vendor, answer: str) -> None:
    there.answers, comes = list(WRITES[answer][0]), WRITES[answer][1]
    assert came(ours, there, "POST") == comes


def test_a_refusal_carries_the_status_of_its_answer(ours: Shop, there: Vendor) -> None:
    there.answers = [Said(404, b"{}"), Said(200, b'{"error":"Valor"}')]
    statuses = []
    for _ in range(2):
        with pytest.raises(Rejected) as told:
            ours.wait(ours.write, "/things", {})
        statuses.append(told.value.status)
    assert statuses == [404, 200]


@pytest.mark.parametrize(("method", "problem"), [("GET", Unavailable), ("POST", NotSent)])
def test_nobody_at_home_means_that_nothing_was_sent(method: str, problem: type[Problem]) -> None:
    with vendor() as gone:
        pass
    with shop(gone.url) as ours:
        told = came(ours, gone, method)
    assert (told.problem, told.calls, told.wrote) == (problem, 0, False)


@pytest.mark.parametrize(("method", "problem"), [("GET", Unavailable), ("POST", NotSent)])
def test_a_name_that_does_not_resolve_means_that_nothing_was_sent(
    ours: Shop, there: Vendor, monkeypatch: pytest.MonkeyPatch, method: str, problem: type[Problem]
) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(ours, "_sent", unknown)
    assert came(ours, there, method).problem is problem


# -- what is hostile -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_nobody_else_is_asked(ours: Shop, there: Vendor, method: str, status: int) -> None:
    with vendor() as elsewhere:
        there.answers = [Said(status, b"", {"Location": f"{elsewhere.url}/things"})]
        told = came(ours, there, method)
    problem = Denied if method == "GET" or status in (307, 308) else Unknown
    assert (told.problem, told.calls, elsewhere.asked) == (problem, 1, [])


ENDLESS = {
    "one large answer": Said(body=b'"' + b"a" * 5000 + b'"'),
    "an answer without end": Said(pieces=list(itertools.repeat(b"[", 5000))),
    "a small answer that swells": Said(body=gzip.compress(b" " * 100_000), headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("answer", ENDLESS)
def test_no_answer_is_taken_beyond_the_limit(
    ours: Shop, there: Vendor, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER_BYTES", 1000)
    there.answers = [ENDLESS[answer]]
    assert (came(ours, there, "GET").problem, came(ours, there, "POST").problem) == (Unreadable, Unknown)


def test_an_answer_that_trickles_is_not_waited_for(there: Vendor) -> None:
    stamina.set_testing(True, attempts=1)
    there.answers = [Said(pieces=(_slowly() for _ in itertools.count()))]
    with shop(there.url, timeout_seconds=0.2) as ours:
        told = came(ours, there, "GET")
    assert (told.problem, told.says) == (Unavailable, "Shop: sem resposta (TimeoutError, GET /things)")


def _slowly() -> bytes:
    time.sleep(0.05)  # the vendor's, not ours: each byte arrives well within the timeout of a single read
    return b" "


def test_an_answer_that_cannot_be_unpacked_is_no_answer(ours: Shop, there: Vendor) -> None:
    there.answers = [Said(body=b"not gzip", headers={"Content-Encoding": "gzip"})]
    assert (came(ours, there, "GET").problem, came(ours, there, "POST").problem) == (Unavailable, Unknown)


def test_a_proxy_of_the_environment_never_sees_the_sandbox(there: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with shop(there.url) as ours:
        assert came(ours, there, "GET") == Comes({"ok": True})


def test_a_problem_and_a_log_never_hold_the_credential_or_the_question(
    ours: Shop, there: Vendor, caplog: pytest.LogCaptureFixture
) -> None:
    there.answers = [Said(500, b"{}")]
    with pytest.raises(Unavailable) as told:
        ours.wait(ours.read, "/things", {"cpf": "39053344705"})
    assert there.asked[0][1] == "/things?cpf=39053344705"
    for text in (str(told.value), repr(told.value.__cause__), caplog.text):
        assert ("39053344705" in text, "Bearer" in text) == (False, False)


# -- what is counted -----------------------------------------------------------------------------------------------


def test_calls_are_counted_by_method(ours: Shop, there: Vendor) -> None:
    there.answers = [Said(503), Said()]
    came(ours, there, "GET")
    came(ours, there, "POST")
    assert ours.calls == {"GET": 2, "POST": 1}


def test_reads_and_writes_share_one_kept_connection(ours: Shop, there: Vendor) -> None:
    for method in ("GET", "POST", "GET"):
        came(ours, there, method)
    pool: Any = ours._client._transport
    assert len(pool._pool.connections) == 1
