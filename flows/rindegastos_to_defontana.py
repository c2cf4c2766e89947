"""Approved expense reports of Rindegastos become accounting vouchers in Defontana, and are marked as integrated."""

import re
from datetime import date, datetime, timedelta
from typing import Any, Literal

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from pydantic import field_validator

from connections.defontana import Defontana
from connections.rindegastos import Rindegastos
from destinations.defontana import Vouchers
from destinations.rindegastos import ManyMarks, Marks
from expectations.rindegastos_to_defontana import SUITE
from flows._conduct import conduct, title
from flows._mapping import MappingTable, settle, take_given
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import defontana as defontana_reads
from sources import rindegastos as rindegastos_reads

LAWFUL = {2023: "0.13", 2024: "0.1375", 2025: "0.145", 2026: "0.1525", 2027: "0.16", 2028: "0.17"}
"""What is kept of a boleta de honorarios, by the year of its issue: law 21.133, looked up."""
RATE = re.compile(r"20\d\d 0\.\d{1,6}")


class Settings(IntegrationSettings):
    """`[<tenant>.rindegastos_to_defontana]`.

    `invoices`: "cancel" debits the supplier, whose invoice the purchase ledger brings ("en espera" until it does,
    unless `wait_for_invoices` is false); "register" posts net, VAT and retention in the voucher itself. `centralise`:
    by itself, or only when a person asks. `open_from` is the first day of the open period: what is dated earlier is
    held, or dated on that day (`closed_periods`). `*_fields` are what the company calls its own fields.
    `also_voucher_types` are searched for our vouchers as well. `look_back_days` is how far back a run without memory
    looks for what was settled already; `lines_days` how long the lines of a voucher are compared after it was posted.
    `retention_rates` are years and rates beyond those of the law as it stands, such as "2029 0.17".
    In a rehearsal (`sandbox`) suggestions of the mapping count as confirmed, as with `accept_suggestions`.
    """

    zone: str = "America/Santiago"
    sandbox: bool = False
    window_days: int = 45
    overlap_days: int = 2
    look_back_days: int = 400
    lines_days: int = 10
    start_on: date | None = None
    centralise: Literal["automatically", "on_request"] = "automatically"
    invoices: Literal["cancel", "register"] = "cancel"
    wait_for_invoices: bool = True
    employee_files: Literal["checked", "unchecked"] = "checked"
    voucher_type: str = "TRASPASO"
    also_voucher_types: tuple[str, ...] = ()
    open_from: date | None = None
    closed_periods: Literal["hold", "first_open"] = "hold"
    accept_suggestions: bool = False
    retention_rates: tuple[str, ...] = ()
    document_type_fields: tuple[str, ...] = ("Tipo de documento", "Tipo documento")
    supplier_fields: tuple[str, ...] = ("RUT Proveedor",)
    number_fields: tuple[str, ...] = ("Número de documento", "N° Documento", "Nro Documento")
    cost_center_fields: tuple[str, ...] = ("Centro de costo", "Centro costo")
    settlement_fields: tuple[str, ...] = ("Tipo de rendición",)

    @field_validator("retention_rates")
    @classmethod
    def _rates_are_rates(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        for each in said:
            if not RATE.fullmatch(each.strip()):
                raise ValueError(f"'{each}' is no year and rate; write them like \"2029 0.17\"")
        return said


INTEGRATION = Integration(
    name="rindegastos_to_defontana",
    title="rindegastos → defontana",
    connections=(Rindegastos, Defontana),
    settings=Settings,
    language="es-CL",
)
_NAMED = {"description": "descripcion", "code": "codigo"}
_BY_NAME = ("description", "code")
_ACCOUNTS = {"debit_account": "cuenta_debe", "credit_account": "cuenta_haber", "state": "estado"}
_PLAN = {"code": "codigo", "description": "descripcion", "imputable": "imputable", "active": "activo"}
MAPPING = (
    MappingTable(
        "accounts",
        "cuentas.csv",
        {"code": "codigo", "description": "descripcion", "account": "cuenta", "state": "estado"},
        key=("code",),
    ),
    MappingTable("categories", "categorias.csv", _NAMED | _ACCOUNTS, key=_BY_NAME),
    MappingTable("invoice_categories", "categorias_de_factura.csv", _NAMED | _ACCOUNTS, key=_BY_NAME),
    MappingTable(
        "cost_centers",
        "centros_de_costo.csv",
        _NAMED | {"business_center": "centro_de_negocios", "state": "estado"},
        key=_BY_NAME,
    ),
    MappingTable(
        "document_types",
        "tipos_de_documento.csv",
        _NAMED | {"class": "clase", "document_type": "tipo_defontana", "state": "estado"},
        key=_BY_NAME,
    ),
    MappingTable("chart", "plan_de_cuentas.csv", _PLAN, only_shown=True),
    MappingTable("centers", "centros_de_negocios.csv", _PLAN, only_shown=True),
)


@flow(name=INTEGRATION.name, flow_run_name=title(INTEGRATION), log_prints=False)
def rindegastos_to_defontana(tenant: str, as_of: datetime | None = None, dry_run: bool = False) -> State[Any]:
    """Posts one voucher per closed, approved report for one tenant, and marks what is posted."""
    return conduct(INTEGRATION, _path, tenant, as_of, dry_run=dry_run)


def _path(run: Run) -> None:
    rindegastos, defontana = run.connection(Rindegastos), run.connection(Defontana)
    _variables(run)
    _read_reports(run, rindegastos)
    _read_books(run, defontana)
    _read_expenses(run, rindegastos)
    _map(run, defontana)
    for table in ("waited", "analyses", "all_expenses", "expenses", "receipts", "entries"):
        run.table(table)
    check(run, SUITE)
    for table in ("obstacles", "misdirected", "advice"):
        run.table(table)
    for (sentence,) in run.rows("advice"):
        get_run_logger().warning(sentence)
    mirror(run)
    plan_and_push(
        run, Kind("voucher", "Comprobantes", on_change="notice", refusals="daily"), defontana, Vouchers(defontana)
    )
    run.view("posted")
    drift, marks = run.settings.on_drift, (ManyMarks if rindegastos.settings.version == "v2" else Marks)(rindegastos)
    plan_and_push(run, Kind("mark", "Gastos marcados", on_drift=drift), rindegastos, marks)
    plan_and_push(run, Kind("report_mark", "Informes marcados", on_drift=drift), rindegastos, marks)


def _variables(run: Run) -> None:
    settings = run.settings
    fields = ("document_type_fields", "supplier_fields", "number_fields", "cost_center_fields", "settlement_fields")
    rates = LAWFUL | {int(year): rate for year, rate in map(str.split, settings.retention_rates)}
    run.variables(
        since=run.today - timedelta(days=settings.window_days + settings.overlap_days),
        start_on=settings.start_on or date(1900, 1, 1),
        open_from=settings.open_from or date(1900, 1, 1),
        closed_periods=settings.closed_periods,
        on_request=settings.centralise == "on_request",
        invoices=settings.invoices,
        wants_registered=settings.wait_for_invoices,
        checks_employees=settings.employee_files == "checked",
        voucher_type=settings.voucher_type,
        lines_days=settings.lines_days,
        retention_rates=[f"{year} {rate}" for year, rate in rates.items()],
        accepts=settings.accept_suggestions or settings.sandbox,
        **{name: list(getattr(settings, name)) for name in fields},
    )


def _read_reports(run: Run, rindegastos: Rindegastos) -> None:
    """Every report that is not marked yet, those of the window, and what waits or the ledger is not sure of."""
    days = run.settings.window_days + run.settings.overlap_days
    if run.rows("is_first")[0][0]:
        days = max(days, run.settings.look_back_days)
    unsure = [key for kind, key in run.rows("unsure_marks") if kind == "report"]
    ids = list(dict.fromkeys([*_column(run, "asked_again"), *_column(run, "held"), *unsure]))
    extract(
        run,
        "rindegastos",
        [
            *rindegastos_reads.reports(rindegastos, since=run.today - timedelta(days=days), ids=ids),
            *rindegastos_reads.configuration(rindegastos),
        ],
    )


def _read_books(run: Run, defontana: Defontana) -> None:
    since, until = run.rows("voucher_window")[0]
    run.variables(vouchers_from=since, vouchers_to=until)
    kinds = dict.fromkeys((run.settings.voucher_type, *run.settings.also_voucher_types))
    known = _column(run, "known_vouchers")
    extract(
        run,
        "defontana",
        [
            *defontana_reads.plans(defontana),
            *defontana_reads.vouchers(defontana, list(kinds), since=since, until=until, known=known),
            *defontana_reads.voucher_lines(defontana, _column(run, "vouchers_with_lines")),
        ],
    )
    run.table("standing_vouchers")


def _read_expenses(run: Run, rindegastos: Rindegastos) -> None:
    """Every expense that is not marked yet, and those of reports that are to be posted again or remembered."""
    reports = dict.fromkeys([*_column(run, "asked_again"), *_column(run, "to_remember")])
    ids = [key for kind, key in run.rows("unsure_marks") if kind == "expense"]
    extract(run, "rindegastos", rindegastos_reads.expenses(rindegastos, of_reports=list(reports), ids=ids))


def _column(run: Run, block: str) -> list[str]:
    return [row[0] for row in run.rows(block)]


def _map(run: Run, defontana: Defontana) -> None:
    """What stands for what, and then what the accounts that it names ask of an entry."""
    take_given(run, MAPPING)
    for table in ("extra_fields", "spent", "reports", "chart", "centers", "given", "named", "matched"):
        run.table(table)
    settle(run, MAPPING)
    accounts = _column(run, "mapped_accounts")
    extract(run, "defontana", [*defontana_reads.analyses(defontana, accounts), *_ledgers(run, defontana)])


def _ledgers(run: Run, defontana: Defontana) -> list[Any]:
    providers = defontana_reads.providers(defontana)
    since, until = run.rows("purchase_window")[0]
    if since is None or run.settings.invoices == "register" or not run.settings.wait_for_invoices:
        return [*providers, *defontana_reads.no_purchases()]
    return [*providers, *defontana_reads.purchases(defontana, since=since, until=until)]
