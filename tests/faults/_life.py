"""A tenant's life drawn from a seed: what happens at the source, what goes wrong, and what must be true in the end.

What must be true is told by the source alone, without running anything of the product.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests._world import World
from tests.faults._killing import Step
from tests.faults._scenes import Row, customer, paid, payable, receipt, supplier
from tests.faults._truth import Told, Truth

CUSTOMERS = [customer(100_000_000 + number, f"Cliente {number}") for number in range(4)]
SUPPLIERS = [supplier(80_000 + number, f"Fornecedor {number}") for number in range(3)]
PENDING, PAID, CANCELLED = 1, 2, 3
OPEN_AGAIN = {"situacao": "EA", "dataPagamento": None, "valorPago": None}

WRITES = {
    "pacto_to_kamino": [("kamino", "/api/pessoa/grava"), ("kamino", "/api/financeiro/recebimento")],
    "kamino_to_pacto": [
        ("pacto", "/v1/fornecedor"),
        ("pacto", "/v1/movconta"),
        ("kamino", "/api/financeiro/pagamento"),
    ],
}
WRITE_FAULTS = (
    "request_lost",
    "answer_lost",
    "status",
    "html_200",
    "truncated_json",
    "garbled",
    "empty_without_error",
    "storm_429",
    "expired_credential",
)
READ_FAULTS = (
    "request_lost",
    "status",
    "truncated_json",
    "garbled",
    "storm_429",
    "wrong_total",
    "repeated_page",
    "expired_credential",
)
EMPTY_FAULTS = ("empty_page", "empty_without_error")
STEPS = ("start", "page", "rename", "judgement", "decision", "intent", "call", "outcome", "end", "publish")


@dataclass
class Life:
    """One seed's life. `log` is what a failure shows: everything that happened, in order."""

    seed: int
    log: list[str] = field(default_factory=list)
    receipts: dict[int, Row] = field(default_factory=dict)
    payables: dict[int, Row] = field(default_factory=dict)
    happened: dict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)

    # -- the source -----------------------------------------------------------------------------------------

    def begin(self, world: World) -> None:
        world.plant("kamino", "pessoa", *SUPPLIERS)

    def change(self, world: World) -> None:
        """A few things happen at both vendors."""
        for _ in range(self.draw.randint(2, 6)):
            what = self.draw.choice((self._launch, self._launch, self._pay, self._reprice, self._receive, self._end))
            what(world)

    def _launch(self, world: World) -> None:
        number = len(self.receipts) + 1
        self._now(world, number, "launched", receipt(number, pessoa=self.draw.choice(CUSTOMERS), valor=self._amount()))
        if self.draw.random() < 0.3:
            self._now(world, number, "received", paid(amount=self.receipts[number]["valor"]))

    def _pay(self, world: World) -> None:
        number, amount = len(self.payables) + 1, self._amount()
        changed = {"ValorVencimento": amount, "ValorPagamento": amount, "IDPessoa": self.draw.choice(SUPPLIERS)["ID"]}
        self.payables[number] = payable(number, **changed)
        world.plant("kamino", "pagamento", self.payables[number])
        self.log.append(f"payable {number} paid: {amount}")

    def _reprice(self, world: World) -> None:
        for number in self._some("EA"):
            self._now(world, number, "repriced", {"valor": self._amount()})

    def _receive(self, world: World) -> None:
        for number in self._some("EA"):
            self._now(world, number, "received", paid(amount=self.receipts[number]["valor"]))

    def _end(self, world: World) -> None:
        """Something comes to another end than expected: taken back, cancelled or renegotiated."""
        if self.draw.random() < 0.5:
            for number in self._some("PG"):
                self._now(world, number, "taken back", OPEN_AGAIN)
        else:
            for number in self._some("EA", "PG"):
                self._now(world, number, "cancelled", {"situacao": self.draw.choice(("CA", "RG"))})

    def _some(self, *states: str) -> list[int]:
        able = [number for number, row in self.receipts.items() if row["situacao"] in states]
        return self.draw.sample(able, 1) if able else []

    def _now(self, world: World, number: int, what: str, changed: Row) -> None:
        self.receipts[number] = {**self.receipts.get(number, {}), **changed}
        self.happened[number][what] += 1
        world.plant("pacto", "movparcela", {"codigo": number, **changed})
        self.log.append(f"receipt {number} {what}: {changed.get('valor', '')}")

    def _amount(self) -> Decimal:
        return Decimal(self.draw.randint(1, 500_000)) / 100

    # -- what goes wrong ------------------------------------------------------------------------------------

    def faults(self, integration: str) -> Iterator[dict[str, Any]]:
        """Up to four faults for one run; of listings that come empty one at most: nobody lies so twice in a row."""
        for _ in range(self.draw.randint(0, 2)):
            system, route = self.draw.choice(WRITES[integration])
            yield {
                "system": system,
                "route": route,
                "method": "POST",
                "fault": self.draw.choice(WRITE_FAULTS),
                "on_call": self.draw.randint(1, 4),
                "times": self.draw.randint(1, 2),
                "committed": self.draw.random() < 0.5,
                "retry_after": "zero",
            }
        if self.draw.random() < 0.6:
            empty = self.draw.random() < 0.4
            yield {
                "system": self.draw.choice(("pacto", "kamino")),
                "method": "GET",
                "fault": self.draw.choice(EMPTY_FAULTS if empty else READ_FAULTS),
                "on_call": self.draw.randint(1, 8),
                "times": 1 if empty else self.draw.randint(1, 3),
                "retry_after": "zero",
            }

    def kill(self) -> Step | None:
        """Where the run dies, if it gets there."""
        if self.draw.random() < 0.4:
            return None
        return Step(self.draw.choice(("before", "after")), self.draw.choice(STEPS), nth=self.draw.randint(1, 4))

    # -- what must be true ----------------------------------------------------------------------------------

    def wrongs(self, told: Truth) -> list[str]:
        """Everything that is not as the source wants it, each document once, to the cent."""
        wrong = [
            f"{name} is there {len(document.records)} times"
            for name, document in told.items()
            if len(document.records) > 1
        ]
        for number, row in self.receipts.items():
            document = told.get(f"receivable PACTO-1-{number}", Told())
            wrong += self._wrong_receivable(number, row, document) + self._needless(number, document)
        for number, row in self.payables.items():
            wrong += self._wrong_payment(number, row, told)
        return wrong

    def _wrong_receivable(self, number: int, row: Row, document: Told) -> list[str]:
        stands = [
            (each["IDPessoa"], each["VlrVenc"], each["SitConta"], each["DtaPagto"], each["VlrPagto"])
            for each in document.records
        ]
        person = f"person {row['pessoa']['cpfCnpj']}"
        if row["situacao"] in ("CA", "RG"):
            fine = [each[2] for each in stands] in ([], [CANCELLED])
            return [] if fine else [f"receipt {number} should be cancelled or absent: {stands}"]
        wanted: list[Any] = [(person, row["valor"], PENDING, None, None)]
        if row["situacao"] == "PG":
            wanted = [(person, row["valor"], PAID, "2026-11-10T00:00:00", row["valorPago"])]
        return [] if stands == wanted else [f"receipt {number} should be {wanted}: {stands}"]

    def _needless(self, number: int, document: Told) -> list[str]:
        """Writes that nothing at the source asked for."""
        asked, done = self.happened[number], Counter(document.writes)
        most = {
            "create": 1,
            "settle": asked["received"],
            "reopen": asked["taken back"] + asked["cancelled"],
            "update": asked["repriced"] + asked["received"] + asked["taken back"],
            "cancel": asked["cancelled"],
        }
        return [f"receipt {number}: {verb} {done[verb]} times" for verb in done if done[verb] > most.get(verb, 0)]

    def _wrong_payment(self, number: int, row: Row, told: Truth) -> list[str]:
        payee = next(f"payee {who['CPFCNPJ']}" for who in SUPPLIERS if who["ID"] == row["IDPessoa"])
        entry, marked = told.get(f"entry KAMINO-{number}", Told()), told[f"payable {number}"]
        stands = [(each["pessoa"], each["valor"], each["valorPago"]) for each in entry.records]
        wanted = [(payee, row["ValorVencimento"], row["ValorPagamento"])]
        wrong = [] if stands == wanted else [f"payable {number} should be {wanted}: {stands}"]
        if (entry.writes, marked.writes) != (("create",), ("reference",)):
            wrong.append(f"payable {number}: entry {entry.writes}, reference {marked.writes}")
        if marked.records[0]["CodigoExterno"] != f"entry KAMINO-{number}":
            wrong.append(f"payable {number} refers to {marked.records[0]['CodigoExterno']}")
        return wrong
