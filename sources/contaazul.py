"""What is read from Conta Azul: people, sales, receivables and payables by due date, and what fields choose from.

Observed: an envelope per resource, `items` null where there is nothing, page sizes from a list, accented kinds asked
for and upper-case ones given, kinds and roles that the list assumes where none is asked for, notes that a list does
not give. Documented: due dates are required, and a window is a year at most.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import product
from typing import Any

from dlt.sources import DltResource

from connections._errors import Missing, Refused, Unreadable
from connections._pages import Rows, every_page, rows_of
from connections._paths import below
from connections.contaazul import ContaAzul, key_of, listing
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, digits, flag, identifier, money, number, text

KINDS = ("Física", "Jurídica", "Estrangeira")
ROLES = ("Cliente", "Fornecedor", "Transportadora")
LONGEST_WINDOW = timedelta(days=365)
MOST_SERVICES = 100
MOST_CLIENTS = 20
"""Of more clients than these, all sales are read at once: one page of everybody costs as much as one of one client."""
FINANCE = "/v1/financeiro/eventos-financeiros"


@lru_cache(maxsize=65536)
def read_day(value: Any) -> date:
    """The date of `yyyy-MM-dd`, whatever follows it; raises ValueError otherwise."""
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value.strip()[:10])


PEOPLE = Table(
    "pessoas",
    (
        identifier("id", "id", required=True),
        text("nome", "nome", classified="name"),
        digits("documento", "documento", classified="tax_id"),
        text("tipo_pessoa", "tipo_pessoa"),
        text("perfis", "perfis_lidos"),
        flag("ativo", "ativo"),
    ),
)
SERVICES = Table(
    "servicos", (identifier("id", "id", required=True), text("descricao", "descricao"), text("status", "status"))
)
PRODUCTS = Table("produtos", (identifier("id", "id", required=True), text("nome", "nome"), text("status", "status")))
SELLERS = Table("vendedores", (identifier("id", "id", required=True), text("nome", "nome", classified="name")))
SALES = Table(
    "vendas",
    (
        identifier("id", "id", required=True),
        number("numero", "numero"),
        day("data", "data", read=read_day),
        day("criado_em", "criado_em", read=read_day),
        money("total", "total"),
        identifier("cliente__id", "cliente", "id"),
        text("tipo", "tipo"),
        text("situacao__nome", "situacao", "nome"),
        text("observacoes", "observacoes", classified=FREE_TEXT),
    ),
)
NOTES = Table(
    "observacoes", (identifier("id", "id", required=True), text("observacoes", "observacoes", classified=FREE_TEXT))
)
CATEGORIES = Table("categorias", (identifier("id", "id", required=True), text("nome", "nome"), text("tipo", "tipo")))
ACCOUNTS = Table(
    "contas_financeiras",
    (identifier("id", "id", required=True), text("nome", "nome"), text("tipo", "tipo"), flag("ativo", "ativo")),
)
COST_CENTERS = Table(
    "centros_de_custo", (identifier("id", "id", required=True), text("nome", "nome"), flag("ativo", "ativo"))
)


def _titles(name: str, party: str) -> Table:
    return Table(
        name,
        (
            identifier("id", "id", required=True),
            text("descricao", "descricao", classified=FREE_TEXT),
            day("data_vencimento", "data_vencimento", read=read_day),
            money("total", "total"),
            text("status", "status"),
            text("status_traduzido", "status_traduzido"),
            identifier("pessoa__id", party, "id"),
        ),
    )


RECEIVABLES, PAYABLES = _titles("contas_a_receber", "cliente"), _titles("contas_a_pagar", "fornecedor")


def people(ca: ContaAzul) -> list[DltResource]:
    """Everybody: each kind in each role, because a list that names neither may show natural customers only."""

    def read() -> Iterator[Rows]:
        wanted = ({"tipos_pessoa": kind, "tipo_perfil": role} for kind, role in product(KINDS, ROLES))
        for rows in _once_each(_paged(ca, "/v1/pessoas", asked) for asked in wanted):
            yield [_person(row) for row in rows]

    return [resource(PEOPLE, read)]


def services(ca: ContaAzul, named: Sequence[str]) -> list[DltResource]:
    """Services whose description has one of these texts in it."""

    def read() -> Iterator[Rows]:
        asked = ({"busca_textual": text} for text in named)
        yield from _once_each(_paged(ca, "/v1/servicos", each, size=MOST_SERVICES) for each in asked)

    return [resource(SERVICES, read)]


def products(ca: ContaAzul, *, wanted: bool) -> list[DltResource]:
    """Products, where some are wanted and the account has that part of the ERP."""

    def read() -> Iterator[Rows]:
        if wanted:
            try:
                yield from _paged(ca, "/v1/produtos", {})
            except Missing:
                return

    return [resource(PRODUCTS, read)]


def sellers(ca: ContaAzul, *, wanted: bool) -> list[DltResource]:
    """Salespeople, in one piece; none where the account has no such list."""

    def read() -> Iterator[Rows]:
        if wanted:
            try:
                yield rows_of(ca.wait(ca.read, "/v1/venda/vendedores"), "Conta Azul /v1/venda/vendedores")
            except Missing:
                return

    return [resource(SELLERS, read)]


def sales(ca: ContaAzul, *, first: date, last: date, clients: Sequence[str]) -> list[DltResource]:
    """Sales dated in the window, and all sales of these clients, whatever their day; callers check whose they are.

    Clients are asked for one by one: whether a list takes several of them is not known for sure.
    """
    window: dict[str, Any] = {"data_inicio": first.isoformat(), "data_fim": last.isoformat()}
    whose = [{"ids_clientes": client} for client in clients] if len(clients) <= MOST_CLIENTS else [{}]
    asked = [window, *whose]
    return [resource(SALES, lambda: _once_each(_paged(ca, "/v1/venda/busca", each) for each in asked))]


def notes_of_sales(ca: ContaAzul, ids: Sequence[str]) -> list[DltResource]:
    """What the notes of these sales say, a call each: the list does not give them."""

    def read() -> Iterator[Rows]:
        for key in ids:
            try:
                body = ca.wait(ca.read, below("/v1/venda", key))
            except (Missing, Refused):
                continue
            sale = body.get("venda", body) if isinstance(body, dict) else None
            if not isinstance(sale, dict):
                raise Unreadable(f"Conta Azul /v1/venda/{key}: a venda não veio como objeto")
            yield [{"id": key, "observacoes": sale.get("observacoes")}]

    return [resource(NOTES, read)]


def titles(ca: ContaAzul, *, first: date, last: date) -> list[DltResource]:
    """Receivables and payables due in the window, read a year at a time at most."""
    wanted = ((RECEIVABLES, "contas-a-receber"), (PAYABLES, "contas-a-pagar"))

    def reader(path: str) -> Iterator[Rows]:
        windows = (
            {"data_vencimento_de": start.isoformat(), "data_vencimento_ate": end.isoformat()}
            for start, end in _years(first, last)
        )
        return _once_each(_paged(ca, f"{FINANCE}/{path}/buscar", window) for window in windows)

    return [resource(table, partial(reader, path)) for table, path in wanted]


def lookups(ca: ContaAzul) -> list[DltResource]:
    """Categories, accounts and cost centers: what the fields of receivables and payables choose from."""
    wanted: tuple[tuple[Table, str, dict[str, Any]], ...] = (
        (CATEGORIES, "/v1/categorias", {"permite_apenas_filhos": "true"}),
        (ACCOUNTS, "/v1/conta-financeira", {}),
        (COST_CENTERS, "/v1/centro-de-custo", {"filtro_rapido": "TODOS"}),
    )
    return [resource(table, partial(_paged, ca, path, asked)) for table, path, asked in wanted]


def _paged(ca: ContaAzul, path: str, params: dict[str, Any], *, size: int | None = None) -> Iterator[Rows]:
    fetch = listing(ca, path, params, size=size)
    return every_page(ca, fetch, first=1, key=_id, what=f"Conta Azul {path}")


def _id(row: dict[str, Any]) -> Any:
    return row.get("id")


def _once_each(listings: Iterable[Iterator[Rows]]) -> Iterator[Rows]:
    """The rows of several listings that may overlap, each once."""
    known: set[str] = set()
    for pages in listings:
        for rows in pages:
            fresh = [row for row in rows if key_of(row) not in known]
            known.update(key_of(row) for row in fresh)
            yield fresh


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """Roles come as words or as objects, in either case."""
    roles = row.get("perfis")
    roles = roles if isinstance(roles, list) else []
    words = [str(role.get("tipo_perfil") if isinstance(role, dict) else role).upper() for role in roles]
    return {**row, "perfis_lidos": ",".join(sorted(words)) or None}


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    start = first
    while start <= last:
        end = min(start + LONGEST_WINDOW, last)
        yield start, end
        start = end + timedelta(days=1)
