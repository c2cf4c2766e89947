"""One document per poison: what each integration is given, so that every field of its source is poor somewhere."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox._people import cnpj, cpf
from sources import asaas, kamino, moskit, ogestor_panel, pacto, rindegastos, senior_hcm
from sources._types import Table
from tests._systems import Row, systems
from tests._world import Raw, World
from tests.sources._poison import POISONS
from tests.systems.moskit import company, deal
from tests.systems.pacto import receipt
from tests.systems.rindegastos import expense, report

FIRST = 7_001
MISSING = "missing"
"""The field does not come at all."""


@dataclass(frozen=True)
class Story:
    """The records of one integration. `rows` makes what number n needs: table of the stand-in → rows."""

    integration: str
    system: str
    declared: Table
    key: str
    rows: Callable[[int], Mapping[tuple[str, str], Sequence[Row]]]
    kind: str
    document: Callable[[int], str] = str
    key_of: Callable[[int], Any] = int
    names: tuple[tuple[str, ...], ...] = ()
    """Fields, beside the id, that say under which name the document is told, or whether it is told at all."""

    @property
    def untold(self) -> tuple[tuple[str, ...], ...]:
        return ((self.key,), *self.names)

    def cases(self) -> list[tuple[tuple[str, ...], str]]:
        """Every poison in every field that the flow reads, the id first."""
        paths = dict.fromkeys(column.path for column in self.declared.columns)
        return [(path, poison) for path in paths for poison in (MISSING, *POISONS)]

    def plant(self, world: World, count: int) -> None:
        """So many documents, and a healthy one before and after them."""
        if self.system == "rindegastos":
            world.plant("defontana", "fichas", _shorthand("defontana", "fichas", {"fileId": "12.345.678-5"}))
        for number in range(FIRST, FIRST + count + 2):
            for (system, table), rows in self.rows(number).items():
                world.plant(system, table, *rows)

    def poison(self, world: World, cases: Sequence[tuple[tuple[str, ...], str]]) -> None:
        """From now on each document comes with its poison."""
        records = [
            {"where": {self.key: self.key_of(FIRST + 1 + place)}, "at": path}
            | ({} if poison == MISSING else {"value": as_sent(POISONS[poison])})
            for place, (path, poison) in enumerate(cases)
        ]
        world.fault(self.system, "poisoned", records=records, times=0, method="GET")


def as_sent(value: Any) -> Any:
    """What JSON writers refuse, as it is written."""
    too_long = isinstance(value, int) and abs(value) >= 2**63
    return Raw(json.dumps(value)) if too_long else value


def _shorthand(system: str, step: str, row: Row) -> Row:
    _, complete = systems()[system].shorthand[step]
    return {**complete(row), **row}


def _receipts(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    person = {"codigo": number, "nome": f"Cliente {number}", "cpfCnpj": cpf(number), "email": "a@example.com"}
    return {("pacto", "movparcela"): [receipt(number, pessoa=person, contrato=number)]}


def _payables(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    name = f"Fornecedor {number}"
    person = {"ID": number, "Nome": name, "NomeExibicao": name, "CPFCNPJ": cpf(number)}
    day = systems()["kamino"].day
    row = _shorthand("kamino", "payables", {"ID": number, "IDPessoa": number})
    dated = {field: day(value.isoformat()) if hasattr(value, "isoformat") else value for field, value in row.items()}
    return {
        ("kamino", "pessoa"): [_shorthand("kamino", "suppliers", person)],
        ("kamino", "pagamento"): [dated],
    }


def _deals(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    return {
        ("moskit", "companies"): [company(number, name=f"Empresa {number}", cnpj=cnpj(f"{number:08}"))],
        ("moskit", "deals"): [deal(number, companies=[{"id": number}])],
    }


def _reports(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    return {
        ("rindegastos", "expenses"): [expense(number, ReportId=number)],
        ("rindegastos", "reports"): [report(number)],
    }


def _invoices(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    client = {"codigo": number, "nome": f"Cliente {number}", "cpf_cnpj": cpf(number)}
    invoice = _shorthand("ogestor_panel", "invoices", {"codigo": number, "cliente_id": number})
    dated = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in invoice.items()}
    return {
        ("ogestor_panel", "cliente"): [_shorthand("ogestor_panel", "panel_clients", client)],
        ("ogestor_panel", "fatura"): [dated],
    }


def _clients(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    return {("ogestor_panel", "cliente"): _invoices(number)["ogestor_panel", "cliente"]}


def _contracts(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    contract = _shorthand("ogestor_panel", "contracts", {"codigo": number, "cliente_id": number})
    return {**_clients(number), ("ogestor_panel", "contratacao"): [contract | {"codigo": number}]}


def _charges(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    paid = {"status": "RECEIVED", "clientPaymentDate": "2026-11-10", "paymentDate": "2026-11-10"}
    charge = _shorthand("asaas", "charges", {"id": f"pay_{number}", **paid, "value": Decimal("89.90")})
    return {
        ("ogestor_panel", "fatura"): _invoices(number)["ogestor_panel", "fatura"],
        ("asaas", "payment"): [{**charge, "dueDate": "2026-11-10"}],
    }


def _titles(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    return {("senior_hcm", "titulo"): [_shorthand("senior_hcm", "payroll_titles", {"ideTit": f"T{number}"})]}


def _entries(number: int) -> Mapping[tuple[str, str], Sequence[Row]]:
    entry = _shorthand("senior_hcm", "payroll_entries", {"ideUni": f"E{number}", "rateio": []})
    return {("senior_hcm", "lancamento"): [entry | {"cplLct": f"FOLHA {number}"}]}


STORIES = (
    Story("pacto_to_kamino", "pacto", pacto.RECEIPTS, "codigo", _receipts, "receivable", names=(("empresa",),)),
    Story("kamino_to_pacto", "kamino", kamino.PAYABLES, "ID", _payables, "payment"),
    Story("moskit_to_contaazul", "moskit", moskit.deals_table("cents"), "id", _deals, "sale"),
    Story("rindegastos_to_defontana", "rindegastos", rindegastos.REPORTS, "Id", _reports, "voucher"),
    Story("rindegastos_to_defontana", "rindegastos", rindegastos.EXPENSES, "Id", _reports, "voucher"),
    Story("ogestor_panel_to_ogestor_erp", "ogestor_panel", ogestor_panel.INVOICES, "codigo", _invoices, "receivable",
          "fatura:{}".format),
    Story("ogestor_panel_to_ogestor_erp", "ogestor_panel", ogestor_panel.CLIENTS, "codigo", _clients, "customer",
          "revenda:{}".format),
    Story("ogestor_billing", "ogestor_panel", ogestor_panel.CONTRACTS, "codigo", _contracts, "invoice",
          "contratacao:{}/2026-11".format),
    Story("asaas_to_ogestor_panel", "asaas", asaas.CHARGES, "id", _charges, "settlement", "pay_{}".format,
          "pay_{}".format, names=(("installment",),)),
    Story("senior_hcm_to_senior_erp", "senior_hcm", senior_hcm.ENTRIES, "ideUni", _entries, "entry", "E{}".format,
          "E{}".format),
    Story("senior_hcm_to_senior_erp", "senior_hcm", senior_hcm.TITLES, "ideTit", _titles, "title",
          "título T{}@1".format, "T{}".format),
)  # fmt: skip
