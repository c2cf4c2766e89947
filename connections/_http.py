"""How every system is reached: one client, one budget, one reading of errors, for reads and for writes.

A read may be repeated; a write never is, unless the system said that it turned it away unread (429). What a write came
to is told by its answer's status alone: accepted, refused, turned away unread, or not to be known.
What a system answers is hostile input: size, time and shape are limited, redirects are refused.
"""

import asyncio
import logging
import socket
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

import httpx
import stamina
from anyio.from_thread import BlockingPortal, start_blocking_portal

from connections._budget import Allowance, Budget
from connections._errors import Denied, Missing, NotSent, Problem, Refused, Rejected, Unavailable, Unknown, Unreadable
from connections._json import Json, dump, parse
from connections._pause import seconds_to_wait
from connections._settings import SystemSettings
from connections._stopping import heed
from connections._words import words_of

# Addresses hold tax ids as query parameters, and httpx logs every address.
logging.getLogger("httpx").setLevel(logging.WARNING)

LARGEST_ANSWER_BYTES = 64 * 1024 * 1024
LONGEST_NAP_SECONDS = 0.5
"""Whoever stops a run does not wait for the end of a system's pause."""
READ_TRIES = 4
TURNED_AWAY_TRIES = 5
TURNED_AWAY = frozenset({423, 425, 429})
"""Locked, too early, too many: said before anything was done."""
GAVE_UP_WAITING = frozenset({408, 499})
"""Said by whoever stands between us and the system: what the system did meanwhile, nobody says."""
ASKED_ELSEWHERE = frozenset({307, 308})
"""The same call is to be made at another address: at this one nothing was done. The other redirects are also how a form
is answered that was taken, and say nothing."""
GONE = frozenset({404, 410})
REFUSED_CREDENTIAL = frozenset({401, 403})

T = TypeVar("T")
wrote: ContextVar[bool] = ContextVar("wrote", default=False)
"""Whether a write of this task was accepted, or may have been: whatever is raised later, something was sent. Whoever
wants to know sets it to False before."""


@dataclass(frozen=True)
class Answer:
    """What came back, whole: no answer is looked at before its last byte is here."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True)
class Reading:
    """What a read brought: the body, and the headers, where some systems say what page it is."""

    body: Json
    headers: httpx.Headers


@cache
def _authorities() -> ssl.SSLContext:
    """Whom every connection trusts; reading them takes longer than a short run's calls, so it is done once."""
    return httpx.create_ssl_context()


