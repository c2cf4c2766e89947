"""A tenant whose receipts were all posted by real runs of the real flow: what the next runs are measured in."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench._world import QUIET, ROOT, Sandbox, prefect_server, sandbox
from connections._json import parse

RECEIPTS = 3_000
TENANT = "bench"
LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Tenant:
    """The vendors of one tenant, and the environment of its runs."""

    vendors: Sandbox
    environment: Mapping[str, str]

    def run(self, integration: str = "pacto_to_kamino") -> dict[str, Any]:
        """One run in a process of its own; what `bench/_timed.py` tells of it."""
        given = (integration, TENANT, self.vendors.now().isoformat(), time.time())
        done = subprocess.run(
            [sys.executable, "-m", "bench._timed", *map(str, given)],
            cwd=ROOT,
            env={**os.environ, **QUIET, **self.environment},
            capture_output=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"{integration} failed: {done.stderr.decode()[-2000:]}")
        told: dict[str, Any] = parse(done.stdout.strip().splitlines()[-1])
        if told["state"].split(",")[0] not in ("Posted", "Nothing to post"):
            raise RuntimeError(f"{integration} ended as {told['state']}")
        return told


def tenant_of(vendors: Sandbox, prefect: Mapping[str, str], data: Path, **settings: object) -> Tenant:
    """A tenant of these vendors that nothing was posted for yet."""
    said = {f"CONTRAPARTIDA__{TENANT}__{name}".upper(): str(value) for name, value in settings.items()}
    return Tenant(vendors, {**prefect, **vendors.tenant(TENANT), **said, "CONTRAPARTIDA_DATA": str(data)})


@cache
def prefect() -> Mapping[str, str]:
    """The environment of the Prefect server that all runs of a bench report to."""
    return _lasting.enter_context(prefect_server(_folder() / "prefect"))


@cache
def posted(receipts: int = RECEIPTS) -> Tenant:
    """The first run has posted everything; without limits of the vendors."""
    tenant = tenant_of(_lasting.enter_context(sandbox(receipts)), prefect(), _folder() / f"data-{receipts}")
    tenant.run()
    return tenant


@cache
def _folder() -> Path:
    return Path(_lasting.enter_context(tempfile.TemporaryDirectory(prefix="contrapartida-bench-")))


def end() -> None:
    """Stops what was started for tenants, and forgets them."""
    _lasting.close()
    for made in (prefect, posted, _folder):
        made.cache_clear()


_lasting = ExitStack()
