"""Where a tenant's settings come from: the environment, then Prefect Secret blocks, then settings.toml.

One frozen class per system (`connections/<system>.py`) or integration (`flows/<integration>.py`); this module
fills it, says where each value came from, and reports everything that is missing at once.
"""

import ipaddress
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import PrivateAttr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from connections._errors import Misconfigured

PREFIX = "CONTRAPARTIDA"
OF_TENANT = ("sandbox", "allow_hosts", "zone", "analysts")
"""Settings that a tenant may give once for all its systems and integrations."""
NEVER_ZERO = re.compile(r"calls_per_.+|.+_per_call|page_size|timeout_seconds")
UNSAID_BOOKING_SECONDS = 900.0
TENANT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SecretBlocks = Callable[[str], str | None]
"""The value of the Prefect Secret block of this name, if there is one."""


class Settings(BaseSettings):
    """Settings given by `load`; the class itself never looks at the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    _tenant: str = PrivateAttr("")

    @property
    def tenant(self) -> str:
        """Whose settings these are; blank where nobody loaded them."""
        return self._tenant

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @model_validator(mode="after")
    def _numbers_count_something(self) -> Self:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, int | float) and not (value > 0 or (value == 0 and not NEVER_ZERO.fullmatch(name))):
                raise ValueError(f"{name} cannot be {value}")
        return self


class SystemSettings(Settings):
    """What every system needs: an address that is the vendor's own, and patience.

    `sandbox` and `allow_hosts` are the tenant's: `[<tenant>]` in settings.toml.
    """

    hosts: ClassVar[tuple[str, ...]]
    """The vendor's own hosts; a leading "*." stands for one customer's sub-domain."""

    base_url: str
    timeout_seconds: float = 30.0
    longest_pause_seconds: float = 90.0
    sandbox: bool = False
    longest_booking_seconds: float | None = None
    """The longest time that the vendor takes to book a write whose answer was lost: until it has passed, such a write
    is not sent again. Not given: none in a sandbox, whose stand-ins book at once, and a quarter of an hour elsewhere
    (assumed: no vendor says it)."""
    allow_hosts: tuple[str, ...] = ()

    @property
    def booking_seconds(self) -> float:
        """`longest_booking_seconds`, or what it is where nobody gives it."""
        if self.longest_booking_seconds is not None:
            return self.longest_booking_seconds
        return 0.0 if self.sandbox else UNSAID_BOOKING_SECONDS

    @model_validator(mode="after")
    def _address_is_allowed(self) -> Self:
        self.checked(self.base_url, "base_url")
        return self

    def checked(self, url: str, name: str) -> None:
        """Raises ValueError unless `url` is the vendor's own, or one that the tenant allows."""
        address = urlsplit(url)
        host = (address.hostname or "").lower()
        if not host or address.username or address.query or address.fragment:
            raise ValueError(f"{name} must be an address such as https://host/path")
        if _is_loopback(host):
            if not self.sandbox:
                raise ValueError(f"{name} points to this machine, which only a tenant with sandbox = true may")
        elif address.scheme != "https":
            raise ValueError(f"{name} must be https")
        elif not any(_matches(host, allowed) for allowed in (*self.hosts, *self.allow_hosts)):
            vendor = ", ".join(self.hosts)
            raise ValueError(f"{name}'s host {host} is not the vendor's ({vendor}); if meant, list it in allow_hosts")


S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Filled(Generic[S]):
    """Settings, and for each field the words that say where its value came from."""

    settings: S
    origins: dict[str, str]


