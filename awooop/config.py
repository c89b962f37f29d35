"""Typed configuration, from the environment, in one place.

Each field's `description` is the line of help that the docs print. A wrong value stops the start
with the variable's name and what it must be.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from awooop.config_fields import setting
from awooop.config_identity import IdentityConfig
from awooop.database.url import parse as parse_database_url

ROOT = Path(__file__).resolve().parent.parent
_BOT_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_FALLBACK = re.compile(r"(?:[a-z0-9][a-z0-9-]{0,63}=)?[A-Za-z0-9]+://\S+")

Days = Annotated[int, Field(ge=1, le=3650)]


class ConfigError(Exception):
    """The environment holds a value that cannot be used; the message names the variable."""


class Config(IdentityConfig):
    """What an installation may set. Field names are for the code, aliases for the environment."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, frozen=True)

    database_url: str | None = setting(
        "DATABASE_URL",
        None,
        description="PostgreSQL 14 or newer, as postgres://user:password@host:port/name. "
        "Unset: the application runs its own under the data directory.",
    )
    data_dir: Path = setting(
        "AWOOOP_DATA_DIR",
        ROOT / ".data",
        description="Where the embedded database, the generated secrets and backups live.",
    )
    secret_key: SecretStr | None = setting(
        "SECRET_KEY",
        None,
        description="Signs sessions, cursors and approval tokens; at least 32 characters. Needed "
        "with DATABASE_URL; without it one is made and kept in the data directory.",
    )
    audit_key: SecretStr | None = setting(
        "AUDIT_KEY",
        None,
        description="Keys the audit chain; at least 32 characters. Unset: derived from SECRET_KEY.",
    )
    audit_old_keys: SecretStr | None = setting(
        "AUDIT_OLD_KEYS",
        None,
        description="What AUDIT_KEY (or SECRET_KEY in its place) was before, separated by spaces, "
        "the newest first: older records are checked with them (docs/audit.md).",
    )
    audit_anchor_minutes: int = setting(
        "AUDIT_ANCHOR_MINUTES",
        60,
        ge=1,
        le=1440,
        description="Minutes between two anchors of an audit chain that has grown.",
    )
    audit_anchor_file: Path | None = setting(
        "AUDIT_ANCHOR_FILE",
        None,
        description="A file to which anchors of the audit chains are appended; best on another "
        "machine, append-only. Unset: they are kept in the database only.",
    )
    api_rate_limit: int = setting(
        "API_RATE_LIMIT",
        500,
        ge=0,
        le=100_000,
        description="Requests a second that an API key may make where it has no limit of its own; "
        "twice as many at once. 0: any number (docs/rate-limits.md).",
    )
    webhooks_allow_http: bool = setting(
        "AWOOOP_WEBHOOKS_ALLOW_HTTP",
        False,
        description="Whether outbound webhooks may go to http:// addresses, unencrypted.",
    )
    webhooks_allow_private: bool = setting(
        "AWOOOP_WEBHOOKS_ALLOW_PRIVATE",
        False,
        description="Whether outbound webhooks may go to private and loopback addresses, as "
        "receivers on the premises have. Link-local and cloud metadata addresses: never.",
    )
    audit_anchor_url: str | None = setting(
        "AUDIT_ANCHOR_URL",
        None,
        pattern=r"^https?://[^\s#@]+$",
        description="An address to which anchors are posted, signed (docs/audit.md).",
    )
    debug: bool = setting(
        "DEBUG",
        False,
        description="Django's debug pages; never in production.",
    )
    host: str = setting("HOST", "127.0.0.1", description="Address the web server binds to.")
    port: int = setting("PORT", 8000, ge=1, le=65535, description="Port of the web server.")
    base_url: str | None = setting(
        "BASE_URL",
        None,
        pattern=r"^https?://[^\s/]+(:\d+)?$",
        description="How people reach the console (https://console.example.org); used in links and "
        "for secure cookies. Unset: http://HOST:PORT.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = setting(
        "ALLOWED_HOSTS",
        (),
        description="Host names served beside BASE_URL's and loopback, separated by commas.",
    )
    drift_auto_adopt_namespaces: Annotated[tuple[str, ...], NoDecode] = setting(
        "DRIFT_AUTO_ADOPT_NAMESPACES",
        (),
        description="Production namespaces in which drift may be adopted unasked, separated by "
        "commas.",
    )
    web_workers: int = setting("WEB_WORKERS", 2, ge=1, le=64, description="Web processes.")
    web_threads: int = setting(
        "WEB_THREADS", 4, ge=1, le=64, description="Threads per web process."
    )
    q_workers: int = setting("Q_WORKERS", 2, ge=1, le=32, description="Workers of the cluster.")
    q_redis_url: str | None = setting(
        "Q_REDIS_URL",
        None,
        description="Redis as the cluster's broker where the database's queue is outgrown.",
    )
    demo: bool = setting(
        "AWOOOP_DEMO",
        True,
        description="Whether a first start makes the demo project with a month of history.",
    )
    metrics_token: SecretStr | None = setting(
        "METRICS_TOKEN",
        None,
        description="Bearer token for /metrics; needed when HOST is not loopback.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "LOG_LEVEL", "INFO", description="Least severity that is logged."
    )
    log_format: Literal["auto", "json", "console"] = setting(
        "LOG_FORMAT",
        "auto",
        description="json, console (colours), or auto: console at a terminal, else json.",
    )
    prometheus_url: str | None = setting(
        "PROMETHEUS_URL",
        None,
        pattern=r"^https?://[^\s?#@]+$",
        description="The Prometheus that evaluates deploy/prometheus/rules, as "
        "http://127.0.0.1:9090. Unset: SLIs are worked out from the database.",
    )
    prometheus_token: SecretStr | None = setting(
        "PROMETHEUS_TOKEN",
        None,
        description="Bearer token for PROMETHEUS_URL, where it asks for one.",
    )
    approval_expires_s: int = setting(
        "APPROVAL_EXPIRES_S",
        3600,
        ge=60,
        le=30 * 86400,
        description="Seconds until an approval expires where the agent names no time.",
    )

    retention_days: int = setting(
        "RETENTION_DAYS",
        180,
        ge=31,
        le=3650,
        description="Days that runs, incidents and what belongs to them are kept after their end "
        "(docs/retention.md).",
    )
    retention_overrides: Annotated[dict[str, Days | None], NoDecode] = setting(
        "RETENTION_OVERRIDES",
        {},
        description='Days by retention rule where they differ, as {"runs": 365}; null: for ever.',
    )

    telegram_bot_token: SecretStr | None = setting(
        "TELEGRAM_BOT_TOKEN",
        None,
        description="The bot that tells the operators, as 123456:ABC… from @BotFather. Unset: "
        "messages go to the fallback, or stay in the console as undelivered.",
    )
    telegram_webhook_secret: SecretStr | None = setting(
        "TELEGRAM_WEBHOOK_SECRET",
        None,
        description="What Telegram sends with each update, so that nobody else can: 16 to 256 of "
        "A-Z, a-z, 0-9, _ and -. Unset: the webhook takes nothing, buttons do nothing.",
    )
    telegram_api_url: str = setting(
        "TELEGRAM_API_URL",
        "https://api.telegram.org",
        pattern=r"^https?://[^\s?#]+$",
        description="Where the Bot API answers; a Bot API server of one's own, a proxy.",
    )
    channel_language: Literal["en", "zh-hant"] = setting(
        "CHANNEL_LANGUAGE",
        "en",
        description="Language of the messages to Telegram and the fallback; who presses a button "
        "is answered in their own.",
    )
    fallback_notify_urls: SecretStr | None = setting(
        "FALLBACK_NOTIFY_URLS",
        None,
        description="Apprise URLs, separated by spaces, for messages that Telegram does not take; "
        "'project_id=URL' is for that project only.",
    )

    @field_validator("retention_overrides", mode="before")
    @classmethod
    def _is_object(cls, value: object) -> object:
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except ValueError as error:
            raise ValueError(f"must be a JSON object: {error}") from None
        if not isinstance(found, dict):
            raise ValueError('must be a JSON object, as {"runs": 365}')
        return found

    @field_validator("telegram_bot_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _BOT_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must be a bot's token: digits, a colon, letters and digits")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_webhook_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("must be 16 to 256 of A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("fallback_notify_urls")
    @classmethod
    def _are_urls(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all(
            map(_FALLBACK.fullmatch, value.get_secret_value().split())
        ):
            raise ValueError("must be Apprise URLs (scheme://…) separated by spaces")
        return value

    @field_validator("allowed_hosts", "drift_auto_adopt_namespaces", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @property
    def public_url(self) -> str:
        """How people reach the console, without a slash at the end."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def is_embedded(self) -> bool:
        """Whether the application runs its own PostgreSQL."""
        return self.database_url is None

    def secret(self) -> str:
        """Answer the secret key; makes and keeps one in the embedded trial."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return _kept_secret(self.data_dir / "secret_key")


def load() -> Config:
    """Read the environment; raises ConfigError naming each wrong variable."""
    try:
        config = Config()
    except ValidationError as error:
        lines = [f"  {row['loc'][0]}: {row['msg']}" for row in error.errors()]
        raise ConfigError("The configuration is wrong:\n" + "\n".join(lines)) from None
    _check_together(config)
    if config.is_embedded:
        _check_writable(config.data_dir)
    return config


@lru_cache(maxsize=1)
def current() -> Config:
    """Answer the configuration that this process started with."""
    return load()


def _check_together(config: Config) -> None:
    problems = []
    if config.database_url is not None:
        try:
            parse_database_url(config.database_url)
        except ValueError as error:
            problems.append(f"  DATABASE_URL: {error}")
    secrets_named = [("SECRET_KEY", config.secret_key), ("AUDIT_KEY", config.audit_key)]
    secrets_named += [("SECRET_KEY_FALLBACKS", old) for old in config.secret_key_fallbacks]
    for name, secret in secrets_named:
        if secret is not None and len(secret.get_secret_value()) < 32:
            problems.append(f"  {name}: must have at least 32 characters")
    for secret in config.audit_old_keys.get_secret_value().split() if config.audit_old_keys else ():
        if len(secret) < 32:
            problems.append("  AUDIT_OLD_KEYS: each must have at least 32 characters")
            break
    if config.oidc_issuer and not (config.oidc_client_id and config.oidc_client_secret):
        problems.append("  OIDC_ISSUER: needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET beside it")
    if config.secret_key is None and not config.is_embedded:
        problems.append("  SECRET_KEY: must be set where DATABASE_URL is (at least 32 characters)")
    if problems:
        raise ConfigError("The configuration is wrong:\n" + "\n".join(problems))


def _check_writable(data_dir: Path) -> None:
    above = data_dir.absolute().parents
    there = next(path for path in (data_dir, *above) if os.access(path, os.F_OK))
    if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        raise _not_writable(data_dir, f"{there} is no folder that this account may write to")


def _not_writable(data_dir: Path, why: str) -> ConfigError:
    return ConfigError(f"The configuration is wrong:\n  AWOOOP_DATA_DIR ({data_dir}): {why}")


def _kept_secret(path: Path) -> str:
    try:
        return _read_or_make(path)
    except OSError as error:
        # Read-only, full, or another account's: the secrets and the database need a place.
        why = f"cannot keep {path.name} there: {error.strerror or error}"
        raise _not_writable(path.parent, why) from error


def _read_or_make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # atomic, and the first of two starts wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
