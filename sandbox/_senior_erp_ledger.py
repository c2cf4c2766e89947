"""Accounting in Senior's ERP: batches are opened, filled line by line, processed, and deleted.

Each line stands for itself: a call may leave some lines posted and others refused. That a batch cannot be filled once
it is processed, and that entries with one `ideUni` may come twice, is assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox import _senior_erp_rules as rules
from sandbox._call import Call
from sandbox._numbers import Number, cents
from sandbox._senior_erp_data import FIRST_BATCH, FIRST_ENTRY
from sandbox._senior_erp_rules import Ground
from sandbox._table import Row, Table
from sandbox._world import World, Write

OPEN, PROCESSED = "1", "2"
OK = "OK"
ECHOED = [
    "cgcCpf",
    "cgcCre",
    "codEmp",
    "codFil",
    "codFor",
    "codHpd",
    "cplLct",
    "ctaCre",
    "ctaDeb",
    "datLct",
    "desLot",
    "docLct",
    "forCre",
    "ideUni",
    "numFtc",
    "numLot",
    "obsCpl",
    "oriLct",
    "vlrLct",
]


@dataclass(frozen=True, slots=True)
class Job:
    """One operation that is asked for: by which call, with which parameters, on which ground it is judged."""

    call: Call
    asked: Row
    ground: Ground

    def accept(
        self, world: World, verb: str, key: Any, *rows: tuple[str, Row], body: Row, reference: Any = None
    ) -> None:
        """Journals what happened, without the fields that were not sent."""
        said = {name: value for name, value in body.items() if value not in (None, [])}
        world.accept(self.call, Write(verb=verb, id=key, body=said, rows=list(rows), reference=reference or key))


Handler = Callable[[Job], Row]


class RefusedCallError(Exception):
    """The whole call fails; its sentence goes into `erroExecucao`."""


class Ledger:
    """The operations on batches and entries."""

    def __init__(self, world: World, tables: dict[str, Table], detailed: Callable[[str, Row], str]) -> None:
        self.world = world
        self.tables = tables
        self.detailed = detailed
        self.operations: dict[tuple[str, str], Handler] = {
            ("mct_ctb_gerarlotectb", "Gerar"): self.open_batch,
            ("mct_ctb_gerarlotectb", "Gerar_2"): self.open_batch,
            ("mct_ctb_gerarlotectb", "Excluir"): self.delete_batch,
            ("mct_ctb_importacaolctctb", "Importar_3"): self.enter,
            ("mct_ctb_processarlotectb", "Processar"): self.process,
        }

    def open_batch(self, job: Job) -> Row:
        """A batch of one company, branch and day; a broken rule is told in `erroExecucao`."""
        branch = branch_of(job.ground, job.asked)
        for sentence in rules.batch(branch, rules.day(job.asked["datLot"])):
            raise RefusedCallError(self.detailed(sentence, job.asked))
        row = {
            "numLot": max(FIRST_BATCH, self.tables["lote"].next_id()),
            **{name: job.asked.get(name) for name in ("codEmp", "codFil", "datLot", "desLot", "oriLot", "tipLot")},
            "totLot": money(job.asked.get("totLot")),
            "sitLot": OPEN,
        }
        job.accept(self.world, "create", row["numLot"], ("lote", row), body=job.asked, reference=row["desLot"])
        return {"erroExecucao": None, "numLot": row["numLot"]}

    def enter(self, job: Job) -> Row:
        """Each line is judged and stored by itself; its sentence, or OK, is in its row of the result."""
        told = []
        for place, line in enumerate(job.asked["gridLct"], 1):
            refusal = self._refusal(line, job.ground)
            number = 0 if refusal else self._store(job, line)
            result = self.detailed(refusal, line) if refusal else good(job)
            echo = {name: line[name] if line[name] is not None else _nothing(name) for name in ECHOED}
            told.append({**echo, "linha": place, "numLct": number, "resultado": result})
        return {"erroExecucao": None, "gridLctResult": in_its_order(job, told)}

    def process(self, job: Job) -> Row:
        """All entries of a batch reach the books, or none does."""
        found = self._batch(job.asked)
        if found is None:
            return {"erroExecucao": None, "resultado": "Lote não encontrado"}
        if found["sitLot"] == PROCESSED:
            return {"erroExecucao": None, "resultado": "Lote já processado"}
        entries = self.tables["lancamento"].lookup("numLot", found["numLot"])
        if sentence := rules.effect(found, entries, job.ground.quirks):
            return {"erroExecucao": None, "resultado": self.detailed(sentence, found)}
        rows = [("lancamento", {**entry, "sitLct": PROCESSED}) for entry in entries]
        rows.append(("lote", {**found, "sitLot": PROCESSED}))
        job.accept(self.world, "process", found["numLot"], *rows, body=job.asked, reference=found["desLot"])
        return {"erroExecucao": None, "resultado": OK}

    def delete_batch(self, job: Job) -> Row:
        """A batch that was not processed goes, with its entries; that it had none is only a warning."""
        found = self._batch(job.asked)
        if found is None or found["sitLot"] == PROCESSED or branch_of(job.ground, job.asked).get("ctbAli") != "S":
            return {"erroExecucao": None, "mensagemRetorno": "Lote não pode ser excluído", "tipoRetorno": 2}
        entries = self.tables["lancamento"].lookup("numLot", found["numLot"])
        job.accept(self.world, "delete", found["numLot"], body=job.asked, reference=found["desLot"])
        for table, key in [*(("lancamento", each["numLct"]) for each in entries), ("lote", found["numLot"])]:
            self.world.plant({"system": job.call.system, "table": table, "remove": [key]})
        warning = rules.EMPTY_BATCH if not entries else "Processado com sucesso."
        return {"erroExecucao": None, "mensagemRetorno": warning, "tipoRetorno": 1}

    def _refusal(self, line: Row, ground: Ground) -> str | None:
        try:
            branch = branch_of(ground, line)
        except RefusedCallError as problem:
            return str(problem)
        found = self._batch(line)
        if found is None:
            return "Lote não encontrado"
        if found["sitLot"] == PROCESSED:
            return "Lote já processado"
        return next(rules.entry(line, ground, branch), None)

    def _store(self, job: Job, line: Row) -> int:
        shares = [
            {**share, "perRat": _plain(share["perRat"]), "vlrRat": money(share["vlrRat"])}
            for share in rules.apportioned(line, job.ground)
        ]
        row = {
            **line,
            "vlrLct": money(line["vlrLct"]),
            "rateio": shares,
            "numLct": max(FIRST_ENTRY, self.tables["lancamento"].next_id()),
            "sitLct": OPEN,
        }
        del row["auxiliar"]
        job.accept(self.world, "create", row["numLct"], ("lancamento", row), body=line, reference=line["ideUni"])
        return int(row["numLct"])

    def _batch(self, asked: Row) -> Row | None:
        found = self.tables["lote"].rows.get(asked["numLot"])
        same = found is not None and (found["codEmp"], found["codFil"]) == (asked["codEmp"], asked["codFil"])
        return found if same else None


def good(job: Job) -> str:
    """How a line is told that was taken."""
    word = job.ground.quirks["sucesso"]
    return "" if word == "em_branco" else word


def in_its_order(job: Job, told: list[Row]) -> list[Row]:
    """The answers in the order of the lines, backwards, or each twice."""
    order = job.ground.quirks["linhas"]
    return told[::-1] if order == "invertidas" else told * (2 if order == "duas_vezes" else 1)


def branch_of(ground: Ground, asked: Row) -> Row:
    """The branch that is spoken of, or the refusal that was observed for one that is not there."""
    company, branch = asked["codEmp"], asked["codFil"]
    found = ground.row("filial", company, branch)
    if found is not None:
        return found
    if not any(row["codEmp"] == company for row in ground.tables["filial"].rows.values()):
        raise RefusedCallError(f"Código da empresa não cadastrado. Código de empresa informado: {company}")
    raise RefusedCallError(f"Código da filial não cadastrado. Código da empresa/filial informados: {company}/{branch}")


def money(value: Any) -> Number:
    """An amount as it is kept: two decimals, exact."""
    return cents(int(value * 100)) if value is not None else cents(0)


def _plain(value: Any) -> Number:
    return Number(format(value, "f")) if value is not None else Number("0")


def _nothing(name: str) -> Any:
    return "" if name in ("cplLct", "datLct", "desLot", "docLct", "ideUni", "obsCpl", "oriLct") else 0
