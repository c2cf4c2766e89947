"""Runs a command that never outlives whoever started it: it ends when our standard input does.

A pipe is closed by the kernel even when its owner is killed with -9, so nothing is ever left behind.
"""

import os
import signal
import subprocess
import sys
import threading
import time

PATIENCE_SECONDS = 10


def main() -> None:
    """Starts the command in a group of its own, and ends the group when standard input ends."""
    for ours in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ours, signal.SIG_IGN)
    command = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - given by us
    threading.Thread(target=_follow, args=(command,), daemon=True).start()
    sys.stdin.buffer.read()
    _signal(command.pid, signal.SIGTERM)
    time.sleep(PATIENCE_SECONDS)
    _signal(command.pid, signal.SIGKILL)
    time.sleep(PATIENCE_SECONDS)


def _follow(command: "subprocess.Popen[bytes]") -> None:
    """Ends with the command, and takes along what it may have started."""
    code = command.wait()
    _signal(command.pid, signal.SIGKILL)
    os._exit(code & 0xFF)


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main()
