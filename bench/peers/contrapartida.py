"""Our own source, through our own connection: `python -m bench.peers.contrapartida ADDRESS FOLDER`."""

import sys
from datetime import date
from pathlib import Path

import dlt
import duckdb  # noqa: F401 - would be imported while reading
import pandas as pd  # type: ignore[import-untyped]  # noqa: F401 - by Arrow, while reading
from pydantic import SecretStr

from connections.pacto import Pacto, PactoSettings
from sources.pacto import receipts


def main(address: str, folder: Path) -> None:
    """The listing lets every filter pass, so it is read once."""
    settings = PactoSettings(
        base_url=f"{address}/pacto", api_key=SecretStr("bench"), sandbox=True, calls_per_second=1_000_000
    )
    with Pacto(settings) as pacto:
        pipeline = dlt.pipeline(
            "contrapartida",
            pipelines_dir=str(folder / "dlt"),
            destination=dlt.destinations.duckdb(str(folder / "staging.duckdb")),
            dataset_name="raw",
        )
        pipeline.run(receipts(pacto, since=date(2026, 10, 5), until=date(2026, 11, 21)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
