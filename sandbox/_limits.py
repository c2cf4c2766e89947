"""Rate limits: a window that slides on real time, whatever the sandbox clock says."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Hashable


class Windows:
    """So many calls per so many seconds, for each name. A refused call does not count (assumed)."""

    def __init__(self, allowed: float, seconds: float) -> None:
        self.allowed = max(1, int(allowed))
        self.seconds = seconds
        self._taken: dict[Hashable, deque[float]] = {}

    def take(self, name: Hashable) -> bool:
        """Count a call; False when the window is full."""
        taken = self._current(name)
        if len(taken) >= self.allowed:
            return False
        taken.append(time.monotonic())
        return True

    def remaining(self, name: Hashable) -> int:
        """How many calls the window still takes."""
        return self.allowed - len(self._current(name))

    def reset(self, name: Hashable) -> int:
        """In how many whole seconds the oldest call leaves the window, rounded up."""
        taken = self._current(name)
        return math.ceil(taken[0] + self.seconds - time.monotonic()) if taken else 0

    def _current(self, name: Hashable) -> deque[float]:
        taken = self._taken.setdefault(name, deque())
        oldest = time.monotonic() - self.seconds
        while taken and taken[0] <= oldest:
            taken.popleft()
        return taken
