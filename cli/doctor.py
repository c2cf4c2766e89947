"""`contrapartida doctor`: what is set and where, who answers, what is missing; never a secret's value."""

import logging
import os
import platform
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import _show
from cli._flows import integration_of, integrations

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from connections._http import Connection
    from connections._settings import SecretBlocks, Settings, SettingsFile

MOST_NAMED = 5
PACKAGES = ("contrapartida", "prefect", "dlt", "duckdb", "great-expectations")


def doctor(tenant: Annotated[str | None, typer.Option(help="One tenant; without it, every tenant.")] = None) -> int:
    """Show every setting and where it comes from, try every system, and say what is missing.

    Exit code: 0 nothing is missing, 1 something is. No secret's value is ever shown.
    """
    from connections._settings import data_root, settings_file

    file = settings_file()
    tenants = [tenant] if tenant else file.tenants()
    _show.out().print(_versions())
    complaints: list[str] = []
    with _show.steps("asking Prefect") as shown:
        secrets = _prefect(complaints)
        _data(complaints)
        if not tenants:
            complaints.append(f"no tenant is set up: {file.path} is empty or absent (see settings.example.toml)")
        complaints += _readable(file.path)
        for each in tenants:
            shown.say(f"examining {each}")
            complaints += _examine(each, file, secrets)
            complaints += _readable(data_root() / each, file.of_tenant(each, "analysts"))
    for complaint in complaints:
        _show.out().print(f"✗ {' '.join(complaint.split())}", markup=False)
    if not complaints:
        _show.out().print("Nothing is missing.")
    return 1 if complaints else 0


def _versions() -> "Table":
    made = _show.table("software", "version")
    _show.add(made, "python", platform.python_version())
    for package in PACKAGES:
        _show.add(made, package, version(package))
    return made


def _prefect(complaints: list[str]) -> "SecretBlocks | None":
    """Where secrets may stand too: the blocks of a Prefect server, where one is configured and answers."""
    import httpx
    from prefect.settings import get_current_settings

    from flows._secrets import secret_block

    api = get_current_settings().api.url
    if not api:
        _show.out().print("Prefect: no PREFECT_API_URL; each run starts a server of its own for as long as it lasts.")
        return None
    try:
        httpx.get(f"{api}/health", timeout=15)
    except httpx.TransportError as error:
        complaints.append(f"the Prefect server at {api} does not answer ({error}); start it or correct PREFECT_API_URL")
        return None
    _show.out().print(f"Prefect: {api} answers.", markup=False)
    return secret_block


def _data(complaints: list[str]) -> None:
    """Where the ledgers lie; a folder that is not there yet can be made if the first one above it may be written."""
    from flows._folder import data_root

    root = data_root()
    nearest: Path = next(folder for folder in (root, *root.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        complaints.append(f"nothing can be written to {root}; correct its permissions or CONTRAPARTIDA_DATA")
    else:
        _show.out().print(f"Data: {root}\n", markup=False)


def _readable(path: "Path", analysts: str | None = None) -> Iterator[str]:
    """What others on this machine may read or write, and should not; names, tax ids and secrets stand in it."""
    from flows._private import wider

    found = list(wider(path, analysts))
    for each, mode, wanted in found[:MOST_NAMED]:
        yield f"{_show.near(each)} is open to others ({mode:04o}): chmod {wanted:o} {_show.near(each)}"
    if len(found) > MOST_NAMED:
        yield f"{_show.near(path)} holds {len(found) - MOST_NAMED} more that are open to others"


def _examine(tenant: str, file: "SettingsFile", secrets: "SecretBlocks | None") -> Iterator[str]:
    """Prints a tenant's settings, tries its systems, and yields what is wrong."""
    from connections._errors import Problem
    from connections._settings import known_tenant, load

    try:
        known_tenant(file, tenant)
    except Problem as problem:
        yield str(problem)
        return
    systems, flows = _used(tenant, file)
    if not systems:
        yield f"{tenant} has no system: write a section such as [{tenant}.pacto] (see settings.example.toml)"
    yield from _strange(tenant, file)
    sections: dict[str, type[Settings]] = {name: cls.settings_class for name, cls in systems.items()} | flows
    _show.out().print(_settings_table(tenant, sections, file, secrets))
    good: dict[str, Any] = {}
    for section, cls in sections.items():
        try:
            good[section] = load(cls, tenant, section, file, secrets).settings
        except Problem as problem:
            yield str(problem)
    for name, connection in systems.items():
        if name in good:
            yield from _try(connection(good[name]))


def _used(tenant: str, file: "SettingsFile") -> "tuple[dict[str, type[Connection]], dict[str, type[Settings]]]":
    """The systems and integrations that a tenant uses: what it mentions, and what can run with that."""
    from connections._settings import PREFIX
    from connections._systems import systems

    reachable = systems()
    known = {name: integration_of(name) for name in integrations()}

    def mentioned(section: str) -> bool:
        variable = f"{PREFIX}__{tenant}__{section}__".upper()
        return section in file.tables.get(tenant, {}) or any(name.startswith(variable) for name in os.environ)

    used = {name for name in reachable if mentioned(name)}
    used |= {made.system for name in known if mentioned(name) for made in known[name].connections}
    flows = {name: known[name].settings for name in known if {m.system for m in known[name].connections} <= used}
    return {name: cls for name, cls in reachable.items() if name in used}, dict(flows)


def _strange(tenant: str, file: "SettingsFile") -> Iterator[str]:
    """What stands in a tenant's table and means nothing: a misspelt section is not merely ignored."""
    from connections._settings import OF_TENANT
    from connections._systems import systems

    known = {*systems(), *integrations(), *OF_TENANT}
    for name in sorted(set(file.tables.get(tenant, {})) - known):
        yield f"[{tenant}] of {file.path.name} has '{name}', which is no system, no integration and no setting"


def _settings_table(
    tenant: str, sections: "dict[str, type[Settings]]", file: "SettingsFile", secrets: "SecretBlocks | None"
) -> "Table":
    """Each setting with what may be shown of its value, and where that stands."""
    from connections._settings import found_values

    made = _show.table("setting", "value", "where", title=f"tenant {tenant}")
    for section, cls in sections.items():
        found = found_values(cls, tenant, section, file, secrets)
        for place, (name, (value, origin)) in enumerate(found.items(), 1):
            field = cls.model_fields[name]
            shown = _shown(field.default if origin == "default" else value, secret="Secret" in str(field.annotation))
            _show.add(made, f"{section}.{name}", shown, origin, end=place == len(found))
    return made


def _shown(value: Any, *, secret: bool) -> str:
    if value in (None, ()):
        return "–"
    return "set" if secret else re.sub(r"//[^/@]*@", "//…@", str(value))


def _try(connection: "Connection") -> Iterator[str]:
    from connections._errors import Problem

    logging.getLogger("stamina").setLevel(logging.ERROR)
    where = f"{connection.system} at {connection.settings.base_url}"
    try:
        with connection:
            connection.wait(connection.probe)
    except Problem as problem:
        yield f"{where}: {problem}"
        return
    _show.out().print(f"✓ {where} answers, and the credential is good", markup=False)
