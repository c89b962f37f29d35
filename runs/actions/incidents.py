"""Open and resolve incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from awooop import bulk, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Invalid, NotFound
from awooop.models.audit import ActorKind
from runs import incident_ids, signals
from runs.models import Incident, IncidentStatus, ResolutionType
from runs.models.incidents import DISPOSITION_OF


def insert_with_new_id(incident: Incident) -> Incident:
    """Insert an incident under a fresh id; longer ids where the short ones of the day run out.

    Raises nothing for a clash: it tries another id.
    """
    for attempt in range(20):
        incident.incident_id = incident_ids.new_id(incident.opened_at.date(), 4 + attempt // 4)
        if bulk.insert_new([incident]):
            return incident
    raise RuntimeError("no free incident id in twenty tries")


@transaction.atomic
def resolve(
    *, by: Caller, project_id: str, incident_id: str, resolution_type: str
) -> tuple[Incident, bool]:
    """Resolve an incident; answers it and whether this call did it (again is a no-op).

    Raises NotFound, NotAllowed, Conflict where the project is switched off, or Invalid for an
    unknown type.
    """
    permissions.check_can_write(by, "incident.resolve", project_id)
    if resolution_type not in ResolutionType.values:
        raise Invalid(
            {
                "resolution_type": _("must be one of %(allowed)s")
                % {"allowed": ", ".join(ResolutionType.values)}
            }
        )
    found = Incident.objects.filter(project_id=project_id, incident_id=incident_id)
    incident = found.select_for_update().first()
    if incident is None:
        raise NotFound(_("No such incident, or none that you may see."))
    if incident.status == IncidentStatus.RESOLVED:
        return incident, False
    resolve_locked([incident], resolution_type=resolution_type, by=by, at=now())
    if by.kind != ActorKind.SYSTEM:
        details = {"resolution_type": resolution_type, "disposition": incident.disposition}
        entry = audit.Entry("incident.resolve", "incident", incident_id, details)
        audit.append(project_id=project_id, by=by, entry=entry)
    return incident, True


def resolve_locked(
    incidents: Sequence[Incident], *, resolution_type: str, by: Caller, at: datetime
) -> None:
    """Resolve locked, open incidents in one statement and tell who listens."""
    values = {
        "status": IncidentStatus.RESOLVED,
        "resolution_type": resolution_type,
        "disposition": DISPOSITION_OF[resolution_type],
        "resolved_at": at,
    }
    Incident.objects.filter(pk__in=[incident.pk for incident in incidents]).update(**values)
    for incident in incidents:
        for name, value in values.items():
            setattr(incident, name, value)
        signals.incident_resolved.send(sender=Incident, incident=incident, by=by)
    if incidents:
        signals.incidents_resolved.send(sender=Incident, incidents=list(incidents), by=by)
