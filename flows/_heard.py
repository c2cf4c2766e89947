"""What webhooks have named since the last run that read the source: a hint of what to read, never the truth."""

import sqlite3
from contextlib import closing
from datetime import UTC, timedelta

from flows._run import Run

# An event that was stored while a run began may have been too late for it.
MARGIN = timedelta(minutes=1)
READ_UNTIL = """
select max(started_at) from ledger.runs
where not dry_run and run_id <> getvariable('run_id') and (summary ->> '$.kinds') <> '{}'
"""


def heard(run: Run, about: str) -> list[str]:
    """The ids that events named ("`about` 4711"), in the order in which they came; read again by the next run if this
    one does not get as far as deciding.
    """
    file = run.folder.path / "events.sqlite"
    if not file.exists():
        return []
    (since,) = run.database.execute(READ_UNTIL).fetchone() or (None,)
    start = (since - MARGIN).astimezone(UTC).isoformat(timespec="seconds") if since else ""
    with closing(sqlite3.connect(file, timeout=10)) as events:
        rows = events.execute(
            "select what from events where received_at >= ? order by received_at",
            (start,),
        ).fetchall()
    named = (what.removeprefix(f"{about} ") for (what,) in rows if what.startswith(f"{about} "))
    return list(dict.fromkeys(named))
