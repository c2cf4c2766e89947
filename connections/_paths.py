"""Where a record lies: an id that a vendor gave is one segment of a path, whatever signs it has."""

from urllib.parse import quote


def below(path: str, key: object) -> str:
    """The path of a record below the path of its kind."""
    return f"{path}/{quote(str(key), safe='').replace('.', '%2E')}"
