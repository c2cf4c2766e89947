"""A backup of a tenant: everything that cannot be made again, in a folder laid out like the tenant's own.

Nothing but DuckDB is needed to look into it. It appears under its name only when all of it is there.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import tomlkit

from connections._errors import Misconfigured
from connections._settings import TENANT, data_root, settings_file
from connections._systems import secrets_of, systems
from flows._backups import backup_name
from flows._manifest import count_rows, write_manifest
from flows._snapshot import snapshot
from flows._unusable import named
from flows._version import software_version

SETTINGS = "settings.toml"


def _ledger(source: Path, copy: Path) -> None:
    """Reads every value, too: what is damaged is told while an older backup still has it."""
    try:
        snapshot(source, copy)
        count_rows(copy)
    except duckdb.IOException as error:
        raise named(error, source) from error


def _events(source: Path, copy: Path) -> None:
    with closing(sqlite3.connect(source)) as events, closing(sqlite3.connect(copy)) as target:
        events.backup(target)


KEPT: Mapping[str, Callable[[Path, Path], Any]] = {
    "*/ledger.duckdb": _ledger,
    "*/mapping/*.csv": shutil.copyfile,
    "*/events.sqlite": _events,
    "access.jsonl": shutil.copyfile,
    "tokens/*.json": shutil.copyfile,
}
"""What of a tenant's folder cannot be made again, and how it is copied while others write to it."""


def back_up(tenant: str, to: Path, *, with_secrets: bool = False) -> Path:
    """Makes a backup in the folder `to`, also while runs are on; the folder that it became.

    Raises Misconfigured where there is nothing of the tenant that could be lost, and Damaged where a ledger cannot be
    read; then there is no backup.
    """
    home = data_root() / tenant
    kept = dict(_kept(home)) if TENANT.fullmatch(tenant) else {}
    if not kept:
        raise Misconfigured(f"there is nothing of tenant '{tenant}' in {data_root()} that could be lost")
    now = datetime.now(UTC)
    made = to / backup_name(tenant, now)
    with _appearing(made) as backup:
        for name, copy in kept.items():
            (backup / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            copy(home / name, backup / name)
        facts = {
            "tenant": tenant,
            "made_at": now.isoformat(timespec="seconds"),
            "version": software_version(),
            "secrets_left_out": _write_settings(backup / SETTINGS, tenant, with_secrets=with_secrets),
        }
        write_manifest(backup, facts)
    return made


def _kept(home: Path) -> Iterator[tuple[str, Callable[[Path, Path], Any]]]:
    """Each file that is kept, by its place in the tenant's folder."""
    for pattern, copy in KEPT.items():
        for file in sorted(home.glob(pattern)):
            yield str(file.relative_to(home)), copy


@contextmanager
def _appearing(folder: Path) -> Iterator[Path]:
    """A folder to write to that gets its name when the block ends well, and else is gone."""
    beside = folder.with_name(f"{folder.name}.new")
    beside.mkdir(mode=0o700, parents=True)
    try:
        yield beside
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _write_settings(copy: Path, tenant: str, *, with_secrets: bool) -> list[str]:
    """Writes what settings.toml says of the tenant; the names of the secrets that were left out.

    What is no setting of its system may be a secret that was misspelt: it is left out, too.
    """
    told = dict(settings_file().tables.get(tenant, {}))
    left_out: list[str] = []
    for section, made in () if with_secrets else systems().items():
        if isinstance(table := told.get(section), dict):
            shown = set(made.settings_class.model_fields) - secrets_of(made.settings_class)
            left_out += [f"{section}.{name}" for name in table if name not in shown]
            told[section] = {name: value for name, value in table.items() if name in shown}
    if told:
        copy.write_text(tomlkit.dumps({tenant: told}), "utf-8")
    return left_out
