"""Finds the commands by listing this package, runs the one asked for, and turns mistakes into one sentence."""

import importlib
import os
import pkgutil
import signal
import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

import cli
from connections._errors import Problem

FAILED, INTERRUPTED = 1, 130


def main() -> int:
    """The exit code of the command on the command line."""
    signal.signal(signal.SIGTERM, _leave)
    os.umask(0o077)  # what a command writes is for its owner alone; flows see to that themselves
    app = typer.main.get_command(_commands())
    try:
        return app.main(sys.argv[1:] or ["--help"], prog_name="contrapartida", standalone_mode=False) or 0
    except TyperException as mistake:
        where = getattr(getattr(mistake, "ctx", None), "command_path", "contrapartida")
        said = mistake.format_message().replace("Value error, ", "").rstrip(".")
        return _refuse(f"{said}; see '{where} --help'")
    except Problem as problem:
        return _refuse(str(problem))
    except typer.Abort as aborted:
        return INTERRUPTED if isinstance(aborted.__cause__, KeyboardInterrupt) else FAILED


def _commands() -> typer.Typer:
    """Every module of this package without a leading underscore is a command: its function of the same name."""
    app = typer.Typer(
        help="Keeps the books of two business systems in step: every document gets its counter-entry, exactly once.",
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    for module in sorted(found.name for found in pkgutil.iter_modules(cli.__path__) if found.name[0] != "_"):
        app.command(module)(getattr(importlib.import_module(f"cli.{module}"), module))
    return app


def _refuse(sentence: str) -> int:
    print(f"contrapartida: {' '.join(sentence.split())}", file=sys.stderr)
    return FAILED


def _leave(number: int, frame: object) -> NoReturn:
    """An ordinary exit, so that whatever was started is stopped."""
    del frame
    raise SystemExit(128 + number)
