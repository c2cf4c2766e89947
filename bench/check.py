"""How long 40 posting rules take over a million facts, every breach listed, Great Expectations counting beside us."""

from dataclasses import dataclass

import duckdb

from bench._result import Line, Measured, Spent, spent_on
from bench._world import in_fresh_process, peak_megabytes
from expectations._judge import import_judge, judge, list_breaches
from expectations._rules import Suite, rule, suite

DOCUMENTS = 1_000_000
RULES = 40
BREACHED_PER_MILLION = 1250  # for each rule, half of them NULL: about 5 % of the documents breach one
TRIES = 3
GOAL_SECONDS = 2.0
GOAL_MEGABYTES = 1024


@dataclass(frozen=True)
class Try:
    """One check: what it took to list and to judge; breaches as listed and as judged."""

    listing: Spent
    judging: Spent
    listed: int
    judged: int
    alike: bool

    @property
    def spent(self) -> Spent:
        return self.listing + self.judging


def measure(documents: int = DOCUMENTS, tries: int = TRIES) -> Measured:
    """The best of some tries; the memory is that of a process that does nothing else, imports included."""
    done, megabytes = in_fresh_process(_check, documents, tries)
    best = min(done, key=lambda each: each.spent)
    seconds = best.spent.seconds
    line = Line(
        f"Check of {documents:,} facts by {RULES} rules",
        f"{seconds:.2f} s, {megabytes:,.0f} MB",
        f"{best.listed:,} breaches listed, {best.judged:,} by Great Expectations",
        f"< {GOAL_SECONDS:g} s, < 1 GB, complete list",
        seconds < GOAL_SECONDS and megabytes < GOAL_MEGABYTES and all(each.alike for each in done),
    )
    tried = ", ".join(str(each.spent) for each in done)
    note = f"Check: best of {tried}; listing {best.listing}, Great Expectations {best.judging}."
    return Measured((line,), (note,))


def _check(documents: int, tries: int) -> tuple[list[Try], float]:
    import_judge()
    rules = suite("bench", *(rule(f"fact_{n:02}", because="Regra", shows="amount") for n in range(RULES)))
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        _plant_facts(connection, rules, documents)
        done = [_try(connection, rules) for _ in range(tries)]
    return done, peak_megabytes()


def _try(connection: duckdb.DuckDBPyConnection, rules: Suite) -> Try:
    listing, listed = spent_on(list_breaches, connection, "facts", rules, "breaches")
    judging, judged = spent_on(judge, connection, "facts", rules)
    totals = sum(listed.values()), sum(judged.values())
    return Try(listing, judging, *totals, alike=listed == judged and totals[0] > 0)


def _plant_facts(connection: duckdb.DuckDBPyConnection, rules: Suite, documents: int) -> None:
    nulls = BREACHED_PER_MILLION // 2
    columns = ", ".join(
        f"case when draw_{n} >= {nulls} then draw_{n} >= {BREACHED_PER_MILLION} end as {rule.fact}"
        for n, rule in enumerate(rules.rules)
    )
    draws = ", ".join(f"hash(range, {n}) % 1000000 as draw_{n}" for n in range(RULES))
    connection.execute(
        f"create table facts as "
        f"select 'D' || range as document_id, (range / 100)::decimal(18, 2) as amount, {columns} "
        f"from (select range, {draws} from range({documents}))"
    )
