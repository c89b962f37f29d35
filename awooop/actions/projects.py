"""Make and change projects and their members."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from awooop import bulk, permissions, sessions, tenancy
from awooop.actions import audit
from awooop.callers import Caller
from awooop.errors import Conflict, Invalid, NotAllowed
from awooop.models import Membership, Project, User
from awooop.models.audit import ActorKind
from awooop.models.project import Role


def create(*, by: Caller, project_id: str, display_name: str, **values: Any) -> Project:
    """Create a project; raises NotAllowed, Invalid naming the fields, or Conflict if it exists."""
    if by.kind != ActorKind.SYSTEM and not by.is_superuser:
        raise NotAllowed(_("Only a superuser makes projects."))
    project = Project(project_id=project_id, display_name=display_name, **values)
    check_fields(project)
    with tenancy.scope([*by.projects, project_id]):
        # Its row may be there and not visible, so ask the key itself.
        if not bulk.insert_new([project]):
            raise Conflict(
                _("The project %(project_id)s exists already.") % {"project_id": project_id},
                code="exists",
            )
        audit.append(
            project_id=project_id,
            by=by,
            entry=audit.Entry("project.create", "project", project_id, {"name": display_name}),
        )
    return project


@transaction.atomic
def update(*, by: Caller, project: Project) -> Project:
    """Save an edited project; raises NotAllowed or Invalid naming the fields.

    From when on it asks its members for a second factor, who came without one signs in again.
    """
    permissions.check_can(by, "project.edit", project.project_id)
    check_fields(project)
    before = Project.objects.select_for_update().get(pk=project.pk)
    changes = _changes(before, project)
    project.save()
    if project.requires_second_factor and not before.requires_second_factor:
        sessions.end_those_by_one_factor(project)
    audit.append(
        project_id=project.project_id,
        by=by,
        entry=audit.Entry("project.update", "project", project.project_id, changes),
    )
    return project


@transaction.atomic
def set_member(*, by: Caller, project_id: str, user: User, role: str) -> Membership:
    """Give a person a role in a project, or change it; raises NotAllowed, Invalid."""
    permissions.check_can(by, "member.edit", project_id)
    if role not in Role.values:
        raise Invalid(
            {"role": _("must be one of %(allowed)s") % {"allowed": ", ".join(Role.values)}}
        )
    member, _is_new = Membership.objects.update_or_create(
        user=user, project_id=project_id, defaults={"role": role}
    )
    details = {"user": user.email, "role": role}
    audit.append(
        project_id=project_id,
        by=by,
        entry=audit.Entry("member.set", "membership", str(user.pk), details),
    )
    return member


@transaction.atomic
def remove_member(*, by: Caller, membership: Membership) -> None:
    """Take a person's role in a project away; raises NotAllowed."""
    project_id = membership.project_id
    permissions.check_can(by, "member.edit", project_id)
    details = {"user": membership.user.email, "role": membership.role}
    membership.delete()
    audit.append(
        project_id=project_id,
        by=by,
        entry=audit.Entry("member.remove", "membership", str(membership.user_id), details),
    )


def check_fields(instance: Any) -> None:
    """Run the model's own validation; raises Invalid naming each field (constraints aside)."""
    try:
        instance.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        rows = error.message_dict.items()
        raise Invalid({name: " ".join(messages) for name, messages in rows}) from None


def _changes(before: Project, after: Project) -> dict[str, Any]:
    names = [field.attname for field in Project._meta.concrete_fields]
    return {
        name: {"from": str(getattr(before, name)), "to": str(getattr(after, name))}
        for name in names
        if getattr(before, name) != getattr(after, name)
    }
