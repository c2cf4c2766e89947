"""A run that somebody stops, by Ctrl-C, a signal or "Cancel": what is under way ends, and no other call is made."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from connections._errors import Stopped

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_asked = threading.Event()


@contextmanager
def listening() -> Iterator[None]:
    """As long as this lasts the first signal asks the run to stop; the second one ends the process as ever.

    An answer that is still awaited may tell of money: it is waited for, and recorded, which an exception in the middle
    of it would prevent. Signals that the process was started to ignore stay ignored. Only a main thread can listen.
    """
    _asked.clear()
    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in SIGNALS}

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        _asked.set()
        signal.signal(number, before[signal.Signals(number)])

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        _asked.clear()


def stopped() -> Stopped | None:
    """What ends the run, once somebody has asked for it."""
    return Stopped("a execução foi interrompida; o que falta fica para a próxima") if _asked.is_set() else None


def heed() -> None:
    """Raises Stopped once somebody has asked for it."""
    if problem := stopped():
        raise problem
