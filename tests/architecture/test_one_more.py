"""One more integration between known systems: what it takes is counted, and that it runs with no more is tried."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture._tree import PACKAGES, ROOT, files

MODEL, ONE_MORE = "ogestor_billing", "ogestor_dues"
SCENARIO = "month_is_invoiced_once"


def one_more_in(copy: Path) -> set[str]:
    """Copies the tree and adds an integration, a twin of one that is there; the files that are its own."""
    for file in files():
        (copy / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy / file.relative_to(ROOT))
    parts = [f"flows/{MODEL}.py", f"flows/{MODEL}.sql", f"expectations/{MODEL}.py"]
    story = ROOT / "tests/cases" / MODEL / SCENARIO
    parts += [str((story / name).relative_to(ROOT)) for name in ("input.yaml", "expected.yaml")]
    for part in parts:
        own = copy / part.replace(MODEL, ONE_MORE)
        own.parent.mkdir(parents=True, exist_ok=True)
        own.write_text((ROOT / part).read_text("utf-8").replace(MODEL, ONE_MORE), "utf-8")
    deployed = copy / "prefect.yaml"
    entry = next(each for each in deployed.read_text("utf-8").split("\n\n") if f"flows/{MODEL}.py" in each)
    deployed.write_text(f"{deployed.read_text('utf-8')}\n{entry.replace(MODEL, ONE_MORE)}\n", "utf-8")
    return {part.replace(MODEL, ONE_MORE) for part in parts}


def changed_in(copy: Path) -> set[str]:
    """The files of the copy that are not as the tree has them."""
    there = [file for file in copy.rglob("*") if file.is_file()]
    return {
        name
        for name in (str(file.relative_to(copy)) for file in there)
        if not (ROOT / name).is_file() or (ROOT / name).read_bytes() != (copy / name).read_bytes()
    }


def test_it_runs_with_its_own_files_and_its_deployment_alone(tmp_path: Path) -> None:
    own = one_more_in(tmp_path)
    assert changed_in(tmp_path) == {*own, "prefect.yaml"}
    scenario = f"tests/test_cases.py::test_case[{ONE_MORE}/{SCENARIO}]"
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", scenario],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout + said.stderr


def test_no_machinery_names_an_integration() -> None:
    """What has a leading underscore serves all of them alike, those included that do not exist yet."""
    names = [file.stem for file in (ROOT / "flows").glob("*.sql") if file.name[0] != "_"]
    machinery = [file for file in files() if file.name[0] == "_" and file.relative_to(ROOT).parts[0] in PACKAGES]
    assert [
        f"{file.relative_to(ROOT)}: {name}"
        for file in machinery
        for name in names
        if name in file.read_text("utf-8") and name not in file.name
    ] == []
