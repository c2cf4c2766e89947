"""What the integrations of oGestor have in common: the words of its screens, and what they have not ended."""

import logging
from collections.abc import Mapping

from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from connections._json import dump
from connections.ogestor_erp import SITUATIONS
from connections.ogestor_panel import INVOICE_STATES
from flows._run import Run
from flows._sql import machinery


def speak(run: Run) -> None:
    """Makes the macros and views of `_ogestor.sql` known to the integration's SQL."""
    run.variables(invoice_states=_words(INVOICE_STATES), situations=_words(SITUATIONS))
    for statement in machinery("ogestor").values():
        run.database.execute(statement)


def follow(run: Run, integration: str) -> None:
    """Starts the tenant's deployment of another integration where this run has posted something for it to carry on.

    Where it is not deployed, nobody is waiting for it; where it cannot be started, its schedule does.
    """
    posted = run.rows("posted_so_far", machinery("bridge"))[0][0]
    if run.dry_run or not posted:
        return
    log = logging.getLogger(__name__)
    try:
        run_deployment(f"{integration}/{run.tenant}", parameters={"tenant": run.tenant}, timeout=0, as_subflow=False)
    except ObjectNotFound:
        log.info("%s/%s is not deployed: nothing was started", integration, run.tenant)
    except Exception:
        log.exception("%s/%s was not started; its next scheduled run carries on", integration, run.tenant)


def _words(states: Mapping[str, str]) -> str:
    return dump(dict(states)).decode()
