"""A run tells the software that it ran with: the package's version, and the commit of the clone."""

import re
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

from flows import _version
from flows._version import software_version
from tests.architecture._tree import ROOT


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    software_version.cache_clear()


def test_it_names_the_commit_of_the_clone() -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    package, _, commit = software_version().partition("+")
    assert (package, head.startswith(commit.removesuffix("-dirty"))) == (version("contrapartida"), True)
    assert re.fullmatch(r"[0-9a-f]{7,}(-dirty)?", commit)


def test_without_a_clone_it_is_the_packages_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_version, "ROOT", tmp_path)
    assert software_version() == version("contrapartida")
