"""Every system that the project can reach: the modules of this folder without a leading underscore."""

import importlib
import pkgutil

import connections
from connections._http import Connection
from connections._settings import Settings


def systems() -> dict[str, type[Connection]]:
    """What is needed to reach each of them, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(connections.__path__) if module.name[0] != "_")
    return {name: _connection(name) for name in names}


def secrets_of(settings: type[Settings]) -> set[str]:
    """The names of the settings that nobody may see."""
    return {name for name, field in settings.model_fields.items() if "SecretStr" in str(field.annotation)}


def _connection(system: str) -> type[Connection]:
    members = vars(importlib.import_module(f"connections.{system}")).values()
    classes = (member for member in members if isinstance(member, type) and issubclass(member, Connection))
    return next(found for found in classes if getattr(found, "system", None) == system)
