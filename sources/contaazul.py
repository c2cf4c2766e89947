"""What is read from Conta Azul: people, sales, receivables and payables by due date, and what fields choose from.

Observed: an envelope per resource, `items` null where there is nothing, page sizes from a list, accented kinds asked
for and upper-case ones given, kinds and roles that the list assumes where none is asked for, notes that a list does
not give. Documented: due dates are required, and a window is a year at most.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import product
from typing import Any

from dlt.sources import DltResource

from connections._errors import Missing, Unreadable
from connections._pages import Page, Rows, every_page, rows_of, whole
from connections.contaazul import ContaAzul
from sources._staging import resource
from sources._types import FREE_TEXT, Table, day, digits, flag, identifier, money, number, text

KINDS = ("Física", "Jurídica", "Estrangeira")
ROLES = ("Cliente", "Fornecedor", "Transportadora")
LONGEST_WINDOW = timedelta(days=365)
MOST_SERVICES = 100
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
SALES = Table(
    "vendas",
    (
        identifier("id", "id", required=True),
        number("numero", "numero"),
        day("data", "data", read=read_day),
        money("total", "total"),
        identifier("cliente__id", "cliente", "id"),
        text("situacao__nome", "situacao", "nome"),
        text("origem", "origem"),
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
            text("status_traduzido", "status_traduzido"),
            identifier("pessoa__id", party, "id"),
        ),
    )


RECEIVABLES, PAYABLES = _titles("contas_a_receber", "cliente"), _titles("contas_a_pagar", "fornecedor")


def people(ca: ContaAzul) -> list[DltResource]:
    """Everybody: each kind in each role, because a list that names neither may show natural customers only."""

    def read() -> Iterator[Rows]:
        known: set[Any] = set()
        for kind, role in product(KINDS, ROLES):
            asked = {"tipos_pessoa": kind, "tipo_perfil": role}
            for rows in _paged(ca, "/v1/pessoas", asked, "items", "totalItems"):
                fresh = [_person(row) for row in rows if row.get("id") not in known]
                known.update(row["id"] for row in fresh)
                yield fresh

    return [resource(PEOPLE, read)]


def services(ca: ContaAzul, named: str) -> list[DltResource]:
    """Services whose description has these words in it."""

    async def fetch(number_: int) -> Page:
        asked = {"busca_textual": named, "pagina": number_, "tamanho_pagina": MOST_SERVICES}
        body = await ca.read("/v1/servicos", asked)
        about = body.get("paginacao") if isinstance(body, dict) else None
        if not isinstance(about, dict):
            raise Unreadable(f"Conta Azul /v1/servicos: página {number_} sem totais")
        return Page(
            rows_of(body.get("itens"), "Conta Azul /v1/servicos"),
            about.get("pagina_atual"),
            whole(about.get("total_itens"), "Conta Azul /v1/servicos"),
            whole(about.get("total_paginas"), "Conta Azul /v1/servicos"),
        )

    return [resource(SERVICES, lambda: every_page(ca, fetch, first=1, key=_id, what="Conta Azul /v1/servicos"))]


def sales(ca: ContaAzul, *, first: date, last: date) -> list[DltResource]:
    """Sales dated in the window."""
    window = {"data_inicio": first.isoformat(), "data_fim": last.isoformat()}
    return [resource(SALES, lambda: _paged(ca, "/v1/venda/busca", window, "itens", "total_itens"))]


def notes_of_sales(ca: ContaAzul, ids: Sequence[str]) -> list[DltResource]:
    """What the notes of these sales say, a call each: the list does not give them."""

    def read() -> Iterator[Rows]:
        for key in ids:
            try:
                body = ca.wait(ca.read, f"/v1/venda/{key}")
            except Missing:
                continue
            sale = body.get("venda") if isinstance(body, dict) else None
            if not isinstance(sale, dict):
                raise Unreadable(f"Conta Azul /v1/venda/{key}: a venda não veio como objeto")
            yield [{"id": key, "observacoes": sale.get("observacoes")}]

    return [resource(NOTES, read)]


def titles(ca: ContaAzul, *, first: date, last: date) -> list[DltResource]:
    """Receivables and payables due in the window, read a year at a time at most."""
    wanted = ((RECEIVABLES, "contas-a-receber"), (PAYABLES, "contas-a-pagar"))

    def reader(path: str) -> Iterator[Rows]:
        known: set[Any] = set()
        for start, end in _years(first, last):
            window = {"data_vencimento_de": start.isoformat(), "data_vencimento_ate": end.isoformat()}
            for rows in _paged(ca, f"{FINANCE}/{path}/buscar", window, "itens", "itens_totais"):
                fresh = [row for row in rows if row.get("id") not in known]
                known.update(row.get("id") for row in fresh)
                yield fresh

    return [resource(table, partial(reader, path)) for table, path in wanted]


def lookups(ca: ContaAzul) -> list[DltResource]:
    """Categories, accounts and cost centers: what the fields of receivables and payables choose from."""
    wanted: tuple[tuple[Table, str, dict[str, Any], str], ...] = (
        (CATEGORIES, "/v1/categorias", {"permite_apenas_filhos": "true"}, "itens"),
        (ACCOUNTS, "/v1/conta-financeira", {}, "itens"),
        (COST_CENTERS, "/v1/centro-de-custo", {"filtro_rapido": "TODOS"}, "items"),
    )
    return [
        resource(table, partial(_paged, ca, path, asked, rows, "itens_totais")) for table, path, asked, rows in wanted
    ]


def _paged(ca: ContaAzul, path: str, params: dict[str, Any], rows: str, total: str) -> Iterator[Rows]:
    size = ca.settings.page_size

    async def fetch(number_: int) -> Page:
        body = await ca.read(path, {**params, "pagina": number_, "tamanho_pagina": size})
        if not isinstance(body, dict) or total not in body:
            raise Unreadable(f"Conta Azul {path}: página {number_} sem totais")
        count = whole(body[total], f"Conta Azul {path}")
        return Page(rows_of(body.get(rows), f"Conta Azul {path}"), None, count, -(-count // size))

    return every_page(ca, fetch, first=1, key=_id, what=f"Conta Azul {path}")


def _id(row: dict[str, Any]) -> Any:
    return row.get("id")


def _person(row: dict[str, Any]) -> dict[str, Any]:
    """Roles come as words or as objects, in either case."""
    roles = row.get("perfis") or []
    words = [str(role.get("tipo_perfil") if isinstance(role, dict) else role).upper() for role in roles]
    return {**row, "perfis_lidos": ",".join(sorted(words)) or None}


def _years(first: date, last: date) -> Iterator[tuple[date, date]]:
    start = first
    while start <= last:
        end = min(start + LONGEST_WINDOW, last)
        yield start, end
        start = end + timedelta(days=1)
