"""SQL lives in .sql files as named blocks: `-- name: block`, a purpose line, the statement."""

import re
from functools import cache
from pathlib import Path

_BLOCK = re.compile(r"^-- name: (\w+)\n(.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)


@cache
def blocks(path: Path) -> dict[str, str]:
    """The blocks of a file by name, each without its closing semicolon."""
    found = {name: body.strip().rstrip(";") for name, body in _BLOCK.findall(path.read_text("utf-8"))}
    if not found:
        raise ValueError(f"{path.name} has no block: write '-- name: something' above each statement")
    return found


def machinery(stem: str) -> dict[str, str]:
    """The blocks of `flows/_<stem>.sql`."""
    return blocks(Path(__file__).parent / f"_{stem}.sql")


def quoted(identifier: str) -> str:
    """An identifier, quoted so that no name can become SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: object) -> str:
    """A text as SQL writes it, for statements that take no parameters."""
    return "'" + str(text).replace("'", "''") + "'"
