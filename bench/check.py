"""How long 40 posting rules take over a million facts: `python -m bench.check`."""

import resource
import time

import duckdb

from bench._result import Line, Measured, show
from expectations._judge import import_judge, judge, list_breaches
from expectations._rules import Suite, rule, suite

DOCUMENTS = 1_000_000
RULES = 40
BREACHED_PER_MILLION = 1250  # for each rule, half of them NULL: about 5 % of the documents breach one
GOAL_SECONDS = 2.0
GOAL_MEGABYTES = 1024


def main() -> Measured:
    """Listing and judging, the import of the judge excluded. The memory is that of this process, so run it alone."""
    import_judge()
    rules = suite("bench", *(rule(f"fact_{n:02}", because="Regra", shows="amount") for n in range(RULES)))
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        _plant_facts(connection, rules)
        started = time.perf_counter()
        listed = list_breaches(connection, "facts", rules, into="breaches")
        listed_at = time.perf_counter()
        judged = judge(connection, "facts", rules)
        judged_at = time.perf_counter()
    seconds = judged_at - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found, counted = sum(listed.values()), sum(judged.values())
    line = Line(
        what=f"Check of {DOCUMENTS:,} facts by {RULES} rules",
        ours=f"{seconds:.2f} s, {megabytes:,.0f} MB peak, {found:,} breaches listed, {counted:,} judged",
        goal=f"< {GOAL_SECONDS:g} s, < 1 GB, complete list",
        met=seconds < GOAL_SECONDS and megabytes < GOAL_MEGABYTES and listed == judged,
    )
    note = f"Check: listing {listed_at - started:.2f} s, Great Expectations {judged_at - listed_at:.2f} s."
    return Measured((line,), (note,))


def _plant_facts(connection: duckdb.DuckDBPyConnection, rules: Suite) -> None:
    nulls = BREACHED_PER_MILLION // 2
    columns = ", ".join(
        f"case when draw_{n} >= {nulls} then draw_{n} >= {BREACHED_PER_MILLION} end as {rule.fact}"
        for n, rule in enumerate(rules.rules)
    )
    draws = ", ".join(f"hash(range, {n}) % 1000000 as draw_{n}" for n in range(RULES))
    connection.execute(
        f"create table facts as "
        f"select 'D' || range as document_id, (range / 100)::decimal(18, 2) as amount, {columns} "
        f"from (select range, {draws} from range({DOCUMENTS}))"
    )


if __name__ == "__main__":
    show(main())
