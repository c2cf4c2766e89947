"""`contrapartida verify`: opens a backup and compares it with what it was when it was made."""

from pathlib import Path
from typing import Annotated

import typer


def verify(backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder that `backup` made.")]) -> int:
    """Say whether a backup is whole: every file by its digest, every ledger by its rows and sums.

    Exit code: 0 it is, 1 it is not.
    """
    from flows._manifest import must_be_whole, steps_in

    manifest = must_be_whole(backup.absolute())
    for line in steps_in(manifest):
        print(line)
    print(
        f"Whole: {len(manifest['files'])} files of tenant {manifest['tenant']}, as they were at {manifest['made_at']}"
    )
    return 0
