"""A payroll's life: entries, titles, settlements and invoices come and change; accountants are at work in the ERP."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sandbox._senior_hcm_data import definition, employee, entry, launch, settlement, share, title
from sandbox.senior_erp import CHOICES as READINGS_OF_THE_ERP
from sandbox.senior_hcm import CHOICES as READINGS_OF_PAYROLL
from tests._world import World
from tests.lives._life import Event, Life

Row = dict[str, Any]
TO_ERP = "senior_hcm_to_senior_erp"
BACK = "senior_erp_to_senior_hcm"
INVOICES = "senior_hcm_invoices_to_senior_erp"
TITLES = "mfi_cpa_titulos"
ENTER, DELETE = f"{TITLES}.EntradaTitulosLoteCP_2", f"{TITLES}.ExcluirTitulosCP"
READS = (
    ("senior_erp", "cad_filial.Exportar", "POST"),
    ("senior_erp", "int_vetorh_fornecedores.Exportar", "POST"),
    ("senior_erp", "mct_ctb_exportacaolctctb.ExportarLotes", "POST"),
    ("senior_erp", "mct_ctb_exportacaolctctb.ExportarLancamentos", "POST"),
    ("senior_erp", f"{TITLES}.ConsultarTitulosCP_3", "POST"),
    ("senior_erp", f"{TITLES}.ConsultarTitulosAbertosCP_3", "POST"),
    ("senior_erp", f"{TITLES}.ExportarBaixaTitulosPagarIntegracao_3", "POST"),
    ("senior_hcm", "/folha/*", "GET"),
    ("senior_hcm", "/faturas/*", "GET"),
)
READ_FAULTS = ("request_lost", "status", "truncated_json", "html_200", "storm_429", "garbled", "erro_200")
SUPPLIERS = (500, 506)
UNREGISTERED = 599
WINDOW_DAYS = 90
"""What is older may never have been read, unless a run saw it while it was younger."""
OPEN, EFFECTED, REVERSED = "1", "2", "E"
OURS = re.compile(r"(?i)HCM-1-1-(\d{8})-\d+")
NOTE = re.compile(r"\[HCM:([^\]]+)\]")


class Senior(Life):
    """What people change by hand in the ERP may stay so; what they took away may stay away."""

    integrations = (TO_ERP, BACK, INVOICES)
    writes: ClassVar[Mapping[str, Sequence[tuple[str, str, str]]]] = {
        TO_ERP: [
            ("senior_erp", "mct_ctb_gerarlotectb.Gerar_2", "POST"),
            ("senior_erp", "mct_ctb_importacaolctctb.Importar_3", "POST"),
            ("senior_erp", "mct_ctb_processarlotectb.Processar", "POST"),
            ("senior_erp", "mct_ctb_gerarlotectb.Excluir", "POST"),
            ("senior_erp", ENTER, "POST"),
            ("senior_erp", DELETE, "POST"),
            ("senior_erp", f"{TITLES}.GerarBaixaPorLoteCP_2", "POST"),
            ("senior_erp", f"{TITLES}.EstornoBaixaTitulosCP_2", "POST"),
        ],
        BACK: [
            ("senior_hcm", "/folha/baixas-erp", "POST"),
            ("senior_hcm", "/folha/baixas-erp/*/estorno", "POST"),
        ],
        INVOICES: [
            ("senior_erp", ENTER, "POST"),
            ("senior_erp", DELETE, "POST"),
            ("senior_hcm", "/folha/movimentos", "POST"),
        ],
    }
    readings: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {
        "senior_erp": {name: values[1:] for name, values in READINGS_OF_THE_ERP.items()},
        "senior_hcm": {name: values[1:] for name, values in READINGS_OF_PAYROLL.items()},
    }

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(world, seed)
        self.count = 0
        self.amounts: dict[str, set[Decimal]] = {}
        """Every amount that a document has had at the source."""
        self.known: set[str] = set()
        """What a whole run has read as it is now; what has waited since is not forgotten, however old."""
        self.typed: set[str] = set()
        """Entries that stand there without a name, typed by hand."""
        self.touched: set[str] = set()
        """Entries that somebody changed by hand, or took away."""
        self.taken_away: set[int] = set()
        """Entries by their numbers in the ERP."""
        self.strange: set[int] = set()
        """Batches of ours into which somebody typed something, or that somebody processed."""
        self.left: dict[str, tuple[Decimal, str]] = {}
        """Titles as somebody left them: amount and due date."""
        self.deleted: set[str] = set()
        """Titles that somebody deleted in the ERP."""
        self.paid_by_hand: set[str] = set()
        """Titles of which somebody settled something, or took a settlement back."""
        self.untold: set[str] = set()
        """References of what somebody deleted in payroll."""

    def begin(self) -> None:
        self.world.plant("senior_hcm", "fatura_definicao", definition(1), definition(2, codFor=500, destino="F"))
        self.the_period_is_moved_on()

    # -- at the source --------------------------------------------------------------------------------------

    def at_the_source(self) -> Sequence[Event]:
        return (
            self.book,
            self.book,
            self.book_incompletely,
            self.complete_an_entry,
            self.change_an_entry,
            self.delete_an_entry,
            self.empty_a_day,
            self.owe,
            self.owe,
            self.owe_somebody_unknown,
            self.change_a_titles_amount,
            self.change_a_due_date,
            self.delete_a_title,
            self.settle,
            self.settle,
            self.take_a_settlement_back,
            self.move_a_settlement,
            self.launch,
            self.launch_what_does_not_add_up,
            self.add_up,
            self.change_an_invoice,
            self.delete_an_invoice,
        )

    def book(self, **changed: Any) -> None:
        for _ in range(self.draw.randint(1, 3)):
            key, amount = f"FP-{self._next()}", self._amount()
            day = (self._today() - timedelta(days=self.draw.choice((0, 0, 1)))).isoformat()
            said = {"datLct": day, "vlrLct": amount, "rateio": self._apportioned(amount), **changed}
            if not said["rateio"]:
                said["ctaDeb"] = self.draw.choice((4101, 4103))
            self._put("lancamento", entry(key, **said))

    def book_incompletely(self) -> None:
        """Neither history nor complement: refused by rule until somebody writes one."""
        self.book(codHpd=None, cplLct=None)

    def complete_an_entry(self) -> None:
        for row in self._some("lancamento", lambda row: not row["cplLct"]):
            self._put("lancamento", {**row, "cplLct": "SALARIOS"})

    def change_an_entry(self) -> None:
        for row in self._some("lancamento"):
            self._put("lancamento", {**row, "vlrLct": self._amount(), "rateio": []})

    def delete_an_entry(self) -> None:
        for row in self._some("lancamento"):
            self._drop("lancamento", row["ideUni"])

    def empty_a_day(self) -> None:
        """Payroll calculates a day anew, and nothing of it is left."""
        for row in self._some("lancamento"):
            for each in self._source("lancamento"):
                if each["datLct"] == row["datLct"]:
                    self._drop("lancamento", each["ideUni"])

    def owe(self, **changed: Any) -> None:
        key, amount, today = f"T{self._next()}", self._amount(), self._today().isoformat()
        said = {"datEmi": today, "datEnt": today, "vctOri": self._later(), "vlrOri": amount}
        apart = {"numTit": f"FP-{key}", "codFor": self.draw.choice(SUPPLIERS), "rateio": self._apportioned(amount)}
        self._put("titulo", title(key, **{**said, **apart, **changed}))

    def owe_somebody_unknown(self) -> None:
        self.owe(codFor=UNREGISTERED)

    def change_a_titles_amount(self) -> None:
        for row in self._some("titulo"):
            self._put("titulo", {**row, "vlrOri": self._amount(), "rateio": []})

    def change_a_due_date(self) -> None:
        for row in self._some("titulo"):
            self._put("titulo", {**row, "vctOri": self._later()})

    def delete_a_title(self) -> None:
        for row in self._some("titulo"):
            self._drop("titulo", row["ideTit"])

    def settle(self) -> None:
        """A part, or all that payroll has not decided to pay yet."""
        for row in self._some("titulo"):
            key = _key(row)
            decided = sum(each["vlrMov"] for each in self._source("baixa") if _key(each) == key)
            left = min(self.amounts[row["ideTit"]]) - decided
            if left > 0:
                amount = self.draw.choice((left, (left / 2).quantize(Decimal("0.01")))) or left
                same = {name: row[name] for name in ("codEmp", "codFil", "codFor", "codTpt", "numTit")}
                day = self._today().isoformat()
                self._put("baixa", settlement(f"BX-{self._next()}", **same, datPgt=day, vlrMov=amount))

    def take_a_settlement_back(self) -> None:
        for row in self._some("baixa", lambda row: row["situacao"] == "A"):
            self._put("baixa", {**row, "situacao": "E"})

    def move_a_settlement(self) -> None:
        """Payroll says now that it was of another title."""
        for row in self._some("baixa"):
            for other in self._some("titulo"):
                self._put("baixa", {**row, **{name: other[name] for name in ("codFor", "numTit")}})

    def launch(self, missing: Decimal = Decimal(0)) -> None:
        number, today = self._next(), self._today().isoformat()
        parts = [self._amount() for _ in range(self.draw.randint(1, 3))]
        days = {"datEmi": today, "datEnt": today, "vctOri": self._later(), "competencia": today[:7]}
        said = {**days, "numTit": f"FAT-{number}", "vlrOri": sum(parts) + missing}
        self._put("fatura_lancamento", launch(number, definicao=self.draw.choice((1, 2)), **said))
        for place, part in enumerate(parts, 1):
            who = {"id": f"{number}/1/{place}", "lancamento": number, "parcelas": self.draw.choice((1, 3))}
            self._put("fatura_colaborador", employee(place, **who, valor=part))

    def launch_what_does_not_add_up(self) -> None:
        self.launch(missing=Decimal("13.13"))

    def add_up(self) -> None:
        for row in self._some("fatura_lancamento", lambda row: self._shared(row["id"]) < row["vlrOri"]):
            left = row["vlrOri"] - self._shared(row["id"])
            who = {"id": f"{row['id']}/1/9", "lancamento": row["id"], "valor": left}
            self._put("fatura_colaborador", employee(9, **who))

    def change_an_invoice(self) -> None:
        """One more employee owes of it."""
        for row in self._some("fatura_lancamento"):
            place, more = 10 + len(self._shares(row["id"])), self._amount()
            who = {"id": f"{row['id']}/1/{place}", "lancamento": row["id"], "valor": more}
            self._put("fatura_colaborador", employee(place, **who))
            self._put("fatura_lancamento", {**row, "vlrOri": row["vlrOri"] + more})

    def delete_an_invoice(self) -> None:
        for row in self._some("fatura_lancamento"):
            for each in self._shares(row["id"]):
                self._drop("fatura_colaborador", each["id"])
            self._drop("fatura_lancamento", row["id"])

    # -- by hand --------------------------------------------------------------------------------------------

    def by_hand(self) -> Sequence[Event]:
        return (
            self.type_an_entry,
            self.change_an_entry_there,
            self.take_an_entry_away,
            self.take_a_batch_away,
            self.process_a_batch,
            self.write_a_batchs_name_otherwise,
            self.type_a_title,
            self.type_a_title_due_another_day,
            self.change_a_title_there,
            self.pay_a_title,
            self.pay_a_title,
            self.take_a_payment_back,
            self.delete_a_title_there,
            self.retire_a_supplier,
            self.register_the_unknown,
            self.close_the_period,
            self.the_period_is_moved_on,
            self.forget_a_telling,
            self.forget_a_movement,
            self.type_a_telling,
        )

    def type_an_entry(self) -> None:
        """Somebody types an entry of payroll into its open batch, without payroll's own number."""
        there = self._entries_there()
        for row in self._some("lancamento", lambda row: row["ideUni"] not in there and row["cplLct"]):
            for lot in self._lots(_local(row["datLct"])):
                number = 8_000_000 + self._next()
                same = {name: row[name] for name in ("codEmp", "codFil", "ctaDeb", "ctaCre", "vlrLct", "codHpd")}
                typed = {**same, "numLct": number, "numLot": lot["numLot"], "datLct": lot["datLot"], "ideUni": None}
                self._plant("lancamento", {**typed, "cplLct": "digitado", "docLct": None, "rateio": [], "sitLct": OPEN})
                self.typed.add(row["ideUni"])
                self.strange.add(lot["numLot"])

    def change_an_entry_there(self) -> None:
        for row in self._some_there("lancamento", lambda row: row["ideUni"] and row["sitLct"] == OPEN):
            self.touched.add(row["ideUni"])
            self.strange.add(row["numLot"])
            self._plant("lancamento", {"numLct": row["numLct"], "vlrLct": self._amount(), "rateio": []})

    def take_an_entry_away(self) -> None:
        for row in self._some_there("lancamento", lambda row: row["ideUni"] and row["sitLct"] == OPEN):
            self._take_away(row)

    def take_a_batch_away(self) -> None:
        for lot in self._lots():
            for row in self.world.rows("senior_erp", "lancamento"):
                if row["numLot"] == lot["numLot"]:
                    self._take_away(row)
            self.world.remove("senior_erp", "lote", lot["numLot"])

    def process_a_batch(self) -> None:
        for lot in self._lots():
            self.strange.add(lot["numLot"])
            for row in self.world.rows("senior_erp", "lancamento"):
                if row["numLot"] == lot["numLot"]:
                    self._plant("lancamento", {"numLct": row["numLct"], "sitLct": EFFECTED})
            self._plant("lote", {"numLot": lot["numLot"], "sitLot": EFFECTED})

    def write_a_batchs_name_otherwise(self) -> None:
        for lot in self._lots():
            self._plant("lote", {"numLot": lot["numLot"], "desLot": f"{lot['desLot'].lower()} ok"})

    def type_a_title(self, **changed: Any) -> None:
        """Somebody types a title of payroll that has not come there yet."""
        there = self._titles_there()
        for row in self._some("titulo", lambda row: _key(row) not in there and row["codFor"] != UNREGISTERED):
            same = {name: row[name] for name in ("codEmp", "codFil", "codFor", "codTpt", "numTit", "codTns")}
            days = {name: row[name] for name in ("datEmi", "datEnt", "vctOri")}
            money = {"vlrOri": row["vlrOri"], "vlrAbe": row["vlrOri"], "sitTit": "AB", "rateio": []}
            self._plant("titulo", {"id": _key(row), **same, **days, **money, "obsTcp": "digitado", **changed})

    def type_a_title_due_another_day(self) -> None:
        before = self._titles_there()
        self.type_a_title(vctOri="2028-01-15")
        for key in set(self._titles_there()) - set(before):
            self.left[key] = (self._titles_there()[key]["vlrOri"], "2028-01-15")

    def change_a_title_there(self) -> None:
        for row in self._some_there("titulo", self._is_ours_untouched):
            amount, due = self.draw.choice(((self._amount(), row["vctOri"]), (row["vlrOri"], "2028-02-10")))
            self._plant("titulo", {"id": row["id"], "vlrOri": amount, "vlrAbe": amount, "vctOri": due, "rateio": []})
            self.left[row["id"]] = (amount, due)

    def pay_a_title(self) -> None:
        for row in self._some_there("titulo", lambda row: row["vlrAbe"] > 0):
            opened = row["vlrAbe"]
            amount = self.draw.choice((opened, (opened / 3).quantize(Decimal("0.01")))) or opened
            there = [each["seqMov"] for each in self._movements() if each["titulo"] == row["id"]]
            is_reused = self._reads("senior_erp", "numero_de_baixa") == "reaproveitado"
            number = 1 + (max(there, default=0) if is_reused else row.get("ultSeq", 0))
            same = {name: row[name] for name in ("codEmp", "codFil", "codFor", "codTpt", "numTit")}
            told = {"titulo": row["id"], "seqMov": number, "datPgt": self._today().isoformat(), "vlrMov": amount}
            blank = dict.fromkeys(("numDoc", "obsMcp", "codTns"), "")
            self._plant("baixa", {**same, **told, **blank, "id": f"{row['id']}#{number}", "sitReg": None})
            left = {"vlrAbe": opened - amount, "sitTit": "AB" if opened > amount else "LQ", "ultSeq": number}
            self._plant("titulo", {"id": row["id"], **left})
            self.paid_by_hand.add(row["id"])
            self.log.append(f"    {amount} of title {row['id']}, number {number}")

    def take_a_payment_back(self) -> None:
        titles = self._titles_there()
        for row in self._some_there("baixa", _stands):
            opened = titles[row["titulo"]]["vlrAbe"] + row["vlrMov"]
            self._plant("titulo", {"id": row["titulo"], "vlrAbe": opened, "sitTit": "AB"})
            if self._reads("senior_erp", "estornada") == "fica":
                self._plant("baixa", {"id": row["id"], "sitReg": REVERSED})
            else:
                self.world.remove("senior_erp", "baixa", row["id"])
            self.paid_by_hand.add(row["titulo"])
            if found := NOTE.search(row["obsMcp"]):
                self.touched.add(found[1])
            self.log.append(f"    {row['vlrMov']} of title {row['titulo']}, number {row['seqMov']}")

    def delete_a_title_there(self) -> None:
        moved = {row["titulo"] for row in self._movements()}
        for row in self._some_there("titulo", lambda row: row["id"] not in moved):
            self.world.remove("senior_erp", "titulo", row["id"])
            self.deleted.add(row["id"])
            self.left.pop(row["id"], None)

    def retire_a_supplier(self) -> None:
        self._plant("fornecedor", {"codFor": self.draw.choice(SUPPLIERS), "sitFor": "I"})

    def register_the_unknown(self) -> None:
        balances = dict.fromkeys(("salDup", "salOut", "salCre"), "0.00")
        said = {"codFor": UNREGISTERED, "nomFor": "Fornecedor Novo", "sitFor": "A", "cgcCpf": "11222333000181"}
        self._plant("fornecedor", {**said, **balances})

    def close_the_period(self) -> None:
        """Nothing of the past may be entered any more."""
        soon = self._today() + timedelta(days=32)
        self._plant("filial", {"id": "1/1", "ctbPei": f"{soon:%m/%Y}", "pagPdi": soon.replace(day=1).isoformat()})

    def the_period_is_moved_on(self) -> None:
        """The exercise of the year, entries of the last two months and of this one, payables of the quarter."""
        today = self._today()
        since = (today - timedelta(days=60)).replace(day=1)
        exercise = {"ctbExi": f"{since.year}-01-01", "ctbExf": f"{today.year}-12-31"}
        period = {"ctbPei": f"{since:%m/%Y}", "ctbPef": f"{today:%m/%Y}"}
        payables = {"pagPdi": since.isoformat(), "pagPdf": (today + timedelta(days=31)).isoformat()}
        self._plant("filial", {"id": "1/1", **exercise, **period, **payables})

    def forget_a_telling(self) -> None:
        """Somebody deletes in payroll what the ERP had told."""
        for row in self._some("baixa_erp", lambda row: row["referencia"]):
            self.world.remove("senior_hcm", "baixa_erp", row["id"])
            self.untold.add(_telling(row))

    def forget_a_movement(self) -> None:
        for row in self._some("movimento"):
            self.world.remove("senior_hcm", "movimento", row["id"])
            self.untold.add(row["referencia"])

    def type_a_telling(self) -> None:
        """Somebody notes a payment in payroll that is of no title of ours."""
        same = {"codEmp": 1, "codFil": 1, "codFor": 500, "codTpt": "01", "numTit": "OUTRO", "seqMov": 1}
        more = {"datPgt": self._today().isoformat(), "vlrMov": Decimal("77.70"), "referencia": None, "situacao": "A"}
        self.world.plant("senior_hcm", "baixa_erp", {"id": 700_000 + self._next(), **same, **more})

    # -- runs -----------------------------------------------------------------------------------------------

    def put_in_order(self) -> None:
        """Everything may be entered, and everybody is paid, from the next day on: what was refused goes once a day."""
        exercise = {"ctbExi": "2026-01-01", "ctbExf": "2028-12-31", "ctbPei": "01/2026", "ctbPef": "12/2028"}
        self._plant("filial", {"id": "1/1", **exercise, "pagPdi": "2026-01-01", "pagPdf": "2028-12-31"})
        self._plant("fornecedor", *({"codFor": code, "sitFor": "A"} for code in SUPPLIERS))
        self.register_the_unknown()
        self.world.advance(hours=24)

    def _happen(self, number: int) -> None:
        if self.draw.random() < 0.8:
            self.the_period_is_moved_on()
        for _ in range(3):  # there are more kinds of documents here than elsewhere
            super()._happen(number)

    def _run_somehow(self, number: int) -> None:
        for _ in range(2):
            heard = len(self.log)
            super()._run_somehow(number)
            self.world.no_faults()
            if any(f"the ledger of {TO_ERP} is lost" in line for line in self.log[heard:]):
                self.known.clear()
            if re.match(f"{TO_ERP}: (Posted|Nothing|Rejected)", self.log[-1]):
                self.known |= {key for key, day in self._days().items() if self._is_young(day)}

    def _faults(self, integration: str) -> Iterator[dict[str, Any]]:
        """Many lines go in one call, so most of what is written there is the first call of its kind, or the second."""
        for fault in super()._faults(integration):
            is_in_one = fault["system"] == "senior_erp" and fault["method"] == "POST"
            yield {**fault, "on_call": (fault["on_call"] + 1) // 2} if is_in_one else fault
        if self.draw.random() < 0.4:
            system, route, method = self.draw.choice(READS)
            told = {"fault": self.draw.choice(READ_FAULTS), "on_call": self.draw.randint(1, 3)}
            yield {"system": system, "route": route, "method": method, **told, "times": self.draw.randint(1, 4)}

    # -- what must be true ----------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        return [
            *self._wrong_entries(),
            *self._wrong_batches(),
            *self._wrong_titles(),
            *self._wrong_settlements(),
            *self._wrong_tellings(),
            *self._wrong_movements(),
        ]

    def _wrong_entries(self) -> Iterator[str]:
        there = self._entries_there()
        alive = {row["ideUni"]: row for row in self._source("lancamento")}
        for key, rows in there.items():
            if len(rows) > 1:
                yield f"entry {key} stands {len(rows)} times"
            if key not in self.touched and rows[0]["vlrLct"] not in self.amounts[key]:
                yield f"entry {key} has {rows[0]['vlrLct']}, of {self.amounts[key]}"
        for key, row in alive.items():
            waits = key in self.typed | self.touched or not row["cplLct"]
            if key not in there and not waits and self._is_owed(key, row["datLct"]):
                yield f"entry {key} of {row['datLct']} stands nowhere"

    def _wrong_batches(self) -> Iterator[str]:
        entries = self.world.rows("senior_erp", "lancamento")
        journal = self.world.journal("senior_erp")
        lots = {row["numLot"]: row for row in self.world.rows("senior_erp", "lote") if OURS.search(str(row["desLot"]))}
        named = Counter(OURS.search(str(row["desLot"]))[0].upper() for row in lots.values())  # type: ignore[index]
        yield from (f"batch {name} is there {count} times" for name, count in named.items() if count > 1)
        for each in journal:
            held = [row["numLct"] for _, row in _stored(journal, each["seq"]) if row["numLot"] == each["id"]]
            if (each["verb"], _operation(each)) == ("delete", "Excluir") and set(held) - self.taken_away:
                yield f"batch {each['id']} was deleted with {held}"
            if (each["verb"], _operation(each)) == ("process", "Processar") and each["id"] in self.strange:
                yield f"batch {each['id']} was processed with what somebody else had typed or changed in it"
        alive = {row["ideUni"]: row for row in self._source("lancamento")}
        there = {row["ideUni"]: row for row in entries if row["ideUni"]}
        for number, lot in lots.items():
            day = _day(lot["datLot"])
            inside = [row for row in entries if row["numLot"] == number]
            of_the_day = [row for row in alive.values() if row["datLct"] == day]
            is_whole = all(row["ideUni"] in there and _same(row, there[row["ideUni"]]) for row in of_the_day)
            is_pure = all(row["ideUni"] in alive and _same(alive[row["ideUni"]], row) for row in inside)
            is_forgotten = self._was_lost(TO_ERP) and not self._is_young(day)
            if lot["sitLot"] == EFFECTED or number in self.strange or is_forgotten:
                continue
            untouched = not {row["ideUni"] for row in (*of_the_day, *inside)} & (self.touched | self.typed)
            if inside and is_whole and is_pure and untouched and {row["ideUni"] for row in inside} <= self._sure():
                yield f"batch {number} of {day} is whole and not effected"
            is_deletable = self._reads("senior_erp", "excluir_lote") != "ausente" and not self._was_lost(TO_ERP)
            if is_deletable and not inside and not of_the_day:
                yield f"batch {number} of {day} is empty and still there"

    def _wrong_titles(self) -> Iterator[str]:
        there = self._titles_there()
        for row in self._source("titulo"):
            key, name = _key(row), row["ideTit"]
            sure = self._is_owed(name, row["datEmi"])
            yield from self._wrong_title(key, row, there.get(key), sure=sure, lost=self._was_lost(TO_ERP))
        definitions = {row["id"]: row for row in self._source("fatura_definicao")}
        for row in self._source("fatura_lancamento"):
            key = _key({**definitions[row["definicao"]], "numTit": row["numTit"]})
            yield from self._wrong_title(key, row, there.get(key), sure=True, lost=self._was_lost(INVOICES))

    def _wrong_title(self, key: str, row: Row, found: Row | None, *, sure: bool, lost: bool) -> Iterator[str]:
        amounts = self.amounts[str(row.get("ideTit", row["numTit"]))]
        if found is None:
            if sure and key not in self.deleted:
                yield f"title {key} of {row['datEmi']} stands nowhere"
            return
        stands, wanted = (found["vlrOri"], found["vctOri"]), (row["vlrOri"], row["vctOri"])
        if key in self.left:
            if not lost and stands not in (self.left[key], wanted):
                yield f"title {key} was left as {self.left[key]}, and is {stands}"
        elif found["vlrOri"] not in amounts:
            yield f"title {key} has {found['vlrOri']}, of {amounts}"
        elif sure and found["vlrAbe"] == found["vlrOri"] and stands != wanted and key not in self.deleted:
            yield f"title {key} should be {wanted}, and is {stands}"

    def _wrong_settlements(self) -> Iterator[str]:
        """Each settlement that payroll decided stands once, and none that it took back."""
        titles, movements = self._titles_there(), self._movements()
        posted = Counter(each["reference"] for each in self.world.journal("senior_erp") if each["verb"] == "settle")
        for row in self._source("baixa"):
            name, key = row["ideBai"], _key(row)
            stands = [each["vlrMov"] for each in movements if _stands(each) and _note(each) == name]
            again = name in self.touched and self._was_lost(TO_ERP)
            if len(stands) > 1 or (posted[name] > 1 and not again):
                yield f"settlement {name} stands {len(stands)} times and was posted {posted[name]} times"
            if row["situacao"] == "E" and stands:
                yield f"settlement {name} was taken back, and stands"
            if stands and stands != [row["vlrMov"]]:
                yield f"settlement {name} of {row['vlrMov']} stands as {stands}"
            title_of = titles.get(key)
            changed = key in self.paid_by_hand | self.deleted | set(self.left) or name in self.touched
            is_payable = title_of is not None and title_of["vlrAbe"] >= row["vlrMov"]
            if row["situacao"] == "A" and not stands and is_payable and not changed:
                yield f"settlement {name} of title {key} stands nowhere"

    def _wrong_tellings(self) -> Iterator[str]:
        """Payroll knows each payment that was made in the ERP once, and no other."""
        is_forgotten = self._reads("senior_erp", "numero_de_baixa") == "reaproveitado" and self._was_lost(BACK)
        there = {
            f"{row['titulo']}#{row['seqMov']}": row for row in self._movements() if _stands(row) and not _note(row)
        }
        told: dict[str, list[Row]] = {}
        for row in self._source("baixa_erp"):
            if row["referencia"] and row["situacao"] == "A":
                told.setdefault(_telling(row), []).append(row)
        for name, rows in told.items():
            if len(rows) > 1:
                yield f"payroll was told of {name} {len(rows)} times"
            if name not in there:
                yield f"payroll was told of {name}, which does not stand in the ERP"
            elif rows[0]["vlrMov"] != there[name]["vlrMov"] and not is_forgotten:
                yield f"payroll was told {rows[0]['vlrMov']} of {name}, which is {there[name]['vlrMov']}"
        known = {_key(row) for row in self._source("titulo")} | set(self._invoice_keys().values())
        of_payroll = {_payment(row, _key(row)) for row in self._source("baixa") if row["situacao"] == "A"}
        for name, row in there.items():
            if _payment(row, row["titulo"]) in of_payroll:  # made by hand, and decided by payroll: it may be the same
                continue
            if name not in told and row["titulo"] in known and name not in self.untold:
                yield f"payroll was not told of {name}"

    def _wrong_movements(self) -> Iterator[str]:
        """Each employee's share of an invoice whose title stands is in the movements once."""
        titles, keys = self._titles_there(), self._invoice_keys()
        moved = Counter(row["referencia"] for row in self._source("movimento"))
        posted = Counter(
            each["reference"] for each in self.world.journal("senior_hcm") if each["route"] == "/folha/movimentos"
        )
        yield from (f"{name} is in the movements {count} times" for name, count in moved.items() if count > 1)
        for name, count in posted.items():
            if count > 1 and not (name in self.untold and self._was_lost(INVOICES)):
                yield f"{name} was moved {count} times"
        for row in self._source("fatura_lancamento"):
            key = keys[row["id"]]
            if key not in titles or key in self.deleted or key in self.left or self._shared(row["id"]) != row["vlrOri"]:
                continue
            for each in self._shares(row["id"]):
                name = f"fatura {each['id']}"
                if not moved[name] and name not in self.untold:
                    yield f"{name} of title {key} is not in the movements"

    # -- parts ----------------------------------------------------------------------------------------------

    def _is_owed(self, key: str, day: str) -> bool:
        """Whether it must have come: what was old before any run read it is not asked for."""
        return key in self.known or self._is_young(day)

    def _sure(self) -> set[str]:
        return {key for key, day in self._days().items() if self._is_owed(key, day)}

    def _is_young(self, day: str) -> bool:
        return (self._today() - date.fromisoformat(day)).days < WINDOW_DAYS

    def _days(self) -> dict[str, str]:
        entries = {row["ideUni"]: row["datLct"] for row in self._source("lancamento")}
        return {**entries, **{row["ideTit"]: row["datEmi"] for row in self._source("titulo")}}

    def _was_lost(self, integration: str) -> bool:
        return f"the ledger of {integration} is lost" in self.log

    def _reads(self, system: str, quirk: str) -> str | None:
        return self.read_as[system].get(quirk)

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _today(self) -> date:
        return self.world.now().date()

    def _later(self) -> str:
        return (self._today() + timedelta(days=self.draw.randint(5, 60))).isoformat()

    def _amount(self) -> Decimal:
        return Decimal(self.draw.randint(300, 900_000)) / 100

    def _apportioned(self, amount: Decimal) -> list[Row]:
        """None, all on one center, or in thirds by their percents alone."""
        thirds = [share(4101, code, part, None) for code, part in (("100", "33.3333"), ("200", "33.3333"))]
        return self.draw.choice(
            ([], [share(4101, "100", "100.0000", str(amount))], [*thirds, share(4101, "300", "33.3334", None)])
        )

    def _put(self, table: str, row: Row) -> None:
        key = str(row[self._key_of[table]])
        self.known.discard(key)
        money = next(Decimal(row[name]) for name in ("vlrLct", "vlrOri", "vlrMov", "valor") if name in row)
        self.amounts.setdefault(key, set()).add(money)
        self.world.plant("senior_hcm", table, row)
        self.log.append(f"    {table} {key}: {money} {row.get('vctOri', '')} {row.get('situacao', '')}")

    def _drop(self, table: str, key: Any) -> None:
        self.world.remove("senior_hcm", table, key)
        self.log.append(f"    {table} {key} is gone")

    _key_of: ClassVar[Mapping[str, str]] = {
        "lancamento": "ideUni",
        "titulo": "ideTit",
        "baixa": "ideBai",
        "fatura_lancamento": "numTit",
        "fatura_colaborador": "id",
    }

    def _source(self, table: str) -> list[Row]:
        return self.world.rows("senior_hcm", table)

    def _some(self, table: str, fits: Any = None) -> list[Row]:
        rows = [row for row in self._source(table) if fits is None or fits(row)]
        return self.draw.sample(rows, min(1, len(rows)))

    def _some_there(self, table: str, fits: Any) -> list[Row]:
        rows = [row for row in self.world.rows("senior_erp", table) if fits(row)]
        chosen = self.draw.sample(rows, min(1, len(rows)))
        self.log.extend(f"    {table} {row.get('id') or row.get('ideUni')}" for row in chosen)
        return chosen

    def _plant(self, table: str, *rows: Row) -> None:
        self.world.plant("senior_erp", table, *rows)

    def _shares(self, number: int) -> list[Row]:
        return [row for row in self._source("fatura_colaborador") if row["lancamento"] == number]

    def _shared(self, number: int) -> Decimal:
        return sum((Decimal(row["valor"]) for row in self._shares(number)), Decimal(0))

    def _invoice_keys(self) -> dict[int, str]:
        definitions = {row["id"]: row for row in self._source("fatura_definicao")}
        return {
            row["id"]: _key({**definitions[row["definicao"]], "numTit": row["numTit"]})
            for row in self._source("fatura_lancamento")
        }

    def _lots(self, day: str | None = None) -> list[Row]:
        """One open batch of ours, of this day or of any."""
        rows = self.world.rows("senior_erp", "lote")
        ours = [row for row in rows if row["sitLot"] == OPEN and day in (None, row["datLot"])]
        return self.draw.sample(ours, min(1, len(ours)))

    def _entries_there(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self.world.rows("senior_erp", "lancamento"):
            if row["ideUni"]:
                found.setdefault(row["ideUni"], []).append(row)
        return found

    def _titles_there(self) -> dict[str, Row]:
        return {row["id"]: row for row in self.world.rows("senior_erp", "titulo")}

    def _movements(self) -> list[Row]:
        return self.world.rows("senior_erp", "baixa")

    def _is_ours_untouched(self, row: Row) -> bool:
        entered = {each["id"] for each in self.world.journal("senior_erp") if _operation(each) in ENTER}
        return row["id"] in entered and row["vlrAbe"] == row["vlrOri"] and row["obsTcp"] != "digitado"

    def _take_away(self, row: Row) -> None:
        self.world.remove("senior_erp", "lancamento", row["numLct"])
        self.taken_away.add(row["numLct"])
        if row["ideUni"]:
            self.touched.add(row["ideUni"])


def _key(row: Row) -> str:
    return "/".join(str(row[name]) for name in ("codEmp", "codFil", "codFor", "codTpt", "numTit"))


def _payment(row: Row, title: str) -> tuple[str, str, Decimal]:
    """The title, the day and the amount of a payment."""
    return title, str(row["datPgt"]), Decimal(str(row["vlrMov"]))


def _telling(row: Row) -> str:
    """The movement of the ERP that payroll was told of."""
    return f"{_key(row)}#{row['seqMov']}"


def _stands(movement: Row) -> bool:
    return movement.get("sitReg") != REVERSED


def _note(movement: Row) -> str | None:
    """Which settlement of payroll a movement is."""
    found = NOTE.search(str(movement["obsMcp"]))
    return found[1] if found else None


def _operation(journalled: Row) -> str:
    return str(journalled["route"]).rpartition(".")[2]


def _stored(journal: Sequence[Row], before: int) -> Iterator[tuple[str, Row]]:
    """The entries that were accepted before this moment."""
    for each in journal:
        if each["seq"] < before and _operation(each) == "Importar_3":
            yield each["reference"], {"numLct": each["id"], "numLot": each["body"]["numLot"]}


def _day(local: str) -> str:
    return "-".join(reversed(local.split("/"))) if "/" in local else local[:10]


def _local(day: str) -> str:
    return "/".join(reversed(day.split("-")))


def _same(ours: Row, theirs: Row) -> bool:
    return (ours["vlrLct"], ours["datLct"]) == (theirs["vlrLct"], _day(theirs["datLct"]))
