"""Settings: `vado.toml`, stronger `VADO_*` in the environment, strongest what the caller passes.

In: a file, the environment. Out: one frozen `Settings`. Refuses to know what the settings are used for; `app`
does the wiring. Defaults start everything on one machine, with no server and no key.
Each field's description is the text of docs/reference/settings.md; a test keeps the two the same.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from vado.errors import Fault, InputError
from vado.feed_settings import SOURCE, FeedSettings
from vado.model.feed import Feed

PREFIX = "VADO_"
CONFIG_VARIABLE = "VADO_CONFIG"  # where vado.toml is, when not in the working directory
NOT_SETTINGS = frozenset({CONFIG_VARIABLE, "VADO_PYTHON"})  # VADO_PYTHON: the interpreter of scripts/setup


class Settings(BaseSettings):
    """All there is to set, with defaults that work on a laptop."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, validate_default=True, env_ignore_empty=True
    )

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("vado"),
        description="Folder for regions and, by default, the store.",
    )
    store_url: str = Field(
        default="",
        description="Where truth is kept: `sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`."
        " Empty: `vado.db` in `home`.",
    )
    world: str = Field(
        default="main",
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name of the world this process serves: one fleet and region with its jobs.",
    )
    region: str = Field(
        default="",
        description="The roads: a region's name in `home`/regions, or the path of a region folder.",
    )
    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the API listens on. Beyond loopback, webhooks must be signed.",
    )
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port the API listens on; 0 takes any free one."
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s]+)?$",
        description="How the world outside reaches the API, for the links sent to recipients. "
        "Empty: `http://HOST:PORT`.",
    )
    budget_solutions: int = Field(
        default=400,
        ge=1,
        le=1_000_000,
        description="How many solutions the planner may look at in one step; "
        "this bound makes a plan repeatable.",
    )
    budget_seconds: float = Field(
        default=5.0,
        gt=0,
        le=3600,
        description="How long the planner may search in one step; the safety limit.",
    )
    snap_max_m: float = Field(
        default=1000.0,
        gt=0,
        le=1000,  # network.anchor puts nothing farther than that on the roads
        description="A job or vehicle farther than this many metres from any road of the region "
        "is refused (E1202).",
    )
    body_max_bytes: int = Field(
        default=5_000_000,
        ge=1_000,
        le=1_000_000_000,
        description="The largest request body the API reads; more is refused (E1002) before it is parsed.",
    )
    webhook_secrets: dict[str, tuple[SecretStr, ...]] = Field(
        default_factory=dict,
        description="Secrets by source, each `whsec_` and base64 of 24 to 64 bytes, after Standard Webhooks; "
        "several while a key is being changed; or `whpk_` and base64 of an ed25519 public key. In the "
        "environment as JSON. Empty: messages are accepted unsigned, on loopback only.",
    )
    feeds: dict[str, FeedSettings] = Field(
        default_factory=dict,
        description="Sources by name, each with what is said [below](#feeds). In the environment as JSON.",
    )
    clock_origin: AwareDatetime | None = Field(
        default=None,
        description="For demos and rehearsals: the time the world's clock shows at `clock_start`. "
        "Empty: the world's clock is the real one.",
    )
    clock_speed: float = Field(
        default=1.0,
        gt=0,
        le=100_000,
        description="Seconds of the world's clock in one real second; used with `clock_origin`.",
    )
    clock_start: AwareDatetime | None = Field(
        default=None,
        description="The real time at which `clock_origin` applied; give the same to processes started apart."
        " Empty: when `vado serve` starts.",
    )
    time_zone: str = Field(
        default="UTC",
        description="The IANA time zone in which pages tell the time, for example `Europe/Andorra`.",
    )
    clock_file: Path | None = Field(
        default=None,
        description="For demos and rehearsals: a file that holds the time of the world's clock, epoch "
        "seconds, in digits. Who writes it moves the time, in every process that reads it; before "
        "`clock_origin`.",
    )
    geocodes: tuple[str, ...] = Field(
        default=(),
        description="Tables of places for warnings that name areas by code (EMMA_ID, NUTS3, UGC, SAME, "
        "WARNCELLID, AEMET zones): GeoJSON files, tables of aliases, or folders of them; `SCHEME=PATH` where "
        "a file does not say whose codes it has. In the environment as JSON.",
    )
    poll_ms: int = Field(
        default=200,
        ge=10,
        le=60_000,
        description="How often the worker looks for new messages, and the API for new decisions while "
        "somebody listens, milliseconds.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least serious line of log that is written."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a second way to configure
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_path())
        return init_settings, env_settings, file

    @field_validator("home")
    @classmethod
    def _home(cls, home: Path) -> Path:
        return home.expanduser().resolve()

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
            raise ValueError(f"{name!r} is no time zone") from error
        return name

    @field_validator("public_url")
    @classmethod
    def _url(cls, url: str) -> str:
        return url.rstrip("/")

    @field_validator("webhook_secrets")
    @classmethod
    def _secrets(cls, secrets: dict[str, tuple[SecretStr, ...]]) -> dict[str, tuple[SecretStr, ...]]:
        for source, keys in secrets.items():
            if not keys:
                raise ValueError(f"source {source} has no secret; give one or leave the source out")
            for key in keys:
                if not _is_key(key.get_secret_value()):
                    raise ValueError(
                        f"a secret of source {source} is not whsec_ and base64 of 24 to 64 bytes, nor "
                        "whpk_ and base64 of 32"
                    )
        return secrets

    @field_validator("feeds")
    @classmethod
    def _feeds(cls, feeds: dict[str, FeedSettings]) -> dict[str, FeedSettings]:
        for name, feed in feeds.items():
            if not re.fullmatch(SOURCE, name):
                raise ValueError(f"{name[:40]!r} cannot name a source")
            if feed.mirrors == name or (feed.mirrors and feed.mirrors not in feeds):
                raise ValueError(f"{name} mirrors {feed.mirrors[:40]!r}, which is no other feed here")
        return feeds

    @model_validator(mode="before")
    @classmethod
    def _store(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if value != ""} if isinstance(data, dict) else data

    @property
    def store(self) -> str:
        """Give the store's URL, the default filled in."""
        return self.store_url or f"sqlite:///{self.home / 'vado.db'}"

    @property
    def declared(self) -> dict[str, Feed]:
        """Give the feeds by name, their defaults filled in."""
        return {name: feed.feed(name) for name, feed in self.feeds.items()}

    @property
    def geocodes_folder(self) -> Path:
        """Give the folder of the tables of places that were downloaded."""
        return self.home / "geocodes"

    @property
    def mirrors(self) -> dict[str, str]:
        """Give the feeds that repeat another one, and which."""
        return {name: feed.mirrors for name, feed in self.feeds.items() if feed.mirrors}

    @property
    def url(self) -> str:
        """Give the address people and recipients use, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Say whether only this machine can reach the API."""
        return is_loopback(self.host)


