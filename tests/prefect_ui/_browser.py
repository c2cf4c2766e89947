"""Headless Chromium by its own protocol: opens pages, waits for what a person would see, clicks, takes pictures.

Prefect's UI never falls quiet (it polls), so a page is looked at until it shows what is waited for.
"""

import base64
import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
START_SECONDS = 60
WAIT_SECONDS = 90
"""What is waited for appears within seconds; a crowded machine gets more."""


def installed() -> str | None:
    """The browser of this machine, if it has one."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """The one tab of a browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)

    def open(self, url: str) -> None:
        self._call("Page.navigate", url=url)

    def text(self) -> str:
        """What a person can read on the page, without the spaces and line breaks of its layout."""
        return " ".join(str(self._value("document.body ? document.body.innerText : ''")).split())

    def wait_for(self, *words: str) -> str:
        """The page's text as soon as it holds all of `words`."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            text = self.text()
            if all(word in text for word in words):
                return text
            time.sleep(0.2)
        missing = [word for word in words if word not in self.text()]
        raise AssertionError(f"the page does not show {missing}; it shows: {self.text()[:2000]}")

    def click(self, words: str, *, among: str = "a, button, [role=tab]") -> None:
        """Clicks the first link, button or tab whose text is or holds `words`."""
        found = (
            f"[...document.querySelectorAll({json.dumps(among)})]"
            f".filter(each => each.innerText && each.innerText.includes({json.dumps(words)}))"
        )
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._value(f"{found}.length"):
            assert time.monotonic() < deadline, f"nothing to click says {words!r}: {self.text()[:2000]}"
            time.sleep(0.2)
        self._value(f"{found}[0].click()")

    def run(self, script: str) -> Any:
        """Runs a script in the page: its value."""
        return self._value(script)

    def picture(self, path: Path) -> None:
        """Writes what the window shows as a PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _value(self, expression: str) -> Any:
        told = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        return told["result"].get("value")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(timeout=WAIT_SECONDS))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])


@contextmanager
def browsing(profile: Path, width: int = 1400, height: int = 900, scale: float = 1) -> Iterator[Page]:
    """A browser with an empty profile in `profile`, closed at the end."""
    program = installed()
    assert program, "no browser is installed"
    size = f"--window-size={width},{height}"
    with (profile.parent / f"{profile.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [program, *FLAGS, size, f"--force-device-scale-factor={scale}", f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        with connect(_address(profile, process), max_size=None, proxy=None) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(30)


def _address(profile: Path, process: "subprocess.Popen[bytes]") -> str:
    """Where the tab listens: the browser writes its port into its profile."""
    import httpx

    note = profile / "DevToolsActivePort"
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if note.exists() and (said := note.read_text().split()):
            with httpx.Client(trust_env=False) as client:
                tabs = client.get(f"http://127.0.0.1:{said[0]}/json/list").json()
            if pages := [tab for tab in tabs if tab["type"] == "page"]:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.1)
    raise AssertionError(f"the browser did not start; see {profile}.log")
