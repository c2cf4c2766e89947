"""Singer's environment, made once under `bench/.peers` from the pinned `singer.txt`, and its configuration."""

import hashlib
import json
import shlex
import subprocess
import sys
from pathlib import Path

from bench._pages import PAGE_ROWS, ROUTE

PINNED = Path(__file__).with_name("singer.txt")
MADE = Path(__file__).parent.parent / ".peers"
INSTALL_SECONDS = 300
FIRST_LOOK = 1000  # rows of the first page that the tap infers its schema from


def installed() -> Path | None:
    """The folder of its programs; None where it could not be installed (why: `bench/.peers/singer.log`)."""
    folder = MADE / f"singer-{hashlib.sha256(PINNED.read_bytes()).hexdigest()[:12]}"
    programs = folder / ("Scripts" if sys.platform == "win32" else "bin")
    if not (folder / "complete").exists():
        MADE.mkdir(exist_ok=True)
        with (MADE / "singer.log").open("wb") as log:
            install = [str(programs / "python"), "-m", "pip", "install", "--no-input", "--requirement", str(PINNED)]
            for command in ([sys.executable, "-m", "venv", "--clear", str(folder)], install):
                try:
                    subprocess.run(command, stdout=log, stderr=log, check=True, timeout=INSTALL_SECONDS)
                except (OSError, subprocess.SubprocessError):
                    return None
        (folder / "complete").touch()
    return programs


def command(programs: Path, address: str, folder: Path) -> list[str]:
    """The pipe that reads the listing at `address` into `folder`."""
    tap, target = folder / "tap.json", folder / "target.json"
    tap.write_text(json.dumps(_tap(address)), "utf-8")
    target.write_text(json.dumps({"path": str(folder / "staging.duckdb"), "default_target_schema": "raw"}), "utf-8")
    read = shlex.join([str(programs / "tap-rest-api-msdk"), "--config", str(tap)])
    write = shlex.join([str(programs / "target-duckdb"), "--config", str(target)])
    return ["bash", "-o", "pipefail", "-c", f"{read} | {write}"]


def _tap(address: str) -> dict[str, object]:
    return {
        "api_url": f"{address}/pacto",
        "pagination_request_style": "page_number_paginator",
        "pagination_initial_offset": 0,
        "next_page_token_path": "$.content[0]",  # there is more as long as a page is not empty
        "num_inference_records": FIRST_LOOK,
        "streams": [
            {
                "name": "movparcela",
                "path": ROUTE,
                "params": {"size": PAGE_ROWS},
                "records_path": "$.content[*]",
                "primary_keys": ["codigo"],
            }
        ],
    }
