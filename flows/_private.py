"""Who may read what is kept here: its owner alone, and a group of analysts what is published for them.

Names, tax ids and payroll are in these files. What is written while `private_files` holds has no bit for anybody else,
whatever the umask was; what an older version left wider is closed when the next run begins.
"""

import grp
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from connections._errors import Misconfigured
from connections._settings import data_root

NOBODY_ELSE = 0o077
FOLDER, FILE = 0o700, 0o600
SHARED_FOLDER, SHARED_FILE, PASSAGE = 0o750, 0o640, 0o711
"""Where there are analysts: what is on their way and what they read; through the data folder they pass unseeing."""


@contextmanager
def private_files() -> Iterator[None]:
    """What this process writes meanwhile, its threads included, is for its owner alone."""
    before = os.umask(NOBODY_ELSE)
    try:
        yield
    finally:
        os.umask(before)


def keep_private(tenant: str, analysts: str | None) -> None:
    """Closes what stands wider, and opens the way for the group `analysts` to what is published."""
    home = data_root() / tenant
    for path, _, wanted in wider(home, analysts):
        with suppress(FileNotFoundError):  # another run has cleared it away
            path.chmod(wanted)
    if analysts:
        for published in home.glob("*/published.duckdb"):
            share(published, analysts)
        for folder in (home, *(each for each in home.iterdir() if (each / "ledger.duckdb").exists())):
            _give(folder, analysts, SHARED_FOLDER)
        if home.parent.stat().st_uid == os.geteuid():
            home.parent.chmod(stat.S_IMODE(home.parent.stat().st_mode) | PASSAGE)


def share(file: Path, analysts: str | None) -> None:
    """Lets the group read a published file, where the tenant names one."""
    if analysts:
        _give(file, analysts, SHARED_FILE)


def wider(home: Path, analysts: str | None) -> Iterator[tuple[Path, int, int]]:
    """What more people may read or write than should: the path, its mode, and the mode that it should have."""
    with suppress(FileNotFoundError):
        for path in (home, *home.rglob("*")):
            with suppress(FileNotFoundError):
                mode, wanted = stat.S_IMODE(path.lstat().st_mode), _wanted(path, analysts)
                if not path.is_symlink() and mode & ~wanted & NOBODY_ELSE:
                    yield path, mode, wanted


def _wanted(path: Path, analysts: str | None) -> int:
    if path.is_dir():
        return SHARED_FOLDER if analysts else FOLDER
    return SHARED_FILE if analysts and path.name == "published.duckdb" else FILE


def _give(path: Path, analysts: str, mode: int) -> None:
    """Raises Misconfigured where there is no such group, or its members are none of ours."""
    try:
        os.chown(path, -1, grp.getgrnam(analysts).gr_gid)
    except KeyError:
        raise Misconfigured(f"analysts = '{analysts}': this machine knows no such group") from None
    except PermissionError:
        raise Misconfigured(
            f"analysts = '{analysts}': {path.name} cannot be given to that group by somebody who is not in it"
        ) from None
    path.chmod(mode)
