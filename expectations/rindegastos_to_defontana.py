"""What must hold before an expense report is posted to Defontana; sentences as finance reads them, in Spanish."""

from expectations._rules import rule, suite

SUITE = suite(
    "rindegastos_to_defontana",
    rule("ids_are_numbers", because="El identificador del informe, o de un gasto, no es un número", shows="odd_ids"),
    rule("amounts_are_readable", because="Un dato del informe no se puede leer, o falta", shows="unreadable_text"),
    rule("dates_exist", because="Falta una fecha, o no existe en el calendario", shows="undated"),
    rule(
        "close_date_is_not_in_the_future",
        because="La fecha de cierre del informe es posterior a hoy",
        shows="closed_on",
    ),
    rule(
        "close_date_is_within_reach",
        because="El informe se cerró hace más de tres años; contabilícelo a mano y márquelo en Rindegastos",
        shows="closed_on",
    ),
    rule(
        "period_is_open",
        because="El período contable está cerrado para la fecha del comprobante; ábralo en Defontana y corrija "
        'open_from, o ponga closed_periods = "first_open"',
        shows="voucher_on",
    ),
    rule("report_is_in_pesos", because="El informe no está en pesos chilenos", shows="currency"),
    rule("employee_rut_is_given", because="El empleado no tiene RUT en Rindegastos"),
    rule("employee_rut_is_valid", because="El RUT del empleado tiene mal el dígito verificador", shows="masked_rut"),
    rule(
        "every_expense_was_read",
        because="Rindegastos no entregó todos los gastos aprobados del informe",
        shows="expenses_read",
    ),
    rule(
        "total_is_the_sum",
        because="El total aprobado del informe no es la suma de sus gastos aprobados, que es",
        shows="sum_of_expenses",
    ),
    rule("amounts_are_positive", because="El total de un gasto debe ser mayor que cero", shows="not_positive"),
    rule("pesos_have_no_decimals", because="Un gasto en pesos trae decimales", shows="fractional"),
    rule("expenses_are_in_pesos", because="Un gasto no fue convertido a pesos en Rindegastos", shows="not_in_pesos"),
    rule(
        "exchange_agrees",
        because="El monto original por el tipo de cambio no da el total del gasto",
        shows="badly_exchanged",
    ),
    rule(
        "document_type_is_known",
        because="No se sabe qué documento es; asocie el tipo en tipos_de_documento.csv",
        shows="unknown_documents",
    ),
    rule(
        "supplier_is_given",
        because="Una factura o boleta de honorarios no trae RUT del proveedor",
        shows="without_supplier",
    ),
    rule(
        "supplier_rut_is_valid", because="El RUT de un proveedor tiene mal el dígito verificador", shows="bad_suppliers"
    ),
    rule(
        "document_number_is_given",
        because="Una factura o boleta de honorarios no trae número de documento",
        shows="without_number",
    ),
    rule(
        "document_number_is_clear",
        because="No se puede saber cuál es el número del documento; escriba solo el número",
        shows="unclear_numbers",
    ),
    rule(
        "category_is_mapped",
        because="La categoría no tiene cuenta de Debe; asóciela en categorias.csv",
        shows="unmapped_categories",
    ),
    rule(
        "invoice_category_is_mapped",
        because="La categoría no tiene cuenta de Debe para facturas; vea categorias_de_factura.csv y cuentas.csv",
        shows="unmapped_invoices",
    ),
    rule(
        "settlement_is_mapped",
        because="No hay cuenta de Haber para lo que se debe al empleado; asóciela en cuentas.csv",
        shows="settled_by",
    ),
    rule(
        "accounts_receive_postings",
        because="La cuenta asociada no puede recibir asientos en Defontana",
        shows="unusable_accounts",
    ),
    rule(
        "analyses_are_readable",
        because="No se pudo leer en Defontana qué análisis exige la cuenta",
        shows="unread_analyses",
    ),
    rule(
        "cost_center_is_given", because="El gasto no trae centro de costo y su cuenta lo exige", shows="without_center"
    ),
    rule(
        "cost_center_is_mapped",
        because="El centro de costo no tiene centro de negocios; asócielo en centros_de_costo.csv",
        shows="unmapped_centers",
    ),
    rule(
        "business_center_receives_postings",
        because="El centro de negocios asociado no puede recibir asientos en Defontana",
        shows="unusable_centers",
    ),
    rule(
        "analyses_can_be_given",
        because="La cuenta exige un análisis (clasificador, banco, ficha o documento) que el gasto no trae",
        shows="impossible_analyses",
    ),
    rule(
        "tax_accounts_are_mapped",
        because="La cuenta de IVA, de otros impuestos o de retención falta en cuentas.csv, o no recibe asientos",
    ),
    rule(
        "rounding_account_is_mapped",
        because="Hay diferencia de redondeo y su cuenta falta en cuentas.csv, o no recibe asientos",
    ),
    rule(
        "invoice_taxes_add_up",
        because="Neto, IVA (19 %) y otros impuestos de una factura no dan su total",
        shows="bad_taxes",
    ),
    rule("exempt_documents_carry_no_vat", because="Un documento exento trae IVA", shows="bad_exempt"),
    rule(
        "retention_rate_is_known",
        because="No hay tasa de retención de honorarios para el año; agréguela en retention_rates",
        shows="years_without_rate",
    ),
    rule(
        "retention_follows_the_law",
        because="La retención de una boleta de honorarios no es la de su fecha de emisión",
        shows="bad_retention",
    ),
    rule(
        "purchase_ledger_is_readable",
        because="Ninguna fila del registro de compras trae número o RUT; "
        "revise purchase_number_fields y purchase_supplier_fields de Defontana",
    ),
    rule(
        "invoice_is_registered",
        because="En espera: la factura aún no está en el registro de compras de Defontana",
        shows="unregistered",
    ),
    rule(
        "invoice_is_the_registered_one",
        because="La factura del registro de compras es de otro tipo, tiene un total menor o está repetida",
        shows="other_invoices",
    ),
    rule(
        "employee_has_a_file",
        because="El empleado no tiene ficha en Defontana; créela allá. "
        'Si sus empleados tienen ficha sin ser proveedores, ponga employee_files = "unchecked"',
    ),
    rule(
        "supplier_has_a_file",
        because="El proveedor no tiene ficha en Defontana; créela allá",
        shows="suppliers_without_file",
    ),
    rule(
        "receipt_is_filed_once",
        because="El mismo documento está rendido más de una vez; rechace la copia o, si no lo es, dígalo "
        "con contrapartida centralise --no-duplicate",
        shows="filed_twice",
    ),
)
