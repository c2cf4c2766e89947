"""What a tenant of the sandbox is given: addresses, invented credentials and a budget that matches the pace."""

import importlib
import json
import pkgutil
from typing import Any

import connections
from connections._http import Connection
from connections._settings import SystemSettings

BUDGETS = "calls_per_"
"""Settings named so are the vendor's limits, which a sandbox with another pace moves."""


def systems() -> dict[str, type[Connection]]:
    """Every system that the project can reach: the modules of `connections` without a leading underscore."""
    names = sorted(module.name for module in pkgutil.iter_modules(connections.__path__) if module.name[0] != "_")
    return {name: _connection(name) for name in names}


def sections(url: str, pace: float) -> dict[str, dict[str, Any]]:
    """The settings of every system that the sandbox at `url` stands in for."""
    served = ask(url, "credentials")
    return {
        name: _section(f"{url}/{name}", served[name], made.settings_class, pace)
        for name, made in systems().items()
        if name in served
    }


def of_integrations(url: str) -> dict[str, dict[str, Any]]:
    """The settings of integrations whose defaults would do nothing in the sandbox at `url`."""
    return dict(ask(url, "rehearsal"))


def as_toml(tenant: str, given: dict[str, dict[str, Any]]) -> str:
    """The settings as they stand in settings.toml."""
    lines = [f"[{tenant}]", "sandbox = true"]
    for section, values in given.items():
        lines += ["", f"[{tenant}.{section}]", *(f"{name} = {_toml(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def ask(url: str, what: str) -> Any:
    """An answer of the sandbox's control plane."""
    import httpx

    answer = httpx.get(f"{url}/_sim/{what}", timeout=60, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def _connection(system: str) -> type[Connection]:
    members = vars(importlib.import_module(f"connections.{system}")).values()
    classes = (member for member in members if isinstance(member, type) and issubclass(member, Connection))
    return next(found for found in classes if getattr(found, "system", None) == system)


def _section(address: str, credentials: dict[str, Any], settings: type[SystemSettings], pace: float) -> dict[str, Any]:
    """The address, what the vendor's page of keys has a setting for, and the vendor's limits at this pace."""
    named = {name: value for name, value in credentials.items() if name in settings.model_fields}
    budgets = {
        name: max(1, int(field.default * pace))
        for name, field in settings.model_fields.items()
        if name.startswith(BUDGETS) and not field.is_required() and pace != 1
    }
    return {"base_url": address, **named, **budgets}
