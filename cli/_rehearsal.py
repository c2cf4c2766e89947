"""What a tenant of the sandbox is given: addresses, invented credentials and a budget that matches the pace."""

import importlib
import json
import pkgutil
from typing import Any

import connections
from connections._http import Connection
from connections._settings import SystemSettings

# What the vendor's page calls otherwise than our settings do.
CALLED = {"empresa_id": "company"}
BUDGETS = "calls_per_"


def systems() -> dict[str, type[Connection]]:
    """Every system that the project can reach: the modules of `connections` without a leading underscore."""
    found: dict[str, type[Connection]] = {}
    for module in pkgutil.iter_modules(connections.__path__):
        if module.name[0] != "_":
            members = vars(importlib.import_module(f"connections.{module.name}")).values()
            found |= {
                member.system: member
                for member in members
                if isinstance(member, type) and issubclass(member, Connection) and member is not Connection
            }
    return found


def sections(url: str, pace: float) -> dict[str, dict[str, Any]]:
    """The settings of every system that the sandbox at `url` stands in for."""
    known = systems()
    served = ask(url, "")["systems"]
    return {
        name: _section(f"{url}/{name}", ask(url, f"credentials/{name}"), known[name].settings_class, pace)
        for name in served
        if name in known
    }


def as_toml(tenant: str, given: dict[str, dict[str, Any]]) -> str:
    """The settings as they stand in settings.toml."""
    lines = [f"[{tenant}]", "sandbox = true"]
    for section, values in given.items():
        lines += ["", f"[{tenant}.{section}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items())]
    return "\n".join(lines) + "\n"


def ask(url: str, what: str) -> Any:
    """An answer of the sandbox's control plane."""
    import httpx

    answer = httpx.get(f"{url}/_sim/{what}", timeout=60, trust_env=False)
    answer.raise_for_status()
    return answer.json()


def _section(address: str, credentials: dict[str, Any], settings: type[SystemSettings], pace: float) -> dict[str, Any]:
    named = {CALLED.get(name, name): value for name, value in credentials.items()}
    budgets = {
        name: max(1, int(field.default * pace))
        for name, field in settings.model_fields.items()
        if name.startswith(BUDGETS) and pace != 1
    }
    return {"base_url": address, **{k: v for k, v in named.items() if k in settings.model_fields}, **budgets}
