"""A small world for a test: the sandbox of the vendors, a tenant whose settings point to it, and runs in it.

The journal of the sandbox judges: it holds what the vendors accepted, whatever our own ledger believes.
"""

import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import orjson
import pytest

from cli._rehearsal import sections
from sandbox._serve import serving
from tests._systems import systems

TENANT = "academia"


@dataclass(frozen=True)
class Ran:
    """How a run ended, as a person sees it."""

    state: str
    message: str
    summary: Mapping[str, Any]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """What was counted, per kind, zeros left out."""
        return {
            kind: {name: count for name, count in told.items() if name != "amounts" and count}
            for kind, told in self.summary.get("kinds", {}).items()
        }


class World:
    """The vendors, the tenant's folder, and what a test does with them."""

    def __init__(self, url: str, data: Path) -> None:
        self.url = url
        self.data = data
        self._rehearsed: dict[str, bool] = {}
        self._control = httpx.Client(base_url=f"{url}/_sim", timeout=60)

    # -- the vendors ----------------------------------------------------------------------------------------

    def plant(self, system: str, table: str, *rows: Mapping[str, Any]) -> None:
        """Puts rows into a vendor's table, or changes those that are there, as its users would."""
        self._post("/plant", {"system": system, "table": table, "rows": rows})

    def key(self, system: str, table: str) -> str:
        """The field that tells the rows of a table apart."""
        return str(self._control.get("/").json()["keys"][system][table])

    def remove(self, system: str, table: str, *ids: int | str) -> None:
        self._post("/plant", {"system": system, "table": table, "remove": ids})

    def clear(self, system: str, table: str) -> None:
        self._post("/plant", {"system": system, "table": table, "clear": True})

    def rows(self, system: str, table: str) -> list[dict[str, Any]]:
        return list(self._exactly("/rows", system=system, table=table))

    def fault(self, system: str, fault: str, **more: Any) -> None:
        """A fault on the next matching call; see `sandbox/_faults.py` for names and arguments."""
        self._post("/faults", {"system": system, "fault": fault, **more})

    def no_faults(self) -> None:
        self._control.delete("/faults").raise_for_status()

    def quirk(self, system: str, **quirks: str) -> None:
        self._post("/quirks", {"system": system, **quirks})

    def advance(self, **delta: float) -> None:
        self._post("/clock", {"advance_seconds": sum(_SECONDS[unit] * amount for unit, amount in delta.items())})

    def now(self) -> datetime:
        return datetime.fromisoformat(self._control.get("/clock").json()["clock"])

    def journal(self, system: str | None = None) -> list[dict[str, Any]]:
        """What the vendors accepted, in order."""
        return list(self._exactly("/journal", **({"system": system} if system else {})))

    def writes(self, system: str | None = None) -> list[tuple[str, str, str]]:
        """The journal in short: (route, verb, id) of every accepted write."""
        return [(entry["route"], entry["verb"], str(entry["id"])) for entry in self.journal(system)]

    def calls(self, system: str | None = None) -> list[dict[str, Any]]:
        return list(self._control.get("/calls", params={"system": system} if system else {}).json())

    def forget_calls(self) -> None:
        self._control.delete("/calls").raise_for_status()

    # -- the tenant -----------------------------------------------------------------------------------------

    def folder(self, integration: str) -> Path:
        return self.data / TENANT / integration

    def run(self, integration: str, *, tenant: str = TENANT, dry_run: bool = False) -> Ran:
        """One run of the real flow in this process, at the vendors' time."""
        from flows._ledger import summary_of

        self._rehearsed[integration] = dry_run
        flow = getattr(importlib.import_module(f"flows.{integration}"), integration)
        state = flow(tenant, self.now(), dry_run, return_state=True)
        summary = summary_of(self.folder(integration) / "ledger.duckdb", str(state.state_details.flow_run_id))
        return Ran(str(state.name), state.message or "", summary or {})

    def adopt(self, integration: str) -> None:
        """Somebody says that runs may go on with the ledger that is there, or with an empty one."""
        from flows._folder import Folder
        from flows._same_ledger import adopt

        adopt(Folder(TENANT, integration), "somebody")

    def query(self, integration: str, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the file that the last run published, or rehearsed, as an analyst reads them."""
        name = "rehearsed.duckdb" if self._rehearsed.get(integration) else "published.duckdb"
        with duckdb.connect(str(self.folder(integration) / name), read_only=True) as published:
            return published.sql(sql).fetchall()

    def held_back(self, integration: str) -> dict[str, str]:
        """What waits for a person: `kind document` and why."""
        rows = self.query(integration, "select kind, document_id, because from held_back order by all")
        return {f"{kind} {document}": because for kind, document, because in rows}

    def noticed(self, integration: str) -> dict[str, str]:
        """What stands as it should, and somebody should know of: `kind document` and why."""
        rows = self.query(integration, "select kind, document_id, because from notices order by all")
        return {f"{kind} {document}": because for kind, document, because in rows}

    def _exactly(self, path: str, **params: str) -> Any:
        return json.loads(self._control.get(path, params=params).content, parse_float=Decimal)

    def _post(self, path: str, body: Any) -> None:
        answer = self._control.post(path, content=orjson.dumps(body, _exact, orjson.OPT_PASSTHROUGH_DATACLASS))
        assert answer.is_success, answer.text


@dataclass(frozen=True)
class Raw:
    """A number that goes out as it is written, whatever it is: 1e400, NaN."""

    text: str


def _exact(value: object) -> orjson.Fragment:
    assert isinstance(value, Decimal | Raw), value
    return orjson.Fragment((value.text if isinstance(value, Raw) else str(value)).encode())


_SECONDS = {"seconds": 1, "hours": 3600, "days": 86400}


@contextmanager
def opened_world(folder: Path, monkeypatch: pytest.MonkeyPatch, *, pace: float = 600) -> Iterator[World]:
    """A sandbox with master data only, and the environment of a tenant that uses it."""
    with serving(seed=7, size="small", pace=pace) as url:
        world = World(url, folder / "data")
        for system, spoken_of in systems().items():
            for table in spoken_of.people_and_money:
                world.clear(system, table)
        for name, value in environment(url, world.data, pace).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        yield world


def environment(url: str, data: Path, pace: float = 600, tenant: str = TENANT) -> dict[str, str]:
    """The environment variables that make a tenant use every system of the sandbox at `url`, with little patience."""
    prefix = f"CONTRAPARTIDA__{tenant.upper()}__"
    settings = {
        f"{prefix}{system}__{name}".upper(): ",".join(value) if isinstance(value, list) else str(value)
        for system, section in sections(url, pace).items()
        for name, value in {**section, "longest_pause_seconds": 1}.items()
    }
    return {**settings, f"{prefix}SANDBOX": "true", "CONTRAPARTIDA_DATA": str(data)}
