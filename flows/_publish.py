"""The work file becomes the published one: complete, with comments, replaced in one rename."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
from prefect import task
from prefect.cache_policies import NO_CACHE

from flows._faults import without_values
from flows._ledger import TABLES
from flows._privacy import Classified
from flows._private import share
from flows._run import Run
from flows._schema import create_views
from flows._sql import machinery, quoted

PUBLISH = machinery("publish")
AS_IT_CAME = {"record": "the whole record as it came", "unreadable": "what could not be read, as it came"}


@task(task_run_name="publish", cache_policy=NO_CACHE)
@without_values
def publish(run: Run) -> None:
    """Replaces what analysts read: they are never locked out and never see half a run.

    The file is written whole, and read once more, before it takes the place of the good one; where the disk has
    trouble, that one stays.
    """
    database = run.database
    database.begin()
    for name in TABLES:
        database.execute(f"create or replace table work.main.{quoted(name)} as from ledger.{quoted(name)}")
    create_views(database, "work")
    for name, statement in PUBLISH.items():
        if name.startswith(("drop_", "comment_")):
            database.execute(statement)
    for schema, table, column, what in (*run.classified, *_derived(database, run.classified)):
        place = f"{quoted(schema)}.{quoted(table)}.{quoted(column)}"
        database.execute(f"comment on column {place} is 'Personal data: {what}'")
    database.commit()
    database.execute("checkpoint work")  # a close would say nothing of a full disk
    database.close()
    _read_once(run.folder.work)
    if not run.dry_run:
        share(run.folder.work, run.settings.analysts)
    run.folder.work.replace(run.folder.rehearsed if run.dry_run else run.folder.published)


def _read_once(path: Path) -> None:
    """Raises OSError or duckdb.IOException where the file is not whole in itself."""
    if path.with_name(f"{path.name}.wal").exists():
        raise OSError(f"{path.name} could not be written whole; what was published before stays")
    with duckdb.connect(str(path), read_only=True) as published:
        published.execute("select count(*) from held_back")
        published.execute("select count(*) from last_run.outcomes")


def _derived(database: duckdb.DuckDBPyConnection, classified: Classified) -> Iterator[tuple[str, str, str, str]]:
    """Columns that hold what a classified column holds, whatever they are called, and records as they came."""
    for schema, table, column in database.execute(PUBLISH["as_it_came"], {"names": list(AS_IT_CAME)}).fetchall():
        yield schema, table, column, AS_IT_CAME[column]
    database.execute(PUBLISH["personal_values"])
    for schema, table, column, what in classified:
        source = f"{quoted(schema)}.{quoted(table)}"
        database.execute(PUBLISH["take_values"].format(column=quoted(column), table=source), {"what": what})
    for schema, table, column in database.execute(PUBLISH["text_columns"]).fetchall():
        place = f"{quoted(schema)}.{quoted(table)}"
        found = database.execute(PUBLISH["holds"].format(column=quoted(column), table=place)).fetchone()
        if found:
            yield schema, table, column, found[0]
