"""`contrapartida connect`: somebody with access to a system consents in the browser, and the tokens are kept."""

import hmac
import secrets
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit

import typer

from cli import _show
from cli._mistake import Mistake

if TYPE_CHECKING:
    from connections._oauth import OAuthConnection

# A connection that says nothing this long is dropped: the answer may come by another one.
SILENCE_SECONDS = 5
PAGE = "<!DOCTYPE html><meta charset=utf-8><title>contrapartida</title><p>{said}</p>"


def connect(
    system: Annotated[str, typer.Argument(help="A system that is reached by consent, such as contaazul.")],
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where the browser comes back to on this machine.")
    ] = 8765,
    browser: Annotated[bool, typer.Option(help="Open the link here; else it is only shown.")] = True,
    patience: Annotated[float, typer.Option(help="Seconds to wait for the consent.")] = 600.0,
) -> int:
    """Connect a system that asks a person for consent, and keep its tokens in data/TENANT/tokens."""
    connection = _connection(system, tenant)
    state = secrets.token_urlsafe(24)
    with _callback(port, state) as waiting:
        redirect_uri = f"http://127.0.0.1:{waiting.server_port}/callback"
        link = connection.consent_url(redirect_uri, state)
        _show.err().print(
            f"The application must be registered at the vendor with this callback: {redirect_uri}\n"
            f"Consent here, as somebody with access to the company:\n{link}",
            markup=False,
            soft_wrap=True,
        )
        if browser:
            webbrowser.open(link)
        code = waiting.code(patience)
    with connection:
        connection.wait(connection.connect, code, redirect_uri)
        connection.wait(connection.probe)
    _show.out().print(f"{system} is connected for {tenant}; the tokens are kept and renewed from now on.")
    return 0


def _connection(system: str, tenant: str) -> "OAuthConnection":
    from connections._oauth import OAuthConnection
    from connections._settings import known_tenant, load, settings_file
    from connections._systems import systems
    from flows._secrets import secret_block

    by_consent = {name: made for name, made in systems().items() if issubclass(made, OAuthConnection)}
    if system not in by_consent:
        raise Mistake(f"'{system}' is not reached by consent; these are: {', '.join(sorted(by_consent))}")
    file = settings_file()
    made = by_consent[system]
    return made(load(made.settings_class, known_tenant(file, tenant), system, file, secret_block).settings)


class _Callback(HTTPServer):
    """Waits on this machine for the browser to bring the answer, whatever else is asked for meanwhile."""

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.state = state
        self.brought: dict[str, str] = {}

    def code(self, patience: float) -> str:
        """The code of the answer to our link; raises Mistake where none comes."""
        deadline = time.monotonic() + patience
        while not self.brought and (left := deadline - time.monotonic()) > 0:
            self.timeout = left
            self.handle_request()
        if not self.brought:
            raise Mistake(f"nobody came back within {patience:.0f} seconds; start again")
        if "code" not in self.brought:
            raise Mistake(f"consent was not given ({self.brought.get('error', 'no code came')})")
        return self.brought["code"]


class _Handler(BaseHTTPRequestHandler):
    server: _Callback
    timeout = SILENCE_SECONDS

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        # Browsers ask for icons, too; and an answer to another link, or an older one, says nothing about ours.
        if not hmac.compare_digest(asked.get("state", [""])[0].encode(), self.server.state.encode()):
            self.send_error(404)
            return
        self.server.brought = {name: values[0] for name, values in asked.items()}
        body = PAGE.format(said="Pode fechar esta janela e voltar ao terminal.").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the address that is asked for holds the code."""


@contextmanager
def _callback(port: int, state: str) -> Iterator[_Callback]:
    try:
        waiting = _Callback(port, state)
    except OSError as error:
        raise Mistake(f"port {port} on this machine is taken ({error.strerror}); choose another with --port") from None
    with waiting:
        yield waiting
