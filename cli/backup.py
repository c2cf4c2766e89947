"""`contrapartida backup`: everything of a tenant that cannot be made again, consistent, also while a run is on."""

from pathlib import Path
from typing import Annotated

import typer

from cli import _show


def backup(
    tenant: Annotated[str, typer.Option(help="Whose books.")],
    to: Annotated[
        Path | None, typer.Option(help="Where to; else what CONTRAPARTIDA_BACKUPS names, else ./backups.")
    ] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Keep the secrets of settings.toml too: guard the backup like them.")
    ] = False,
) -> int:
    """Back up a tenant's ledgers, mappings, events, grants, tokens and settings, with a manifest; disturbs no run.

    Each backup is a folder of its own, TENANT-MOMENT. `verify` says whether it is whole, `restore` puts it back.
    Settings in the environment and in Prefect's blocks stand elsewhere and are not in it.
    """
    from flows._access import Access
    from flows._backup import back_up
    from flows._backups import backups_root
    from flows._manifest import read_manifest, steps_in

    Access(tenant).caller("*", "approve")
    made = back_up(tenant, to.absolute() if to else backups_root(), with_secrets=with_secrets)
    manifest = read_manifest(made)
    for line in steps_in(manifest):
        print(line)
    if left_out := manifest["secrets_left_out"]:
        print(f"Secrets are not in it (--with-secrets): {', '.join(left_out)}")
    print(f"Backed up: {_show.near(made)}")
    return 0
