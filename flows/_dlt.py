"""What dlt is set to: by us alone, whatever stands in the environment or in a folder `.dlt` of this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

# Read when dlt is imported: nothing is told to its makers.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")

from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import ConfigProvider
from dlt.common.configuration.specs.config_providers_context import ConfigProvidersContainer
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.runtime import signals

# The staging area is new at each run, and has no older state to look for.
SETTINGS = {"dlthub_telemetry": False, "restore_from_destination": False}


class _Ours(ConfigProvider):  # type: ignore[misc]  # dlt is not looked into
    """One answer per name. dlt would ask the environment a hundred names for each of them, at every step."""

    name = "contrapartida"
    supports_sections = False
    supports_secrets = True

    def get_value(self, key: str, hint: Any, pipeline_name: str | None, *sections: str) -> tuple[Any, str]:
        del hint, pipeline_name, sections
        return SETTINGS.get(key), key


@contextmanager
def settled() -> Iterator[None]:
    """dlt asks nobody but us for its settings, and leaves signals to us: it would keep the first one to itself, and a
    run that somebody stopped would go on to post.
    """
    context = Container()[PluggableRunContext]
    outside, context.providers = context.providers, ConfigProvidersContainer([_Ours()])
    intercepted, signals.intercepted_signals = signals.intercepted_signals, nullcontext
    try:
        yield
    finally:
        context.providers, signals.intercepted_signals = outside, intercepted
