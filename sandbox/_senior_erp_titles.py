"""Payables in Senior's ERP: titles are entered, deleted, settled, and settlements are taken back.

A title is told apart by company, branch, supplier, type and number. Entering is insert only, row by row; deleting one
that was touched is refused; the exact words of both are assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox import _senior_erp_rules as rules
from sandbox._numbers import Number
from sandbox._senior_erp_ledger import OK, Handler, Job, RefusedCallError, branch_of, good, in_its_order, money
from sandbox._senior_erp_rules import Ground
from sandbox._table import Row, Table
from sandbox._world import World

KEY = ("codEmp", "codFil", "codFor", "codTpt", "numTit")
DONE = "Processado com sucesso."
FAILED = "Ocorreram erros."
REVERSED = "E"
EXTRAS = ("vlrJrs", "vlrMul", "vlrDsc")
ISO = "%Y-%m-%d"
DATES = ("datEmi", "datEnt", "vctOri", "vctPro", "datPpt")


class Titles:
    """The operations on payables."""

    def __init__(self, world: World, tables: dict[str, Table], detailed: Callable[[str, Row], str]) -> None:
        self.world = world
        self.tables = tables
        self.detailed = detailed
        titles = "mfi_cpa_titulos"
        self.operations: dict[tuple[str, str], Handler] = {
            (titles, "EntradaTitulosLoteCP_2"): self.enter,
            (titles, "ExcluirTitulosCP"): self.delete,
            (titles, "BaixarTitulosCP"): self.settle,
            (titles, "GerarBaixaPorLoteCP_2"): self.settle_in_lot,
            (titles, "EstornoBaixaTitulosCP_2"): self.reverse,
        }

    def enter(self, job: Job) -> Row:
        """Each title is judged and stored by itself."""
        told = []
        for given in job.asked["entradaTitulos"]:
            row = {**given, "codEmp": job.asked["codEmp"], "codFil": given["codFil"] or job.asked["codFil"]}
            refusal = self._refusal(row, job.ground)
            if refusal is None:
                self._enter(job, row)
            text = self.detailed(refusal, row) if refusal else good(job)
            told.append({**{name: row[name] for name in KEY}, "numInt": "", "txtRet": text})
        result = OK if all(each["txtRet"] == good(job) for each in told) else FAILED
        return {"erroExecucao": None, "gridResult": in_its_order(job, told), "resultado": result}

    def delete(self, job: Job) -> Row:
        """A title whose value is still whole goes."""
        told = []
        for given in job.asked["titulos"]:
            found = self.tables["titulo"].rows.get(key_of(given))
            text = OK
            if found is None:
                text = "Título não cadastrado"
            elif Decimal(found["vlrAbe"]) != Decimal(found["vlrOri"]):
                text = "Título possui movimentos"
            else:
                job.accept(self.world, "delete", found["id"], body=given)
                self.world.plant({"system": job.call.system, "table": "titulo", "remove": [found["id"]]})
                self._balance(job, found, -Decimal(found["vlrOri"]))
            told.append({**_key(given), "resultado": text})
        return _told("resultado", told, [each["resultado"] == OK for each in told])

    def settle(self, job: Job) -> Row:
        """Settlements one by one; amounts are texts with a decimal comma."""
        told = []
        for given in job.asked["baixaTituloPagar"]:
            refusal = self._settle(job, given, given["vlrMov"], given["datPgt"] or given["datMov"])
            told.append(
                {
                    **_key(given),
                    "ideExt": given["ideExt"] or 0,
                    "msgRet": refusal or DONE,
                    "resultado": FAILED if refusal else OK,
                    "tipRet": 2 if refusal else 1,
                }
            )
        return _told("resultado", told, [each["tipRet"] == 1 for each in told])

    def settle_in_lot(self, job: Job) -> Row:
        """Settlements of one day and account; each row says what was wrong with it, or nothing."""
        told = []
        for line in job.asked["gridTitulosBaixar"]:
            given = {**line, "codEmp": job.asked["codEmp"], "codFil": line["codFil"] or job.asked["codFil"]}
            header = {name: job.asked[name] for name in ("numDoc", "tnsCxb")}
            given |= {**header, "codTns": job.asked["tnsBai"], "numCco": given["numCco"] or job.asked["numCco"]}
            refusal = self._settle(job, given, given["vlrBai"], job.asked["datBai"])
            told.append(
                {**{name: given[name] for name in KEY}, "msgErr": refusal or "", "numInt": given["numInt"] or ""}
            )
        result = OK if not any(each["msgErr"] for each in told) else FAILED
        return {"erroExecucao": None, "gridRetorno": in_its_order(job, told), "resultado": result}

    def reverse(self, job: Job) -> Row:
        """A settlement is taken back: its movement is gone and the title is open again by as much."""
        told = []
        for given in job.asked["titulosPagar"]:
            found = self.tables["baixa"].rows.get(f"{key_of(given)}#{given['seqMov']}")
            title = self.tables["titulo"].rows.get(key_of(given))
            if found is None or title is None or found.get("sitReg") == REVERSED:
                told.append(
                    {**_key(given), "seqMov": given["seqMov"], "msgRet": "Movimento não encontrado", "tipRet": 2}
                )
                continue
            opened = Decimal(title["vlrAbe"]) + Decimal(found["vlrMov"])
            left = {**title, "vlrAbe": money(opened), "sitTit": "AB"}
            stays = [("baixa", {**found, "sitReg": REVERSED})] if job.ground.quirks["estornada"] == "fica" else []
            job.accept(self.world, "reverse", found["id"], ("titulo", left), *stays, body=given)
            if not stays:
                self.world.plant({"system": job.call.system, "table": "baixa", "remove": [found["id"]]})
            told.append({**_key(given), "seqMov": given["seqMov"], "msgRet": DONE, "tipRet": 1})
        result = _told("retorno", told, [each["tipRet"] == 1 for each in told])
        return {**result, "tipoRetorno": int(result["tipoRetorno"])}

    def _refusal(self, row: Row, ground: Ground) -> str | None:
        """What is not in the vendor's list comes first: what is not there cannot be judged."""
        try:
            branch = branch_of(ground, row)
        except RefusedCallError as problem:
            return str(problem)
        transaction = ground.row("transacao", row["codEmp"], row["codTns"])
        kind = ground.row("tipo", row["codTpt"])
        missing = {
            "Fornecedor não cadastrado": ground.row("fornecedor", row["codFor"]) is None,
            "Transação não cadastrada": transaction is None,
            "Tipo de título não cadastrado": kind is None,
            "Título sem número ou sem datas": not row["numTit"] or any(rules.day(row[n]) is None for n in DATES[:3]),
            "Valor do título inválido": (row["vlrOri"] or 0) <= 0,
            "Título já cadastrado": key_of(row) in self.tables["titulo"].rows,
        }
        if refusal := next((sentence for sentence, is_so in missing.items() if is_so), None):
            return refusal
        assert transaction is not None
        assert kind is not None
        return next(rules.title(row, ground, branch, transaction, kind), None)

    def _enter(self, job: Job, row: Row) -> None:
        shares = [
            {name: Number(format(value, "f")) if isinstance(value, Decimal) else value for name, value in share.items()}
            for share in row["rateio"]
        ]
        kept = {name: value for name, value in row.items() if name not in ("camposUsuario", "rateio")}
        kept |= {name: iso(row[name]) for name in DATES}
        for name, value in kept.items():
            if isinstance(value, Decimal):
                kept[name] = Number(format(value, "f"))
        amount = money(row["vlrOri"])
        made = {**kept, "id": key_of(row), "rateio": shares, "vlrOri": amount, "vlrAbe": amount, "sitTit": "AB"}
        job.accept(self.world, "create", made["id"], ("titulo", made), body=row)
        self._balance(job, made, Decimal(amount))

    def _settle(self, job: Job, given: Row, written: Any, on: Any) -> str | None:
        """The refusal of a settlement, or None when it was accepted. Its words are assumed."""
        title = self.tables["titulo"].rows.get(key_of(given))
        amount = comma(written)
        if title is None:
            return "Título não cadastrado"
        if amount is None or amount <= 0:
            return "Valor da baixa inválido"
        if rules.day(on) is None:
            return "Data da baixa inválida"
        opened = Decimal(title["vlrAbe"]) - amount
        if opened < 0:
            return "Valor da baixa maior que o valor em aberto"
        sequence = 1 + self._last_number(title, job.ground)
        movement = {
            **{name: title[name] for name in KEY},
            "id": f"{title['id']}#{sequence}",
            "titulo": title["id"],
            "seqMov": sequence,
            "datPgt": iso(on),
            "vlrMov": money(amount),
            "numDoc": given.get("numDoc") or "",
            "obsMcp": given.get("obsMcp") or "",
            "codTns": given.get("codTns") or "",
            **{name: money(given[name]) for name in EXTRAS if isinstance(given.get(name), Decimal)},
        }
        state = {"sitTit": "AB" if opened else "LQ", "ultPgt": iso(on), "ultSeq": sequence}
        left = {**title, "vlrAbe": money(opened), **state}
        reference = given.get("numInt") or given.get("numDoc")
        rows = (("baixa", movement), ("titulo", left))
        job.accept(self.world, "settle", movement["id"], *rows, body=given, reference=reference)
        return None

    def _last_number(self, title: Row, ground: Ground) -> int:
        """The last number of a movement of this title; whether one that was taken back is given again is not known."""
        if ground.quirks["numero_de_baixa"] == "novo":
            return int(title.get("ultSeq", 0))
        return max((int(row["seqMov"]) for row in self.tables["baixa"].lookup("titulo", title["id"])), default=0)

    def _balance(self, job: Job, title: Row, amount: Decimal) -> None:
        """The supplier's balance of the title's type grows when the transaction says so."""
        transaction = job.ground.row("transacao", title["codEmp"], title["codTns"]) or {}
        if transaction.get("pagDec") not in ("1", "2") or transaction.get("pagAsh") != "S":
            return
        kind = (job.ground.row("tipo", title["codTpt"]) or {}).get("pagSom")
        name = {"D": "salDup", "O": "salOut", "C": "salCre"}[str(kind)]
        supplier = job.ground.row("fornecedor", title["codFor"]) or {}
        balance = Decimal(supplier.get(name) or 0) + amount
        self.world.plant(
            {
                "system": job.call.system,
                "table": "fornecedor",
                "rows": [{"codFor": title["codFor"], name: str(balance)}],
            }
        )


def key_of(given: Row) -> str:
    """A title's key as one text."""
    return "/".join(str(given[name]).strip() for name in KEY)


def iso(text: Any) -> str | None:
    """A date as it is kept."""
    found = rules.day(text)
    return found.strftime(ISO) if found else None


def comma(text: Any) -> Decimal | None:
    """An amount written with a decimal comma and two decimals; anything else is none."""
    text = str(text or "")
    if "." in text or len(text.partition(",")[2]) != 2:
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def _key(given: Row) -> Row:
    return {name: given[name] for name in KEY}


def _told(grid: str, rows: list[Row], good: list[bool]) -> Row:
    fine = all(good)
    return {
        "erroExecucao": None,
        grid: rows,
        "mensagemRetorno": DONE if fine else FAILED,
        "tipoRetorno": "1" if fine else "2",
    }
