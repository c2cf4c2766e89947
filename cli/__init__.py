"""The command `contrapartida`: one module per command; a leading underscore means machinery."""

from cli._app import main

__all__ = ["main"]
