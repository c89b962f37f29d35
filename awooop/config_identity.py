"""The part of the configuration that is about who signs in, and for how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode


def env(name: str) -> AliasChoices:
    """Answer a field's name in the environment."""
    return AliasChoices(name)


class IdentityConfig(BaseSettings):
    """Sessions, keys that were in use before, and the proxies in front."""

    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        validation_alias=env("SECRET_KEY_FALLBACKS"),
        description="Earlier values of SECRET_KEY, separated by commas: what they signed is still "
        "taken, nothing new is signed with them.",
    )
    session_hours: int = Field(
        12,
        ge=1,
        le=720,
        validation_alias=env("SESSION_HOURS"),
        description="Hours after which a session ends, whatever is done in it.",
    )
    session_idle_minutes: int = Field(
        240,
        ge=0,
        le=43_200,
        validation_alias=env("SESSION_IDLE_MINUTES"),
        description="Minutes without a person's doing after which a session ends; a page that "
        "refreshes itself does not count. 0: only SESSION_HOURS ends it.",
    )
    confirm_minutes: int = Field(
        15,
        ge=0,
        le=1_440,
        validation_alias=env("CONFIRM_MINUTES"),
        description="Minutes for which a password or code counts that a person gave: a critical "
        "approval asks for one that is not older. 0: it asks for none.",
    )
    second_factor: Literal["optional", "staff", "required"] = Field(
        "optional",
        validation_alias=env("SECOND_FACTOR"),
        description="Who must have a second factor: nobody (each person may), staff, or everybody. "
        "A project may ask its members for one, too.",
    )
    oidc_issuer: str | None = Field(
        None,
        validation_alias=env("OIDC_ISSUER"),
        pattern=r"^https?://[^\s?#@]+$",
        description="The OpenID Connect provider, exactly as its discovery document names itself, "
        "as https://id.example.org/realms/ops. Unset: no single sign-on.",
    )
    oidc_client_id: str | None = Field(
        None, validation_alias=env("OIDC_CLIENT_ID"), description="What we are called there."
    )
    oidc_client_secret: SecretStr | None = Field(
        None, validation_alias=env("OIDC_CLIENT_SECRET"), description="Our secret there."
    )
    oidc_name: str = Field(
        "Single sign-on",
        max_length=60,
        validation_alias=env("OIDC_NAME"),
        description="What the sign-in page calls the provider.",
    )
    oidc_creates_accounts: bool = Field(
        False,
        validation_alias=env("OIDC_CREATES_ACCOUNTS"),
        description="Whether who has no account gets one, with a role in nothing.",
    )
    oidc_trusts_amr: bool = Field(
        False,
        validation_alias=env("OIDC_TRUSTS_AMR"),
        description="Whether a second factor that the provider says it asked for (claim amr) is "
        "as good as one of ours.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        validation_alias=env("TRUSTED_PROXIES"),
        description="How many proxies in front add to X-Forwarded-For: whose address it is that "
        "tries passwords.",
    )

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _split_secrets(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return value