class _Passing(Exception):
    """A read that may succeed when repeated; `problem` is what remains when it does not."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Connection:
    """One system as one tenant reaches it. A system says how by overriding the methods marked "vendor".

    Used as a context manager. Its coroutines run on one loop of its own (`wait`), so that reads from threads
    and concurrent writes share the same kept-alive connections and the same budget.
    """

    system: ClassVar[str]
    settings_class: ClassVar[type[SystemSettings]]
    media_type: ClassVar[str] = "application/json"

    def __init__(self, settings: SystemSettings) -> None:
        self.settings = settings
        self.calls: Counter[str] = Counter()
        self._exit = ExitStack()
        self._not_before = 0.0
        self._signing_in = asyncio.Lock()

    # -- vendor ---------------------------------------------------------------------------------------------

    def headers(self) -> dict[str, str]:
        """The headers that authenticate a call."""
        raise NotImplementedError

    async def sign_in(self) -> bool:
        """Gets the token that `headers` sends, after a 401; False where the system gives none for asking."""
        return False

    def credential(self) -> str:
        """What the system counts calls by; never shown, only hashed."""
        raise NotImplementedError

    def allowance(self, method: str, path: str) -> tuple[str, Allowance]:
        """The budget that a call spends from, and its size."""
        raise NotImplementedError

    def refusal(self, body: Json) -> str | None:
        """The system's own words when `body` is an error, under whatever status it came."""
        raise NotImplementedError

    def encode(self, body: Json) -> bytes:
        """`body` as it travels."""
        return dump(body)

    def decode(self, body: bytes) -> Json:
        """What came, as `refusal` and whoever asked for it read it. Raises Unreadable."""
        return parse(body)

    def denies(self, answer: Answer) -> bool:
        """Whether the credential was refused; some systems say so in the body, under whatever status."""
        return answer.status in REFUSED_CREDENTIAL

    async def probe(self) -> None:
        """One cheap read that only a good credential is answered. Raises Denied, Unreadable or Unavailable."""
        raise NotImplementedError

    def concurrency(self) -> int:
        """How many writes may be under way at once: no more than a quarter of the budget, 16 at most."""
        _, allowance = self.allowance("POST", "/")
        return max(1, min(16, allowance.calls // 4))

    # -- use ------------------------------------------------------------------------------------------------

    async def read(self, path: str, params: dict[str, Any] | None = None) -> Json:
        """GET, repeated while the failure may pass. Raises Denied, Unreadable or Unavailable."""
        return (await self.ask(path, params)).body

    async def ask(self, path: str, params: dict[str, Any] | None = None, question: Json = None) -> Reading:
        """The same with the headers; a `question` is sent by POST, as systems want it whose searches have a body."""
        try:
            async for attempt in stamina.retry_context(
                on=_Passing, attempts=READ_TRIES, wait_initial=0.3, wait_max=20, timeout=None
            ):
                with attempt:
                    return await self._read_once(path, params, question)
        except _Passing as passing:
            raise passing.problem from passing.__cause__
        raise AssertionError("stamina returns or raises")

    async def write(self, path: str, body: Json, params: dict[str, Any] | None = None, *, method: str = "POST") -> Json:
        """Sends once; the answer, None where it is empty. Raises Rejected, Denied, NotSent, or Unknown: no answer to
        trust. `wrote` is set where something was, or may have been, accepted.
        """
        content = self.encode(body)
        call = f"{method} {path}"
        for tries_left in reversed(range(TURNED_AWAY_TRIES)):
            answer = await self._written(method, path, params, content)
            if answer.status != 429 or not tries_left:
                break
            self._pause(answer)
        try:
            said = self._outcome(answer, call)
        except Unknown:
            wrote.set(True)
            raise
        wrote.set(True)
        return said

    def wait(self, work: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Runs a coroutine function on this connection's loop, from any thread, and returns its result."""
        return self._portal.call(work, *arguments)

    def __enter__(self) -> Self:
        portal: AbstractContextManager[BlockingPortal] = start_blocking_portal()
        self._portal = self._exit.enter_context(portal)
        self._budget = Budget(f"{self.system}|{self.settings.base_url}|{self.credential()}")
        self._exit.callback(self._budget.close)
        self._client = self._portal.call(self._new_client)
        self._exit.callback(lambda: self._portal.call(self._client.aclose))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.__exit__(kind, error, trace)

    # -- inside ---------------------------------------------------------------------------------------------

    @property
    def _name(self) -> str:
        return self.system.replace("_", " ").title()

    async def _new_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.settings.base_url,
            headers={"Accept": self.media_type},
            timeout=self.settings.timeout_seconds,
            follow_redirects=False,
            verify=_authorities(),
            trust_env=not self.settings.sandbox,
        )

    async def _read_once(self, path: str, params: dict[str, Any] | None, question: Json) -> Reading:
        method, content = ("GET", None) if question is None else ("POST", self.encode(question))
        call = f"{method} {path}"
        try:
            answer = await self._exchange(method, path, params, content)
        except (httpx.RequestError, TimeoutError, socket.gaierror) as error:
            raise _Passing(self._silent(error, call)) from error
        if _may_pass(answer.status) and not self.denies(answer):
            if answer.status == 429:
                self._pause(answer)
            raise _Passing(
                Unavailable(
                    "{system}: respondeu {status} ({call})",
                    system=self._name,
                    status=answer.status,
                    call=call,
                )
            )
        self._refuse_denial(answer, call)
        if 300 <= answer.status < 400:
            raise self._moved(call)
        if answer.status in GONE:
            raise Missing("{system}: não existe lá ({call})", system=self._name, call=call)
        try:
            body = self.decode(answer.body)
        except Unreadable as error:
            if answer.status >= 400:
                raise self._read_refused(answer, None, call) from error
            problem = Unreadable("{system}: {error} ({call})", system=self._name, error=error, call=call)
            raise _Passing(problem) from error
        if answer.status >= 400 or self.refusal(body):
            raise self._read_refused(answer, self.refusal(body), call)
        return Reading(body, answer.headers)

    def _read_refused(self, answer: Answer, words: str | None, call: str) -> Refused:
        told = words or words_of(answer.body) or str(answer.status)
        return Refused("{system}: recusou a leitura: {words} ({call})", system=self._name, words=told, call=call)

    def _silent(self, error: Exception, call: str) -> Unavailable:
        why = type(error).__name__
        return Unavailable("{system}: sem resposta ({why}, {call})", system=self._name, why=why, call=call)

    async def _written(self, method: str, path: str, params: dict[str, Any] | None, content: bytes) -> Answer:
        given: dict[str, Any] = {"system": self._name, "call": f"{method} {path}"}
        try:
            return await self._exchange(method, path, params, content)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, socket.gaierror) as error:
            raise NotSent("{system}: sem conexão; nada foi enviado ({call})", **given) from error
        except (httpx.RequestError, TimeoutError, Unreadable) as error:
            wrote.set(True)
            why = type(error).__name__
            raise Unknown("{system}: enviado e sem resposta ({why}, {call})", why=why, **given) from error

    def _outcome(self, answer: Answer, call: str) -> Json:
        """What an accepted write was answered, None where that is nothing; raises what became of any other."""
        given: dict[str, Any] = {"system": self._name, "status": answer.status, "call": call}
        self._refuse_denial(answer, call)
        if answer.status == 429:
            raise NotSent("{system}: limite de chamadas atingido; nada foi gravado ({call})", **given)
        if answer.status in TURNED_AWAY:
            raise NotSent("{system}: não aceitou agora; nada foi gravado (status {status}, {call})", **given)
        if answer.status in ASKED_ELSEWHERE:
            raise self._moved(call)
        if 300 <= answer.status < 400:
            raise Unknown(
                "{system}: respondeu com um redirecionamento, e não se sabe se gravou (status {status}, {call}); "
                "verifique o endereço base",
                **given,
            )
        if answer.status in GAVE_UP_WAITING or answer.status >= 500:
            raise Unknown("{system}: respondeu {status} ({call})", **given)
        if answer.status < 400 and not answer.body.strip():
            return None
        try:
            body = self.decode(answer.body)
        except Unreadable as error:
            if answer.status >= 400:
                raise _rejected(answer, None) from error
            raise Unknown("{system}: {error} (status {status}, {call})", error=error, **given) from error
        words = self.refusal(body)
        if words or answer.status >= 400:
            raise _rejected(answer, words)
        return body

    def _refuse_denial(self, answer: Answer, call: str) -> None:
        if self.denies(answer):
            raise Denied(
                "{system}: credencial recusada ou sem permissão (status {status}, {call}); "
                "verifique as chaves e as permissões do usuário da integração",
                system=self._name,
                status=answer.status,
                call=call,
            )

    def _moved(self, call: str) -> Denied:
        return Denied(
            "{system}: redirecionamento recusado ({call}); verifique o endereço base", system=self._name, call=call
        )

    async def _exchange(self, method: str, path: str, params: dict[str, Any] | None, content: bytes | None) -> Answer:
        """One call and its answer; one that a 401 turned away is made again with a new token."""
        used = self.headers()
        answer = await self._sent(method, path, params, content)
        if answer.status == 401 and await self._signed_in_since(used):
            answer = await self._sent(method, path, params, content)
        return answer

    async def _signed_in_since(self, used: dict[str, str]) -> bool:
        """Whether another token than the `used` one is at hand now; calls under way sign in once."""
        async with self._signing_in:
            return self.headers() != used or await self.sign_in()

    async def _sent(self, method: str, path: str, params: dict[str, Any] | None, content: bytes | None) -> Answer:
        key, allowance = self.allowance(method, path)
        await self._turn(key, allowance)
        headers = {**self.headers(), **({"Content-Type": self.media_type} if content else {})}
        self.calls[method] += 1
        async with (
            asyncio.timeout(self.settings.timeout_seconds * 2),
            self._client.stream(method, path, params=params, content=content, headers=headers) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER_BYTES:
                    raise Unreadable(
                        "{system}: resposta maior que {most} bytes", system=self._name, most=LARGEST_ANSWER_BYTES
                    )
        answer = Answer(response.status_code, response.headers, bytes(body))
        if answer.status != 429 and answer.headers.get("RateLimit-Remaining") == "0":
            self._pause(answer)
        return answer

    async def _turn(self, key: str, allowance: Allowance) -> None:
        """Waits out a pause first and spends then: calls that waited together must not leave together."""
        while True:
            while (left := self._not_before - time.monotonic()) > 0:
                heed()
                await asyncio.sleep(min(left, LONGEST_NAP_SECONDS))
            await self._budget.spend(key, allowance)
            heed()
            if time.monotonic() >= self._not_before:
                return

    def _pause(self, answer: Answer) -> None:
        seconds = seconds_to_wait(
            answer.headers, turned_away=answer.status == 429, longest=self.settings.longest_pause_seconds
        )
        self._not_before = max(self._not_before, time.monotonic() + seconds)


def _may_pass(status: int) -> bool:
    """Whether the same read may be answered in a moment."""
    return status in TURNED_AWAY or status in GAVE_UP_WAITING or status >= 500


def _rejected(answer: Answer, words: str | None) -> Rejected:
    """The system's refusal, in its own words where it has any."""
    if told := words or words_of(answer.body):
        return Rejected(told, status=answer.status)
    return Rejected("respondeu {answered}", status=answer.status, answered=answer.status)
