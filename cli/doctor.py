"""`contrapartida doctor`: what is set and where, who answers, what is missing; never a secret's value."""

import logging
import os
import platform
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import _show
from cli._flows import integration_of, integrations

if TYPE_CHECKING:
    from connections._http import Connection
    from connections._settings import Settings, SettingsFile

# One cheap question to each system that only a good credential is answered.
PROBES: dict[str, tuple[str, dict[str, Any]]] = {
    "pacto": ("/v1/conta", {"page": 0, "size": 1}),
    "kamino": ("/api/financeiro/centrocusto/lista", {}),
}
PACKAGES = ("contrapartida", "prefect", "dlt", "duckdb", "great-expectations")
SecretBlocks = Callable[[str], str | None]


def doctor(tenant: Annotated[str | None, typer.Option(help="One tenant; without it, every tenant.")] = None) -> int:
    """Show every setting and where it comes from, try every system, and say what is missing."""
    from connections._settings import known_tenant, settings_file

    file = settings_file()
    tenants = [known_tenant(file, tenant)] if tenant else file.tenants()
    out = _show.out()
    out.print(_versions())
    complaints: list[str] = []
    with _show.steps("asking Prefect") as shown:
        secrets = _prefect(complaints)
        if not tenants:
            complaints.append(f"no tenant is set up: {file.path.name} is empty or absent (see settings.example.toml)")
        for each in tenants:
            shown.say(f"examining {each}")
            complaints += _examine(each, file, secrets)
    for complaint in complaints:
        out.print(f"✗ {' '.join(complaint.split())}", markup=False)
    if not complaints:
        out.print("Nothing is missing.")
    return 1 if complaints else 0


def _versions() -> Any:
    made = _show.table("software", "version")
    _show.add(made, "python", platform.python_version())
    for package in PACKAGES:
        _show.add(made, package, version(package))
    return made


def _prefect(complaints: list[str]) -> SecretBlocks | None:
    """Where secrets may stand too: the blocks of a Prefect server, where one is configured and answers."""
    import httpx
    from prefect.settings import get_current_settings

    api = get_current_settings().api.url
    if not api:
        _show.out().print(
            "Prefect: no PREFECT_API_URL; each run starts a server of its own, and no Secret block is read.\n"
        )
        return None
    try:
        httpx.get(f"{api}/health", timeout=15)
    except httpx.TransportError as error:
        complaints.append(f"the Prefect server at {api} does not answer ({error}); start it or correct PREFECT_API_URL")
        return None
    _show.out().print(f"Prefect: {api} answers.\n", markup=False)
    return None if os.environ.get("CONTRAPARTIDA_SECRET_BLOCKS") == "off" else _secret_block


def _secret_block(name: str) -> str | None:
    from prefect.blocks.system import Secret

    try:
        block: Any = Secret.load(name)
    except ValueError:
        return None
    return str(block.get())


def _examine(tenant: str, file: "SettingsFile", secrets: SecretBlocks | None) -> Iterator[str]:
    """Prints a tenant's settings, tries its systems, and yields what is wrong."""
    from connections._errors import Problem
    from connections._settings import load

    systems, flows = _used(tenant, file)
    if not systems:
        yield f"{tenant} has no system: write a section such as [{tenant}.pacto] (see settings.example.toml)"
    made = _show.table("setting", "value", "where", title=f"tenant {tenant}")
    sections: dict[str, type[Settings]] = {name: cls.settings_class for name, cls in systems.items()} | flows
    good: dict[str, Any] = {}
    for section, cls in sections.items():
        for name, value, origin in _values(cls, tenant, section, file, secrets):
            _show.add(made, f"{section}.{name}", value, origin)
        try:
            good[section] = load(cls, tenant, section, file, secrets).settings
        except Problem as problem:
            yield str(problem)
    _show.out().print(made)
    for name, connection in systems.items():
        if name in good:
            yield from _probe(connection(good[name]))


def _used(tenant: str, file: "SettingsFile") -> "tuple[dict[str, type[Connection]], dict[str, type[Settings]]]":
    """The systems and integrations that a tenant uses: what it mentions, and what can run with that."""
    from cli._rehearsal import systems
    from connections._settings import PREFIX

    reachable = systems()
    known = {name: integration_of(name) for name in integrations()}

    def mentioned(section: str) -> bool:
        variable = f"{PREFIX}__{tenant}__{section}__".upper()
        return bool(file.table(tenant, section)) or any(name.startswith(variable) for name in os.environ)

    used = {name for name in reachable if mentioned(name)}
    used |= {made.system for name in known if mentioned(name) for made in known[name].connections}
    flows = {name: known[name].settings for name in known if {m.system for m in known[name].connections} <= used}
    return {name: cls for name, cls in reachable.items() if name in used}, dict(flows)


def _values(
    cls: "type[Settings]", tenant: str, section: str, file: "SettingsFile", secrets: SecretBlocks | None
) -> Iterator[tuple[str, str, str]]:
    """Each field with what may be shown of its value, and where that stands."""
    from connections._settings import _Place

    place = _Place(tenant, section, file)
    for name, field in cls.model_fields.items():
        value, origin = place.look_up(name, field, secrets)
        if "Secret" in str(field.annotation):
            yield name, "missing" if origin == "missing" else "set", origin
        elif origin in ("missing", "default"):
            yield name, "missing" if origin == "missing" else str(field.default), origin
        else:
            yield name, re.sub(r"//[^/@]*@", "//…@", str(value)), origin


def _probe(connection: "Connection") -> Iterator[str]:
    from connections._errors import Problem

    system = connection.system
    logging.getLogger("stamina").setLevel(logging.ERROR)
    if system not in PROBES:
        _show.out().print(f"{system}: not tried, nobody has said with which question")
        return
    try:
        with connection:
            connection.wait(connection.read, *PROBES[system])
    except Problem as problem:
        yield f"{system} at {connection.settings.base_url}: {problem}"
        return
    _show.out().print(f"✓ {system} at {connection.settings.base_url} answers, and the credential is good", markup=False)
