"""Secrets that stand in Prefect Secret blocks, named `<tenant>-<system>-<field>`."""

from typing import Any

from prefect.blocks.system import Secret
from prefect.context import FlowRunContext
from prefect.settings import PREFECT_API_URL


def secret_block(name: str) -> str | None:
    """The value of a Secret block; None where there is no such block, or no Prefect server to ask."""
    if FlowRunContext.get() is None and not PREFECT_API_URL.value():
        return None
    try:
        block: Any = Secret.load(name)
    except ValueError:
        return None
    return str(block.get())
