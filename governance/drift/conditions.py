"""When a drift may be adopted without a person: six conditions, all of them needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from governance.drift.diffs import Changes, is_deletion
from governance.models import DriftFingerprint

MOST_CHANGED = 10
MOST_RECURRENCES = 3
WINDOW = timedelta(hours=24)
_PRODUCTION = re.compile(r"(^|[-_.])(prod|production|prd|live)([-_.\d]|$)", re.IGNORECASE)
_GUARDED_KINDS = frozenset(
    {
        "secret",
        "role",
        "rolebinding",
        "clusterrole",
        "clusterrolebinding",
        "serviceaccount",
        "customresourcedefinition",
    }
)
# Names in a field's path that change what runs, or with which rights (Kubernetes pod spec).
_PRIVILEGED = frozenset(
    {
        "image",
        "securitycontext",
        "privileged",
        "allowprivilegeescalation",
        "capabilities",
        "runasuser",
        "runasgroup",
        "runasnonroot",
        "hostnetwork",
        "hostpid",
        "hostipc",
        "hostpath",
        "serviceaccount",
        "serviceaccountname",
        "automountserviceaccounttoken",
    }
)


@dataclass(frozen=True)
class Condition:
    """One condition: whether it holds, and why, in a sentence."""

    name: str
    ok: bool
    why: str


def auto_adopt(
    drift: DriftFingerprint, *, at: datetime, open_incidents: Sequence[str] | None
) -> list[Condition]:
    """Answer the six conditions for a drift; `open_incidents` None: nobody could tell."""
    return [
        _namespace(drift.namespace),
        _kind(drift.kind),
        _count(drift.diff),
        _rights(drift.diff),
        _deletion(drift.diff),
        _calm(drift, at, open_incidents),
    ]


def recurrences(drift: DriftFingerprint, at: datetime) -> int:
    """Answer how often it came back within the last 24 hours (the first sighting is none)."""
    since = (at - WINDOW).isoformat()
    recent = sum(1 for seen in drift.recent_sightings if seen > since)
    return max(0, recent - 1)


def kind_name(kind: str) -> str:
    """Answer a kind without its group and version (`rbac.authorization.k8s.io/v1/Role`)."""
    return kind.rsplit("/", 1)[-1].split(".")[0].strip().lower()


def _namespace(namespace: str) -> Condition:
    allowed = namespace in settings.DRIFT_AUTO_ADOPT_NAMESPACES
    is_production = bool(_PRODUCTION.search(namespace))
    if allowed:
        why = _("The namespace is on the list of those where it is allowed.")
    elif is_production:
        why = _("This is a production namespace.")
    else:
        why = _("This is no production namespace.")
    return Condition("not_production", allowed or not is_production, why)


def _kind(kind: str) -> Condition:
    is_guarded = kind_name(kind) in _GUARDED_KINDS
    why = _("A %(kind)s decides on secrets, rights or types.") if is_guarded else _("A %(kind)s.")
    return Condition("no_secret_rbac_crd", not is_guarded, why % {"kind": kind})


def _count(changes: Mapping[str, object]) -> Condition:
    count = len(changes)
    why = _("%(count)d fields differ; at most %(most)d may.") % {
        "count": count,
        "most": MOST_CHANGED,
    }
    return Condition("few_changes", count <= MOST_CHANGED, why)


def _rights(changes: Changes) -> Condition:
    touched = [path for path in changes if _segments(path) & _PRIVILEGED]
    why = (
        _("It changes what runs, or its rights: %(paths)s.") % {"paths": ", ".join(touched[:3])}
        if touched
        else _("Neither an image nor a right changes.")
    )
    return Condition("no_image_or_privilege", not touched, why)


def _segments(path: str) -> set[str]:
    return {re.sub(r"\[.*?\]", "", part).lower() for part in path.split(".")}


def _deletion(changes: Changes) -> Condition:
    gone = [path for path, change in changes.items() if is_deletion(change)]
    why = (
        _("It deletes: %(paths)s.") % {"paths": ", ".join(gone[:3])}
        if gone
        else _("Nothing is deleted.")
    )
    return Condition("no_deletion", not gone, why)


def _calm(drift: DriftFingerprint, at: datetime, open_incidents: Sequence[str] | None) -> Condition:
    often = recurrences(drift, at)
    if open_incidents is None:
        return Condition("calm", False, _("Whether an incident is open on it is not known."))
    if open_incidents:
        named = ", ".join(open_incidents[:3])
        return Condition("calm", False, _("An incident is open on it: %(ids)s.") % {"ids": named})
    why = _("No incident is open on it; it came back %(count)d times in 24 hours.") % {
        "count": often
    }
    return Condition("calm", often < MOST_RECURRENCES, why)