class SettingsFile:
    """settings.toml as a whole; absent is as good as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{path.name} cannot be read: {error}") from error

    def tenants(self) -> list[str]:
        """Every tenant that the file or the environment knows."""
        prefix = f"{PREFIX}__"
        spoken = {name[len(prefix) :].split("__")[0].lower() for name in os.environ if name.startswith(prefix)}
        return sorted({name for name, table in self.tables.items() if isinstance(table, dict)} | spoken)

    def table(self, tenant: str, section: str) -> Mapping[str, Any]:
        found = self.tables.get(tenant, {}).get(section, {})
        if not isinstance(found, dict):
            raise Misconfigured(f"[{tenant}.{section}] in {self.path.name} must be a table")
        return found

    def of_tenant(self, tenant: str, field: str) -> Any:
        """A value of the tenant as a whole, such as `sandbox`."""
        spoken = os.environ.get(f"{PREFIX}__{tenant.upper()}__{field.upper()}")
        return spoken if spoken is not None else self.tables.get(tenant, {}).get(field)


def settings_file() -> SettingsFile:
    """The file that CONTRAPARTIDA_SETTINGS names, else settings.toml in the working folder."""
    return SettingsFile(Path(os.environ.get("CONTRAPARTIDA_SETTINGS", "settings.toml")))


def known_tenant(file: SettingsFile, tenant: str) -> str:
    """`tenant` itself; raises Misconfigured when nobody knows it."""
    if not TENANT.fullmatch(tenant):
        raise Misconfigured(
            f"'{tenant}' is not a tenant's name: lower-case letters, digits and single underscores, a letter first"
        )
    if tenant not in file.tenants():
        known = ", ".join(file.tenants()) or "none yet"
        raise Misconfigured(f"unknown tenant '{tenant}'; {file.path.name} and the environment know: {known}")
    return tenant


def load(cls: type[S], tenant: str, section: str, file: SettingsFile, secrets: SecretBlocks | None = None) -> Filled[S]:
    """Fills `cls` for one section of a tenant; raises Misconfigured naming everything missing or wrong."""
    unknown = sorted(set(file.table(tenant, section)) - set(cls.model_fields))
    place = _Place(tenant, section, file)
    if unknown:
        raise Misconfigured(f"{place.table} has unknown settings: {', '.join(unknown)}")
    found = found_values(cls, tenant, section, file, secrets)
    try:
        settings = cls(**{name: value for name, (value, _) in found.items() if value is not None})
    except ValidationError as error:
        raise Misconfigured(_complaint(error, place)) from None
    settings._tenant = tenant
    return Filled(settings, {name: origin for name, (_, origin) in found.items()})


def found_values(
    cls: type[Settings], tenant: str, section: str, file: SettingsFile, secrets: SecretBlocks | None = None
) -> dict[str, tuple[Any, str]]:
    """Each field's value before it is checked, None where nobody gives one, and the words that say where it stood."""
    place = _Place(tenant, section, file)
    return {name: place.look_up(name, field, secrets) for name, field in cls.model_fields.items()}


def load_all(
    wanted: Mapping[str, type[Settings]], tenant: str, file: SettingsFile, secrets: SecretBlocks | None = None
) -> dict[str, Filled[Any]]:
    """`load` for several sections; what is missing in any of them is reported in one sentence."""
    filled: dict[str, Filled[Any]] = {}
    complaints: list[str] = []
    for section, cls in wanted.items():
        try:
            filled[section] = load(cls, tenant, section, file, secrets)
        except Misconfigured as problem:
            complaints.append(str(problem))
    if complaints:
        raise Misconfigured("; ".join(complaints))
    return filled


@dataclass(frozen=True)
class _Place:
    """One section of one tenant: the names its fields have in each place where a value may stand."""

    tenant: str
    section: str
    file: SettingsFile

    @property
    def table(self) -> str:
        return f"[{self.tenant}.{self.section}] of {self.file.path.name}"

    def variable(self, name: str) -> str:
        return f"{PREFIX}__{self.tenant}__{self.section}__{name}".upper()

    def block(self, name: str) -> str:
        return f"{self.tenant}-{self.section}-{name}".replace("_", "-")

    def look_up(self, name: str, field: FieldInfo, secrets: SecretBlocks | None) -> tuple[Any, str]:
        """The value of a field, None where nobody gives one, and the words that say where it stood.

        A blank is not a value: who has copied the example and not filled it in is told what is missing.
        """
        if spoken := os.environ.get(self.variable(name)):
            return _spoken(spoken, field), f"environment {self.variable(name)}"
        if secrets and "SecretStr" in str(field.annotation) and (secret := secrets(self.block(name))):
            return secret, f"Prefect Secret {self.block(name)}"
        written = self.file.table(self.tenant, self.section)
        if written.get(name, "") != "":
            return written[name], self.table
        if name in OF_TENANT and (value := self.file.of_tenant(self.tenant, name)) is not None:
            return (_spoken(value, field) if isinstance(value, str) else value), f"tenant {self.tenant}"
        return None, "missing" if field.is_required() else "default"


def data_root() -> Path:
    """Where the files of all tenants lie: the folder that CONTRAPARTIDA_DATA names, else `data`."""
    return Path(os.environ.get("CONTRAPARTIDA_DATA", "data")).absolute()


def _spoken(value: str, field: FieldInfo) -> Any:
    """An environment variable's text: lists are written with commas, lists of tables as JSON."""
    if "tuple" in str(field.annotation) and value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if "tuple" in str(field.annotation):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _complaint(error: ValidationError, place: _Place) -> str:
    parts = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in problem["loc"])
        if problem["type"] == "missing" and len(problem["loc"]) == 1:
            looked = f"{place.variable(name)}, Prefect Secret {place.block(name)}, {place.table}"
            parts.append(f"{place.section}.{name} is missing (looked in {looked})")
        else:
            said = problem["msg"].removeprefix("Value error, ")
            parts.append(f"{place.section}.{name} is wrong: {said}" if name else f"{place.section}: {said}")
    return "; ".join(parts)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _matches(host: str, allowed: str) -> bool:
    if allowed.startswith("*."):
        head, _, rest = host.partition(".")
        return bool(head) and rest == allowed[2:]
    return host == allowed.lower()
