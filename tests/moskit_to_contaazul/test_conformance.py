"""Every request that we send to Conta Azul, and every answer of its stand-in, against the vendor's own OpenAPI files.

The files are not part of the project: where they are missing, these tests are skipped. What is deliberately otherwise
is listed in DIFFERENCES, with the reason; anything else fails.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from cli._rehearsal import sections
from connections._settings import SettingsFile, load
from connections.contaazul import ContaAzul, ContaAzulSettings
from destinations._contract import Action
from destinations.contaazul import People, Roles, Sales, Services, Titles
from sandbox._contaazul_data import ACCOUNT, CATEGORY
from sandbox._serve import serving
from sources import contaazul as reads
from tests._specs import ABSENT, SPECS

FOLDER = SPECS / "contaazul_api-evangelist"
FILES = ("financial", "sales", "protocol", "acquittance")
TENANT = "agencia"
DIFFERENCES = {
    "POST /v1/financeiro/contas-a-receber": "the synchronous route of October 2026 is newer than the files",
    "POST /v1/financeiro/contas-a-pagar": "idem",
    "GET /v1/pessoas": "the file about people was not to be had",
    "POST /v1/pessoas": "idem",
    "PATCH /v1/pessoas/*": "idem",
    "GET /v1/pessoas/*": "idem",
    "GET /v1/produtos": "the file about products was not to be had",
    "GET /v1/servicos": "the file about services was not to be had",
    "POST /v1/servicos": "idem",
    "status 200": "the old route says 202 in the files and answered 200 when it was tried",
    "status 201": "the old route answers with the event itself since October 2026",
    "totais": "sums have cents when they are tried, and are whole numbers in the files",
}

pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)


@dataclass(frozen=True)
class Exchange:
    """One call as it went over the wire."""

    method: str
    path: str
    sent: Any
    status: int
    got: Any

    @property
    def call(self) -> str:
        return f"{self.method} {re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '*', self.path)}"


class Recorded(ContaAzul):
    """A connection that remembers what went over the wire."""

    exchanges: list[Exchange]

    async def _sent(self, method: str, path: str, params: Any, content: bytes | None) -> Any:
        answer = await super()._sent(method, path, params, content)
        sent = json.loads(content) if content else None
        got = json.loads(answer.body) if answer.body else None
        self.exchanges.append(Exchange(method, path, sent, answer.status, got))
        return answer


@pytest.fixture
def ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorded]:
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    with serving(pace=600) as url:
        monkeypatch.setenv("CONTRAPARTIDA__AGENCIA__SANDBOX", "true")
        for name, value in sections(url, 600)["contaazul"].items():
            monkeypatch.setenv(f"CONTRAPARTIDA__AGENCIA__CONTAAZUL__{name}".upper(), str(value))
        made = Recorded(load(ContaAzulSettings, TENANT, "contaazul", SettingsFile(Path("none.toml"))).settings)
        made.exchanges = []
        with made:
            yield made


def operations() -> dict[str, Any]:
    """Every operation of the files: its call as a pattern, and what it says, references filled in."""
    found: dict[str, Any] = {}
    for name in FILES:
        file = yaml.safe_load((FOLDER / f"conta-azul-{name}-openapi.yml").read_text("utf-8"))
        for path, methods in file["paths"].items():
            for method, said in methods.items():
                pattern = re.sub(r"\{[^}]+\}", r"[^/]+", path)
                found[f"{method.upper()} {pattern}"] = _filled_in(said, file["components"]["schemas"], 12)
    return found


def _filled_in(said: Any, schemas: Any, depth: int) -> Any:
    if isinstance(said, list):
        return [_filled_in(each, schemas, depth) for each in said]
    if not isinstance(said, dict):
        return said
    if "$ref" in said:
        return _filled_in(schemas[said["$ref"].rpartition("/")[2]], schemas, depth - 1) if depth else {}
    made = {name: _filled_in(value, schemas, depth) for name, value in said.items()}
    if made.pop("nullable", False) and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def _schema(content: Any) -> Any:
    return (content or {}).get("content", {}).get("application/json", {}).get("schema")


def complaints(exchange: Exchange, known: dict[str, Any]) -> Iterator[str]:
    """What the files say against an exchange."""
    path = exchange.path.removeprefix("/contaazul")
    plain = [key for key in known if "[" not in key and key == f"{exchange.method} {path}"]
    matches = plain or [key for key in known if re.fullmatch(key, f"{exchange.method} {path}")]
    if not matches:
        yield exchange.call
        return
    said = known[matches[0]]
    if exchange.sent is not None and (schema := _schema(said.get("requestBody"))):
        yield from (f"sent: {error.message}" for error in jsonschema.Draft7Validator(schema).iter_errors(exchange.sent))
    answer = said["responses"].get(str(exchange.status))
    if answer is None:
        yield f"status {exchange.status}"
    elif schema := _schema(answer):
        for error in jsonschema.Draft7Validator(schema).iter_errors(exchange.got):
            yield "totais" if "totais" in error.absolute_path else f"{exchange.call}: {error.message}"


def play(ca: Recorded) -> None:
    """Everything that the two integrations ever ask of Conta Azul, and settlements, which its users make."""
    wanted = {"descricao": "Venda Moskit", "status": "ATIVO", "tipo_servico": "PRESTADO"}
    service = _send(ca, Services(ca), wanted)
    _look(ca, Services(ca), wanted)
    person = {"nome": "Padaria Sol", "tipo_pessoa": "Jurídica", "perfis": [{"tipo_perfil": "Cliente"}]}
    client = _send(ca, People(ca), person)
    _send(ca, Roles(ca), {"perfis": [{"tipo_perfil": "Fornecedor"}]}, target_id=client)
    _look(ca, People(ca), person)
    sale = {
        "id_cliente": client,
        "situacao": "EM_ANDAMENTO",
        "data_venda": "2026-11-20",
        "observacoes": "Negócio 1 do Moskit [moskit:1]",
        "itens": [{"id": service, "descricao": "Implantação", "quantidade": 1, "valor": 1300.00}],
        "composicao_de_valor": {"desconto": {"tipo": "VALOR", "valor": 50.00}},
        "condicao_pagamento": {
            "opcao_condicao_pagamento": "À vista",
            "parcelas": [{"data_vencimento": "2026-11-20", "valor": 1250.00}],
        },
    }
    key = _send(ca, Sales(ca), sale)
    _look(ca, Sales(ca), sale, reference="[moskit:1]")
    ca.wait(Sales(ca).stands, key)
    for side, category in (("contas-a-receber", "Vendas de Serviços"), ("contas-a-pagar", "Comissões")):
        for route in ("new", "old"):
            writer = Titles(ca, side)
            writer._route = route
            _send(ca, writer, _title(client, CATEGORY[category]))
        _look(ca, Titles(ca, side), _title(client, CATEGORY[category]), reference="[moskit:v/9/9]")
    window = {"first": date(2026, 11, 1), "last": date(2026, 12, 31)}
    for resources in (
        reads.people(ca),
        reads.services(ca, ["Venda"]),
        reads.products(ca, wanted=True),
        reads.sellers(ca, wanted=True),
        reads.sales(ca, **window, clients=[client]),
        reads.notes_of_sales(ca, [str(key)]),
        reads.titles(ca, **window),
        reads.lookups(ca),
    ):
        for resource in resources:
            list(resource)
    _settle(ca)


def _settle(ca: Recorded) -> None:
    """A parcel is settled, and the settlement changed."""
    parcels = "/v1/financeiro/eventos-financeiros/parcelas"
    bounds = {"data_vencimento_de": "2026-11-30", "data_vencimento_ate": "2026-11-30"}
    found = ca.wait(ca.read, "/v1/financeiro/eventos-financeiros/contas-a-receber/buscar", bounds)["itens"]
    own = next(row["id"] for row in found if row["descricao"].startswith("Mensal"))
    paid = {"data_pagamento": "2026-11-30", "conta_financeira": ACCOUNT["Conta Corrente Exemplo"]}
    asked = {**paid, "composicao_valor": {"valor_bruto": 50.00}}
    done = ca.wait(ca.write, f"{parcels}/{own}/baixa", asked)
    ca.wait(ca.read, f"{parcels}/{own}/baixa")
    path = f"{parcels}/baixa/{done['id']}"
    ca.wait(ca.read, path)
    changed = {"versao": done["versao"], "composicao_valor": {"valor_bruto": 99.90}}
    ca.wait(partial(ca.write, method="PATCH"), path, changed)
    version = ca.wait(ca.read, f"{parcels}/{own}")["versao"]
    ca.wait(partial(ca.write, method="PATCH"), f"{parcels}/{own}", {"versao": version, "nota": "Conferida"})


def _send(ca: Recorded, writer: Any, payload: dict[str, Any], **more: Any) -> Any:
    return ca.wait(writer.send, Action("kind", "1", "create", payload, **more))


def _look(ca: Recorded, writer: Any, payload: dict[str, Any], **more: Any) -> Any:
    return ca.wait(writer.resolve, Action("kind", "1", "create", payload, **more))


def _title(client: str, category: str) -> dict[str, Any]:
    account = ACCOUNT["Conta Corrente Exemplo"]
    amounts = {"valor_bruto": 99.90, "valor_liquido": 99.90, "multa": 0, "juros": 0, "desconto": 0, "taxa": 0}
    part = {
        "descricao": "Mensal [moskit:v/1/1]",
        "data_vencimento": "2026-11-30",
        "nota": "",
        "conta_financeira": account,
    }
    return {
        "descricao": "Mensal [moskit:v/1/1]",
        "data_competencia": "2026-11-20",
        "valor": 99.90,
        "observacao": "Negócio 1",
        "conta_financeira": account,
        "id_cliente": client,
        "id_fornecedor": client,
        "contato": client,
        "rateio": [{"id_categoria": category, "valor": 99.90}],
        "condicao_pagamento": {"parcelas": [{**part, "detalhe_valor": amounts}]},
    }


@pytest.mark.parametrize("mode", ["sync", "protocol"])
def test_requests_and_answers_are_as_the_vendor_says_but_for_the_listed_differences(ca: Recorded, mode: str) -> None:
    if mode == "protocol":
        address = ca.settings.base_url.removesuffix("/contaazul")
        import httpx

        httpx.post(f"{address}/_sim/quirks", json={"system": "contaazul", "finance_mode": "protocol"})
    play(ca)
    known = operations()
    told = {
        complaint for exchange in ca.exchanges if exchange.status != 404 for complaint in complaints(exchange, known)
    }
    assert told - set(DIFFERENCES) == set(), "not listed in DIFFERENCES"
    assert len({exchange.call for exchange in ca.exchanges}) > 15
