"""The project as a tree of files."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "connections", "destinations", "expectations", "flows", "sandbox", "sources")


def files() -> list[Path]:
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [file for name in sorted(listed.split("\0")) if name and (file := ROOT / name).is_file()]


def things(folder: str) -> list[str]:
    """The things of the business that live in a folder: its modules without a leading underscore."""
    return sorted(file.stem for file in (ROOT / folder).glob("*.py") if file.name[0] != "_")