def _is_key(text: str) -> bool:
    """Say whether a text is a secret or public key after Standard Webhooks, "Signature scheme"."""
    kind, _, rest = text.partition("_")
    try:
        size = len(base64.b64decode(rest, validate=True))
    except (binascii.Error, ValueError):
        return False
    return (kind == "whsec" and 24 <= size <= 64) or (kind == "whpk" and size == 32)


def is_loopback(host: str) -> bool:
    """Say whether an address is one of this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def config_path() -> Path | None:
    """Find the settings file: the one VADO_CONFIG names, else ./vado.toml where there is one."""
    named = os.environ.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    here = Path("vado.toml")
    return here if here.is_file() else None


def load_settings(**given: Any) -> Settings:
    """Read the settings; all that is wrong in file and environment comes in one InputError."""
    path = config_path()
    if path is not None:
        _readable(path)
    try:
        return Settings(**given)
    except ValidationError as error:
        raise InputError.of(_fault(dict(item), path) for item in error.errors()) from error
    except ValueError as error:  # a VADO_* that should be JSON and is not
        raise InputError(
            str(error), code="E1004", action="give the setting as JSON, see docs/reference/settings.md"
        ) from error


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """List variables that look like settings and are none: most likely misspelt."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | NOT_SETTINGS
    return tuple(
        sorted(name for name in environ if name.upper().startswith(PREFIX) and name.upper() not in known)
    )


def _readable(path: Path) -> None:
    try:
        tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(
            f"the settings file {path} cannot be read: {error.strerror}",
            code="E1005",
            action=f"mend the path in {CONFIG_VARIABLE} or unset it",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"the settings file {path} is not TOML: {error}", action="mend the file") from error


def _fault(item: dict[str, Any], path: Path | None) -> Fault:
    """Turn one of pydantic's findings into a fault; the value stays out, it may be a secret."""
    name = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return Fault("E1004", f"there is no setting {name}", f"take it out of {path or 'the call'}", name)
    top = str(item["loc"][0]) if item["loc"] else ""
    return Fault(
        "E1004", f"setting {name}: {item['msg']}", f"mend {top} in vado.toml or {PREFIX}{top.upper()}", name
    )
