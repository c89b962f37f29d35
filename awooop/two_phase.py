"""Writes in two phases: a preview that changes nothing, then the same request with its fingerprint.

A plan says what would be done, with the version of every row it would touch and the caller's
inputs. Whoever makes it holds the rows' locks, so that the check and the write are one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from awooop.canonical import fingerprint
from awooop.errors import Conflict


@dataclass(frozen=True)
class Plan:
    """What a write would do: its kind, the caller's inputs, the rows' versions, and the effects.

    `rows` name each row that would be touched or relied on (`{"entry:…": 7}`); every value has a
    canonical JSON form.
    """

    kind: str
    inputs: Mapping[str, Any]
    rows: Mapping[str, Any]
    effects: Any = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 over the canonical JSON of all of it, as 64 hex digits."""
        return fingerprint(
            {
                "kind": self.kind,
                "inputs": dict(self.inputs),
                "rows": dict(self.rows),
                "effects": self.effects,
            }
        )


def confirm(plan: Plan, *, given: str | None, owner_approved: bool | None = None) -> None:
    """Check that the caller has seen this very plan; the write may go on.

    Raises Conflict: `dry_run_required` without a fingerprint, `owner_approval_required` where
    `owner_approved` is False (None: not asked for), `plan_changed` for a fingerprint of another
    plan, with the new one's.
    """
    if not given:
        raise Conflict(
            _("Preview first: send the same request with dry_run true, then its fingerprint."),
            code="dry_run_required",
        )
    if owner_approved is False:
        raise Conflict(
            _("The owner has not approved this: owner_approved must be true."),
            code="owner_approval_required",
        )
    if given != plan.fingerprint:
        raise Conflict(
            _("What would be done is no longer what was previewed: look at it again."),
            code="plan_changed",
            dry_run_plan_fingerprint=plan.fingerprint,
        )
