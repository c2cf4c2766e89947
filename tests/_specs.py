"""The vendors' own machine-readable descriptions, where someone has them; they are no part of this project."""

import os
from pathlib import Path

SPECS = Path(os.environ.get("CONTRAPARTIDA_VENDOR_SPECS", Path(__file__).parents[2] / "shared" / "vendors" / "specs"))
"""CONTRAPARTIDA_VENDOR_SPECS names the folder, with files at any depth; tests that need them are skipped without."""
ABSENT = "the vendors' descriptions are not here; CONTRAPARTIDA_VENDOR_SPECS names their folder"
