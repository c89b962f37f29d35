"""What binds an approval to its action."""

from __future__ import annotations

from awooop.canonical import fingerprint
from runs.models import Approval


def digest_of(approval: Approval) -> str:
    """Answer the digest over run, tool, arguments, contract revision and expiry.

    A changed argument gives another digest, so it needs a new approval.
    """
    return fingerprint(
        {
            "run_id": approval.run_id,
            "tool_name": approval.tool_name,
            "arguments": approval.arguments,
            "contract_revision": approval.contract_revision_id,
            "expires_at": approval.expires_at,
        }
    )
