"""What a person chooses for lists: views under a name, the one to open with, the columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from awooop import listing, permissions
from awooop.actions import audit
from awooop.callers import Caller
from awooop.clock import now
from awooop.errors import Conflict, Invalid, NotAllowed, NotFound
from awooop.listing import reads
from awooop.listing.state import kept
from awooop.models import ListPreference, OwnView, SharedView
from awooop.models.lists import QUERY_MOST

MOST = 200  # views of one person
UNDO_DAYS = 30
View = OwnView | SharedView


@transaction.atomic
def save_view(
    *, by: Caller, page: str, name: str, query: str, project_id: str = "", is_default: bool = False
) -> View:
    """Keep a list's filters and columns under a name; with a project, for everybody in it.

    Raises Invalid, NotFound, NotAllowed, or Conflict where the name is taken or there are too many.
    """
    query, name = _checked(page, name, query)
    _check_room(by)
    values = {"owner": by.user, "page": page, "name": name, "query": query}
    if project_id:
        permissions.check_can(by, "view.share", project_id)
    model = SharedView if project_id else OwnView
    if project_id:
        values["project_id"] = project_id
    try:
        with transaction.atomic():
            view = model.objects.create(**values)
    except IntegrityError:
        raise Conflict(_taken(), code="name_taken") from None
    if is_default:
        set_default(by=by, view_id=view.pk)
    _record(by, view, "view.share")
    return view


@transaction.atomic
def change_view(*, by: Caller, view_id: UUID, name: str, project_id: str = "") -> View:
    """Give one's own view another name, and share it in a project ('': with nobody).

    It stays the same view: who opens the list with it goes on to. Raises Invalid, NotFound,
    NotAllowed, or Conflict for somebody else's view and where the name is taken.
    """
    view = reads.find(by, view_id)
    if view.owner_id != by.user.pk:
        raise Conflict(_("Only who keeps a view may change it."), code="not_the_owner")
    before = type(view).objects.select_for_update().get(pk=view_id)
    if before.deleted_at is not None:
        raise NotFound(_("No such view, or none that you may see."))
    _query, name = _checked(before.page, name, before.query)
    was_in = getattr(before, "project_id", "")
    if project_id and project_id != was_in:
        permissions.check_can(by, "view.share", project_id)
    try:
        with transaction.atomic():
            after = _changed(before, name, project_id)
    except IntegrityError:
        raise Conflict(_taken(), code="name_taken") from None
    if was_in != project_id:
        _record(by, before, "view.unshare")
        _record(by, after, "view.share")
    elif before.name != name:
        _record(by, after, "view.rename")
    return after


def _changed(before: View, name: str, project_id: str) -> View:
    """Write the view as it is to be; where it is shared otherwise, it moves as it is."""
    values = {"name": name, "page": before.page, "query": before.query}
    values |= {"owner_id": before.owner_id, "created_at": before.created_at}
    type(before).objects.filter(pk=before.pk).delete()
    if project_id:
        return SharedView.objects.create(pk=before.pk, project_id=project_id, **values)
    return OwnView.objects.create(pk=before.pk, **values)


@transaction.atomic
def delete_view(*, by: Caller, view_id: UUID) -> View:
    """Take a view away; `restore_view` undoes it for 30 days.

    Raises NotFound, NotAllowed, or Conflict for a shared view of somebody else.
    """
    view = reads.find(by, view_id)
    _check_may_change(by, view)
    if view.deleted_at is None:
        view.deleted_at = now()
        view.save(update_fields=["deleted_at"])
        _record(by, view, "view.delete")
    old = now() - timedelta(days=UNDO_DAYS)
    type(view).objects.filter(owner=by.user, deleted_at__lt=old).delete()
    return view


@transaction.atomic
def restore_view(*, by: Caller, view_id: UUID) -> View:
    """Undo that a view was taken away; raises as `delete_view`, and Conflict where its name was
    taken since."""
    view = reads.find(by, view_id)
    _check_may_change(by, view)
    if view.deleted_at is None:
        return view
    view.deleted_at = None
    try:
        with transaction.atomic():
            view.save(update_fields=["deleted_at"])
    except IntegrityError:
        raise Conflict(_taken(), code="name_taken") from None
    _record(by, view, "view.restore")
    return view


@transaction.atomic
def set_default(*, by: Caller, view_id: UUID, is_default: bool = True) -> View:
    """Open the list with this view from now on, or no longer; raises NotFound."""
    view = reads.find(by, view_id)
    if is_default:
        ListPreference.objects.update_or_create(
            user=by.user, page=view.page, defaults={"default_view": view_id}
        )
    else:
        mine = ListPreference.objects.filter(user=by.user, page=view.page, default_view=view_id)
        mine.update(default_view=None)
    return view


@transaction.atomic
def choose_columns(*, by: Caller, page: str, columns: Sequence[str] | None) -> None:
    """Show these columns of a list from now on; None: those that it has by itself.

    Raises Invalid for a list or a column that there is not.
    """
    known = listing.get(page)
    if known is None:
        raise Invalid({"page": _("is no list")})
    if columns is not None and set(columns) - set(known.keys):
        allowed = ", ".join(known.keys) or "-"
        raise Invalid({"columns": _("must be some of %(allowed)s") % {"allowed": allowed}})
    chosen = None if columns is None else [key for key in known.keys if key in columns]
    ListPreference.objects.update_or_create(user=by.user, page=page, defaults={"columns": chosen})


def _checked(page: str, name: str, query: str) -> tuple[str, str]:
    errors = {}
    if len(query) > 2 * QUERY_MOST or "\0" in query:  # also of what is not kept of it
        errors["query"] = _("must have at most %(n)d characters") % {"n": QUERY_MOST}
    name, query = " ".join(name.split()), kept(QueryDict(query))
    if listing.get(page) is None:
        errors["page"] = _("is no list")
    if not name or len(name) > 80 or "\0" in name:
        errors["name"] = _("must have 1 to 80 characters")
    if len(query) > QUERY_MOST:
        errors["query"] = _("must have at most %(n)d characters") % {"n": QUERY_MOST}
    if errors:
        raise Invalid(errors)
    return query, name


def _check_room(by: Caller) -> None:
    if by.user is None:
        raise NotAllowed(_("Only a person keeps views."))
    count = sum(
        model.objects.filter(owner=by.user, deleted_at=None).count()
        for model in (OwnView, SharedView)
    )
    if count >= MOST:
        raise Conflict(_("You have %(n)d views: delete one first.") % {"n": MOST})


def _check_may_change(by: Caller, view: View) -> None:
    if isinstance(view, OwnView) or view.owner_id == by.user.pk:
        return
    if not permissions.can(by, "view.moderate", view.project_id):
        raise Conflict(
            _("Only who shared it or an administrator of the project may take it away."),
            code="not_the_owner",
        )


def _taken() -> str:
    return _("There is a view of this name already: choose another.")


def _record(by: Caller, view: View, action: str) -> None:
    if isinstance(view, SharedView):
        details = {"page": view.page, "name": view.name, "query": view.query}
        entry = audit.Entry(action, "shared_view", str(view.pk), details)
        audit.append(project_id=view.project_id, by=by, entry=entry)
