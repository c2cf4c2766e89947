"""One run of one integration for one tenant: its clock, its databases, its connections, its findings."""

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
from pydantic import field_validator

from connections._errors import Problem
from connections._http import Connection
from connections._settings import Settings
from flows._folder import Folder
from flows._functions import register
from flows._ledger import Ledger
from flows._privacy import veil_for
from flows._sql import blocks, machinery, quoted

C = TypeVar("C", bound=Connection)


@dataclass(frozen=True)
class Kind:
    """One part of a document, planned and pushed on its own, in the order of the integration.

    `title` is how finance calls them ("Recebimentos"); `on_change` says what a changed document does once it was
    posted: "update", "hold" where the target allows no change, "notice" where it is sent once and people are told that
    the source has changed since, "ignore" where nobody needs to know; `on_drift` what a record changed by hand in the
    target does: "report" or "overwrite"; `counts_as` under which outcome a posted one counts where it is not "created"
    or "updated"; `registry`: several integrations may create it, so one at a time does, after a look; `refusals`:
    whether what the target refused waits until something changes or a person asks ("hold"), or is tried again on
    another day ("daily"), because the cause may lie in the target's registers.
    """

    name: str
    title: str = ""
    on_change: str = "update"
    on_drift: str = "report"
    counts_as: str | None = None
    registry: bool = False
    refusals: str = "hold"


class IntegrationSettings(Settings):
    """What every integration lets a tenant say: `[<tenant>.<integration>]`."""

    zone: str = "America/Sao_Paulo"
    on_drift: Literal["report", "overwrite"] = "report"
    analysts: str | None = None
    """The group of the machine whose members may read what is published, and nothing else."""

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
            raise ValueError(f"there is no zone '{name}'; write it like America/Sao_Paulo") from None


@dataclass(frozen=True)
class Integration:
    """What is needed to run: the connections, the settings, the SQL beside the flow, the language of its readers."""

    name: str
    title: str
    connections: tuple[type[Connection], ...]
    settings: type[IntegrationSettings]
    language: str = "pt-BR"

    @property
    def sql(self) -> dict[str, str]:
        return blocks(Path(__file__).parent / f"{self.name}.sql")


@dataclass
class Findings:
    """What the steps leave for the summary."""

    kinds: list[Kind] = field(default_factory=list)
    stopped: Problem | None = None
    breached: int = 0


class Run:
    """Opened by `conduct`, the first argument of every step. A plain class, so that Prefect passes it on unread."""

    def __init__(self, integration: Integration, tenant: str, as_of: datetime, *, dry_run: bool) -> None:
        self.integration = integration
        self.tenant = tenant
        self.as_of = as_of
        self.dry_run = dry_run
        self.id = uuid.uuid4().hex[:12]
        self.folder = Folder(tenant, integration.name)
        self.settings: Any = None
        self.findings = Findings()
        self.exits = ExitStack()
        self.classified: set[tuple[str, str, str, str]] = set()
        self._connections: dict[type[Connection], Connection] = {}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.settings.zone)

    @property
    def today(self) -> date:
        """The business day of this run in the tenant's zone."""
        return self.as_of.astimezone(self.zone).date()

    def is_ahead_of_time(self) -> bool:
        """Whether real systems would be written to as if it were a day that is still to come."""
        real = any(not made.settings.sandbox for made in self._connections.values())
        return real and self.as_of > datetime.now(UTC) + timedelta(days=1)

    @property
    def calls(self) -> dict[str, dict[str, int]]:
        """HTTP calls per system and method so far."""
        return {made.system: dict(made.calls) for made in self._connections.values()}

    def open(self, settings: IntegrationSettings, connections: Sequence[Connection]) -> None:
        """Opens the work file, the ledger and the connections; what a killed run left is dropped."""
        self.settings = settings
        self.folder.clear_work()
        self.database = duckdb.connect(str(self.folder.work))
        self.exits.callback(self.database.close)
        self.database.execute("set preserve_insertion_order = false")
        self.database.execute(f"set timezone = '{self.zone.key}'")
        self.database.execute("create schema last_run")
        self.database.execute("use work.last_run")
        register(self.database)
        self.variables(run_id=self.id, dry_run=self.dry_run, today=self.today, language=self.integration.language)
        self.ledger = Ledger(self.database, self.folder.ledger)
        for name, statement in machinery("plan").items():
            if name in ("tables", "sentences"):
                self.database.execute(statement)
        self.database.execute(machinery("steps")["links_now"])
        for made in connections:
            self._connections[type(made)] = self.exits.enter_context(made)

    def private(self, problem: Problem) -> Problem:
        """The same problem without what is personal: Prefect keeps what a task or a run failed with."""
        said = problem.said(self.integration.language)
        return type(problem)(veil_for(self.database, self.classified, [said])(said))

    def connection(self, cls: type[C]) -> C:
        made = self._connections[cls]
        assert isinstance(made, cls)
        return made

    def variables(self, **values: Any) -> None:
        """Values that the integration's SQL reads with getvariable(); for these names only, bound as parameters."""
        for name, value in values.items():
            typed = "$value::varchar" if value is None else "$value"  # an untyped null would become an integer
            self.database.execute(f"set variable {quoted(name)} = {typed}", {"value": value})

    def table(self, block: str) -> None:
        """Makes a block of the integration's SQL a table of the same name."""
        self.database.execute(f"create or replace table {quoted(block)} as {self.integration.sql[block]}")

    def view(self, block: str) -> None:
        """Makes a block of the integration's SQL a view: what it says may change from kind to kind."""
        self.database.execute(f"create or replace temp view {quoted(block)} as {self.integration.sql[block]}")

    def rows(self, block: str, statements: dict[str, str] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a block of the integration's SQL, or of other statements."""
        return self.database.execute((statements or self.integration.sql)[block]).fetchall()
