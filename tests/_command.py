"""The installed command `contrapartida`, run as a person runs it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(sys.executable).parent / "contrapartida"


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def hears_ctrl_c() -> None:
    """For `preexec_fn`: whoever runs tests in the background has them, and what they start, ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def contrapartida(*words: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Said:
    """Runs the command to its end; `env` is added to the environment of the tests."""
    return finished([str(PROGRAM), *words], cwd=cwd, env=env)


def finished(command: list[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Said:
    """Any command, run to its end without a terminal; pytest-xdist would hand it one's width."""
    ours = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    ended = subprocess.run(
        command,
        check=False,
        cwd=cwd,
        env={**ours, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)
