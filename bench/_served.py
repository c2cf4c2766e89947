"""The sandbox in a process of its own, in any size: `python -m bench._served PORT RECEIPTS PACE`."""

import sys

from sandbox import _world
from sandbox._serve import run


def main(port: int, receipts: int, pace: float) -> None:
    """Serves until a signal."""
    _world.SIZES["small"] = size(receipts)
    run(port, 7, "small", pace, None)


def world_of(receipts: int, pace: float) -> _world.World:
    """The same world in this process."""
    _world.SIZES["small"] = size(receipts)
    return _world.World(seed=7, size="small", pace=pace)


def size(receipts: int) -> _world.Size:
    """Four receipts per person; the rest as in the smallest world, whose name it takes."""
    return _world.Size(receipts=receipts, people=max(120, receipts // 4), payables=60, suppliers=16)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
