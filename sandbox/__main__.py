"""`python -m sandbox`: serve the stand-ins in the foreground."""

from __future__ import annotations

import argparse
from pathlib import Path

from sandbox._serve import run


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--size", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--pace", type=float, default=1.0)
    parser.add_argument("--journal", type=Path, default=None)
    asked = parser.parse_args()
    run(asked.port, asked.seed, asked.size, asked.pace, asked.journal)


if __name__ == "__main__":
    main()
