"""A program that reads a published file over and over until its input ends, and then tells what it saw.

Its own process, as an analyst's would be; it knows nothing of the project. It opens the file "anew" for each look,
or "keeps" it open.
"""

import json
import sys
import threading
from collections import Counter

import duckdb

PAUSE_SECONDS = 0.01
# True where the last run, its documents, its bridge and the ledger beside them tell one story.
STORY = """
select
    last.run_id,
    (select sum(documents) from last_run.bridge where outcome = 'read') = (select count(*) from last_run.documents)
    and (select sum(amount) from last_run.bridge where outcome = 'read')
        = (select sum(amount) from last_run.bridge where outcome not in ('read', 'drift'))
    and (select count(*) from last_run.outcomes where outcome in ('created', 'updated'))
        = (
            select count(distinct (kind, document_id)) from attempts
            where run_id = last.run_id and event = 'posted' and verb <> 'adopt'
        )
from (select arg_max(run_id, ended_at) as run_id from run_ends) as last
"""


def main(path: str, how: str) -> None:
    ended = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(ended,), daemon=True).start()
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    connection = duckdb.connect(path, read_only=True)
    while not ended.wait(PAUSE_SECONDS):
        try:
            if how == "anew":
                connection.close()
                connection = duckdb.connect(path, read_only=True)
            [(run_id, whole)] = connection.execute(STORY).fetchall()
        except duckdb.Error as error:
            wrong.append(f"{type(error).__name__}: {error}")
            continue
        seen[run_id] += 1
        if not whole:
            wrong.append(f"run {run_id} was seen in halves")
    print(json.dumps({"runs": list(seen), "reads": seen.total(), "wrong": wrong}))


def _wait_for_the_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main(*sys.argv[1:])
