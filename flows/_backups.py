"""Where backups lie, and what they are called."""

import os
from datetime import datetime
from pathlib import Path

NAMED_AFTER = "%Y%m%dT%H%M%SZ"


def backups_root() -> Path:
    """The folder that CONTRAPARTIDA_BACKUPS names, else `backups`."""
    return Path(os.environ.get("CONTRAPARTIDA_BACKUPS", "backups")).absolute()


def backup_name(tenant: str, moment: datetime) -> str:
    """The newest comes last in the order of names."""
    return f"{tenant}-{moment.strftime(NAMED_AFTER)}"


def newest_backup(tenant: str, integration: str) -> Path | None:
    """The newest backup of that ledger in the folder of backups, if there is one."""
    found = backups_root().glob(f"{tenant}-*Z/{integration}/ledger.duckdb")
    return max((file.parents[1] for file in found), default=None)
