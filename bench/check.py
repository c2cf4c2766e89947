"""How long 40 posting rules take over a million facts: `python -m bench.check`."""

import resource
import time

import duckdb

from expectations._judge import import_judge, judge, list_breaches
from expectations._rules import Suite, rule, suite

DOCUMENTS = 1_000_000
RULES = 40
BREACHED_PER_MILLION = 1250  # for each rule, half of them NULL: about 5 % of the documents breach one


def main() -> dict[str, float]:
    """Seconds, breaches and memory of listing and of judging, the import of the judge excluded."""
    import_judge()
    rules = suite("bench", *(rule(f"fact_{n:02}", because="Regra", shows="amount") for n in range(RULES)))
    with duckdb.connect() as connection:
        _plant_facts(connection, rules)
        started = time.perf_counter()
        listed = list_breaches(connection, "facts", rules, into="breaches")
        listed_at = time.perf_counter()
        judged = judge(connection, "facts", rules)
        judged_at = time.perf_counter()
    return {
        "documents": DOCUMENTS,
        "rules": RULES,
        "list_seconds": listed_at - started,
        "judge_seconds": judged_at - listed_at,
        "listed_breaches": sum(listed.values()),
        "judged_breaches": sum(judged.values()),
        "peak_rss_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


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
    for name, value in main().items():
        print(f"{name:20} {value:14,.2f}")
