"""`contrapartida sandbox` serves until it is told to stop; what helps a command never outlives it."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from connections._systems import systems
from tests._command import PROGRAM, hears_ctrl_c


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_settings_serves_by_them_and_stops(tmp_path: Path, stop: signal.Signals) -> None:
    command = [str(PROGRAM), "sandbox", "--port", "0", "--pace", "60"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - it takes no lock
    ) as served:
        assert served.stdout
        assert served.stderr
        assert served.stderr.readline() == "Ctrl-C stops the sandbox.\n"
        served.send_signal(stop)
        printed = served.stdout.read()
    settings = tomllib.loads(printed)["demo"]
    assert set(systems()) <= set(settings)
    assert settings["kamino"]["calls_per_minute"] == 60 * 16
    assert served.returncode == {signal.SIGINT: 0, signal.SIGTERM: 128 + signal.SIGTERM}[stop]
    with pytest.raises(httpx.ConnectError):
        httpx.get(settings["kamino"]["base_url"])


def test_what_is_on_the_leash_ends_when_its_owner_is_gone() -> None:
    told = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    leash = [sys.executable, "-m", "cli._leash", sys.executable, "-c", told]
    with subprocess.Popen(leash, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdin
        assert owner.stdout
        child = int(owner.stdout.readline())
        owner.stdin.close()
        assert owner.stdout.read() == ""
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
