"""The settings, all in one place: from `CASEFLOW_*` variables, else `config.toml` of the instance, else the default.

`CASEFLOW_DEMO=1` and `demo = true` in `instance/config.toml` say the same; a variable wins over the file.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from caseflow.errors import ConfigurationError
from caseflow.notices.channels.mail import SECURITY

SECRET_FILE = "secret_key"
LINE_KEY_FILE = "line_key"
LEAST_SECRET = 32  # characters
LEAST_TOKEN = 16   # characters
FRAME = 1 << 20     # bytes of a form beside its files
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True)
class Settings:
    """One installation's settings. Times in minutes, sizes in bytes.

    `session_idle` ends a session nobody used, `session_length` any session. `login_failures` wrong passwords in
    `login_window` minutes stop that account, and that address, for as long. `proxies` counts the trusted reverse
    proxies in front (their X-Forwarded headers are believed). `files` is the folder of attachments, else one in the
    instance; `file_limit` bounds one of them, `case_files_limit` those of a case. `https` marks cookies Secure and
    sends HSTS.
    `line_key` digests pushed ratings (caseflow/ratings/line_key.py); several machines on one database have the same.
    `pg_bin` is the folder of pg_dump and pg_restore, when they are not on PATH. `metrics_token` opens /metrics.
    Messages leave by e-mail with `smtp_host`, by SMS with `sms_url`, by enterprise chat with `chat_url`; a try takes
    at most `channel_timeout` seconds a step. Nothing leaves in the `quiet_hours`, but with `alarms_at_night` deadline
    alarms do; digests are made at `digest_at` (both of Shanghai). `public_url` begins the links in messages.
    People may sign in at `oidc_issuer`, where we are `oidc_client_id`.
    """

    instance: Path = field(default_factory=lambda: Path("instance"))
    demo: bool = False
    database_url: str = ""
    secret_key: str = field(default="", repr=False)
    line_key: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    https: bool = True
    trusted_hosts: tuple[str, ...] = LOOPBACK_NAMES
    proxies: int = 0
    session_idle: int = 15
    session_length: int = 8 * 60
    login_failures: int = 5
    login_window: int = 15
    max_upload: int = 16 * 1024 * 1024
    files: str = ""
    file_limit: int = 50 * 1024 * 1024
    case_files_limit: int = 500 * 1024 * 1024
    threads: int = 8
    pg_bin: str = ""
    metrics_token: str = field(default="", repr=False)
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""
    sms_url: str = ""
    sms_token: str = field(default="", repr=False)
    sms_secret: str = field(default="", repr=False)
    chat_url: str = ""
    chat_token: str = field(default="", repr=False)
    chat_secret: str = field(default="", repr=False)
    channel_timeout: int = 10
    quiet_hours: str = "22:00-08:00"
    alarms_at_night: bool = False
    digest_at: str = "08:00"
    public_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)

    @property
    def files_folder(self) -> Path:
        """Where the attachments are; several machines on one database share it."""
        return Path(self.files).absolute() if self.files else self.instance / "files"

    @property
    def largest_form(self) -> int:
        """Bytes of the largest request that brings attachments: two of the largest, and what goes with them."""
        return max(self.max_upload, 2 * self.file_limit + FRAME)

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; SQLite otherwise."""
        return make_url(self.database_url).get_backend_name() == "postgresql"

    @classmethod
    def for_scratch(cls, database_url: str, instance: Path = Path("instance")) -> Settings:
        """For a run that serves nobody and keeps nothing but a database and, in `instance`, files."""
        return cls(instance=instance, database_url=_database_url(database_url, instance),
                   secret_key=secrets.token_urlsafe(48), line_key=secrets.token_urlsafe(48))


