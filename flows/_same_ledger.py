"""A run posts with the ledger that the last run had, and with no other.

A worker that finds an empty disk, or somebody else's folder, would find a good part of what was sent and send the rest
again. So the id of each ledger is kept where a lost disk does not reach: in a variable of the Prefect server.
"""

import hashlib
import os
import re
from typing import Any

import httpx
from prefect.variables import Variable

from connections._errors import Problem, Unavailable
from connections._settings import data_root
from flows._acting import acting
from flows._folder import Folder
from flows._ledger import Ledger

INSTALLATION = "CONTRAPARTIDA_INSTALLATION"
"""Names this installation; workers whose data folders stand under different paths share one by its name."""


class AnotherLedger(Problem):
    """This is not the ledger that the last run had; nothing is sent until a person says which one counts."""


def refuse_another(folder: Folder, ledger: Ledger) -> None:
    """Raises AnotherLedger unless this is the ledger of the last run, or there was none before."""
    known: Any = _asked(lambda: Variable.get(variable(folder)))
    if known is None:
        _asked(lambda: Variable.set(variable(folder), ledger.id))
    elif known != ledger.id:
        where = f"{folder.tenant}/{folder.integration}"
        found = "another one" if ledger.steps() else "an empty one"
        raise AnotherLedger(
            f"the last run of {where} had the ledger {known}, and here is {found} ({ledger.id}): nothing was sent. Put "
            f"the right one back (contrapartida restore BACKUP --tenant {folder.tenant}), or begin anew on purpose "
            f"(contrapartida ledger adopt {folder.integration} --tenant {folder.tenant})"
        )


def adopt(folder: Folder, person: str) -> str:
    """From now on runs post with the ledger that is here, which is made where there is none; its id."""
    with folder.held_by("adopt"), acting(folder, person, "Adopted", "adopted this ledger") as (_, ledger):
        _asked(lambda: Variable.set(variable(folder), ledger.id, overwrite=True))
        return ledger.id


def variable(folder: Folder) -> str:
    """The name of the Prefect variable that knows the ledger of a folder."""
    here = hashlib.sha256(str(data_root().resolve()).encode()).hexdigest()[:12]
    parts = ("contrapartida", os.environ.get(INSTALLATION) or here, folder.tenant, folder.integration)
    return re.sub(r"[^A-Za-z0-9_-]", "-", "_".join(parts))


def _asked(question: Any) -> Any:
    try:
        return question()
    except httpx.HTTPError as error:
        raise Unavailable(
            "Prefect does not say which ledger the last run had, so nothing was sent; the next run asks again"
        ) from error
