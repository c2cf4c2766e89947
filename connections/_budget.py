"""How many calls a credential may spend, shared by every process that works on one data folder.

The counts lie in the data folder, where everything lies that outlives a run: each service of a machine may have a
folder for temporary files of its own (systemd's PrivateTmp gives it one), and what is counted there is spent twice.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pyrate_limiter import Limiter, Rate, SingleBucketFactory, SQLiteBucket

from connections._errors import Unavailable
from connections._settings import data_root

# A call counts at the vendor when it arrives, here when it leaves. Two per cent more than the vendor's window
# keeps a slow call followed by a quick one from landing in the same window.
GUARD = 1.02
# Each wait is lengthened by this, lest a call be asked for a moment too soon. Where calls are 125 ms apart, the
# library's own 50 would cost a quarter of them.
WAIT_MILLISECONDS = 5
# No tenant may be called so.
FOLDER = ".calls"


@dataclass(frozen=True)
class Allowance:
    """At most `calls` in any `seconds`; `within` is what a longer time allows, where the system says both."""

    calls: int
    seconds: float
    within: "Allowance | None" = None

    def rates(self) -> list[Rate]:
        """The shortest time first; one that another makes superfluous is left out."""
        own = Rate(self.calls, max(1, round(self.seconds * 1000 * GUARD)))
        longer = self.within.rates() if self.within else []
        if longer and longer[0].limit <= own.limit:
            return longer
        return [own, *(rate for rate in longer if rate.limit * own.interval < own.limit * rate.interval)]


class Budget:
    """The calls of one credential: whoever holds the same credential on this machine shares them."""

    def __init__(self, credential: str) -> None:
        digest = hashlib.sha256(credential.encode()).hexdigest()[:24]
        self._file = _private(f"{digest}.sqlite")
        self._limiters: dict[str, tuple[Limiter, SQLiteBucket]] = {}

    async def spend(self, key: str, allowance: Allowance) -> None:
        """Waits until one more call of `key` is allowed, and counts it; a call that cannot be counted is not made."""
        limiter, _ = self._limiters.get(key) or self._open(key, allowance)
        if not await limiter.try_acquire_async(key):  # the library says no where it waited for a lock in vain
            raise Unavailable("a contagem de chamadas não respondeu")

    def close(self) -> None:
        for limiter, bucket in self._limiters.values():
            limiter.close()
            bucket.close()  # type: ignore[no-untyped-call]
        self._limiters.clear()

    def _open(self, key: str, allowance: Allowance) -> tuple[Limiter, SQLiteBucket]:
        table = "calls_" + hashlib.sha256(key.encode()).hexdigest()[:12]
        rates = allowance.rates()
        bucket = SQLiteBucket.init_from_file(rates, table=table, db_path=str(self._file), use_file_lock=True)
        _forget_the_future(bucket, rates[-1])
        limiter = Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=WAIT_MILLISECONDS)
        self._limiters[key] = (limiter, bucket)
        return self._limiters[key]


def _forget_the_future(bucket: SQLiteBucket, rate: Rate) -> None:
    """After the clock was set back, calls of "tomorrow" would block until tomorrow; old calls are dropped too."""
    now: int = bucket.now()  # type: ignore[no-untyped-call]
    newest = bucket.peek(0)
    if newest is not None and newest.timestamp > now + rate.interval:
        bucket.flush()
    bucket.leak(now)


def _private(name: str) -> Path:
    """A file that only its owner may read, in a folder of the same kind; SQLite's other files take after it."""
    folder = data_root() / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in (folder / name, folder / f"{name}.lock"):
        each.touch(mode=0o600, exist_ok=True)
    return folder / name
