"""settings.example.toml says every setting there is, with its default and a word about it; what exists decides."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cli._flows import integration_of, integrations
from connections._errors import Misconfigured
from connections._settings import OF_TENANT, Settings, SettingsFile, load_all
from connections._systems import systems

EXAMPLE = Path(__file__).parents[2] / "settings.example.toml"
SETTING = re.compile(r"(?:# )?([a-z_]+) = (?P<value>.+?)(?P<comment> +# .+)?")
LINES = EXAMPLE.read_text("utf-8").splitlines()
AS_IT_STANDS = tomllib.loads("\n".join(LINES))
ALL_SAID = tomllib.loads("\n".join(line.removeprefix("# ") if SETTING.fullmatch(line) else line for line in LINES))


def classes() -> dict[str, type[Settings]]:
    """The settings of every system and every integration of the project."""
    return {name: made.settings_class for name, made in systems().items()} | {
        name: integration_of(name).settings for name in integrations()
    }


def sections(said: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The tables of all tenants by their last name."""
    return {name: table for tenant in said.values() for name, table in tenant.items() if isinstance(table, dict)}


def own(cls: type[Settings]) -> dict[str, Any]:
    """A class's fields but those that a tenant gives once for all."""
    return {name: field for name, field in cls.model_fields.items() if name not in OF_TENANT}


def test_every_setting_of_every_system_and_integration_is_in_the_example() -> None:
    assert {name: sorted(table) for name, table in sections(ALL_SAID).items()} == {
        name: sorted(own(cls)) for name, cls in classes().items()
    }


def test_what_a_tenant_says_once_for_all_is_in_the_example() -> None:
    said = [{name for name, value in tenant.items() if not isinstance(value, dict)} for tenant in ALL_SAID.values()]
    assert set(OF_TENANT) in said


def test_what_is_not_commented_out_is_what_has_no_default() -> None:
    assert {name: sorted(table) for name, table in sections(AS_IT_STANDS).items()} == {
        name: sorted(field for field, told in own(cls).items() if told.is_required()) for name, cls in classes().items()
    }


def test_what_is_commented_out_is_the_default() -> None:
    """An example stands where the default is nothing at all."""
    said = sections(ALL_SAID)
    defaults = {
        f"{name}.{field}": list(told.default) if isinstance(told.default, tuple) else told.default
        for name, cls in classes().items()
        for field, told in own(cls).items()
        if not told.is_required() and told.default not in (None, ())
    }
    assert {place: said[place.split(".")[0]][place.split(".")[1]] for place in defaults} == defaults


def test_every_setting_has_a_word_about_it() -> None:
    assert [line for line in LINES if (found := SETTING.fullmatch(line)) and not found["comment"]] == []


@pytest.mark.parametrize("tenant", AS_IT_STANDS)
def test_a_copy_that_nobody_filled_in_says_all_that_is_missing(tenant: str) -> None:
    sections = {name: table for name, table in AS_IT_STANDS[tenant].items() if isinstance(table, dict)}
    blank = [f"{name}.{field}" for name, table in sections.items() for field, value in table.items() if value == ""]
    with pytest.raises(Misconfigured) as told:
        load_all({name: cls for name, cls in classes().items() if name in sections}, tenant, SettingsFile(EXAMPLE))
    assert sorted(re.findall(r"(\S+) is missing", str(told.value))) == sorted(blank)


@pytest.mark.parametrize("name", classes())
def test_a_number_below_zero_is_refused_by_name(name: str) -> None:
    cls = classes()[name]
    filled: dict[str, Any] = {field: "x" for field, told in cls.model_fields.items() if told.is_required()}
    if "base_url" in cls.model_fields:
        filled |= {"base_url": "https://x.example", "allow_hosts": ["x.example"]}
    numbers = [field for field, told in cls.model_fields.items() if told.annotation in (int, float)]
    assert [field for field in numbers if field in _complaint(cls, filled | {field: -1})] == numbers


def _complaint(cls: type[Settings], values: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as told:
        cls(**values)
    return str(told.value)
