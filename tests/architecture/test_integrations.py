"""Every integration is whole, and every one is built alike: what is said here holds for those yet to come."""

import ast
import importlib
from collections.abc import Iterator

import pytest
import yaml

from tests._world import World, opened_world
from tests.architecture._tree import ROOT, things

INTEGRATIONS = things("flows")


@pytest.fixture(scope="module")
def world(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Vendors with nothing to post, and each integration run once."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        opened_world(tmp_path_factory.mktemp("alike"), monkeypatch) as made,
    ):
        for integration in INTEGRATIONS:
            assert made.run(integration).state == "Nothing to post"
        yield made


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_an_integration_has_its_flow_its_sql_its_suite_and_its_cases(integration: str) -> None:
    parts = [f"flows/{integration}.py", f"flows/{integration}.sql", f"expectations/{integration}.py"]
    scenarios = sorted((ROOT / "tests/cases" / integration).glob("*"))
    parts += [f"tests/cases/{integration}/one_scenario"] if not scenarios else []
    parts += [str(each.relative_to(ROOT) / part) for each in scenarios for part in ("input.yaml", "expected.yaml")]
    assert [part for part in parts if not (ROOT / part).is_file()] == []


def test_every_integration_is_deployed_under_its_own_tags_one_run_at_a_time() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    said = {
        each["entrypoint"]: (each["tags"], each["parameters"], each["concurrency_limit"]["limit"])
        for each in deployments
        if each["name"] == "demo"
    }
    wanted = {f"flows/{name}.py:{name}": (["demo", name], {"tenant": "demo"}, 1) for name in INTEGRATIONS}
    assert said == wanted


def test_every_integration_is_presented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in INTEGRATIONS if f"| `{name}` |" not in readme] == []


def test_every_kind_of_document_has_a_name_that_finance_uses() -> None:
    nameless = [
        f"{path.name}: {ast.unparse(call)}"
        for path in sorted((ROOT / "flows").glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Kind"
        if len(call.args) < 2 and "title" not in [keyword.arg for keyword in call.keywords]
    ]
    assert nameless == []


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_every_mirror_says_which_records_live(integration: str) -> None:
    """A record that is not said to live breaks the run (`lives` may not be null); one that lives is listed as such."""
    assert " as lives" in importlib.import_module(f"flows.{integration}").INTEGRATION.sql["mirror"]


def test_there_is_one_pager_for_reads_and_looks() -> None:
    loops = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "destinations").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.While) and "pag" in ast.unparse(node)
    ]
    assert loops == []


def test_every_system_that_is_reached_has_a_stand_in() -> None:
    reached = {*things("sources"), *things("destinations")}
    assert (reached, reached - set(things("sandbox"))) == (set(things("connections")), set())


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_facts_and_posting_rules_are_the_same_set(world: World, integration: str) -> None:
    suite = importlib.import_module(f"expectations.{integration}").SUITE
    facts = {column for table, column in _columns(world, integration, "BOOLEAN") if table == "last_run.facts"}
    assert (suite.name, facts) == (integration, {rule.fact for rule in suite.rules})


@pytest.mark.parametrize("integration", INTEGRATIONS)
def test_no_column_that_was_read_or_computed_is_a_double(world: World, integration: str) -> None:
    assert _columns(world, integration, "DOUBLE", "FLOAT") == []


def _columns(world: World, integration: str, *types: str) -> list[tuple[str, str]]:
    """The columns of these types in the published file: table, column."""
    wanted = ", ".join(f"'{each}'" for each in types)
    return world.query(
        integration,
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        f"where not internal and data_type in ({wanted}) order by all",
    )
