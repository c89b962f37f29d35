"""Who works at the invented company. They have no accounts: nobody signs in as one of them."""

from __future__ import annotations

from awooop.callers import Caller

EMAILS = (
    "mei.lin@awoooi.example",
    "chienhung.chen@awoooi.example",
    "priya.nair@awoooi.example",
    "tom.becker@awoooi.example",
    "yuting.wang@awoooi.example",
)
ADMINISTRATOR = "shuhui.kao@awoooi.example"


def person(email: str, project_id: str, *, kind: str = "user") -> Caller:
    """Answer an invented person as a caller; the ident can be no real account's."""
    name = email.partition("@")[0]
    label = f"{email} (Telegram)" if kind == "telegram" else email
    return Caller(kind=kind, ident=f"user:demo:{name}", label=label, projects=(project_id,))


def key_prefix(agent_id: str) -> str:
    """Answer the prefix of the key that an agent seems to use; no such key exists."""
    return f"demo{agent_id.partition('-')[0]}"


def agent(agent_id: str, project_id: str) -> Caller:
    """Answer an agent's key as a caller."""
    prefix = key_prefix(agent_id)
    return Caller(
        kind="api_key",
        ident=f"api_key:{prefix}",
        label=f"{agent_id} (awp_{prefix})",
        projects=(project_id,),
        home_project=project_id,
    )
