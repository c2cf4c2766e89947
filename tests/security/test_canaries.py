"""Secrets are kept nowhere; names and tax ids stay in DuckDB, in columns that say so."""

import re

import pytest

from tests.security.conftest import PEOPLE, PHONE, SEEN, Told

PERSONAL = [text for person in PEOPLE for text in (person["nome"], person["cpf"], person["email"])]
PERSONAL += [re.sub(r"\D", "", person["cpf"]) for person in PEOPLE] + [PHONE]


def test_the_runs_ended_as_they_were_meant_to(told: Told) -> None:
    assert told.states == [
        "Rejected",
        "Posted, some held back",
        "Unreadable answer",
        "Credential refused",
        "Misconfigured",
    ]


def test_the_search_finds_what_may_be_seen(told: Told) -> None:
    kept = "\n".join(column.text for column in told.columns)
    assert (SEEN in told.prefect, "documents break a posting rule" in told.output, SEEN in kept) == (True, True, True)


def test_secrets_are_kept_nowhere(told: Told) -> None:
    places = {"Prefect": told.prefect, "logs and output": told.output, **told.files}
    places |= {f"{column.file}: {column.table}.{column.name}": column.text for column in told.columns}
    found = [
        f"{secret} in {place}" for secret, value in told.secrets.items() for place in places if value in places[place]
    ]
    assert (len(told.secrets) > 4, found) == (True, [])


@pytest.mark.parametrize("place", ["prefect", "output"])
def test_nobody_is_named_in_prefect_or_in_a_log(told: Told, place: str) -> None:
    said = getattr(told, place).lower()
    assert [_around(said, text.lower()) for text in PERSONAL if text.lower() in said] == []


def test_columns_that_hold_personal_data_say_so(told: Told) -> None:
    silent = {
        f"{column.table}.{column.name}"
        for column in told.columns
        if column.file in ("ledger.duckdb", "published.duckdb")
        and any(text.lower() in column.text.lower() for text in PERSONAL)
        and not column.comment.startswith("Personal data")
    }
    assert "\n".join(sorted(silent)) == ""


def _around(said: str, text: str) -> str:
    place = said.index(text)
    return said[max(0, place - 600) : place + 100]
