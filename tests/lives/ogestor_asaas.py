"""A reseller's life: clients and plans, charges paid in every way at the partner, people at work in panel and ERP."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sandbox._asaas_data import next_business_day, refund_row
from sandbox._ogestor import CHOICES
from sandbox._people import cnpj
from sandbox.asaas import CHOICES as CHOICES_OF_ASAAS
from tests.lives._life import Life
from tests.systems.ogestor_erp import SYSTEM as ERP
from tests.systems.ogestor_panel import SYSTEM as PANEL

Row = dict[str, Any]
BILLING, TO_PANEL, TO_ERP = "ogestor_billing", "asaas_to_ogestor_panel", "ogestor_panel_to_ogestor_erp"
PAID, REFUNDED = "RECEIVED", "REFUNDED"
OTHER = {name: readings[1:] for name, readings in CHOICES.items()}
READ_AGAIN = timedelta(days=45)
"""What changed longer ago than this may be too old for a ledger that begins anew."""


class OGestorAsaas(Life):
    integrations = (BILLING, TO_PANEL, TO_ERP)
    writes: ClassVar[Mapping[str, Sequence[tuple[str, str, str]]]] = {
        BILLING: [("ogestor_panel", "/faturas", "POST")],
        TO_PANEL: [("ogestor_panel", f"/faturas/*/{what}", "POST") for what in ("baixar", "estornar", "cancelar")],
        TO_ERP: [
            ("ogestor_erp", "/clientes", "POST"),
            ("ogestor_erp", "/contas-receber", "POST"),
            ("ogestor_erp", "/contas-receber/*/receber", "PUT"),
            ("ogestor_erp", "/boletos", "POST"),
        ],
    }
    readings: ClassVar[Mapping[str, Mapping[str, Sequence[str]]]] = {
        "ogestor_panel": OTHER,
        "ogestor_erp": OTHER,
        "asaas": {name: readings[1:] for name, readings in CHOICES_OF_ASAAS.items()},
    }

    def begin(self) -> None:
        self.clients = 0
        self.by_hand_in_the_panel: set[int] = set()
        self.by_hand_in_the_erp: set[int] = set()
        self.new_client()
        self.new_client()

    # -- at the source --------------------------------------------------------------------------------------

    def at_the_source(self) -> Sequence[Callable[[], None]]:
        return (self.new_client, self.pay, self.pay, self.pay_late, self.pay_early, self.refund, self.remove)

    def new_client(self) -> None:
        self.clients += 1
        code = 100 + self.clients
        row = {**PANEL.shorthand["panel_clients"][1]({"codigo": code}), "codigo": code, "nome": f"Cliente {code} Ltda"}
        self.world.plant("ogestor_panel", "cliente", {**row, "cpf_cnpj": cnpj(str(70_000_000 + code))})
        self.world.plant("ogestor_panel", "contratacao", {"codigo": code, "cliente_id": code, "status": "Ativo"})

    def pay(self) -> None:
        self._pay(lambda face: (face, None, None))

    def pay_late(self) -> None:
        self._pay(lambda face: (face + Decimal("2.08"), face, Decimal("2.08")))

    def pay_early(self) -> None:
        """With the discount that the charge itself offers."""
        self._pay(lambda face: (face - Decimal("5.00"), face, None), {"value": Decimal("5.00"), "type": "FIXED"})

    def refund(self) -> None:
        for charge in self._charges(PAID):
            done = refund_row(charge["value"], self.world.now(), None)
            self._change(charge, status=REFUNDED, refunds=[done])

    def remove(self) -> None:
        for charge in self._charges("PENDING", "OVERDUE"):
            self._change(charge, deleted=True)

    def _pay(self, amounts: Callable[[Decimal], tuple[Any, Any, Any]], discount: Row | None = None) -> None:
        for charge in self._charges("PENDING", "OVERDUE"):
            value, original, beyond = amounts(Decimal(charge["value"]))
            today = self._today()
            paid_on = min(today, date.fromisoformat(charge["dueDate"])) if discount else today
            days = {name: paid_on.isoformat() for name in ("paymentDate", "clientPaymentDate", "confirmedDate")}
            offered = {"discount": {**discount, "dueDateLimitDays": 0, "limitDate": None}} if discount else {}
            self._change(
                charge,
                status=PAID,
                value=value,
                originalValue=original,
                interestValue=beyond,
                creditDate=next_business_day(paid_on).isoformat(),
                **days,
                **offered,
            )

    # -- by hand in panel and ERP ---------------------------------------------------------------------------

    def by_hand(self) -> Sequence[Callable[[], None]]:
        return (
            self.type_an_invoice,
            self.cancel_an_invoice,
            self.type_a_receivable,
            self.type_another_documents_receivable,
            self.cancel_a_receivable,
            self.settle_a_receivable,
            self.edit_a_receivable,
            self.delete_a_receivable,
        )

    def type_an_invoice(self) -> None:
        """The invoice of this month that a client has not got yet."""
        today = self._today()
        month, year = f"{today:%m}", f"{today:%Y}"
        has = {
            row["cliente_id"]
            for row in self._invoices()
            if (row["mes_referencia"], row["ano_referencia"]) == (month, year)
        }
        for code in sorted({100 + n for n in range(1, self.clients + 1)} - has)[:1]:
            number = 5_000 + code + today.month * 1_000
            row = {**PANEL.shorthand["invoices"][1]({"codigo": number}), "codigo": number, "cliente_id": code}
            days = {"lancamento": today.isoformat(), "vencimento": (today + timedelta(days=9)).isoformat()}
            told = {
                "mes_referencia": month,
                "ano_referencia": year,
                "cobranca_id": None,
                "atualizado_em": self._moment(),
            }
            self.world.plant("ogestor_panel", "fatura", {**row, **days, **told, "criado_em": self._moment()})

    def cancel_an_invoice(self) -> None:
        for row in self._some(self._invoices(), lambda row: row["status"] == "Aguardando Pagamento"):
            self.by_hand_in_the_panel.add(row["codigo"])
            changed = {"status": "Cancelada", "atualizado_em": self._moment()}
            self.world.plant("ogestor_panel", "fatura", {"codigo": row["codigo"], **changed})

    def type_a_receivable(self) -> None:
        """The very receivable of an invoice that has none yet."""
        known = {row["cpf_cnpj"]: row["codigo"] for row in self.world.rows("ogestor_erp", "cliente")}
        tax_ids = {row["codigo"]: row["cpf_cnpj"] for row in self.world.rows("ogestor_panel", "cliente")}
        there = set(self._titles())
        for row in self._some(self._invoices(), lambda row: row["codigo"] not in there):
            if (client := known.get(tax_ids[row["cliente_id"]])) is not None:
                self._type(row, client, str(row["codigo"]))

    def type_another_documents_receivable(self) -> None:
        """Of the same client, amount and day, and of another document."""
        for number, titles in self._some(list(self._titles().items()), bool):
            [invoice] = [row for row in self._invoices() if row["codigo"] == number]
            self._type(invoice, titles[0]["cliente_id"], f"NF-{number + 700_000}")

    def cancel_a_receivable(self) -> None:
        self._edit(situacao="Cancelado")

    def settle_a_receivable(self) -> None:
        self._edit(situacao="Pago/Liquidado", valor_pago="1.00", data_pagamento=self._today().isoformat())

    def edit_a_receivable(self) -> None:
        self._edit(valor="77.70", vencimento=(self._today() + timedelta(days=30)).isoformat())

    def delete_a_receivable(self) -> None:
        for number, titles in self._some(list(self._titles().items()), bool):
            self.by_hand_in_the_erp.add(number)
            self.world.remove("ogestor_erp", "titulo", titles[0]["codigo"])

    # -- what must be true ----------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        return [*self._billed_wrongly(), *self._told_wrongly(), *self._entered_wrongly()]

    def _billed_wrongly(self) -> list[str]:
        """Each client has one invoice for this month, and never two that live for any."""
        today = self._today()
        living = Counter(
            (row["cliente_id"], row["ano_referencia"], row["mes_referencia"])
            for row in self._invoices()
            if row["status"] != "Cancelada"
        )
        wrong = [f"{key} is invoiced {count} times" for key, count in living.items() if count > 1]
        billed = {(row["cliente_id"], row["ano_referencia"], row["mes_referencia"]) for row in self._invoices()}
        wanted = {(100 + n, f"{today:%Y}", f"{today:%m}") for n in range(1, self.clients + 1)}
        return wrong + [f"{key} is not invoiced" for key in sorted(wanted - billed)]

    def _told_wrongly(self) -> list[str]:
        """Each invoice is as its charge is."""
        wrong = []
        invoices = {row["codigo"]: row for row in self._invoices()}
        for charge in self.world.rows("asaas", "payment"):
            invoice = invoices.get(int(str(charge["externalReference"]).removeprefix("fatura:")))
            if invoice is None or invoice["codigo"] in self.by_hand_in_the_panel:
                continue
            wanted: Any = ("Aguardando Pagamento", None)
            if charge["status"] in (PAID, REFUNDED):
                wanted = ("Paga" if charge["status"] == PAID else "Estornada", Decimal(charge["value"]))
            elif charge["deleted"]:
                wanted = ("Cancelada", None)
            paid = invoice["valor_pago"]
            stands = (invoice["status"], Decimal(paid) if paid is not None else None)
            if stands != wanted:
                wrong.append(f"invoice {invoice['codigo']} should be {wanted}: {stands}")
        return wrong

    def _entered_wrongly(self) -> list[str]:
        """Each invoice has one receivable, settled as it is paid; what people changed may stay as they left it."""
        titles = self._titles()
        wrong = [f"invoice {n} has {len(rows)} receivables" for n, rows in titles.items() if len(rows) > 1]
        tax_ids = Counter(row["cpf_cnpj"] for row in self.world.rows("ogestor_erp", "cliente"))
        wrong += [f"client {tax_id} is there {count} times" for tax_id, count in tax_ids.items() if count > 1]
        slips = Counter(str(row["conta_receber_id"]) for row in self.world.rows("ogestor_erp", "boleto"))
        wrong += [f"receivable {title} has {count} slips" for title, count in slips.items() if count > 1]
        lost = f"the ledger of {TO_ERP} is lost" in self.log
        for invoice in self._invoices():
            number = invoice["codigo"]
            old = datetime.fromisoformat(invoice["atualizado_em"]) < self.world.now() - READ_AGAIN
            if number in self.by_hand_in_the_erp or (lost and old):
                continue
            wrong += self._not_entered(invoice, titles.get(number, []))
        return wrong

    def _not_entered(self, invoice: Row, titles: list[Row]) -> list[str]:
        stands = [(row["situacao"], Decimal(row["valor_pago"])) for row in titles]
        match invoice["status"]:
            case "Paga":
                fine = stands == [("Pago/Liquidado", Decimal(invoice["valor_pago"]))]
            case "Cancelada":
                fine = stands in ([], [("Cancelado", Decimal(0))])
            case "Estornada":
                fine = stands in ([], [("Aberto", Decimal(0))])
            case _:
                fine = stands == [("Aberto", Decimal(0))]
        return [] if fine else [f"invoice {invoice['codigo']} is {invoice['status']}: {stands}"]

    def _faults(self, integration: str) -> Iterator[dict[str, Any]]:
        """A call that an old token turned away was not done: the panel's invoices have nothing else to go by."""
        for fault in super()._faults(integration):
            yield {**fault, "committed": False} if fault["fault"] == "expired_credential" else fault

    # -- parts ----------------------------------------------------------------------------------------------

    def _today(self) -> date:
        return self.world.now().date()

    def _moment(self) -> str:
        return self.world.now().isoformat(timespec="seconds")

    def _invoices(self) -> list[Row]:
        return self.world.rows("ogestor_panel", "fatura")

    def _charges(self, *states: str) -> list[Row]:
        """One charge in these states whose invoice nobody has touched by hand."""
        return self._some(
            self.world.rows("asaas", "payment"),
            lambda row: (
                row["status"] in states
                and not row["deleted"]
                and int(str(row["externalReference"]).removeprefix("fatura:")) not in self.by_hand_in_the_panel
            ),
        )

    def _some(self, rows: list[Any], able: Callable[[Any], Any]) -> list[Any]:
        found = [row for row in rows if able(row)]
        return [self.draw.choice(found)] if found else []

    def _change(self, charge: Row, **changed: Any) -> None:
        self.world.plant("asaas", "payment", {"id": charge["id"], **changed})
        self.log.append(f"charge {charge['id']}: {changed.get('status', 'removed')}")

    def _titles(self) -> dict[int, list[Row]]:
        """The receivables of each invoice: ours by their reference, typed ones by their number."""
        found: dict[int, list[Row]] = {}
        for row in self.world.rows("ogestor_erp", "titulo"):
            named = str(row["codigo_externo"] or row["num_doc"] or "").removeprefix("fatura:")
            if named.isdigit():
                found.setdefault(int(named), []).append(row)
        return found

    def _type(self, invoice: Row, client: int, number: str) -> None:
        code = 70_000 + len(self.world.rows("ogestor_erp", "titulo")) + len(self.log)
        row = {**ERP.shorthand["titles"][1]({"codigo": code}), "codigo": code, "cliente_id": client, "num_doc": number}
        same = {name: invoice[name] for name in ("valor", "lancamento", "vencimento")}
        self.world.plant("ogestor_erp", "titulo", {**row, **same, "atualizado_em": self._moment()})

    def _edit(self, **changed: Any) -> None:
        for number, titles in self._some(list(self._titles().items()), bool):
            self.by_hand_in_the_erp.add(number)
            told = {"codigo": titles[0]["codigo"], **changed, "atualizado_em": self._moment()}
            self.world.plant("ogestor_erp", "titulo", told)
