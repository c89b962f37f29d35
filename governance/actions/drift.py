"""Settle a drift: hand it to its owner, adopt what runs, or resolve it. Previewed first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotFound
from awooop.languages import kept_in_english
from awooop.two_phase import Plan, confirm
from governance.actions.drift_reports import SETTLED
from governance.drift import incidents
from governance.drift.conditions import Condition, auto_adopt
from governance.models import DriftFingerprint, DriftState

NOTE_MOST, OWNER_MOST = 500, 128


@dataclass(frozen=True)
class Settled:
    """What was, or would be, done with a drift. `status` is `dry_run`, the new state, or
    `already_` and the state."""

    drift: DriftFingerprint
    verb: str
    status: str
    dry_run: bool
    owner: str
    note: str
    next_step: str
    conditions: tuple[Condition, ...]
    dry_run_plan_fingerprint: str


@dataclass(frozen=True)
class _Verb:
    state: str
    next_step: Callable[[str], str]
    needs_owner: bool = False


VERBS: dict[str, _Verb] = {
    "handoff": _Verb(
        DriftState.HANDED_OFF, lambda owner: _("%(owner)s repairs it.") % {"owner": owner}, True
    ),
    "adopt": _Verb(
        DriftState.ADOPTED, lambda _owner: _("Declare what runs now, so that it stays.")
    ),
    "resolve": _Verb(DriftState.RESOLVED, lambda _owner: _("Nothing: it was dealt with.")),
}


@transaction.atomic
def settle(
    *,
    by: Caller,
    drift_id: UUID,
    verb: str,
    dry_run: bool,
    owner: str = "",
    note: str = "",
    fingerprint: str | None = None,
) -> Settled:
    """Hand off, adopt or resolve a drift, or preview that.

    Raises NotFound, NotAllowed, Invalid for owner or note, and Conflict: see
    `awooop.two_phase.confirm`; `auto_adopt_refused` for an API key where not every condition holds
    (a person may all the same, with a note); `drift_settled` for one that is settled otherwise.
    """
    drift = _lock(drift_id, by)
    permissions.check_can_write(by, "governance.act", drift.project_id)
    what = VERBS[verb]
    owner, note = _checked(what, owner.strip(), note.strip())
    conditions = tuple(
        auto_adopt(drift, at=now(), open_incidents=incidents.open_on([drift])[drift.pk])
    )
    plan = _plan(drift, verb, owner, note, conditions)
    settled = Settled(
        drift=drift,
        verb=verb,
        status="dry_run",
        dry_run=dry_run,
        owner=owner,
        note=note,
        next_step=kept_in_english(what.next_step)(owner),
        conditions=conditions,
        dry_run_plan_fingerprint=plan.fingerprint,
    )
    if drift.state == what.state and (drift.owner == owner or not what.needs_owner):
        return replace(settled, status=f"already_{what.state}", next_step=drift.next_step)
    _check_state(drift, verb)
    if verb == "adopt":
        _check_adoption(by, conditions, note)
    if dry_run:
        return settled
    confirm(plan, given=fingerprint)
    _write(settled, what, by)
    return replace(settled, status=what.state)


def _lock(drift_id: UUID, by: Caller) -> DriftFingerprint:
    rows = DriftFingerprint.objects.select_for_update()
    found = rows.filter(pk=drift_id, project_id__in=by.projects).first()
    if found is None:
        raise NotFound(_("No such drift, or none that you may see."))
    return found


def _checked(what: _Verb, owner: str, note: str) -> tuple[str, str]:
    errors = {}
    if what.needs_owner and not owner:
        errors["owner"] = _("say who takes it")
    if len(owner) > OWNER_MOST:
        errors["owner"] = _("must have at most %(n)d characters") % {"n": OWNER_MOST}
    if len(note) > NOTE_MOST:
        errors["note"] = _("must have at most %(n)d characters") % {"n": NOTE_MOST}
    if errors:
        raise Invalid(errors)
    return owner, note


def _check_state(drift: DriftFingerprint, verb: str) -> None:
    if drift.state in SETTLED:
        raise Conflict(
            _("The drift is %(state)s: there is nothing to %(verb)s.")
            % {"state": drift.get_state_display(), "verb": verb},
            code="drift_settled",
            state=drift.state,
        )


def _check_adoption(by: Caller, conditions: tuple[Condition, ...], note: str) -> None:
    """A machine adopts only what every condition allows; a person says why."""
    failing = [condition.name for condition in conditions if not condition.ok]
    if not failing:
        return
    if not by.is_person:
        raise Conflict(
            "Only a person may adopt this drift: " + ", ".join(failing) + ".",
            code="auto_adopt_refused",
            conditions=[asdict(condition) for condition in conditions],
        )
    if not note:
        raise Invalid({"note": _("not every condition holds: say why it is adopted all the same")})


def _plan(
    drift: DriftFingerprint, verb: str, owner: str, note: str, conditions: tuple[Condition, ...]
) -> Plan:
    return Plan(
        kind=f"governance.drift.{verb}",
        inputs={"owner": owner, "note": note},
        rows={f"drift_fingerprint:{drift.pk}": drift.version},
        effects={
            "from": drift.state,
            "to": VERBS[verb].state,
            "conditions": {condition.name: condition.ok for condition in conditions},
        },
    )


def _write(settled: Settled, what: _Verb, by: Caller) -> None:
    drift = settled.drift
    before = drift.state
    drift.state, drift.next_step = what.state, settled.next_step
    drift.owner = settled.owner or drift.owner
    drift.version += 1
    drift.save(update_fields=["state", "next_step", "owner", "version"])
    details: dict[str, Any] = {
        "from": before,
        "to": drift.state,
        "owner": drift.owner,
        "note": settled.note,
        "plan": settled.dry_run_plan_fingerprint,
    }
    action = f"governance.drift.{settled.verb}"
    entry = audit.Entry(action, "drift_fingerprint", str(drift.pk), details)
    audit.append(project_id=drift.project_id, by=by, entry=entry)
