"""PactoERP and Kamino: receipts that become receivables, payables that become expenses, and people at both ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from tests._world import World
from tests.faults._scenes import Row, customer, paid, payable, receipt, supplier
from tests.lives._life import Event, Life
from tests.systems.pacto import milliseconds

CUSTOMERS = [customer(100_000_000 + number, f"Cliente {number}") for number in range(4)]
SUPPLIERS = [supplier(80_000 + number, f"Fornecedor {number}") for number in range(3)]
PENDING, PAID, CANCELLED = 1, 2, 3
OPEN_AGAIN = {"situacao": "EA", "dataPagamento": None, "valorPago": None}
WINDOW_DAYS = 45


class PactoKamino(Life):
    """What a person changed on a record by hand may stay so: `touched` says on which, `deleted` which were removed."""

    integrations = ("pacto_to_kamino", "kamino_to_pacto")
    writes: ClassVar[Mapping[str, Sequence[tuple[str, str, str]]]] = {
        "pacto_to_kamino": [
            ("kamino", "/api/pessoa/grava", "POST"),
            ("kamino", "/api/financeiro/recebimento", "POST"),
        ],
        "kamino_to_pacto": [
            ("pacto", "/v1/fornecedor", "POST"),
            ("pacto", "/v1/movconta", "POST"),
            ("kamino", "/api/financeiro/pagamento", "POST"),
        ],
    }
    readings: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {
        "pacto": {
            "dates": ("iso", "br", "mixed"),
            "filters": ("ignored",),
            "page_cap": ("3",),
            "order": ("newest_first",),
            "ids": ("texts",),
            "nulls": ("omitted",),
            "no_date": ("blank", "zeros"),
            "payee": ("code", "text"),
            "paid_amount": ("hidden",),
            "external_code": ("dropped",),
            "movconta": ("observed",),
            "listed_twice": ("on",),
        },
        "kamino": {
            "update": ("partial",),
            "filters": ("ignored",),
            "rejections": ("400",),
            "page_cap": ("50", "3"),
            "order": ("newest_first",),
            "ids": ("texts",),
            "nulls": ("omitted",),
            "dates": ("days", "with_zone"),
            "no_date": ("blank", "zeros", "year_one"),
            "payer": ("object",),
            "paid_amount": ("hidden",),
            "inactive": ("left_out",),
            "refusal_words": ("message", "error", "text"),
        },
    }

    def __init__(self, world: World, seed: int) -> None:
        super().__init__(world, seed)
        self.receipts: dict[int, Row] = {}
        self.payables: dict[int, Row] = {}
        self.typed: dict[int, int] = {}
        self.touched: set[int] = set()
        self.deleted: set[int] = set()
        self.removed: set[int] = set()

    def begin(self) -> None:
        self.world.plant("kamino", "pessoa", *SUPPLIERS)

    def at_the_source(self) -> Sequence[Event]:
        return (
            self.launch,
            self.launch,
            self.pay,
            self.reprice,
            self.receive,
            self.take_back,
            self.cancel,
            self.renegotiate,
        )

    def by_hand(self) -> Sequence[Event]:
        return (
            self.type_the_same,
            self.edit_amount,
            self.edit_due_date,
            self.cancel_there,
            self.settle_there,
            self.delete_there,
            self.register_an_inactive_twin,
            self.type_the_expense,
            self.delete_the_expense,
        )

    # -- at the source --------------------------------------------------------------------------------------

    def launch(self) -> None:
        number, today = len(self.receipts) + 1, self._today()
        who, amount = self.draw.choice(CUSTOMERS), self._amount()
        row = receipt(number, pessoa=who, valor=amount, dataLancamento=today, dataCompetencia=today)
        self._now(number, row)
        if self.draw.random() < 0.3:
            self._now(number, paid(self._day(), amount))

    def pay(self) -> None:
        number, amount, day = len(self.payables) + 1, self._amount(), f"{self._day()}T00:00:00"
        who = self.draw.choice(SUPPLIERS)["ID"]
        row = payable(number, ValorVencimento=amount, ValorPagamento=amount, IDPessoa=who, DataPagamento=day)
        self.payables[number] = {**row, "DataVencimento": day}
        self.world.plant("kamino", "pagamento", self.payables[number])

    def reprice(self) -> None:
        for number in self._some("EA"):
            self._now(number, {"valor": self._amount()})

    def receive(self) -> None:
        for number in self._some("EA"):
            self._now(number, paid(self._day(), self.receipts[number]["valor"]))

    def take_back(self) -> None:
        for number in self._some("PG"):
            self._now(number, OPEN_AGAIN)

    def cancel(self) -> None:
        for number in self._some("EA", "PG"):
            self._now(number, {"situacao": "CA"})

    def renegotiate(self) -> None:
        for number in self._some("EA"):
            self._now(number, {"situacao": "RG"})

    # -- by hand --------------------------------------------------------------------------------------------

    def type_the_same(self) -> None:
        """Somebody types a receipt into Kamino that has not come there yet: same person, amount and day."""
        people = {row["CPFCNPJ"]: row["ID"] for row in self.world.rows("kamino", "pessoa") if row.get("Ativo")}
        for number in self._some("EA"):
            row = self.receipts[number]
            person = people.get(row["pessoa"]["cpfCnpj"])
            if self._records(number) or number in self.deleted or person is None:
                continue
            record = {
                "ID": 700_000 + number,
                "IDPessoa": person,
                "Descri": f"mensalidade {number}",
                "VlrVenc": row["valor"],
                "VlrBruto": row["valor"],
                "DtaVenc": "2026-11-30T00:00:00",
                "DtaCompet": "2026-11-01T00:00:00",
                "SitConta": PENDING,
                "IDPlanoContaOrigem": "30101",
                "CodigoExterno": None,
            }
            self.world.plant("kamino", "recebimento", record)
            self.typed[number] = record["ID"]

    def edit_amount(self) -> None:
        self._edit({"VlrVenc": self._amount()})

    def edit_due_date(self) -> None:
        self._edit({"DtaVenc": "2027-01-15T00:00:00"})

    def cancel_there(self) -> None:
        self._edit({"SitConta": CANCELLED})

    def settle_there(self) -> None:
        day, account = f"{self._day()}T00:00:00", "10204"
        self._edit({"SitConta": PAID, "DtaPagto": day, "VlrPagto": Decimal("1.00"), "IDPlanoContaPagto": account})

    def delete_there(self) -> None:
        for number, record in self._pending():
            self.world.remove("kamino", "recebimento", record["ID"])
            self.deleted.add(number)

    def register_an_inactive_twin(self) -> None:
        who = self.draw.choice(CUSTOMERS)
        twin = {"ID": 600_000 + who["codigo"] % 1000, "Nome": who["nome"], "CPFCNPJ": who["cpfCnpj"], "Cliente": True}
        if any(row["CPFCNPJ"] == who["cpfCnpj"] for row in self.world.rows("kamino", "pessoa")):
            self.world.plant("kamino", "pessoa", {**twin, "Ativo": False})

    def type_the_expense(self) -> None:
        """Somebody types a payment into Pacto that has not come there yet, for a supplier that is there."""
        people = {row.get("cpfCnpj"): row["pessoa"] for row in self.world.rows("pacto", "fornecedor")}
        for number in self.draw.sample(sorted(self.payables), min(1, len(self.payables))):
            row = self.payables[number]
            person = people.get(_payee(row))
            if person is None or self._entries(number) or number in self.removed:
                continue
            due = milliseconds(row["DataVencimento"][:10])
            entry = {"codigo": 500_000 + number, "descricao": "digitado", "empresa": 1, "pessoa": person, "conta": 1}
            days = {"dataLancamento": due, "dataVencimento": due, "dataCompetencia": due}
            self.world.plant("pacto", "movconta", {**entry, **days, "valor": row["ValorVencimento"], "tipoOperacao": 1})

    def delete_the_expense(self) -> None:
        for number in self.draw.sample(sorted(self.payables), min(1, len(self.payables))):
            for entry in self._entries(number):
                self.world.remove("pacto", "movconta", entry["codigo"])
                self.removed.add(number)

    # -- what must be true ----------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        people = {row["ID"]: row.get("CPFCNPJ") for row in self.world.rows("kamino", "pessoa")}
        wrong = [f"{who}: registered twice" for who in _twice(self.world.rows("kamino", "pessoa"), "CPFCNPJ")]
        wrong += [f"{who}: supplier twice" for who in _twice(self.world.rows("pacto", "fornecedor"), "cpfCnpj")]
        for number, row in self.receipts.items():
            wrong += self._wrong_receivable(number, row, people)
        for number, row in self.payables.items():
            wrong += self._wrong_payment(number, row)
        return wrong

    def _wrong_receivable(self, number: int, row: Row, people: Mapping[Any, Any]) -> list[str]:
        records = self._records(number)
        living = [record for record in records if record["SitConta"] != CANCELLED]
        told = [(record["ID"], record["VlrVenc"], record["SitConta"], record.get("VlrPagto")) for record in records]
        if len(living) > 1:
            return [f"receipt {number} stands there {len(living)} times: {told}"]
        if number in self.touched | self.deleted or not (records or self._is_due(row)):
            return []
        if row["situacao"] in ("CA", "RG"):
            return [f"receipt {number} should be cancelled or absent: {told}"] if living else []
        wanted = (row["pessoa"]["cpfCnpj"], row["valor"], PENDING, None)
        if row["situacao"] == "PG":
            wanted = (row["pessoa"]["cpfCnpj"], row["valor"], PAID, row["valorPago"])
        stands = [(people.get(r["IDPessoa"]), r["VlrVenc"], r["SitConta"], r.get("VlrPagto")) for r in living]
        return [] if stands == [wanted] else [f"receipt {number} should be {wanted}: {told}"]

    def _wrong_payment(self, number: int, row: Row) -> list[str]:
        entries = self._entries(number)
        if len(entries) > 1:
            return [f"payable {number} stands there {len(entries)} times"]
        if number in self.removed or not (entries or self._is_due(row)):
            return []
        told = [(entry["codigo"], entry["valor"]) for entry in entries]
        wrong = [] if [value for _, value in told] == [row["ValorVencimento"]] else [f"payable {number}: {told}"]
        (marked,) = [each for each in self.world.rows("kamino", "pagamento") if each["ID"] == number]
        if told and marked["CodigoExterno"] != f"PACTO-1-{told[0][0]}":
            wrong.append(f"payable {number} refers to {marked['CodigoExterno']}, and is {told}")
        return wrong

    def _is_due(self, row: Row) -> bool:
        """Whether it must have come: a ledger that was lost knows nothing of what had happened before its window."""
        if not any("is lost" in line for line in self.log):
            return True
        day = row.get("dataLancamento") or milliseconds(row.get("DataPagamento", "2026-01-01")[:10])
        return bool((milliseconds(self._day()) - day) / 86_400_000 < WINDOW_DAYS)

    # -- parts ----------------------------------------------------------------------------------------------

    def _now(self, number: int, changed: Row) -> None:
        self.receipts[number] = {**self.receipts.get(number, {}), **changed}
        changed = {"codigo": number, **changed, "dataAlteracao": self._today()}
        self.world.plant("pacto", "movparcela", changed)
        self.log.append(f"    receipt {number}: {changed.get('situacao', '')} {changed.get('valor', '')}")

    def _some(self, *states: str) -> list[int]:
        able = [number for number, row in self.receipts.items() if row["situacao"] in states]
        return self.draw.sample(able, 1) if able else []

    def _records(self, number: int) -> list[Row]:
        """What stands in Kamino for a receipt: by our reference, or typed by hand for it."""
        rows = self.world.rows("kamino", "recebimento")
        return [r for r in rows if r["CodigoExterno"] == f"PACTO-1-{number}" or r["ID"] == self.typed.get(number)]

    def _pending(self) -> list[tuple[int, Row]]:
        """One open record of Kamino, of any receipt."""
        able = [(n, r) for n in self.receipts for r in self._records(n) if r["SitConta"] == PENDING]
        return self.draw.sample(able, 1) if able else []

    def _edit(self, changed: Row) -> None:
        for number, record in self._pending():
            self.world.plant("kamino", "recebimento", {"ID": record["ID"], **changed})
            self.touched.add(number)
            self.log.append(f"    receivable of receipt {number}: {changed}")

    def _entries(self, number: int) -> list[Row]:
        """What stands in Pacto for a payable: by our reference or our mark, or typed by hand for it."""
        mark = f"[KAMINO:{number}]"
        return [
            row
            for row in self.world.rows("pacto", "movconta")
            if row.get("codigoExterno") == f"KAMINO-{number}"
            or mark in f"{row.get('observacao')} {row.get('descricao')}"
            or row["codigo"] == 500_000 + number
        ]

    def _amount(self) -> Decimal:
        return Decimal(self.draw.randint(1, 500_000)) / 100

    def _clock(self) -> datetime:
        return self.world.now()

    def _day(self) -> str:
        return self._clock().date().isoformat()

    def _today(self) -> int:
        return milliseconds(self._day())


def _payee(row: Row) -> str:
    return next(str(who["CPFCNPJ"]) for who in SUPPLIERS if who["ID"] == row["IDPessoa"])


def _twice(rows: Sequence[Row], name: str) -> list[str]:
    known = [row.get(name) for row in rows if row.get(name) and row.get("Ativo") is not False]
    return sorted({str(who) for who in known if known.count(who) > 1})
