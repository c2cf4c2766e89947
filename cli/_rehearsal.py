"""What a tenant of the sandbox is given: addresses, invented credentials and a budget that matches the pace."""

import json
from typing import Any

from connections._settings import SystemSettings
from connections._systems import systems

BUDGETS = "calls_per_"
"""Settings named so are the vendor's limits, which a sandbox with another pace moves."""


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


def _section(address: str, credentials: dict[str, Any], settings: type[SystemSettings], pace: float) -> dict[str, Any]:
    """The address, what the vendor's page of keys has a setting for, and the vendor's limits at this pace."""
    named = {name: value for name, value in credentials.items() if name in settings.model_fields}
    budgets = {
        name: max(1, int(field.default * pace))
        for name, field in settings.model_fields.items()
        if name.startswith(BUDGETS) and not field.is_required() and pace != 1
    }
    return {"base_url": address, **named, **budgets}
