"""The flow that makes a backup of a tenant: deployed nightly, and called by `contrapartida backup`."""

from pathlib import Path
from typing import Any

import duckdb
from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from connections._errors import Problem
from flows._access import Access
from flows._backup import back_up
from flows._backups import backups_root
from flows._folder import DISK_TROUBLE
from flows._private import private_files


@flow(name="backup", flow_run_name="backup · {tenant}")
def backup(tenant: str, to: str | None = None) -> State[Any]:
    """Keeps what cannot be made again of a tenant, runs or no runs; the state says where it lies, or what was wrong."""
    try:
        Access(tenant).caller("*", "approve")
        with private_files():
            made = back_up(tenant, Path(to).absolute() if to else backups_root())
    except Problem as problem:
        return Failed(name="No backup", message=str(problem))
    except (duckdb.Error, *DISK_TROUBLE) as trouble:
        return Failed(name="No backup", message=str(trouble))
    return Completed(name="Backed up", message=str(made))
