"""Approved expense reports of Rindegastos become accounting vouchers in Defontana, and are marked as integrated."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

from prefect import flow
from prefect.client.schemas.objects import State

from connections.defontana import Defontana
from connections.rindegastos import Rindegastos
from destinations.defontana import Vouchers
from destinations.rindegastos import Marks
from expectations.rindegastos_to_defontana import SUITE
from flows._conduct import conduct, title
from flows._mapping import MappingTable, settle, take_given
from flows._run import Integration, IntegrationSettings, Kind, Run
from flows._steps import check, extract, mirror, plan_and_push
from sources import defontana as defontana_reads
from sources import rindegastos as rindegastos_reads


class Settings(IntegrationSettings):
    """`[<tenant>.rindegastos_to_defontana]`.

    `invoices`: "cancel" debits the supplier, whose invoice the purchase ledger brings ("en espera" until it does,
    unless `wait_for_invoices` is false); "register" posts net, VAT and retention in the voucher itself. `centralise`:
    by itself, or only when a person asks. `open_from` is the first day of the open period: what is dated earlier is
    held, or dated on that day (`closed_periods`). `*_fields` are what the company calls its own fields.
    In a rehearsal (`sandbox`) suggestions of the mapping count as confirmed, as with `accept_suggestions`.
    """

    zone: str = "America/Santiago"
    sandbox: bool = False
    window_days: int = 45
    overlap_days: int = 2
    start_on: date | None = None
    centralise: Literal["automatically", "on_request"] = "automatically"
    invoices: Literal["cancel", "register"] = "cancel"
    wait_for_invoices: bool = True
    voucher_type: str = "TRASPASO"
    open_from: date | None = None
    closed_periods: Literal["hold", "first_open"] = "hold"
    accept_suggestions: bool = False
    document_type_fields: tuple[str, ...] = ("Tipo de documento", "Tipo documento")
    supplier_fields: tuple[str, ...] = ("RUT Proveedor",)
    number_fields: tuple[str, ...] = ("Número de documento", "N° Documento", "Nro Documento")
    cost_center_fields: tuple[str, ...] = ("Centro de costo", "Centro costo")
    settlement_fields: tuple[str, ...] = ("Tipo de rendición",)


INTEGRATION = Integration(
    name="rindegastos_to_defontana",
    title="rindegastos → defontana",
    connections=(Rindegastos, Defontana),
    settings=Settings,
    language="es-CL",
    looks_for=("voucher",),
)
_NAMED = {"description": "descripcion", "code": "codigo"}
_ACCOUNTS = {"debit_account": "cuenta_debe", "credit_account": "cuenta_haber", "state": "estado"}
_PLAN = {"code": "codigo", "description": "descripcion", "imputable": "imputable", "active": "activo"}
MAPPING = (
    MappingTable(
        "accounts",
        "cuentas.csv",
        {"code": "codigo", "description": "descripcion", "account": "cuenta", "state": "estado"},
    ),
    MappingTable("categories", "categorias.csv", _NAMED | _ACCOUNTS),
    MappingTable("invoice_categories", "categorias_de_factura.csv", _NAMED | _ACCOUNTS),
    MappingTable(
        "cost_centers", "centros_de_costo.csv", _NAMED | {"business_center": "centro_de_negocios", "state": "estado"}
    ),
    MappingTable(
        "document_types",
        "tipos_de_documento.csv",
        _NAMED | {"class": "clase", "document_type": "tipo_defontana", "state": "estado"},
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
    _read_spending(run, rindegastos)
    _read_books(run, defontana)
    _map(run, defontana)
    for table in ("expenses", "receipts", "entries"):
        run.table(table)
    check(run, SUITE)
    for table in ("obstacles", "misdirected"):
        run.table(table)
    mirror(run)
    plan_and_push(run, Kind("voucher", "Comprobantes", on_change="ignore"), defontana, Vouchers(defontana))
    run.view("posted")
    drift, marks = run.settings.on_drift, Marks(rindegastos)
    plan_and_push(run, Kind("mark", "Gastos marcados", on_drift=drift), rindegastos, marks)
    plan_and_push(run, Kind("report_mark", "Informes marcados", on_drift=drift), rindegastos, marks)


def _variables(run: Run) -> None:
    settings = run.settings
    fields = ("document_type_fields", "supplier_fields", "number_fields", "cost_center_fields", "settlement_fields")
    run.variables(
        since=run.today - timedelta(days=settings.window_days + settings.overlap_days),
        start_on=settings.start_on or date(1900, 1, 1),
        open_from=settings.open_from or date(1900, 1, 1),
        closed_periods=settings.closed_periods,
        on_request=settings.centralise == "on_request",
        invoices=settings.invoices,
        wants_registered=settings.wait_for_invoices,
        voucher_type=settings.voucher_type,
        accepts=settings.accept_suggestions or settings.sandbox,
        **{name: list(getattr(settings, name)) for name in fields},
    )


def _read_spending(run: Run, rindegastos: Rindegastos) -> None:
    """Everything that is not marked yet, and whatever the ledger is not sure of."""
    since = run.today - timedelta(days=run.settings.window_days + run.settings.overlap_days)
    again = [row[0] for row in run.rows("asked_again")]
    unsure = run.rows("unsure_marks")
    marked = {what: [key for kind, key in unsure if kind == what] for what in ("report", "expense")}
    extract(
        run,
        "rindegastos",
        [
            *rindegastos_reads.reports(rindegastos, since=since, ids=[*again, *marked["report"]]),
            *rindegastos_reads.expenses(rindegastos, of_reports=again, ids=marked["expense"]),
            *rindegastos_reads.configuration(rindegastos),
        ],
    )


def _read_books(run: Run, defontana: Defontana) -> None:
    since, until = run.rows("voucher_window")[0]
    run.variables(vouchers_from=since, vouchers_to=until)
    known = [row[0] for row in run.rows("known_vouchers")]
    kind = run.settings.voucher_type
    extract(
        run,
        "defontana",
        [
            *defontana_reads.plans(defontana),
            *defontana_reads.vouchers(defontana, kind, since=since, until=until, known=known),
        ],
    )


def _map(run: Run, defontana: Defontana) -> None:
    """What stands for what, and then what the accounts that it names ask of an entry."""
    take_given(run, MAPPING)
    for table in ("extra_fields", "spent", "reports", "chart", "centers", "named"):
        run.table(table)
    settle(run, MAPPING)
    accounts = [row[0] for row in run.rows("mapped_accounts")]
    extract(run, "defontana", [*defontana_reads.analyses(defontana, accounts), *_ledgers(run, defontana)])


def _ledgers(run: Run, defontana: Defontana) -> list[Any]:
    providers = defontana_reads.providers(defontana)
    since, until = run.rows("purchase_window")[0]
    if since is None or run.settings.invoices == "register" or not run.settings.wait_for_invoices:
        return [*providers, *defontana_reads.no_purchases()]
    return [*providers, *defontana_reads.purchases(defontana, since=since, until=until)]
