"""How long the decision table takes over a million documents that were all posted before; one in a hundred changed."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from bench._result import Line, Measured, Spent, spent_on
from bench._world import in_fresh_process
from flows._decide import PLAN, compare
from flows._functions import register
from flows._ledger import Ledger
from flows._run import Kind

DOCUMENTS = 1_000_000
CHANGED_EVERY = 100
GOAL_SECONDS = 1.5
TRIES = 3
KIND = Kind("receivable")
_HASHES = "update documents set payload_hash = sha256(payload)[:32]::uuid, fields_hash = sha256(fields)[:32]::uuid"


def measure(documents: int = DOCUMENTS) -> Measured:
    """The best of three; the databases are files, as in a run."""
    tried, decided, recorded = in_fresh_process(_plan, documents)
    seconds = min(tried).seconds
    wanted = {"skip": documents - documents // CHANGED_EVERY, "update": documents // CHANGED_EVERY}
    line = Line(
        f"Plan of {documents:,} documents against a mirror of {documents:,}, {100 // CHANGED_EVERY} % changed",
        f"{seconds:.2f} s",
        ", ".join(f"{decided[action]:,} {action}" for action in sorted(decided)),
        f"< {GOAL_SECONDS} s, exactly {wanted['update']:,} updates",
        seconds < GOAL_SECONDS and decided == wanted,
    )
    note = f"Plan: best of {', '.join(map(str, tried))}; recording all decisions, all of them new: {recorded} more."
    return Measured((line,), (note,))


def _plan(documents: int) -> tuple[list[Spent], dict[str, int], Spent]:
    """What each try took, documents per action, what it took to record the decisions."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder, "work.duckdb"))) as connection:
        connection.execute("set preserve_insertion_order = false; set enable_progress_bar = false")
        ledger = Ledger(connection, Path(folder, "ledger.duckdb"))
        _begin(ledger)
        _plant(connection, documents)
        tried = [_decide(connection) for _ in range(TRIES)]
        decided = dict(connection.execute("select action, count(*) from plan group by action").fetchall())
        recorded, _ = spent_on(ledger.decide, "receivable")
        return tried, decided, recorded


def _begin(ledger: Ledger) -> None:
    facts = {"integration": "bench", "tenant": "bench", "dry_run": False, "prefect_run_id": None, "version": "0"}
    ledger.begin("bench", {**facts, "as_of": datetime.now(UTC)})


def _decide(connection: duckdb.DuckDBPyConnection) -> Spent:
    def decide() -> None:
        compare(connection, KIND)
        connection.execute(PLAN["decide"])

    connection.execute("truncate plan")
    spent, _ = spent_on(decide)
    return spent


def _plant(connection: duckdb.DuckDBPyConnection, documents: int) -> None:
    """A million documents, all of them posted and standing in the target; then one in a hundred changes."""
    register(connection)
    connection.execute("set variable language = 'pt-BR'; set variable today = '2026-11-20'::date")
    connection.execute(PLAN["tables"])
    connection.execute(PLAN["sentences"])
    connection.execute("create view links_now as from ledger.linked")
    connection.execute(
        "create table breaches (document_id text, position integer, fact text, because text, shown text, "
        "is_first boolean, kinds text[])"
    )
    number = f"range({documents}) as numbers(n)"
    fields = """'{"amount":' || n || ',"due_on":"2026-09-01"}'"""
    connection.execute(
        f"""insert into documents by name
        select 'receivable' as kind, n::text as document_id, n::text as record_id, 'PARCELA ' || n as label,
            (n / 100)::decimal(18, 2) as amount, 'BRL' as currency, 'P-' || n as reference,
            ['n' || n] as natural_key,
            '{{"IDPessoa":563,"Descri":"PARCELA 2","VlrVenc":' || n || ',"DtaVenc":"2026-09-01","DtaCompet":'
                || '"2026-09-01","IDPlanoContaOrigem":"30101","IDCentroCusto":4,"CodigoExterno":"P-' || n || '"}}'
                as payload,
            {fields} as fields, true as mirrored
        from {number}"""
    )
    connection.execute(_HASHES)
    connection.execute(
        f"""insert into mirror by name
        select 'receivable' as kind, (n + 5000000)::text as target_id, 'P-' || n as reference,
            ['n' || n] as natural_key, {fields} as fields, sha256({fields})[:32]::uuid as fields_hash,
            '{{}}' as record, true as lives
        from {number}"""
    )
    target = "(document_id::integer + 5000000)::text"
    for event, target_id in (("sending", "null"), ("posted", target)):
        connection.execute(
            f"""insert into ledger.attempts by name
            select 'before' as run_id, kind, document_id, 'create' as verb, '{event}' as event, payload_hash, fields,
                fields_hash, {target_id} as target_id, now() as recorded_at
            from documents"""
        )
    connection.execute(
        f"""insert into ledger.links by name
        select 'before' as run_id, kind, document_id, {target} as target_id, 'created' as how, now() as recorded_at
        from documents"""
    )
    connection.execute(
        f"""update documents
        set payload = replace(payload, '09-01', '09-02'), fields = replace(fields, '09-01', '09-02')
        where document_id::integer % {CHANGED_EVERY} = 0"""
    )
    connection.execute(_HASHES)
