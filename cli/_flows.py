"""The integrations of the project: the modules of `flows` without a leading underscore. Prefect is imported late."""

import importlib
import os
import pkgutil
from typing import TYPE_CHECKING, Any

import flows
from cli._mistake import Mistake

if TYPE_CHECKING:
    from flows._run import Integration


def integrations() -> list[str]:
    """Their names, as `ls flows` shows them."""
    return sorted(found.name for found in pkgutil.iter_modules(flows.__path__) if found.name[0] != "_")


def known_integration(name: str) -> str:
    """`name` itself; a Mistake lists what exists."""
    if name not in integrations():
        raise Mistake(f"unknown integration '{name}'; there are: {', '.join(integrations())}")
    return name


def flow_of(name: str) -> Any:
    """The Prefect flow of an integration: the function that has the module's name."""
    return getattr(_module(name), name)


def integration_of(name: str) -> "Integration":
    """What the integration says of itself: its connections and its settings."""
    found: Integration = _module(name).INTEGRATION
    return found


def _module(name: str) -> Any:
    # The log stays complete in the Prefect UI; on the terminal the command speaks for itself.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    return importlib.import_module(f"flows.{name}")
