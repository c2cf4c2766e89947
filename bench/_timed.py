"""One run of a real flow and where its time went: `python -m bench._timed INTEGRATION TENANT AS_OF BEGAN_AT`.

BEGAN_AT is when this process was started. The last line is JSON.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from connections._http import Connection
from connections._json import dump
from expectations._judge import check, import_judge


class Clock:
    """Seconds by what they went into; the rest is local work."""

    def __init__(self) -> None:
        self.imports = 0.0
        self.http = 0.0

    @contextmanager
    def counting(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            setattr(self, what, getattr(self, what) + time.perf_counter() - started)

    def watching_http(self) -> Any:
        """Counts what the run stands waiting for answers: pages read ahead cost it nothing."""
        wait: Callable[..., Any] = Connection.wait

        def counted(*arguments: Any) -> Any:
            with self.counting("http"):
                return wait(*arguments)

        return patch.object(Connection, "wait", counted)

    def watching_judge(self) -> Any:
        """Counts what the run waits for Great Expectations, whose import began in a thread."""

        def counted(*arguments: Any) -> int:
            with self.counting("imports"):
                import_judge()
            return check(*arguments)

        return patch("flows._steps.judge_suite", counted)


def main(integration: str, tenant: str, as_of: str, began_at: float) -> dict[str, Any]:
    """How the run ended, its counts, and its seconds from `began_at` on."""
    clock = Clock()
    from cli._flows import flow_of
    from cli._outcome import run_flow

    flow_of(integration)
    clock.imports = time.time() - began_at
    with ExitStack() as watched:
        for each in (clock.watching_http(), clock.watching_judge()):
            watched.enter_context(each)
        outcome = run_flow(integration, tenant, datetime.fromisoformat(as_of), dry_run=False)
    spent = {"seconds": time.time() - began_at, "imports": clock.imports, "http": clock.http}
    return {**spent, "cpu": time.process_time(), "state": outcome.state, "kinds": outcome.kinds}


if __name__ == "__main__":
    flow, whose, moment, began = sys.argv[1:]
    print(dump(main(flow, whose, moment, float(began))).decode())
