"""Where settings come from, what is said when they are missing or wrong, and which addresses a credential may go to."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from connections._errors import Misconfigured
from connections._settings import Settings, SettingsFile, known_tenant, load, load_all, settings_file
from connections.kamino import KaminoSettings
from connections.pacto import PactoSettings

FILE = """
[academia]
sandbox = true
zone = "America/Manaus"

[academia.pacto]
base_url = "http://127.0.0.1:8090/pacto"
api_key = "written"
company = 3

[outra.kamino]
base_url = "https://outra.kamino.tech"
"""


class Zoned(Settings):
    """An integration's settings, for what a tenant may say once for all."""

    zone: str = "America/Sao_Paulo"
    names: tuple[str, ...] = ()


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    place = tmp_path / "settings.toml"
    place.write_text(FILE, "utf-8")
    return SettingsFile(place)


def blocks(**given: str) -> object:
    return lambda name: given.get(name.replace("-", "_"))


# -- where a value comes from -------------------------------------------------------------------------------------


def test_the_environment_comes_before_secret_blocks_and_these_before_the_file(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key(secrets: object = None) -> tuple[str, str]:
        filled = load(PactoSettings, "academia", "pacto", file, secrets)  # type: ignore[arg-type]
        return filled.settings.api_key.get_secret_value(), filled.origins["api_key"]

    stored = blocks(academia_pacto_api_key="stored")
    assert key() == ("written", "[academia.pacto] of settings.toml")
    assert key(stored) == ("stored", "Prefect Secret academia-pacto-api-key")
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__PACTO__API_KEY", "spoken")
    assert key(stored) == ("spoken", "environment CONTRAPARTIDA__ACADEMIA__PACTO__API_KEY")


def test_only_secrets_are_looked_for_in_secret_blocks(file: SettingsFile) -> None:
    filled = load(PactoSettings, "academia", "pacto", file, blocks(academia_pacto_company="9"))  # type: ignore[arg-type]
    assert (filled.settings.company, filled.origins["company"]) == (3, "[academia.pacto] of settings.toml")


def test_a_tenant_says_once_what_holds_for_all_its_systems(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(PactoSettings, "academia", "pacto", file).origins["sandbox"] == "tenant academia"
    assert load(Zoned, "academia", "pacto_to_kamino", file).settings.zone == "America/Manaus"
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__ZONE", "America/Belem")
    assert load(Zoned, "academia", "pacto_to_kamino", file).settings.zone == "America/Belem"


def test_a_blank_is_as_good_as_nothing(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__PACTO__API_KEY", "")
    assert load(PactoSettings, "academia", "pacto", file).settings.api_key == SecretStr("written")


def test_lists_are_spoken_with_commas(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__X__NAMES", "a, b,,c ")
    assert load(Zoned, "academia", "x", file).settings.names == ("a", "b", "c")


def test_nothing_is_taken_from_the_environment_by_a_shorter_name(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "PACTO__API_KEY", "ACADEMIA__PACTO__API_KEY", "CONTRAPARTIDA__PACTO__API_KEY"):
        monkeypatch.setenv(name, "somebody else's")
    assert load(PactoSettings, "academia", "pacto", file).settings.api_key == SecretStr("written")


def test_settings_cannot_be_changed(file: SettingsFile) -> None:
    settings = load(PactoSettings, "academia", "pacto", file).settings
    with pytest.raises(ValidationError, match="frozen"):
        settings.company = 2


# -- what is said when something is wrong -------------------------------------------------------------------------


def test_everything_missing_is_told_at_once_with_where_it_was_looked_for(file: SettingsFile) -> None:
    with pytest.raises(Misconfigured) as told:
        load_all({"pacto": PactoSettings, "kamino": KaminoSettings}, "outra", file)
    missing = {
        "pacto": ["api_key"],
        "kamino": ["app", "cn", "id_usr", "usr", "hash"],
    }
    assert str(told.value) == "; ".join(
        f"{system}.{name} is missing (looked in CONTRAPARTIDA__OUTRA__{system.upper()}__{name.upper()}, "
        f"Prefect Secret outra-{system}-{name.replace('_', '-')}, [outra.{system}] of settings.toml)"
        for system, names in missing.items()
        for name in names
    )


def test_a_wrong_value_is_told_without_the_value(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__ACADEMIA__PACTO__COMPANY", "segredo")
    with pytest.raises(Misconfigured) as told:
        load(PactoSettings, "academia", "pacto", file)
    assert str(told.value).startswith("pacto.company is wrong: ")
    assert "segredo" not in str(told.value)


def test_a_misspelled_setting_is_told(tmp_path: Path) -> None:
    place = tmp_path / "settings.toml"
    place.write_text('[academia.pacto]\napikey = "x"\nbase = "y"\n', "utf-8")
    with pytest.raises(
        Misconfigured, match=r"^\[academia.pacto\] of settings.toml has unknown settings: apikey, base$"
    ):
        load(PactoSettings, "academia", "pacto", SettingsFile(place))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[academia", "settings.toml cannot be read: "),
        ("[academia]\npacto = 3\n", "[academia.pacto] in settings.toml must be a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, text: str, said: str) -> None:
    place = tmp_path / "settings.toml"
    place.write_text(text, "utf-8")
    with pytest.raises(Misconfigured) as told:
        load(PactoSettings, "academia", "pacto", SettingsFile(place))
    assert str(told.value).startswith(said)


@pytest.mark.parametrize("name", ["company", "calls_per_second", "page_size", "timeout_seconds"])
def test_a_number_that_counts_nothing_is_refused(
    file: SettingsFile, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"CONTRAPARTIDA__ACADEMIA__PACTO__{name.upper()}", "-1")
    with pytest.raises(Misconfigured, match=f"pacto: {name} cannot be -1"):
        load(PactoSettings, "academia", "pacto", file)


@pytest.mark.parametrize("tenant", ["Academia", "a-b", "a__b", "_a", "a_", "1a", "", "../a", "a b", "ação"])
def test_a_tenants_name_is_plain(file: SettingsFile, tenant: str) -> None:
    with pytest.raises(Misconfigured, match="is not a tenant's name"):
        known_tenant(file, tenant)


def test_an_unknown_tenant_is_told_who_is_known(file: SettingsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRAPARTIDA__TERCEIRA__PACTO__API_KEY", "x")
    assert [known_tenant(file, name) for name in ("academia", "outra", "terceira")] == ["academia", "outra", "terceira"]
    with pytest.raises(Misconfigured) as told:
        known_tenant(file, "quarta")
    assert str(told.value) == (
        "unknown tenant 'quarta'; settings.toml and the environment know: academia, outra, terceira"
    )


def test_another_file_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text(FILE, "utf-8")
    monkeypatch.setenv("CONTRAPARTIDA_SETTINGS", str(tmp_path / "mine.toml"))
    assert settings_file().tenants() == ["academia", "outra"]


# -- where a credential may go ------------------------------------------------------------------------------------

OWN = "https://minha.kamino.tech"
HOSTILE = [
    "https://kamino.tech",
    "https://kamino.tech.evil.example",
    "https://minha.kamino.tech.evil.example",
    "https://evilkamino.tech",
    "https://evil-kamino.tech",
    "https://a.b.kamino.tech",
    "https://.kamino.tech",
    "https://minha.kamino.tech@evil.example",
    "https://minha.kamino.tech:secret@evil.example",
    "https://user@minha.kamino.tech",
    "https://evil.example/minha.kamino.tech",
    "https://evil.example#minha.kamino.tech",
    "https://evil.example?minha.kamino.tech",
    "https://minha.kamino.tech?next=evil",
    "https://minha.kamino.tech#top",
    "https://minha.kamino.tech%2eevil.example",
    "https://minha.kamino.tech\\.evil.example",
    "https://minha。kamino。tech.evil.example",
    "http://minha.kamino.tech",
    "HTTP://minha.kamino.tech",
    "ftp://minha.kamino.tech",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//minha.kamino.tech",
    "minha.kamino.tech",
    "https://",
    "https:///path",
    "",
    " ",
    "https://169.254.169.254",
    "https://10.0.0.1",
    "https://192.168.0.1",
    "https://[fe80::1]",
    "https://[::ffff:10.0.0.1]",
    "https://metadata.internal",
    "http://127.0.0.1:8090",
    "http://localhost:8090",
    "https://localhost",
    "http://[::1]:8090",
    "http://127.1.2.3",
    "http://0.0.0.0:8090",
    "http://2130706433",
    "http://0x7f000001",
    "http://localhost.evil.example",
]


def kamino(url: str, **more: object) -> KaminoSettings:
    keys = {"app": "a", "cn": "c", "id_usr": "1", "usr": "u", "hash": "h"}
    return KaminoSettings(base_url=url, **keys, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_credential_goes_to_no_address_but_the_vendors(url: str) -> None:
    with pytest.raises(ValidationError):
        kamino(url)


@pytest.mark.parametrize("url", [OWN, "https://MINHA.KAMINO.TECH", f"{OWN}/api", f"{OWN}:443", f"{OWN}/"])
def test_the_vendors_own_address_is_taken(url: str) -> None:
    assert kamino(url).base_url == url


@pytest.mark.parametrize("url", ["http://127.0.0.1:8090/kamino", "http://localhost:8090", "http://[::1]:8090"])
def test_this_machine_is_for_tenants_of_the_sandbox_only(url: str) -> None:
    assert kamino(url, sandbox=True).base_url == url
    with pytest.raises(ValidationError, match="which only a tenant with sandbox = true may"):
        kamino(url)


@pytest.mark.parametrize(
    "url", [url for url in HOSTILE if "127." not in url and "localhost" not in url and "::1" not in url]
)
def test_the_sandbox_opens_no_other_door(url: str) -> None:
    with pytest.raises(ValidationError):
        kamino(url, sandbox=True)


def test_another_host_may_be_listed_and_only_that_one() -> None:
    listed = ("gateway.example",)
    assert kamino("https://gateway.example/kamino", allow_hosts=listed).base_url == "https://gateway.example/kamino"
    for url in ("http://gateway.example", "https://a.gateway.example", "https://gateway.example.evil"):
        with pytest.raises(ValidationError):
            kamino(url, allow_hosts=listed)


# -- how long a lost write may take to be booked --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({"sandbox": True, "base_url": "http://127.0.0.1:1"}, 0.0),
        ({}, 900.0),
        ({"longest_booking_seconds": 60.0}, 60.0),
        ({"longest_booking_seconds": 0.0}, 0.0),
    ],
)
def test_a_vendors_longest_time_to_book(given: dict[str, object], seconds: float) -> None:
    settings = PactoSettings.model_validate(
        {"base_url": "https://apigw.pactosolucoes.com.br", "api_key": "k", "company": 1, **given}
    )
    assert settings.booking_seconds == seconds
