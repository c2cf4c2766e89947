"""Conta Azul's authorization: a code for three minutes, tokens for an hour, a refresh token that works once."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from sandbox._call import Answer, Call, RefusedError, Route
from sandbox._table import Row, Table
from sandbox._world import World

CODE_SECONDS, TOKEN_SECONDS = 180, 3600
SCOPE = "openid+profile+aws.cognito.signin.user.admin"
COMPANY = "e1b0f1de-52a1-4f0e-9d59-6c6f4d9d7a10"
CREDENTIALS: Row = {
    "client_id": "3p1kq8sandboxclient",
    "client_secret": "sandbox-only-conta-azul-secret",
    "refresh_token": "sandbox-first-refresh-token",
}
# The docs of the first generation name `auth`, those of the second `login` and `api-v2`: both answer alike.
AUTHORIZE = ("/oauth2/authorize", "/login", "/oauth/authorize")
TOKEN = ("/oauth2/token", "/oauth/token")


class OAuth:
    """The authorization server. What it gave out is kept in a table, so that it survives a restart."""

    def __init__(self, world: World, tokens: Table) -> None:
        self.world = world
        self.tokens = tokens
        tokens.load([{"key": CREDENTIALS["refresh_token"], "kind": "refresh", "state": "live"}])

    def routes(self) -> list[Route]:
        """Both generations of addresses."""
        return [
            *(Route("GET", path, self.authorize, "open") for path in AUTHORIZE),
            *(Route("POST", path, self.token, "open") for path in TOKEN),
            Route("DELETE", "/oauth/connections/{company}", self.revoke),
        ]

    def allows(self, call: Call) -> bool:
        """Whether the call carries an access token that is still good."""
        scheme, _, token = call.headers.get("authorization", "").partition(" ")
        row = self.tokens.rows.get(token)
        return scheme == "Bearer" and row is not None and row["kind"] == "access" and self._is_good(row)

    def authorize(self, call: Call) -> Answer:
        """Consent is given at once. The redirect address must stand there literally, scopes joined by a plus."""
        asked = call.query
        if asked.get("client_id") != CREDENTIALS["client_id"] or asked.get("response_type") != "code":
            return Answer({"error": "invalid_request"}, 400)
        if f"redirect_uri={asked.get('redirect_uri', '')}" not in call.query_text:
            return Answer({"error": "redirect_mismatch"}, 400)
        if f"scope={SCOPE}" not in call.query_text:
            return Answer({"error": "invalid_scope"}, 400)
        code = self._give("code", CODE_SECONDS, redirect_uri=asked["redirect_uri"])
        target = f"{asked['redirect_uri']}?code={code}&state={asked.get('state', '')}"
        return Answer(status=302, raw=b"", headers={"Location": target})

    def token(self, call: Call) -> Answer:
        """Tokens for a code or for a refresh token, which is dead afterwards."""
        self._refuse_client(call)
        form = {name: values[0] for name, values in parse_qs(call.body.decode("utf-8", "replace")).items()}
        spent = self._spent(form)
        self._set([{**spent, "state": "dead"}])
        access = self._give("access", TOKEN_SECONDS)
        refresh = self._give("refresh", None)
        body = {"access_token": access, "expires_in": TOKEN_SECONDS, "refresh_token": refresh, "token_type": "Bearer"}
        if call.path.startswith("/oauth2"):
            body["id_token"] = access
        return Answer(body)

    def revoke(self, call: Call) -> Answer:
        """Ends the connection of a company; doing it twice is no error."""
        if call.parts["company"] != COMPANY:
            return Answer({"error": "not_found"}, 404)
        self._set([{**row, "state": "revoked"} for row in self.tokens.rows.values() if row["kind"] != "code"])
        return Answer(status=204, raw=b"")

    def _spent(self, form: Row) -> Row:
        """The code or refresh token that pays for new tokens."""
        given = form.get("code") if form.get("grant_type") == "authorization_code" else form.get("refresh_token")
        row = self.tokens.rows.get(given)
        kind = {"authorization_code": "code", "refresh_token": "refresh"}.get(form.get("grant_type", ""))
        if row is None or row["kind"] != kind or not self._is_good(row):
            revoked = row is not None and row["state"] == "revoked"
            raise _refused("access_revoked" if revoked else "invalid_refresh_token")
        if kind == "code" and row["redirect_uri"] != form.get("redirect_uri"):
            raise _refused("invalid_refresh_token")
        return row

    def _refuse_client(self, call: Call) -> None:
        known = f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}".encode()
        if call.headers.get("authorization") != f"Basic {base64.b64encode(known).decode()}":
            raise _refused("invalid_client")
        if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            raise RefusedError(Answer({"error": "invalid_request"}, 400))

    def _is_good(self, row: Row) -> bool:
        ends = row.get("ends")
        return bool(row["state"] == "live") and (ends is None or self.world.clock < datetime.fromisoformat(ends))

    def _give(self, kind: str, seconds: int | None, **more: str) -> str:
        drawn = hashlib.sha256(f"{self.world.seed} {kind} {len(self.tokens.rows)}".encode()).hexdigest()
        ends = (self.world.clock + timedelta(seconds=seconds)).isoformat() if seconds else None
        token = _jwt(drawn) if kind == "access" else drawn
        self._set([{"key": token, "kind": kind, "state": "live", "ends": ends, **more}])
        return token

    def _set(self, rows: list[Row]) -> None:
        # Kept like data planted by hand: durable and replayed, yet no write that the books would show.
        self.world.plant({"system": "contaazul", "table": "tokens", "rows": rows})


def _refused(why: str) -> RefusedError:
    body = {"error": "invalid_grant", "error_subtype": why, "error_description": "O token não é mais válido"}
    return RefusedError(Answer(body, 400))


def _jwt(drawn: str) -> str:
    parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": drawn[:32]}, {"sandbox": drawn})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
