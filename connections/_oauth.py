"""OAuth by authorization code: tokens kept on disk, renewed by one process at a time, durable before they are used.

A refresh token works once. Whoever renews holds a lock that all processes share, reads again what is kept, and
writes the new pair down before anybody uses it. A run that is killed between the vendor's answer and the writing
loses the authorization: the next one says so and what to do, and asks no more.
"""

import base64
import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Self
from urllib.parse import urlencode

import httpx
from filelock import AsyncFileLock
from pydantic import SecretStr, model_validator

from connections._errors import Disconnected, Unavailable, Unreadable
from connections._http import Answer, Connection
from connections._json import Json, parse
from connections._settings import SystemSettings, data_root

# Documented: an hour. Said where an answer does not say it, or says something else than a number of seconds.
LIFETIME_SECONDS = 3600.0
# A token that ends while a call is under way would cost that call.
ENDS_SOON_SECONDS = 60
CONNECT = "rode: contrapartida connect {name} --tenant {tenant}"


class OAuthSettings(SystemSettings):
    """What an application that was registered with the vendor needs."""

    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr | None = None
    """A first refresh token, for machines where nobody can follow a link; `contrapartida connect` needs none."""
    generation: Literal["a", "b"] = "b"
    login_url: str | None = None

    @model_validator(mode="after")
    def _login_address_is_allowed(self) -> Self:
        if self.login_url:
            self.checked(self.login_url, "login_url")
        return self


@dataclass(frozen=True)
class Pair:
    """What the vendor gave last: `seed` tells which first token of the settings it grew from."""

    access_token: str
    refresh_token: str
    ends_at: float
    seed: str = ""

    @property
    def ends_soon(self) -> bool:
        return time.time() > self.ends_at - ENDS_SOON_SECONDS


