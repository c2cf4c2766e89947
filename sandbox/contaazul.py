"""Conta Azul (ERP and finance): OAuth with rotation, an envelope per resource, ten calls a second per company."""

from __future__ import annotations

from sandbox import _contaazul_data as data
from sandbox._call import Answer, Call, Dialect, Route, System
from sandbox._contaazul_finance import Finance
from sandbox._contaazul_oauth import COMPANY, CREDENTIALS, OAuth
from sandbox._contaazul_people import People
from sandbox._contaazul_readings import told_otherwise
from sandbox._contaazul_sales import Sales
from sandbox._contaazul_settlements import Settlements
from sandbox._contaazul_words import generic, in_finance, malformed, too_many, unauthorised, unknown_route
from sandbox._limits import Windows
from sandbox._world import World

CALLS_A_SECOND, CALLS_A_MINUTE = 10, 600
CHOICES: dict[str, tuple[str, ...]] = {
    "finance_mode": ("sync", "protocol"),  # before October 2026 creation gave a protocol
    "protocol": ("done", "late", "stuck", "error"),  # late: booked, yet PENDING for ever; stuck: neither
    "protocol_words": (),
    "people_defaults": ("applied", "none"),  # a list without kind and role: natural persons and customers, or all
    "document_filter": ("either", "digits", "masked"),
    "pessoa_duplicate": ("reject", "allow"),
    "reference_readback": ("shown", "hidden"),
    "account": ("active", "trial_ended"),
    "page_cap": ("none", "10", "50"),  # how many rows a page holds at most, whatever is asked for
    "order": ("oldest", "newest"),
    "rows": ("listed", "null", "missing"),  # how a list is empty
    "numbers": ("numbers", "text", "decimals"),  # totals of lists
    "errors": ("documented", "message", "nested", "erro", "plain"),  # what a refusal looks like
    "inactive_people": ("listed", "hidden"),
    "client_filter": ("honoured", "ignored"),
    "sale_notes": ("hidden", "in_the_list"),
    "sale_answer": ("id", "no_id", "other_key"),
    "number_taken": ("documented", "other"),
    "situations": ("codes", "titles"),  # EM_ANDAMENTO or Em andamento, in lists
    "counter": ("quiet", "busy"),  # whether somebody in the shop takes the number that was to be ours
}
DEFAULTS = {
    "finance_mode": "sync",
    "protocol": "done",
    "protocol_words": "Categoria não encontrada.",
    "people_defaults": "applied",
    "document_filter": "either",
    "pessoa_duplicate": "reject",
    "reference_readback": "shown",
    "account": "active",
    "page_cap": "none",
    "order": "oldest",
    "rows": "listed",
    "numbers": "numbers",
    "errors": "documented",
    "inactive_people": "listed",
    "client_filter": "honoured",
    "sale_notes": "hidden",
    "sale_answer": "id",
    "number_taken": "documented",
    "situations": "codes",
    "counter": "quiet",
}


def build(world: World) -> System:
    """Conta Azul in this world."""
    return ContaAzul(world).system


class ContaAzul:
    """The routes of each part, behind one guard."""

    def __init__(self, world: World) -> None:
        self.tables, planted = data.tables(world.seed, world.size)
        self.quirks = dict(DEFAULTS)
        self.second = Windows(CALLS_A_SECOND * world.pace, 1)
        self.minute = Windows(CALLS_A_MINUTE * world.pace, 60)
        self.oauth = OAuth(world, self.tables["tokens"])
        parts = (
            self.oauth,
            People(world, self.tables["pessoas"], self.quirks),
            Sales(world, self.tables, self.quirks),
            Finance(world, self.tables, self.quirks),
            Settlements(world, self.tables),
        )
        self.system = System(
            name="contaazul",
            tables=self.tables,
            routes=[told_otherwise(route, self.quirks) for part in parts for route in part.routes()],
            dialect=Dialect(
                page="pagina",
                first_page=1,
                rows="itens",
                total="itens_totais",
                page_echo="",
                too_many=too_many,
                unauthorised=unauthorised,
                rejected=in_finance,
                malformed=malformed,
                unknown_route=unknown_route,
                nothing=lambda: Answer({"itens": [], "itens_totais": 0}),
            ),
            guard=self.guard,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
            planted=planted,
        )

    def guard(self, call: Call, route: Route) -> Answer | None:
        """The token, then the limits of the connected company; the authorization server has neither."""
        if route.scope == "open":
            return None
        if not self.oauth.allows(call):
            return unauthorised()
        if not (self.second.take(COMPANY) and self.minute.take(COMPANY)):
            return too_many()
        if self.quirks["account"] == "trial_ended":
            refused = generic(403, "A conta não está elegível para uso da API", call)
            refused.payload["status_conta"] = "END_TRIAL"
            return refused
        return None
