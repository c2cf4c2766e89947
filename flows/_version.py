"""Which software this is: the version of the package, and the commit where it runs from a clone."""

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]


@cache
def software_version() -> str:
    """`0.1.0`, or `0.1.0+1647c04` from a clone, `0.1.0+1647c04-dirty` where somebody has changed it since."""
    package, commit = version("contrapartida"), _commit()
    return f"{package}+{commit}" if commit else package


def _commit() -> str:
    """Blank where this is no clone of its own, or there is no git to ask."""
    if not (ROOT / ".git").exists():
        return ""
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607 - whichever git the machine has
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.strip()