class Safe:
    """Where the tokens of one system of one tenant are kept: a file that only its owner may read."""

    def __init__(self, tenant: str, system: str) -> None:
        self._file = data_root() / tenant / "tokens" / f"{system}.json"

    @property
    def lock(self) -> AsyncFileLock:
        """Held by whoever renews."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return AsyncFileLock(self._file.with_suffix(".lock"))

    def read(self) -> Pair | None:
        try:
            return Pair(**json.loads(self._file.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise Disconnected(f"{self._file.name} não pode ser lido; conecte de novo") from error

    def write(self, pair: Pair) -> None:
        """Durable when this returns: written beside, synced, renamed."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = self._file.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(pair), file)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class OAuthConnection(Connection):
    """A system that is reached with an access token of an hour; says where its authorization server is."""

    settings_class: ClassVar[type[OAuthSettings]]
    settings: OAuthSettings
    scope: ClassVar[str]

    def __init__(self, settings: OAuthSettings) -> None:
        super().__init__(settings)
        self.safe = Safe(settings.tenant, self.system)
        self._pair: Pair | None = None

    # -- vendor ---------------------------------------------------------------------------------------------

    def authorize_url(self) -> str:
        """Where a person consents."""
        raise NotImplementedError

    def token_url(self) -> str:
        """Where a code or a refresh token is spent."""
        raise NotImplementedError

    # -- use ------------------------------------------------------------------------------------------------

    def consent_url(self, redirect_uri: str, state: str) -> str:
        """The link that a person follows; the address to return to stands in it as it is (observed)."""
        plain = urlencode({"response_type": "code", "client_id": self.settings.client_id, "state": state})
        return f"{self.authorize_url()}?{plain}&scope={self.scope}&redirect_uri={redirect_uri}"

    async def connect(self, code: str, redirect_uri: str) -> None:
        """Spends the code that the consent brought, and keeps the tokens."""
        async with self.safe.lock:
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
            self._keep(await self._spend(form))

    def headers(self) -> dict[str, str]:
        pair = self._pair or self.safe.read()
        if pair is None or pair.ends_soon:
            return {}
        self._pair = pair
        return {"Authorization": f"Bearer {pair.access_token}"}

    def credential(self) -> str:
        return f"{self.settings.client_id}|{self.settings.tenant}"

    async def sign_in(self) -> bool:
        """A new pair, unless another process has brought one meanwhile."""
        async with self.safe.lock:
            kept = self.safe.read()
            if kept and not kept.ends_soon and kept != self._pair:
                self._pair = kept
                return True
            newest = self._newest(kept)
            form = {"grant_type": "refresh_token", "refresh_token": newest}
            self._keep(await self._spend(form), newest)
        return True

    # -- inside ---------------------------------------------------------------------------------------------

    async def _exchange(self, method: str, path: str, params: dict[str, Any] | None, content: bytes | None) -> Answer:
        """A token is at hand before anything is asked; one that is refused all the same is renewed once."""
        if not self.headers():
            await self._signed_in_since({})
        return await super()._exchange(method, path, params, content)

    def _newest(self, kept: Pair | None) -> str:
        """The token to spend: the kept one, unless the settings were given another first one since."""
        seed = self.settings.refresh_token
        if kept and (seed is None or kept.seed in ("", _digest(seed))):
            return kept.refresh_token
        if seed is None:
            raise self._disconnected("ainda não foi autorizada")
        return seed.get_secret_value()

    def _keep(self, body: dict[str, Any], spent: str = "") -> None:
        """A renewal that brings no new refresh token leaves the one that was `spent` in force."""
        seed = self.settings.refresh_token
        ends_at = time.time() + _lifetime(body.get("expires_in"))
        pair = Pair(body["access_token"], body.get("refresh_token") or spent, ends_at, _digest(seed) if seed else "")
        self.safe.write(pair)
        self._pair = pair

    async def _spend(self, form: dict[str, str]) -> dict[str, Any]:
        secret = self.settings.client_secret.get_secret_value()
        basic = base64.b64encode(f"{self.settings.client_id}:{secret}".encode()).decode()
        try:
            answer = await self._client.post(
                self.token_url(), data=form, headers={"Authorization": f"Basic {basic}"}, params=None
            )
        except httpx.TransportError as error:
            raise Unavailable(f"{self._name}: o servidor de autorização não respondeu") from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise Unavailable(f"{self._name}: o servidor de autorização respondeu {answer.status_code}")
        try:
            body = parse(answer.content)
        except Unreadable as error:
            raise Unavailable(f"{self._name}: o servidor de autorização respondeu algo ilegível") from error
        if answer.status_code not in (200, 201) or not _is_grant(body, renewed="refresh_token" in form):
            raise self._disconnected(f"não está mais autorizada ({_why(body)})")
        return dict(body)

    def _disconnected(self, what: str) -> Disconnected:
        act = CONNECT.format(name=self.system, tenant=self.settings.tenant)
        return Disconnected(f"{self._name}: a integração {what}; {act}")


def _is_grant(body: Json, *, renewed: bool) -> bool:
    """Whether there is a token in it; a first answer must bring what it is renewed with, too."""
    wanted = ("access_token",) if renewed else ("access_token", "refresh_token")
    kept = ("access_token", "refresh_token")
    return (
        isinstance(body, dict)
        and all(body.get(name) for name in wanted)
        and all(isinstance(body.get(name) or "", str) for name in kept)
    )


def _lifetime(said: Any) -> float:
    """How many seconds an access token works: what the answer says where that is a number of them."""
    try:
        seconds = float(said)
    except (TypeError, ValueError, OverflowError):
        return LIFETIME_SECONDS
    return seconds if ENDS_SOON_SECONDS < seconds < 10 * 365 * 86_400 else LIFETIME_SECONDS


def _why(body: Json) -> str:
    said = [body.get(name) for name in ("error", "error_subtype")] if isinstance(body, dict) else []
    return ", ".join(str(each) for each in said if each) or "resposta sem tokens"


def _digest(secret: SecretStr) -> str:
    return hashlib.sha256(secret.get_secret_value().encode()).hexdigest()[:16]
