"""Puts a backup back: what is lost is there again, what is there stays, and whatever gives way is kept beside it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from connections._errors import Problem
from connections._settings import data_root, settings_file
from flows._acting import acting
from flows._backup import SETTINGS
from flows._backups import NAMED_AFTER
from flows._folder import Folder
from flows._manifest import must_be_whole
from flows._snapshot import log_of
from flows._sql import literal, machinery

SQL = machinery("restore")


class Standing(Problem):
    """A ledger is there that would be missed; nothing was restored."""


@dataclass(frozen=True)
class Restored:
    """A ledger that is there again, and what the next run will look for before it sends anything."""

    integration: str
    open: tuple[tuple[str, str], ...]
    """Documents of which the ledger does not know whether they were sent: kind and id."""
    newest: datetime | None
    """When it was written to last: whatever was sent later is looked for in the target by our reference."""


@dataclass(frozen=True)
class Plan:
    """Which files of a backup go where."""

    backup: Path
    tenant: str
    manifest: Mapping[str, Any]
    only: str | None = None

    @property
    def integrations(self) -> list[str]:
        return [name for name in self.manifest["ledgers"] if self.only in (None, name)]

    @property
    def files(self) -> list[str]:
        """Of the whole tenant, or of the one integration that was asked for."""
        named = (name for name in self.manifest["files"] if name != SETTINGS)
        return [name for name in named if self.only is None or name.startswith(f"{self.only}/")]


def restore(plan: Plan, person: str, *, replace: bool = False) -> list[Restored]:
    """Puts everything back, the ledgers as `person` asked; raises Standing or Busy, and then nothing was changed."""
    now = datetime.now(UTC)
    with ExitStack() as held:
        for integration in plan.integrations:
            held.enter_context(Folder(plan.tenant, integration).held_by("restore"))
        if not replace:
            _refuse_to_forget(plan)
        for name in plan.files:
            _put_back(plan.backup / name, data_root() / plan.tenant / name, now, replace=replace)
        return [_noted(plan, integration, person) for integration in plan.integrations]


def restored_settings(plan: Plan) -> bool:
    """Whether the tenant's settings were put back, which is done where there are none at all."""
    source, target = plan.backup / SETTINGS, settings_file().path
    if target.exists() or not source.exists():
        return False
    shutil.copyfile(source, target)
    target.chmod(0o600)
    return True


def plan_of(backup: Path, tenant: str, integration: str | None) -> Plan:
    """What restoring would put back; raises a Problem where the backup is not whole or another tenant's."""
    manifest = must_be_whole(backup)
    if manifest["tenant"] != tenant:
        raise Standing(f"{backup} is a backup of tenant '{manifest['tenant']}', not of '{tenant}'")
    plan = Plan(backup, tenant, manifest, integration)
    if integration and not plan.files:
        raise Standing(f"{backup} holds nothing of {integration}; it holds: {', '.join(manifest['ledgers'])}")
    return plan


def _refuse_to_forget(plan: Plan) -> None:
    for integration in plan.integrations:
        ledger = Folder(plan.tenant, integration).ledger
        if steps := _steps(ledger):
            raise Standing(
                f"the ledger of {plan.tenant}/{integration} is there and holds {steps} steps, which the backup may not "
                "know of: restore another --integration, or add --replace, which keeps what is there beside it"
            )


def _steps(ledger: Path) -> int:
    """How many steps a ledger holds; none where it is not there, or cannot be read any more."""
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(ledger)} as ledger (read_only)")
            row = connection.execute(machinery("ledger")["steps"]).fetchone()
            return int(row[0]) if row else 0
    except duckdb.Error:
        return 0


def _put_back(source: Path, target: Path, now: datetime, *, replace: bool) -> None:
    """A ledger always gives way: one that would be missed was asked about; of all else what is there stays."""
    is_ledger = target.name == "ledger.duckdb"
    if target.exists() and not (is_ledger or replace):
        return
    for given_way in (target, log_of(target)):
        if given_way.exists():
            given_way.rename(given_way.with_name(f"before-{now.strftime(NAMED_AFTER)}-{given_way.name}"))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, beside)
    beside.replace(target)


def _noted(plan: Plan, integration: str, person: str) -> Restored:
    """The ledger says itself that it was restored, from what, and by whom."""
    act = f"restored: {plan.backup.name}"
    with acting(Folder(plan.tenant, integration), person, "Restored", act) as (connection, _):
        newest = connection.execute(SQL["newest"]).fetchone()
        return Restored(integration, tuple(connection.execute(SQL["open"]).fetchall()), newest[0] if newest else None)


def sentences(told: Restored) -> Iterator[str]:
    """What the first run after it will look for, as a person reads it."""
    yield f"{told.integration}: the ledger is there again, as it was at {told.newest or 'its beginning'}."
    for kind, document in told.open:
        yield f"  The next run looks first whether {kind} {document} is in the target: it may have been sent."
    yield "  Whatever was sent after that moment is looked for there by our reference, and not sent again."
