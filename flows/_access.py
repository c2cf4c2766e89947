"""Who may do what, per integration: people with a token each. Where a tenant has any grant, all else is refused.

The tokens are random and long, and only their SHA-256 is kept, in `data/<tenant>/access.jsonl`, to which lines are
only added. Whoever calls says the token in the environment, where no log, parameter or list of processes shows it.
"""

import getpass
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from filelock import FileLock

from connections._errors import Problem
from connections._settings import data_root

TOKEN = "CONTRAPARTIDA_TOKEN"  # noqa: S105 - the name of the variable
PERMISSIONS = ("view", "run", "map", "approve")
EVERYWHERE = "*"
WORDS = {
    "view": "look at plans and what is published",
    "run": "run it",
    "map": "change its mapping",
    "approve": "approve, ask again, and say who may do what",
}


class NotPermitted(Problem):
    """The caller may not do this; nothing was done."""


@dataclass
class Person:
    """What the file says of one person in the end."""

    name: str
    token_hash: str = ""
    permissions: set[tuple[str, str]] = field(default_factory=set)

    def may(self, integration: str, permission: str) -> bool:
        return bool({(integration, permission), (EVERYWHERE, permission)} & self.permissions)


class Access:
    """The grants of one tenant."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self._file = data_root() / tenant / "access.jsonl"

    def people(self) -> dict[str, Person]:
        """Everybody who was ever named, with what they may do now."""
        people: dict[str, Person] = {}
        for line in self._lines():
            person = people.setdefault(line["person"], Person(line["person"]))
            if line["event"] == "token":
                person.token_hash = line["token_hash"]
            elif line["event"] == "granted":
                person.permissions.add((line["integration"], line["permission"]))
            else:
                person.permissions.discard((line["integration"], line["permission"]))
        return people

    def caller(self, integration: str, permission: str) -> str:
        """Who is calling; raises NotPermitted unless they may. Without any grant, everybody may."""
        people = [person for person in self.people().values() if person.permissions]
        if not people:
            return somebody()
        given = os.environ.get(TOKEN, "")
        if not given:
            raise NotPermitted(f"tenant {self.tenant} says who may do what: put your token into {TOKEN} and call again")
        digest = _digest(given)
        found = [person for person in people if hmac.compare_digest(person.token_hash, digest)]
        if not found:
            raise NotPermitted(f"the token in {TOKEN} is nobody's in tenant {self.tenant}; ask for a new one")
        if not found[0].may(integration, permission):
            raise NotPermitted(
                f"{found[0].name} may not {WORDS[permission]}: it takes the permission '{permission}' "
                f"for {integration} in tenant {self.tenant}"
            )
        return found[0].name

    def grant(self, person: str, integration: str, permission: str) -> str | None:
        """Lets a person do something; their new token where they had none, to be shown once."""
        known = self.people()
        if not any(each.permissions for each in known.values()) and permission != "approve":
            raise NotPermitted(
                "the first grant of a tenant must be 'approve', or nobody could ever grant anything else"
            )
        by = self.caller(integration, "approve")
        had = known.get(person)
        token = None
        if had is None or not had.permissions:
            token = secrets.token_urlsafe(32)
            self._append({"event": "token", "person": person, "token_hash": _digest(token), "by": by})
        self._append(
            {"event": "granted", "person": person, "integration": integration, "permission": permission, "by": by}
        )
        return token

    def revoke(self, person: str, integration: str, permission: str) -> None:
        """Takes a permission back; raises NotPermitted where the last who may approve would go."""
        by = self.caller(integration, "approve")
        people = self.people()
        if person not in people or (integration, permission) not in people[person].permissions:
            raise NotPermitted(f"{person} does not have '{permission}' for {integration}; nothing was changed")
        others = [
            granted
            for each in people.values()
            for granted in each.permissions
            if granted[1] == "approve" and (each.name, *granted) != (person, integration, permission)
        ]
        left = sum(len(each.permissions) for each in people.values()) - 1
        if permission == "approve" and left and not others:
            raise NotPermitted(f"{person} is the last who may approve; grant it to somebody else first")
        self._append(
            {"event": "revoked", "person": person, "integration": integration, "permission": permission, "by": by}
        )

    def acts(self, integration: str) -> list[tuple[str, str, datetime]]:
        """Who granted or revoked what of this integration, and when: its ledger takes that over."""
        return [
            (line["by"], f"{line['event']} {line['permission']}: {line['person']}", datetime.fromisoformat(line["at"]))
            for line in self._lines()
            if line["event"] != "token" and line["integration"] in (integration, EVERYWHERE)
        ]

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._file.exists():
            return
        if not os.access(self._file, os.R_OK):
            raise NotPermitted(
                f"tenant {self.tenant} says who may do what, where this user of the machine may not look"
            )
        try:
            for line in self._file.read_text("utf-8").splitlines():
                yield json.loads(line)
        except (ValueError, KeyError) as error:
            raise NotPermitted(f"{self._file.name} of tenant {self.tenant} cannot be read; restore it") from error

    def _append(self, line: dict[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._file.with_suffix(".lock")):
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(json.dumps({**line, "at": datetime.now(UTC).isoformat()}, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())


def somebody() -> str:
    """The user of this machine; a container's may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
