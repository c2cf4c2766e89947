"""A sales agency's life: deals won, corrected, re-priced and un-won in the CRM; people at work in the ERP beside us."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sandbox._contaazul_data import sale_row
from sandbox._people import cnpj, punctuated
from tests.lives._life import Life
from tests.moskit_to_contaazul._automations import SETTING, automation
from tests.systems.contaazul import person
from tests.systems.moskit import company, deal

FINANCE = "/v1/financeiro/contas-a-receber"
READINGS = {
    "page_cap": ("10", "50"),
    "order": ("newest",),
    "rows": ("null", "missing"),
    "numbers": ("text", "decimals"),
    "errors": ("message", "nested", "erro", "plain"),
    "inactive_people": ("hidden",),
    "client_filter": ("ignored",),
    "sale_notes": ("in_the_list",),
    "sale_answer": ("no_id", "other_key"),
    "number_taken": ("other",),
    "counter": ("busy",),
    "people_defaults": ("none",),
    "document_filter": ("digits", "masked"),
    "finance_mode": ("protocol",),
    "reference_readback": ("hidden",),
}
DEAD = ("CANCELADO", "ORCAMENTO")
FORGOTTEN_AFTER = timedelta(days=40)
"""What was closed longer ago than this may be too old for a ledger that begins anew."""


class MoskitContaAzul(Life):
    integrations = ("moskit_to_contaazul", "moskit_to_contaazul_financeiro")
    writes: ClassVar[Mapping[str, Sequence[tuple[str, str, str]]]] = {
        "moskit_to_contaazul": [
            ("contaazul", "/v1/venda", "POST"),
            ("contaazul", "/v1/venda", "POST"),
            ("contaazul", "/v1/pessoas", "POST"),
            ("contaazul", "/v1/servicos", "POST"),
        ],
        "moskit_to_contaazul_financeiro": [
            ("contaazul", FINANCE, "POST"),
            ("contaazul", FINANCE, "POST"),
            ("contaazul", "/v1/pessoas", "POST"),
        ],
    }
    readings: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {
        "contaazul": READINGS,
        "moskit": {
            "searchable": ("proven",),
            "cursor": ("stuck",),
            "headers": ("ollow",),
            "total": ("wrong",),
        },
    }

    def begin(self) -> None:
        os.environ[SETTING] = json.dumps([automation(starts_on="2026-01-01")])
        self.deals: dict[int, dict[str, Any]] = {}
        self.prices: dict[int, set[Decimal]] = {}
        self.typed: dict[int, str] = {}
        self.deleted: set[str] = set()
        self.edited: set[str] = set()
        for number in range(3):
            self.world.plant("moskit", "companies", self._company(number))
        self.win()

    def needless(self) -> list[str]:
        try:
            return super().needless()
        finally:
            os.environ.pop(SETTING, None)

    # -- at the source --------------------------------------------------------------------------------------

    def at_the_source(self) -> Sequence[Callable[[], None]]:
        return (
            self.win,
            self.win,
            self.win_long_ago,
            self.win_without_value,
            self.correct_value,
            self.reprice,
            self.open_again,
            self.correct_day,
            self.move_to_another_spelling,
        )

    def win(self) -> None:
        self._put(self._new())

    def win_long_ago(self) -> None:
        """Won today, with a closing date of some days back."""
        self._put(self._new(closeDate=self._moment(self.draw.randint(1, 30))))

    def win_without_value(self) -> None:
        self._put(self._new(price=None))

    def correct_value(self) -> None:
        for row in self._some(lambda row: row["price"] is None):
            self._put({**row, "price": self._price()})

    def reprice(self) -> None:
        for row in self._some(lambda row: row["status"] == "WON" and row["price"] and row["id"] not in self.typed):
            self._put({**row, "price": self._price()})

    def open_again(self) -> None:
        """Un-won or lost; or, the next time, won again."""
        for row in self._some(lambda row: row["id"] not in self.typed):
            if row["status"] == "WON":
                self._put({**row, "status": self.draw.choice(("OPEN", "LOST")), "closeDate": None})
            else:
                self._put({**row, "status": "WON", "closeDate": self._moment(0)})

    def correct_day(self) -> None:
        for row in self._some(lambda row: row["status"] == "WON" and row["id"] not in self.typed):
            self._put({**row, "closeDate": self._moment(self.draw.randint(0, 9))})

    def move_to_another_spelling(self) -> None:
        """A company's name is written otherwise; its CNPJ stays."""
        number = self.draw.randrange(3)
        self.world.plant("moskit", "companies", {**self._company(number), "name": f"PADARIA  Sol’{number} LTDA"})

    # -- by hand in the target ------------------------------------------------------------------------------

    def by_hand(self) -> Sequence[Callable[[], None]]:
        return (
            self.type_a_sale,
            self.quote,
            self.edit_a_sale,
            self.confirm_a_sale,
            self.cancel_a_sale,
            self.delete_a_sale,
            self.keep_an_inactive_twin,
            self.move_a_due_date,
        )

    def type_a_sale(self) -> None:
        """The very sale that a deal is still waiting for, typed by somebody who did not want to wait."""
        for row in self._some(self._may_be_typed):
            client = self._person_of(row)
            if client is not None:
                self.typed[row["id"]] = key = f"typed-{row['id']}"
                self._plant_sale(key, client["id"], row)

    def quote(self) -> None:
        for row in self._some(lambda row: row["status"] == "WON" and row["price"]):
            client = self._person_of(row)
            if client is not None:
                self._plant_sale(f"quote-{row['id']}", client["id"], row, situacao="ORCAMENTO")

    def edit_a_sale(self) -> None:
        for sale in self._sales():
            self.edited.add(sale["id"])
            day = (self.world.now() - timedelta(days=self.draw.randint(0, 90))).date().isoformat()
            self._change("vendas", sale["id"], valor=self._price() * Decimal("0.01"), data_venda=day)

    def confirm_a_sale(self) -> None:
        for sale in self._sales():
            self._change("vendas", sale["id"], situacao="APROVADO")

    def cancel_a_sale(self) -> None:
        for sale in self._sales():
            self._change("vendas", sale["id"], situacao="CANCELADO")

    def delete_a_sale(self) -> None:
        for sale in self._sales():
            self.deleted.add(sale["observacoes"])
            self.world.remove("contaazul", "vendas", sale["id"])

    def keep_an_inactive_twin(self) -> None:
        number = self.draw.randrange(3)
        key = f"twin-{number}"
        self.world.plant("contaazul", "pessoas", {**self._as_person(key, number), "ativo": False})

    def move_a_due_date(self) -> None:
        parcels = [row for row in self.world.rows("contaazul", "parcelas") if "[moskit:" in str(row["descricao"])]
        for parcel in self.draw.sample(parcels, min(1, len(parcels))):
            day = (self.world.now() + timedelta(days=self.draw.randint(-30, 200))).date().isoformat()
            self._change("parcelas", parcel["id"], data_vencimento=day)

    # -- the judge ------------------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        people = Counter(
            str(row["documento"])
            for row in self.world.rows("contaazul", "pessoas")
            if row["ativo"] and row["documento"]
        )
        twice = [f"{count} active people of one document" for count in people.values() if count > 1]
        return [*twice, *self._wrong_sales(), *self._wrong_titles()]

    def _wrong_sales(self) -> list[str]:
        sales = self.world.rows("contaazul", "vendas")
        wrongs: list[str] = []
        for key, row in self.deals.items():
            ours = [sale for sale in sales if re.search(rf"\[moskit:{key}\]", str(sale["observacoes"]))]
            typed = [sale for sale in sales if sale["id"] == self.typed.get(key)]
            living = [sale for sale in (*ours, *typed) if sale["situacao"] not in DEAD]
            if len(living) > 1:
                wrongs.append(f"deal {key} has {len(living)} sales")
            if not ours and not typed and self._is_owed(row, "moskit_to_contaazul"):
                wrongs.append(f"deal {key} has no sale")
            wrongs += [
                f"sale of deal {key} has {sale['valor']}"
                for sale in ours
                if sale["id"] not in self.edited and Decimal(sale["valor"]) not in self.prices.get(key, set())
            ]
        return wrongs

    def _wrong_titles(self) -> list[str]:
        parcels = self.world.rows("contaazul", "parcelas")
        wrongs: list[str] = []
        for key, row in self.deals.items():
            ours = [parcel for parcel in parcels if f"[moskit:vendas/{key}/1]" in str(parcel["descricao"])]
            if len(ours) > 1:
                wrongs.append(f"deal {key} has {len(ours)} receivables")
            if not ours and self._is_owed(row, "moskit_to_contaazul_financeiro"):
                wrongs.append(f"deal {key} has no receivable")
            amounts = {Decimal(parcel["valor"]) for parcel in ours} - self.prices.get(key, set())
            wrongs += [f"receivable of deal {key} has {amount}" for amount in amounts]
        return wrongs

    def _is_owed(self, row: dict[str, Any], integration: str) -> bool:
        """Whether a deal must have its counter-entry by now."""
        was_lost = any("ledger" in line and integration in line for line in self.log)
        is_old = row["closeDate"] and row["closeDate"] < self._moment(FORGOTTEN_AFTER.days)
        deleted = any(f"[moskit:{row['id']}]" in str(notes) for notes in self.deleted)
        return row["status"] == "WON" and bool(row["price"]) and not (was_lost and is_old) and not deleted

    # -- inside ---------------------------------------------------------------------------------------------

    def _new(self, **changed: Any) -> dict[str, Any]:
        key = 1 + len(self.deals)
        number = self.draw.randrange(3)
        whose = {"companies": [{"id": 900 + number}], "closeDate": self._moment(0), "dateCreated": self._moment(60)}
        return deal(key, **{**whose, "price": self._price(), **changed})

    def _put(self, row: dict[str, Any]) -> None:
        self.deals[row["id"]] = row
        if row["price"]:
            self.prices.setdefault(row["id"], set()).add(Decimal(row["price"]) / 100)
        self.world.plant("moskit", "deals", row)

    def _some(self, wanted: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
        rows = [row for row in self.deals.values() if wanted(row)]
        return self.draw.sample(rows, min(1, len(rows)))

    def _sales(self) -> list[dict[str, Any]]:
        """One of the sales that were sent and still live."""
        rows = [
            row
            for row in self.world.rows("contaazul", "vendas")
            if "[moskit:" in str(row["observacoes"]) and row["situacao"] not in DEAD
        ]
        return self.draw.sample(rows, min(1, len(rows)))

    def _may_be_typed(self, row: dict[str, Any]) -> bool:
        sent = any(
            f"[moskit:{row['id']}]" in str(sale["observacoes"]) for sale in self.world.rows("contaazul", "vendas")
        )
        return row["status"] == "WON" and bool(row["price"]) and not sent and row["id"] not in self.typed

    def _person_of(self, row: dict[str, Any]) -> dict[str, Any] | None:
        number = row["companies"][0]["id"] - 900
        document = self._as_person("", number)["documento"]
        people = self.world.rows("contaazul", "pessoas")
        return next((each for each in people if each["documento"] == document and each["ativo"]), None)

    def _plant_sale(self, key: str, client: str, row: dict[str, Any], **changed: Any) -> None:
        number = 9_000 + len(self.world.rows("contaazul", "vendas"))
        amount = {"valor": Decimal(row["price"]) / 100, "data_venda": row["closeDate"][:10]}
        self.world.plant("contaazul", "vendas", {**sale_row(key, number, client, 0), **amount, **changed})

    def _change(self, table: str, key: str, **changed: Any) -> None:
        self.world.plant("contaazul", table, {"id": key, **changed})

    def _company(self, number: int) -> dict[str, Any]:
        return company(900 + number, name=f"Padaria Sol'{number} Ltda", cnpj=self._as_person("", number)["documento"])

    def _as_person(self, key: str, number: int) -> dict[str, Any]:
        return person(key, nome=f"Padaria Sol'{number} Ltda", documento=punctuated(cnpj(f"7000000{number}")))

    def _price(self) -> int:
        """Cents that no other deal has: what looks alike would have to wait."""
        return self.draw.randrange(10_000, 90_000_000)

    def _moment(self, days: int) -> str:
        return (self.world.now() - timedelta(days=days, minutes=1)).isoformat(timespec="milliseconds")
