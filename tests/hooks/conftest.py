"""A tenant with both systems that send webhooks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hooks._listening import TOKEN, Listening, listening_in

SETTINGS = {
    "ASAAS__ACCESS_TOKEN": "a-key",
    "ASAAS__HOOK_TOKEN": TOKEN,
    "MOSKIT__API_KEY": "a-key",
    "MOSKIT__HOOK_TOKEN": TOKEN,
}


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    monkeypatch.setenv("CONTRAPARTIDA_DATA", str(tmp_path / "data"))
    for name, value in SETTINGS.items():
        monkeypatch.setenv(f"CONTRAPARTIDA__REVENDA__{name}", value)
    with listening_in(tmp_path) as made:
        yield made
