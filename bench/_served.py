"""The sandbox in a process of its own, in any size: `python -m bench._served PORT RECEIPTS PACE`."""

import sys

from sandbox import _world
from sandbox._serve import run


def main(port: int, receipts: int, pace: float) -> None:
    """Serves until a signal."""
    people = max(120, receipts // 4)
    _world.SIZES["bench"] = _world.Size(receipts=receipts, people=people, payables=60, suppliers=16)
    run(port, 7, "bench", pace, None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
