"""Senior's ERP (Gestão Empresarial): SOAP G5 services under `/g5-senior-services`, errors under status 200.

A user of the ERP's own database speaks in every call: `user` and `password` are parts of the body. Assumed: a wrong
password is a fault; what an ERP does where the notes do not know is a quirk.
"""

from __future__ import annotations

import re

from sandbox import _senior_soap as soap
from sandbox._call import Answer, Call, Dialect, Handler, Route, System
from sandbox._senior_contracts import SERVICES, SERVLET, Operation, operations
from sandbox._senior_erp_data import OTHER_USER, USER, tables
from sandbox._senior_erp_exports import Exports
from sandbox._senior_erp_ledger import Handler as Performed
from sandbox._senior_erp_ledger import Job, Ledger, RefusedCallError
from sandbox._senior_erp_rules import Ground
from sandbox._senior_erp_titles import Titles
from sandbox._table import Row
from sandbox._world import World

ROOT = "/g5-senior-services/"
OPERATION = re.compile(rb"Body[^>]*>\s*<(?:\w+:)?(?P<name>\w+)")
NOT_EXECUTED = "Não foi possível executar o serviço solicitado."
TOKEN = "token-inventado-do-erp"  # noqa: S105 - invented
CREDENTIALS: Row = {
    "user": USER["nome"],
    "password": USER["senha"],
    "other_user": {"user": OTHER_USER["nome"], "password": OTHER_USER["senha"]},
}
CHOICES: dict[str, tuple[str, ...]] = {
    "complemento": ("sem_hp", "sempre"),
    "data_oficial": ("igual", "mesmo_mes", "nao_menor"),
    "qtd_dias": ("validar", "ignorar"),
    "moeda": ("efetiva", "filial"),
    "periodo_cpp": ("conferir", "isentar"),
    "ordem": ("livre", "do_esquema"),
    "mensagem": ("exata", "com_detalhe"),
    "grade_vazia": ("ausente", "elemento"),
    "sucesso": ("OK", "Ok", "em_branco"),
    "linhas": ("em_ordem", "invertidas", "duas_vezes"),
    "pagina": ("500", "50"),
    "fornecedor_desconhecido": ("vazio", "erro"),
    "estornada": ("some", "fica"),
    "valores": ("virgula", "ponto", "milhar"),
    "numero_de_baixa": ("novo", "reaproveitado"),
    "excluir_lote": ("oferecido", "ausente"),
    "consulta": ("todos", "em_aberto"),
    "ideUni": ("mostrado", "em_branco"),
}


def build(world: World) -> System:
    """Senior's ERP in this world."""
    return SeniorErp(world).system


class SeniorErp:
    """The one servlet per service, and the operations behind it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tables = tables()
        self.quirks = {name: choices[0] for name, choices in CHOICES.items()}
        self.operations: dict[tuple[str, str], Performed] = {
            **Exports(self.tables).operations,
            **Ledger(world, self.tables, self.detailed).operations,
            **Titles(world, self.tables, self.detailed).operations,
        }
        self.system = System(
            name="senior_erp",
            tables=self.tables,
            routes=[
                Route(method, ROOT + SERVLET + service, self._servlet(service))
                for service in SERVICES
                for method in ("GET", "POST")
            ],
            dialect=Dialect(
                page="indicePagina",
                first_page=1,
                rows="titulos",
                total="totalRegistros",
                page_echo="indicePagina",
                too_many=lambda: Answer(status=429, raw=b""),
                unauthorised=lambda: soap.fault("Credenciais inválidas"),
                rejected=soap.fault,
                malformed=lambda: soap.fault("Couldn't parse the request", "S:Client"),
                unknown_route=_unknown_route,
                nothing=lambda: Answer(raw=b""),
            ),
            guard=_let_in,
            credentials=CREDENTIALS,
            quirks=self.quirks,
            choices=CHOICES,
        )

    def detailed(self, sentence: str, about: Row) -> str:
        """A sentence, with what a real ERP may append where the quirk says so."""
        if self.quirks["mensagem"] == "exata":
            return sentence
        return f"{sentence}. Empresa/Filial: {about.get('codEmp')}/{about.get('codFil')}"

    def _servlet(self, service: str) -> Handler:
        def answer(call: Call) -> Answer:
            if call.method == "GET":
                return self._described(call, service)
            return self._called(call, service)

        return answer

    def _described(self, call: Call, service: str) -> Answer:
        if "xsd" in call.query:
            return soap.xsd(service)
        if "wsdl" in {name.lower() for name in call.query}:
            address = f"http://{call.headers.get('host', 'localhost')}/{call.system}{call.path}"
            return soap.wsdl(service, SERVLET + service, address, self._offered(service))
        return Answer(status=405, raw=b"")

    def _offered(self, service: str) -> dict[str, Operation]:
        """The operations of a service; that there is one to delete batches is assumed."""
        found = operations(service)
        if self.quirks["excluir_lote"] == "ausente" and service == "mct_ctb_gerarlotectb":
            return {name: each for name, each in found.items() if name != "Excluir"}
        return found

    def _called(self, call: Call, service: str) -> Answer:
        try:
            request = soap.read(call.body)
        except soap.MalformedError as problem:
            return soap.fault(f"Couldn't create SOAP message: {problem}", "S:Client")
        operation = self._offered(service).get(request.operation)
        if operation is None:
            return soap.fault(f"Cannot find dispatch method for {request.operation}", "S:Client")
        user = self.tables["usuario"].rows.get(request.user)
        if request.encryption == "3" and not request.user and request.password == TOKEN:
            user = self.tables["usuario"].rows.get(USER["nome"])
        elif user is not None and (user["senha"] != request.password or request.encryption != "0"):
            user = None
        if user is None:
            return soap.fault("Credenciais inválidas")
        if self.quirks["ordem"] == "do_esquema" and not request.is_in_order(operation):
            return soap.failed(operation, NOT_EXECUTED)
        ground = Ground(self.tables, self.world.clock.date(), user, self.quirks)
        call.route = f"{service}.{request.operation}"
        try:
            result = self.operations[service, request.operation](Job(call, request.parameters(operation), ground))
        except RefusedCallError as refusal:
            return soap.failed(operation, str(refusal))
        return soap.answered(operation, result, empty_grids=self.quirks["grade_vazia"] == "elemento")


def _unknown_route(call: Call) -> Answer:
    return Answer(status=404, text=f"<html><body>{call.path.rsplit('_', 1)[-1]}: 404</body></html>", media="text/html")


def _let_in(call: Call, route: Route) -> Answer | None:
    """Nobody is stopped at the door: credentials are in the body, and no limit of calls is known.

    Reads and writes share an address, so the call's route is the operation from here on, for faults to meet it.
    """
    if call.method == "POST" and (named := OPERATION.search(call.body)):
        call.route = f"{route.pattern.removeprefix(ROOT + SERVLET)}.{named['name'].decode()}"
    return None
