"""Other people's words in Prefect's artifacts, whose every cell is Markdown: they are shown, and nothing else.

A vendor's refusal, or what somebody typed at the source, may hold an image that tells its owner who looks at it, or a
link that says another address than its text.
"""

import re

# Of what ends as a sign of ours, only that which Markdown would take for its own: a name with_underscores is none.
SIGNS = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])")
AT_THE_START = re.compile(r"([#>+-]|\d+[.)])(?=\s|$)")
ADDRESSES = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)


def plain(text: str) -> str:
    """One line of Markdown that reads as `text` and holds no link, image or HTML."""
    line = " ".join(text.split())
    escaped = ADDRESSES.sub(_escaped, SIGNS.sub(_escaped, line))
    start = AT_THE_START.match(line)
    return f"{line[: start.end() - 1]}\\{escaped[start.end() - 1 :]}" if start else escaped


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
