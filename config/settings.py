"""Settings of an instance: frozen, typed, read from the environment once; all mistakes reported together."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

# Known to everyone who reads this file, therefore good for the demonstration and nothing else.
DEMO_SECRET = "demonstration-only-secret-key-never-for-real-people"  # noqa: S105
ROOT_KEY_BYTES = 32
# A root key that a key service has sealed, and alone can open.
SEALED = "kms:"
SECRET_LENGTH = 32
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A name, the service's id, the secret.
NOTIFY_KEY = re.compile(rf"(?:.*-)?{_UUID}-{_UUID}")
# 64 characters before the @ are all that an address has, and 27 of them are ours.
RETURN = re.compile(r"[A-Za-z0-9._-]{1,37}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
DEMO_ROOT_KEY = base64.b64encode(b"demonstration-only-root-key-32-b").decode()


class SettingsMistakes(Exception):
    """Everything that is wrong with the environment, one line each, without the values."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class Settings(BaseSettings):
    """Every setting; the environment variable has the same name in capitals (config/example.env)."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: str = Field(description="where portal_app connects")
    database_url_owner: str = Field("", description="where portal_owner connects: migrations, council apply")
    secret_key: str = Field(DEMO_SECRET, description="signs cookies and forms; 32 characters or more")
    root_key: str = Field(DEMO_ROOT_KEY, description="32 bytes in base64, or kms:…; wraps every council's key")
    root_keys_other: str = Field("", description="root keys that also open, with spaces between")
    kms: str = Field(
        "", description="the key that opens root keys of the form kms:…: https://kms.<region>…/alias/<name>"
    )
    kms_region: str = Field("eu-west-2", description="the region of that key")
    demo: bool = Field(False, description="fictional people, mail kept on an outbox page, known secrets")
    base_url: str = Field("http://localhost:8000", description="scheme and host that emails link to")
    port: int = Field(8000, ge=1, le=65535)
    mail: str = Field("outbox", description="smtp://host:port, smtps://user:password@host:port, notify, or outbox")
    notify_key: str = Field("", description="with MAIL=notify: an API key of GOV.UK Notify")
    notify_template: str = Field("", description="with MAIL=notify: the id of a template of ((subject)) and ((body))")
    notify_url: str = Field("https://api.notifications.service.gov.uk", description="where GOV.UK Notify is")
    mail_from: str = Field("no-reply@portal.invalid", description="the envelope sender")
    mail_return: str = Field("", description="bounce@host: undeliverable mail goes to bounce+…@host, and is read")
    storage: str = Field("var/files", description="where attached files are kept: a folder, or s3://bucket/prefix")
    storage_endpoint: str = Field("", description="the address of an S3-compatible store that is not Amazon's")
    storage_region: str = Field("eu-west-2", description="the region of the bucket")
    storage_key_id: str = Field("", description="the access key's id")
    storage_secret: str = Field("", description="the access key's secret")
    scanner: str = Field("", description="clamd://host:port or clamd:///path/of/its/socket; without, no file is ready")
    scanner_days: int = Field(7, ge=0, le=30, description="older signatures judge nothing; 0 asks for no age")
    rescan_days: int = Field(30, ge=0, le=365, description="files so young are looked at again with newer signatures")
    case_system_networks: str = Field("", description="networks besides the internet where case systems may be (CIDRs)")
    proxies: int = Field(0, ge=0, le=3, description="how many of our own proxies stand in front")
    # Operators open every council's settings, so they sign in with a passkey alone, which nobody can be talked out of.
    # Few browsers that only look at the demonstration have one: there, and only there, an app will do.
    portal_operator_sign_in: str = Field("passkey", pattern="^(passkey|app)$", description="passkey; app: demo only")
    councils: str = Field("config/councils", description="folder of council folders for the command line")
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    workers: int = Field(2, ge=1, le=64)
    threads: int = Field(4, ge=1, le=64)

    @field_validator("database_url", "database_url_owner")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if not value:
            return value
        for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
            if value.startswith(prefix):
                return "postgresql+psycopg://" + value.removeprefix(prefix)
        raise ValueError("must begin with postgresql://")

    @field_validator("root_key", "root_keys_other")
    @classmethod
    def _root_keys(cls, value: str, info: ValidationInfo) -> str:
        if not all(_is_root_key(one) for one in value.split()) or (
            info.field_name == "root_key" and " " in value.strip()
        ):
            raise ValueError("must be 32 bytes in base64, or kms: and what `portal keys new-root` said")
        return value

    @field_validator("kms")
    @classmethod
    def _kms(cls, value: str) -> str:
        place = urlsplit(value)
        if value and (place.scheme not in ("http", "https") or not place.netloc or not place.path.strip("/")):
            raise ValueError("must be https://host/name-of-the-key")
        return value

    @field_validator("case_system_networks")
    @classmethod
    def _networks(cls, value: str) -> str:
        try:
            for one in value.split():
                ip_network(one)
        except ValueError:
            raise ValueError("must be networks such as 10.1.2.0/24, with spaces between") from None
        return value

    @field_validator("mail")
    @classmethod
    def _mail(cls, value: str) -> str:
        if value not in ("outbox", "notify") and urlsplit(value).scheme not in ("smtp", "smtps"):
            raise ValueError("must be outbox, notify, or begin with smtp:// or smtps://")
        return value

    @field_validator("mail_return")
    @classmethod
    def _return(cls, value: str) -> str:
        if value and not RETURN.fullmatch(value):
            raise ValueError("must be an address whose first part has 37 characters at most, without +")
        return value

    @field_validator("storage")
    @classmethod
    def _storage(cls, value: str) -> str:
        place = urlsplit(value)
        if place.scheme not in ("", "s3") or (place.scheme == "s3" and not place.netloc):
            raise ValueError("must be a folder or s3://bucket/prefix")
        return value

    @field_validator("storage_endpoint")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise ValueError("must be https://…, or http://… on a network of your own")
        return value

    @field_validator("scanner")
    @classmethod
    def _scanner(cls, value: str) -> str:
        place = urlsplit(value)
        if value and (place.scheme != "clamd" or not (place.hostname or place.path)):
            raise ValueError("must be clamd://host:port or clamd:///path/of/its/socket")
        return value

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
            raise ValueError("must be http://… or https://…")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        if self.mail == "notify" and not (NOTIFY_KEY.fullmatch(self.notify_key) and self.notify_template):
            raise ValueError("MAIL=notify needs NOTIFY_KEY as Notify shows it, and NOTIFY_TEMPLATE")
        if not self.kms and any(one.startswith(SEALED) for one in self.root_keys()):
            raise ValueError("ROOT_KEY is kms:…, which needs KMS to open it")
        if self.demo:
            return self
        mistakes = [text for wrong, text in self._unsafe() if wrong]
        if mistakes:
            raise ValueError("; ".join(mistakes))
        return self

    def _unsafe(self) -> list[tuple[bool, str]]:
        local = urlsplit(self.base_url).hostname in ("localhost", "127.0.0.1")
        return [
            (self.secret_key == DEMO_SECRET, "SECRET_KEY is the demonstration's: set your own"),
            (len(self.secret_key) < SECRET_LENGTH, "SECRET_KEY is shorter than 32 characters"),
            (self.root_key == DEMO_ROOT_KEY, "ROOT_KEY is the demonstration's: set your own"),
            (self.mail == "outbox", "MAIL is the demonstration's outbox: set an SMTP server"),
            (self.scanner_days == 0, "SCANNER_DAYS=0 is for the demonstration only: old signatures find nothing new"),
            (self.portal_operator_sign_in != "passkey", "PORTAL_OPERATOR_SIGN_IN=app is for the demonstration only"),
            (not local and self.base_url.startswith("http://"), "BASE_URL must be https outside this machine"),
        ]

    def root_keys(self) -> list[str]:
        """The root keys, the one that seals first, for `adapters.root_keys`."""
        return [self.root_key, *self.root_keys_other.split()]

    def notify(self) -> tuple[str, str, str]:
        """Key, template and address of GOV.UK Notify, for `adapters.notify`."""
        return self.notify_key, self.notify_template, self.notify_url

    def s3(self) -> dict[str, str]:
        """How to reach an S3-compatible store, for `adapters.storage`; an empty value is left to the machine's role."""
        return {
            "endpoint": self.storage_endpoint,
            "region": self.storage_region,
            "access_key_id": self.storage_key_id,
            "secret_access_key": self.storage_secret,
        }

    @property
    def secure(self) -> bool:
        """Whether browsers reach us by https, so that cookies may say so."""
        return self.base_url.startswith("https://")


def _is_root_key(value: str) -> bool:
    sealed = value.startswith(SEALED)
    try:
        found = base64.b64decode(value.removeprefix(SEALED), validate=True)
    except ValueError:
        return False
    return len(found) > ROOT_KEY_BYTES if sealed else len(found) == ROOT_KEY_BYTES


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment; raises SettingsMistakes naming every mistake and never a value."""
    given: dict[str, Any] = {name: environ[name.upper()] for name in Settings.model_fields if environ.get(name.upper())}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        raise SettingsMistakes([_line(dict(one)) for one in error.errors(include_input=False)]) from None


def _line(error: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"]).upper()
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
