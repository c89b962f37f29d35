"""The part of the configuration that is about who signs in, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from awooop.config_fields import setting


class IdentityConfig(BaseSettings):
    """Sessions, keys that were in use before, and the proxies in front."""

    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], NoDecode] = setting(
        "SECRET_KEY_FALLBACKS",
        (),
        description="Earlier values of SECRET_KEY, separated by commas: what they signed is still "
        "taken, nothing new is signed with them.",
    )
    session_hours: int = setting(
        "SESSION_HOURS",
        12,
        ge=1,
        le=720,
        description="Hours after which a session ends, whatever is done in it.",
    )
    session_idle_minutes: int = setting(
        "SESSION_IDLE_MINUTES",
        240,
        ge=0,
        le=43_200,
        description="Minutes without a person's doing after which a session ends; a page that "
        "refreshes itself does not count. 0: only SESSION_HOURS ends it.",
    )
    confirm_minutes: int = setting(
        "CONFIRM_MINUTES",
        15,
        ge=0,
        le=1_440,
        description="Minutes for which a password or code counts that a person gave: a critical "
        "approval asks for one that is not older. 0: it asks for none.",
    )
    second_factor: Literal["optional", "staff", "required"] = setting(
        "SECOND_FACTOR",
        "optional",
        description="Who must have a second factor: nobody (each person may), staff, or everybody. "
        "A project may ask its members for one, too.",
    )
    oidc_issuer: str | None = setting(
        "OIDC_ISSUER",
        None,
        pattern=r"^https?://[^\s?#@]+$",
        description="The OpenID Connect provider, exactly as its discovery document names itself, "
        "as https://id.example.org/realms/ops. Unset: no single sign-on.",
    )
    oidc_client_id: str | None = setting(
        "OIDC_CLIENT_ID", None, description="What we are called there."
    )
    oidc_client_secret: SecretStr | None = setting(
        "OIDC_CLIENT_SECRET", None, description="Our secret there."
    )
    oidc_name: str = setting(
        "OIDC_NAME",
        "Single sign-on",
        max_length=60,
        description="What the sign-in page calls the provider.",
    )
    oidc_creates_accounts: bool = setting(
        "OIDC_CREATES_ACCOUNTS",
        False,
        description="Whether who has no account gets one, with a role in nothing.",
    )
    oidc_trusts_amr: bool = setting(
        "OIDC_TRUSTS_AMR",
        False,
        description="Whether a second factor that the provider says it asked for (claim amr) is "
        "as good as one of ours.",
    )
    trusted_proxies: int = setting(
        "TRUSTED_PROXIES",
        0,
        ge=0,
        le=10,
        description="How many proxies in front add to X-Forwarded-For: whose address it is that "
        "tries passwords.",
    )

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return value