YEAR = 366 * 24 * 60  # minutes
BOUNDS = {
    "port": (0, 65535), "threads": (1, 1000), "proxies": (0, 100), "max_upload": (1024, 1 << 30),
    "file_limit": (1024, 1 << 30), "case_files_limit": (1024, 1 << 40),
    "smtp_port": (1, 65535), "channel_timeout": (1, 15),
    "session_idle": (1, YEAR), "session_length": (1, YEAR), "login_failures": (1, 1000), "login_window": (1, YEAR),
}
DEMO_DEFAULTS = {"https": False, "session_idle": 8 * 60}


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Refuses unknown names in the file, values of another type, what `check` refuses,
    a folder that cannot be used.

    In demo mode a missing secret is made and kept (readable by its owner alone); elsewhere it stays empty, and
    a server does not start with it.
    """
    try:
        return _load(environ)
    except OSError as error:
        raise ConfigurationError(f"{error.filename}: {error.strerror}; CASEFLOW_INSTANCE names the folder "
                                 "of this installation") from error


def _load(environ: Mapping[str, str]) -> Settings:
    instance = Path(environ.get("CASEFLOW_INSTANCE") or "instance").absolute()
    given = {**_from_file(instance / "config.toml"), **_from_environment(environ)}
    if given.get("demo"):
        given = DEMO_DEFAULTS | given
    given["database_url"] = _database_url(given.get("database_url", ""), instance)
    if "trusted_hosts" in given:
        given["trusted_hosts"] = (*LOOPBACK_NAMES, *given["trusted_hosts"])
    check(Settings(instance=instance, **given))
    given["secret_key"] = given.get("secret_key") or _kept_secret(instance, SECRET_FILE, make=bool(given.get("demo")))
    return Settings(instance=instance, **given)


def check(settings: Settings) -> None:
    """Refuse settings that contradict each other: a demo that others can reach, a secret that can be guessed."""
    if settings.demo:
        require_loopback(settings.host)
    if settings.secret_key and len(settings.secret_key) < LEAST_SECRET:
        raise ConfigurationError(f"CASEFLOW_SECRET_KEY is shorter than {LEAST_SECRET} characters; "
                                 "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'")
    if settings.line_key and len(settings.line_key) < LEAST_SECRET:
        raise ConfigurationError(f"CASEFLOW_LINE_KEY is shorter than {LEAST_SECRET} characters")
    if settings.metrics_token and len(settings.metrics_token) < LEAST_TOKEN:
        raise ConfigurationError(f"CASEFLOW_METRICS_TOKEN is shorter than {LEAST_TOKEN} characters")
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            raise ConfigurationError(f"{name}: {getattr(settings, name)} is not between {least} and {most}")
    check_channels(settings)


def check_channels(settings: Settings) -> None:
    """Refuse a channel that would send in the clear over a network, or without saying from whom."""
    for name in ("sms_url", "chat_url", "public_url", "oidc_issuer"):
        url = getattr(settings, name)
        if url and not is_safe_url(url):
            raise ConfigurationError(f"{name}: {url} must begin with https:// (http:// only for this machine) "
                                     "and hold no password")
    if settings.smtp_security not in SECURITY:
        raise ConfigurationError(f"smtp_security: {settings.smtp_security!r} is none of: {', '.join(SECURITY)}")
    if settings.smtp_host and "@" not in settings.smtp_from:
        raise ConfigurationError("smtp_from: name the address that e-mails come from")
    if settings.smtp_host and settings.smtp_security == "none" and settings.smtp_password:
        raise ConfigurationError("smtp_security: a password is not sent in the clear")
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.public_url):
        raise ConfigurationError("oidc_issuer: oidc_client_id and public_url are needed with it")
    quiet_hours(settings)
    clock_time("digest_at", settings.digest_at)


def is_safe_url(url: str) -> bool:
    """Whether this is an address to call or link to: https, or http on this machine, and no password in it."""
    try:
        parts = urlsplit(url)
        port_is_one = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return bool(parts.hostname) and port_is_one and parts.username is None and (parts.scheme == "https" or plain)


def quiet_hours(settings: Settings) -> tuple[time, time]:
    """From when until when nothing leaves; the same moment twice means never."""
    begin, _, end = settings.quiet_hours.partition("-")
    return clock_time("quiet_hours", begin), clock_time("quiet_hours", end)


def clock_time(name: str, text: str) -> time:
    """HH:MM as a time of the day; refuses anything else."""
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()
    except ValueError:
        raise ConfigurationError(f"{name}: {text!r} is no time such as 08:00") from None


def require_secret(settings: Settings) -> None:
    """Refuse to serve without a secret: cookies could be forged."""
    if not settings.secret_key:
        raise ConfigurationError("CASEFLOW_SECRET_KEY is not set, so nobody could sign in safely; set it, "
                                 f"or write one into {settings.instance / SECRET_FILE} (mode 0600)")


def require_loopback(host: str) -> None:
    """Refuse an address that others can reach: the demo signs anybody in without a password."""
    if not is_loopback(host):
        raise ConfigurationError(f"demo mode listens on this machine only (127.0.0.1), not on {host}; "
                                 "unset CASEFLOW_DEMO to serve other machines")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    names = {f"CASEFLOW_{name.upper()}": name for name in _types() if name != "instance"}
    return {names[key]: _typed(names[key], text) for key, text in environ.items() if key in names and text != ""}


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from error
    unknown = sorted(set(rows) - (set(_types()) - {"instance"}))
    if unknown:
        raise ConfigurationError(f"{path}: unknown settings {', '.join(unknown)}")
    return {name: _typed(name, value) for name, value in rows.items()}


def _types() -> dict[str, str]:
    return {item.name: str(item.type) for item in fields(Settings)}


def _typed(name: str, value: Any) -> Any:
    """A value in its setting's type. Text from the environment is read; other types must already fit."""
    wanted = _types()[name]
    try:
        if wanted == "bool":
            return value if isinstance(value, bool) else _BOOLEANS[str(value).strip().lower()]
        if wanted == "int":
            return int(value)
        if wanted.startswith("tuple"):
            return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) \
                else tuple(map(str, value))
        return str(value).strip()
    except (KeyError, ValueError, TypeError):
        raise ConfigurationError(f"{name}: {value!r} is not of type {wanted}") from None


_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def _database_url(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'caseflow.db'}"
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise ConfigurationError("CASEFLOW_DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")
    try:
        make_url(url)
    except (ValueError, ArgumentError):
        raise ConfigurationError("CASEFLOW_DATABASE_URL is no address of a database, such as "
                                 "postgresql+psycopg://user:password@host:5432/caseflow") from None
    return url


@cache
def line_key(settings: Settings) -> bytes:
    """The key of pushed lines: the setting, else the one in the instance, made when it is first needed (mode 0600)."""
    key = settings.line_key or _kept_secret(settings.instance, LINE_KEY_FILE, make=True)
    if len(key) < LEAST_SECRET:
        raise ConfigurationError(f"{settings.instance / LINE_KEY_FILE} is shorter than {LEAST_SECRET} characters")
    return key.encode()


def _kept_secret(instance: Path, name: str, *, make: bool) -> str:
    path = instance / name
    if make and not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        draft = instance / f"{name}.{uuid4().hex}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # processes and threads start together: the first one's secret holds
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip() if path.exists() else ""
