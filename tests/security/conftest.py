"""Runs that end well and badly, in a world where secrets and people are told apart from everything else."""

import io
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from connections._systems import systems
from tests._prefect import opened_server, reporting_to
from tests._world import TENANT, World, opened_world
from tests.security._stores import Column, columns_in, loose_files, prefect_says
from tests.systems.kamino import PAYABLE, SUPPLIER
from tests.systems.pacto import paid, receipt

WRONG_KEY = "wrong-key-7c1d9a52f0"
PASSWORD = "password-3e8b61d4aa"
ZULEICA = {"nome": "Zuleica Quartzo Canarinha", "cpf": "529.982.247-25", "email": "zuleica@canary.example"}
YOLANDA = {"nome": "Yolanda Quartzo Canarinha", "cpf": "111.444.777-35", "email": "yolanda@canary.example"}
PEOPLE = (ZULEICA, YOLANDA)
PHONE = "11988776655"
REFUSAL = f"CPF {ZULEICA['cpf']} de {ZULEICA['nome']} <{ZULEICA['email']}> está bloqueado"
SEEN = "marker of a description that may be seen"


@dataclass
class Told:
    """All that the runs left behind, place by place."""

    states: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    prefect: str = ""
    output: str = ""
    columns: list[Column] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


class _Everything(logging.Handler):
    """Keeps all that any library logs, at any level, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter())
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


@contextmanager
def _listening() -> Iterator["_Everything"]:
    """Hears what is logged by whomever, and what is printed."""
    from prefect.logging.configuration import setup_logging
    from prefect.settings import PREFECT_LOGGING_LEVEL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    heard, printed = _Everything(), io.StringIO()
    loud = {PREFECT_LOGGING_LEVEL: "DEBUG", PREFECT_LOGGING_TO_API_ENABLED: True}
    with temporary_settings(loud), redirect_stdout(printed), redirect_stderr(printed):
        setup_logging()
        loggers = [
            logging.getLogger(name) for name in (None, "prefect", "prefect.flow_runs", "prefect.task_runs", "dlt")
        ]
        levels = [logger.level for logger in loggers]
        for logger in loggers:
            logger.addHandler(heard)
            logger.setLevel(logging.DEBUG)
        yield heard
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(heard)
            logger.setLevel(level)
    setup_logging()
    heard.said.append(printed.getvalue())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What five runs left: receipts and payments, a read refused, a credential refused, an address with a password."""
    found, home = Told(), tmp_path_factory.mktemp("prefect")
    with (
        opened_server(home, keeps_events=True) as server,
        reporting_to(server.address, home),
        pytest.MonkeyPatch.context() as environment,
        opened_world(tmp_path_factory.mktemp("canaries"), environment) as world,
    ):
        found.secrets = {**_secrets(), "a wrong key": WRONG_KEY, "a password in an address": PASSWORD}
        with _listening() as heard:
            found.states = list(_played(world, environment))
            found.prefect = prefect_says(home, lambda said: "contrapartida.rejected" in said and SEEN in said)
        found.output = "\n".join(heard.said)
        found.columns = list(columns_in(world.data))
        found.files = loose_files(world.data)
    return found


def _played(world: World, environment: pytest.MonkeyPatch) -> Iterator[str]:
    """Runs that end well and badly; their states."""
    _people(world)
    with _kept_in_a_block(environment, "kamino", "hash"):
        world.fault("kamino", "sucesso_false", route="/api/financeiro/recebimento", message=REFUSAL)
        yield world.run("pacto_to_kamino").state
        yield world.run("kamino_to_pacto").state
    world.fault("kamino", "sucesso_false", method="GET", times=0, message=REFUSAL)
    with _traces_cannot_be_kept(environment):
        yield world.run("pacto_to_kamino").state
    world.no_faults()
    environment.setenv(_variable("pacto", "api_key"), WRONG_KEY)
    yield world.run("pacto_to_kamino").state
    environment.setenv(_variable("pacto", "base_url"), f"http://robot:{PASSWORD}@127.0.0.1/pacto")
    yield world.run("pacto_to_kamino").state


@contextmanager
def _kept_in_a_block(environment: pytest.MonkeyPatch, system: str, name: str) -> Iterator[None]:
    """One credential stands in a Secret block of Prefect instead of the environment."""
    from prefect.blocks.system import Secret

    secret = os.environ[_variable(system, name)]
    block = f"{TENANT}-{system}-{name}"
    Secret(value=SecretStr(secret)).save(block)
    environment.delenv(_variable(system, name))
    yield
    environment.setenv(_variable(system, name), secret)
    Secret.delete(block)


@contextmanager
def _traces_cannot_be_kept(environment: pytest.MonkeyPatch) -> Iterator[None]:
    """dlt fails to keep its trace of a step, and warns of it while what the step failed with is on its way up."""
    with environment.context() as broken:
        broken.setattr(sys.modules["dlt.pipeline.trace"], "pickle", None)
        yield


def _variable(system: str, name: str) -> str:
    return f"CONTRAPARTIDA__{TENANT}__{system}__{name}".upper()


def _people(world: World) -> None:
    """One person with good, broken and refused receipts, another in a field of the wrong type, both in free text."""
    person = {"codigo": 40399, "nome": ZULEICA["nome"], "cpfCnpj": ZULEICA["cpf"], "email": ZULEICA["email"]}
    someone = {"codigo": 40400, "nome": [YOLANDA["nome"]], "cpfCnpj": YOLANDA["cpf"], "email": {"1": YOLANDA["email"]}}
    named = f"{SEEN}, {ZULEICA['nome'].upper()}, {ZULEICA['cpf']}, {ZULEICA['email']}"
    world.plant(
        "pacto",
        "movparcela",
        receipt(1, pessoa={**person, "telefone": PHONE}, descricao=named),
        receipt(2, pessoa=person, descricao=named, **paid()),
        receipt(3, pessoa=person, descricao=named, valor="1.234,56"),
        receipt(4, pessoa=someone, descricao=f"Mensalidade {YOLANDA['cpf']}", valor="dez"),
    )
    supplier = {"ID": 71, "Nome": ZULEICA["nome"], "NomeExibicao": ZULEICA["nome"], "CPFCNPJ": ZULEICA["cpf"]}
    world.plant("kamino", "pessoa", {**SUPPLIER, **supplier})
    paid_to = {**PAYABLE, "DataVencimento": "2026-11-10T00:00:00", "DataPagamento": "2026-11-10T00:00:00"}
    paid_to |= {"DataCompetencia": "2026-11-01T00:00:00", "Obs": named}
    world.plant("kamino", "pagamento", {**paid_to, "ID": 1}, {**paid_to, "ID": 2, "SimbMoeda": "US$"})


def _secrets() -> dict[str, str]:
    """Every credential that the tenant's environment holds."""
    return {
        f"{system}.{name}": value
        for system, connection in systems().items()
        for name, told in connection.settings_class.model_fields.items()
        if "SecretStr" in str(told.annotation) and (value := os.environ.get(_variable(system, name)))
    }
