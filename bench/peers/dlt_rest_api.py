"""dlt's own `rest_api` source, as its manual says: `python -m bench.peers.dlt_rest_api ADDRESS FOLDER FORMAT`."""

import sys
from pathlib import Path

import dlt
import duckdb  # noqa: F401 - would be imported while reading
import pandas as pd  # type: ignore[import-untyped]  # noqa: F401 - idem
import pyarrow.parquet  # noqa: F401 - idem
from dlt.sources.rest_api import rest_api_source

from bench._pages import PAGE_ROWS, ROUTE


def main(address: str, folder: Path, file_format: str) -> None:
    """Types are inferred, as they are unless somebody declares each column."""
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{address}/pacto/",
                "paginator": {"type": "page_number", "base_page": 0, "page_param": "page", "total_path": "totalPages"},
            },
            "resource_defaults": {"write_disposition": "replace"},
            "resources": [
                {
                    "name": "movparcela",
                    "endpoint": {
                        "path": ROUTE.lstrip("/"),
                        "params": {"size": PAGE_ROWS},
                        "data_selector": "content",
                    },
                }
            ],
        }
    )
    pipeline = dlt.pipeline(
        "rest_api",
        pipelines_dir=str(folder / "dlt"),
        destination=dlt.destinations.duckdb(str(folder / "staging.duckdb")),
        dataset_name="raw",
    )
    pipeline.run(source, loader_file_format=file_format)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
