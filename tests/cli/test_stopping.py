"""Ctrl-C at `contrapartida run`, and the `kill` of whoever keeps house on the machine."""

import json
import os
import signal
import subprocess
import time

import pytest

from tests._command import PROGRAM, hears_ctrl_c
from tests._world import World

RUN = ("run", "pacto_to_kamino", "--tenant", "academia", "--as-of", "2026-11-21T09:00:00-03:00", "--json")
PATIENCE_SECONDS = 120
SLOW_SECONDS = 5


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda by: by.name)
def test_a_run_that_is_stopped_while_it_waits_for_an_answer_says_so_and_calls_nobody_again(
    world: World, by: signal.Signals
) -> None:
    world.fault("pacto", "slow", seconds=SLOW_SECONDS)
    with subprocess.Popen(
        [PROGRAM, *RUN],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509 - it takes no lock
    ) as run:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not world.calls("pacto") and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(run.pid, by)
        out, err = run.communicate(timeout=PATIENCE_SECONDS)
    told = json.loads(out.splitlines()[-1])
    assert (run.returncode, told["state"], len(world.calls("pacto")), world.calls("kamino")) == (130, "Stopped", 1, [])
    assert told["message"] == "a execução foi interrompida; o que falta fica para a próxima"
    assert "Traceback" not in err
